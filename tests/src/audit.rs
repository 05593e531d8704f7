//! Whether all the books agree, at the end of a test.

use crate::customer::Rental;
use crate::database::Database;
use crate::http::in_time;
use crate::system::System;
use rusqlite::params;
use serde_json::Value;
use std::fmt::Debug;

/// What must have become of a rental: its state, its money, its raffle entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Paid once, returned, refunded once, one entry.
    Closed,
    /// Paid, and the cart is out: nothing goes back yet.
    Out,
    /// Paid, back under review: the refund waits for a person.
    Review,
    /// Paid, never taken, refunded once, no entry.
    CancelledRefunded,
    /// Never paid.
    CancelledUnpaid,
    /// Ran out, paid all the same, refunded once.
    ExpiredRefunded,
    ExpiredUnpaid,
}

impl Fate {
    fn state(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Out => "out",
            Self::Review => "returned",
            Self::CancelledRefunded | Self::CancelledUnpaid => "cancelled",
            Self::ExpiredRefunded | Self::ExpiredUnpaid => "expired",
        }
    }

    fn payments(self) -> usize {
        match self {
            Self::CancelledUnpaid | Self::ExpiredUnpaid => 0,
            _ => 1,
        }
    }

    fn refunds(self) -> usize {
        match self {
            Self::Closed | Self::CancelledRefunded | Self::ExpiredRefunded => 1,
            Self::Out | Self::Review | Self::CancelledUnpaid | Self::ExpiredUnpaid => 0,
        }
    }

    fn entries(self) -> i64 {
        i64::from(self == Self::Closed)
    }
}

/// A Pix as the bank's own book has it.
struct Pix {
    e2eid: String,
    txid: String,
    centavos: i64,
    refunds: Vec<Refund>,
}

struct Refund {
    status: String,
    centavos: i64,
}

impl System {
    /// Waits until everything has come to rest, and fails naming all that does not agree. `fates`
    /// names every rental there is.
    pub fn audit(&self, fates: &[(&Rental, Fate)]) {
        self.audit_with(fates, 0);
    }

    /// As [`Self::audit`], with so many rentals besides of which no customer has heard.
    pub fn audit_with(&self, fates: &[(&Rental, Fate)], unheard: usize) {
        let mut found = Vec::new();
        let agreed = in_time(|| {
            found = self.disagreements(fates, unheard);
            found.is_empty().then_some(())
        });
        if agreed.is_none() {
            let alarms = self.cloud_db().show("SELECT * FROM alarm");
            let events = self.cloud_db().show(
                "SELECT d.code, e.seq, e.kind, e.outcome FROM gateway_event e \
                 JOIN gateway g ON g.id = e.gateway_id JOIN dock d ON d.id = g.dock_id \
                 ORDER BY e.received_ms",
            );
            let found = found.join("\n");
            panic!("the books disagree:\n{found}\n\nalarms:\n{alarms}\n\nevents:\n{events}");
        }
    }

    /// What does not agree at this moment, in words.
    pub fn disagreements(&self, fates: &[(&Rental, Fate)], unheard: usize) -> Vec<String> {
        let book = self.bank().book();
        let pix = pix_of(&book);
        let db = self.cloud_db();
        let mut found = Findings::default();
        money(&db, &book, &mut found);
        refunds(&pix, &mut found);
        for dock in self.docks() {
            self.journal_agrees(&db, dock, &mut found);
        }
        let all: i64 = db.one("SELECT count(*) FROM rental", &[]);
        let named = i64::try_from(fates.len() + unheard).expect("a handful");
        found.compare("rentals", &all, &named);
        for (rental, fate) in fates {
            self.rental_agrees(&db, &pix, rental, *fate, &mut found);
        }
        let waiting =
            db.show("SELECT kind, subject, attempts, last_error FROM outbox WHERE done_ms IS NULL");
        found.compare("outbox", &waiting.as_str(), &"");
        found.0
    }

    fn rental_agrees(
        &self,
        db: &Database,
        pix: &[Pix],
        rental: &Rental,
        fate: Fate,
        found: &mut Findings,
    ) {
        let id = self.id(rental);
        let count = |sql: &str, key: &str| db.one::<i64>(sql, params![key]);
        let state = self.stored_state(rental);
        found.compare(&format!("{id} state"), &state.as_str(), &fate.state());
        let review = "SELECT count(*) FROM rental WHERE id = ?1 AND review IS NOT NULL";
        let held = i64::from(fate == Fate::Review);
        found.compare(&format!("{id} reviews"), &count(review, &id), &held);
        let entries = "SELECT count(*) FROM entry WHERE rental_id = ?1";
        found.compare(
            &format!("{id} entries"),
            &count(entries, &id),
            &fate.entries(),
        );
        let txid = self.txid(rental);
        let paid: Vec<_> = pix.iter().filter(|pix| pix.txid == txid).collect();
        found.compare(&format!("{id} payments"), &paid.len(), &fate.payments());
        for pix in paid {
            let e2eid = &pix.e2eid;
            let booked = "SELECT count(*) FROM payment WHERE e2eid = ?1";
            found.compare(&format!("{e2eid} booked"), &count(booked, e2eid), &1);
            let back = pix
                .refunds
                .iter()
                .filter(|r| r.status == "DEVOLVIDO")
                .count();
            found.compare(
                &format!("{e2eid} refunds at the bank"),
                &back,
                &fate.refunds(),
            );
            let ours = "SELECT count(*) FROM refund WHERE e2eid = ?1 AND state = 'settled'";
            let ours = usize::try_from(count(ours, e2eid)).unwrap_or_default();
            found.compare(&format!("{e2eid} refunds settled"), &ours, &fate.refunds());
        }
    }

