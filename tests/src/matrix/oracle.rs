//! What must be true whatever happened: the three books are equal, every centavo is in one place, and
//! nothing waits without a person who can see it.

use super::teller::Booked;
use super::world::World;
use super::{Fault, Timing, Visits};
use crate::database::Database;
use cloud::app::now;
use cloud::books::{self, Account};
use cloud_core::refund::ALARM_AFTER_MS;
use shared::time::UnixMs;
use std::collections::BTreeMap;

/// Jobs by the clock come round within seconds of it.
const SLACK_MS: i64 = 60_000;

/// Each names what waits without an alarm, given the moment a quarter of an hour ago.
const SILENT: [(&str, &str); 4] = [
    (
        "a refund under way of which no alarm speaks",
        "SELECT r.id FROM refund r WHERE r.state IN ('requested', 'processing') \
         AND r.due_since_ms < ?1 AND NOT EXISTS (SELECT 1 FROM alarm a \
         WHERE a.subject = r.rental_id AND a.kind LIKE 'refund_%' AND a.cleared_ms IS NULL)",
    ),
    (
        "a stray Pix's refund under way of which no alarm speaks",
        "SELECT r.id FROM stray_refund r WHERE r.state IN ('requested', 'processing') \
         AND r.due_since_ms < ?1 AND NOT EXISTS (SELECT 1 FROM alarm a \
         WHERE a.subject = r.e2eid AND a.kind LIKE 'refund_%' AND a.cleared_ms IS NULL)",
    ),
    (
        "a paid rental of which its dock says nothing",
        "SELECT id FROM rental WHERE state = 'paid' AND paid_ms < ?1 AND NOT EXISTS \
         (SELECT 1 FROM alarm a WHERE a.subject = rental.id AND a.cleared_ms IS NULL)",
    ),
    (
        "a stray Pix that waits for a person who is not told",
        "SELECT e2eid FROM stray WHERE state = 'held' AND seen_ms < ?1 AND NOT EXISTS \
         (SELECT 1 FROM alarm a WHERE a.subject = stray.e2eid AND a.cleared_ms IS NULL)",
    ),
];

/// Each names what must not be there when everything has ended.
const OPEN_ENDS: [(&str, &str); 5] = [
    (
        "a rental that is neither over nor seen by a person",
        "SELECT id || ' ' || state FROM rental WHERE state NOT IN ('closed', 'expired', 'cancelled') \
         AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.subject = rental.id \
         AND a.kind = 'refund_owed' AND a.cleared_ms IS NULL)",
    ),
    (
        "a cart given for another amount than its deposit",
        "SELECT p.e2eid FROM payment p JOIN rental r ON r.id = p.rental_id \
         WHERE p.verdict = 'deposit' AND p.amount_centavos <> r.deposit_centavos",
    ),
    (
        "an effect that is still to happen",
        "SELECT kind || ' ' || subject || ' ' || attempts || ' ' || coalesce(last_error, '') \
         FROM outbox WHERE done_ms IS NULL AND kind <> 'deliver_grant'",
    ),
    (
        "a refund that is not decided",
        "SELECT id || ' ' || state FROM refund WHERE state IN ('requested', 'processing') \
         UNION ALL SELECT id || ' ' || state FROM stray_refund \
         WHERE state IN ('requested', 'processing')",
    ),
    (
        "a debt that no alarm speaks of",
        "SELECT r.id FROM refund r WHERE r.state = 'owed' AND NOT EXISTS (SELECT 1 FROM alarm a \
         WHERE a.subject = r.rental_id AND a.kind = 'refund_owed' AND a.cleared_ms IS NULL) \
         UNION ALL SELECT r.id FROM stray_refund r WHERE r.state = 'owed' AND NOT EXISTS \
         (SELECT 1 FROM alarm a WHERE a.subject = r.e2eid AND a.kind = 'refund_owed' \
         AND a.cleared_ms IS NULL)",
    ),
];

