//! A plan as it is typed, and typed as it is stored.

use super::super::forms::{Typed, value};
use super::chosen_stores;
use crate::actions::draft_campaign::Plan;
use crate::app::{Shared, now};
use crate::store::campaign::{LifeRow, LifeState};
use cloud_core::raffle::beacon::Drand;
use cloud_core::raffle::certain::Offer;
use cloud_core::raffle::extraction::Extraction;
use cloud_core::raffle::rules::plan::monthly;
use cloud_core::raffle::rules::{
    ALTERNATES, CLAIM_DAYS, DisqualificationCode, MINIMUM_AGE, Method, Prize, Promoter, Rules, Why,
    lottery_date,
};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared::document::Cnpj;
use shared::ids::CampaignId;
use shared::money::Centavos;
use shared::octets::Octets;
use shared::time::UnixMs;
use web::campaign::regulation;
use web::manager::{FieldError, FieldKey};

const HOUR_MS: i64 = 3_600_000;
/// Days in which a certain voucher may be used.
const CERTAIN_DAYS: u32 = 30;
/// One a day.
const PER_PERSON_MAX: u32 = 30;
/// For docks without internet.
const GRACE_HOURS: u32 = 72;

/// A field, and what is wrong with what was typed there.
pub(super) type Wrong = (FieldKey, FieldError);

/// What was typed as a plan, or the field that is wrong.
pub(super) fn plan(
    app: &Shared,
    id: CampaignId,
    stores: &[String],
    typed: &Typed,
) -> Result<Plan, Wrong> {
    let at = |key| moment(&app.zone, value(typed, key)).ok_or((key, FieldError::NotAMoment));
    if value(typed, FieldKey::Name).is_empty() {
        return Err((FieldKey::Name, FieldError::Missing));
    }
    let chosen = chosen_stores(typed);
    if chosen.iter().any(|store| !stores.contains(store)) {
        return Err((FieldKey::Stores, FieldError::Unknown));
    }
    let common = Common {
        id,
        stores: if chosen.is_empty() {
            stores.to_vec()
        } else {
            chosen
        },
        opens_ms: at(FieldKey::OpensAt)?,
        closes_ms: at(FieldKey::ClosesAt)?,
        prizes: prizes(value(typed, FieldKey::Prizes))?,
        per_person_max: number(typed, FieldKey::EntriesMax, PER_PERSON_MAX)?,
    };
    match value(typed, FieldKey::Mode) {
        "certain" => certain(common, typed),
        _ => draw(app, common, typed),
    }
}

/// What both kinds are made of.
struct Common {
    id: CampaignId,
    stores: Vec<String>,
    opens_ms: UnixMs,
    closes_ms: UnixMs,
    prizes: Vec<Prize>,
    per_person_max: u32,
}

fn certain(common: Common, typed: &Typed) -> Result<Plan, Wrong> {
    let [prize] = common.prizes.as_slice() else {
        return Err((FieldKey::Prizes, FieldError::OnePrize));
    };
    let (name, worth) = (
        value(typed, FieldKey::Name),
        Centavos::new(prize.value_centavos),
    );
    let offer = Offer {
        campaign_id: common.id,
        name: name.to_owned(),
        text: regulation::certain(name, &common.stores, worth),
        stores: common.stores,
        opens_ms: common.opens_ms,
        closes_ms: common.closes_ms,
        voucher: worth,
        valid_days: CERTAIN_DAYS,
        vouchers_per_person_max: common.per_person_max,
    };
    offer.check().map_err(|found| of_offer(found.first()))?;
    Ok(Plan::Certain(offer))
}

