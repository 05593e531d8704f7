//! A dock's word of a return that a customer brings: a signed receipt, or its code on the rental's
//! own page. GET shows, POST brings it; what it is good for is the action's to say.

use super::{find, found, look, person_reads};
use crate::actions::claim_rescue::By;
use crate::actions::honour_receipt::{self, Brought, SignedPart, Verdict};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::http::address::Address;
use crate::http::client::{Client, is_token};
use crate::store::dock::DockRow;
use crate::store::gateway::GatewayRow;
use crate::store::receipt::{ReceiptOutcome, ReceiptRow};
use crate::store::rental::{Place, RentalRow};
use crate::store::{DbError, StoreError, Tx, dock, gateway, gateway_event, receipt, rental};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use cloud_core::rental::Rental;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use shared::ids::TagUid;
use shared::offline::SharedSecret;
use shared::receipt::Receipt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use web::customer::{DockReceiptPage, ErrorKind, ReceiptCodeError, ReceiptStage, csp};

/// A code has thirty secret bits, and each gateway of the chain would take one guess in a billion.
const GUESSES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(3).expect("not zero");
const GUESSES_BURST: NonZeroU32 = NonZeroU32::new(6).expect("not zero");

/// Signatures cannot be guessed, and a whole shop brings receipts from one address: fifty times as many.
const SIGNED_PART: NonZeroU32 = NonZeroU32::new(50).expect("not zero");

/// Keys remembered before those that have calmed down are dropped.
const KEYS_MAX: usize = 4_096;

/// A receipt's code with the blanks and hyphens people put in.
const CODE_CHARS_MAX: usize = 32;

/// Slows down those who try receipts and codes, by address and by rental.
pub(super) struct Guesses {
    codes: Slow,
    signed: Slow,
}

impl Guesses {
    /// A Pix key is no secret to guess, but each costs the bank's directory a look-up.
    pub(super) fn admits_key(&self, from: Address, rental: &str) -> bool {
        self.codes.admits(from, &format!("key of {rental}"))
    }

    /// A code typed on a page that is nobody's: each address has few tries.
    pub(super) fn admits_code(&self, from: Address) -> bool {
        self.codes.admits(from, &format!("found {}", from.0))
    }

    /// A look at what became of a docking.
    pub(super) fn admits_look(&self, from: Address, proof: &str) -> bool {
        self.signed.admits(from, proof)
    }

    /// Who says to have found it: a person types this once or twice.
    pub(super) fn admits_claim(&self, from: Address, proof: &str) -> bool {
        self.codes.admits(from, proof)
    }
}

impl Default for Guesses {
    fn default() -> Self {
        let quota = |per: NonZeroU32, burst| Quota::per_minute(per).allow_burst(burst);
        let many = |few: NonZeroU32| few.saturating_mul(SIGNED_PART);
        Self {
            codes: Slow::to(quota(GUESSES_PER_MINUTE, GUESSES_BURST)),
            signed: Slow::to(quota(many(GUESSES_PER_MINUTE), many(GUESSES_BURST))),
        }
    }
}

struct Slow {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    by_rental: DefaultKeyedRateLimiter<String>,
}

impl Slow {
    fn to(quota: Quota) -> Self {
        Self {
            by_address: RateLimiter::keyed(quota),
            by_rental: RateLimiter::keyed(quota),
        }
    }

