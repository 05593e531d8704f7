//! Prize vouchers at docks: lent, redeemed in the dark, asked back, and never good in two places.

use crate::raffles::{
    EXTRACTION, brings, by, draw_state, drawn, id, offers, opened, returned, step, world,
};
use crate::world::{DAY, Visit, World, done, manager, refusal};
use cloud::actions::disqualify_entry::DisqualifyEntry;
use cloud::actions::{
    Outcome, Rejection, claim_entry, deliver_prize, disqualify_entry, expire_prizes, lend_vouchers,
    name_vouchers, recall_voucher, reclaim_voucher, redeem_voucher,
};
use cloud::store::gateway::GatewayState;
use cloud::store::{gateway, gateway_event, prize_voucher, voucher_loan};
use cloud_core::raffle::loan::Loan;
use cloud_core::raffle::winners::Delivery;
use shared::event::{Fact, Technician};
use shared::money::Centavos;
use shared::voucher::VoucherKey;

const MINUTE: i64 = 60_000;

/// Two vouchers that were earned at the southern dock, whose gateway redeems.
struct Lent {
    w: World,
    codes: [[u8; 32]; 2],
    keys: [VoucherKey; 2],
}

/// The shop's list for a dock, as its version stands now.
fn version(w: &World, dock: &str) -> u64 {
    let now = w.now;
    let dock = crate::world::dock_id(dock);
    w.read(move |tx| cloud::store::allowance::version(tx, &dock, now))
}

fn lends(w: &World) -> lend_vouchers::Round {
    done(step(w, |tx, now, keys| {
        name_vouchers::run(tx, keys)?;
        lend_vouchers::run(tx, now, keys)
    }))
}

fn lent() -> Lent {
    let mut w = world();
    offers(&mut w);
    w.gateway("sul").offline.redeems = true;
    let mut earned = Vec::new();
    for cpf in ["52998224725", "11144477735"] {
        w.waits(MINUTE);
        earned.push(brings(&mut w, Some(cpf), "sul", true));
    }
    let round = lends(&w);
    assert_eq!((round.lent, round.recalled), (2, 0));
    let salt = w.keys.card_salt(&crate::world::chain());
    let code = |visit: &Visit| w.keys.voucher_code(&id(), 0, &visit.rental);
    let hash = |visit: &Visit| w.keys.voucher_code_hash(&id(), 0, &visit.rental);
    Lent {
        codes: [hash(&earned[0]), hash(&earned[1])],
        keys: [&earned[0], &earned[1]].map(|visit| VoucherKey::of(&salt, &code(visit))),
        w,
    }
}

impl Lent {
    /// The till of the shop.
    fn till(&self, number: usize) -> Outcome<Centavos> {
        let (now, code) = (self.w.now, self.codes[number]);
        let audit = format!("till-{number}-{}", now.0);
        self.w
            .act(move |tx| redeem_voucher::run(tx, now, &code, (&manager(), &audit)))
    }

    fn asks_back(&self, number: usize) -> Loan {
        let (now, code) = (self.w.now, self.codes[number]);
        done(self.w.act(move |tx| recall_voucher::run(tx, now, &code))).loan
    }

    fn frees(&self, number: usize) -> Outcome<()> {
        let (now, code) = (self.w.now, self.codes[number]);
        let audit = format!("free-{number}-{}", now.0);
        self.w
            .act(move |tx| reclaim_voucher::run(tx, now, &code, (&manager(), &audit)))
    }

    fn loan(&self, number: usize) -> Loan {
        let code = self.codes[number];
        let row = self.w.read(move |tx| {
            let found = prize_voucher::by_code(tx, &code)?.expect("a voucher");
            voucher_loan::of(tx, &found.of)
        });
        row.expect("it was lent").loan
    }

    fn listed(&mut self) -> usize {
        let id = self.w.gateway("sul").id;
        self.w.read(move |tx| voucher_loan::listed(tx, &id)).len()
    }

    /// The dock goes by the newest list from now on.
    fn takes_list(&mut self) {
        let newest = version(&self.w, "sul");
        self.w.takes_list("sul", newest);
    }

    /// Somebody hands goods over at the dock; nobody is told yet.
    fn redeems_there(&mut self, number: usize) {
        let allowance = self.w.gateway("sul").offline.allowance;
        let fact = Fact::VoucherRedeemed {
            voucher: self.keys[number],
            amount_centavos: Centavos::new(200),
            by: Technician::Code,
            allowance,
        };
        self.w.tells("sul", fact);
    }