    /// What the gateway wrote is what the cloud has, byte for byte and without a gap.
    fn journal_agrees(&self, db: &Database, dock: &str, found: &mut Findings) {
        let lines = |db: &Database, sql: &str, gateway: &str| -> Vec<(i64, String)> {
            db.all(sql, params![gateway], |row| Ok((row.get(0)?, row.get(1)?)))
        };
        let gateway: String = db.one(
            "SELECT g.id FROM gateway g JOIN dock d ON d.id = g.dock_id \
             WHERE d.code = ?1 AND g.state = 'active'",
            params![dock],
        );
        let theirs = "SELECT seq, line FROM event WHERE ?1 <> '' ORDER BY seq";
        let theirs = lines(&self.journal(dock), theirs, &gateway);
        let ours = "SELECT seq, line FROM gateway_event WHERE gateway_id = ?1 ORDER BY seq";
        let ours = lines(db, ours, &gateway);
        if ours.iter().zip(1..).any(|((seq, _), place)| *seq != place) {
            found.0.push(format!("{dock}: a gap in its events"));
        }
        if ours != theirs {
            let (ours, theirs) = (ours.len(), theirs.len());
            let differ = "lines in its journal are not the";
            found.0.push(format!(
                "{dock}: {theirs} {differ} {ours} events in the cloud"
            ));
        }
    }
}

/// What does not agree, in words.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, is: &T, must: &T) {
        if is != must {
            self.0.push(format!("{what}: {is:?}, expected {must:?}"));
        }
    }
}

fn money(db: &Database, book: &Value, found: &mut Findings) {
    let balance = |kind: &str| -> i64 {
        db.one(
            "SELECT coalesce(sum(CASE WHEN debit_account LIKE ?1 THEN amount_centavos ELSE 0 END \
             - CASE WHEN credit_account LIKE ?1 THEN amount_centavos ELSE 0 END), 0) \
             FROM ledger_transfer",
            params![format!("{kind}:%")],
        )
    };
    let (bank, held, owed) = (balance("bank"), balance("held"), balance("owed"));
    let stray = balance("stray");
    found.compare("sum of the ledger", &(bank + held + owed + stray), &0);
    let theirs = book["balance_centavos"].as_i64().unwrap_or(i64::MIN);
    found.compare("Bank and the bank's own book", &bank, &theirs);
    let sum = book["ledger_sum_centavos"].as_i64();
    found.compare("sum of the bank's book", &sum, &Some(0));
    let deposits: i64 = db.one(
        "SELECT coalesce(sum(deposit_centavos), 0) FROM rental \
         WHERE state IN ('paid', 'out', 'abandoned') OR (state = 'returned' AND review IS NOT NULL)",
        &[],
    );
    found.compare("Held and the deposits of carts out", &held, &-deposits);
    let due: i64 = db.one(
        "SELECT coalesce(sum(amount_centavos), 0) FROM \
         (SELECT amount_centavos, state FROM refund UNION ALL \
          SELECT amount_centavos, state FROM stray_refund) \
         WHERE state IN ('requested', 'processing', 'owed')",
        &[],
    );
    found.compare("Owed and the refunds under way", &owed, &-due);
    let waiting: i64 = db.one(
        "SELECT coalesce(sum(amount_centavos), 0) - (SELECT coalesce(sum(r.amount_centavos), 0) \
         FROM stray_return r JOIN stray s ON s.e2eid = r.e2eid WHERE s.state = 'held') \
         FROM stray WHERE state = 'held'",
        &[],
    );
    found.compare("Stray and what waits for a manager", &stray, &-waiting);
}

fn refunds(pix: &[Pix], found: &mut Findings) {
    for pix in pix {
        let of = |status: &'static str| pix.refunds.iter().filter(move |r| r.status == status);
        let (settled, back) = (
            of("DEVOLVIDO").count(),
            of("DEVOLVIDO").map(|r| r.centavos).sum::<i64>(),
        );
        let (e2eid, paid) = (&pix.e2eid, pix.centavos);
        if settled > 1 || back > paid {
            found
                .0
                .push(format!("{e2eid}: {settled} refunds of {back}, paid {paid}"));
        }
        found.compare(
            &format!("{e2eid} refunds under way"),
            &of("EM_PROCESSAMENTO").count(),
            &0,
        );
    }
}

fn pix_of(book: &Value) -> Vec<Pix> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let centavos = |value: &Value| value["valor_centavos"].as_i64().unwrap_or_default();
    let rows = book["pix"].as_array().cloned().unwrap_or_default();
    rows.iter()
        .map(|pix| Pix {
            e2eid: text(&pix["e2eid"]),
            txid: text(&pix["txid"]),
            centavos: centavos(pix),
            refunds: pix["devolucoes"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|refund| Refund {
                    status: text(&refund["status"]),
                    centavos: centavos(refund),
                })
                .collect(),
        })
        .collect()
}