    /// `about` is a rental, or a receipt.
    fn admits(&self, from: Address, about: &str) -> bool {
        if self.by_address.len() > KEYS_MAX {
            self.by_address.retain_recent();
        }
        if self.by_rental.len() > KEYS_MAX {
            self.by_rental.retain_recent();
        }
        self.by_address.check_key(&from.0).is_ok()
            && self.by_rental.check_key(&about.to_owned()).is_ok()
    }
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

pub(super) async fn show(app: &Shared, client: &Client, carried: &str) -> Response {
    match leads_to_claim(app, carried).await {
        Ok(true) => return Redirect::to(&format!("/found/{carried}")).into_response(),
        Ok(false) => {}
        Err(failure) => return person_reads(client, &failure),
    }
    match page(app, client, carried).await {
        Ok(page) => client.page(StatusCode::OK, page.render(), csp()),
        Err(failure) => person_reads(client, &failure),
    }
}

async fn leads_to_claim(app: &Shared, carried: &str) -> Result<bool, Failure> {
    let (receipt, ..) = genuine(app, carried).await?;
    found::is_one(app, &receipt).await
}

pub(super) async fn bring(
    State(app): State<Shared>,
    Path(carried): Path<String>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
) -> Response {
    if is_token(&carried) {
        return super::error_page(&client, ErrorKind::BadForm);
    }
    // Signatures cannot be guessed; a flood of them is still work.
    if !guesses.signed.admits(from, &carried) {
        return super::error_page(&client, ErrorKind::TooMany);
    }
    match honour(&app, &carried).await {
        Ok(verdict) => {
            tracing::info!(receipt.verdict = ?verdict, "a receipt was brought");
            Redirect::to(&format!("/r/{carried}")).into_response()
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn bring_code(
    State(app): State<Shared>,
    Path(token): Path<String>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
    form: Result<Form<CodeForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return super::error_page(&client, ErrorKind::BadForm);
    };
    let row = match find(&app, &token).await {
        Ok(row) => row,
        Err(failure) => return person_reads(&client, &failure),
    };
    if !guesses.codes.admits(from, &row.id.to_string()) {
        return again(&app, &client, &token, ReceiptCodeError::TooFast).await;
    }
    if let Rental::Abandoned { is_back, .. } = row.state {
        let told = match is_back {
            true => Ok(()),
            false => honour_code(&app, &row, form.code.clone()).await.map(drop),
        };
        let claimed = match told {
            Ok(()) => claim_by_code(&app, &row, &form.code).await,
            Err(failure) => Err(failure),
        };
        return match claimed {
            Ok(true) => Redirect::to(&format!("/r/{token}")).into_response(),
            Ok(false) => again(&app, &client, &token, ReceiptCodeError::Wrong).await,
            Err(failure) => person_reads(&client, &failure),
        };
    }
    match honour_code(&app, &row, form.code).await {
        Ok(None) => again(&app, &client, &token, ReceiptCodeError::Wrong).await,
        Ok(Some(Verdict::Brought(ReceiptOutcome::Waiting))) => {
            again(&app, &client, &token, ReceiptCodeError::NotYet).await
        }
        Ok(Some(_)) => Redirect::to(&format!("/r/{token}")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// Who has the rental's page and the dock's code of the docking brought the cart: late, but whole.
async fn claim_by_code(app: &Shared, row: &RentalRow, typed: &str) -> Result<bool, Failure> {
    let Some(place) = found::typed_by_payer(app, row.id, typed).await? else {
        return Ok(false);
    };
    match found::carry_out(app, place, By::Payer(row.id)).await {
        Ok(_) | Err(Failure::Rejected(Rejection::RescueDecided)) => Ok(true),
        Err(failure) => Err(failure),
    }
}

async fn again(app: &Shared, client: &Client, token: &str, error: ReceiptCodeError) -> Response {
    let status = match error {
        ReceiptCodeError::TooFast => StatusCode::TOO_MANY_REQUESTS,
        ReceiptCodeError::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
        ReceiptCodeError::NotYet => StatusCode::OK,
    };
    match look(app, client, token).await {
        Ok(mut page) => {
            page.view.code_error = Some(error);
            client.page(status, page.render(), csp())
        }
        Err(failure) => person_reads(client, &failure),
    }
}

async fn page(app: &Shared, client: &Client, carried: &str) -> Result<DockReceiptPage, Failure> {
    let (receipt, _, at) = genuine(app, carried).await?;
    let stage = app.store.read(move |tx| stage(tx, &receipt)).await?;
    let mut frame = client.frame.clone();
    frame.path = format!("/r/{carried}");
    let tag = receipt.tag.to_string();
    Ok(DockReceiptPage {
        frame,
        carried: carried.to_owned(),
        dock_name: at.name,
        store_name: at.store_name,
        bay: receipt.bay,
        cart_label: tag[tag.len() - 4..].to_uppercase(),
        wall_ms: receipt.wall_ms,
        stage,
    })
}

/// What a look may say, without changing anything.
fn stage(tx: &Tx<'_>, of: &Receipt) -> Result<ReceiptStage, DbError> {
    let place = Place {
        gateway: of.gateway,
        seq: of.seq,
    };
    if let Some(before) = receipt::at(tx, &place)? {
        let same = before.tag == of.tag && before.hash.is_none_or(|hash| hash == of.hash);
        return match same {
            true => since_then(tx, &before),
            false => Ok(ReceiptStage::Contradicted),
        };
    }
    let told = gateway_event::hash_at(tx, &of.gateway, of.seq)?;
    Ok(if told == Some(of.hash) {
        ReceiptStage::Honoured
    } else {
        ReceiptStage::Fresh
    })
}

/// What became of a receipt when it was brought, and of its rental and its event after that.
fn since_then(tx: &Tx<'_>, before: &ReceiptRow) -> Result<ReceiptStage, DbError> {
    match before.outcome {
        ReceiptOutcome::Honoured => return Ok(ReceiptStage::Honoured),
        ReceiptOutcome::Older => return Ok(ReceiptStage::Older),
        ReceiptOutcome::Contradicted => return Ok(ReceiptStage::Contradicted),
        ReceiptOutcome::Held | ReceiptOutcome::Waiting => {}
    }
    if let Some(id) = before.rental {
        let state = rental::by_id(tx, &id)?.map(|row| row.state);
        return Ok(match state {
            Some(Rental::Returned { review: None } | Rental::Closed) => ReceiptStage::Honoured,
            _ => ReceiptStage::Held,
        });
    }
    if !before.told {
        return Ok(ReceiptStage::Waiting);
    }
    let event = gateway_event::at(tx, &before.place.gateway, before.place.seq)?;
    Ok(match event.as_ref().map(|event| event.outcome.as_str()) {
        Some("applied" | "already_applied" | "found") => ReceiptStage::Honoured,
        Some("held_for_review") => ReceiptStage::Held,
        Some("stale_return") => ReceiptStage::Older,
        _ => ReceiptStage::Told,
    })
}

/// The receipt, if a gateway of ours signed it; whichever it is today.
pub(super) async fn genuine(
    app: &Shared,
    carried: &str,
) -> Result<(Receipt, GatewayRow, DockRow), Failure> {
    let unknown = Failure::from(Rejection::UnknownRental);
    let Some(claimed) = Receipt::claimed_gateway(carried) else {
        return Err(unknown);
    };
    let found = app
        .store
        .read(move |tx| {
            let Some(row) = gateway::by_id(tx, &claimed)? else {
                return Ok(None);
            };
            let at = dock::by_id(tx, &row.dock)?;
            Ok(at.map(|at| (row, at)))
        })
        .await?;
    let Some((row, at)) = found else {
        return Err(unknown);
    };
    match Receipt::from_carried(carried, &row.public_key) {
        Some(receipt) => Ok((receipt, row, at)),
        None => Err(unknown),
    }
}

async fn honour(app: &Shared, carried: &str) -> Result<Verdict, Failure> {
    let (receipt, ..) = genuine(app, carried).await?;
    let brought = Brought {
        place: Place {
            gateway: receipt.gateway,
            seq: receipt.seq,
        },
        tag: receipt.tag,
        signed: Some(SignedPart {
            hash: receipt.hash,
            bay: receipt.bay,
            wall_ms: receipt.wall_ms,
        }),
        only: None,
    };
    bring_it(app, brought).await
}

/// None: no gateway's code for this rental's cart.
async fn honour_code(
    app: &Shared,
    row: &RentalRow,
    typed: String,
) -> Result<Option<Verdict>, Failure> {
    let Some(tag) = row.tag else {
        return Ok(Some(Verdict::Brought(ReceiptOutcome::Waiting)));
    };
    if typed.chars().count() > CODE_CHARS_MAX {
        return Ok(None);
    }
    let gateways = app.store.read(gateway::ever).await?;
    let keys = Shared::clone(app);
    // A key agreement each: a thousand gateways are a twentieth of a second.
    let search = move || {
        let of = |row: &GatewayRow| proved(&keys, row, &typed, &tag);
        gateways.iter().find_map(of)
    };
    let found = tokio::task::spawn_blocking(search)
        .await
        .map_err(|_| StoreError::Closed)?;
    let Some(place) = found else {
        return Ok(None);
    };
    let brought = Brought {
        place,
        tag,
        signed: None,
        only: Some(row.id),
    };
    bring_it(app, brought).await.map(Some)
}

pub(super) fn proved(app: &Shared, row: &GatewayRow, typed: &str, tag: &TagUid) -> Option<Place> {
    let secret = SharedSecret::between(app.keys.signing(), &row.public_key);
    let told = secret.read_receipt_code(typed, tag)?;
    Some(Place {
        gateway: row.id,
        seq: nearest(told, row.head.seq),
    })
}

/// The number nearest to `head` with the thirty low bits that a code holds.
fn nearest(low: u64, head: u64) -> u64 {
    const ROUND: u64 = 1 << 30;
    let same_round = head / ROUND * ROUND + low;
    if same_round + ROUND / 2 < head {
        same_round + ROUND
    } else if same_round > head + ROUND / 2 && same_round >= ROUND {
        same_round - ROUND
    } else {
        same_round
    }
}

async fn bring_it(app: &Shared, brought: Brought) -> Result<Verdict, Failure> {
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| honour_receipt::run(tx, at, &brought))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_codes_number_is_the_nearest_to_what_is_known() {
        const ROUND: u64 = 1 << 30;
        for (low, head, seq) in [
            (7, 0, 7),
            (7, 6, 7),
            (3, 9, 3),
            (2, ROUND - 1, ROUND + 2),
            (ROUND - 2, ROUND + 1, ROUND - 2),
            (5, 3 * ROUND + 1, 3 * ROUND + 5),
        ] {
            assert_eq!(nearest(low, head), seq, "{low} {head}");
        }
    }

    #[test]
    fn guesses_are_slowed_by_address_and_by_rental() {
        let from = |last| Address(IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)));
        let guesses = Guesses::default();
        let codes = &guesses.codes;
        assert_eq!((0..20).filter(|_| codes.admits(from(1), "a")).count(), 6);
        assert_eq!((2..40).filter(|n| codes.admits(from(*n), "a")).count(), 0);
        assert!(codes.admits(from(50), "b"));
    }

    /// Everybody in the shop behind one address brings a receipt on the day the internet is back.
    #[test]
    fn signed_receipts_are_slowed_fifty_times_later() {
        let shop = Address(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)));
        let guesses = Guesses::default();
        let admitted = |n: &u32| guesses.signed.admits(shop, &format!("receipt {n}"));
        assert_eq!((0..290).filter(admitted).count(), 290);
        assert!(
            (290..600).filter(admitted).count() < 50,
            "a flood is still slowed"
        );
        assert!(guesses.codes.admits(shop, "a"), "and slows no code");
    }
}
