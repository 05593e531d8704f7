//! What the bank says about charges, payments and refunds, in our types.

use super::brcode::{self, BrCodeError};
use shared::money::Centavos;
use shared::time::UnixMs;

/// One immediate charge (`cob`). Expiry is not a state: compare `expires_ms` with the bank's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub txid: String,
    pub status: ChargeStatus,
    /// The bank's clock; the charge's life is counted from here.
    pub created_ms: UnixMs,
    pub expires_in_s: u32,
    /// The bank's own BR Code. Show `br_code` instead: it also checks and can build one.
    pub copy_paste: Option<String>,
    /// Host and path of the payload, without scheme.
    pub location: Option<String>,
    pub amount: Centavos,
    /// Every payment of this charge. A Pix that is listed is settled, whatever `status` says.
    pub pix: Vec<ReceivedPix>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeStatus {
    Active,
    Concluded,
    RemovedByPayee,
    RemovedByBank,
    /// A member the standard gained after this was written.
    Unknown(String),
}

/// A settled, irrevocable payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPix {
    pub end_to_end_id: String,
    /// Absent where somebody paid the bare key.
    pub txid: Option<String>,
    /// The key that was paid, where the bank names it.
    pub key: Option<String>,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
    /// Ours and those the bank made by itself (fraud returns), under ids it invented.
    pub refunds: Vec<Refund>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    pub id: String,
    /// `rtrId`: the settlement system's id of the return.
    pub return_id: Option<String>,
    pub amount: Centavos,
    pub status: RefundStatus,
    /// `ORIGINAL`, or `MED_…` where the bank returned money by itself.
    pub nature: Option<String>,
    pub requested_ms: Option<UnixMs>,
    pub settled_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStatus {
    Processing,
    Settled,
    /// Final: the id is spent and the money stayed.
    Refused {
        reason: Option<String>,
    },
    /// A member the standard gained after this was written.
    Unknown(String),
}

/// The payments of a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceivedList {
    /// Ordered by settlement, each end-to-end id once.
    pub pix: Vec<ReceivedPix>,
    /// Entries that could not be understood; they were logged and left out.
    pub unreadable: usize,
    /// False when the page limit cut the list: ask again for a shorter span.
    pub complete: bool,
}

impl Charge {
    pub fn expires_ms(&self) -> UnixMs {
        self.created_ms.plus(i64::from(self.expires_in_s) * 1_000)
    }

    /// What the customer scans: the bank's code when it is sound, else one built from `location`.
    pub fn br_code(&self, payee_name: &str, city: &str) -> Result<String, BrCodeError> {
        let checked = self
            .copy_paste
            .as_deref()
            .map(|code| (code, brcode::check(code)));
        match (checked, self.location.as_deref()) {
            (Some((code, Ok(_))), _) => Ok(code.to_owned()),
            (_, Some(location)) => brcode::build_dynamic(location, payee_name, city),
            (Some((_, Err(error))), None) => Err(error),
            (None, None) => Err(BrCodeError::Location),
        }
    }
}

impl ReceivedPix {
    /// What may still be returned: the amount less every refund that is not refused.
    pub fn refundable(&self) -> Centavos {
        let taken = self
            .refunds
            .iter()
            .filter(|refund| !matches!(refund.status, RefundStatus::Refused { .. }))
            .map(|refund| refund.amount)
            .sum();
        self.amount
            .checked_sub(taken)
            .map_or(Centavos::ZERO, |rest| rest.max(Centavos::ZERO))
    }
}

impl From<&str> for ChargeStatus {
    fn from(text: &str) -> Self {
        match text {
            "ATIVA" => Self::Active,
            "CONCLUIDA" => Self::Concluded,
            // The standard's prose spells the next two with an O, its enum with an A.
            "REMOVIDA_PELO_USUARIO_RECEBEDOR" | "REMOVIDO_PELO_USUARIO_RECEBEDOR" => {
                Self::RemovedByPayee
            }
            "REMOVIDA_PELO_PSP" | "REMOVIDO_PELO_PSP" => Self::RemovedByBank,
            other => Self::Unknown(super::masked::masked(other)),
        }
    }
}
