use super::db::{DbError, Row, Tx};
use crate::live::Topic;
use shared::time::UnixMs;

/// What the outside must do. The subject is the id it is done under, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectKind {
    /// Subject: txid.
    CreateCharge,
    /// Subject: txid.
    CancelCharge,
    /// Subject: grant id.
    DeliverGrant,
    /// Subject: refund id.
    SendRefund,
    /// Subject: the id of a stray Pix's refund.
    RefundStray,
    /// Subject: payout id.
    SendPayout,
}

impl EffectKind {
    pub const ALL: [Self; 6] = [
        Self::CreateCharge,
        Self::CancelCharge,
        Self::DeliverGrant,
        Self::SendRefund,
        Self::RefundStray,
        Self::SendPayout,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateCharge => "create_charge",
            Self::CancelCharge => "cancel_charge",
            Self::DeliverGrant => "deliver_grant",
            Self::SendRefund => "send_refund",
            Self::RefundStray => "refund_stray",
            Self::SendPayout => "send_payout",
        }
    }
}

#[derive(Debug, Clone)]
pub struct EffectRow {
    pub kind: EffectKind,
    pub subject: String,
    /// How often it was begun; above zero, the outside may already have done it.
    pub attempts: u32,
}

pub fn add(
    tx: &Tx<'_>,
    kind: EffectKind,
    subject: &str,
    due: UnixMs,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.touch(Topic::Outbox);
    tx.execute(
        "INSERT INTO outbox (kind, subject, due_ms, attempts, created_ms) \
         VALUES ($1, $2, $3, 0, $4) ON CONFLICT (kind, subject) DO NOTHING",
        &[
            kind.as_str().into(),
            subject.into(),
            due.0.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

/// Effects due at the bank, the longest waiting first.
pub fn due_at_bank(tx: &Tx<'_>, now: UnixMs, rows_max: u16) -> Result<Vec<EffectRow>, DbError> {
    tx.all(
        "SELECT kind, subject, attempts FROM outbox WHERE done_ms IS NULL AND due_ms <= $1 \
         AND kind <> 'deliver_grant' ORDER BY due_ms LIMIT $2",
        &[now.0.into(), i64::from(rows_max).into()],
        read,
    )
}

/// Grants due for delivery: they never wait behind a slow bank.
pub fn due_at_docks(tx: &Tx<'_>, now: UnixMs, rows_max: u16) -> Result<Vec<EffectRow>, DbError> {
    tx.all(
        "SELECT kind, subject, attempts FROM outbox WHERE done_ms IS NULL AND due_ms <= $1 \
         AND kind = 'deliver_grant' ORDER BY due_ms LIMIT $2",
        &[now.0.into(), i64::from(rows_max).into()],
        read,
    )
}

/// When the next effect is due, if any waits.
pub fn next_due(tx: &Tx<'_>) -> Result<Option<UnixMs>, DbError> {
    tx.first(
        "SELECT due_ms FROM outbox WHERE done_ms IS NULL ORDER BY due_ms LIMIT 1",
        &[],
        |row| row.int(0).map(UnixMs),
    )
}

/// Counts an attempt durably before it is made, and postpones the next one.
pub fn begin(tx: &Tx<'_>, kind: EffectKind, subject: &str, retry: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE outbox SET attempts = attempts + 1, due_ms = $1 WHERE kind = $2 AND subject = $3",
        &[retry.0.into(), kind.as_str().into(), subject.into()],
    )
    .map(drop)
}

/// Makes due what a process that died had begun: its outcome is asked for at once.
pub fn resume(tx: &Tx<'_>, now: UnixMs) -> Result<usize, DbError> {
    tx.execute(
        "UPDATE outbox SET due_ms = $1 WHERE done_ms IS NULL AND attempts > 0 AND due_ms > $1",
        &[now.0.into()],
    )
}

pub fn postpone(
    tx: &Tx<'_>,
    kind: EffectKind,
    subject: &str,
    due: UnixMs,
    error: &str,
) -> Result<(), DbError> {
    tx.touch(Topic::Outbox);
    tx.execute(
        "UPDATE outbox SET due_ms = $1, last_error = $2 WHERE kind = $3 AND subject = $4",
        &[
            due.0.into(),
            error.into(),
            kind.as_str().into(),
            subject.into(),
        ],
    )
    .map(drop)
}

pub fn finish(tx: &Tx<'_>, kind: EffectKind, subject: &str, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE outbox SET done_ms = $1 WHERE kind = $2 AND subject = $3 AND done_ms IS NULL",
        &[now.0.into(), kind.as_str().into(), subject.into()],
    )
    .map(drop)
}

/// Makes an effect that was finished without being done due again; how often it was begun stays.
pub fn reopen(
    tx: &Tx<'_>,
    kind: EffectKind,
    subject: &str,
    due: UnixMs,
    now: UnixMs,
) -> Result<(), DbError> {
    add(tx, kind, subject, due, now)?;
    tx.execute(
        "UPDATE outbox SET due_ms = $1, done_ms = NULL WHERE kind = $2 AND subject = $3",
        &[due.0.into(), kind.as_str().into(), subject.into()],
    )
    .map(drop)
}

/// Brings forward what would be due later.
pub fn hasten(tx: &Tx<'_>, kind: EffectKind, subject: &str, due: UnixMs) -> Result<(), DbError> {
    tx.touch(Topic::Outbox);
    tx.execute(
        "UPDATE outbox SET due_ms = $1 WHERE kind = $2 AND subject = $3 AND done_ms IS NULL \
         AND due_ms > $4",
        &[
            due.0.into(),
            kind.as_str().into(),
            subject.into(),
            due.0.into(),
        ],
    )
    .map(drop)
}

/// How often an effect was begun and when it is due next, while it waits.
pub fn waits(
    tx: &Tx<'_>,
    kind: EffectKind,
    subject: &str,
) -> Result<Option<(u32, UnixMs)>, DbError> {
    tx.first(
        "SELECT attempts, due_ms FROM outbox WHERE kind = $1 AND subject = $2 AND done_ms IS NULL",
        &[kind.as_str().into(), subject.into()],
        |row| {
            let attempts = u32::try_from(row.int(0)?).unwrap_or(u32::MAX);
            Ok((attempts, UnixMs(row.int(1)?)))
        },
    )
}

pub fn waiting(tx: &Tx<'_>) -> Result<i64, DbError> {
    let count = tx.first(
        "SELECT count(*) FROM outbox WHERE done_ms IS NULL",
        &[],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

fn read(row: &Row<'_>) -> Result<EffectRow, DbError> {
    let kind = row.text(0)?;
    Ok(EffectRow {
        kind: EffectKind::ALL
            .into_iter()
            .find(|k| k.as_str() == kind)
            .ok_or_else(|| super::db::unreadable(0, "no such effect"))?,
        subject: row.text(1)?,
        attempts: u32::try_from(row.int(2)?).unwrap_or(u32::MAX),
    })
}
