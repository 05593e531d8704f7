use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/payouts`: the Pix that are sent to persons, the latest first.
#[derive(Debug, Clone)]
pub struct PayoutsPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_decide: bool,
    /// This bank's way of sending is not known, or turned off.
    pub is_off: bool,
    pub rows: Vec<PayoutRow>,
}

#[derive(Debug, Clone)]
pub struct PayoutRow {
    pub id: String,
    pub rental: String,
    pub ordered_ms: UnixMs,
    pub amount: Centavos,
    pub returned: Option<Centavos>,
    pub purpose: PayoutPurpose,
    pub state: PayoutState,
    /// Its key, masked; none once its person was erased.
    pub key: Option<String>,
    /// In the bank's words.
    pub detail: Option<String>,
    pub can_release: bool,
    pub can_void: bool,
    pub can_repeat: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PayoutPurpose {
    Finder,
    Owed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PayoutState {
    Waiting,
    HeldByObjection,
    HeldAboveLimit,
    HeldAboveDayLimit,
    HeldForReview,
    AtBank,
    Settled,
    /// The receiver must name another key.
    NeedsKey,
    Refused,
    /// Another order took its place.
    Replaced,
    Returned,
    Void,
}

#[derive(Template)]
#[template(path = "manager/payouts.html")]
struct PayoutsTemplate<'a> {
    p: &'a PayoutsPage,
    t: &'static Text,
    here: &'static str,
}

impl PayoutsPage {
    pub fn render(&self) -> String {
        html(&PayoutsTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "payouts",
        })
    }
}

impl PayoutRow {
    fn class(&self) -> &'static str {
        match self.state {
            PayoutState::Settled => "good",
            PayoutState::Waiting | PayoutState::AtBank => "busy",
            PayoutState::Void | PayoutState::Replaced => "",
            _ => "bad",
        }
    }
}
