use crate::store::story::{DockStory, Offer};
use serde::{Deserialize, Serialize};
use shared::time::UnixMs;
use utoipa::ToSchema;
use web::customer::{Receipt, RefundState, RefundView, RentalPage, Stage};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DockStatus {
    code: String,
    name: String,
    store: String,
    /// Whether its gateway was heard of lately; only then can a cart be taken.
    online: bool,
    /// Carts that are not promised to anybody. Absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_centavos: Option<i64>,
    bays: Vec<BayStatus>,
}

#[derive(Debug, Serialize, ToSchema)]
struct BayStatus {
    bay: u16,
    /// `slot` or `lane`.
    #[schema(value_type = String)]
    kind: shared::enrol::BayKind,
    /// `vacant`, `docking`, `occupied`, `releasing` or `faulted`.
    state: &'static str,
    carts: u16,
    capacity: u16,
}

impl DockStatus {
    pub(super) fn of(story: &DockStory, now: UnixMs) -> Self {
        let bay = |bay: &shared::sync::BaySnapshot| BayStatus {
            bay: bay.bay.get(),
            kind: bay.kind,
            state: bay.state.as_str(),
            carts: bay.carts,
            capacity: bay.capacity,
        };
        Self {
            code: story.dock.code.clone(),
            name: story.dock.name.clone(),
            store: story.dock.store_name.clone(),
            online: story.online(now),
            available: None,
            deposit_centavos: None,
            bays: story.bays.iter().map(bay).collect(),
        }
    }

    pub(super) fn of_offer(offer: &Offer, now: UnixMs) -> Self {
        Self {
            available: Some(offer.available),
            deposit_centavos: Some(offer.policy.deposit_centavos.get()),
            ..Self::of(&offer.here, now)
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    /// The bay the customer stands at; another is taken where it cannot serve.
    pub(super) bay: Option<u16>,
    /// 11 digits, with or without punctuation. Owns the raffle entry.
    pub(super) cpf: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Begun {
    /// The secret part of the rental's address: whoever has it may see and cancel it.
    pub(super) token: String,
    /// The rental's page.
    pub(super) page: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RentalStatus {
    /// `preparing`, `awaiting_payment`, `paid`, `open`, `out`, `abandoned`, `rescued`,
    /// `returned`, `closed`, `expired` or `cancelled`.
    state: &'static str,
    dock: String,
    bay: Option<u16>,
    deposit_centavos: i64,
    /// What the customer pastes into the bank's app.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_paste: Option<String>,
    /// Until when it can be paid, what is carried is good, or the bay stays open.
    #[serde(skip_serializing_if = "Option::is_none")]
    until_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_since_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundStatus>,
    /// What the customer's phone can carry to a dock that does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    carry: Option<CarryStatus>,
    /// No more changes will come.
    is_final: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct CarryStatus {
    /// For the dock's scanner: letters and digits.
    grant: String,
    /// For the dock's keypad: ten digits, while they are good.
    code: Option<String>,
    /// The dock's own page with the grant.
    url: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReceiptStatus {
    paid_ms: i64,
    /// The Pix that paid the deposit.
    end_to_end_id: Option<String>,
    taken_ms: Option<i64>,
    returned_ms: i64,
    returned_dock: String,
    /// A person looks at the return before the refund is ordered.
    under_review: bool,
    entry: Option<EntryStatus>,
}

#[derive(Debug, Serialize, ToSchema)]
struct EntryStatus {
    code: String,
    campaign: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct RefundStatus {
    /// `requested`, `processing`, `settled`, `delayed` or `held_for_review`.
    state: &'static str,
    amount_centavos: i64,
    requested_ms: i64,
    settled_ms: Option<i64>,
    /// The bank's id of the devolução.
    return_id: Option<String>,
}

impl RentalStatus {
    pub(super) fn of(page: &RentalPage) -> Self {
        let view = &page.view;
        let mut status = Self {
            state: "preparing",
            dock: view.dock_code.clone(),
            bay: view.bay.map(shared::ids::BayNo::get),
            deposit_centavos: view.deposit.get(),
            copy_paste: None,
            until_ms: None,
            out_since_ms: None,
            receipt: None,
            refund: None,
            carry: None,
            is_final: page.is_final(),
        };
        match &view.stage {
            Stage::Preparing => {}
            Stage::Pay(pay) => {
                status.state = "awaiting_payment";
                status.copy_paste = Some(pay.copy_paste.clone());
                status.until_ms = Some(pay.expires_ms.0);
            }
            Stage::Paid { bay, carry } => {
                status.state = "paid";
                status.until_ms = carry.as_ref().map(|carry| carry.until_ms.0);
                status.carry = carry.as_ref().map(|carry| CarryStatus {
                    grant: carry.carried.clone(),
                    code: carry.code.clone(),
                    url: carry.link.clone(),
                });
                status.bay = bay.map(shared::ids::BayNo::get);
            }
            Stage::Silent { .. } => status.state = "paid",
            Stage::Open { bay, until_ms } => {
                status.state = "open";
                status.bay = Some(bay.get());
                status.until_ms = Some(until_ms.0);
            }
            Stage::Out { since_ms, .. } => status.out(since_ms, "out"),
            Stage::Abandoned { since_ms, .. } => status.out(since_ms, "abandoned"),
            Stage::Rescued(_) => status.state = "rescued",
            Stage::Returned(receipt) => status.back(receipt, "returned"),
            Stage::Closed(receipt) => status.back(receipt, "closed"),
            Stage::Expired { refund } => {
                status.state = "expired";
                status.refund = refund.as_ref().map(RefundStatus::of);
            }
            Stage::Cancelled { refund, .. } => {
                status.state = "cancelled";
                status.refund = refund.as_ref().map(RefundStatus::of);
            }
        }
        status
    }

    fn out(&mut self, since_ms: &UnixMs, state: &'static str) {
        self.state = state;
        self.out_since_ms = Some(since_ms.0);
    }

    fn back(&mut self, receipt: &Receipt, state: &'static str) {
        self.state = state;
        self.refund = Some(RefundStatus::of(&receipt.refund));
        self.receipt = Some(ReceiptStatus {
            paid_ms: receipt.paid_ms.0,
            end_to_end_id: receipt.paid_e2eid.clone(),
            taken_ms: receipt.taken_ms.map(|ms| ms.0),
            returned_ms: receipt.returned_ms.0,
            returned_dock: receipt.returned_dock.clone(),
            under_review: receipt.review,
            entry: receipt.entry.as_ref().map(|entry| EntryStatus {
                code: entry.code.clone(),
                campaign: entry.campaign.clone(),
            }),
        });
    }
}

impl RefundStatus {
    fn of(refund: &RefundView) -> Self {
        Self {
            state: match refund.state {
                RefundState::Requested => "requested",
                RefundState::Processing => "processing",
                RefundState::Settled => "settled",
                RefundState::Delayed { .. } => "delayed",
                RefundState::HeldForReview => "held_for_review",
            },
            amount_centavos: refund.amount.get(),
            requested_ms: refund.requested_ms.0,
            settled_ms: refund.settled_ms.map(|ms| ms.0),
            return_id: refund.return_id.clone(),
        }
    }
}
