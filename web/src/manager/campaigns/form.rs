//! Forms as data: the catalogue has the words, one template draws them all.

mod key;

pub use key::{FieldKey, FieldKind};

use crate::campaign::CampaignTerms;
use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;

/// `GET /manage/campaigns/new`, `GET /manage/campaigns/{campaign_id}/draft`, and what was refused of it.
#[derive(Debug, Clone)]
pub struct CampaignDraftPage {
    pub frame: Frame,
    pub staff: StaffView,
    /// The draft that is changed; none for a new one.
    pub terms: Option<CampaignTerms>,
    pub form: CampaignForm,
}

#[derive(Debug, Clone)]
pub struct CampaignForm {
    pub action: FormAction,
    /// Where it is sent.
    pub href: String,
    /// What the sender saw: a version, a root. It is sent along.
    pub seen: String,
    pub fields: Vec<FormField>,
    pub error: Option<FormError>,
}

#[derive(Debug, Clone)]
pub struct FormField {
    pub key: FieldKey,
    /// As it was typed; of a list of choices nothing.
    pub typed: String,
    pub choices: Vec<Choice>,
    pub error: Option<FieldError>,
}

#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormAction {
    Draft,
    Authorise,
    Open,
    Approve,
    /// The public random value, pasted and verified.
    Shuffle,
    /// There is none, two hours before the extraction.
    ShuffleAbsent,
    Extraction,
    Rectify,
    Disqualify,
    Deliver,
    Account,
    GiveUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldError {
    Missing,
    TooLong,
    NotANumber,
    OutOfBounds,
    NotAMoment,
    InPast,
    BeforeOpening,
    /// More than twelve months.
    PeriodTooLong,
    /// Not a day and the grace after the end.
    ExtractionTooSoon,
    NotADocument,
    /// A line of the prizes is not `name; value`.
    PrizeLine,
    /// A certain prize is one, the same for all.
    OnePrize,
    NotFiveDigits,
    /// Less than eight days before the draw.
    OwnershipTooLate,
    NotConfirmed,
    BadSignature,
    SameSource,
    /// Not the planned extraction, and no reason.
    NotPlanned,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormError {
    /// Somebody else was faster; what the form was about has changed.
    Moved,
    /// Two different people are needed.
    SamePerson,
    NotYet,
    TooLate,
    /// The two entries of the extraction are not the same: both start again.
    Differ,
    /// A prize was delivered: nothing is rectified any more.
    Delivered,
    /// A dock may redeem the prize's voucher, and has not given it back yet.
    AtDock,
    /// A dock may have redeemed it before its journal lost a part.
    Doubtful,
}

#[derive(Template)]
#[template(path = "manager/campaign_draft.html")]
struct DraftTemplate<'a> {
    p: &'a CampaignDraftPage,
    form: &'a CampaignForm,
    t: &'static Text,
    here: &'static str,
}

impl CampaignDraftPage {
    pub fn render(&self) -> String {
        html(&DraftTemplate {
            p: self,
            form: &self.form,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }

    fn title(&self) -> String {
        let w = &self.frame.lang.text().campaigns;
        match &self.terms {
            None => w.new_title.to_owned(),
            Some(terms) => (w.draft_title)(&terms.name),
        }
    }

    fn back(&self) -> String {
        match &self.terms {
            None => "/manage/campaigns".to_owned(),
            Some(terms) => format!("/manage/campaigns/{}", terms.id),
        }
    }
}

impl CampaignForm {
    /// How many things are wrong with what was typed.
    pub(crate) fn wrong(&self) -> u64 {
        let fields = self.fields.iter().filter(|field| field.error.is_some());
        let fields = u64::try_from(fields.count()).unwrap_or(u64::MAX);
        fields.saturating_add(u64::from(self.error.is_some()))
    }

    /// An address on the page: several forms have fields of one name.
    pub(crate) fn id(&self, field: &FormField) -> String {
        format!("{}-{}", self.action.verb(), field.key.key())
    }

    pub(crate) fn requires(&self, field: &FormField) -> bool {
        self.action.requires(field.key)
    }
}

impl FormField {
    /// Nothing typed, nothing wrong.
    pub fn empty(key: FieldKey) -> Self {
        Self {
            key,
            typed: String::new(),
            choices: Vec::new(),
            error: None,
        }
    }

    pub(crate) fn has_help(&self) -> bool {
        self.key.kind() != FieldKind::Tick
    }

    /// Pickers of dates know how long they are.
    pub(crate) fn is_written(&self) -> bool {
        self.input_type() == "text"
    }

    pub(crate) fn input_type(&self) -> &'static str {
        match self.key.kind() {
            FieldKind::Moment => "datetime-local",
            FieldKind::Day => "date",
            _ => "text",
        }
    }

    pub(crate) fn inputmode(&self) -> &'static str {
        match self.key.kind() {
            FieldKind::Number | FieldKind::Digits => "numeric",
            _ => "text",
        }
    }
}

