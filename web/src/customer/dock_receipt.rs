use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::ids::BayNo;
use shared::time::UnixMs;

/// `GET /r/{receipt}`: a dock's signed word of a return, brought by whoever has it. It shows nothing
/// of the rental: a receipt is no customer's secret.
#[derive(Debug, Clone)]
pub struct DockReceiptPage {
    pub frame: Frame,
    /// The receipt as it was carried, for the form.
    pub carried: String,
    pub dock_name: String,
    pub store_name: String,
    pub bay: BayNo,
    pub cart_label: String,
    /// By the dock's clock.
    pub wall_ms: UnixMs,
    pub stage: ReceiptStage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptStage {
    /// Genuine, and not brought before.
    Fresh,
    Honoured,
    Held,
    Waiting,
    Older,
    /// The dock has told it, and it ended no rental that is known by now.
    Told,
    Contradicted,
}

/// Why a receipt's code did not end the rental on whose page it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptCodeError {
    Wrong,
    NotYet,
    TooFast,
}

#[derive(Template)]
#[template(path = "customer/dock_receipt.html")]
struct ReceiptTemplate<'a> {
    p: &'a DockReceiptPage,
    t: &'static Text,
}

impl DockReceiptPage {
    pub fn render(&self) -> String {
        html(&ReceiptTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn is_good(&self) -> bool {
        self.stage == ReceiptStage::Honoured
    }

    fn is_brought(&self) -> bool {
        self.stage != ReceiptStage::Fresh
    }

    fn can_bring(&self) -> bool {
        matches!(self.stage, ReceiptStage::Fresh | ReceiptStage::Waiting)
    }
}
