use crate::customer::RefundState;
use crate::manager::{RentalRow, StaffView};
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

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
    /// There are more rentals than are listed.
    pub cut: bool,
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
