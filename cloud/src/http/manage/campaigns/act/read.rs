//! What a form of a campaign asks for, read from what was typed.

use super::super::draft::moment;
use super::super::forms::{Typed, value, wrong};
use crate::app::{Shared, now};
use crate::store::campaign::{LifeRow, LifeState};
use cloud_core::raffle::beacon::Beacon;
use cloud_core::raffle::campaign::reading::{Reader, Reading};
use cloud_core::raffle::extraction::{Extraction, Prizes};
use cloud_core::raffle::rules::lottery_date;
use sha2::{Digest as _, Sha256};
use shared::ids::StaffId;
use shared::octets::Octets;
use shared::time::UnixMs;
use web::manager::{CampaignForm, FieldError, FieldKey, FormAction, FormError};

/// A form that holds what its action needs.
#[derive(Clone)]
pub(super) enum Wanted {
    Authorise {
        certificate: String,
        ownership_ms: UnixMs,
        document: String,
    },
    Open,
    Approve(Octets<32>),
    Shuffle(Beacon),
    Read {
        replaces: Option<u32>,
        reading: Reading,
        evidence: String,
        reason: String,
    },
    Disqualify {
        position: u32,
        code: String,
    },
    Deliver {
        rank: u32,
        document: String,
    },
    Account {
        protocol: String,
        darf: String,
    },
    GiveUp,
}

/// The form with what is wrong in it.
pub(super) type Refused = Box<CampaignForm>;

pub(super) fn read(
    app: &Shared,
    row: &LifeRow,
    (form, typed): (&CampaignForm, &Typed),
    by: StaffId,
) -> Result<Wanted, Refused> {
    complete(form, typed)?;
    let refuse = |key, error| Box::new(wrong(form.clone(), key, error));
    let text = |key| value(typed, key).to_owned();
    let number = |key| {
        let digits = value(typed, key).parse::<u32>();
        digits.map_err(|_| refuse(key, FieldError::NotANumber))
    };
    Ok(match form.action {
        FormAction::Draft => return Err(Box::new(form.clone())),
        FormAction::Authorise => Wanted::Authorise {
            certificate: text(FieldKey::Certificate),
            ownership_ms: day(app, value(typed, FieldKey::OwnershipOn))
                .ok_or_else(|| refuse(FieldKey::OwnershipOn, FieldError::NotAMoment))?,
            document: text(FieldKey::OwnershipDocument),
        },
        FormAction::Open => Wanted::Open,
        FormAction::Approve => {
            let seen = typed.iter().find(|(name, _)| name == "seen");
            let root = seen.and_then(|(_, root)| root.parse().ok());
            Wanted::Approve(root.ok_or_else(|| failed(form, FormError::Moved))?)
        }
        FormAction::Shuffle | FormAction::ShuffleAbsent => {
            Wanted::Shuffle(beacon(row, form, typed)?)
        }
        FormAction::Extraction | FormAction::Rectify => reading(app, form, typed, by)?,
        FormAction::Disqualify => Wanted::Disqualify {
            position: number(FieldKey::Position)?,
            code: text(FieldKey::Code),
        },
        FormAction::Deliver => Wanted::Deliver {
            rank: number(FieldKey::Rank)?,
            document: format!(
                "{}, {}",
                value(typed, FieldKey::Document),
                value(typed, FieldKey::DeliveredOn)
            ),
        },
        FormAction::Account => Wanted::Account {
            protocol: text(FieldKey::Protocol),
            darf: text(FieldKey::DarfDocument),
        },
        FormAction::GiveUp => Wanted::GiveUp,
    })
}

fn failed(form: &CampaignForm, error: FormError) -> Refused {
    Box::new(CampaignForm {
        error: Some(error),
        ..form.clone()
    })
}

fn beacon(row: &LifeRow, form: &CampaignForm, typed: &Typed) -> Result<Beacon, Refused> {
    let LifeState::Draw(draw) = &row.state else {
        return Err(failed(form, FormError::Moved));
    };
    let round = draw.rules().drand.round;
    if form.action == FormAction::ShuffleAbsent {
        let absent_ms = now();
        return Ok(Beacon::Absent { round, absent_ms });
    }
    let signature = value(typed, FieldKey::Signature).parse();
    let signature = signature.map_err(|_| {
        Box::new(wrong(
            form.clone(),
            FieldKey::Signature,
            FieldError::BadSignature,
        ))
    })?;
    Ok(Beacon::Signed { round, signature })
}

const PRIZES: [FieldKey; 5] = [
    FieldKey::PrizeOne,
    FieldKey::PrizeTwo,
    FieldKey::PrizeThree,
    FieldKey::PrizeFour,
    FieldKey::PrizeFive,
];

fn reading(
    app: &Shared,
    form: &CampaignForm,
    typed: &Typed,
    by: StaffId,
) -> Result<Wanted, Refused> {
    let refuse = |key, error| Box::new(wrong(form.clone(), key, error));
    for key in PRIZES {
        let digits = value(typed, key).as_bytes();
        if digits.len() != 5 || !digits.iter().all(u8::is_ascii_digit) {
            return Err(refuse(key, FieldError::NotFiveDigits));
        }
    }
    let prizes = Prizes::new(&PRIZES.map(|key| value(typed, key)));
    let prizes = prizes.map_err(|_| refuse(FieldKey::PrizeOne, FieldError::NotFiveDigits))?;
    let at_ms = moment(&app.zone, value(typed, FieldKey::ExtractionAt));
    let at_ms = at_ms.ok_or_else(|| refuse(FieldKey::ExtractionAt, FieldError::NotAMoment))?;
    let replaces = match form.action {
        FormAction::Rectify => {
            let number = value(typed, FieldKey::Replaces).parse().ok();
            Some(number.ok_or_else(|| refuse(FieldKey::Replaces, FieldError::Unknown))?)
        }
        _ => None,
    };
    let evidence = value(typed, FieldKey::Evidence).to_owned();
    Ok(Wanted::Read {
        replaces,
        reading: Reading {
            by: Reader::Staff(by),
            name: value(typed, FieldKey::Source).to_owned(),
            digest: Octets(Sha256::digest(&evidence).into()),
            extraction: Extraction {
                number: value(typed, FieldKey::ExtractionNumber).to_owned(),
                date: lottery_date(at_ms),
                at_ms,
            },
            prizes,
        },
        evidence,
        reason: value(typed, FieldKey::Reason).to_owned(),
    })
}

/// The first moment of a day of the shop's.
fn day(app: &Shared, typed: &str) -> Option<UnixMs> {
    moment(&app.zone, &format!("{typed}T00:00"))
}

/// Nothing is missing, and nothing is longer than it may be.
fn complete(form: &CampaignForm, typed: &Typed) -> Result<(), Refused> {
    let refuse = |key, error| Box::new(wrong(form.clone(), key, error));
    for key in form.action.fields() {
        let text = value(typed, *key);
        if text.is_empty() && form.action.requires(*key) {
            return Err(refuse(
                *key,
                match key {
                    FieldKey::Confirm => FieldError::NotConfirmed,
                    _ => FieldError::Missing,
                },
            ));
        }
        if text.chars().count() > usize::try_from(key.chars_max()).unwrap_or(usize::MAX) {
            return Err(refuse(*key, FieldError::TooLong));
        }
    }
    Ok(())
}
