use crate::campaign;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::time::UnixMs;

/// `GET /sorteio/{campaign_id}/conferir`, and the answer to a code that led nowhere.
#[derive(Debug, Clone)]
pub struct InsideFormPage {
    pub frame: Frame,
    pub campaign_id: String,
    pub campaign: String,
    pub typed: String,
    pub error: Option<InsideError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsideError {
    Empty,
    /// Neither a receipt's code nor a rental's address.
    Unknown,
    /// Of another campaign.
    Elsewhere,
    TooFast,
}

/// The answer to `POST /sorteio/{campaign_id}/conferir`, and `GET /r/{token}/sorteio`.
#[derive(Debug, Clone)]
pub struct InsidePage {
    pub frame: Frame,
    pub campaign_id: String,
    pub campaign: String,
    /// Nothing is drawn: everybody gets the voucher.
    pub certain: bool,
    /// The receipt's code, where there is an entry.
    pub code: Option<String>,
    /// The rental's secret, if the reader came with it: only then the receipt file is offered.
    pub token: Option<String>,
    pub answer: InsideAnswer,
}

#[derive(Debug, Clone)]
pub enum InsideAnswer {
    /// It counts, and the list is not published.
    NotYet {
        closes_ms: UnixMs,
        /// The latest moment for the list; none where nothing is drawn.
        list_by_ms: Option<UnixMs>,
    },
    Inside(ProofView),
    Outside(OutsideReason),
}

#[derive(Debug, Clone)]
pub struct ProofView {
    /// Seven digits, once the list is shuffled.
    pub number: Option<String>,
    /// Place after the shuffle, from 0.
    pub position: Option<u64>,
    /// Place in the list by leaf, from 0.
    pub index: u64,
    pub entries: u64,
    /// 64 hexadecimal digits, as all that follow.
    pub leaf: String,
    /// From the leaf up.
    pub steps: Vec<ProofStep>,
    pub root: String,
}

#[derive(Debug, Clone)]
pub struct ProofStep {
    /// Where the sibling stands.
    pub side: Side,
    pub sibling: String,
    pub result: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutsideReason {
    /// No CPF was given; `until_ms` while it can still be.
    NoCpf {
        until_ms: Option<UnixMs>,
    },
    OverCap {
        cap: u32,
    },
    /// Told after the closing: it joins the next campaign, if there is one by now.
    Late {
        /// Id and name.
        next: Option<(String, String)>,
    },
    /// The return waits for a person of the store.
    UnderReview,
    /// The person took it back, or was erased.
    Withdrawn,
    /// The return earned no entry: the cart came back after the deadline, or by somebody else.
    NotHonoured,
    OutsidePeriod,
}

#[derive(Template)]
#[template(path = "customer/inside_form.html")]
struct FormTemplate<'a> {
    p: &'a InsideFormPage,
    t: &'static Text,
}

#[derive(Template)]
#[template(path = "customer/inside.html")]
struct InsideTemplate<'a> {
    p: &'a InsidePage,
    t: &'static Text,
}

impl InsideFormPage {
    pub fn render(&self) -> String {
        html(&FormTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }
}

impl InsidePage {
    pub fn render(&self) -> String {
        html(&InsideTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn title(&self) -> &'static str {
        let w = &self.frame.lang.text().inside;
        match &self.answer {
            InsideAnswer::NotYet { .. } if self.certain => w.certain_title,
            InsideAnswer::NotYet { .. } => w.not_yet_title,
            InsideAnswer::Inside(_) => w.inside_title,
            InsideAnswer::Outside(_) => w.outside_title,
        }
    }

    fn reason(&self, reason: &OutsideReason) -> String {
        reason.words(&self.frame)
    }

    fn next(&self) -> Option<&(String, String)> {
        match &self.answer {
            InsideAnswer::Outside(OutsideReason::Late { next }) => next.as_ref(),
            _ => None,
        }
    }

    fn number(&self, number: &str) -> String {
        let (series, order) = campaign::series_and_order(number);
        (self.frame.lang.text().raffle.number)(&series, &order)
    }

    fn groups(&self, hex: &str) -> Vec<String> {
        campaign::groups(hex)
    }

    fn line(&self, hex: &str) -> String {
        self.groups(hex).join(" ")
    }
}

impl OutsideReason {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        let w = &frame.lang.text().inside;
        match self {
            Self::NoCpf { until_ms: None } => w.no_cpf.to_owned(),
            Self::NoCpf { until_ms: Some(at) } => (w.no_cpf_until)(&frame.dated(at)),
            Self::OverCap { cap } => (w.over_cap)(cap),
            Self::Late { next: None } => w.late.to_owned(),
            Self::Late {
                next: Some((_, name)),
            } => (w.late_next)(name),
            Self::UnderReview => w.under_review.to_owned(),
            Self::Withdrawn => w.withdrawn.to_owned(),
            Self::NotHonoured => w.not_honoured.to_owned(),
            Self::OutsidePeriod => w.outside_period.to_owned(),
        }
    }
}

impl ProofView {
    /// People count from 1.
    fn leaf_number(&self) -> u64 {
        self.index.saturating_add(1)
    }

    fn steps_count(&self) -> u64 {
        u64::try_from(self.steps.len()).unwrap_or(u64::MAX)
    }

    fn place(&self) -> Option<u64> {
        self.position.map(|position| position.saturating_add(1))
    }

    fn is_whole(&self) -> bool {
        self.steps.last().map_or(&self.leaf, |step| &step.result) == &self.root
    }
}
