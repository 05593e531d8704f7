//! A gateway's journal: retried, overlapping, broken off, forked.

use crate::world::{DEPOSIT, Deed, SECOND, Stage, World, cart, done, refusal};
use cloud::actions::Rejection;
use cloud::actions::accept_events::{self, Accepted, Answer};
use cloud::store::gateway::{self, GatewayRow, GatewayState};
use shared::event::{BayFault, Fact};

/// A visit's whole way back to norte in norte's journal, nothing of it sent. Five events.
fn written() -> (World, crate::world::Visit) {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    let software = "1.1".to_owned();
    w.tells("norte", Fact::GatewayStarted { software });
    let tag = w.pulls(&visit);
    w.docks("norte", 1, tag);
    w.docks("norte", 1, tag);
    (w, visit)
}

#[track_caller]
fn accepted(answer: cloud::actions::Outcome<Answer>) -> Accepted {
    match done(answer) {
        Answer::Accepted(accepted) => accepted,
        Answer::Forked { seq } => panic!("forked at {seq}"),
    }
}

fn row(w: &mut World, dock: &str) -> GatewayRow {
    let id = w.gateway(dock).id;
    w.read(move |tx| gateway::by_id(tx, &id))
        .expect("an enrolled gateway has its row")
}

#[test]
fn a_batch_that_is_sent_again_applies_nothing_again() {
    let (mut w, visit) = written();
    let first = accepted(w.sends("norte", 0..5));
    assert_eq!((first.applied, first.head.seq), (5, 5));
    assert_eq!(w.state(&visit), "returned");
    let before = w.everything();
    for lines in [0..5, 0..3, 2..5, 4..5, 5..5] {
        let again = accepted(w.sends("norte", lines.clone()));
        assert_eq!((again.applied, again.head), (0, first.head), "{lines:?}");
    }
    assert_eq!(w.everything(), before);
    assert_eq!(w.books(), [1_000, 0, 1_000]);
}

#[test]
fn a_journal_arrives_whole_however_it_is_cut() {
    let whole = {
        let (mut w, visit) = written();
        accepted(w.sends("norte", 0..5));
        (w.state(&visit), w.books(), w.refunds(&visit))
    };
    let cuts: Vec<Vec<std::ops::Range<usize>>> = vec![
        vec![0..1, 1..2, 2..3, 3..4, 4..5],
        vec![0..3, 0..5],
        vec![0..3, 1..4, 2..5],
        vec![0..0, 0..2, 2..2, 0..2, 1..5],
        vec![0..4, 0..4, 3..5, 0..5],
    ];
    for cut in cuts {
        let (mut w, visit) = written();
        let applied: u64 = cut
            .iter()
            .map(|lines| accepted(w.sends("norte", lines.clone())).applied)
            .sum();
        assert_eq!(applied, 5, "{cut:?}");
        let got = (w.state(&visit), w.books(), w.refunds(&visit));
        assert_eq!(got, whole, "{cut:?}");
        assert_eq!(w.count("SELECT count(*) FROM gateway_event"), 5);
    }
}

#[test]
fn a_gap_is_answered_with_the_head_and_takes_nothing() {
    let (mut w, visit) = written();
    let genesis = shared::chain::Head::empty(&w.gateway("norte").id);
    let before = w.everything();
    for lines in [1..5, 4..5, 5..5] {
        let head = genesis;
        assert_eq!(refusal(w.sends("norte", lines)), Rejection::Gap { head });
    }
    assert_eq!(w.everything(), before);
    let head = accepted(w.sends("norte", 0..2)).head;
    let before = w.everything();
    for lines in [3..5, 1..1, 0..0] {
        assert_eq!(refusal(w.sends("norte", lines)), Rejection::Gap { head });
    }
    assert_eq!(w.everything(), before);
    accepted(w.sends("norte", 2..5));
    assert_eq!(w.state(&visit), "returned");
}

