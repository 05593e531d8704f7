use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /found/{proof}`: whoever brought an abandoned cart says who they are. It shows nothing of who
/// had paid for it.
#[derive(Debug, Clone)]
pub struct FoundPage {
    pub frame: Frame,
    /// The dock's word as it was carried or typed.
    pub proof: String,
    pub dock_name: String,
    pub store_name: String,
    pub docked_ms: UnixMs,
    pub stage: FoundStage,
}

#[derive(Debug, Clone)]
pub enum FoundStage {
    Open {
        until_ms: UnixMs,
        share: Centavos,
        /// How long a voucher would be good.
        voucher_days: u16,
        /// What was typed before, when it is shown again.
        typed: FoundTyped,
        /// Rentals that this device remembers: one of them may be this cart's.
        payer: PayerOffer,
    },
    /// The finder's part leaves from this moment on.
    Rewarded {
        share: Centavos,
        pay_from_ms: Option<UnixMs>,
        voucher: Option<FoundVoucher>,
    },
    /// The deposit went back to whoever had paid it.
    Payer,
    Person,
    /// Thanks; nothing is paid.
    Nothing,
    /// Somebody said something before, or the time is over.
    Over,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundVoucher {
    /// Shown once, on the answer to the claim.
    pub code: Option<String>,
    pub until_ms: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayerOffer {
    /// This device has the rental of this very cart.
    Here,
    No,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundTyped {
    pub cpf: String,
    pub key: String,
    pub error: Option<FoundError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundError {
    Cpf,
    Key,
    KeyOfAnother,
    Code,
    TooFast,
}

/// `GET /found`: the code at the dock is typed.
#[derive(Debug, Clone)]
pub struct FoundFormPage {
    pub frame: Frame,
    pub error: Option<FoundError>,
}

#[derive(Template)]
#[template(path = "customer/found.html")]
struct FoundTemplate<'a> {
    p: &'a FoundPage,
    t: &'static Text,
}

#[derive(Template)]
#[template(path = "customer/found_form.html")]
struct FormTemplate<'a> {
    p: &'a FoundFormPage,
    t: &'static Text,
}

impl FoundPage {
    pub fn render(&self) -> String {
        html(&FoundTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn title(&self) -> &'static str {
        let w = &self.frame.lang.text().rescue;
        match &self.stage {
            FoundStage::Open { .. } => w.found_title,
            FoundStage::Rewarded { .. } => w.found_rewarded,
            FoundStage::Payer => w.found_payer,
            FoundStage::Person => w.found_person,
            FoundStage::Nothing => w.found_nothing,
            FoundStage::Over => w.found_over,
        }
    }

    /// The field that must be corrected.
    fn wrong(&self, typed: &FoundTyped, field: &str) -> bool {
        match typed.error {
            Some(FoundError::Cpf) => field == "cpf",
            Some(FoundError::Key | FoundError::KeyOfAnother) => field == "key",
            Some(FoundError::Code | FoundError::TooFast) | None => false,
        }
    }
}

impl FoundFormPage {
    pub fn render(&self) -> String {
        html(&FormTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }
}
