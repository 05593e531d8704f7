//! What gateways are shown of a raffle's commitment, and what their word about it is worth.

use crate::world::{DAY, World, chain, done};
use cloud::store::campaign::{self, CampaignRow};
use cloud::store::commitment::{self, CommitmentRow};
use cloud::store::witness::{self, WitnessRow};
use ed25519_dalek::SigningKey;
use shared::commitment::Commitment;
use shared::event::Fact;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::{ClockQuality, UnixMs};
use shared::witness::{COMMITMENTS_SHOWN_MAX, Promise, Shown, short};

/// The world's own campaign.
fn campaign() -> CampaignId {
    CampaignId::new(1, [1; 10])
}

fn list(root: u8) -> Commitment {
    Commitment {
        campaign: campaign(),
        rules_hash: Octets([1; 32]),
        n: 7,
        root: Octets([root; 32]),
    }
}

impl World {
    fn promise(&self, commitment: Commitment) -> Promise {
        Promise::new(commitment, self.keys.signing())
    }

    /// Binds a campaign to a list; false where it is bound already.
    fn commits(&self, commitment: Commitment) -> bool {
        let row = CommitmentRow {
            promise: self.promise(commitment),
            committed_ms: self.now,
        };
        done(self.act(move |tx| Ok(commitment::insert(tx, &row)?)))
    }

    /// What a dock that names these commitments is shown.
    #[track_caller]
    fn shows(&mut self, dock: &str, known: Option<&[Commitment]>) -> Vec<Shown> {
        let known = known.map(|known| known.iter().map(short).collect());
        self.gateway(dock).offline.commitments = known;
        self.accepted(dock).commitments
    }

    /// What a dock writes when it is shown a promise for the first time.
    fn witnessed(&mut self, dock: &str, promise: Promise) -> Fact {
        let seen_ms = self.now;
        let key = &self.gateway(dock).key;
        Fact::CommitmentWitnessed {
            name: "setembro".to_owned(),
            promise,
            seen_ms,
            witness: promise.commitment.witness(key, seen_ms),
        }
    }

    fn witnesses(&self) -> Vec<WitnessRow> {
        self.read(|tx| witness::of(tx, &campaign()))
    }

    #[track_caller]
    fn makes_of(&mut self, dock: &str, fact: Fact) -> String {
        self.tells(dock, fact);
        self.reports(dock).join(" ")
    }
}

#[test]
fn a_gateway_is_shown_what_it_does_not_name() {
    let mut w = World::new();
    assert_eq!(w.shows("norte", Some(&[])), []);
    assert!(w.commits(list(1)));
    assert!(!w.commits(list(2)), "a campaign is bound once");
    let shown = w.shows("norte", Some(&[]));
    let [only] = shown.as_slice() else {
        panic!("{shown:?}");
    };
    assert_eq!(
        (only.name.as_str(), only.promise),
        ("setembro", w.promise(list(1)))
    );
    assert!(only.promise.is_by(&w.keys.public()));
    assert_eq!(w.shows("norte", Some(&[list(1)])), []);
    assert_eq!(
        w.shows("norte", Some(&[list(2)])).len(),
        1,
        "the other list is no list of ours"
    );
    assert_eq!(
        w.shows("norte", None),
        [],
        "an older gateway has no use for it"
    );
    assert_eq!(
        w.shows("sul", Some(&[])).len(),
        1,
        "every dock of the chain"
    );
}

#[test]
fn the_newest_are_shown_and_no_more_than_an_answer_holds() {
    let mut w = World::new();
    let all = u8::try_from(COMMITMENTS_SHOWN_MAX).unwrap() + 3;
    for number in 2..2 + all {
        w.advance(1);
        let campaign = CampaignId::new(u64::from(number), [number; 10]);
        let row = CampaignRow {
            id: campaign,
            name: format!("promo {number}"),
            opens_ms: w.now,
            closes_ms: w.now.plus(DAY),
        };
        done(w.act(move |tx| Ok(campaign::insert(tx, &chain(), &row)?)));
        assert!(w.commits(Commitment {
            campaign,
            ..list(1)
        }));
    }
    let shown = w.shows("norte", Some(&[]));
    let names: Vec<&str> = shown.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), COMMITMENTS_SHOWN_MAX);
    assert_eq!((names[0], names[11]), ("promo 16", "promo 5"));
}

#[test]
fn a_word_is_kept_once_with_what_its_time_is_worth() {
    let mut w = World::new();
    assert!(w.commits(list(1)));
    let promise = w.promise(list(1));
    w.gateway("sul").clock = (ClockQuality::Floor, 0);
    for dock in ["norte", "sul"] {
        let fact = w.witnessed(dock, promise);
        assert_eq!(w.makes_of(dock, fact), "applied", "{dock}");
    }
    let before = w.witnesses();
    w.advance(DAY);
    let again = w.witnessed("norte", promise);
    assert_eq!(
        w.makes_of("norte", again),
        "already_applied",
        "a salvaged journal saw it anew"
    );
    assert_eq!(w.witnesses(), before);
    assert!(w.alarms().is_empty());
    let clocks: Vec<&str> = before.iter().map(|it| it.clock.as_str()).collect();
    assert_eq!(clocks, ["server", "floor"]);
    for it in &before {
        let key = Octets(*it.public_key.as_bytes());
        assert!(it.commitment.is_witnessed(&key, it.seen_ms, &it.signature));
        assert_eq!((it.commitment, it.store_name.as_str()), (list(1), "Loja"));
    }
    assert_eq!(w.read(|tx| witness::count(tx, &list(1))), 2);
}

