//! The numbers a chain decides, versioned per chain and store and recorded on each rental they
//! decided.
//!
//! Shape: a policy is seventeen numbers, each a [`Field`] with bounds. A version is never edited: a
//! newer one takes its place from a moment on (`standing`). What a store decides for itself goes
//! before what its chain decides.

mod standing;

pub use standing::{Standing, standings};

use serde::{Deserialize, Serialize};
use shared::money::Centavos;
use std::ops::RangeInclusive;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub deposit_centavos: Centavos,
    /// How long a charge can be paid, from its creation at the bank.
    pub payment_window_seconds: u32,
    /// How long a grant may wait to be used, from the confirmation of the payment.
    pub grant_valid_seconds: u32,
    /// A dock that stays dark this long after a grant lapsed is taken not to have used it.
    pub dark_grant_wait_seconds: u32,
    /// How often one member card may open bays in a day without the cloud's word.
    pub card_releases_per_day: u16,
    /// What one gateway may risk in a day without the cloud's word.
    pub gateway_centavos_per_day: Centavos,
    /// A cart that is out for this long may be called abandoned.
    pub abandon_after_minutes: u16,
    /// When the store closes: the minute of the day in the shop's time zone. None: it does not.
    pub closes_at_minute: Option<u16>,
    /// A cart that is out this long after closing may be called abandoned.
    pub closing_grace_minutes: u16,
    /// The payer is told this long before.
    pub notice_lead_minutes: u16,
    /// What the finder gets of a forfeited deposit, in hundredths of a percent.
    pub finder_share_basis_points: u16,
    /// How long after the docking a finder can say who they are.
    pub claim_valid_minutes: u16,
    pub claims_per_cpf_per_day: u16,
    pub claims_per_key_per_day: u16,
    /// A finder's money leaves this long after the claim: time for the payer to object.
    pub payout_delay_hours: u16,
    /// How often the carts of one payer may earn one finder a reward within the window; more is
    /// looked at by a person.
    pub pair_returns_max: u16,
    pub pair_window_days: u16,
}

/// One number of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
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

/// How many numbers a policy has.
pub const FIELDS: usize = 17;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{}: from {} to {}", .0.name(), .0.bounds().start(), .0.bounds().end())]
    OutOfBounds(Field),
    #[error("notice_lead_minutes: below abandon_after_minutes")]
    NoticeBeforeStart,
}

impl PolicyError {
    /// The number to change.
    pub fn field(self) -> Field {
        match self {
            Self::OutOfBounds(field) => field,
            Self::NoticeBeforeStart => Field::NoticeLead,
        }
    }
}

impl Field {
    /// In the order of the columns and of the page.
    pub const ALL: [Self; FIELDS] = [
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

    /// Its name with its unit, as in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deposit => "deposit_centavos",
            Self::PaymentWindow => "payment_window_seconds",
            Self::GrantValid => "grant_valid_seconds",
            Self::DarkGrantWait => "dark_grant_wait_seconds",
            Self::CardReleases => "card_releases_per_day",
            Self::GatewayExposure => "gateway_centavos_per_day",
            Self::AbandonAfter => "abandon_after_minutes",
            Self::ClosesAt => "closes_at_minute",
            Self::ClosingGrace => "closing_grace_minutes",
            Self::NoticeLead => "notice_lead_minutes",
            Self::FinderShare => "finder_share_basis_points",
            Self::ClaimValid => "claim_valid_minutes",
            Self::ClaimsPerCpf => "claims_per_cpf_per_day",
            Self::ClaimsPerKey => "claims_per_key_per_day",
            Self::PayoutDelay => "payout_delay_hours",
            Self::PairReturns => "pair_returns_max",
            Self::PairWindow => "pair_window_days",
        }
    }

    /// What can work, in the unit of the name.
    pub fn bounds(self) -> RangeInclusive<i64> {
        match self {
            // Above R$ 500.00 it would not be a deposit for a cart.
            Self::Deposit => 1..=50_000,
            Self::PaymentWindow => 60..=3_600,
            Self::GrantValid => 30..=600,
            Self::DarkGrantWait => 60..=86_400,
            // Nobody needs a cart more often; 0 switches the cards off while there is no internet.
            Self::CardReleases => 0..=50,
            // Above R$ 10,000.00 it would not limit a dock.
            Self::GatewayExposure => 0..=1_000_000,
            // Less than an hour is shopping; after a week nobody looks for the cart.
            Self::AbandonAfter => 60..=10_080,
            Self::ClosesAt => 0..=1_439,
            Self::ClosingGrace => 0..=360,
            // Below five minutes nobody reads it in time.
            Self::NoticeLead => 5..=720,
            // Strictly less than the deposit, so that payer and finder together always lose.
            Self::FinderShare => 0..=9_999,
            Self::ClaimValid => 2..=60,
            // More is a trade; 0 pays nobody.
            Self::ClaimsPerCpf | Self::ClaimsPerKey => 0..=20,
            // At least an hour for the payer to object; at most a month of waiting.
            Self::PayoutDelay => 1..=720,
            Self::PairReturns => 0..=20,
            // The life of a devolução, after which the Pix of the deposit is history.
            Self::PairWindow => 1..=90,
        }
    }

    /// Whether a policy may leave it out.
    pub fn is_optional(self) -> bool {
        self == Self::ClosesAt
    }
}

