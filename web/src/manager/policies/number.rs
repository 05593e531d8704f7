//! The numbers of a policy: how each is named, counted, written and typed.

use crate::ui::{Lang, time};
use shared::money::Centavos;

/// One number of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyNumber {
    Deposit,
    PaymentWindow,
    GrantValid,
    DarkGrantWait,
    CardReleases,
    GatewayExposure,
    AbandonAfter,
    ClosesAt,
    ClosingGrace,
    NoticeLead,
    FinderShare,
    ClaimValid,
    ClaimsPerCpf,
    ClaimsPerKey,
    PayoutDelay,
    PairReturns,
    PairWindow,
}

/// What a number counts, and so how it is written and typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Stored in centavos, typed in reais.
    Money,
    /// Stored in hundredths, typed in percent.
    Percent,
    /// Stored as the minute of the day, typed as a clock.
    Clock,
    Seconds,
    Minutes,
    Hours,
    Days,
    Times,
}

/// Numbers that are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyGroup {
    Taking,
    Offline,
    Abandoning,
    Finding,
}

impl PolicyNumber {
    pub const ALL: [Self; 17] = [
        Self::Deposit,
        Self::PaymentWindow,
        Self::GrantValid,
        Self::DarkGrantWait,
        Self::CardReleases,
        Self::GatewayExposure,
        Self::AbandonAfter,
        Self::ClosesAt,
        Self::ClosingGrace,
        Self::NoticeLead,
        Self::FinderShare,
        Self::ClaimValid,
        Self::ClaimsPerCpf,
        Self::ClaimsPerKey,
        Self::PayoutDelay,
        Self::PairReturns,
        Self::PairWindow,
    ];

    /// Its name in forms and anchors.
    pub fn key(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::PaymentWindow => "payment-window",
            Self::GrantValid => "grant-valid",
            Self::DarkGrantWait => "dark-grant-wait",
            Self::CardReleases => "card-releases",
            Self::GatewayExposure => "gateway-exposure",
            Self::AbandonAfter => "abandon-after",
            Self::ClosesAt => "closes-at",
            Self::ClosingGrace => "closing-grace",
            Self::NoticeLead => "notice-lead",
            Self::FinderShare => "finder-share",
            Self::ClaimValid => "claim-valid",
            Self::ClaimsPerCpf => "claims-per-cpf",
            Self::ClaimsPerKey => "claims-per-key",
            Self::PayoutDelay => "payout-delay",
            Self::PairReturns => "pair-returns",
            Self::PairWindow => "pair-window",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Deposit | Self::GatewayExposure => Unit::Money,
            Self::PaymentWindow | Self::GrantValid | Self::DarkGrantWait => Unit::Seconds,
            Self::CardReleases | Self::ClaimsPerCpf | Self::ClaimsPerKey | Self::PairReturns => {
                Unit::Times
            }
            Self::AbandonAfter | Self::ClosingGrace | Self::NoticeLead | Self::ClaimValid => {
                Unit::Minutes
            }
            Self::ClosesAt => Unit::Clock,
            Self::FinderShare => Unit::Percent,
            Self::PayoutDelay => Unit::Hours,
            Self::PairWindow => Unit::Days,
        }
    }

    pub(super) fn group(self) -> PolicyGroup {
        match self {
            Self::Deposit | Self::PaymentWindow | Self::GrantValid | Self::DarkGrantWait => {
                PolicyGroup::Taking
            }
            Self::CardReleases | Self::GatewayExposure => PolicyGroup::Offline,
            Self::AbandonAfter | Self::ClosesAt | Self::ClosingGrace | Self::NoticeLead => {
                PolicyGroup::Abandoning
            }
            Self::FinderShare
            | Self::ClaimValid
            | Self::ClaimsPerCpf
            | Self::ClaimsPerKey
            | Self::PayoutDelay
            | Self::PairReturns
            | Self::PairWindow => PolicyGroup::Finding,
        }
    }

    /// A stored number as one reads it, with its unit.
    pub fn written(self, stored: Option<i64>, lang: Lang) -> String {
        let words = &lang.text().policies;
        let Some(stored) = stored else {
            return words.never.to_owned();
        };
        let span = |unit: Unit, seconds: i64| {
            let whole = format!("{stored} {}", (words.unit)(&unit));
            let long = time::span(seconds * stored * 1_000);
            match long.trim_end_matches(" 00 min") {
                _ if stored == 0 => whole,
                long if long == whole => whole,
                long => format!("{whole} ({long})"),
            }
        };
        match self.unit() {
            Unit::Money => crate::ui::money::money(Centavos::new(stored), lang),
            Unit::Percent => format!("{} %", decimal(stored, lang, true)),
            Unit::Clock => clock(stored),
            unit @ Unit::Seconds => span(unit, 1),
            unit @ Unit::Minutes => span(unit, 60),
            unit @ Unit::Hours => span(unit, 3_600),
            Unit::Days => format!("{stored} {}", (words.unit)(&Unit::Days)),
            Unit::Times => crate::ui::money::count(stored.unsigned_abs(), lang),
        }
    }

    /// A stored number as one types it.
    pub fn typed(self, stored: Option<i64>, lang: Lang) -> String {
        let Some(stored) = stored else {
            return String::new();
        };
        match self.unit() {
            Unit::Money => decimal(stored, lang, false),
            Unit::Percent => decimal(stored, lang, true),
            Unit::Clock => clock(stored),
            _ => stored.to_string(),
        }
    }
}

