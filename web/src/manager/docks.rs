use crate::manager::{Role, StaffView};
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{BayView, Frame};
use askama::Template;
use shared::time::UnixMs;

/// `GET /manage/docks`
#[derive(Debug, Clone)]
pub struct DocksPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub docks: Vec<DockPlan>,
}

#[derive(Debug, Clone)]
pub struct DockPlan {
    pub code: String,
    pub dock_name: String,
    pub store_name: String,
    pub online: bool,
    /// When its gateway was last heard.
    pub seen_ms: Option<UnixMs>,
    pub bays: Vec<BayView>,
    pub gateway: Option<GatewayView>,
}

#[derive(Debug, Clone)]
pub struct GatewayView {
    pub id: String,
    pub software: String,
    /// The last event committed here.
    pub acked_seq: u64,
    /// Events it says it still has to send.
    pub backlog: u64,
}

/// A bay's place in the drawing of its dock.
pub(crate) struct Placed<'a> {
    pub(crate) bay: &'a BayView,
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
}

const SLOT_WIDTH: usize = 48;
const LANE_WIDTH: usize = 96;
const ROW_HEIGHT: usize = 76;
/// Five slots and a lane in a row; a phone shows it without scaling below readable.
const PLAN_WIDTH: usize = 361;

impl DockPlan {
    /// Bays left to right, wrapped into rows.
    pub(crate) fn placed(&self) -> Vec<Placed<'_>> {
        let (mut x, mut y) = (0, 0);
        self.bays
            .iter()
            .map(|bay| {
                let width = if bay.is_lane() {
                    LANE_WIDTH
                } else {
                    SLOT_WIDTH
                };
                if x + width > PLAN_WIDTH {
                    (x, y) = (0, y + ROW_HEIGHT);
                }
                let place = Placed { bay, x, y, width };
                x += width + 5;
                place
            })
            .collect()
    }

    pub(crate) fn height(&self) -> usize {
        self.placed().last().map_or(0, |last| last.y) + ROW_HEIGHT
    }

    pub(crate) fn width(&self) -> usize {
        PLAN_WIDTH
    }
}

impl Placed<'_> {
    pub(crate) fn inner_width(&self) -> usize {
        self.width - 4
    }

    pub(crate) fn middle(&self) -> usize {
        self.width / 2
    }
}

#[derive(Template)]
#[template(path = "manager/docks.html")]
struct DocksTemplate<'a> {
    p: &'a DocksPage,
    t: &'static Text,
    here: &'static str,
}

impl DocksPage {
    pub fn render(&self) -> String {
        html(&DocksTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "docks",
        })
    }

    fn may_change(&self) -> bool {
        self.staff.role >= Role::Manager
    }
}
