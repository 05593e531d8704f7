use crate::ui::{Lang, Zone, money, time};
use shared::money::Centavos;
use shared::time::UnixMs;

/// What a page knows about its reader, wherever it stands.
#[derive(Debug, Clone)]
pub struct Frame {
    pub lang: Lang,
    /// The wall clock that times on the page are written in.
    pub zone: Zone,
    pub now_ms: UnixMs,
    /// This page's own path without query, such as `/d/NORTE`; the language link returns to it.
    pub path: String,
}

impl Frame {
    pub fn money(&self, amount: &Centavos) -> String {
        money::money(*amount, self.lang)
    }

    pub fn count(&self, number: &u64) -> String {
        money::count(*number, self.lang)
    }

    pub fn clock(&self, ms: &UnixMs) -> String {
        time::clock(*ms, &self.zone)
    }

    pub fn clock_seconds(&self, ms: &UnixMs) -> String {
        time::clock_seconds(*ms, &self.zone)
    }

    pub fn date(&self, ms: &UnixMs) -> String {
        time::date(*ms, &self.zone, self.lang)
    }

    /// The clock, with the date unless it is today's.
    pub fn when(&self, ms: &UnixMs) -> String {
        time::when(*ms, self.now_ms, &self.zone, self.lang)
    }

    /// Date and clock, of what is read long before or after.
    pub fn dated(&self, ms: &UnixMs) -> String {
        time::dated(*ms, &self.zone, self.lang)
    }

    /// Date and clock to the second.
    pub fn stamp(&self, ms: &UnixMs) -> String {
        time::stamp(*ms, &self.zone, self.lang)
    }

    /// How long ago, in words of units.
    pub fn ago(&self, ms: &UnixMs) -> String {
        time::span(self.now_ms.since(*ms))
    }
}

/// Renders a template; a page that does not render would not have compiled.
#[cfg(any(feature = "cloud", feature = "edge"))]
pub(crate) fn html<T: askama::Template>(template: &T) -> String {
    template
        .render()
        .expect("a template writes to a String and calls nothing that fails")
}
