//! One rental as its customer sees it, from the charge to the receipt.
//!
//! The page and its live fragment are the same template; [`RentalPage::state_key`] names what the
//! reader has seen, so that neither a reconnection nor a reload without scripts repeats it.

mod carry;
mod raffle;
mod view;

pub use carry::{CarryView, CarryWhy};
pub use raffle::{EntryRaffle, EntryStage};
pub use view::{
    BroughtView, BroughtWait, CancelReason, Contest, DelayReason, EntryView, NoticesInvite,
    PayView, Receipt, RefundState, RefundView, RentalView, RescuedView, Stage,
};

use crate::customer::OutsideReason;
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Frame, qr, time};
use askama::Template;
use shared::time::UnixMs;

/// `GET /r/{token}`
#[derive(Debug, Clone)]
pub struct RentalPage {
    pub frame: Frame,
    pub view: RentalView,
}

#[derive(Template)]
#[template(path = "customer/rental.html")]
struct RentalTemplate<'a> {
    p: &'a RentalPage,
    v: &'a RentalView,
    t: &'static Text,
}

#[derive(Template)]
#[template(path = "customer/rental.html", block = "live")]
struct LiveTemplate<'a> {
    p: &'a RentalPage,
    v: &'a RentalView,
    t: &'static Text,
}

impl RentalPage {
    pub fn render(&self) -> String {
        html(&RentalTemplate {
            p: self,
            v: &self.view,
            t: self.frame.lang.text(),
        })
    }

    /// The fragment that a `state` event of `/r/{token}/live` carries.
    pub fn render_live(&self) -> String {
        html(&LiveTemplate {
            p: self,
            v: &self.view,
            t: self.frame.lang.text(),
        })
    }

    /// The charge as an SVG image for another phone's camera, while it can be paid. The page only
    /// names it: half the page's weight, and few unfold it.
    pub fn qr_image(&self) -> Option<String> {
        match &self.view.stage {
            Stage::Pay(pay) => {
                let label = self.frame.lang.text().rental.qr_label;
                Some(qr::svg(&pay.copy_paste, label))
            }
            _ => None,
        }
    }

    /// Stable ASCII text that changes whenever the fragment has something new to say.
    pub fn state_key(&self) -> String {
        self.view.state_key()
    }

    /// Nothing more will happen: streams close, reloads stop.
    pub fn is_final(&self) -> bool {
        self.view.is_final()
    }

    /// Seconds after which the page may have changed without anything having happened.
    pub fn look_again_seconds(&self) -> Option<u64> {
        match &self.view.stage {
            Stage::Paid { carry, .. } => Some(if carry.is_some() { 5 } else { 2 }),
            _ => None,
        }
    }

    fn title(&self) -> String {
        let t = &self.frame.lang.text().rental;
        let amount = self.frame.money(&self.view.deposit);
        match &self.view.stage {
            Stage::Preparing => t.preparing.to_owned(),
            Stage::Pay(_) => (t.pay)(&amount),
            Stage::Paid { .. } => t.paid.to_owned(),
            Stage::Silent { .. } => t.silent.to_owned(),
            Stage::Open { bay, .. } => (t.open)(bay),
            Stage::Out { .. } => t.out.to_owned(),
            Stage::Abandoned { brought: None, .. } => t.abandoned.to_owned(),
            Stage::Abandoned { .. } => self.frame.lang.text().rescue.back_title.to_owned(),
            Stage::Rescued(_) => self.frame.lang.text().rescue.rescued_title.to_owned(),
            Stage::Returned(_) => t.returned.to_owned(),
            Stage::Closed(receipt) => (t.closed)(&self.frame.money(&receipt.refund.amount)),
            Stage::Expired { .. } => t.expired.to_owned(),
            Stage::Cancelled { reason, .. } => (t.cancelled)(reason).to_owned(),
        }
    }

    /// What a screen reader says when this state arrives: the title, and the one thing to do.
    fn announcement(&self) -> String {
        let t = &self.frame.lang.text().rental;
        match &self.view.stage {
            Stage::Open { .. } => format!("{}. {}.", self.title(), t.open_do),
            Stage::Paid {
                carry: Some(carry), ..
            } => format!(
                "{}. {}",
                self.title(),
                (self.frame.lang.text().carry.why)(&carry.why)
            ),
            Stage::Paid { bay: Some(bay), .. } => {
                format!("{}. {}.", self.title(), (t.paid_opening)(bay))
            }
            _ => self.title(),
        }
    }

    /// Seconds a page without scripts waits before it asks again; the server then holds the answer.
    fn reload_seconds(&self) -> u32 {
        match self.view.stage {
            Stage::Silent { .. }
            | Stage::Out { .. }
            | Stage::Abandoned { .. }
            | Stage::Rescued(_) => 15,
            _ => 2,
        }
    }

    /// The step of the progress list that is current, from 1; 5 when all are done.
    fn step(&self) -> Option<usize> {
        match &self.view.stage {
            Stage::Preparing | Stage::Pay(_) => Some(1),
            Stage::Paid { .. } | Stage::Silent { .. } | Stage::Open { .. } => Some(2),
            Stage::Out { .. } => Some(3),
            Stage::Returned(_) => Some(4),
            Stage::Closed(_) => Some(5),
            Stage::Abandoned { .. }
            | Stage::Rescued(_)
            | Stage::Expired { .. }
            | Stage::Cancelled { .. } => None,
        }
    }

    fn wait(&self, brought: &BroughtView) -> String {
        let w = &self.frame.lang.text().rescue;
        match brought.wait {
            BroughtWait::Claim(until) => (w.back_claim)(&self.frame.when(&until)),
            BroughtWait::Nobody => w.back_nobody.to_owned(),
            BroughtWait::Person => w.back_person.to_owned(),
        }
    }

    fn may_type_code(&self, brought: &BroughtView) -> bool {
        matches!(brought.wait, BroughtWait::Claim(_))
    }

    fn outside(&self, reason: &OutsideReason) -> String {
        reason.words(&self.frame)
    }

    fn left_ms(&self, until_ms: &UnixMs) -> i64 {
        until_ms.since(self.frame.now_ms).max(0)
    }

    fn left(&self, until_ms: &UnixMs) -> String {
        time::remaining(self.left_ms(until_ms))
    }

    fn qr(&self, text: &str, label: &str) -> String {
        qr::svg(text, label)
    }
}