#[test]
fn two_journals_under_one_name_are_kept_as_evidence_and_locked_out() {
    let (mut w, visit) = written();
    accepted(w.sends("norte", 0..3));
    w.waits(SECOND);
    let mut twin = w.gateway("norte").clone();
    let bay = crate::world::bay(1);
    accepted(w.sends("norte", 3..5));
    assert_eq!(twin.events(), 5);
    // The twin's card was restored from before event 4 and went on another way.
    let mut other = twin.set_back(3);
    other.records(w.now, Fact::BayRecovered { bay });
    other.records(w.now, Fact::CartDocked { bay, tag: cart(4) });
    let books = w.books();
    let request = other.request(w.now, 3..5);
    assert!(matches!(
        done(w.accepts(request)),
        Answer::Forked { seq: 5 }
    ));
    assert_eq!(row(&mut w, "norte").state, GatewayState::Quarantined);
    assert_eq!(
        row(&mut w, "norte").head.seq,
        5,
        "the common past and ours stand"
    );
    assert_eq!(
        w.count("SELECT count(*) FROM quarantined_event WHERE reason = 'fork'"),
        2
    );
    assert_eq!(w.alarms(), ["gateway_forked"]);
    assert_eq!((w.state(&visit).as_str(), w.books()), ("returned", books));
    let before = w.everything();
    for lines in [0..5, 5..5, 4..5] {
        let answer = w.sends("norte", lines);
        assert_eq!(refusal(answer), Rejection::GatewayQuarantined);
    }
    twin.records(w.now, Fact::BayRecovered { bay });
    let request = twin.request(w.now, 5..6);
    assert_eq!(refusal(w.accepts(request)), Rejection::GatewayQuarantined);
    assert_eq!(w.everything(), before);
    assert_eq!(w.refused("norte"), Rejection::DockDark);
    let (next, tag) = w.goes_out("sul");
    w.docks("sul", 1, tag);
    assert_eq!(w.reports("sul"), ["applied"], "the others go on");
    assert_eq!(w.state(&next), "returned");
}

#[test]
fn a_fork_is_found_in_each_place_it_can_show() {
    let bay = crate::world::bay(1);
    for (common, sent, seq) in [
        (0, 0..1, 1),
        (2, 2..3, 3),
        (2, 0..4, 4),
        (4, 4..6, 5),
        (4, 5..6, 5),
    ] {
        let (mut w, _) = written();
        accepted(w.sends("norte", 0..5));
        let mut twin = w.gateway("norte").set_back(common);
        while twin.events() < 6 {
            twin.records(w.now, Fact::BayRecovered { bay });
        }
        let request = twin.request(w.now, sent.clone());
        let answer = done(w.accepts(request));
        assert!(
            matches!(answer, Answer::Forked { seq: s } if s == seq),
            "{common} {sent:?}: {answer:?}"
        );
        assert_eq!(row(&mut w, "norte").state, GatewayState::Quarantined);
    }
}

#[test]
fn money_waiting_at_a_quarantined_dock_comes_back() {
    let mut w = World::new();
    let granted = w.at(Stage::Paid);
    let waiting = w.take("norte");
    let bay = crate::world::bay(1);
    let mut twin = w.gateway("norte").clone();
    let fault = BayFault::LockFailed;
    twin.records(w.now, Fact::BayFaulted { bay, fault });
    w.tells("norte", Fact::BayRecovered { bay });
    w.reports("norte");
    let request = twin.request(w.now, 0..1);
    assert!(matches!(
        done(w.accepts(request)),
        Answer::Forked { seq: 1 }
    ));
    assert_eq!(w.pays(&waiting, DEPOSIT), "deposit");
    assert_eq!(w.state(&waiting), "cancelled:no_bay");
    w.advance(1_020 * SECOND);
    assert_eq!(w.lapses(), 0, "it has the grant, and is heard no more");
    done(w.approves(&granted));
    assert_eq!(w.state(&granted), "cancelled:by_staff");
    assert_eq!(w.books(), [2_000, 0, 2_000]);
}

#[test]
fn an_event_of_tomorrow_is_set_aside_and_the_rest_flows_on() {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    let now = w.now;
    w.records(&visit, Deed::Starts);
    w.gateway("norte").records_unknown(now);
    w.records(&visit, Deed::Pulls(cart(1)));
    let before = accepted(w.sends("norte", 0..3));
    assert_eq!(before.quarantined, [2]);
    assert_eq!((before.applied, before.head.seq), (3, 3));
    assert_eq!(w.state(&visit), "out");
    assert_eq!(w.alarms(), ["event_quarantined"]);
    assert_eq!(
        w.count("SELECT count(*) FROM quarantined_event WHERE reason = 'unknown_fact'"),
        1
    );
    assert_eq!(
        w.count("SELECT count(*) FROM gateway_event WHERE outcome = 'quarantined'"),
        1,
        "it keeps its place in the chain"
    );
    let stands = w.everything();
    assert_eq!(accepted(w.sends("norte", 0..3)).applied, 0);
    assert_eq!(w.everything(), stands);
}

#[test]
fn a_question_without_events_brings_the_open_grants_and_the_bays() {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    w.bay("norte", 2).fault = Some(BayFault::BoltStuckOpen);
    w.advance(5 * SECOND);
    let answer = accepted(w.sends("norte", 0..0));
    assert_eq!(answer.grants, [w.grant(&visit).unwrap().token]);
    assert_eq!((answer.applied, answer.head.seq), (0, 0));
    assert_eq!(w.refused("norte"), Rejection::NoCart, "the lane is faulted");
    assert_eq!(row(&mut w, "norte").seen_ms, w.now);
}

