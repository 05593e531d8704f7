use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::time::UnixMs;

/// The answer to `POST /manage/docks/{code}/enrolment-code`: what a device becomes the dock's gateway
/// with, once.
#[derive(Debug, Clone)]
pub struct EnrolmentPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub dock_name: String,
    /// Five groups of four letters and digits.
    pub code: String,
    pub until_ms: UnixMs,
}

#[derive(Template)]
#[template(path = "manager/enrolment.html")]
struct EnrolmentTemplate<'a> {
    p: &'a EnrolmentPage,
    t: &'static Text,
    here: &'static str,
}

impl EnrolmentPage {
    pub fn render(&self) -> String {
        html(&EnrolmentTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "docks",
        })
    }
}
