//! What a gateway records: one fact an event, in an envelope that names its place in the journal.

use crate::allowance::CardKey;
use crate::chain::{Hash, Head};
use crate::ids::{BayNo, GatewayId, GrantId, RentalId, TagUid};
use crate::money::Centavos;
use crate::octets::Octets;
use crate::time::{Stamp, UnixMs};
use crate::voucher::VoucherKey;
use crate::witness::Promise;
use serde::{Deserialize, Serialize};

/// The version of envelope this code writes and reads.
pub const ENVELOPE_VERSION: u8 = 1;

/// Characters of a text within a fact: escaped one by one they fill a sixth of a line.
const TEXT_CHARS_MAX: usize = 100;

/// One event as it stands in the signed text. `F` is [`Fact`], or something laxer where an event
/// of an unknown kind must still be placed in its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<F = Fact> {
    pub v: u8,
    pub gateway: GatewayId,
    /// 1 for the first event of a journal, then without gaps.
    pub seq: u64,
    /// Hash of the line before; for the first, the gateway's genesis hash.
    pub prev: Hash,
    pub at: Stamp,
    pub fact: F,
}

/// Something that happened at a dock. A new kind is added, an old one never changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    GatewayStarted {
        software: String,
    },
    /// The first event after a damaged journal was put together again. Lines after `last`, up to
    /// number `uncertain_to`, may have been written and lost; this event is numbered
    /// `uncertain_to + 1` and follows `last`, so that no number is ever used twice.
    JournalSalvaged {
        last: Head,
        uncertain_to: u64,
    },
    /// The grant is used up and the bolt is about to move.
    ReleaseStarted {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
    },
    /// A member's card opened the bay within its limits; grant and rental were born here.
    CardReleaseStarted {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
        card: CardKey,
        /// The allowance list that said so.
        allowance: u64,
    },
    /// The cart passed the reader, or the time was up and nothing proved that it did not: the rental
    /// has a cart. One that shows again docks, and so ends the rental.
    CartPulled {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
        tag: TagUid,
    },
    /// Nobody pulled in time: tag, presence and bolt say that the cart is behind its lock.
    ReleaseExpired {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
    },
    /// The bay could not open after the release was started, and the cart is behind its lock.
    ReleaseFailed {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
        fault: BayFault,
    },
    /// A part failed before the release ended, and nothing proves that the cart is still there:
    /// the deposit stays where it is until a person has looked.
    ReleaseUnclear {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
        fault: BayFault,
    },
    /// The grant was genuine but could not be honoured; nothing moved.
    GrantRefused {
        bay: BayNo,
        grant: GrantId,
        rental: RentalId,
        reason: GrantRefusal,
    },
    /// Tag, bolt and presence agreed for the whole settling time: the cart is back.
    CartDocked {
        bay: BayNo,
        tag: TagUid,
    },
    /// Something was put in the bay, and the sensors disagree about what.
    DockingContradicted {
        bay: BayNo,
        tag: Option<TagUid>,
        contradiction: Contradiction,
    },
    /// A cart left without a release.
    CartLeft {
        bay: BayNo,
        tag: TagUid,
    },
    BayFaulted {
        bay: BayNo,
        fault: BayFault,
    },
    BayRecovered {
        bay: BayNo,
    },
    /// A cart was put in, or taken out, while a technician serviced the dock: nobody's return.
    CartPlaced {
        bay: BayNo,
        tag: TagUid,
    },
    CartTaken {
        bay: BayNo,
        tag: TagUid,
    },
    /// Somebody signed in at the gateway's own page did something.
    TechnicianActed {
        by: Technician,
        action: TechnicianAction,
    },
    /// Goods were handed over for a voucher that was lent to this gateway: it serves no more.
    VoucherRedeemed {
        voucher: VoucherKey,
        amount_centavos: Centavos,
        by: Technician,
        /// The list that lent it.
        allowance: u64,
    },
    /// The cloud's commitment to a raffle's list of entries, seen here for the first time.
    CommitmentWitnessed {
        /// The campaign's name, as the cloud told it.
        name: String,
        promise: Promise,
        seen_ms: UnixMs,
        /// This gateway's own signature over the commitment and the time.
        witness: Octets<64>,
    },
    /// The cloud signed two commitments for one campaign. `held` was co-signed, `shown` never is.
    CommitmentContradicted {
        held: Promise,
        shown: Promise,
        seen_ms: UnixMs,
    },
}

