use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::time::UnixMs;

/// `GET /manage/technicians?dock=…`, and the answer to a challenge.
#[derive(Debug, Clone)]
pub struct TechniciansPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_change: bool,
    /// Code and name of the docks that have a gateway.
    pub docks: Vec<(String, String)>,
    /// The code of the dock that is chosen.
    pub dock: String,
    pub challenge_typed: String,
    pub answer: Option<AnswerView>,
    pub name_typed: String,
    pub key_typed: String,
    pub error: Option<TechnicianError>,
    pub rows: Vec<TechnicianRow>,
}

/// What lets somebody in at a gateway's own page, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerView {
    pub dock_name: String,
    pub challenge: String,
    /// Eight digits.
    pub digits: String,
}

#[derive(Debug, Clone)]
pub struct TechnicianRow {
    pub name: String,
    pub key: String,
    pub since_ms: UnixMs,
    pub revoked_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TechnicianError {
    Dock,
    Challenge,
    TooFast,
    Name,
    Key,
    Taken,
    TooMany,
}

impl TechnicianError {
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::Dock => "dock",
            Self::Challenge | Self::TooFast => "challenge",
            Self::Name | Self::Taken | Self::TooMany => "name",
            Self::Key => "key",
        }
    }
}

#[derive(Template)]
#[template(path = "manager/technicians.html")]
struct TechniciansTemplate<'a> {
    p: &'a TechniciansPage,
    t: &'static Text,
    here: &'static str,
}

impl TechniciansPage {
    pub fn render(&self) -> String {
        html(&TechniciansTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "technicians",
        })
    }

    fn wrong(&self, field: &str) -> bool {
        self.error.is_some_and(|error| error.field() == field)
    }
}

impl AnswerView {
    /// Two groups, as one dictates them.
    pub(crate) fn grouped(&self) -> String {
        let (first, second) = self.digits.split_at(self.digits.len() / 2);
        format!("{first} {second}")
    }
}
