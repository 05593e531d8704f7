use super::db::{DbError, Row, Tx};
use cloud_core::payout;
use cloud_core::refund::Concern;
use shared::time::UnixMs;

/// Something a person must look at. One per kind and subject, raised again when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmKind {
    RefundRefused,
    RefundLate,
    /// Our account at the bank is too empty to give a deposit back.
    RefundNoBalance,
    /// An infraction about the Pix is open: the bank gives nothing back until it ends.
    RefundBlocked,
    /// No devolução can bring the money any more: it needs a payout.
    RefundOwed,
    /// More went back of a Pix than it brought.
    RefundExcess,
    /// A payout does not reach its receiver, and it is not for the receiver to mend it.
    PayoutRefused,
    PayoutLate,
    PayoutNoBalance,
    /// A person must decide whether it is sent.
    PayoutHeld,
    /// It was sent and came back.
    PayoutReturned,
    /// Money moved under an id that was given up.
    PayoutExcess,
    /// The bank took a deposit back while its cart is out.
    DepositTakenBack,
    GatewayForked,
    EventQuarantined,
    ReturnContradicted,
    CartOutWithoutDeposit,
    CartLeftUnreleased,
    PaymentUnmatched,
    ReleaseUnresolved,
    /// Staff put in a cart that a customer has rented.
    RentedCartPlaced,
    BayUnreliable,
    JournalSalvaged,
    /// A dock's word and its journal differ.
    ReceiptContradicted,
    /// A bay opened for a card that is on no list of ours, or denied by now.
    CardNotAllowed,
    /// A gateway goes by a newer list than there is: these books were set back.
    ListAhead,
    /// A gateway's journal ends before what it had told.
    JournalSetBack,
    /// A certificate between us and the bank ends within 30 days.
    BankCertificateEnding,
    /// A day's statement differs from the bank, or could not be made.
    BooksDiffer,
    /// These books were set back further than a gateway can tell again.
    EventsForgotten,
    /// A channel over which payers are told takes nothing.
    NoticeFailing,
    /// A payer objects, or the rules leave a found cart to a person.
    RescueWaiting,
    /// A dock redeemed a voucher that was not its to redeem.
    VoucherContradicted,
    /// A gateway was shown two lists of entries for one raffle, both signed by this cloud.
    CommitmentContradicted,
    /// A gateway co-signed a list of entries that is not the one in these books.
    WitnessDiffers,
    /// A step of a campaign waits for somebody, or is late.
    CampaignDue,
}

impl AlarmKind {
    /// What a person is shown of a refund that gives concern.
    pub fn of_refund(concern: Concern) -> Self {
        match concern {
            Concern::Late => Self::RefundLate,
            Concern::Refused => Self::RefundRefused,
            Concern::NoBalance => Self::RefundNoBalance,
            Concern::Infraction => Self::RefundBlocked,
        }
    }

