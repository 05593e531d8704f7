//! A day's books: ledger, our view of the bank, and what the bank did, after mixed journeys; and
//! what is planted in one of them is found and named.

use crate::world::{DEPOSIT, SECOND, START, Stage, Visit, World, done};
use cloud::actions::book_stray::{self, Arrived};
use cloud::actions::settle_refund::Told;
use cloud::actions::{close_day, settle_stray};
use cloud::books::{Listing, content, date_of, span};
use cloud::pix::{ReceivedPix, Refund, RefundStatus};
use cloud::store::statement::{self, Content};
use cloud::store::stray_refund;
use cloud_core::refund::BankWord;
use cloud_core::statement::{Balances, Day, DifferenceKind as Kind};
use cloud_core::stray::PaidKey;
use jiff::tz::TimeZone;
use shared::money::Centavos;
use shared::time::UnixMs;

const HOUR: i64 = 3_600 * SECOND;

/// The bank's own book: what was paid to us, and what of it went back.
#[derive(Default)]
struct Bank {
    pix: Vec<ReceivedPix>,
}

impl Bank {
    fn receives(&mut self, e2eid: &str, centavos: i64, at: UnixMs) {
        self.pix.push(ReceivedPix {
            end_to_end_id: e2eid.into(),
            txid: None,
            key: None,
            amount: Centavos::new(centavos),
            settled_ms: at,
            refunds: vec![],
        });
    }

    fn gives_back(&mut self, e2eid: &str, id: &str, centavos: i64, at: Option<UnixMs>) {
        let pix = self.pix.iter_mut().find(|pix| pix.end_to_end_id == e2eid);
        pix.expect("a received Pix").refunds.push(Refund {
            id: id.into(),
            return_id: None,
            amount: Centavos::new(centavos),
            status: RefundStatus::Settled,
            nature: None,
            requested_ms: None,
            settled_ms: at,
        });
    }

    fn balance(&self) -> i64 {
        let refunds = self.pix.iter().flat_map(|pix| &pix.refunds);
        let back: Centavos = refunds.map(|one| one.amount).sum();
        let received: Centavos = self.pix.iter().map(|pix| pix.amount).sum();
        received.get() - back.get()
    }

    fn list(&self) -> Listing {
        Listing {
            pix: self.pix.clone(),
            ..Listing::default()
        }
    }
}

/// A world, and the bank that its money goes through.
struct Play {
    w: World,
    bank: Bank,
    /// Bays of `sul` that took a cart back.
    filled: u16,
}

impl Play {
    fn new() -> Self {
        Self {
            w: World::new(),
            bank: Bank::default(),
            filled: 0,
        }
    }

    fn pays(&mut self, visit: &Visit, centavos: i64) -> String {
        let pix = self.w.pix(visit, centavos);
        self.bank.receives(&pix.e2eid, centavos, self.w.now);
        self.w.verdict(&pix);
        pix.e2eid
    }

    /// A visit up to the return of its cart; the Pix that paid for it.
    fn rides(&mut self) -> (Visit, String) {
        let visit = self.w.take("norte");
        self.w.bank_makes_charge(&visit);
        let e2eid = self.pays(&visit, DEPOSIT);
        self.w.delivers_grant(&visit);
        let tag = self.w.pulls(&visit);
        self.w.reports("norte");
        self.filled += 1;
        self.w.docks("sul", self.filled, tag);
        self.w.reports("sul");
        (visit, e2eid)
    }

    fn settles(&mut self, visit: &Visit, e2eid: &str) {
        let order = self.w.orders(visit).into_iter().find(|o| o.e2eid == e2eid);
        let order = order.expect("an order for this Pix");
        let (id, amount) = (order.id.simple(), order.amount.get());
        self.bank.gives_back(e2eid, &id, amount, Some(self.w.now));
        done(self.w.bank_says(order.id, BankWord::Settled, 1));
    }

    fn stray(&mut self, e2eid: &str, centavos: i64) {
        let now = self.w.now;
        self.bank.receives(e2eid, centavos, now);
        let arrived = Arrived {
            e2eid: e2eid.into(),
            txid: None,
            key: PaidKey::Ours,
            amount: Centavos::new(centavos),
            settled_ms: now,
            returns: vec![],
        };
        let max = Centavos::new(20_000);
        done(
            self.w
                .act(move |tx| book_stray::run(tx, now, max, &arrived)),
        );
    }

