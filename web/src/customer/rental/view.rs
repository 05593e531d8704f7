use crate::customer::{CarryView, EntryRaffle, NearbyDock, Payee, ReceiptCodeError};
use crate::ui::time::remaining;
use shared::ids::BayNo;
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct RentalView {
    /// The bearer secret of the address `/r/{token}`.
    pub token: String,
    /// Absolute address of this page, drawn as the receipt's QR code.
    pub receipt_url: String,
    pub dock_code: String,
    pub dock_name: String,
    pub store_name: String,
    /// CNPJ, formatted.
    pub store_document: Option<String>,
    pub bay: Option<BayNo>,
    pub deposit: Centavos,
    pub started_ms: UnixMs,
    /// `***.456.789-**`
    pub cpf_masked: Option<String>,
    /// No CPF was given and the campaign still takes entries.
    pub can_claim_entry: bool,
    /// The CPF typed into the claim form was not one.
    pub claim_error: Option<crate::customer::CpfError>,
    /// The receipt's code typed on this page ended nothing.
    pub code_error: Option<ReceiptCodeError>,
    pub notices: NoticesInvite,
    pub stage: Stage,
}

/// Whether the payer can be told what happens while the page is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticesInvite {
    /// This cloud has no channel.
    Off,
    Ask,
    Given,
}

#[derive(Debug, Clone)]
pub enum Stage {
    /// The charge is being made at the bank.
    Preparing,
    Pay(PayView),
    /// Paid; the dock has been asked to open `bay`.
    Paid {
        bay: Option<BayNo>,
        /// What the customer's phone does where the dock cannot be asked.
        carry: Option<CarryView>,
    },
    /// Paid, what opens the bay has run out, and the dock has not told what became of it.
    Silent {
        nearest: Vec<NearbyDock>,
    },
    Open {
        bay: BayNo,
        until_ms: UnixMs,
    },
    Out {
        since_ms: UnixMs,
        cart_label: Option<String>,
        nearest: Vec<NearbyDock>,
        /// When the cart counts as abandoned.
        abandon_ms: Option<UnixMs>,
    },
    Abandoned {
        since_ms: UnixMs,
        nearest: Vec<NearbyDock>,
        /// Somebody put the cart into a bay.
        brought: Option<BroughtView>,
    },
    /// Another person brought the cart and was rewarded.
    Rescued(RescuedView),
    /// The cart is back, the refund is not settled yet.
    Returned(Receipt),
    /// The refund is settled.
    Closed(Receipt),
    /// `refund` is there when a payment came after all.
    Expired {
        refund: Option<RefundView>,
    },
    /// `refund` is there when it had been paid.
    Cancelled {
        reason: CancelReason,
        refund: Option<RefundView>,
    },
}

/// An abandoned cart that is back.
#[derive(Debug, Clone)]
pub struct BroughtView {
    pub docked_ms: UnixMs,
    pub dock_name: String,
    pub store_name: String,
    pub wait: BroughtWait,
    pub contest: Contest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BroughtWait {
    /// Who brought it can say so until then.
    Claim(UnixMs),
    /// Nobody said so.
    Nobody,
    Person,
}

/// What became of the deposit of a cart that somebody else brought, and why.
#[derive(Debug, Clone)]
pub struct RescuedView {
    pub abandoned_ms: UnixMs,
    pub docked_ms: UnixMs,
    pub dock_name: String,
    pub store_name: String,
    pub finder: Centavos,
    pub prizes: Centavos,
    /// Until then the payer may object.
    pub pay_from_ms: Option<UnixMs>,
    pub contest: Contest,
}

/// Whether the payer may object, or has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contest {
    Possible,
    Open,
    Dismissed,
    Closed,
}

#[derive(Debug, Clone)]
pub struct PayView {
    /// The BR Code: text to paste and content of the QR code.
    pub copy_paste: String,
    pub expires_ms: UnixMs,
    /// The server's clock when the page was made; the countdown runs on it.
    pub server_now_ms: UnixMs,
    pub payee: Payee,
    /// No lamp blinks at a dock that cannot be reached.
    pub dock_dark: bool,
}

/// What the customer can hold against us: places, times, bank ids.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub cart_label: Option<String>,
    pub paid_ms: UnixMs,
    /// End-to-end id of the Pix in.
    pub paid_e2eid: Option<String>,
    pub taken_ms: Option<UnixMs>,
    pub returned_ms: UnixMs,
    pub returned_dock: String,
    pub returned_store: String,
    pub refund: RefundView,
    pub entry: Option<EntryView>,
    /// The sensors disagreed: the refund waits for a person of the store.
    pub review: bool,
}

