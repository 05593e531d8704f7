use super::{PolicyFormError, ScopeRow};
use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;

/// `GET /manage/policies/{store}/follow`: a store goes back to its chain's rules.
#[derive(Debug, Clone)]
pub struct PolicyFollowPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub scope: ScopeRow,
    /// The newest version of the store; 0 for none.
    pub seen: i64,
    /// What was typed for its moment; empty: from now on.
    pub from_typed: String,
    pub later: bool,
    pub error: Option<PolicyFormError>,
}

#[derive(Template)]
#[template(path = "manager/policy_follow.html")]
struct FollowTemplate<'a> {
    p: &'a PolicyFollowPage,
    t: &'static Text,
    here: &'static str,
}

impl PolicyFollowPage {
    pub fn render(&self) -> String {
        html(&FollowTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "policies",
        })
    }

    fn about_moment(&self) -> bool {
        self.error.is_some_and(PolicyFormError::is_about_moment)
    }
}