/// Who acted at the gateway's page: a name from the allowance list, or whoever had a code of the
/// managers' site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Technician {
    Key(String),
    Code,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TechnicianAction {
    SignedIn,
    SignedOut,
    /// Too many wrong answers: the page is locked for a while. `by` is then meaningless.
    LockedOut,
    BayLocated {
        bay: BayNo,
    },
    SyncAsked,
    ServiceBegan,
    /// Also by itself, when nobody did anything for long.
    ServiceEnded,
    TestBegan {
        bay: BayNo,
    },
    TestEnded {
        bay: BayNo,
        verdict: TestVerdict,
    },
    DiagnosticsTaken,
    ReEnrolled,
}

/// What the guided test of a bay found, the first failed step where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestVerdict {
    Passed,
    Abandoned,
    Lamp,
    Sound,
    Bolt,
    Presence,
    Reader,
}

/// What an event is worth when room runs out: telemetry goes first, returns last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactClass {
    Return,
    Release,
    Telemetry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BayFault {
    /// The bolt did not leave its closed position when driven.
    BoltStuckClosed,
    /// The bolt did not come back to its closed position.
    BoltStuckOpen,
    /// The tag reader stopped answering.
    ReaderDeaf,
    /// The lock's driver reported an error.
    LockFailed,
    /// A sensor reported an error.
    SensorFailed,
    /// A part failed and healed again and again; the bay rests until it was quiet for long or a
    /// technician's test passed.
    Unreliable,
}

/// Why a genuine grant was not honoured, in the order in which the gateway checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantRefusal {
    UnknownBay,
    Expired,
    BayFaulted,
    BayEmpty,
    /// There is a cart, but no tag has named it.
    CartUnnamed,
    /// A technician services the dock.
    InService,
    /// What may be released without the cloud's word is used up for today.
    ExposureReached,
    /// The disk is full: only returns are still recorded.
    StorageFull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    TagWithoutCart,
    CartWithoutTag,
    BoltNotEngaged,
    TagInTwoBays,
}

impl Fact {
    /// The same fact with every text in it cut to what an event's line has room for, so that the line
    /// of any fact may be sent. Nothing that is entered in the usual ways is that long.
    #[must_use]
    pub fn fitted(mut self) -> Self {
        let text = match &mut self {
            Self::GatewayStarted { software } => software,
            Self::TechnicianActed {
                by: Technician::Key(name),
                ..
            }
            | Self::VoucherRedeemed {
                by: Technician::Key(name),
                ..
            } => name,
            Self::CommitmentWitnessed { name, .. } => name,
            _ => return self,
        };
        if let Some((end, _)) = text.char_indices().nth(TEXT_CHARS_MAX) {
            text.truncate(end);
        }
        self
    }

    pub fn bay(&self) -> Option<BayNo> {
        match self {
            Self::GatewayStarted { .. }
            | Self::JournalSalvaged { .. }
            | Self::VoucherRedeemed { .. }
            | Self::CommitmentWitnessed { .. }
            | Self::CommitmentContradicted { .. } => None,
            Self::TechnicianActed { action, .. } => action.bay(),
            Self::ReleaseStarted { bay, .. }
            | Self::CardReleaseStarted { bay, .. }
            | Self::CartPlaced { bay, .. }
            | Self::CartTaken { bay, .. }
            | Self::CartPulled { bay, .. }
            | Self::ReleaseExpired { bay, .. }
            | Self::ReleaseFailed { bay, .. }
            | Self::ReleaseUnclear { bay, .. }
            | Self::GrantRefused { bay, .. }
            | Self::CartDocked { bay, .. }
            | Self::DockingContradicted { bay, .. }
            | Self::CartLeft { bay, .. }
            | Self::BayFaulted { bay, .. }
            | Self::BayRecovered { bay } => Some(*bay),
        }
    }