    fn settles_stray(&mut self, e2eid: &'static str) {
        let now = self.w.now;
        let orders = self.w.read(|tx| stray_refund::of_pix(tx, e2eid));
        let (id, amount) = (orders[0].id, orders[0].amount.get());
        self.bank.gives_back(e2eid, &id.simple(), amount, Some(now));
        let told = Told {
            word: BankWord::Settled,
            settled_ms: Some(now),
            return_id: None,
            detail: None,
            attempts: 1,
        };
        done(self.w.act(move |tx| settle_stray::run(tx, now, &id, &told)));
    }

    fn compares(&self, day: Day) -> Content {
        let list = self.bank.list();
        self.w.read(move |tx| content(tx, day, &list))
    }
}

fn day_of(at: UnixMs) -> Day {
    let zone = TimeZone::get("America/Sao_Paulo").expect("a known zone");
    span(date_of(at, &zone), &zone).expect("a day of our time")
}

fn next(day: Day) -> Day {
    day_of(day.to_ms)
}

/// Closed, out, second payment under way, late payment back, stray back, stray held: over two days.
fn mixed() -> (Play, Day) {
    let mut play = Play::new();
    let today = day_of(START);
    let (closed, pix) = play.rides();
    play.settles(&closed, &pix);
    let out = play.w.take("norte");
    play.w.bank_makes_charge(&out);
    play.pays(&out, DEPOSIT);
    play.pays(&out, 700);
    let expired = play.w.at(Stage::Expired);
    let late = play.pays(&expired, DEPOSIT);
    play.settles(&expired, &late);
    play.stray("E0000000000000000000000000stray1", 500);
    play.stray("E0000000000000000000000000stray2", 50_000);
    play.settles_stray("E0000000000000000000000000stray1");
    // Over midnight with a cart under way: its money goes back on the other day.
    let (slow, pix) = play.rides();
    play.w.waits(today.to_ms.since(play.w.now) + HOUR);
    play.settles(&slow, &pix);
    (play, today)
}

#[test]
fn three_books_are_equal_after_mixed_journeys() {
    let (play, today) = mixed();
    let first = play.compares(today).statement;
    assert_eq!(first.differences, []);
    assert_eq!(first.ledger, first.bank);
    assert_eq!(first.bank.received.get(), 4 * DEPOSIT + 700 + 500 + 50_000);
    assert_eq!(first.bank.returned.get(), 2 * DEPOSIT + 500);
    assert_eq!(first.start, Balances::default());
    assert_eq!(first.end.held.get(), DEPOSIT);
    assert_eq!(first.end.owed.get(), 700 + DEPOSIT);
    assert_eq!(first.end.stray.get(), 50_000);
    let second = play.compares(next(today)).statement;
    assert_eq!(second.differences, []);
    assert_eq!(second.start, first.end);
    assert_eq!(second.bank.returned.get(), DEPOSIT);
    assert_eq!(second.end.owed.get(), 700);
    assert_eq!(second.end.bank.get(), play.bank.balance());
    assert_eq!(play.compares(next(next(today))).lines, []);
}

#[test]
fn what_is_planted_at_the_bank_is_found_and_named() {
    type Plant = fn(&mut Bank);
    let rows: [(Plant, Kind, i64); 6] = [
        (
            |bank| bank.pix.retain(|pix| pix.amount.get() != 50_000),
            Kind::PixNotAtBank,
            -50_000,
        ),
        (
            |bank| bank.receives("Eplanted", 1_234, START),
            Kind::PixNotInLedger,
            1_234,
        ),
        (
            |bank| bank.pix[0].amount = Centavos::new(DEPOSIT + 1),
            Kind::PixAmount,
            1,
        ),
        (
            |bank| bank.gives_back("E0000000000000000000000000stray2", "MED1", 3, Some(START)),
            Kind::RefundUnknown,
            -3,
        ),
        (
            |bank| bank.pix[0].refunds.clear(),
            Kind::RefundNotAtBank,
            DEPOSIT,
        ),
        (
            |bank| bank.pix[0].refunds[0].amount = Centavos::new(DEPOSIT - 1),
            Kind::RefundAmount,
            1,
        ),
    ];
    for (plant, kind, gap) in rows {
        let (mut play, today) = mixed();
        plant(&mut play.bank);
        let found = play.compares(today).statement;
        let named: Vec<_> = found.differences.iter().map(|d| d.kind).collect();
        assert_eq!(named, [kind]);
        assert_eq!(found.gap().get(), gap, "{kind:?}");
        let other = play.compares(next(today)).statement;
        assert_eq!(other.differences, [], "{kind:?} is one day's");
    }
}