    /// Sends the last lines of a journal that leaves numbers out; what the cloud made of them.
    #[track_caller]
    fn tells_rest(&mut self, lines: usize) -> Vec<String> {
        let events = self.w.gateway("sul").events();
        done(self.w.sends("sul", events - lines..events));
        let (id, head) = (self.w.gateway("sul").id, self.w.gateway("sul").head().seq);
        let first = head + 1 - lines as u64;
        (first..=head)
            .map(|seq| {
                let row = self.w.read(move |tx| gateway_event::at(tx, &id, seq));
                row.expect("an accepted event is stored").outcome
            })
            .collect()
    }

    fn used(&self) -> i64 {
        self.w
            .count("SELECT count(*) FROM prize_voucher WHERE redeemed_ms IS NOT NULL")
    }
}

#[test]
fn what_a_dark_dock_redeemed_the_till_never_redeems() {
    let mut s = lent();
    s.takes_list();
    assert!(!s.w.accepted("sul").allowance_now, "nobody waits");
    assert_eq!(s.listed(), 2);
    s.redeems_there(0);
    for number in [0, 1] {
        assert_eq!(refusal(s.till(number)), Rejection::VoucherAtDock);
    }
    // Both are asked back while the dock is dark: no time brings them here.
    assert!(matches!(s.asks_back(0), Loan::Recalled { .. }));
    assert_eq!(s.asks_back(1), s.asks_back(1), "twice is once");
    s.w.advance(DAY);
    assert_eq!(refusal(s.till(1)), Rejection::VoucherAtDock);
    assert_eq!(refusal(s.frees(1)), Rejection::VoucherAtDock, "it serves");
    assert_eq!(s.listed(), 0);
    // It tells what it did, still by its old list.
    assert_eq!(s.w.reports("sul"), ["applied"]);
    assert_eq!(s.used(), 1);
    assert_eq!(refusal(s.till(0)), Rejection::VoucherUsed);
    assert_eq!(refusal(s.till(1)), Rejection::VoucherAtDock, "the old list");
    assert!(s.w.accepted("sul").allowance_now);
    s.takes_list();
    s.w.gateway("sul").remaining = 1;
    s.w.reports("sul");
    assert_eq!(refusal(s.till(1)), Rejection::VoucherAtDock, "more to tell");
    s.w.gateway("sul").remaining = 0;
    s.w.reports("sul");
    assert_eq!(s.loan(1), Loan::Back);
    assert!(!s.w.accepted("sul").allowance_now);
    assert_eq!(done(s.till(1)), Centavos::new(200));
    assert_eq!(refusal(s.till(1)), Rejection::VoucherUsed);
    s.w.advance(DAY);
    assert_eq!(lends(&s.w).lent, 0, "once in its life");
    assert!(s.w.alarms().is_empty(), "{:?}", s.w.alarms());
    assert_eq!(s.w.books(), [0, 0, 0], "a prize moves no money");
}

#[test]
fn a_dock_that_does_not_redeem_is_lent_nothing_and_one_that_does_only_its_own() {
    let mut w = world();
    offers(&mut w);
    w.waits(MINUTE);
    brings(&mut w, Some("52998224725"), "norte", true);
    let nobody = brings(&mut w, None, "norte", true);
    assert_eq!(lends(&w).lent, 0, "nobody there redeems");
    w.gateway("norte").offline.redeems = true;
    w.gateway("sul").offline.redeems = true;
    w.waits(MINUTE);
    let before = version(&w, "sul");
    assert_eq!(lends(&w).lent, 1);
    assert_eq!(
        version(&w, "sul"),
        before,
        "the southern dock's list is as it was"
    );
    w.waits(MINUTE);
    let (now, person) = (w.now, w.person("11144477735"));
    done(w.act(move |tx| claim_entry::run(tx, now, &nobody.rental, &person)));
    assert_eq!(
        lends(&w).lent,
        0,
        "a list is fetched no more often than that"
    );
    w.waits(10 * MINUTE);
    assert_eq!(lends(&w).lent, 1);
}