/// What the ledger and its rows say went back of each Pix.
const OURS: &str = "SELECT p.e2eid, p.amount_centavos, \
    (SELECT coalesce(sum(r.amount_centavos), 0) FROM refund r \
     WHERE r.e2eid = p.e2eid AND r.state = 'settled') + \
    (SELECT coalesce(sum(b.amount_centavos), 0) FROM bank_return b \
     WHERE b.e2eid = p.e2eid AND b.state = 'settled'), \
    (SELECT coalesce(sum(r.amount_centavos), 0) FROM refund r \
     WHERE r.e2eid = p.e2eid AND r.state = 'owed') FROM payment p \
    UNION ALL SELECT s.e2eid, s.amount_centavos, \
    (SELECT coalesce(sum(r.amount_centavos), 0) FROM stray_refund r \
     WHERE r.e2eid = s.e2eid AND r.state = 'settled') + \
    (SELECT coalesce(sum(b.amount_centavos), 0) FROM stray_return b WHERE b.e2eid = s.e2eid), \
    (SELECT coalesce(sum(r.amount_centavos), 0) FROM stray_refund r \
     WHERE r.e2eid = s.e2eid AND r.state = 'owed') FROM stray s";

struct Ours {
    amount: i64,
    back: i64,
    owed: i64,
}

impl World {
    pub(super) fn visits(&self) -> Visits {
        let mut visits = Visits::default();
        for journey in &self.journeys {
            visits.count(journey.fault, self.death, journey.timing);
        }
        visits
    }

    /// Changes whenever something happened to money or rentals.
    pub(super) fn progress(&self) -> String {
        self.db().show(
            "SELECT (SELECT count(*) FROM charge WHERE state = 'requested'), \
             (SELECT count(*) FROM payment), (SELECT count(*) FROM stray), \
             (SELECT count(*) FROM rental WHERE ended_ms IS NOT NULL), \
             (SELECT count(*) FROM refund), (SELECT count(*) FROM stray_refund), \
             (SELECT count(*) FROM refund WHERE state = 'requested'), \
             (SELECT count(*) FROM refund WHERE settled_ms IS NOT NULL)",
        )
    }

    pub(super) fn until_expiry(&self) -> Option<i64> {
        let db = self.db();
        let waiting = self.those(|j| j.timing == Timing::PaidAtExpiry);
        let expires = waiting.into_iter().filter_map(|number| {
            let sql = "SELECT expires_ms FROM charge WHERE txid = ?1";
            db.first::<i64>(sql, &[&self.journeys[number].txid])
        });
        expires.min().map(|at| UnixMs(at).since(now()))
    }

    pub(super) async fn begins_its_last_life(&self) {
        self.cloud.begin_the_last().await;
    }

    /// Somebody gives a part back in the bank's app while the cart is out.
    pub(super) async fn give_back_some(&self) {
        for number in self.those(|j| j.fault == Fault::OwnReturn) {
            for e2eid in &self.journeys[number].e2eids {
                self.teller.give_back(e2eid, "4.00", "ORIGINAL").await;
            }
        }
    }

    /// The bank ends what it worked on, and its infractions by giving everything back.
    pub(super) async fn decide(&self) {
        let (pix, _) = self.teller.book().await;
        let faults: BTreeMap<&str, Fault> = self
            .journeys
            .iter()
            .flat_map(|j| j.e2eids.iter().map(|id| (id.as_str(), j.fault)))
            .collect();
        for one in &pix {
            let fault = faults.get(one.e2eid.as_str()).copied();
            let fault = fault.unwrap_or(Fault::Healthy);
            let refused = fault == Fault::ProcessingRefused && one.returns.len() == 1;
            let status = if refused {
                "NAO_REALIZADO"
            } else {
                "DEVOLVIDO"
            };
            for under_way in one
                .returns
                .iter()
                .filter(|r| r.status == "EM_PROCESSAMENTO")
            {
                self.teller.settle(&one.e2eid, &under_way.id, status).await;
            }
            if fault == Fault::Med && one.back() == 0 && self.is_asked_for(&one.e2eid) {
                let all = format!("{}.{:02}", one.centavos / 100, one.centavos % 100);
                self.teller.give_back(&one.e2eid, &all, "MED_FRAUDE").await;
            }
        }
    }

