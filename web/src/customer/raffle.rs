//! The public pages of campaigns: what is promised, what was fixed, and how the result came about.

mod inside;
mod prize;
mod rules;

pub use inside::{
    InsideAnswer, InsideError, InsideFormPage, InsidePage, OutsideReason, ProofStep, ProofView,
    Side,
};
pub use prize::{ConsentView, PrizePage, PrizeState, VoucherView};
pub use rules::RulesPage;

use crate::campaign::{
    self, CampaignMode, CampaignStage, CampaignTerms, CommitmentView, DisqualifiedView,
    ExtractionView, Moment, MomentKind, OutcomeView, Progress, ShuffleState, ShuffleView,
};
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Frame, time};
use askama::Template;
use shared::time::UnixMs;

/// The verifier, which works from a file and asks nobody.
pub const VERIFIER_PAGE: &str = include_str!("../../verifier/verificar.html");

pub(crate) const RAFFLE_CSS: &str = include_str!("../../static/customer/raffle.css");
pub(crate) const COUNTDOWN_JS: &str = include_str!("../../static/customer/countdown.js");

/// `GET /sorteio`: the chain's campaigns, except drafts.
#[derive(Debug, Clone)]
pub struct RafflesPage {
    pub frame: Frame,
    /// The chain's name.
    pub chain_name: String,
    pub campaigns: Vec<CampaignTerms>,
}

/// `GET /sorteio/{campaign_id}`. Parts that are not there yet are said as what will come.
#[derive(Debug, Clone)]
pub struct RafflePage {
    pub frame: Frame,
    pub terms: CampaignTerms,
    /// So far, or of the fixed list.
    pub entries: Option<u64>,
    /// Docks whose entries are still awaited after the end.
    pub dark_docks: u64,
    pub commitment: Option<CommitmentView>,
    pub shuffle: Option<ShuffleView>,
    /// Every record, the first first.
    pub extractions: Vec<ExtractionView>,
    pub pending: Option<PendingReason>,
    pub outcome: Option<OutcomeView>,
    pub disqualified: Vec<DisqualifiedView>,
    /// There is a public file to download (from the commitment on).
    pub has_bundle: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingReason {
    /// The list was not fixed in time, or nobody is in it.
    NoList,
    /// Not enough sources tell the result yet.
    NotEntered,
    SourcesDiffer,
    /// Both numbers were above the last one given out, or there was no extraction that day.
    NextExtraction(UnixMs),
    Suspended,
}

/// What the page says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Running,
    Waiting,
    Done,
}

#[derive(Template)]
#[template(path = "customer/raffles.html")]
struct RafflesTemplate<'a> {
    p: &'a RafflesPage,
    t: &'static Text,
}

#[derive(Template)]
#[template(path = "customer/raffle.html")]
struct RaffleTemplate<'a> {
    p: &'a RafflePage,
    c: &'a CampaignTerms,
    t: &'static Text,
}

