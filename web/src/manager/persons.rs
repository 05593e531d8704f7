use crate::customer::RefundState;
use crate::manager::{PayoutPurpose, PayoutState, RentalRow, RescueStateView, StaffView};
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;
use std::fmt;

/// `/manage/persons`: a form, and what a look-up or an order came to. The CPF that was typed is never
/// shown again, nor part of an address.
#[derive(Debug, Clone)]
pub struct PersonsPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub found: Option<PersonView>,
    pub error: Option<PersonError>,
    /// What was known of somebody was destroyed by this request.
    pub erased: bool,
}

/// What is known of a person, masked.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// Names the person in addresses; it leads to nobody outside of here.
    pub id: String,
    pub cpf_masked: String,
    pub since_ms: UnixMs,
    /// Of all, whatever is listed.
    pub rentals_total: u64,
    pub entries_total: u64,
    /// The latest.
    pub rentals: Vec<RentalRow>,
    pub refunds: Vec<PersonRefund>,
    pub entries: Vec<PersonEntry>,
    pub cards: Vec<PersonCard>,
    /// Rentals that stand against an erasure: a cart out, money on its way.
    pub blockers: Vec<RentalRow>,
}

#[derive(Debug, Clone)]
pub struct PersonRefund {
    pub rental: String,
    pub amount: Centavos,
    pub state: RefundState,
    /// When it was settled, or ordered where it is not.
    pub at_ms: UnixMs,
}

#[derive(Debug, Clone)]
pub struct PersonEntry {
    pub code: String,
    pub campaign: String,
    pub at_ms: UnixMs,
}

#[derive(Debug, Clone)]
pub struct PersonCard {
    pub ending: String,
    /// Masked on the look-up, whole in the export; none after an erasure.
    pub holder: Option<String>,
    pub denied: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonError {
    Cpf,
    Unknown,
    TooFast,
    CartOut,
    MoneyOwed,
    NotConfirmed,
}

/// The answer to `POST /manage/persons/{id}/page`: the export, to be read and printed. The one page
/// with a whole CPF, for the person it belongs to.
#[derive(Debug, Clone)]
pub struct PersonExportPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub id: String,
    pub cpf: String,
    pub since_ms: UnixMs,
    pub rentals: Vec<ExportRental>,
    pub cards: Vec<PersonCard>,
    /// Abandoned carts that the person brought.
    pub finds: Vec<PersonFind>,
    pub payouts: Vec<PersonPayout>,
    /// There is more of a kind than is listed.
    pub cut: bool,
}

/// A cart that somebody else had paid for; whose it was is not shown.
#[derive(Debug, Clone)]
pub struct PersonFind {
    pub store_name: String,
    pub dock_name: String,
    pub docked_ms: UnixMs,
    pub claimed_ms: Option<UnixMs>,
    pub state: RescueStateView,
    /// What the finder was promised; nothing where nothing is, or nothing yet.
    pub share: Centavos,
    /// By a Pix key, not by a voucher.
    pub by_key: bool,
    pub voucher: Option<PersonVoucher>,
    pub entry: Option<PersonEntry>,
}

/// Its code was shown once, and nobody knows it.
#[derive(Debug, Clone)]
pub struct PersonVoucher {
    pub amount: Centavos,
    pub given_ms: UnixMs,
    pub until_ms: UnixMs,
    pub redeemed_ms: Option<UnixMs>,
    pub expired_ms: Option<UnixMs>,
}

#[derive(Clone)]
pub struct PersonPayout {
    pub id: String,
    pub purpose: PayoutPurpose,
    pub amount: Centavos,
    pub returned: Option<Centavos>,
    pub state: PayoutState,
    pub ordered_ms: UnixMs,
    pub settled_ms: Option<UnixMs>,
    /// The bank's id.
    pub e2eid: Option<String>,
    /// The receiver's, whole.
    pub key: Option<String>,
}

impl fmt::Debug for PersonPayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonPayout({})", self.id)
    }
}

#[derive(Debug, Clone)]
pub struct ExportRental {
    pub row: RentalRow,
    pub paid_ms: Option<UnixMs>,
    pub out_ms: Option<UnixMs>,
    pub returned_ms: Option<UnixMs>,
    /// The bank's ids of the Pix that came.
    pub payments: Vec<(String, Centavos, UnixMs)>,
    pub refunds: Vec<PersonRefund>,
    pub entry: Option<PersonEntry>,
}

#[derive(Template)]
#[template(path = "manager/persons.html")]
struct PersonsTemplate<'a> {
    p: &'a PersonsPage,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/person_export.html")]
struct PersonExportTemplate<'a> {
    p: &'a PersonExportPage,
    t: &'static Text,
    here: &'static str,
}

impl PersonsPage {
    pub fn render(&self) -> String {
        html(&PersonsTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "persons",
        })
    }

    fn wrong_cpf(&self) -> bool {
        self.error == Some(PersonError::Cpf)
    }

    fn wrong_erasure(&self) -> bool {
        matches!(
            self.error,
            Some(PersonError::CartOut | PersonError::MoneyOwed | PersonError::NotConfirmed)
        )
    }
}

impl PersonExportPage {
    pub fn render(&self) -> String {
        html(&PersonExportTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "persons",
        })
    }
}