    /// The rental a release event speaks of.
    pub fn rental(&self) -> Option<RentalId> {
        match self {
            Self::ReleaseStarted { rental, .. }
            | Self::CardReleaseStarted { rental, .. }
            | Self::CartPulled { rental, .. }
            | Self::ReleaseExpired { rental, .. }
            | Self::ReleaseFailed { rental, .. }
            | Self::ReleaseUnclear { rental, .. }
            | Self::GrantRefused { rental, .. } => Some(*rental),
            _ => None,
        }
    }

    /// The name of the kind as it stands in the signed text.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::GatewayStarted { .. } => "gateway_started",
            Self::JournalSalvaged { .. } => "journal_salvaged",
            Self::CardReleaseStarted { .. } => "card_release_started",
            Self::CartPlaced { .. } => "cart_placed",
            Self::CartTaken { .. } => "cart_taken",
            Self::TechnicianActed { .. } => "technician_acted",
            Self::ReleaseStarted { .. } => "release_started",
            Self::CartPulled { .. } => "cart_pulled",
            Self::ReleaseExpired { .. } => "release_expired",
            Self::ReleaseFailed { .. } => "release_failed",
            Self::ReleaseUnclear { .. } => "release_unclear",
            Self::GrantRefused { .. } => "grant_refused",
            Self::CartDocked { .. } => "cart_docked",
            Self::DockingContradicted { .. } => "docking_contradicted",
            Self::CartLeft { .. } => "cart_left",
            Self::BayFaulted { .. } => "bay_faulted",
            Self::BayRecovered { .. } => "bay_recovered",
            Self::VoucherRedeemed { .. } => "voucher_redeemed",
            Self::CommitmentWitnessed { .. } => "commitment_witnessed",
            Self::CommitmentContradicted { .. } => "commitment_contradicted",
        }
    }

    pub fn class(&self) -> FactClass {
        match self {
            Self::CartDocked { .. }
            | Self::DockingContradicted { .. }
            | Self::CartPlaced { .. }
            | Self::JournalSalvaged { .. } => FactClass::Return,
            Self::ReleaseStarted { .. }
            | Self::CardReleaseStarted { .. }
            | Self::CartPulled { .. }
            | Self::ReleaseExpired { .. }
            | Self::ReleaseFailed { .. }
            | Self::ReleaseUnclear { .. }
            | Self::GrantRefused { .. }
            | Self::CartLeft { .. }
            | Self::CartTaken { .. }
            | Self::VoucherRedeemed { .. }
            // Who opened a bay by hand is no less worth than who was let in.
            | Self::TechnicianActed { .. }
            // A witness who forgets is none.
            | Self::CommitmentWitnessed { .. }
            | Self::CommitmentContradicted { .. } => FactClass::Release,
            Self::GatewayStarted { .. } | Self::BayFaulted { .. } | Self::BayRecovered { .. } => {
                FactClass::Telemetry
            }
        }
    }
}

impl TechnicianAction {
    pub fn bay(&self) -> Option<BayNo> {
        match self {
            Self::BayLocated { bay } | Self::TestBegan { bay } | Self::TestEnded { bay, .. } => {
                Some(*bay)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_name_in_the_text() {
        let bay = BayNo::new(3).unwrap();
        let rental = RentalId::new(1, [2; 10]);
        let unclear = Fact::ReleaseUnclear {
            bay,
            grant: GrantId::new(1, [1; 10]),
            rental,
            fault: BayFault::LockFailed,
        };
        assert_eq!((unclear.bay(), unclear.rental()), (Some(bay), Some(rental)));
        for fact in [Fact::BayRecovered { bay }, unclear] {
            let text = serde_json::to_string(&fact).unwrap();
            let begin = format!("{{\"{}\":{{\"bay\":3", fact.kind());
            assert!(text.starts_with(&begin), "{text}");
        }
    }
}