impl Policy {
    /// R$ 10.00; five minutes to pay; two to walk to the bay; a quarter of an hour for a dark dock;
    /// four releases of a card and R$ 200.00 of a gateway in a day without the cloud; abandoned after
    /// four hours, told half an hour before; half for the finder, who has a quarter of an hour to say
    /// who they are, three times a day, and the money a day later.
    pub const DEFAULT: Self = Self {
        deposit_centavos: Centavos::new(1_000),
        payment_window_seconds: 300,
        grant_valid_seconds: 120,
        dark_grant_wait_seconds: 900,
        card_releases_per_day: 4,
        gateway_centavos_per_day: Centavos::new(20_000),
        abandon_after_minutes: 240,
        closes_at_minute: None,
        closing_grace_minutes: 60,
        notice_lead_minutes: 30,
        finder_share_basis_points: 5_000,
        claim_valid_minutes: 15,
        claims_per_cpf_per_day: 3,
        claims_per_key_per_day: 3,
        payout_delay_hours: 24,
        pair_returns_max: 2,
        pair_window_days: 30,
    };

    /// A policy of these numbers, or everything that is wrong with them, in the order of the fields.
    pub fn of(number: impl Fn(Field) -> Option<i64>) -> Result<Self, Vec<PolicyError>> {
        let mut policy = Self::DEFAULT;
        let mut wrong = Vec::new();
        for field in Field::ALL {
            let number = number(field);
            let within = number.map_or(field.is_optional(), |n| field.bounds().contains(&n));
            if !within || policy.put(field, number).is_none() {
                wrong.push(PolicyError::OutOfBounds(field));
            }
        }
        let notice = [Field::AbandonAfter, Field::NoticeLead];
        let readable = !wrong.iter().any(|error| notice.contains(&error.field()));
        if readable && policy.notice_lead_minutes >= policy.abandon_after_minutes {
            wrong.push(PolicyError::NoticeBeforeStart);
        }
        if wrong.is_empty() {
            Ok(policy)
        } else {
            wrong.sort_by_key(|error| error.field());
            Err(wrong)
        }
    }

    /// A policy as it was stored, in the order of [`Field::ALL`]: what once was made is not judged by
    /// the bounds of today. Answers the first field that no policy can hold.
    pub fn stored(numbers: [Option<i64>; FIELDS]) -> Result<Self, Field> {
        let mut policy = Self::DEFAULT;
        for (field, number) in Field::ALL.into_iter().zip(numbers) {
            policy.put(field, number).ok_or(field)?;
        }
        Ok(policy)
    }

    /// The first field that cannot work.
    pub fn check(&self) -> Result<(), PolicyError> {
        match Self::of(|field| self.number(field)) {
            Ok(_) => Ok(()),
            Err(wrong) => Err(*wrong.first().expect("an error names what is wrong")),
        }
    }

    pub fn number(&self, field: Field) -> Option<i64> {
        Some(match field {
            Field::Deposit => self.deposit_centavos.get(),
            Field::PaymentWindow => self.payment_window_seconds.into(),
            Field::GrantValid => self.grant_valid_seconds.into(),
            Field::DarkGrantWait => self.dark_grant_wait_seconds.into(),
            Field::CardReleases => self.card_releases_per_day.into(),
            Field::GatewayExposure => self.gateway_centavos_per_day.get(),
            Field::AbandonAfter => self.abandon_after_minutes.into(),
            Field::ClosesAt => return self.closes_at_minute.map(i64::from),
            Field::ClosingGrace => self.closing_grace_minutes.into(),
            Field::NoticeLead => self.notice_lead_minutes.into(),
            Field::FinderShare => self.finder_share_basis_points.into(),
            Field::ClaimValid => self.claim_valid_minutes.into(),
            Field::ClaimsPerCpf => self.claims_per_cpf_per_day.into(),
            Field::ClaimsPerKey => self.claims_per_key_per_day.into(),
            Field::PayoutDelay => self.payout_delay_hours.into(),
            Field::PairReturns => self.pair_returns_max.into(),
            Field::PairWindow => self.pair_window_days.into(),
        })
    }

    /// What this version decides otherwise than `before`.
    pub fn changes_from<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = Field> + 'a {
        let all = Field::ALL.into_iter();
        all.filter(|field| self.number(*field) != before.number(*field))
    }

    fn put(&mut self, field: Field, number: Option<i64>) -> Option<()> {
        if field == Field::ClosesAt {
            self.closes_at_minute = number.map(u16::try_from).transpose().ok()?;
            return Some(());
        }
        let number = number?;
        let (small, large) = (u16::try_from(number), u32::try_from(number));
        match field {
            Field::Deposit => self.deposit_centavos = Centavos::new(number),
            Field::PaymentWindow => self.payment_window_seconds = large.ok()?,
            Field::GrantValid => self.grant_valid_seconds = large.ok()?,
            Field::DarkGrantWait => self.dark_grant_wait_seconds = large.ok()?,
            Field::CardReleases => self.card_releases_per_day = small.ok()?,
            Field::GatewayExposure => self.gateway_centavos_per_day = Centavos::new(number),
            Field::AbandonAfter => self.abandon_after_minutes = small.ok()?,
            Field::ClosesAt => {}
            Field::ClosingGrace => self.closing_grace_minutes = small.ok()?,
            Field::NoticeLead => self.notice_lead_minutes = small.ok()?,
            Field::FinderShare => self.finder_share_basis_points = small.ok()?,
            Field::ClaimValid => self.claim_valid_minutes = small.ok()?,
            Field::ClaimsPerCpf => self.claims_per_cpf_per_day = small.ok()?,
            Field::ClaimsPerKey => self.claims_per_key_per_day = small.ok()?,
            Field::PayoutDelay => self.payout_delay_hours = small.ok()?,
            Field::PairReturns => self.pair_returns_max = small.ok()?,
            Field::PairWindow => self.pair_window_days = small.ok()?,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