#[test]
fn a_word_that_does_not_stand_up_to_its_signatures_is_set_aside() {
    let stranger = SigningKey::from_bytes(&[66; 32]);
    let mut w = World::new();
    assert!(w.commits(list(1)));
    let promise = w.promise(list(1));
    let forged = Promise::new(list(1), &stranger);
    let other = w.promise(list(2));
    let genuine = w.witnessed("norte", promise);
    let Fact::CommitmentWitnessed {
        name,
        seen_ms,
        witness,
        ..
    } = genuine.clone()
    else {
        panic!("a witness");
    };
    let word = |promise, seen_ms, witness| Fact::CommitmentWitnessed {
        name: name.clone(),
        promise,
        seen_ms,
        witness,
    };
    let contradicted = |held, shown| Fact::CommitmentContradicted {
        held,
        shown,
        seen_ms,
    };
    let before_1970 = UnixMs(-1);
    let early = list(1).witness(&w.gateway("norte").key, before_1970);
    let rows = [
        (
            "another's co-signature",
            word(promise, seen_ms, list(1).witness(&stranger, seen_ms)),
        ),
        ("another time", word(promise, seen_ms.plus(1), witness)),
        ("another list", word(other, seen_ms, witness)),
        ("a promise of a stranger", word(forged, seen_ms, witness)),
        ("before all time", word(promise, before_1970, early)),
        ("no contradiction", contradicted(promise, promise)),
        (
            "a stranger's contradiction",
            contradicted(promise, Promise::new(list(2), &stranger)),
        ),
        ("a contradiction of strangers", contradicted(forged, other)),
    ];
    for (number, (what, fact)) in rows.into_iter().enumerate() {
        assert_eq!(w.makes_of("norte", fact), "quarantined", "{what}");
        let kept = w.count("SELECT count(*) FROM quarantined_event WHERE reason = 'bad_witness'");
        assert_eq!(kept, i64::try_from(number).unwrap() + 1, "{what}");
        assert_eq!(w.witnesses(), [], "{what}");
    }
    assert!(w.alarms().iter().all(|kind| kind == "event_quarantined"));
    // The batch went on, and so does the dock.
    assert_eq!(w.makes_of("norte", genuine), "applied");
}

/// One dock is shown a list, and then another.
#[test]
fn a_contradiction_is_an_alarm_that_names_dock_and_campaign() {
    let mut w = World::new();
    assert!(w.commits(list(1)));
    let (held, shown) = (w.promise(list(1)), w.promise(list(2)));
    let seen_ms = w.now;
    let fact = Fact::CommitmentContradicted {
        held,
        shown,
        seen_ms,
    };
    assert_eq!(w.makes_of("norte", fact), "contradicted");
    assert_eq!(w.alarms(), ["commitment_contradicted"]);
    let subject = w
        .read(|tx| cloud::store::alarm::open(tx, 5))
        .remove(0)
        .subject;
    assert_eq!(subject, format!("{}:{}", w.gateway("norte").id, campaign()));
}

/// Two docks are shown one list each: nobody contradicts himself, and the two words lie side by side.
#[test]
fn two_docks_that_were_shown_two_lists_are_found_by_their_words() {
    let mut w = World::new();
    assert!(w.commits(list(1)));
    let (one, other) = (w.promise(list(1)), w.promise(list(2)));
    let fact = w.witnessed("norte", one);
    assert_eq!(w.makes_of("norte", fact), "applied");
    let fact = w.witnessed("sul", other);
    assert_eq!(w.makes_of("sul", fact), "contradicted");
    assert_eq!(w.alarms(), ["witness_differs"]);
    let mut seen: Vec<Commitment> = w.witnesses().iter().map(|it| it.commitment).collect();
    seen.sort_by_key(|it| it.root);
    assert_eq!(seen, [list(1), list(2)]);
    assert_eq!(
        w.read(|tx| witness::count(tx, &list(1))),
        1,
        "one stands for this list"
    );
}

#[test]
fn a_word_about_a_list_that_these_books_forgot_is_an_alarm() {
    let mut w = World::new();
    let promise = w.promise(list(1));
    let fact = w.witnessed("norte", promise);
    assert_eq!(w.makes_of("norte", fact), "contradicted");
    assert_eq!(w.alarms(), ["witness_differs"]);
    assert_eq!(w.witnesses().len(), 1, "it is evidence all the same");
}
