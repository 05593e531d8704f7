//! Whoever brought an abandoned cart says who they are, by the dock's word: a signed receipt that was
//! carried, or its code that was typed. GET shows, POST claims; what it is worth is the action's to say.

mod code;

pub(super) use code::typed_by_payer;

use super::receipt::Guesses;
use super::{error_page, person_reads, token_hash};
use crate::actions::claim_rescue::{self, By, ClaimRescue, FinderClaim, Wanted};
use crate::actions::{Failure, Rejection};
use crate::admin;
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::http::address::Address;
use crate::http::client::Client;
use crate::http::code_hash;
use crate::jobs::day_of;
use crate::store::dock::DockRow;
use crate::store::rental::{Place, RentalRow};
use crate::store::rescue::{RescueRow, RescueState};
use crate::store::voucher::VoucherRow;
use crate::store::{DbError, Tx, dock, gateway, payout, policy, rental, rescue, voucher};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use cloud_core::policy::Policy;
use cloud_core::rescue::{Split, VOUCHER_VALID_DAYS};
use code::{find, place_of, plain};
use serde::Deserialize;
use shared::ids::PersonId;
use shared::money::Centavos;
use shared::pix_key::PixKey;
use shared::receipt::Receipt;
use std::sync::Arc;
use web::customer::{
    ErrorKind, FoundError, FoundFormPage, FoundPage, FoundStage, FoundTyped, FoundVoucher,
    PayerOffer, csp,
};

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

#[derive(Default, Deserialize)]
pub(super) struct ClaimForm {
    #[serde(default)]
    cpf: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    wanted: String,
}

pub(super) async fn form(client: Client) -> Response {
    form_page(&client, StatusCode::OK, None)
}

fn form_page(client: &Client, status: StatusCode, error: Option<FoundError>) -> Response {
    let page = FoundFormPage {
        frame: client.frame.clone(),
        error,
    };
    client.page(status, page.render(), csp())
}

