//! Why a step is not taken.

use crate::raffle::beacon::BeaconRefused;
use crate::raffle::result::RecordRefused;

/// In order of precedence: of several, the first is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Rejection {
    #[error("the campaign is not at the stage for this step")]
    WrongStage,
    #[error("before the date that the rules set for this step")]
    TooEarly,
    #[error("after the date until which this step may be taken")]
    TooLate,
    #[error("the rules are not complete or not lawful")]
    RulesRefused,
    #[error("the ownership of the prizes was not proven eight days before the draw")]
    OwnershipLate,
    #[error("a campaign that people take part in is not withdrawn")]
    ReasonNotTaken,
    #[error("two different members of the staff must agree")]
    SamePerson,
    #[error("the list is already shuffled")]
    AlreadyShuffled,
    #[error("the list is not shuffled yet")]
    NotShuffled,
    #[error("a prize is delivered: the result is not touched any more")]
    AlreadyDelivered,
    #[error("between the extraction and the draw nobody is disqualified")]
    AwaitDraw,
    #[error("not the key that the rules name")]
    OtherKey,
    #[error("not the list that was approved or committed to")]
    OtherEntries,
    #[error(transparent)]
    Beacon(BeaconRefused),
    #[error("two sources, or two people with evidence, must tell the numbers")]
    SourcesTooFew,
    #[error("the sources do not tell the same numbers, or not of the same extraction")]
    SourcesDisagree,
    #[error(transparent)]
    Record(RecordRefused),
    #[error("no extraction so far gave a number that an entry holds")]
    Undecided,
    #[error("the rules publish no such code")]
    UnknownCode,
    #[error("no entry holds this position")]
    UnknownPosition,
    #[error("the entry is already disqualified")]
    AlreadyDisqualified,
    #[error("the entry holds no prize and does not stand by")]
    NoPlace,
    #[error("no prize of this rank")]
    UnknownPrize,
    #[error("nobody won this prize")]
    NoWinner,
    #[error("the prize is already settled")]
    AlreadySettled,
    #[error("a prize is not settled yet")]
    Unsettled,
    #[error("the authority's number is missing")]
    ProtocolMissing,
}

impl Rejection {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongStage => "wrong_stage",
            Self::TooEarly => "too_early",
            Self::TooLate => "too_late",
            Self::RulesRefused => "rules_refused",
            Self::OwnershipLate => "ownership_late",
            Self::ReasonNotTaken => "reason_not_taken",
            Self::SamePerson => "same_person",
            Self::OtherKey => "other_key",
            Self::OtherEntries => "other_entries",
            Self::AlreadyShuffled => "already_shuffled",
            Self::NotShuffled => "not_shuffled",
            Self::Beacon(BeaconRefused::WrongRound) => "beacon_wrong_round",
            Self::Beacon(BeaconRefused::Forged) => "beacon_forged",
            Self::Beacon(BeaconRefused::StillExpected) => "beacon_still_expected",
            Self::SourcesTooFew => "sources_too_few",
            Self::SourcesDisagree => "sources_disagree",
            Self::AlreadyDelivered => "already_delivered",
            Self::Record(RecordRefused::Kind) => "record_kind",
            Self::Record(RecordRefused::Sources) => "record_sources",
            Self::Record(RecordRefused::TooEarly) => "record_too_early",
            Self::Record(RecordRefused::Replaces) => "record_replaces",
            Self::Record(RecordRefused::AlreadyDecided) => "record_already_decided",
            Self::Record(RecordRefused::Extraction) => "record_extraction",
            Self::Record(RecordRefused::Reason) => "record_reason",
            Self::Undecided => "undecided",
            Self::AwaitDraw => "await_draw",
            Self::UnknownCode => "unknown_code",
            Self::UnknownPosition => "unknown_position",
            Self::AlreadyDisqualified => "already_disqualified",
            Self::NoPlace => "no_place",
            Self::UnknownPrize => "unknown_prize",
            Self::NoWinner => "no_winner",
            Self::AlreadySettled => "already_settled",
            Self::Unsettled => "unsettled",
            Self::ProtocolMissing => "protocol_missing",
        }
    }
}

impl From<BeaconRefused> for Rejection {
    fn from(why: BeaconRefused) -> Self {
        Self::Beacon(why)
    }
}

impl From<RecordRefused> for Rejection {
    fn from(why: RecordRefused) -> Self {
        Self::Record(why)
    }
}
