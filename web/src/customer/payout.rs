use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /r/{token}/payout`: a deposit that the bank cannot give back asks its customer for a Pix key.
#[derive(Clone)]
pub struct PayoutPage {
    pub frame: Frame,
    /// The rental's secret, for the form.
    pub token: String,
    pub store_name: String,
    pub amount: Centavos,
    pub stage: PayoutStage,
    /// What was typed and not taken; shown to who typed it.
    pub cpf_typed: String,
    pub key_typed: String,
    pub error: Option<PayoutError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutStage {
    /// `again`: the key before brought nothing.
    AskKey {
        again: bool,
    },
    /// A person of the store looks first.
    Held,
    OnItsWay,
    Paid {
        at_ms: UnixMs,
    },
    /// Nothing is owed by this way.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutError {
    Cpf,
    Key,
    /// The key is another's CPF, or a company's number.
    KeyOfOther,
    TooMany,
}

#[derive(Template)]
#[template(path = "customer/payout.html")]
struct PayoutTemplate<'a> {
    p: &'a PayoutPage,
    t: &'static Text,
}

impl PayoutPage {
    pub fn render(&self) -> String {
        html(&PayoutTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn asks(&self) -> bool {
        matches!(self.stage, PayoutStage::AskKey { .. })
    }

    fn is_again(&self) -> bool {
        self.stage == PayoutStage::AskKey { again: true }
    }

    fn paid_ms(&self) -> Option<UnixMs> {
        match self.stage {
            PayoutStage::Paid { at_ms } => Some(at_ms),
            _ => None,
        }
    }

    fn cpf_is_wrong(&self) -> bool {
        self.error == Some(PayoutError::Cpf)
    }

    fn key_is_wrong(&self) -> bool {
        matches!(self.error, Some(PayoutError::Key | PayoutError::KeyOfOther))
    }
}
