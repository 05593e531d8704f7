//! What rules must be before anybody may accept them.

use super::day::DAY_MS;
use super::{CLAIM_DAYS, MINIMUM_AGE, Rules, lottery_date};
use crate::raffle::beacon::{AFTER_CLOSE_MS, Drand};
use crate::raffle::commit::BEFORE_EXTRACTION_MS;
use shared::document::Cnpj;
use std::collections::BTreeSet;

/// A permit lasts twelve months at most.
const PERIOD_DAYS_MAX: i64 = 366;
/// A dock without internet for longer needs a person anyway.
const GRACE_DAYS_MAX: i64 = 30;
const NAME_CHARS_MAX: usize = 120;
const STORES_MAX: usize = 500;
/// One entry a return: more are no person's shopping.
const ENTRIES_PER_PERSON_MAX: u32 = 1_000;
const PRIZES_MAX: usize = 500;
/// R$ 10 million.
const PRIZE_CENTAVOS_MAX: i64 = 1_000_000_000;
const ALTERNATES_MAX: u32 = 1_000;
const CODES_MAX: usize = 50;
const CODE_CHARS_MAX: usize = 40;
const CERTIFICATE_CHARS_MAX: usize = 40;
const FALLBACK_CHARS_MAX: usize = 4_000;
/// Some twenty pages.
const TEXT_CHARS_MAX: usize = 100_000;
/// 2100-01-01: a later moment is a slip of the pen.
const MOMENT_MS_MAX: i64 = 4_102_444_800_000;

/// A field that may not be so. `field`: its path in the document, `prizes.2.name`; lists count from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    pub field: String,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Empty,
    TooLong,
    TooMany,
    /// Control characters, or characters that the field does not take.
    Malformed,
    /// Outside what the field may say.
    OutOfRange,
    /// Not the value that the law, the method or another field fixes.
    Mismatch,
    Duplicate,
    /// Before what it must follow, or too close to it.
    TooEarly,
    /// Too long after what it must follow.
    TooLate,
}

impl Why {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooMany => "too_many",
            Self::Malformed => "malformed",
            Self::OutOfRange => "out_of_range",
            Self::Mismatch => "mismatch",
            Self::Duplicate => "duplicate",
            Self::TooEarly => "too_early",
            Self::TooLate => "too_late",
        }
    }
}

pub(super) fn check(rules: &Rules, with_certificate: bool) -> Result<(), Vec<Refused>> {
    let mut found = Findings(Vec::new());
    identity(rules, with_certificate, &mut found);
    period(rules, &mut found);
    draw(rules, &mut found);
    prizes(rules, &mut found);
    words(rules, &mut found);
    if found.0.is_empty() {
        Ok(())
    } else {
        Err(found.0)
    }
}

struct Findings(Vec<Refused>);

impl Findings {
    fn say(&mut self, field: impl Into<String>, why: Why) {
        self.0.push(Refused {
            field: field.into(),
            why,
        });
    }

    fn demand(&mut self, holds: bool, field: impl Into<String>, why: Why) {
        if !holds {
            self.say(field, why);
        }
    }

    /// One line of text.
    fn line(&mut self, field: impl Into<String>, text: &str, chars_max: usize) {
        if text.chars().any(char::is_control) || text.trim() != text {
            self.say(field, Why::Malformed);
        } else {
            self.length(field, text, chars_max);
        }
    }

    fn length(&mut self, field: impl Into<String>, text: &str, chars_max: usize) {
        if text.is_empty() {
            self.say(field, Why::Empty);
        } else if text.chars().count() > chars_max {
            self.say(field, Why::TooLong);
        }
    }

    fn count(&mut self, field: &str, count: usize, max: usize) {
        if count == 0 {
            self.say(field, Why::Empty);
        } else if count > max {
            self.say(field, Why::TooMany);
        }
    }
}

fn identity(rules: &Rules, with_certificate: bool, found: &mut Findings) {
    found.line("name", &rules.name, NAME_CHARS_MAX);
    found.line("promoter.name", &rules.promoter.name, NAME_CHARS_MAX);
    let cnpj = rules.promoter.cnpj.parse::<Cnpj>();
    let is_plain = cnpj.is_ok_and(|cnpj| cnpj.as_str() == rules.promoter.cnpj);
    found.demand(is_plain, "promoter.cnpj", Why::Malformed);
    if with_certificate {
        found.line("certificate", &rules.certificate, CERTIFICATE_CHARS_MAX);
    }
    found.count("stores", rules.stores.len(), STORES_MAX);
    let mut seen = BTreeSet::new();
    for (index, store) in rules.stores.iter().enumerate() {
        let field = format!("stores.{index}");
        found.line(field.as_str(), store, NAME_CHARS_MAX);
        found.demand(seen.insert(store), field, Why::Duplicate);
    }
    found.demand(rules.operator_key.is_key(), "operator_key", Why::Malformed);
}