impl RafflesPage {
    pub fn render(&self) -> String {
        html(&RafflesTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    /// Headings and their campaigns; a group of none is left out.
    fn groups(&self) -> Vec<(&'static str, Vec<&CampaignTerms>)> {
        let w = &self.frame.lang.text().raffle;
        [
            (Group::Running, w.running),
            (Group::Waiting, w.waiting),
            (Group::Done, w.done),
        ]
        .into_iter()
        .map(|(group, title)| {
            let of_group = |terms: &&CampaignTerms| Group::of(terms) == group;
            (title, self.campaigns.iter().filter(of_group).collect())
        })
        .filter(|(_, campaigns): &(_, Vec<_>)| !campaigns.is_empty())
        .collect()
    }

    /// The one date that matters to a reader now.
    fn line(&self, terms: &CampaignTerms) -> String {
        let w = &self.frame.lang.text().raffle;
        let now = self.frame.now_ms;
        let draw = terms.draw_ms().filter(|_| terms.draws());
        match (Group::of(terms), draw) {
            (Group::Running, _) if now < terms.opens_ms => {
                (w.line_opens)(&self.frame.date(&terms.opens_ms))
            }
            (Group::Running, Some(draw)) => {
                (w.line_open)(&self.frame.date(&terms.closes_ms), &self.frame.date(&draw))
            }
            (Group::Running, None) => (w.line_certain)(&self.frame.date(&terms.closes_ms)),
            (Group::Waiting, Some(draw)) => (w.line_draw)(&self.frame.dated(&draw)),
            (Group::Done, Some(draw)) => (w.line_drawn)(&self.frame.date(&draw)),
            (Group::Waiting | Group::Done, None) => {
                (w.line_closed)(&self.frame.date(&terms.closes_ms))
            }
        }
    }
}

impl Group {
    fn of(terms: &CampaignTerms) -> Self {
        match terms.stage {
            CampaignStage::Draft | CampaignStage::Authorised | CampaignStage::Open => Self::Running,
            CampaignStage::Closed if terms.mode == CampaignMode::Certain => Self::Done,
            CampaignStage::Closed | CampaignStage::Committed | CampaignStage::Pending => {
                Self::Waiting
            }
            CampaignStage::Drawn
            | CampaignStage::Delivered
            | CampaignStage::Accounted
            | CampaignStage::WithoutDraw => Self::Done,
        }
    }
}

impl RafflePage {
    pub fn render(&self) -> String {
        html(&RaffleTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
        })
    }

    fn is_certain(&self) -> bool {
        self.terms.mode == CampaignMode::Certain
    }

    /// Nothing was published: no draw is spoken of.
    fn is_unpromised(&self) -> bool {
        !self.terms.stage.promises()
    }

    fn moments(&self) -> Vec<Moment> {
        let shuffle = self.shuffle.as_ref();
        let so_far = Progress {
            committed_ms: self.commitment.as_ref().map(|list| list.committed_ms),
            shuffled: shuffle.is_some_and(|shuffle| shuffle.state != ShuffleState::Waiting),
            claim_until_ms: self.outcome.as_ref().map(|outcome| outcome.claim_until_ms),
        };
        self.terms.moments(self.frame.now_ms, &so_far)
    }

    /// The next moment, for the countdown.
    fn next(&self) -> Option<Moment> {
        let now = self.frame.now_ms;
        let coming = |moment: &Moment| !moment.done && moment.at_ms > now;
        self.moments().into_iter().find(coming)
    }

    fn left(&self, moment: &Moment) -> String {
        time::span(self.left_ms(moment))
    }

    fn left_ms(&self, moment: &Moment) -> i64 {
        moment.at_ms.since(self.frame.now_ms)
    }

    fn moment_name(&self, moment: &Moment) -> &'static str {
        let w = &self.frame.lang.text().raffle;
        match (moment.kind, moment.done) {
            (MomentKind::Commit, true) => w.moment_committed,
            _ => (w.moment)(&moment.kind),
        }
    }

    /// The record that decides: the last one that nothing stands in for.
    fn deciding(&self) -> Option<&ExtractionView> {
        let standing = |record: &&ExtractionView| record.stands();
        self.extractions.iter().rev().find(standing)
    }

    /// What was entered besides: overtaken, or without a number.
    fn others(&self) -> Vec<&ExtractionView> {
        let deciding = self.deciding().map(|record| record.sequence);
        let all = self.extractions.iter();
        all.filter(|record| Some(record.sequence) != deciding)
            .collect()
    }

    fn number(&self, number: &str) -> String {
        let (series, order) = campaign::series_and_order(number);
        (self.frame.lang.text().raffle.number)(&series, &order)
    }

    fn groups(&self, hex: &str) -> Vec<String> {
        campaign::groups(hex)
    }

    fn name(&self) -> String {
        format!("sorteio-{}.json", self.terms.id)
    }

    fn pending_text(&self, reason: &PendingReason) -> String {
        let w = &self.frame.lang.text().raffle;
        match reason {
            PendingReason::NextExtraction(at) => (w.pending_next)(&self.frame.dated(at)),
            other => (w.pending)(other).to_owned(),
        }
    }
}
