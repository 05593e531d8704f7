//! Every word of the gateway's pages. A message missing in a language does not compile.

pub mod dock;
mod en;
mod fault;
mod pt;
pub mod settings;
pub mod stranded;
pub mod technician;
pub mod vouchers;
pub mod witness;

use crate::ui::Lang;
use shared::dock::{Lamp, Sound};
use shared::event::{BayFault, Contradiction};
use shared::sync::BayState;

pub use fault::fault;

pub fn text(lang: Lang) -> &'static Text {
    match lang {
        Lang::Pt => &pt::TEXT,
        Lang::En => &en::TEXT,
    }
}

pub struct Text {
    pub skip: &'static str,
    pub live: &'static str,
    pub reconnecting: &'static str,
    pub customer_page: &'static str,
    pub customer_qr: &'static str,
    pub technician_page: &'static str,
    pub simulator_page: &'static str,

    pub simulator_title: &'static str,
    pub simulator_lead: &'static str,
    pub not_enrolled_yet: &'static str,
    pub bay: &'static str,
    pub slot: &'static str,
    pub lane: fn(usize, u16) -> String,
    pub empty: &'static str,
    pub rolling: &'static str,
    pub cart: &'static str,
    pub pull: &'static str,
    pub push_here: &'static str,
    pub full: &'static str,
    pub bolt_closed: &'static str,
    pub bolt_open: &'static str,
    pub sensor_cart: &'static str,
    pub sensor_none: &'static str,
    pub in_hand: &'static str,
    pub hands_empty: &'static str,
    pub choose_cart: &'static str,
    pub take_to: fn(&str) -> String,
    pub foreign: &'static str,
    pub bring_foreign: &'static str,
    pub arrived: fn(&str) -> String,
    pub put_down: &'static str,
    pub sound_on: &'static str,
    pub sound_off: &'static str,
    pub drag_hint: &'static str,
    pub faults: &'static str,
    pub faults_lead: &'static str,
    pub fault_kind: &'static str,
    pub fault_tag: &'static str,
    pub inject: &'static str,
    pub clear: &'static str,
    pub force: &'static str,
    pub force_lead: &'static str,
    pub clone: &'static str,
    pub clone_lead: &'static str,
    pub active_faults: &'static str,
    pub cable: &'static str,
    pub unplug: &'static str,
    pub unplugged: &'static str,
    pub plug: &'static str,
    pub lamp: fn(Lamp) -> &'static str,
    pub sound: fn(Sound) -> &'static str,
    pub refused: fn(&str) -> &'static str,

    pub status_title: &'static str,
    pub problems: &'static str,
    pub connection: &'static str,
    pub connected: &'static str,
    pub not_yet: &'static str,
    pub failing: fn(&str, u32) -> String,
    pub unreachable: &'static str,
    pub cloud_error: &'static str,
    pub gap: &'static str,
    pub fork: &'static str,
    pub revoked: &'static str,
    pub batch_refused: &'static str,
    pub last_ack: &'static str,
    pub never: &'static str,
    pub downlink: &'static str,
    pub downlink_up: &'static str,
    pub downlink_down: &'static str,
    pub backlog: &'static str,
    pub backlog_none: &'static str,
    pub backlog_some: fn(u64, &str) -> String,
    pub quarantined: &'static str,
    pub device: &'static str,
    pub enrol_code_missing: &'static str,
    pub enrol_asking: &'static str,
    pub enrol_unreachable: fn(&str) -> String,
    pub enrol_refused: &'static str,
    pub clock: &'static str,
    pub version: &'static str,
    pub boot: &'static str,
    pub gateway: &'static str,
    pub key: &'static str,
    pub cloud: &'static str,
    pub bays: &'static str,
    pub carts: &'static str,
    pub tag: &'static str,
    pub state: &'static str,
    pub shows: &'static str,
    pub event: &'static str,
    pub at: &'static str,
    pub bay_state: fn(BayState) -> &'static str,
    pub bay_fault: fn(BayFault) -> &'static str,
    pub contradiction: fn(Contradiction) -> &'static str,
    pub event_kind: fn(&str) -> &'static str,
}
