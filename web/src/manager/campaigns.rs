//! The managers' pages of campaigns: the one next step, what speaks against it, and the papers.

mod alarm;
mod form;
mod papers;

pub use alarm::{CampaignAlarm, CheckItem, CheckRow, CheckState, DarkDock, NextStep, NextView};
pub use form::{
    CampaignDraftPage, CampaignForm, Choice, FieldError, FieldKey, FieldKind, FormAction,
    FormError, FormField,
};
pub use papers::{
    AccountRow, AccountsPage, EntriesPage, EntryRow, MinutesPage, UnclaimedPage, UnclaimedRow,
};

use crate::campaign::{
    self, CampaignMode, CampaignTerms, CommitmentView, DisqualifiedView, ExtractionView,
    OutcomeView, ShuffleState, ShuffleView,
};
use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Frame, time};
use askama::Template;
use shared::time::UnixMs;

pub(crate) const CAMPAIGN_CSS: &str = include_str!("../../static/manager/campaign.css");

/// `GET /manage/campaigns`: those that want something first.
#[derive(Debug, Clone)]
pub struct CampaignsPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_change: bool,
    pub campaigns: Vec<CampaignRow>,
}

#[derive(Debug, Clone)]
pub struct CampaignRow {
    pub terms: CampaignTerms,
    pub entries: u64,
    pub next: NextView,
    pub alarms: u64,
}

/// `GET /manage/campaigns/{campaign_id}`, and the answer to a form that was refused.
#[derive(Debug, Clone)]
pub struct CampaignPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub terms: CampaignTerms,
    pub next: NextView,
    pub alarms: Vec<CampaignAlarm>,
    pub checklist: Vec<CheckRow>,
    pub entries: u64,
    /// Docks that have not told everything up to the end.
    pub dark: Vec<DarkDock>,
    /// The list as it would be fixed, while it waits for two people.
    pub offered: Option<OfferedList>,
    pub commitment: Option<CommitmentView>,
    pub shuffle: Option<ShuffleView>,
    /// The first person's entry of the extraction, while it waits for the second's.
    pub first_entry: Option<FirstEntry>,
    pub extractions: Vec<ExtractionView>,
    pub outcome: Option<OutcomeView>,
    pub disqualified: Vec<DisqualifiedView>,
    /// What this person may send now; the next step's first.
    pub forms: Vec<CampaignForm>,
    /// What was just done.
    pub done: Option<FormAction>,
}

#[derive(Debug, Clone)]
pub struct OfferedList {
    pub entries: u64,
    /// 64 hexadecimal digits.
    pub root: String,
    /// Who approved, and when.
    pub approvals: Vec<(String, UnixMs)>,
}

/// Its numbers are not shown: the second person types them from a source of their own.
#[derive(Debug, Clone)]
pub struct FirstEntry {
    pub by: String,
    pub at_ms: UnixMs,
    pub source: String,
}

#[derive(Template)]
#[template(path = "manager/campaigns.html")]
struct CampaignsTemplate<'a> {
    p: &'a CampaignsPage,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/campaign.html")]
struct CampaignTemplate<'a> {
    p: &'a CampaignPage,
    c: &'a CampaignTerms,
    t: &'static Text,
    here: &'static str,
}

impl CampaignsPage {
    pub fn render(&self) -> String {
        html(&CampaignsTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }
}

impl CampaignPage {
    pub fn render(&self) -> String {
        html(&CampaignTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }

    fn is_draw(&self) -> bool {
        self.terms.mode == CampaignMode::Draw
    }

    /// The form of the next step stands open; the others are folded.
    fn first_form(&self) -> Option<&CampaignForm> {
        let next = self.next.step.action()?;
        self.forms.iter().find(|form| form.action == next)
    }

    fn other_forms(&self) -> impl Iterator<Item = &CampaignForm> {
        let first = self.first_form().map(|form| form.action);
        self.forms
            .iter()
            .filter(move |form| Some(form.action) != first)
    }

    fn wrong(&self) -> Vec<&CampaignForm> {
        self.forms.iter().filter(|form| form.wrong() > 0).collect()
    }

    fn alarm(&self, alarm: &CampaignAlarm) -> String {
        let w = &self.frame.lang.text().campaigns;
        (w.alarm)(alarm, &alarm.value(&self.frame))
    }

    fn left(&self, by: &UnixMs) -> String {
        let w = &self.frame.lang.text().campaigns;
        let left_ms = by.since(self.frame.now_ms);
        match left_ms >= 0 {
            true => (w.left)(&time::span(left_ms)),
            false => (w.late)(&self.frame.ago(by)),
        }
    }

    fn stores(&self) -> String {
        match self.terms.stores.is_empty() {
            true => self.frame.lang.text().raffle.every_store.to_owned(),
            false => self.terms.stores.join(" · "),
        }
    }

    fn groups(&self, hex: &str) -> String {
        campaign::groups(hex).join(" ")
    }

    fn number(&self, number: &str) -> String {
        let (series, order) = campaign::series_and_order(number);
        (self.frame.lang.text().raffle.number)(&series, &order)
    }
}
