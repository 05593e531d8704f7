//! The simulated dock as a picture to play with.

use super::dock::Answer;
use super::text::dock::{self as words, DockText};
use super::text::{self, Text};
use super::{BASE_CSS, Cart, Frame, LIVE_JS, SIMULATOR_CSS, SIMULATOR_JS};
use crate::ui::frame::html;
use crate::ui::{Lang, assets, qr};
use askama::Template;
use shared::dock::{Lamp, Sound};
use shared::enrol::BayKind;
use shared::ids::BayNo;

pub const PATH: &str = "/simulator";

/// Everything in the picture.
#[derive(Debug, Clone)]
pub struct Simulator {
    pub lang: Lang,
    /// None before enrolment.
    pub place: Option<Place>,
    pub bays: Vec<Bay>,
    /// Whether the dock's network cable is in.
    pub plugged: bool,
    pub hand: Vec<Cart>,
    /// Names of the docks a cart can be taken to, in the order of their index in forms.
    pub neighbours: Vec<String>,
    /// Codes of all faults that can be injected.
    pub fault_codes: Vec<&'static str>,
}

#[derive(Debug, Clone)]
pub struct Place {
    pub store_name: String,
    pub dock_name: String,
    /// The customer's page of this dock.
    pub dock_url: String,
}

#[derive(Debug, Clone)]
pub struct Bay {
    pub bay: BayNo,
    pub kind: BayKind,
    pub capacity: u16,
    /// The cart at the mouth is the last.
    pub carts: Vec<Cart>,
    pub cart_at_mouth: bool,
    pub bolt_engaged: bool,
    pub pullable: bool,
    pub lamp: Lamp,
    pub sounds: u64,
    pub last_sound: Option<Sound>,
    /// Codes of the active faults.
    pub faults: Vec<&'static str>,
}

/// What only one visit of the page shows.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    /// The cart that the visitor brings along from another dock.
    pub arriving: Option<Cart>,
    /// Code of the refusal that the last form ran into.
    pub refused: Option<String>,
}

impl Simulator {
    /// The whole page; `seen` is what the live stream calls this state.
    pub fn page(&self, visit: &Visit, seen: &str) -> String {
        let (lang, path) = (self.lang, PATH);
        html(&Page {
            frame: Frame { lang, path, seen },
            t: self.text(),
            d: words::text(lang),
            view: self,
            visit,
            live: self.live(),
        })
    }

    /// The part that changes, as HTML.
    pub fn live(&self) -> String {
        html(&Live {
            t: self.text(),
            view: self,
        })
    }

    /// Whether a cart with this tag is here, docked or in hand.
    pub fn has(&self, cart: &Cart) -> bool {
        self.known_carts().any(|known| known == cart)
    }

    fn text(&self) -> &'static Text {
        text::text(self.lang)
    }

    fn dock_name(&self) -> &str {
        self.place
            .as_ref()
            .map_or(self.text().simulator_title, |place| &place.dock_name)
    }

    fn holds_cart(&self) -> bool {
        !self.hand.is_empty()
    }

    /// Every cart here, for the choice of a tag.
    fn known_carts(&self) -> impl Iterator<Item = &Cart> {
        self.bays
            .iter()
            .flat_map(|bay| &bay.carts)
            .chain(&self.hand)
    }

    fn faults_active(&self) -> bool {
        self.bays.iter().any(|bay| !bay.faults.is_empty())
    }
}

impl Bay {
    fn lane(&self) -> bool {
        self.kind == BayKind::Lane
    }

    fn full(&self) -> bool {
        self.carts.len() >= usize::from(self.capacity)
    }

    fn mouth(&self) -> Option<&Cart> {
        self.carts.last().filter(|_| self.cart_at_mouth)
    }

    fn rolling(&self) -> bool {
        !self.carts.is_empty() && !self.cart_at_mouth
    }

    fn lamp_code(&self) -> &'static str {
        match self.lamp {
            Lamp::Off => "off",
            Lamp::Ready => "ready",
            Lamp::Locate => "locate",
            Lamp::Open => "open",
            Lamp::Reading => "reading",
            Lamp::Accepted => "accepted",
            Lamp::Attention => "attention",
            Lamp::OutOfService => "out",
        }
    }

    fn sound_code(&self) -> &'static str {
        match self.last_sound {
            None => "",
            Some(Sound::Open) => "open",
            Some(Sound::Accepted) => "accepted",
            Some(Sound::Attention) => "attention",
        }
    }

    fn kind_text(&self, t: &Text) -> String {
        match self.kind {
            BayKind::Slot => t.slot.to_owned(),
            BayKind::Lane => (t.lane)(self.carts.len(), self.capacity),
        }
    }

    fn content_text(&self, t: &Text) -> String {
        match self.mouth() {
            Some(cart) => format!("{} {}", t.cart, cart.name()),
            None if self.rolling() => t.rolling.to_owned(),
            None => t.empty.to_owned(),
        }
    }

    fn lamp_text(&self, t: &Text) -> &'static str {
        (t.lamp)(self.lamp)
    }

    /// A caption stays while the lamp still says the same.
    fn captioned(&self) -> bool {
        matches!(
            (self.last_sound, self.lamp),
            (Some(Sound::Open), Lamp::Open)
                | (Some(Sound::Accepted), Lamp::Accepted)
                | (Some(Sound::Attention), Lamp::Attention | Lamp::OutOfService)
        )
    }

    fn sound_text(&self, t: &Text) -> &'static str {
        self.last_sound.map_or("", |sound| (t.sound)(sound))
    }
}

#[derive(Template)]
#[template(path = "edge/simulator.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'a Text,
    d: &'a DockText,
    view: &'a Simulator,
    visit: &'a Visit,
    live: String,
}

#[derive(Template)]
#[template(path = "edge/simulator_live.html")]
struct Live<'a> {
    t: &'a Text,
    view: &'a Simulator,
}

impl Live<'_> {
    fn fault_name(&self, code: &'static str) -> &'static str {
        text::fault(self.view.lang, code)
    }

    fn qr(&self, url: &str) -> String {
        qr::svg(url, self.t.customer_qr)
    }

    fn take_to(&self, name: &str) -> String {
        (self.t.take_to)(name)
    }
}

impl Page<'_> {
    fn refused_text(&self) -> String {
        let Some(code) = self.visit.refused.as_deref() else {
            return String::new();
        };
        let answer = Answer::from_code(code);
        match answer.is_known(self.view.lang) {
            true => answer.words(self.view.lang),
            false => (self.t.refused)(code).to_owned(),
        }
    }

    fn arrived_text(&self, cart: &Cart) -> String {
        (self.t.arrived)(&cart.name())
    }
}
