//! What forms ask for.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldKey {
    Name,
    Mode,
    Stores,
    OpensAt,
    ClosesAt,
    GraceHours,
    ExtractionNumber,
    ExtractionAt,
    Prizes,
    EntriesMax,
    Alternates,
    PromoterName,
    PromoterDocument,
    Certificate,
    OwnershipOn,
    OwnershipDocument,
    Confirm,
    Signature,
    PrizeOne,
    PrizeTwo,
    PrizeThree,
    PrizeFour,
    PrizeFive,
    Source,
    Evidence,
    Replaces,
    Reason,
    Position,
    Code,
    Rank,
    DeliveredOn,
    Document,
    Protocol,
    DarfDocument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Line,
    Number,
    /// Five digits with leading zeros.
    Digits,
    /// `datetime-local`
    Moment,
    Day,
    Area,
    One,
    Many,
    Tick,
}

impl FieldKey {
    /// Its name in the form.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Mode => "mode",
            Self::Stores => "stores",
            Self::OpensAt => "opens_at",
            Self::ClosesAt => "closes_at",
            Self::GraceHours => "grace_hours",
            Self::ExtractionNumber => "extraction_number",
            Self::ExtractionAt => "extraction_at",
            Self::Prizes => "prizes",
            Self::EntriesMax => "entries_max",
            Self::Alternates => "alternates",
            Self::PromoterName => "promoter_name",
            Self::PromoterDocument => "promoter_document",
            Self::Certificate => "certificate",
            Self::OwnershipOn => "ownership_on",
            Self::OwnershipDocument => "ownership_document",
            Self::Confirm => "confirm",
            Self::Signature => "signature",
            Self::PrizeOne => "prize_one",
            Self::PrizeTwo => "prize_two",
            Self::PrizeThree => "prize_three",
            Self::PrizeFour => "prize_four",
            Self::PrizeFive => "prize_five",
            Self::Source => "source",
            Self::Evidence => "evidence",
            Self::Replaces => "replaces",
            Self::Reason => "reason",
            Self::Position => "position",
            Self::Code => "code",
            Self::Rank => "rank",
            Self::DeliveredOn => "delivered_on",
            Self::Document => "document",
            Self::Protocol => "protocol",
            Self::DarfDocument => "darf_document",
        }
    }

    pub fn kind(self) -> FieldKind {
        match self {
            Self::OpensAt | Self::ClosesAt | Self::ExtractionAt => FieldKind::Moment,
            Self::OwnershipOn | Self::DeliveredOn => FieldKind::Day,
            Self::Prizes | Self::Evidence | Self::Reason | Self::Signature => FieldKind::Area,
            Self::Mode | Self::Code | Self::Rank | Self::Replaces => FieldKind::One,
            Self::Stores => FieldKind::Many,
            Self::Confirm => FieldKind::Tick,
            Self::GraceHours | Self::EntriesMax | Self::Alternates | Self::Position => {
                FieldKind::Number
            }
            Self::PrizeOne
            | Self::PrizeTwo
            | Self::PrizeThree
            | Self::PrizeFour
            | Self::PrizeFive => FieldKind::Digits,
            Self::Name
            | Self::ExtractionNumber
            | Self::PromoterName
            | Self::PromoterDocument
            | Self::Certificate
            | Self::OwnershipDocument
            | Self::Source
            | Self::Document
            | Self::Protocol
            | Self::DarfDocument => FieldKind::Line,
        }
    }

    /// Characters that are taken.
    pub fn chars_max(self) -> u32 {
        match self {
            Self::Prizes | Self::Evidence => 4_000,
            Self::Reason => 500,
            Self::Signature => 96,
            Self::PrizeOne
            | Self::PrizeTwo
            | Self::PrizeThree
            | Self::PrizeFour
            | Self::PrizeFive => 5,
            Self::GraceHours | Self::EntriesMax | Self::Alternates => 4,
            Self::Position => 7,
            Self::PromoterDocument => 18,
            _ => 120,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manager::FormAction;
    use crate::ui::Lang;
    use std::collections::BTreeSet;

    #[test]
    fn every_form_is_found_by_its_address_and_asks_each_thing_once() {
        for action in FormAction::ALL {
            assert_eq!(FormAction::from_verb(action.verb()), Some(action));
            let names: BTreeSet<&str> = action.fields().iter().map(|key| key.key()).collect();
            assert_eq!(names.len(), action.fields().len(), "{action:?}");
        }
        assert_eq!(FormAction::from_verb("redraw"), None);
    }

    #[test]
    fn every_field_that_is_asked_has_its_words() {
        for lang in [Lang::Pt, Lang::En] {
            let words = &lang.text().campaigns;
            let asked = FormAction::ALL.iter().flat_map(|action| action.fields());
            for key in asked {
                assert!(!(words.label)(key).is_empty(), "{key:?}");
                let ticked = key.kind() == FieldKind::Tick;
                assert_eq!((words.help)(key).is_empty(), ticked, "{key:?}");
            }
        }
    }
}