#[test]
fn a_gap_in_the_journal_leaves_a_voucher_to_a_manager() {
    let mut s = lent();
    s.takes_list();
    s.w.reports("sul");
    let (now, gap) = (s.w.now, s.w.gateway("sul").head().seq + 40);
    s.w.gateway("sul").skips(now, gap);
    assert_eq!(s.tells_rest(1), ["applied"]);
    let doubted = |loan| matches!(loan, Loan::Doubtful { .. });
    assert!(doubted(s.loan(0)) && doubted(s.loan(1)));
    assert_eq!(refusal(s.frees(0)), Rejection::VoucherAtDock, "its list");
    assert_eq!(s.listed(), 0);
    s.takes_list();
    s.tells_rest(0);
    assert_eq!(refusal(s.till(0)), Rejection::VoucherDoubtful);
    assert!(doubted(s.asks_back(0)), "no word brings it back");
    done(s.frees(0));
    assert_eq!(refusal(s.frees(0)), Rejection::VoucherIsHere);
    assert_eq!(done(s.till(0)), Centavos::new(200));
    // The dock knew better of both; the till had not come to the second.
    done(s.frees(1));
    s.redeems_there(0);
    s.redeems_there(1);
    assert_eq!(s.tells_rest(2), ["contradicted", "contradicted"]);
    assert_eq!(s.used(), 2);
    assert_eq!(
        refusal(s.till(1)),
        Rejection::VoucherUsed,
        "what is known is booked"
    );
    assert!(s.w.alarms().contains(&"voucher_contradicted".to_owned()));
}

#[test]
fn a_device_that_is_gone_keeps_no_voucher_for_ever() {
    let s = {
        let mut s = lent();
        s.takes_list();
        s.w.reports("sul");
        let id = s.w.gateway("sul").id;
        done(s.w.act(move |tx| Ok(gateway::set_state(tx, &id, GatewayState::Retired)?)));
        s
    };
    assert_eq!(refusal(s.till(0)), Rejection::VoucherAtDock);
    done(s.frees(0));
    assert_eq!(done(s.till(0)), Centavos::new(200));
    assert_eq!(refusal(s.till(1)), Rejection::VoucherAtDock);
}

#[test]
fn what_nobody_lent_or_what_lapsed_serves_nowhere() {
    let mut s = lent();
    s.takes_list();
    let stranger = VoucherKey::of("sal", "AB12");
    let fact = Fact::VoucherRedeemed {
        voucher: stranger,
        amount_centavos: Centavos::new(200),
        by: Technician::Code,
        allowance: 1,
    };
    s.w.tells("sul", fact);
    assert_eq!(s.w.reports("sul"), ["contradicted"]);
    // The northern dock says that it redeemed what was lent to the southern.
    let theirs = Fact::VoucherRedeemed {
        voucher: s.keys[0],
        amount_centavos: Centavos::new(200),
        by: Technician::Code,
        allowance: 1,
    };
    s.w.tells("norte", theirs);
    assert_eq!(s.w.reports("norte"), ["contradicted"]);
    assert_eq!(s.used(), 0);
    s.redeems_there(0);
    s.w.advance(31 * DAY);
    assert_eq!(lends(&s.w).recalled, 2, "lapsed, and taken out of the list");
    assert_eq!(s.listed(), 0);
    assert!(!s.w.accepted("sul").allowance_now, "nobody waits for those");
    assert_eq!(s.used(), 1, "redeemed in time, told late");
    assert_eq!(refusal(s.till(1)), Rejection::VoucherExpired);
}

#[test]
fn a_prize_at_a_dark_dock_does_not_expire_before_the_dock_has_told() {
    let mut w = opened();
    w.gateway("norte").offline.redeems = true;
    returned(&mut w);
    drawn(&mut w);
    let prizes = w.read(|tx| prize_voucher::of_campaign(tx, &id()));
    let (first, ranks) = (&prizes[0].of, prizes.len());
    assert_eq!(lends(&w).lent, ranks);
    let salt = w.keys.card_salt(&crate::world::chain());
    let code = w.keys.voucher_code(&id(), first.rank, &first.rental);
    let fact = Fact::VoucherRedeemed {
        voucher: VoucherKey::of(&salt, &code),
        amount_centavos: prizes[0].amount,
        by: Technician::Code,
        allowance: 1,
    };
    w.advance(DAY);
    let redeemed_ms = w.now;
    w.tells("norte", fact);
    // Dark until the claims are over.
    w.now = EXTRACTION.plus(181 * DAY);
    let expires = |w: &World| done(step(w, |tx, now, _| expire_prizes::run(tx, now, &id())));
    assert_eq!(lends(&w).recalled, ranks);
    assert_eq!(expires(&w), 0, "somebody may have it");
    assert_eq!(w.reports("norte"), ["applied"]);
    assert_eq!(expires(&w), 0, "the dock goes by its old list");
    let newest = version(&w, "norte");
    w.takes_list("norte", newest);
    w.reports("norte");
    assert_eq!(expires(&w) as usize, ranks - 1);
    let draw = draw_state(&w);
    let told = &draw.drawn().expect("a draw").winners;
    let delivered: Vec<_> = told
        .iter()
        .filter(|it| it.delivery == Delivery::Delivered)
        .map(|it| (it.rank, it.delivery_ms))
        .collect();
    assert_eq!(delivered, [(1, Some(redeemed_ms))]);
}