fn draw(app: &Shared, common: Common, typed: &Typed) -> Result<Plan, Wrong> {
    let at_ms = moment(&app.zone, value(typed, FieldKey::ExtractionAt));
    let at_ms = at_ms.ok_or((FieldKey::ExtractionAt, FieldError::NotAMoment))?;
    let grace_hours = i64::from(number(typed, FieldKey::GraceHours, GRACE_HOURS)?);
    let t_close_ms = common.closes_ms.plus(grace_hours * HOUR_MS);
    let cnpj: Cnpj = value(typed, FieldKey::PromoterDocument)
        .parse()
        .map_err(|_| (FieldKey::PromoterDocument, FieldError::NotADocument))?;
    let (name, promoter) = (
        value(typed, FieldKey::Name),
        value(typed, FieldKey::PromoterName),
    );
    let names: Vec<&str> = common.prizes.iter().map(|it| it.name.as_str()).collect();
    let rules = Rules {
        method: Method::Sa1,
        campaign_id: common.id,
        name: name.to_owned(),
        promoter: Promoter {
            name: promoter.to_owned(),
            cnpj: cnpj.as_str().to_owned(),
        },
        certificate: String::new(),
        text: regulation::draw(name, promoter, &common.stores, &names),
        stores: common.stores,
        opens_ms: common.opens_ms,
        closes_ms: common.closes_ms,
        t_close_ms,
        entries_per_person_max: common.per_person_max,
        minimum_age: MINIMUM_AGE,
        drand: Drand::after_close(t_close_ms),
        extraction: Extraction {
            number: value(typed, FieldKey::ExtractionNumber).to_owned(),
            date: lottery_date(at_ms),
            at_ms,
        },
        prizes: common.prizes,
        alternates: number(typed, FieldKey::Alternates, ALTERNATES)?,
        claim_days: CLAIM_DAYS,
        disqualification_codes: codes(),
        fallback: regulation::FALLBACK.to_owned(),
        operator_key: Octets::public_key(app.keys.signing()),
    };
    match rules.check_draft() {
        Ok(()) => Ok(Plan::Draw(Box::new(rules))),
        Err(found) => Err(found
            .first()
            .map_or((FieldKey::Name, FieldError::OutOfBounds), |it| {
                of_rules(&it.field, it.why)
            })),
    }
}

fn codes() -> Vec<DisqualificationCode> {
    let code = |(code, text): &(&str, &str)| DisqualificationCode {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
    };
    regulation::CODES.iter().map(code).collect()
}

fn number(typed: &Typed, key: FieldKey, default: u32) -> Result<u32, Wrong> {
    match value(typed, key) {
        "" => Ok(default),
        text => text.parse().map_err(|_| (key, FieldError::NotANumber)),
    }
}

/// `name; value` a line, the first prize first.
fn prizes(typed: &str) -> Result<Vec<Prize>, Wrong> {
    let wrong = (FieldKey::Prizes, FieldError::PrizeLine);
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.zip(1..).map(|(line, rank)| {
        let (name, value) = line.rsplit_once(';').ok_or(wrong)?;
        Ok(Prize {
            rank,
            name: name.trim().to_owned(),
            value_centavos: centavos(value.trim()).ok_or(wrong)?,
        })
    });
    let read: Result<Vec<Prize>, Wrong> = read.collect();
    read.and_then(|all| match all.is_empty() {
        true => Err((FieldKey::Prizes, FieldError::Missing)),
        false => Ok(all),
    })
}

/// `500`, `500,5`, `1.234,50`.
fn centavos(typed: &str) -> Option<i64> {
    let plain = typed.trim_start_matches("R$").trim().replace('.', "");
    let (reais, part) = plain.split_once(',').unwrap_or((&plain, "0"));
    let part = match part.len() {
        1 => part.parse::<i64>().ok()? * 10,
        2 => part.parse::<i64>().ok()?,
        _ => return None,
    };
    let is_number = (1..=9).contains(&reais.len()) && reais.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Some(reais.parse::<i64>().ok()? * 100 + part))?
}

/// A `datetime-local` of the shop's clock.
pub fn moment(zone: &TimeZone, typed: &str) -> Option<UnixMs> {
    let civil: DateTime = typed.parse().ok()?;
    let moment = civil.to_zoned(zone.clone()).ok()?;
    Some(UnixMs(moment.timestamp().as_millisecond()))
}

fn of_rules(field: &str, why: Why) -> Wrong {
    let key = match field.split('.').next().unwrap_or(field) {
        "promoter" if field.ends_with("cnpj") => FieldKey::PromoterDocument,
        "promoter" => FieldKey::PromoterName,
        "stores" => FieldKey::Stores,
        "opens_ms" => FieldKey::OpensAt,
        "closes_ms" => FieldKey::ClosesAt,
        "t_close_ms" => FieldKey::GraceHours,
        "entries_per_person_max" => FieldKey::EntriesMax,
        "extraction" if field.ends_with("number") => FieldKey::ExtractionNumber,
        "extraction" => FieldKey::ExtractionAt,
        "prizes" => FieldKey::Prizes,
        "alternates" => FieldKey::Alternates,
        _ => FieldKey::Name,
    };
    let error = match (key, why) {
        (_, Why::Empty) => FieldError::Missing,
        (_, Why::TooLong | Why::TooMany) => FieldError::TooLong,
        (FieldKey::ExtractionAt, Why::TooEarly) => FieldError::ExtractionTooSoon,
        (FieldKey::ClosesAt, Why::TooEarly) => FieldError::BeforeOpening,
        (FieldKey::ClosesAt, Why::TooLate) => FieldError::PeriodTooLong,
        (FieldKey::PromoterDocument, _) => FieldError::NotADocument,
        _ => FieldError::OutOfBounds,
    };
    (key, error)
}

