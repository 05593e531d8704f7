use crate::manager::{DockPlan, RentalFilter, RentalRow, StaffView};
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage`
#[derive(Debug, Clone)]
pub struct DashboardPage {
    pub frame: Frame,
    pub staff: StaffView,
    /// What needs a person now; empty when nothing does.
    pub problems: Vec<Problem>,
    pub totals: Totals,
    pub docks: Vec<DockPlan>,
    pub recent: Vec<RentalRow>,
}

/// One kind of trouble, counted, with a link to the rows it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub count: u64,
    pub amount: Option<Centavos>,
    pub oldest_ms: Option<UnixMs>,
}

/// In the order in which they are shown: money first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    RefundsDelayed,
    ReturnsInReview,
    DocksOffline,
    BaysFaulted,
    Alarms,
}

impl ProblemKind {
    pub(crate) fn href(&self) -> String {
        match self {
            Self::RefundsDelayed => RentalFilter::RefundDelayed.href(),
            Self::ReturnsInReview => RentalFilter::Review.href(),
            Self::DocksOffline | Self::BaysFaulted => "/manage/docks".to_owned(),
            Self::Alarms => "/manage/alarms".to_owned(),
        }
    }
}

/// The figures of the moment. Each counts the rows its link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Deposits of rentals that are paid, out, or back under review.
    pub held: Centavos,
    pub held_count: u64,
    /// Owed back, not settled yet.
    pub refundable: Centavos,
    pub refundable_count: u64,
    pub refunded_today: Centavos,
    pub refunded_today_count: u64,
    pub carts_out: u64,
}

pub(crate) struct Figure {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) count: Option<String>,
    pub(crate) href: String,
}

impl Totals {
    pub(crate) fn figures(&self, frame: &Frame) -> [Figure; 4] {
        let t = &frame.lang.text().manager.dashboard;
        let rentals = |count: u64| Some((t.rentals)(&count));
        [
            Figure {
                key: "out",
                label: t.carts_out,
                value: frame.count(&self.carts_out),
                count: None,
                href: RentalFilter::Out.href(),
            },
            Figure {
                key: "held",
                label: t.held,
                value: frame.money(&self.held),
                count: rentals(self.held_count),
                href: RentalFilter::Held.href(),
            },
            Figure {
                key: "refundable",
                label: t.refundable,
                value: frame.money(&self.refundable),
                count: rentals(self.refundable_count),
                href: RentalFilter::Refunding.href(),
            },
            Figure {
                key: "refunded",
                label: t.refunded_today,
                value: frame.money(&self.refunded_today),
                count: rentals(self.refunded_today_count),
                href: RentalFilter::RefundedToday.href(),
            },
        ]
    }
}

#[derive(Template)]
#[template(path = "manager/dashboard.html")]
struct DashboardTemplate<'a> {
    p: &'a DashboardPage,
    t: &'static Text,
    here: &'static str,
}

impl DashboardPage {
    pub fn render(&self) -> String {
        html(&DashboardTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "now",
        })
    }

    fn figures(&self) -> [Figure; 4] {
        self.totals.figures(&self.frame)
    }

    fn problem_count(&self) -> u64 {
        self.problems.iter().map(|problem| problem.count).sum()
    }
}