impl PolicyGroup {
    pub(crate) const ALL: [Self; 4] =
        [Self::Taking, Self::Offline, Self::Abandoning, Self::Finding];
}

/// Hundredths as whole and part: `10,00`, or `50` where a round number needs no part.
fn decimal(hundredths: i64, lang: Lang, round: bool) -> String {
    let mark = match lang {
        Lang::Pt => ',',
        Lang::En => '.',
    };
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) if round => whole.to_string(),
        (whole, part) => format!("{whole}{mark}{part:02}"),
    }
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_written_with_its_unit_and_typed_without() {
        use PolicyNumber as N;
        for (number, stored, written, typed) in [
            (N::Deposit, Some(1_050), "R$\u{a0}10,50", "10,50"),
            (N::PaymentWindow, Some(300), "300 s (5 min)", "300"),
            (N::GrantValid, Some(45), "45 s", "45"),
            (N::AbandonAfter, Some(240), "240 min (4 h)", "240"),
            (N::NoticeLead, Some(30), "30 min", "30"),
            (N::ClosingGrace, Some(0), "0 min", "0"),
            (N::ClosesAt, Some(22 * 60 + 5), "22:05", "22:05"),
            (N::ClosesAt, None, "não fecha", ""),
            (N::FinderShare, Some(5_000), "50 %", "50"),
            (N::FinderShare, Some(3_305), "33,05 %", "33,05"),
            (N::PayoutDelay, Some(24), "24 h (1 d)", "24"),
            (N::PairWindow, Some(30), "30 d", "30"),
            (N::ClaimsPerCpf, Some(3), "3", "3"),
        ] {
            assert_eq!(number.written(stored, Lang::Pt), written);
            assert_eq!(number.typed(stored, Lang::Pt), typed);
        }
        assert_eq!(N::FinderShare.written(Some(3_305), Lang::En), "33.05 %");
    }

    #[test]
    fn every_number_has_a_key_and_a_group_of_its_page() {
        let keys: std::collections::BTreeSet<_> = PolicyNumber::ALL.map(PolicyNumber::key).into();
        assert_eq!(keys.len(), PolicyNumber::ALL.len());
        let shown = PolicyNumber::ALL.map(PolicyNumber::group);
        assert!(shown.iter().all(|group| PolicyGroup::ALL.contains(group)));
        assert!(shown.is_sorted(), "the page has the order of the numbers");
    }
}
