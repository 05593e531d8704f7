//! What a payer is told outside the pages, over which channel, and when it may ring.
//!
//! ```text
//! said once a rental, kind and channel ──> waiting ──the channel accepts──> told
//!                                            │ quiet hours, failures: later
//!                                            └──nothing can or need be sent──> ended, with a reason
//! ```
//!
//! Invariant: a notice is told at least once or ended with a reason; none is lost silently. Told is
//! what a channel accepted: nobody knows what a person has read.

use crate::rescue::Told;
use shared::time::UnixMs;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A notice that says what is over is news for a week; then the rental's page is the better place.
pub const NEWS_MS: i64 = 7 * DAY_MS;

/// What is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The rental may be called abandoned at `at_ms`, or later.
    AbandonmentNear {
        at_ms: UnixMs,
    },
    Abandoned,
    /// The payer brought the cart late: the deposit goes back, without an entry.
    LateReturnRefunded,
    /// The cart of an abandoned rental came back, and nobody said who had found it.
    CartBackUnclaimed,
    /// Somebody else brought the cart and was rewarded.
    Rescued,
    /// What came of the payer's objection. Upheld: the deposit goes back.
    ContestDecided {
        upheld: bool,
    },
    /// The bank cannot give back what is owed: it needs a key of the payer's.
    PayoutKeyNeeded,
    /// The entry of this return won a prize.
    PrizeWon,
}

/// The name of what is told; a rental is told of each once a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    AbandonmentNear,
    Abandoned,
    LateReturnRefunded,
    CartBackUnclaimed,
    Rescued,
    ContestUpheld,
    ContestRefused,
    PayoutKeyNeeded,
    PrizeWon,
}

impl Notice {
    pub fn kind(&self) -> Kind {
        match self {
            Self::AbandonmentNear { .. } => Kind::AbandonmentNear,
            Self::Abandoned => Kind::Abandoned,
            Self::LateReturnRefunded => Kind::LateReturnRefunded,
            Self::CartBackUnclaimed => Kind::CartBackUnclaimed,
            Self::Rescued => Kind::Rescued,
            Self::ContestDecided { upheld: true } => Kind::ContestUpheld,
            Self::ContestDecided { upheld: false } => Kind::ContestRefused,
            Self::PayoutKeyNeeded => Kind::PayoutKeyNeeded,
            Self::PrizeWon => Kind::PrizeWon,
        }
    }

    /// The moment it speaks of.
    pub fn about_ms(&self) -> Option<UnixMs> {
        match self {
            Self::AbandonmentNear { at_ms } => Some(*at_ms),
            _ => None,
        }
    }
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::AbandonmentNear,
        Self::Abandoned,
        Self::LateReturnRefunded,
        Self::CartBackUnclaimed,
        Self::Rescued,
        Self::ContestUpheld,
        Self::ContestRefused,
        Self::PayoutKeyNeeded,
        Self::PrizeWon,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AbandonmentNear => "abandonment_near",
            Self::Abandoned => "abandoned",
            Self::LateReturnRefunded => "late_return_refunded",
            Self::CartBackUnclaimed => "cart_back_unclaimed",
            Self::Rescued => "rescued",
            Self::ContestUpheld => "contest_upheld",
            Self::ContestRefused => "contest_refused",
            Self::PayoutKeyNeeded => "payout_key_needed",
            Self::PrizeWon => "prize_won",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Mail,
    /// Web Push to a browser that allowed it.
    Push,
    /// The shop's own messenger, behind a webhook.
    Messenger,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Mail, Self::Push, Self::Messenger];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Push => "push",
            Self::Messenger => "messenger",
        }
    }

    /// Whether it may wake somebody. Mail lies in its box until it is looked for.
    pub fn rings(self) -> bool {
        match self {
            Self::Mail => false,
            Self::Push | Self::Messenger => true,
        }
    }
}

/// Hours in which nothing rings, in minutes of the shop's day, the first included and the last not.
/// `from` after `until`: over midnight. Both the same: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    pub from_minute: u16,
    pub until_minute: u16,
}

/// When a notice may be sent that is due `now`, where the shop's clock is ahead of universal time by
/// `offset_ms` (behind it: negative). Where the offset changes before that moment, the moment is asked
/// again when it comes.
pub fn due(now: UnixMs, offset_ms: i64, channel: Channel, quiet: Quiet) -> UnixMs {
    if !channel.rings() {
        return now;
    }
    let of_day = (now.0 + offset_ms).rem_euclid(DAY_MS);
    let from = i64::from(quiet.from_minute) * MINUTE_MS;
    let until = i64::from(quiet.until_minute) * MINUTE_MS;
    let is_quiet = if from <= until {
        (from..until).contains(&of_day)
    } else {
        of_day >= from || of_day < until
    };
    if is_quiet {
        now.plus((until - of_day).rem_euclid(DAY_MS))
    } else {
        now
    }
}

/// Why a notice ended untold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// What it warns of happened, or cannot happen any more.
    Overtaken,
    /// It is no news any more.
    TooOld,
    /// The payer took the contact back, or it was forgotten.
    ContactGone,
    /// The channel says that nobody can be reached by the contact.
    Unreachable,
}

impl Ended {
    pub const ALL: [Self; 4] = [
        Self::Overtaken,
        Self::TooOld,
        Self::ContactGone,
        Self::Unreachable,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overtaken => "overtaken",
            Self::TooOld => "too_old",
            Self::ContactGone => "contact_gone",
            Self::Unreachable => "unreachable",
        }
    }
}

/// Where one notice stands on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Told { at_ms: UnixMs },
    Ended { why: Ended },
}

/// Whether a notice is still worth sending. A warning is, as long as what it warns of lies ahead
/// (`ahead`), however late it became; anything else for a week. None: it is.
pub fn spent(kind: Kind, created_ms: UnixMs, ahead: bool, now: UnixMs) -> Option<Ended> {
    match kind {
        Kind::AbandonmentNear => (!ahead).then_some(Ended::Overtaken),
        _ => (now.since(created_ms) > NEWS_MS).then_some(Ended::TooOld),
    }
}

/// Whether the payer knows: `said` is how the notice stands on each channel it was recorded for, and
/// `more` whether there is a contact for which it was not. Where every way has ended, nothing can be
/// sent; a failure of ours ends none.
pub fn standing(said: &[State], more: bool) -> Told {
    let told = said.iter().filter_map(|state| match state {
        State::Told { at_ms } => Some(*at_ms),
        _ => None,
    });
    match told.min() {
        Some(first) => Told::At(first),
        None if more || said.contains(&State::Waiting) => Told::NotYet,
        None => Told::NoChannel,
    }
}

#[cfg(test)]
mod tests;
