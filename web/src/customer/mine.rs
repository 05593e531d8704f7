use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /mine`: the rentals this device remembers, newest first.
#[derive(Debug, Clone)]
pub struct MinePage {
    pub frame: Frame,
    pub rentals: Vec<MineRental>,
}

#[derive(Debug, Clone)]
pub struct MineRental {
    pub token: String,
    pub dock_name: String,
    pub store_name: String,
    pub started_ms: UnixMs,
    pub deposit: Centavos,
    pub state: MineState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MineState {
    AwaitingPayment,
    Paid,
    Out,
    Refunding,
    Closed,
    Expired,
    Cancelled,
    Abandoned,
    Rescued,
}

impl MineState {
    /// Whether the customer still has something to do or to wait for.
    pub fn is_open(self) -> bool {
        match self {
            Self::AwaitingPayment | Self::Paid | Self::Out | Self::Refunding | Self::Abandoned => {
                true
            }
            Self::Closed | Self::Expired | Self::Cancelled | Self::Rescued => false,
        }
    }
}

#[derive(Template)]
#[template(path = "customer/mine.html")]
struct MineTemplate<'a> {
    p: &'a MinePage,
    t: &'static Text,
}

impl MinePage {
    pub fn render(&self) -> String {
        html(&MineTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }
}