impl FormAction {
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Authorise,
        Self::Open,
        Self::Approve,
        Self::Shuffle,
        Self::ShuffleAbsent,
        Self::Extraction,
        Self::Rectify,
        Self::Disqualify,
        Self::Deliver,
        Self::Account,
        Self::GiveUp,
    ];

    /// The last part of the address it is sent to.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Authorise => "authorise",
            Self::Open => "open",
            Self::Approve => "approve",
            Self::Shuffle => "shuffle",
            Self::ShuffleAbsent => "shuffle-absent",
            Self::Extraction => "extraction",
            Self::Rectify => "rectify",
            Self::Disqualify => "disqualify",
            Self::Deliver => "deliver",
            Self::Account => "account",
            Self::GiveUp => "give-up",
        }
    }

    /// Whether the browser asks for it. A certain prize has neither an extraction nor alternates, and
    /// the planned extraction needs no reason.
    pub fn requires(self, key: FieldKey) -> bool {
        use FieldKey as K;
        match key {
            K::ExtractionNumber | K::ExtractionAt => self != Self::Draft,
            K::Alternates | K::DarfDocument => false,
            K::Reason => self != Self::Extraction,
            _ => true,
        }
    }

    pub fn from_verb(verb: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.verb() == verb)
    }

    /// What the form asks, in order.
    pub fn fields(self) -> &'static [FieldKey] {
        use FieldKey as K;
        match self {
            Self::Draft => &[
                K::Name,
                K::Mode,
                K::Stores,
                K::OpensAt,
                K::ClosesAt,
                K::GraceHours,
                K::ExtractionNumber,
                K::ExtractionAt,
                K::Prizes,
                K::Alternates,
                K::EntriesMax,
                K::PromoterName,
                K::PromoterDocument,
            ],
            Self::Authorise => &[K::Certificate, K::OwnershipOn, K::OwnershipDocument],
            Self::Open | Self::Approve | Self::ShuffleAbsent => &[K::Confirm],
            Self::Shuffle => &[K::Signature],
            Self::Extraction => &[
                K::ExtractionNumber,
                K::ExtractionAt,
                K::PrizeOne,
                K::PrizeTwo,
                K::PrizeThree,
                K::PrizeFour,
                K::PrizeFive,
                K::Source,
                K::Evidence,
                K::Reason,
            ],
            Self::Rectify => &[
                K::Replaces,
                K::ExtractionNumber,
                K::ExtractionAt,
                K::PrizeOne,
                K::PrizeTwo,
                K::PrizeThree,
                K::PrizeFour,
                K::PrizeFive,
                K::Source,
                K::Evidence,
                K::Reason,
            ],
            Self::Disqualify => &[K::Position, K::Code, K::Confirm],
            Self::Deliver => &[K::Rank, K::DeliveredOn, K::Document],
            Self::Account => &[K::Protocol, K::DarfDocument],
            Self::GiveUp => &[K::Reason, K::Confirm],
        }
    }
}