    fn is_asked_for(&self, e2eid: &str) -> bool {
        let sql = "SELECT 1 FROM refund WHERE e2eid = ?1 UNION ALL \
                   SELECT 1 FROM stray_refund WHERE e2eid = ?1";
        self.db().first::<i64>(sql, &[&e2eid]).is_some()
    }

    pub(super) fn silent(&self) -> Vec<String> {
        let since = now().plus(-ALARM_AFTER_MS - SLACK_MS).0;
        self.named(&SILENT, &[&since])
    }

    pub(super) fn open_ends(&self) -> Vec<String> {
        self.named(&OPEN_ENDS, &[])
    }

    fn named(&self, rules: &[(&str, &str)], values: &[&dyn rusqlite::ToSql]) -> Vec<String> {
        let db = self.db();
        let found = rules.iter().flat_map(|(what, sql)| {
            let rows: Vec<String> = db.all(sql, values, |row| row.get(0));
            rows.into_iter().map(move |row| (*what, row))
        });
        found
            .map(|(what, row)| format!("{:?}: {what}: {row}{}", self.death, self.of(&row)))
            .collect()
    }

    /// Whose journey a row is about.
    fn of(&self, row: &str) -> String {
        let id = row.split(' ').next().unwrap_or_default();
        let db = self.db();
        let sql = "SELECT rental_id FROM refund WHERE id = ?1";
        let rental = db.first::<String>(sql, &[&id]).unwrap_or(id.to_owned());
        let journey = self.journeys.iter().find(|j| {
            j.rental.to_string() == rental
                || row.contains(&j.txid)
                || j.e2eids.iter().any(|e| e == id)
        });
        journey.map_or(String::new(), |j| {
            format!(" ({:?} {:?})", j.fault, j.timing)
        })
    }

    pub(super) async fn judged(&self) -> Vec<String> {
        let mut found = self.open_ends();
        let (pix, balance) = self.teller.book().await;
        let db = self.db();
        let mut ours = ours(&db);
        for one in &pix {
            found.extend(self.judge_pix(one, ours.remove(&one.e2eid).as_ref()));
        }
        found.extend(
            ours.keys()
                .map(|e2eid| format!("{e2eid}: the bank does not know it")),
        );
        let repeated = self.line.repeated().into_iter();
        found.extend(repeated.map(|path| format!("put again without asking: {path}")));
        found.extend(ledger(&db, balance));
        let bad = db.show(
            "SELECT kind, subject, detail FROM alarm WHERE cleared_ms IS NULL \
             AND kind IN ('refund_excess', 'books_differ', 'gateway_forked', \
             'cart_out_without_deposit', 'cart_left_unreleased')",
        );
        found.extend(bad.lines().map(|line| format!("an alarm: {line}")));
        found.extend(self.statements(&db).await);
        let death = self.death;
        found
            .into_iter()
            .map(|f| format!("{death:?}: {f}"))
            .collect()
    }