#[derive(Debug, Clone)]
pub struct RefundView {
    pub state: RefundState,
    pub amount: Centavos,
    pub requested_ms: UnixMs,
    pub settled_ms: Option<UnixMs>,
    /// The bank's id of the Pix back (`rtrId`).
    pub return_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundState {
    /// Decided and recorded here, not sent yet.
    Requested,
    Processing,
    Settled,
    Delayed {
        why: DelayReason,
    },
    HeldForReview,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelayReason {
    BankSlow,
    BankRefused,
    BalanceShort,
    /// The bank examines the Pix and gives nothing back until it is done.
    BankReview,
    /// No Pix back to the paying account is possible: the store owes it in another way.
    NeedsPayout,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    ByCustomer,
    NotTaken,
    BayFault,
    NoCart,
    DockSilent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// What the draw calls this entry.
    pub code: String,
    pub campaign: String,
    pub draw_ms: Option<UnixMs>,
    /// None while no campaign is told of it.
    pub raffle: Option<EntryRaffle>,
}

impl PayView {
    pub(crate) fn left_ms(&self) -> i64 {
        self.expires_ms.since(self.server_now_ms).max(0)
    }

    pub(crate) fn left(&self) -> String {
        remaining(self.left_ms())
    }
}

impl RefundState {
    fn key(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Processing => "processing",
            Self::Settled => "settled",
            Self::Delayed {
                why: DelayReason::BankSlow,
            } => "slow",
            Self::Delayed {
                why: DelayReason::BankRefused,
            } => "refused",
            Self::Delayed {
                why: DelayReason::BalanceShort,
            } => "short",
            Self::Delayed {
                why: DelayReason::BankReview,
            } => "bank-review",
            Self::Delayed {
                why: DelayReason::NeedsPayout,
            } => "payout",
            Self::Delayed {
                why: DelayReason::Unknown,
            } => "unknown",
            Self::HeldForReview => "review",
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        *self == Self::Settled
    }

    pub(crate) fn is_held(&self) -> bool {
        *self == Self::HeldForReview
    }

    /// The customer is asked for a Pix key.
    pub(crate) fn needs_payout(&self) -> bool {
        self.delay() == Some(DelayReason::NeedsPayout)
    }

    pub(crate) fn delay(&self) -> Option<DelayReason> {
        match self {
            Self::Delayed { why } => Some(*why),
            _ => None,
        }
    }
}

impl BroughtView {
    fn key(&self) -> String {
        let wait = match self.wait {
            BroughtWait::Claim(_) => "claim",
            BroughtWait::Nobody => "nobody",
            BroughtWait::Person => "person",
        };
        format!("-{wait}-{}", self.contest.key())
    }
}

impl Contest {
    fn key(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Open => "open",
            Self::Dismissed => "dismissed",
            Self::Closed => "closed",
        }
    }
}

impl Receipt {
    /// Empty, or what the entry has come to.
    fn raffle_key(&self) -> String {
        let raffle = self.entry.as_ref().and_then(|entry| entry.raffle.as_ref());
        raffle.map_or_else(String::new, |raffle| format!("-{}", raffle.key()))
    }
}

impl RentalView {
    pub(crate) fn state_key(&self) -> String {
        match &self.stage {
            Stage::Preparing => "preparing".to_owned(),
            Stage::Pay(pay) => format!("pay-{}-{}", pay.expires_ms.0, u8::from(pay.dock_dark)),
            Stage::Paid { bay, carry } => {
                let carry = carry
                    .as_ref()
                    .map_or_else(|| "none".to_owned(), CarryView::key);
                format!("paid-{}-{carry}", bay.map_or(0, BayNo::get))
            }
            Stage::Silent { .. } => "silent".to_owned(),
            Stage::Open { bay, until_ms } => format!("open-{bay}-{}", until_ms.0),
            Stage::Out {
                since_ms,
                cart_label,
                abandon_ms,
                ..
            } => format!(
                "out-{}-{}-{}",
                since_ms.0,
                abandon_ms.map_or(0, |ms| ms.0),
                u8::from(cart_label.is_some())
            ),
            Stage::Abandoned {
                since_ms, brought, ..
            } => {
                let brought = brought.as_ref().map_or_else(String::new, BroughtView::key);
                format!("abandoned-{}{brought}", since_ms.0)
            }
            Stage::Rescued(view) => format!("rescued-{}", view.contest.key()),
            Stage::Returned(receipt) => self.receipt_key("returned", receipt),
            Stage::Closed(receipt) => self.receipt_key("closed", receipt),
            Stage::Expired { refund } => format!("expired-{}", refund_key(refund)),
            Stage::Cancelled { refund, .. } => format!("cancelled-{}", refund_key(refund)),
        }
    }

    pub(crate) fn is_final(&self) -> bool {
        let settled = |refund: &Option<RefundView>| {
            refund
                .as_ref()
                .is_some_and(|refund| refund.state.is_settled())
        };
        match &self.stage {
            Stage::Closed(_) => true,
            // An expired charge may still be paid by a slow bank.
            Stage::Expired { refund } => settled(refund),
            Stage::Cancelled { refund, reason } => {
                settled(refund) || (refund.is_none() && *reason == CancelReason::ByCustomer)
            }
            _ => false,
        }
    }

    /// The moments worth a touch on the arm.
    pub(crate) fn buzzes(&self) -> bool {
        matches!(self.stage, Stage::Open { .. } | Stage::Returned(_))
    }

    fn receipt_key(&self, stage: &str, receipt: &Receipt) -> String {
        format!(
            "{stage}-{}-{}{}{}",
            receipt.refund.state.key(),
            u8::from(receipt.entry.is_some()),
            u8::from(self.can_claim_entry),
            receipt.raffle_key()
        )
    }
}

fn refund_key(refund: &Option<RefundView>) -> &'static str {
    refund.as_ref().map_or("none", |refund| refund.state.key())
}
