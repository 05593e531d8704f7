//! The forms of a campaign: which may be sent now, and what was typed into one.

use super::super::super::raffle as views;
use super::next::Waiting;
use crate::store::campaign::{LifeRow, LifeState};
use cloud_core::raffle::beacon::ABSENT_BEFORE_MS;
use cloud_core::raffle::campaign::{Campaign, Committed};
use cloud_core::raffle::certain::Certain;
use cloud_core::raffle::result::effective;
use cloud_core::raffle::winners::Delivery;
use shared::time::UnixMs;
use web::manager::{CampaignForm, Choice, FieldError, FieldKey, FormAction, FormField};

/// What a browser sent: names and values, in the order of the form.
pub type Typed = Vec<(String, String)>;

/// What may be sent now; the next step's first.
pub fn offered(row: &LifeRow, waiting: &Waiting, at: UnixMs) -> Vec<CampaignForm> {
    let actions = match &row.state {
        LifeState::Plain => Vec::new(),
        LifeState::Certain(certain) => of_certain(row, certain),
        LifeState::Draw(draw) => of_draw(row, draw, waiting, at),
    };
    actions
        .into_iter()
        .map(|action| form(row, action, waiting, &Typed::new()))
        .collect()
}

fn of_certain(row: &LifeRow, certain: &Certain) -> Vec<FormAction> {
    match certain {
        Certain::Draft { .. } if row.published_ms.is_none() => {
            vec![FormAction::Open, FormAction::GiveUp]
        }
        Certain::Draft { .. } => vec![FormAction::GiveUp],
        Certain::Closed { .. } => vec![FormAction::Account],
        Certain::Open { .. } | Certain::Accounted { .. } | Certain::Withdrawn { .. } => Vec::new(),
    }
}

fn of_draw(row: &LifeRow, draw: &Campaign, waiting: &Waiting, at: UnixMs) -> Vec<FormAction> {
    match draw {
        Campaign::Draft(_) => vec![FormAction::Authorise, FormAction::GiveUp],
        Campaign::Authorised(_) | Campaign::Open(_) => vec![FormAction::GiveUp],
        Campaign::Closed(_) if row.frozen_ms.is_some() && !waiting.approved_by_reader => {
            vec![FormAction::Approve, FormAction::GiveUp]
        }
        Campaign::Closed(_) => vec![FormAction::GiveUp],
        Campaign::Committed(committed) => of_committed(committed, at),
        Campaign::Entered(_) => vec![FormAction::Extraction, FormAction::Rectify],
        Campaign::Drawn(drawn) => {
            let mut actions = vec![FormAction::Deliver, FormAction::Disqualify];
            let mut all = drawn.winners.iter();
            if !all.any(|winner| winner.delivery == Delivery::Delivered) {
                actions.push(FormAction::Rectify);
            }
            actions
        }
        Campaign::Delivered(_) => vec![FormAction::Account],
        Campaign::Accounted(_) | Campaign::Cancelled(_) => Vec::new(),
    }
}

fn of_committed(committed: &Committed, at: UnixMs) -> Vec<FormAction> {
    let due_ms = committed.due_ms();
    match committed.beacon {
        None if at >= due_ms.plus(-ABSENT_BEFORE_MS) => vec![FormAction::ShuffleAbsent],
        None => vec![FormAction::Shuffle],
        Some(_) if at < due_ms => vec![FormAction::Disqualify],
        Some(_) => vec![FormAction::Extraction],
    }
}

/// A form with what was typed into it.
pub fn form(row: &LifeRow, action: FormAction, waiting: &Waiting, typed: &Typed) -> CampaignForm {
    let fields = action.fields().iter().map(|key| FormField {
        key: *key,
        typed: value(typed, *key).to_owned(),
        choices: choices(row, *key, value(typed, *key)),
        error: None,
    });
    CampaignForm {
        action,
        href: format!(
            "/manage/campaigns/{}/{}",
            views::simple(&row.row.id),
            action.verb()
        ),
        seen: match action {
            FormAction::Approve => waiting.root.clone().unwrap_or_default(),
            _ => row.revision.to_string(),
        },
        fields: fields.collect(),
        error: None,
    }
}

pub fn value(typed: &Typed, key: FieldKey) -> &str {
    let mut all = typed.iter();
    let found = all.find(|(name, _)| name == key.key());
    found.map(|(_, value)| value.trim()).unwrap_or_default()
}

/// The form with an error at a field.
pub fn wrong(mut form: CampaignForm, key: FieldKey, error: FieldError) -> CampaignForm {
    for field in form.fields.iter_mut().filter(|field| field.key == key) {
        field.error = Some(error);
    }
    form
}

fn choices(row: &LifeRow, key: FieldKey, chosen: &str) -> Vec<Choice> {
    let LifeState::Draw(draw) = &row.state else {
        return Vec::new();
    };
    let choice = |value: String, label: String| Choice {
        chosen: value == chosen,
        value,
        label,
    };
    match key {
        FieldKey::Code => {
            let codes = draw.rules().disqualification_codes.iter();
            codes
                .map(|code| choice(code.code.clone(), format!("{} — {}", code.code, code.text)))
                .collect()
        }
        FieldKey::Replaces => effective(draw.records())
            .into_iter()
            .map(|record| {
                let label = format!("{} · {}", record.sequence, record.extraction.number);
                choice(record.sequence.to_string(), label)
            })
            .collect(),
        FieldKey::Rank => {
            let winners = draw.drawn().map_or(&[][..], |drawn| &drawn.winners);
            let open = winners
                .iter()
                .filter(|winner| winner.position.is_some() && winner.delivery == Delivery::Pending);
            open.map(|winner| {
                let prize = views::prize_name(draw.rules(), winner.rank);
                choice(
                    winner.rank.to_string(),
                    format!("{} · {prize}", winner.rank),
                )
            })
            .collect()
        }
        _ => Vec::new(),
    }
}