fn period(rules: &Rules, found: &mut Findings) {
    for (field, at_ms) in [
        ("opens_ms", rules.opens_ms),
        ("closes_ms", rules.closes_ms),
        ("t_close_ms", rules.t_close_ms),
        ("extraction.at_ms", rules.extraction.at_ms),
    ] {
        let is_moment = (1..=MOMENT_MS_MAX).contains(&at_ms.0);
        found.demand(is_moment, field, Why::OutOfRange);
    }
    let open_ms = rules.closes_ms.since(rules.opens_ms);
    found.demand(open_ms > 0, "closes_ms", Why::TooEarly);
    let is_long = open_ms > PERIOD_DAYS_MAX * DAY_MS;
    found.demand(!is_long, "closes_ms", Why::TooLate);
    let grace_ms = rules.t_close_ms.since(rules.closes_ms);
    found.demand(grace_ms >= 0, "t_close_ms", Why::TooEarly);
    let is_long = grace_ms > GRACE_DAYS_MAX * DAY_MS;
    found.demand(!is_long, "t_close_ms", Why::TooLate);
    let per_person = (1..=ENTRIES_PER_PERSON_MAX).contains(&rules.entries_per_person_max);
    found.demand(per_person, "entries_per_person_max", Why::OutOfRange);
    let is_adult = rules.minimum_age == MINIMUM_AGE;
    found.demand(is_adult, "minimum_age", Why::Mismatch);
}

fn draw(rules: &Rules, found: &mut Findings) {
    let (planned, drand) = (Drand::after_close(rules.t_close_ms), &rules.drand);
    for (field, is_right) in [
        ("drand.chain", drand.chain == planned.chain),
        ("drand.public_key", drand.public_key == planned.public_key),
        ("drand.genesis_s", drand.genesis_s == planned.genesis_s),
        ("drand.period_s", drand.period_s == planned.period_s),
        ("drand.round", drand.round == planned.round),
    ] {
        found.demand(is_right, field, Why::Mismatch);
    }
    let extraction = &rules.extraction;
    let field = "extraction.number";
    let has_count = extraction.count().is_some();
    found.demand(has_count, field, Why::Malformed);
    let is_its_day = lottery_date(extraction.at_ms) == extraction.date;
    found.demand(is_its_day, "extraction.date", Why::Mismatch);
    // Room to commit punctually, and before the beacon's round is known.
    let room_ms = extraction.at_ms.since(rules.t_close_ms);
    let has_room = room_ms >= BEFORE_EXTRACTION_MS + AFTER_CLOSE_MS;
    found.demand(has_room, "extraction.at_ms", Why::TooEarly);
}

fn prizes(rules: &Rules, found: &mut Findings) {
    found.count("prizes", rules.prizes.len(), PRIZES_MAX);
    for ((index, prize), rank) in rules.prizes.iter().enumerate().zip(1..) {
        let is_next = prize.rank == rank;
        found.demand(is_next, format!("prizes.{index}.rank"), Why::Mismatch);
        found.line(format!("prizes.{index}.name"), &prize.name, NAME_CHARS_MAX);
        let has_value = (1..=PRIZE_CENTAVOS_MAX).contains(&prize.value_centavos);
        let field = format!("prizes.{index}.value_centavos");
        found.demand(has_value, field, Why::OutOfRange);
    }
    let few = rules.alternates <= ALTERNATES_MAX;
    found.demand(few, "alternates", Why::OutOfRange);
    let is_lawful = rules.claim_days == CLAIM_DAYS;
    found.demand(is_lawful, "claim_days", Why::Mismatch);
}

fn words(rules: &Rules, found: &mut Findings) {
    let codes = &rules.disqualification_codes;
    found.count("disqualification_codes", codes.len(), CODES_MAX);
    let mut seen = BTreeSet::new();
    for (index, code) in codes.iter().enumerate() {
        let field = format!("disqualification_codes.{index}.code");
        let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if code.code.bytes().all(is_code) {
            found.length(field.as_str(), &code.code, CODE_CHARS_MAX);
        } else {
            found.say(field.as_str(), Why::Malformed);
        }
        found.demand(seen.insert(&code.code), field, Why::Duplicate);
        let field = format!("disqualification_codes.{index}.text");
        found.line(field, &code.text, FALLBACK_CHARS_MAX);
    }
    found.length("fallback", &rules.fallback, FALLBACK_CHARS_MAX);
    found.length("text", &rules.text, TEXT_CHARS_MAX);
}