#[test]
fn what_is_planted_in_the_ledger_is_found_and_named() {
    for (sql, kinds) in [
        (
            "DELETE FROM ledger_transfer WHERE kind = 'surplus' AND amount_centavos = 700",
            vec![Kind::PixNotInLedger],
        ),
        (
            "UPDATE ledger_transfer SET amount_centavos = 501 WHERE kind = 'stray' \
             AND amount_centavos = 500",
            vec![Kind::PixAmount],
        ),
        (
            "DELETE FROM ledger_transfer WHERE kind = 'refund' AND amount_centavos = 500",
            vec![Kind::RefundNotInLedger],
        ),
        // Money that no entry of a day explains.
        (
            "INSERT INTO ledger_transfer SELECT 'deposit', 'nobody', debit_account, \
             credit_account, 9, at_ms FROM ledger_transfer WHERE kind = 'deposit' LIMIT 1",
            vec![Kind::Uneven],
        ),
    ] {
        let (play, today) = mixed();
        let connection = rusqlite::Connection::open(play.w.file()).expect("our own file");
        assert_eq!(connection.execute(sql, []), Ok(1), "{sql}");
        let found = play.compares(today).statement;
        let named: Vec<_> = found.differences.iter().map(|d| d.kind).collect();
        assert_eq!(named, kinds, "{sql}");
    }
}

#[test]
fn a_bank_that_does_not_say_when_is_believed_to_mean_what_is_booked() {
    let (mut play, today) = mixed();
    let refunds = play.bank.pix.iter_mut().flat_map(|pix| &mut pix.refunds);
    refunds.for_each(|one| one.settled_ms = None);
    assert_eq!(play.compares(today).statement.differences, []);
    assert_eq!(play.compares(next(today)).statement.differences, []);
}

#[test]
fn a_closed_day_is_never_overwritten_and_its_difference_is_an_alarm() {
    let (mut play, today) = mixed();
    let close = |play: &Play, now: UnixMs| {
        let found = play.compares(today);
        done(
            play.w
                .act(move |tx| close_day::run(tx, now, "2026-09-21", &found)),
        )
    };
    let before = play.w.alarms();
    assert_eq!(close(&play, START), 1);
    assert_eq!(play.w.alarms(), before);
    let stored = play.w.everything();
    assert_eq!(close(&play, START.plus(SECOND)), 1, "nothing new");
    assert_eq!(play.w.everything(), stored);
    play.bank.receives("Elate", 1_234, START);
    assert_eq!(close(&play, START.plus(2 * SECOND)), 2);
    assert!(play.w.alarms().contains(&"books_differ".to_owned()));
    play.bank.pix.pop();
    assert_eq!(close(&play, START.plus(3 * SECOND)), 3);
    assert_eq!(play.w.alarms(), before);
    let versions = play.w.read(|tx| statement::versions(tx, "2026-09-21"));
    let shown: Vec<_> = versions
        .iter()
        .map(|v| (v.version, v.differences))
        .collect();
    assert_eq!(shown, [(3, 0), (2, 1), (1, 0)]);
    let first = versions.last().expect("a first version").clone();
    let kept = play.w.read(move |tx| statement::content(tx, &first));
    assert_eq!(kept, play.compares(today));
    assert_eq!(kept.lines.len(), 10);
    let last = play.w.read(statement::last_day);
    assert_eq!(last.as_deref(), Some("2026-09-21"));
}

#[test]
fn a_devolucao_that_settles_after_the_window_is_looked_for_at_the_bank() {
    let mut p = Play::new();
    p.rides();
    let paid = p.w.now;
    for (days, looked_for) in [(1, 1), (89, 1), (94, 1), (119, 1), (121, 0)] {
        let from = paid.plus(days * 24 * HOUR);
        let here = p.w.read(move |tx| cloud::store::day::still_here(tx, from));
        assert_eq!(here.len(), looked_for, "day {days}");
    }
}
