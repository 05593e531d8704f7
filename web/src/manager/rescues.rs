use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/rescues`: abandoned carts that came back; first those that wait for a person.
#[derive(Debug, Clone)]
pub struct RescuesPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_judge: bool,
    pub waiting: Vec<RescueRow>,
    pub decided: Vec<RescueRow>,
}

#[derive(Debug, Clone)]
pub struct RescueRow {
    pub rental: String,
    pub docked_ms: UnixMs,
    pub dock_name: String,
    pub state: RescueStateView,
    pub reason: Option<RescueReason>,
    pub objected_ms: Option<UnixMs>,
    pub deposit: Centavos,
    pub share: Centavos,
    /// The finder's masked CPF.
    pub finder: Option<String>,
    pub facts: Vec<RescueFact>,
    /// The decision's inputs as they are stored.
    pub inputs: Option<String>,
    /// It waits for a person now.
    pub can_judge: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RescueFact {
    Staff,
    /// Rewards of the day by CPF and by key.
    Today(u16, u16),
    Pair(u16),
    Objections(u16),
    Disputed,
    Doubt(String),
    Service,
    SameKey,
    SameCpf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RescueStateView {
    Open,
    InTime,
    Late,
    Rescued,
    Unclaimed,
    Review,
    Overturned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RescueReason {
    SensorsDisagree,
    NotAbandoned,
    ServiceMode,
    NoClaim,
    ClaimLate,
    Staff,
    SameCpf,
    SameKey,
    CapOfCpf,
    CapOfKey,
    PairTooOften,
    ObjectedTo,
    Disputed,
    /// The payer of this cart objects.
    Contested,
    /// The payer of another cart of the same finder objects.
    HeldForOthers,
    Other,
}

#[derive(Template)]
#[template(path = "manager/rescues.html")]
struct RescuesTemplate<'a> {
    p: &'a RescuesPage,
    t: &'static Text,
    here: &'static str,
}

impl RescuesPage {
    pub fn render(&self) -> String {
        html(&RescuesTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "rescues",
        })
    }

    fn fact(&self, fact: &RescueFact) -> String {
        let w = &self.frame.lang.text().rescues;
        match fact {
            RescueFact::Staff => w.fact_staff.to_owned(),
            RescueFact::Today(cpf, key) => (w.fact_today)(cpf, key),
            RescueFact::Pair(count) => (w.fact_pair)(count),
            RescueFact::Objections(count) => (w.fact_objections)(count),
            RescueFact::Disputed => w.fact_disputed.to_owned(),
            RescueFact::Doubt(why) => (w.fact_doubt)(why),
            RescueFact::Service => w.fact_service.to_owned(),
            RescueFact::SameKey => w.fact_same_key.to_owned(),
            RescueFact::SameCpf => w.fact_same_cpf.to_owned(),
        }
    }
}

impl RescueRow {
    fn class(&self) -> &'static str {
        match self.state {
            RescueStateView::Review => "bad",
            RescueStateView::Open | RescueStateView::Unclaimed => "busy",
            RescueStateView::Rescued | RescueStateView::Late | RescueStateView::InTime => "good",
            RescueStateView::Overturned => "calm",
        }
    }
}
