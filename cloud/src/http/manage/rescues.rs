//! Abandoned carts that came back: those that wait for a person, what was decided, and the vouchers.

use super::super::client::Client;
use super::super::code_hash;
use super::super::customer::{error_page, person_reads};
use super::super::raffle;
use super::timeline::review_words;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::judge_rescue::{self, Judgement};
use crate::actions::{Failure, Outcome, Rejection, name_vouchers, redeem_voucher};
use crate::app::{App, Shared, now};
use crate::keys::SealedCpf;
use crate::store::prize_voucher::PrizeVoucherRow;
use crate::store::rescue::{RescueRow as Stored, RescueState};
use crate::store::voucher::VoucherRow as StoredVoucher;
use crate::store::{Tx, dock, gateway, person, prize_voucher, rental, rescue, voucher};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::rescue::{Inputs, Objection, Refusal};
use serde::Deserialize;
use shared::ids::RentalId;
use shared::money::Centavos;
use web::customer::ErrorKind;
use web::manager::{
    OpenVoucherRow, RescueFact, RescueReason, RescueRow, RescueStateView, RescuesPage, Role,
    VoucherError, VoucherRow, VoucherSource, VouchersPage,
};
use web::text::Text;

/// More than anybody works through; the oldest come first.
const WAITING_ROWS: u16 = 200;
const DECIDED_ROWS: u16 = 50;
const VOUCHER_ROWS: u16 = 20;

/// A code with the blanks people put in.
const CODE_CHARS_MAX: usize = 64;

/// A row with what stands outside it.
struct Told {
    found: Stored,
    deposit: Centavos,
    dock_name: String,
    finder: Option<SealedCpf>,
    can_judge: bool,
}