pub(super) async fn type_code(
    State(app): State<Shared>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
    form: Result<Form<CodeForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    if !guesses.admits_code(from) {
        let error = Some(FoundError::TooFast);
        return form_page(&client, StatusCode::TOO_MANY_REQUESTS, error);
    }
    let code = plain(&form.code);
    match find(&app, &code).await {
        Ok(Some(_)) => Redirect::to(&format!("/found/{code}")).into_response(),
        Ok(None) => {
            let error = Some(FoundError::Code);
            form_page(&client, StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

/// Whether this docking ended an abandoned rental: then its receipt leads here.
pub(super) async fn is_one(app: &Shared, receipt: &Receipt) -> Result<bool, Failure> {
    let place = place_of(receipt);
    let found = app.store.read(move |tx| rescue::at(tx, &place)).await?;
    Ok(found.is_some())
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(proof): Path<String>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
) -> Response {
    if !guesses.admits_look(from, &proof) {
        return error_page(&client, ErrorKind::TooMany);
    }
    match case(&app, &proof).await {
        Ok(case) => {
            let stage = case.stage(&client, FoundTyped::default());
            case.page(&client, proof, StatusCode::OK, stage)
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn claim(
    State(app): State<Shared>,
    Path(proof): Path<String>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
    form: Result<Form<ClaimForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    if !guesses.admits_claim(from, &proof) {
        return error_page(&client, ErrorKind::TooMany);
    }
    let before = match case(&app, &proof).await {
        Ok(case) => case,
        Err(failure) => return person_reads(&client, &failure),
    };
    let voucher = admin::fresh_code();
    let finder = match read_claim(&form, &voucher) {
        Ok(finder) => finder,
        Err(error) => return again(&before, &client, proof, &form, error),
    };
    let by_voucher = matches!(finder.wanted, Wanted::Voucher(_));
    match carry_out(&app, before.found.place, By::Finder(finder)).await {
        Ok(RescueState::Rescued | RescueState::Review) if by_voucher => {
            match case(&app, &proof).await {
                Ok(after) => {
                    let stage = after.rewarded(Some(voucher));
                    after.page(&client, proof, StatusCode::OK, stage)
                }
                Err(failure) => person_reads(&client, &failure),
            }
        }
        Ok(_) | Err(Failure::Rejected(Rejection::RescueDecided)) => {
            Redirect::to(&format!("/found/{proof}")).into_response()
        }
        Err(Failure::Rejected(Rejection::KeyOfAnother)) => {
            again(&before, &client, proof, &form, FoundError::KeyOfAnother)
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The payer, by the rental that this device remembers.
pub(super) async fn claim_mine(
    State(app): State<Shared>,
    Path(proof): Path<String>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
) -> Response {
    if !guesses.admits_claim(from, &proof) {
        return error_page(&client, ErrorKind::TooMany);
    }
    let case = match case(&app, &proof).await {
        Ok(case) => case,
        Err(failure) => return person_reads(&client, &failure),
    };
    if !case.is_of(&client) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    match carry_out(&app, case.found.place, By::Payer(case.row.id)).await {
        Ok(_) | Err(Failure::Rejected(Rejection::RescueDecided)) => {
            Redirect::to(&format!("/found/{proof}")).into_response()
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn carry_out(app: &Shared, place: Place, by: By) -> Result<RescueState, Failure> {
    let (at, keys) = (now(), Shared::clone(app));
    let wanted = ClaimRescue {
        place,
        by,
        today_ms: day_of(at, &app.zone),
    };
    let state = app
        .store
        .write(move |tx: &Tx<'_>| claim_rescue::run(tx, at, &keys.keys, &wanted))
        .await?;
    tracing::info!(rescue.state = state.as_str(), "a docking was claimed");
    Ok(state)
}

fn read_claim(form: &ClaimForm, voucher: &str) -> Result<FinderClaim, FoundError> {
    let cpf = form.cpf.trim().parse().map_err(|_| FoundError::Cpf)?;
    let wanted = match form.wanted.as_str() {
        "voucher" => Wanted::Voucher(code_hash(voucher)),
        _ => {
            let key: PixKey = form.key.parse().map_err(|_| FoundError::Key)?;
            Wanted::Key(key)
        }
    };
    Ok(FinderClaim {
        cpf,
        person: Entropy::default().id(PersonId::new, now()),
        wanted,
    })
}

fn again(
    case: &Case,
    client: &Client,
    proof: String,
    form: &ClaimForm,
    error: FoundError,
) -> Response {
    let typed = FoundTyped {
        cpf: form.cpf.chars().take(14).collect(),
        key: form.key.chars().take(77).collect(),
        error: Some(error),
    };
    let stage = case.stage(client, typed);
    case.page(client, proof, StatusCode::UNPROCESSABLE_ENTITY, stage)
}

/// A docking that ended an abandoned rental, and what its page says.
struct Case {
    found: RescueRow,
    row: RentalRow,
    at: DockRow,
    policy: Policy,
    /// Of the rental's own page.
    token_hash: Option<[u8; 32]>,
    /// A Pix was ordered, not a voucher.
    pays: bool,
    voucher: Option<VoucherRow>,
}

impl Case {
    fn stage(&self, client: &Client, typed: FoundTyped) -> FoundStage {
        let open = claim_rescue::is_open(&self.found);
        if open && client.frame.now_ms <= self.found.claim_until_ms {
            return FoundStage::Open {
                until_ms: self.found.claim_until_ms,
                share: self.share(),
                voucher_days: VOUCHER_VALID_DAYS,
                typed,
                payer: match self.is_of(client) {
                    true => PayerOffer::Here,
                    false => PayerOffer::No,
                },
            };
        }
        match self.found.state {
            RescueState::Rescued => self.rewarded(None),
            RescueState::Late | RescueState::InTime => FoundStage::Payer,
            RescueState::Review if self.found.claimed_ms.is_some() => FoundStage::Person,
            RescueState::Unclaimed if self.found.claimed_ms.is_some() => FoundStage::Nothing,
            _ => FoundStage::Over,
        }
    }

    /// `code`: of the voucher, on the one page that shows it.
    fn rewarded(&self, code: Option<String>) -> FoundStage {
        let voucher = self.voucher.as_ref().map(|given| FoundVoucher {
            code,
            until_ms: given.until_ms,
        });
        if voucher.is_none() && !self.pays {
            return FoundStage::Over;
        }
        FoundStage::Rewarded {
            share: match self.found.state {
                RescueState::Rescued => self.found.finder_share,
                _ => self.share(),
            },
            pay_from_ms: self.found.pay_from_ms,
            voucher,
        }
    }

    fn share(&self) -> Centavos {
        Split::of_rescue(self.row.deposit, self.policy.finder_share_basis_points).finder
    }

    /// Whether this device has the rental's own page.
    fn is_of(&self, client: &Client) -> bool {
        let mut tokens = client.tokens.iter();
        tokens.any(|token| Some(token_hash(token)) == self.token_hash)
    }

    fn page(
        &self,
        client: &Client,
        proof: String,
        status: StatusCode,
        stage: FoundStage,
    ) -> Response {
        let mut frame = client.frame.clone();
        frame.path = format!("/found/{proof}");
        let page = FoundPage {
            frame,
            proof,
            dock_name: self.at.name.clone(),
            store_name: self.at.store_name.clone(),
            docked_ms: self.found.docked_ms,
            stage,
        };
        client.page(status, page.render(), csp())
    }
}

async fn case(app: &Shared, proof: &str) -> Result<Case, Failure> {
    let unknown = || Failure::from(Rejection::UnknownRescue);
    let found = find(app, proof).await?.ok_or_else(unknown)?;
    let read = app.store.read(move |tx| read_case(tx, found)).await?;
    read.ok_or_else(unknown)
}

fn read_case(tx: &Tx<'_>, found: RescueRow) -> Result<Option<Case>, DbError> {
    let Some(row) = rental::by_id(tx, &found.rental)? else {
        return Ok(None);
    };
    let Some(serving) = gateway::by_id(tx, &found.place.gateway)? else {
        return Ok(None);
    };
    let (at, decided) = (
        dock::by_id(tx, &serving.dock)?,
        policy::by_id(tx, &row.policy)?,
    );
    let Some((at, decided)) = at.zip(decided) else {
        return Ok(None);
    };
    Ok(Some(Case {
        token_hash: rental::token_hash_of(tx, &row.id)?,
        pays: !payout::of_rental(tx, &row.id)?.is_empty(),
        voucher: voucher::of_rental(tx, &row.id)?,
        at,
        policy: decided.policy,
        row,
        found,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(cpf: &str, key: &str, wanted: &str) -> ClaimForm {
        ClaimForm {
            cpf: cpf.into(),
            key: key.into(),
            wanted: wanted.into(),
        }
    }

    #[test]
    fn what_is_typed_is_a_claim_or_the_field_that_is_wrong() {
        let ok = |form: &ClaimForm| read_claim(form, "code").map(|c| c.wanted);
        let key = ok(&typed("529.982.247-25", "ana@exemplo.com", "key"));
        assert!(matches!(key, Ok(Wanted::Key(_))));
        let voucher = ok(&typed("52998224725", "", "voucher"));
        assert!(matches!(voucher, Ok(Wanted::Voucher(hash)) if hash == code_hash("code")));
        for (form, wrong) in [
            (
                typed("52998224724", "ana@exemplo.com", "key"),
                FoundError::Cpf,
            ),
            (typed("", "ana@exemplo.com", "voucher"), FoundError::Cpf),
            (typed("52998224725", "", "key"), FoundError::Key),
            (typed("52998224725", "ana@", ""), FoundError::Key),
        ] {
            assert_eq!(ok(&form).err(), Some(wrong));
        }
    }
}
