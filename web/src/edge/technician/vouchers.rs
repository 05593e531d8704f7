//! Vouchers of a raffle, for whoever hands the goods over: works without internet.

use super::{Section, Shell, Tab};
use crate::edge::text::vouchers::{Words, words};
use crate::ui::frame::html;
use crate::ui::money;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// Where a code is looked up.
pub const PATH: &str = "/tech/vouchers";

/// Where the goods are said to be handed over.
pub const REDEEM_PATH: &str = "/tech/vouchers/redeem";

/// Letters and digits of a code, blanks and dashes included, and a slip of the finger.
pub const CODE_CHARS_MAX: usize = 64;

#[derive(Debug, Clone)]
pub struct Vouchers {
    pub shell: Shell,
    /// Lent to this gateway by the list in use; none where there is no list.
    pub lent: Option<usize>,
    /// The code as it was typed, and what it is worth; none on the empty page.
    pub asked: Option<(String, Found)>,
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// `doubtful`: the clock is not the cloud's, and only certainly lapsed vouchers are refused.
    Good {
        amount: Centavos,
        lapses_ms: UnixMs,
        doubtful: bool,
    },
    Done {
        amount: Centavos,
    },
    /// Here, at this moment.
    Before {
        amount: Centavos,
        at_ms: UnixMs,
    },
    LockedOut,
    NoList,
    Salvaged,
    Unknown,
    Lapsed {
        lapses_ms: UnixMs,
    },
    StorageFull,
    /// Too long, or nothing at all.
    Unreadable,
    /// The gateway is not enrolled, or on its way out.
    Closed,
}

impl Vouchers {
    pub fn page(&self) -> String {
        let v = words(self.shell.lang);
        let rest = html(&Till { v, view: self });
        self.shell.page(Section {
            tab: Tab::Vouchers,
            title: v.title,
            path: PATH,
            live: None,
            rest,
        })
    }
}

#[derive(Template)]
#[template(path = "edge/tech_vouchers.html")]
struct Till<'a> {
    v: &'a Words,
    view: &'a Vouchers,
}

impl Till<'_> {
    fn money(&self, amount: &Centavos) -> String {
        money::money(*amount, self.view.shell.lang)
    }

    fn lent(&self) -> String {
        match self.view.lent {
            None => self.v.no_list.to_owned(),
            Some(count) => (self.v.lent)(count),
        }
    }

    fn typed(&self) -> &str {
        match &self.view.asked {
            // What is settled gives way to the next code.
            None | Some((_, Found::Done { .. })) => "",
            Some((typed, _)) => typed,
        }
    }

    /// Why nothing is handed over; none where something is.
    fn refusal(&self, found: &Found) -> Option<String> {
        let v = self.v;
        Some(match found {
            Found::Good { .. } | Found::Done { .. } => return None,
            Found::Before { amount, at_ms } => {
                (v.before)(&self.money(amount), &self.view.shell.stamp(at_ms))
            }
            Found::Lapsed { lapses_ms } => (v.lapsed)(&self.view.shell.stamp(lapses_ms)),
            Found::LockedOut => v.locked_out.to_owned(),
            Found::NoList => v.no_list.to_owned(),
            Found::Salvaged => v.salvaged.to_owned(),
            Found::Unknown => v.unknown.to_owned(),
            Found::StorageFull => v.storage_full.to_owned(),
            Found::Unreadable => v.unreadable.to_owned(),
            Found::Closed => v.closed.to_owned(),
        })
    }
}