    /// The same of a payout.
    pub fn of_payout(concern: payout::Concern) -> Self {
        match concern {
            payout::Concern::Late => Self::PayoutLate,
            payout::Concern::Refused => Self::PayoutRefused,
            payout::Concern::NoBalance => Self::PayoutNoBalance,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::RefundRefused => "refund_refused",
            Self::RefundLate => "refund_late",
            Self::RefundNoBalance => "refund_no_balance",
            Self::RefundBlocked => "refund_blocked",
            Self::RefundOwed => "refund_owed",
            Self::RefundExcess => "refund_excess",
            Self::PayoutRefused => "payout_refused",
            Self::PayoutLate => "payout_late",
            Self::PayoutNoBalance => "payout_no_balance",
            Self::PayoutHeld => "payout_held",
            Self::PayoutReturned => "payout_returned",
            Self::PayoutExcess => "payout_excess",
            Self::DepositTakenBack => "deposit_taken_back",
            Self::GatewayForked => "gateway_forked",
            Self::EventQuarantined => "event_quarantined",
            Self::ReturnContradicted => "return_contradicted",
            Self::CartOutWithoutDeposit => "cart_out_without_deposit",
            Self::CartLeftUnreleased => "cart_left_unreleased",
            Self::PaymentUnmatched => "payment_unmatched",
            Self::ReleaseUnresolved => "release_unresolved",
            Self::RentedCartPlaced => "rented_cart_placed",
            Self::BayUnreliable => "bay_unreliable",
            Self::JournalSalvaged => "journal_salvaged",
            Self::ReceiptContradicted => "receipt_contradicted",
            Self::CardNotAllowed => "card_not_allowed",
            Self::ListAhead => "list_ahead",
            Self::JournalSetBack => "journal_set_back",
            Self::BankCertificateEnding => "bank_certificate_ending",
            Self::BooksDiffer => "books_differ",
            Self::EventsForgotten => "events_forgotten",
            Self::NoticeFailing => "notice_failing",
            Self::RescueWaiting => "rescue_waiting",
            Self::VoucherContradicted => "voucher_contradicted",
            Self::CommitmentContradicted => "commitment_contradicted",
            Self::WitnessDiffers => "witness_differs",
            Self::CampaignDue => "campaign_due",
        }
    }
}

#[derive(Debug, Clone)]
pub struct AlarmRow {
    pub kind: String,
    pub subject: String,
    pub detail: String,
    pub raised_ms: UnixMs,
    pub cleared_ms: Option<UnixMs>,
}

pub fn raise(
    tx: &Tx<'_>,
    kind: AlarmKind,
    subject: &str,
    detail: &str,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO alarm (kind, subject, detail, raised_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (kind, subject) DO UPDATE SET detail = excluded.detail, \
         raised_ms = CASE WHEN alarm.cleared_ms IS NULL THEN alarm.raised_ms \
           ELSE excluded.raised_ms END, cleared_ms = NULL",
        &[
            kind.as_str().into(),
            subject.into(),
            detail.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn clear(tx: &Tx<'_>, kind: AlarmKind, subject: &str, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE alarm SET cleared_ms = $1 WHERE kind = $2 AND subject = $3 AND cleared_ms IS NULL",
        &[now.0.into(), kind.as_str().into(), subject.into()],
    )
    .map(drop)
}

pub fn is_open(tx: &Tx<'_>, kind: AlarmKind, subject: &str) -> Result<bool, DbError> {
    let found = tx.first(
        "SELECT 1 FROM alarm WHERE kind = $1 AND subject = $2 AND cleared_ms IS NULL",
        &[kind.as_str().into(), subject.into()],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT kind, subject, detail, raised_ms, cleared_ms FROM alarm ",
            $tail
        )
    };
}

pub fn open(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<AlarmRow>, DbError> {
    tx.all(
        select!("WHERE cleared_ms IS NULL ORDER BY raised_ms DESC LIMIT $1"),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// Alarms that ended, the latest first.
pub fn ended(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<AlarmRow>, DbError> {
    tx.all(
        select!("WHERE cleared_ms IS NOT NULL ORDER BY cleared_ms DESC LIMIT $1"),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// How many are open, and since when the oldest is.
pub fn open_count(tx: &Tx<'_>) -> Result<(u64, Option<UnixMs>), DbError> {
    let found = tx.first(
        "SELECT count(*), min(raised_ms) FROM alarm WHERE cleared_ms IS NULL",
        &[],
        |row| Ok((row.count(0)?, row.opt_int(1)?.map(UnixMs))),
    )?;
    Ok(found.unwrap_or_default())
}

fn read(row: &Row<'_>) -> Result<AlarmRow, DbError> {
    Ok(AlarmRow {
        kind: row.text(0)?,
        subject: row.text(1)?,
        detail: row.text(2)?,
        raised_ms: UnixMs(row.int(3)?),
        cleared_ms: row.opt_int(4)?.map(UnixMs),
    })
}
