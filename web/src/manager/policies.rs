//! The rules of a chain and its stores: what is in force, how it came to be, and the next version.

mod follow;
mod number;

pub use follow::PolicyFollowPage;
pub use number::{PolicyGroup, PolicyNumber, Unit};

use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/policies`: what decides where.
#[derive(Debug, Clone)]
pub struct PoliciesPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub chain: ScopeRow,
    pub stores: Vec<ScopeRow>,
}

/// A chain or a store.
#[derive(Debug, Clone)]
pub struct ScopeRow {
    pub name: String,
    pub href: String,
    /// None: nothing decides here, and nobody can take a cart.
    pub decides: Option<Decides>,
    /// The next version that waits, and its moment.
    pub waiting: Option<(i64, UnixMs)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decides {
    /// False for a store that follows its chain.
    pub own: bool,
    pub version: i64,
    pub since_ms: UnixMs,
    /// The number everybody asks for.
    pub deposit: Centavos,
}

/// `GET /manage/policies/{scope}`: what is in force, and the history.
#[derive(Debug, Clone)]
pub struct PolicyPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_change: bool,
    pub scope: ScopeRow,
    pub is_chain: bool,
    /// A store with rules of its own, which may go back to its chain's.
    pub may_follow: bool,
    /// As they stand now; empty where nothing decides.
    pub numbers: Vec<(PolicyNumber, Option<i64>)>,
    /// The newest first.
    pub history: Vec<PolicyVersionRow>,
}

#[derive(Debug, Clone)]
pub struct PolicyVersionRow {
    pub version: i64,
    pub standing: PolicyStanding,
    pub from_ms: UnixMs,
    /// It says "as the chain".
    pub follows_chain: bool,
    /// None: it came with the set-up.
    pub made_ms: Option<UnixMs>,
    pub by: Option<String>,
    /// What it decides otherwise than the version before; empty for a first one.
    pub changes: Vec<PolicyChange>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyChange {
    pub number: PolicyNumber,
    pub before: Option<i64>,
    pub after: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyStanding {
    InForce,
    Waiting,
    Past,
    Overtaken,
}

/// `GET /manage/policies/{scope}/new`, and what a refused form shows.
#[derive(Debug, Clone)]
pub struct PolicyFormPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub scope: ScopeRow,
    pub is_chain: bool,
    /// The newest version there is; 0 for none.
    pub seen: i64,
    pub fields: Vec<PolicyField>,
    /// What was typed for its moment; empty: from now on.
    pub from_typed: String,
    pub later: bool,
    pub error: Option<PolicyFormError>,
}

#[derive(Debug, Clone)]
pub struct PolicyField {
    pub number: PolicyNumber,
    pub typed: String,
    pub min: i64,
    pub max: i64,
    pub error: Option<PolicyFieldError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyFieldError {
    NotANumber,
    OutOfBounds,
    /// The notice would go out before the cart has left.
    NoticeBeforeStart,
}

/// What is wrong besides the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyFormError {
    NotAMoment,
    InPast,
    TooFar,
    /// Somebody made a version meanwhile.
    Moved,
    Unchanged,
    /// There is nothing that a store could follow.
    NoChain,
}

impl PolicyFormError {
    fn is_about_moment(self) -> bool {
        matches!(self, Self::NotAMoment | Self::InPast | Self::TooFar)
    }
}

#[derive(Template)]
#[template(path = "manager/policies.html")]
struct PoliciesTemplate<'a> {
    p: &'a PoliciesPage,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/policy.html")]
struct PolicyTemplate<'a> {
    p: &'a PolicyPage,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/policy_form.html")]
struct FormTemplate<'a> {
    p: &'a PolicyFormPage,
    t: &'static Text,
    here: &'static str,
}

impl PoliciesPage {
    pub fn render(&self) -> String {
        html(&PoliciesTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "policies",
        })
    }

    fn rows(&self) -> impl Iterator<Item = &ScopeRow> {
        std::iter::once(&self.chain).chain(&self.stores)
    }
}

impl PolicyPage {
    pub fn render(&self) -> String {
        html(&PolicyTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "policies",
        })
    }

    fn heading(&self) -> String {
        (self.frame.lang.text().policies.title_of)(&self.scope.name)
    }

    fn group(&self, group: &PolicyGroup) -> Vec<(PolicyNumber, Option<i64>)> {
        let all = self.numbers.iter().copied();
        all.filter(|(number, _)| number.group() == *group).collect()
    }

    fn written(&self, number: &PolicyNumber, stored: &Option<i64>) -> String {
        number.written(*stored, self.frame.lang)
    }
}

impl PolicyStanding {
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::InForce => "good",
            Self::Waiting => "busy",
            Self::Past | Self::Overtaken => "calm",
        }
    }
}

impl PolicyFormPage {
    pub fn render(&self) -> String {
        html(&FormTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "policies",
        })
    }

    fn follows(&self) -> bool {
        !self.is_chain && self.scope.decides.is_some_and(|decides| !decides.own)
    }

    /// How many things are wrong with what was typed.
    fn wrong(&self) -> u64 {
        let fields = self.fields.iter().filter(|field| field.error.is_some());
        let fields = u64::try_from(fields.count()).unwrap_or(u64::MAX);
        fields + u64::from(self.error.is_some())
    }

    fn group(&self, group: &PolicyGroup) -> Vec<&PolicyField> {
        let all = self.fields.iter();
        all.filter(|field| field.number.group() == *group).collect()
    }

    fn bounds(&self, field: &PolicyField) -> String {
        let written = |stored| field.number.written(Some(stored), self.frame.lang);
        (self.frame.lang.text().policies.bounds)(&written(field.min), &written(field.max))
    }

    fn about_moment(&self) -> bool {
        self.error.is_some_and(PolicyFormError::is_about_moment)
    }
}

impl PolicyField {
    fn is_optional(&self) -> bool {
        self.number.unit() == Unit::Clock
    }

    fn inputmode(&self) -> &'static str {
        match self.number.unit() {
            Unit::Money | Unit::Percent => "decimal",
            // A keyboard of digits has no colon.
            Unit::Clock => "text",
            _ => "numeric",
        }
    }
}