#[test]
fn who_is_not_a_gateway_is_told_so_before_anything_else() {
    let w = World::new();
    let bay = crate::world::bay(1);
    let key = [77; 32];
    let id = shared::ids::GatewayId::new(1, [77; 10]);
    let stranger = crate::world::Gateway::new(id, key, crate::world::bays_of("norte"));
    let mut gateway = stranger;
    gateway.records(w.now, Fact::BayRecovered { bay });
    gateway.records(w.now, Fact::BayRecovered { bay });
    for lines in [0..0, 0..1, 1..2] {
        let request = gateway.request(w.now, lines);
        assert_eq!(refusal(w.accepts(request)), Rejection::UnknownGateway);
    }
    assert_eq!(w.count("SELECT count(*) FROM gateway_event"), 0);
}

#[test]
fn a_refused_step_in_a_batch_does_not_stop_the_batch() {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    w.records(&visit, Deed::NotTaken);
    w.records(&visit, Deed::Pulls(cart(1)));
    w.docks("norte", 1, cart(50));
    assert_eq!(w.reports("norte"), ["applied", "rental_over", "not_rented"]);
}

#[test]
fn a_salvaged_journal_goes_on_beyond_what_it_lost_and_is_no_fork() {
    // Lines that the gateway lost, and the range it leaves out.
    for (lost, uncertain_to) in [(0, 1_000_005), (2, 1_000_003), (5, 1_000_000)] {
        let (mut w, visit) = written();
        accepted(w.sends("norte", 0..5));
        let mut salvaged = w.gateway("norte").set_back(5 - lost);
        salvaged.skips(w.now, uncertain_to);
        salvaged.records(
            w.now,
            Fact::BayRecovered {
                bay: crate::world::bay(1),
            },
        );
        let from = 5 - lost;
        // It offers what it has, and learns that the cloud holds more.
        if from > 0 {
            let known = accepted(w.accepts(salvaged.request(w.now, 0..from)));
            assert_eq!((known.applied, known.head.seq), (0, 5));
        }
        let books = w.books();
        for applied in [2, 0] {
            let request = salvaged.request(w.now, from..from + 2);
            let answer = accepted(w.accepts(request));
            assert_eq!((answer.applied, answer.head), (applied, salvaged.head()));
        }
        assert_eq!(salvaged.head().seq, uncertain_to + 2);
        assert_eq!(row(&mut w, "norte").state, GatewayState::Active);
        let kind = if lost == 0 {
            "journal_salvaged"
        } else {
            "journal_set_back"
        };
        assert_eq!(w.alarms(), [kind]);
        assert_eq!((w.state(&visit).as_str(), w.books()), ("returned", books));
        let held = w.count("SELECT count(*) FROM gateway_event");
        assert_eq!(held, 7, "what it lost is kept here");
        // A clone that salvaged from another past is still found.
        let mut twin = w.gateway("norte").set_back(0);
        twin.records(
            w.now,
            Fact::BayRecovered {
                bay: crate::world::bay(2),
            },
        );
        twin.skips(w.now, 3_000_000);
        let request = twin.request(w.now, 1..2);
        assert!(matches!(
            done(w.accepts(request)),
            Answer::Forked { seq: 1 }
        ));
    }
}

#[test]
fn a_salvaged_journal_first_brings_what_it_saved() {
    let (mut w, visit) = written();
    accepted(w.sends("norte", 0..2));
    let mut salvaged = w.gateway("norte").clone();
    salvaged.skips(w.now, 1_000_005);
    let head = row(&mut w, "norte").head;
    let request = salvaged.request(w.now, 5..6);
    assert_eq!(refusal(w.accepts(request)), Rejection::Gap { head });
    accepted(w.accepts(salvaged.request(w.now, 2..5)));
    let done = accepted(w.accepts(salvaged.request(w.now, 5..6)));
    assert_eq!(done.head.seq, 1_000_006);
    assert_eq!(w.state(&visit), "returned");
}

#[test]
fn a_header_alone_tells_of_now_and_takes_no_event() {
    let (mut w, visit) = written();
    let head = accepted(w.sends("norte", 0..2)).head;
    let (at, state) = (w.now, w.state(&visit));
    let header = w.gateway("norte").request(at, 2..5).header;
    let seen = accepted(w.act(move |tx| accept_events::note_presence(tx, at, &header)));
    assert_eq!((seen.applied, seen.head), (0, head));
    assert_eq!(w.state(&visit), state, "nothing was taken");
    assert_eq!(row(&mut w, "norte").head, head);
    let backlog = w.count("SELECT max(backlog) FROM gateway");
    assert_eq!(backlog, 3, "what it announced waits");
    assert_eq!(accepted(w.sends("norte", 2..5)).applied, 3);
    // Overtaken on its way: it says nothing about now any more.
    let before = w.everything();
    let header = w.gateway("norte").request(at, 0..1).header;
    let late = accepted(w.act(move |tx| accept_events::note_presence(tx, at, &header)));
    assert_eq!((late.applied, late.head.seq), (0, 5));
    assert_eq!(w.everything(), before);
}
