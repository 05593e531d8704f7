use crate::text::Text;
use crate::ui::bay::{carts_ready, places_free};
use crate::ui::frame::html;
use crate::ui::{BayView, Frame};
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /d/{code}`, and the answer to a refused `POST /d/{code}/take`.
#[derive(Debug, Clone)]
pub struct DockPage {
    pub frame: Frame,
    pub code: String,
    pub dock_name: String,
    pub store_name: String,
    pub deposit: Centavos,
    pub payee: Payee,
    /// The host customers should see in the address bar, such as `volta.example`.
    pub site_host: String,
    /// Whether the gateway can be reached; without it the customer's phone carries the grant.
    pub dock_online: bool,
    /// Whether there is a gateway that could open a bay at all.
    pub dock_serves: bool,
    pub bays: Vec<BayView>,
    pub nearest: Vec<NearbyDock>,
    pub campaign: Option<CampaignView>,
    /// What the customer typed, given back beside its error.
    pub cpf_typed: String,
    pub cpf_error: Option<CpfError>,
    pub refusal: Option<TakeRefusal>,
    /// Rentals of this device that are not finished.
    pub rentals_here: u64,
}

/// Who the bank's app will name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    pub name: String,
    /// CNPJ, formatted.
    pub document: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearbyDock {
    pub code: String,
    pub name: String,
    pub distance_m: Option<u32>,
    pub carts_ready: u64,
    pub places_free: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignView {
    pub name: String,
    pub draw_ms: UnixMs,
}

/// What is wrong with the CPF that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpfError {
    Malformed,
    CheckDigits,
}

/// Why no cart was released; in none of these cases was anything charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeRefusal {
    DockOffline,
    NoCart,
    TooManyRentals,
    TooFast,
    BankUnavailable,
}

#[derive(Template)]
#[template(path = "customer/dock.html")]
struct DockTemplate<'a> {
    p: &'a DockPage,
    t: &'static Text,
}

impl DockPage {
    pub fn render(&self) -> String {
        html(&DockTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn ready(&self) -> u64 {
        carts_ready(&self.bays)
    }

    fn free(&self) -> u64 {
        places_free(&self.bays)
    }

    fn can_take(&self) -> bool {
        self.dock_serves && self.ready() > 0
    }
}