    fn judge_pix(&self, pix: &Booked, ours: Option<&Ours>) -> Vec<String> {
        let e2eid = &pix.e2eid;
        let mut found = Vec::new();
        let journey = self.journeys.iter().find(|j| j.e2eids.contains(e2eid));
        let (fault, timing) =
            journey.map_or((Fault::Healthy, Timing::Prompt), |j| (j.fault, j.timing));
        let mut say = |what: String| found.push(format!("{e2eid} ({fault:?} {timing:?}): {what}"));
        let Some(ours) = ours else {
            say("it is in no book of ours".to_owned());
            return found;
        };
        if pix.ours_settled() > 1 {
            say(format!("two refunds of one deposit: {:?}", pix.returns));
        }
        if pix.back() > pix.centavos {
            say(format!("more went back than came: {:?}", pix.returns));
        }
        if (ours.amount, ours.back) != (pix.centavos, pix.back()) {
            let theirs = (pix.centavos, pix.back());
            say(format!(
                "ours {:?}, the bank's {theirs:?}",
                (ours.amount, ours.back)
            ));
        }
        if ours.back + ours.owed != ours.amount {
            let natures: Vec<&str> = pix.returns.iter().map(|r| r.nature.as_str()).collect();
            say(format!(
                "{} back and {} owed: {natures:?}",
                ours.back, ours.owed
            ));
        }
        let may_be_owed =
            fault == Fault::AccountGone || matches!(timing, Timing::NearDay90 | Timing::AfterDay90);
        if ours.owed > 0 && !may_be_owed {
            say("owed without need".to_owned());
        }
        found
    }

    /// Our view of the bank, by the code that closes days: no difference on any day.
    async fn statements(&self, db: &Database) -> Vec<String> {
        let app = self.cloud.app().await;
        let moments: Vec<i64> = db.all(
            "SELECT DISTINCT at_ms / 3600000 FROM (SELECT settled_ms AS at_ms FROM payment UNION ALL \
             SELECT settled_ms FROM stray UNION ALL SELECT settled_ms FROM refund UNION ALL \
             SELECT settled_ms FROM stray_refund UNION ALL SELECT settled_ms FROM bank_return) \
             WHERE at_ms IS NOT NULL",
            &[],
            |row| row.get(0),
        );
        let mut dates: Vec<_> = moments
            .into_iter()
            .map(|hour| books::date_of(UnixMs(hour * 3_600_000), &app.zone))
            .collect();
        dates.sort_unstable();
        dates.dedup();
        let mut found = Vec::new();
        let account = Account {
            pix: &app.bank,
            sender: app.payouts.as_deref(),
        };
        for date in dates {
            match books::look(&app.store, account, &app.zone, date).await {
                Ok(made) => {
                    let differences = made.statement.differences.into_iter();
                    found.extend(differences.map(|one| format!("statement of {date}: {one:?}")));
                }
                Err(error) => found.push(format!("statement of {date}: {error}")),
            }
        }
        found
    }
}

fn ours(db: &Database) -> BTreeMap<String, Ours> {
    let rows = db.all(OURS, &[], |row| {
        let ours = Ours {
            amount: row.get(1)?,
            back: row.get(2)?,
            owed: row.get(3)?,
        };
        Ok((row.get(0)?, ours))
    });
    rows.into_iter().collect()
}

/// Every centavo is in exactly one account, and the accounts are what they stand for.
fn ledger(db: &Database, theirs: i64) -> Vec<String> {
    let account = |kind: &str| -> i64 {
        let sql = "SELECT coalesce(sum(CASE WHEN debit_account LIKE ?1 THEN amount_centavos ELSE 0 \
                   END - CASE WHEN credit_account LIKE ?1 THEN amount_centavos ELSE 0 END), 0) \
                   FROM ledger_transfer";
        db.one(sql, &[&format!("{kind}:%")])
    };
    let (bank, held, owed) = (account("bank"), account("held"), account("owed"));
    let orders: i64 = db.one(
        "SELECT coalesce(sum(amount_centavos), 0) FROM (SELECT amount_centavos, state FROM refund \
         UNION ALL SELECT amount_centavos, state FROM stray_refund) \
         WHERE state IN ('requested', 'processing', 'owed')",
        &[],
    );
    let mut found = Vec::new();
    for (what, is, must) in [
        (
            "the ledger's bank account and the bank's book",
            bank,
            theirs,
        ),
        ("what is held while no cart is out", held, 0),
        ("what is owed and the orders that owe it", owed, -orders),
        ("what is stray while nobody holds it", account("stray"), 0),
        ("the sum of all accounts", bank + held + owed, 0),
    ] {
        if is != must {
            found.push(format!("{what}: {is}, expected {must}"));
        }
    }
    found
}