pub async fn list(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let found = app
        .store
        .read(move |tx| Ok(read(tx)))
        .await
        .map_err(Failure::from)
        .and_then(|read| read);
    match found {
        Ok((waiting, decided)) => {
            let text = client.frame.lang.text();
            let view = |rows: Vec<Told>| rows.iter().map(|told| row(&app, text, told)).collect();
            let shown = RescuesPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                may_judge: staff.may(Role::Manager),
                waiting: view(waiting),
                decided: view(decided),
            };
            page(&client, shown.render())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

fn read(tx: &Tx<'_>) -> Outcome<(Vec<Told>, Vec<Told>)> {
    let waiting = rescue::queue(tx, WAITING_ROWS)?;
    let names: Vec<RentalId> = waiting.iter().map(|row| row.rental).collect();
    let decided = rescue::decided(tx, DECIDED_ROWS)?;
    let decided = decided
        .into_iter()
        .filter(|row| !names.contains(&row.rental));
    let told = |row| told(tx, row);
    Ok((
        waiting.into_iter().map(told).collect::<Outcome<_>>()?,
        decided.map(told).collect::<Outcome<_>>()?,
    ))
}

fn told(tx: &Tx<'_>, found: Stored) -> Outcome<Told> {
    let row = rental::by_id(tx, &found.rental)?.ok_or(Rejection::UnknownRental)?;
    let serving = gateway::by_id(tx, &found.place.gateway)?.ok_or(Rejection::UnknownGateway)?;
    Ok(Told {
        deposit: row.deposit,
        dock_name: dock::by_id(tx, &serving.dock)?.map_or_else(String::new, |at| at.name),
        finder: match found.finder {
            Some(id) => person::sealed_cpf(tx, &id)?,
            None => None,
        },
        can_judge: judge_rescue::is_for_a_person(tx, &found)?,
        found,
    })
}

fn row(app: &App, text: &Text, told: &Told) -> RescueRow {
    let found = &told.found;
    let cpf = told.finder.as_ref().and_then(|cpf| app.keys.open_cpf(cpf));
    RescueRow {
        rental: found.rental.to_string(),
        docked_ms: found.docked_ms,
        dock_name: told.dock_name.clone(),
        state: state_view(found.state),
        reason: reason(told),
        objected_ms: found.objected_ms,
        deposit: told.deposit,
        share: found.finder_share,
        finder: cpf.map(|cpf| cpf.masked()),
        facts: facts(text, found),
        inputs: found.inputs.clone(),
        can_judge: told.can_judge,
    }
}

pub(super) fn state_view(of: RescueState) -> RescueStateView {
    match of {
        RescueState::Open => RescueStateView::Open,
        RescueState::InTime => RescueStateView::InTime,
        RescueState::Late => RescueStateView::Late,
        RescueState::Rescued => RescueStateView::Rescued,
        RescueState::Unclaimed => RescueStateView::Unclaimed,
        RescueState::Review => RescueStateView::Review,
        RescueState::Overturned => RescueStateView::Overturned,
    }
}

fn reason(told: &Told) -> Option<RescueReason> {
    let found = &told.found;
    if found.objection == Objection::Open {
        return Some(RescueReason::Contested);
    }
    if found.state == RescueState::Rescued && told.can_judge {
        return Some(RescueReason::HeldForOthers);
    }
    let code = found.refusal.as_deref()?;
    let why = Refusal::ALL.into_iter().find(|why| why.as_str() == code);
    Some(why.map_or(RescueReason::Other, in_words))
}

fn in_words(why: Refusal) -> RescueReason {
    match why {
        Refusal::SensorsDisagree => RescueReason::SensorsDisagree,
        Refusal::NotAbandoned => RescueReason::NotAbandoned,
        Refusal::ServiceMode => RescueReason::ServiceMode,
        Refusal::NoClaim => RescueReason::NoClaim,
        Refusal::ClaimLate => RescueReason::ClaimLate,
        Refusal::Staff => RescueReason::Staff,
        Refusal::SameCpf => RescueReason::SameCpf,
        Refusal::SameKey => RescueReason::SameKey,
        Refusal::CapOfCpf => RescueReason::CapOfCpf,
        Refusal::CapOfKey => RescueReason::CapOfKey,
        Refusal::PairTooOften => RescueReason::PairTooOften,
        Refusal::ObjectedTo => RescueReason::ObjectedTo,
        Refusal::Disputed => RescueReason::Disputed,
    }
}

fn facts(text: &Text, found: &Stored) -> Vec<RescueFact> {
    let mut facts = Vec::new();
    let doubt = found.doubt.as_deref().map(|code| {
        let words = rental::review_of(code).map(|why| review_words(text, why));
        RescueFact::Doubt(words.unwrap_or(code).to_owned())
    });
    facts.extend(doubt);
    if found.service {
        facts.push(RescueFact::Service);
    }
    let inputs = found.inputs.as_deref();
    let inputs = inputs.and_then(|text| serde_json::from_str::<Inputs>(text).ok());
    let Some(inputs) = inputs else {
        return facts;
    };
    if inputs.disputed {
        facts.push(RescueFact::Disputed);
    }
    if let Some(finder) = inputs.claim.and_then(|claim| claim.finder) {
        for (applies, fact) in [
            (finder.staff, RescueFact::Staff),
            (finder.same_cpf, RescueFact::SameCpf),
            (finder.same_key, RescueFact::SameKey),
        ] {
            facts.extend(applies.then_some(fact));
        }
        let today = (finder.rewards_today_of_cpf, finder.rewards_today_of_key);
        facts.push(RescueFact::Today(today.0, today.1));
        facts.push(RescueFact::Pair(finder.rewards_of_pair));
        facts.push(RescueFact::Objections(finder.objections));
    }
    facts
}

#[derive(Default, Deserialize)]
pub struct JudgeForm {
    #[serde(default)]
    judgement: String,
}

pub async fn judge(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
    form: Result<Form<JudgeForm>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let Ok(id) = id.parse::<RentalId>() else {
        return error_page(&client, ErrorKind::UnknownRental);
    };
    let said = form.map(|Form(form)| form.judgement).unwrap_or_default();
    let judgement = match said.as_str() {
        "payer" => Judgement::ForPayer,
        "keep" => Judgement::AgainstPayer,
        _ => return error_page(&client, ErrorKind::BadForm),
    };
    let (at, by, audit) = (now(), staff.id(), audit_id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| judge_rescue::run(tx, at, (&id, judgement), (&by, &audit)))
        .await;
    match done {
        Ok(()) => Redirect::to("/manage/rescues").into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn vouchers(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    vouchers_page(&app, &staff, &client, (None, None)).await
}

#[derive(Default, Deserialize)]
pub struct VoucherForm {
    #[serde(default)]
    code: String,
}

pub async fn redeem(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<VoucherForm>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let typed = form.map(|Form(form)| form.code).unwrap_or_default();
    let code: String = typed.trim().chars().take(CODE_CHARS_MAX).collect();
    let (at, by, audit) = (now(), staff.id(), audit_id());
    let hash = code_hash(&code);
    let own = Shared::clone(&app);
    let done = app
        .store
        .write(move |tx: &Tx<'_>| {
            // A voucher that was made this very minute may have no code yet.
            name_vouchers::run(tx, &own.keys)?;
            redeem_voucher::run(tx, at, &hash, (&by, &audit))
        })
        .await;
    let said = match done {
        Ok(amount) => (None, Some(amount)),
        Err(Failure::Rejected(why)) => (Some(voucher_error(why)), None),
        Err(failure) => return person_reads(&client, &failure),
    };
    vouchers_page(&app, &staff, &client, said).await
}

fn voucher_error(why: Rejection) -> VoucherError {
    match why {
        Rejection::VoucherUsed => VoucherError::Used,
        Rejection::VoucherExpired => VoucherError::Expired,
        Rejection::VoucherEarly => VoucherError::Early,
        Rejection::VoucherHeld => VoucherError::Held,
        Rejection::VoucherLost => VoucherError::Lost,
        _ => VoucherError::Unknown,
    }
}

async fn vouchers_page(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    (error, done): (Option<VoucherError>, Option<Centavos>),
) -> Response {
    let found = app
        .store
        .read(|tx| {
            Ok((
                voucher::open(tx, WAITING_ROWS)?,
                voucher::ended(tx, VOUCHER_ROWS)?,
                prize_voucher::redeemed(tx, VOUCHER_ROWS)?,
            ))
        })
        .await;
    let (open, last, prizes) = match found {
        Ok(found) => found,
        Err(error) => return person_reads(client, &error.into()),
    };
    let shown = VouchersPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        may_redeem: staff.may(Role::Manager),
        error,
        done,
        open: open.iter().map(open_voucher).collect(),
        last: ended_vouchers(&last, &prizes),
    };
    page(client, shown.render())
}

fn open_voucher(row: &StoredVoucher) -> OpenVoucherRow {
    OpenVoucherRow {
        source: VoucherSource::Rental(row.rental.to_string()),
        amount: row.amount,
        given_ms: row.made_ms,
        until_ms: row.until_ms,
    }
}

fn ended_voucher(row: &StoredVoucher) -> VoucherRow {
    VoucherRow {
        source: VoucherSource::Rental(row.rental.to_string()),
        amount: row.amount,
        ended_ms: row.redeemed_ms.or(row.expired_ms).unwrap_or(row.made_ms),
        expired: row.expired_ms.is_some(),
    }
}

/// The latest first, whatever they were for.
fn ended_vouchers(
    finders: &[StoredVoucher],
    prizes: &[(PrizeVoucherRow, String)],
) -> Vec<VoucherRow> {
    let prizes = prizes.iter().map(|(row, name)| VoucherRow {
        source: VoucherSource::Campaign {
            id: raffle::simple(&row.of.campaign),
            name: name.clone(),
            rank: Some(row.of.rank).filter(|rank| *rank > 0),
        },
        amount: row.amount,
        ended_ms: row.redeemed_ms.unwrap_or(row.made_ms),
        expired: false,
    });
    let mut all: Vec<VoucherRow> = finders.iter().map(ended_voucher).chain(prizes).collect();
    all.sort_by_key(|row| std::cmp::Reverse(row.ended_ms));
    all.truncate(usize::from(VOUCHER_ROWS));
    all
}
