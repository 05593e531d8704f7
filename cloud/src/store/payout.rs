use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::payout::PayoutState;
use shared::ids::{PayoutId, PersonId, RentalId, StoreId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// What is paid, and by which id it is known. Both stay the same through all orders of one debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Debt {
    /// The finder's part of a forfeited deposit: one for a rental.
    Finder(RentalId),
    /// A Pix that no devolução can bring back, by its end-to-end id.
    Owed(String),
}

impl Debt {
    pub fn purpose(&self) -> &'static str {
        match self {
            Self::Finder(_) => "finder",
            Self::Owed(_) => "owed",
        }
    }

    pub fn reference(&self) -> String {
        match self {
            Self::Finder(rental) => rental.to_string(),
            Self::Owed(e2eid) => e2eid.clone(),
        }
    }
}

/// One order to send a Pix. Its id, without hyphens, is the `idEnvio` at the bank.
#[derive(Debug, Clone)]
pub struct PayoutRow {
    pub id: PayoutId,
    pub debt: Debt,
    /// 1 for the first order of this debt.
    pub order_no: u32,
    pub rental: RentalId,
    pub store: StoreId,
    /// Who gets it; the key it goes to is sealed under this person's own key.
    pub person: PersonId,
    pub amount: Centavos,
    pub state: PayoutState,
    pub pay_from_ms: UnixMs,
    pub ordered_ms: UnixMs,
    /// When it was first given to the bank, or may have been.
    pub sent_ms: Option<UnixMs>,
    pub settled_ms: Option<UnixMs>,
    pub e2eid: Option<String>,
    /// The bank's words, without personal data.
    pub refusal: Option<String>,
    /// When a person let it pass the limits.
    pub released_ms: Option<UnixMs>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, purpose, reference, order_no, rental_id, store_id, person_id, \
             amount_centavos, state, reason, pay_from_ms, ordered_ms, sent_ms, settled_ms, e2eid, \
             refusal, released_ms FROM payout ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, order: &PayoutRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO payout (id, purpose, reference, order_no, rental_id, store_id, person_id, \
         amount_centavos, state, reason, pay_from_ms, ordered_ms, released_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            Value::text(order.id),
            order.debt.purpose().into(),
            order.debt.reference().into(),
            i64::from(order.order_no).into(),
            Value::text(order.rental),
            Value::text(order.store),
            Value::text(order.person),
            order.amount.get().into(),
            order.state.as_str().into(),
            order.state.reason().into(),
            order.pay_from_ms.0.into(),
            order.ordered_ms.0.into(),
            order.released_ms.map(|ms| ms.0).into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, id: &PayoutId) -> Result<Option<PayoutRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

/// All orders of a debt, by their number.
pub fn of_debt(tx: &Tx<'_>, debt: &Debt) -> Result<Vec<PayoutRow>, DbError> {
    tx.all(
        select!("WHERE purpose = $1 AND reference = $2 ORDER BY order_no"),
        &[debt.purpose().into(), debt.reference().into()],
        read,
    )
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<PayoutRow>, DbError> {
    tx.all(
        select!("WHERE rental_id = $1 ORDER BY ordered_ms, order_no, id"),
        &[Value::text(rental)],
        read,
    )
}

/// All that was ever ordered for this person, the latest first.
pub fn of_person(tx: &Tx<'_>, person: &PersonId, rows_max: u16) -> Result<Vec<PayoutRow>, DbError> {
    tx.all(
        select!("WHERE person_id = $1 ORDER BY ordered_ms DESC, order_no DESC, id LIMIT $2"),
        &[Value::text(person), i64::from(rows_max).into()],
        read,
    )
}

/// What this person still waits for and nothing was sent of.
pub fn unsent_of(tx: &Tx<'_>, person: &PersonId) -> Result<Vec<PayoutRow>, DbError> {
    tx.all(
        select!("WHERE person_id = $1 AND state IN ('waiting', 'held') ORDER BY ordered_ms, id"),
        &[Value::text(person)],
        read,
    )
}

/// How many debts wait to reach this person, or for a word of this person where to.
pub fn owed_to(tx: &Tx<'_>, person: &PersonId) -> Result<u64, DbError> {
    let count = tx.first(
        "SELECT count(*) FROM payout o WHERE o.person_id = $1 \
         AND (o.state IN ('waiting', 'held', 'requested', 'processing') \
         OR (o.state IN ('refused', 'returned') AND NOT EXISTS (SELECT 1 FROM payout n \
         WHERE n.purpose = o.purpose AND n.reference = o.reference AND n.order_no > o.order_no)))",
        &[Value::text(person)],
        |row| row.count(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Whether one that was given to the bank since `since` is not final.
pub fn is_lane_taken(tx: &Tx<'_>, since: UnixMs) -> Result<bool, DbError> {
    let found = tx.first(
        "SELECT 1 FROM payout WHERE state IN ('requested', 'processing') AND sent_ms > $1 LIMIT 1",
        &[since.0.into()],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

pub fn any_sent(tx: &Tx<'_>) -> Result<bool, DbError> {
    let found = tx.first(
        "SELECT 1 FROM payout WHERE sent_ms IS NOT NULL LIMIT 1",
        &[],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Orders since `since` for this debt or person that ended with a key nobody has, or somebody else.
pub fn wrong_keys_since(
    tx: &Tx<'_>,
    debt: &Debt,
    person: &PersonId,
    since: UnixMs,
) -> Result<u64, DbError> {
    let count = tx.first(
        "SELECT count(*) FROM payout WHERE ordered_ms >= $1 AND state = 'refused' \
         AND reason IN ('key_unknown', 'owner_differs') \
         AND (person_id = $2 OR (purpose = $3 AND reference = $4))",
        &[
            since.0.into(),
            Value::text(person),
            debt.purpose().into(),
            debt.reference().into(),
        ],
        |row| row.count(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// What payouts brought of an owed Pix and what did not come back.
pub fn brought_of(tx: &Tx<'_>, e2eid: &str) -> Result<Centavos, DbError> {
    let sum = tx.first(
        "SELECT coalesce(CAST(sum(p.amount_centavos - coalesce((SELECT \
         CAST(sum(r.amount_centavos) AS BIGINT) FROM payout_return r WHERE r.payout_id = p.id), 0)) \
         AS BIGINT), 0) FROM payout p WHERE p.purpose = 'owed' AND p.reference = $1 \
         AND p.state IN ('settled', 'returned')",
        &[e2eid.into()],
        |row| row.int(0),
    )?;
    Ok(Centavos::new(sum.unwrap_or(0).max(0)))
}

/// Rentals with a payout that could have left before `since` and of which no open alarm speaks.
pub fn unwatched(tx: &Tx<'_>, since: UnixMs, rows_max: u16) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT DISTINCT rental_id FROM payout WHERE (sent_ms <= $1 AND state IN ('requested', \
         'processing') OR state = 'waiting' AND pay_from_ms <= $2 AND ordered_ms <= $3) \
         AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.subject = rental_id \
         AND a.cleared_ms IS NULL AND a.kind IN ('payout_late', 'payout_refused', \
         'payout_no_balance')) ORDER BY rental_id LIMIT $4",
        &[
            since.0.into(),
            since.0.into(),
            since.0.into(),
            i64::from(rows_max).into(),
        ],
        |row| row.parsed(0),
    )
}

/// The latest come first.
pub fn latest(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<PayoutRow>, DbError> {
    tx.all(
        select!("ORDER BY ordered_ms DESC, order_no DESC, id LIMIT $1"),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// What was given to the bank since `since` and not refused.
pub fn sent_since(tx: &Tx<'_>, since: UnixMs) -> Result<Centavos, DbError> {
    let sum = tx.first(
        "SELECT coalesce(CAST(sum(amount_centavos) AS BIGINT), 0) FROM payout \
         WHERE sent_ms >= $1 AND state <> 'refused'",
        &[since.0.into()],
        |row| row.int(0),
    )?;
    Ok(Centavos::new(sum.unwrap_or(0)))
}

pub fn set_state(tx: &Tx<'_>, id: &PayoutId, state: PayoutState) -> Result<(), DbError> {
    tx.execute(
        "UPDATE payout SET state = $1, reason = $2 WHERE id = $3",
        &[
            state.as_str().into(),
            state.reason().into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// From here on the bank may know of it.
pub fn set_sent(tx: &Tx<'_>, id: &PayoutId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE payout SET state = 'requested', reason = NULL, sent_ms = coalesce(sent_ms, $1) \
         WHERE id = $2",
        &[now.0.into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_released(tx: &Tx<'_>, id: &PayoutId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE payout SET state = 'waiting', reason = NULL, released_ms = $1 WHERE id = $2",
        &[now.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// What the bank said, kept with the order.
pub struct Word<'a> {
    pub state: PayoutState,
    pub settled_ms: Option<UnixMs>,
    pub e2eid: Option<&'a str>,
    pub refusal: Option<&'a str>,
}

pub fn set_word(tx: &Tx<'_>, id: &PayoutId, word: &Word<'_>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE payout SET state = $1, reason = $2, settled_ms = $3, e2eid = coalesce($4, e2eid), \
         refusal = $5 WHERE id = $6",
        &[
            word.state.as_str().into(),
            word.state.reason().into(),
            word.settled_ms.map(|ms| ms.0).into(),
            word.e2eid.into(),
            word.refusal.into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// What of a payout the receiving bank sent back. False: it was known.
pub fn insert_return(
    tx: &Tx<'_>,
    payout: &PayoutId,
    id: &str,
    amount: Centavos,
    settled_ms: UnixMs,
) -> Result<bool, DbError> {
    let rows = tx.execute(
        "INSERT INTO payout_return (payout_id, id, amount_centavos, settled_ms) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (payout_id, id) DO NOTHING",
        &[
            Value::text(payout),
            id.into(),
            amount.get().into(),
            settled_ms.0.into(),
        ],
    )?;
    Ok(rows > 0)
}

/// The sum of what came back of a payout.
pub fn returned_of(tx: &Tx<'_>, payout: &PayoutId) -> Result<Centavos, DbError> {
    let sum = tx.first(
        "SELECT coalesce(CAST(sum(amount_centavos) AS BIGINT), 0) FROM payout_return \
         WHERE payout_id = $1",
        &[Value::text(payout)],
        |row| row.int(0),
    )?;
    Ok(Centavos::new(sum.unwrap_or(0)))
}

fn read(row: &Row<'_>) -> Result<PayoutRow, DbError> {
    let (purpose, reference) = (row.text(1)?, row.text(2)?);
    let debt = match purpose.as_str() {
        "finder" => Debt::Finder(row.parsed(2)?),
        "owed" => Debt::Owed(reference),
        _ => return Err(unreadable(1, "no such purpose")),
    };
    let reason = row.opt_text(9)?;
    Ok(PayoutRow {
        id: row.parsed(0)?,
        debt,
        order_no: u32::from(row.small(3)?),
        rental: row.parsed(4)?,
        store: row.parsed(5)?,
        person: row.parsed(6)?,
        amount: Centavos::new(row.int(7)?),
        state: PayoutState::read(&row.text(8)?, reason.as_deref())
            .ok_or_else(|| unreadable(8, "no such state"))?,
        pay_from_ms: UnixMs(row.int(10)?),
        ordered_ms: UnixMs(row.int(11)?),
        sent_ms: row.opt_int(12)?.map(UnixMs),
        settled_ms: row.opt_int(13)?.map(UnixMs),
        e2eid: row.opt_text(14)?,
        refusal: row.opt_text(15)?,
        released_ms: row.opt_int(16)?.map(UnixMs),
    })
}