fn of_offer(first: Option<&(&'static str, Why)>) -> Wrong {
    match first {
        Some(("closes_ms", why)) => of_rules("closes_ms", *why),
        Some(("voucher", _)) => (FieldKey::Prizes, FieldError::OutOfBounds),
        Some(("vouchers_per_person_max", _)) => (FieldKey::EntriesMax, FieldError::OutOfBounds),
        Some(("stores", _)) => (FieldKey::Stores, FieldError::Missing),
        _ => (FieldKey::Name, FieldError::OutOfBounds),
    }
}

/// The whole next month, as most will want it.
pub(super) fn suggested(app: &Shared) -> Typed {
    let moment = jiff::Timestamp::from_millisecond(now().0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let today = moment.to_zoned(app.zone.clone());
    let next = today
        .first_of_month()
        .and_then(|day| day.checked_add(jiff::Span::new().months(1)));
    let month = next.ok();
    let month = month.and_then(|next| monthly(i64::from(next.year()), i64::from(next.month())));
    let mut typed = vec![
        (FieldKey::Mode, "draw".to_owned()),
        (FieldKey::GraceHours, GRACE_HOURS.to_string()),
        (FieldKey::Alternates, ALTERNATES.to_string()),
        (FieldKey::EntriesMax, PER_PERSON_MAX.to_string()),
    ];
    if let Some(month) = month {
        typed.extend([
            (FieldKey::OpensAt, local(app, month.opens_ms)),
            (FieldKey::ClosesAt, local(app, month.closes_ms)),
            (FieldKey::ExtractionAt, local(app, month.extraction_ms)),
        ]);
    }
    let typed = typed.into_iter();
    typed
        .map(|(key, text)| (key.key().to_owned(), text))
        .collect()
}

fn local(app: &Shared, at: UnixMs) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let local = moment.to_zoned(app.zone.clone());
    local.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A stored plan as it would be typed; of a period without one its moments.
pub(super) fn typed_of(app: &Shared, row: &LifeRow) -> Typed {
    let mut typed = Typed::new();
    let mut put = |key: FieldKey, text: String| typed.push((key.key().to_owned(), text));
    let local = |at: UnixMs| local(app, at);
    let line =
        |name: &str, centavos: i64| format!("{name}; {},{:02}", centavos / 100, centavos % 100);
    match &row.state {
        LifeState::Plain => {
            put(FieldKey::Name, row.row.name.clone());
            put(FieldKey::OpensAt, local(row.row.opens_ms));
            put(FieldKey::ClosesAt, local(row.row.closes_ms.plus(-60_000)));
        }
        LifeState::Certain(certain) => {
            let offer = certain.offer();
            put(FieldKey::Name, offer.name.clone());
            put(FieldKey::Mode, "certain".into());
            put(FieldKey::OpensAt, local(offer.opens_ms));
            put(FieldKey::ClosesAt, local(offer.closes_ms));
            put(FieldKey::Prizes, line("Vale-compras", offer.voucher.get()));
            put(
                FieldKey::EntriesMax,
                offer.vouchers_per_person_max.to_string(),
            );
            for store in &offer.stores {
                put(FieldKey::Stores, store.clone());
            }
        }
        LifeState::Draw(draw) => {
            let rules = draw.rules();
            let grace = rules.t_close_ms.since(rules.closes_ms) / HOUR_MS;
            let prizes = rules.prizes.iter();
            let prizes: Vec<String> = prizes.map(|it| line(&it.name, it.value_centavos)).collect();
            put(FieldKey::Name, rules.name.clone());
            put(FieldKey::Mode, "draw".into());
            put(FieldKey::OpensAt, local(rules.opens_ms));
            put(FieldKey::ClosesAt, local(rules.closes_ms));
            put(FieldKey::GraceHours, grace.to_string());
            put(FieldKey::ExtractionNumber, rules.extraction.number.clone());
            put(FieldKey::ExtractionAt, local(rules.extraction.at_ms));
            put(FieldKey::Prizes, prizes.join("\n"));
            put(FieldKey::Alternates, rules.alternates.to_string());
            put(
                FieldKey::EntriesMax,
                rules.entries_per_person_max.to_string(),
            );
            put(FieldKey::PromoterName, rules.promoter.name.clone());
            put(FieldKey::PromoterDocument, rules.promoter.cnpj.clone());
            for store in &rules.stores {
                put(FieldKey::Stores, store.clone());
            }
        }
    }
    typed
}