#[test]
fn books_that_were_set_back_believe_no_list_that_they_never_answered() {
    let mut s = lent();
    s.takes_list();
    s.w.reports("sul");
    // The dock was answered one more list, which still named both; the books forget that they did.
    let forgotten = version(&s.w, "sul") + 1;
    s.w.gateway("sul").offline.allowance = forgotten;
    assert!(matches!(s.asks_back(0), Loan::Recalled { without } if without == forgotten));
    s.w.reports("sul");
    assert_eq!(refusal(s.till(0)), Rejection::VoucherAtDock, "another list");
    assert!(version(&s.w, "sul") > forgotten, "a number of its own");
    assert!(s.w.alarms().contains(&"list_ahead".to_owned()));
    s.takes_list();
    s.w.reports("sul");
    assert_eq!(done(s.till(0)), Centavos::new(200));
}

#[test]
fn goods_for_a_prize_that_is_anothers_by_now_take_nothing_from_them() {
    let mut w = opened();
    w.gateway("norte").offline.redeems = true;
    returned(&mut w);
    drawn(&mut w);
    assert!(lends(&w).lent > 0);
    let before = w.read(|tx| prize_voucher::of_campaign(tx, &id()));
    let lost = before[0].of;
    let (now, audit) = (w.now, by(&w, manager()));
    let out = DisqualifyEntry {
        id: id(),
        position: draw_state(&w).drawn().expect("a draw").winners[0]
            .position
            .expect("a winner"),
        code: "menor".into(),
        by: audit,
    };
    let keys = std::sync::Arc::clone(&w.keys);
    done(w.act(move |tx| disqualify_entry::run(tx, now, &keys, &out)));
    let salt = w.keys.card_salt(&crate::world::chain());
    let code = w.keys.voucher_code(&id(), lost.rank, &lost.rental);
    let fact = Fact::VoucherRedeemed {
        voucher: VoucherKey::of(&salt, &code),
        amount_centavos: before[0].amount,
        by: Technician::Code,
        allowance: 1,
    };
    w.tells("norte", fact);
    assert_eq!(w.reports("norte"), ["contradicted"]);
    assert!(w.alarms().contains(&"voucher_contradicted".to_owned()));
    let draw = draw_state(&w);
    let winner = &draw.drawn().expect("a draw").winners[0];
    assert_eq!(
        winner.delivery,
        Delivery::Pending,
        "the other's prize waits"
    );
    let used =
        "SELECT count(*) FROM prize_voucher WHERE redeemed_ms IS NOT NULL AND void_ms IS NULL";
    assert_eq!(w.count(used), 0);
}

#[test]
fn the_desk_asks_a_prize_back_before_it_hands_it_over() {
    let mut w = opened();
    w.gateway("norte").offline.redeems = true;
    returned(&mut w);
    drawn(&mut w);
    assert!(lends(&w).lent > 0);
    let delivers = |w: &World| {
        let by = by(w, manager());
        step(w, move |tx, now, _| {
            deliver_prize::run(tx, now, (&id(), 1), &by).map(drop)
        })
    };
    assert_eq!(refusal(delivers(&w)), Rejection::VoucherAtDock);
    let recalled = done(step(&w, |tx, now, _| {
        recall_voucher::of_prize(tx, now, &id(), 1)
    }));
    assert!(matches!(recalled.loan, Loan::Recalled { .. }));
    assert_eq!(refusal(delivers(&w)), Rejection::VoucherAtDock);
    let newest = version(&w, "norte");
    w.takes_list("norte", newest);
    w.reports("norte");
    done(delivers(&w));
    let draw = draw_state(&w);
    let first = &draw.drawn().expect("a draw").winners[0];
    assert_eq!(first.delivery, Delivery::Delivered);
}

#[test]
fn a_prize_at_a_device_that_is_gone_keeps_no_campaign_open() {
    let mut w = opened();
    w.gateway("norte").offline.redeems = true;
    returned(&mut w);
    drawn(&mut w);
    let lent = lends(&w).lent;
    let gateway = w.gateway("norte").id;
    done(w.act(move |tx| Ok(gateway::set_state(tx, &gateway, GatewayState::Quarantined)?)));
    w.now = EXTRACTION.plus(181 * DAY);
    let expired = done(step(&w, |tx, now, _| expire_prizes::run(tx, now, &id())));
    assert_eq!(expired as usize, lent);
}
