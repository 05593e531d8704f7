//! What a look into the tables shows, in few words.

use super::{Visit, World};
use cloud::persons;
use cloud::store::campaign::{self, EntryRow};
use cloud::store::rental::{self, RentalRow, review_code};
use cloud::store::{alarm, charge, ledger, outbox};
use cloud_core::rental::Rental;
use rusqlite::types::Value;
use shared::ids::PersonId;
use shared::time::UnixMs;
use std::fmt::Write as _;

impl World {
    /// What is exported for a person.
    pub(crate) fn copy_for(&self, person: PersonId) -> serde_json::Value {
        let export = persons::export(&self.store, &self.keys, person);
        let known = self.runtime.block_on(export).expect("a read");
        let known = known.expect("somebody who is known");
        serde_json::to_value(&known).expect("texts and numbers are JSON")
    }

    pub(crate) fn row(&self, visit: &Visit) -> RentalRow {
        let id = visit.rental;
        self.read(move |tx| rental::by_id(tx, &id))
            .expect("a visit has its rental")
    }

    /// `out`, `returned:bolt_not_engaged`, `cancelled:no_bay`…
    pub(crate) fn state(&self, visit: &Visit) -> String {
        match self.row(visit).state {
            Rental::Returned {
                review: Some(review),
            } => format!("returned:{}", review_code(review)),
            Rental::Cancelled { reason } => format!("cancelled:{}", reason.as_str()),
            state => state.state().to_owned(),
        }
    }

    /// Bank, held and owed in centavos; the books are balanced or this panics.
    #[track_caller]
    pub(crate) fn books(&self) -> [i64; 3] {
        let balances = self.read(ledger::balances);
        let of = |kind: &str| {
            let found = balances.iter().filter(|(k, _)| k == kind);
            found.map(|(_, balance)| balance.get()).sum::<i64>()
        };
        let books = [of("bank"), -of("held"), -of("owed")];
        let total: i64 = balances.iter().map(|(_, b)| b.get()).sum();
        assert_eq!(total, 0, "the ledger sums to zero: {balances:?}");
        assert!(
            books.iter().all(|b| *b >= 0),
            "no account is overdrawn: {books:?}"
        );
        books
    }

    /// The transfers booked for a Pix or a refund.
    pub(crate) fn booked(&self, reference: &str) -> Vec<String> {
        let reference = reference.to_owned();
        let rows = self.read(move |tx| ledger::of_reference(tx, &reference));
        rows.into_iter()
            .map(|t| format!("{} {}", t.kind, t.amount.get()))
            .collect()
    }

    /// `number state amount` of each refund order.
    pub(crate) fn refunds(&self, visit: &Visit) -> Vec<String> {
        let text = |o: &cloud::store::refund::RefundRow| {
            format!("{} {} {}", o.order_no, o.state.as_str(), o.amount.get())
        };
        self.orders(visit).iter().map(text).collect()
    }

    /// The kinds of effects that wait, whenever they are due, in order of kind.
    pub(crate) fn effects(&self) -> Vec<&'static str> {
        let rows = self.read(|tx| {
            let mut rows = outbox::due_at_docks(tx, UnixMs(i64::MAX), 1_000)?;
            rows.extend(outbox::due_at_bank(tx, UnixMs(i64::MAX), 1_000)?);
            Ok(rows)
        });
        let mut kinds: Vec<_> = rows.into_iter().map(|e| e.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds
    }

    pub(crate) fn alarms(&self) -> Vec<String> {
        let rows = self.read(|tx| alarm::open(tx, 1_000));
        let mut kinds: Vec<_> = rows.into_iter().map(|a| a.kind).collect();
        kinds.sort_unstable();
        kinds
    }

    pub(crate) fn entry(&self, visit: &Visit) -> Option<EntryRow> {
        let id = visit.rental;
        self.read(move |tx| campaign::entry_of(tx, &id))
    }

    pub(crate) fn charge(&self, visit: &Visit) -> charge::ChargeRow {
        let txid = visit.txid.clone();
        self.read(move |tx| charge::by_txid(tx, &txid))
            .expect("a visit has its charge")
    }

    pub(crate) fn count(&self, sql: &'static str) -> i64 {
        self.read(move |tx| tx.first(sql, &[], |row| row.int(0)))
            .expect("a count")
    }

    /// Every row of every table, to see that nothing changed.
    pub(crate) fn everything(&self) -> String {
        let connection = rusqlite::Connection::open(self.file()).expect("our own file");
        let mut names = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .expect("a schema");
        let names: Vec<String> = names
            .query_map([], |row| row.get(0))
            .and_then(Iterator::collect)
            .expect("names of tables");
        let mut text = String::new();
        for name in names {
            let mut rows = connection
                .prepare(&format!("SELECT * FROM {name}"))
                .expect("a table");
            let columns = rows.column_count();
            let mut rows = rows.query([]).expect("its rows");
            while let Some(row) = rows.next().expect("a row") {
                let values: Vec<Value> = (0..columns)
                    .map(|column| row.get(column).expect("a value"))
                    .collect();
                writeln!(text, "{name} {values:?}").expect("a string takes text");
            }
        }
        text
    }
}
