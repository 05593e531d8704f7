//! A campaign's steps, as forms send them.

mod read;

use super::super::super::client::Client;
use super::super::super::customer::{error_page, person_reads};
use super::super::who::Staff;
use super::super::{audit_id, page, vouchers};
use super::forms::{self, Typed, wrong};
use super::{find, refused, whole};
use crate::actions::approve_commitment;
use crate::actions::authorise_campaign::{self, AuthoriseCampaign};
use crate::actions::campaign_step::By;
use crate::actions::disqualify_entry::{self, DisqualifyEntry};
use crate::actions::enter_result::{self, EnterResult};
use crate::actions::{
    Failure, Outcome, Rejection, account_campaign, cancel_campaign, deliver_prize, note_beacon,
    publish_campaign, rectify_result,
};
use crate::app::{Shared, now};
use crate::store::Tx;
use crate::store::paper::{self, Paper};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use cloud_core::raffle::beacon::BeaconRefused;
use cloud_core::raffle::campaign::{CancelReason, Rejection as No};
use cloud_core::raffle::result::RecordRefused;
use read::{Wanted, read};
use shared::ids::CampaignId;
use shared::time::UnixMs;
use web::customer::ErrorKind;
use web::manager::{CampaignForm, FieldError, FieldKey, FormAction, FormError, Role};

/// `POST /manage/campaigns/{id}/{verb}`
pub async fn act(
    State(app): State<Shared>,
    Path((id, verb)): Path<(String, String)>,
    staff: Staff,
    client: Client,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let (Some(action), Ok(Form(typed))) = (FormAction::from_verb(&verb), form) else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let found = match find(&app, &staff, &id).await {
        Ok(found) => found,
        Err(failure) => return person_reads(&client, &failure),
    };
    let waiting = found.waiting(staff.id());
    let form = forms::form(&found.row, action, &waiting, &typed);
    let step = match read(&app, &found.row, (&form, &typed), staff.id()) {
        Ok(step) => step,
        Err(form) => return again(&app, &staff, &client, (&id, *form)).await,
    };
    let by = By {
        staff: staff.id(),
        audit_id: audit_id(),
    };
    match carry_out(&app, found.row.row.id, step, by).await {
        Ok(()) => match whole(&app, &staff, &client, &id, (None, Some(action))).await {
            Ok(shown) => page(&client, shown.render()),
            Err(failure) => person_reads(&client, &failure),
        },
        Err(Failure::Rejected(why)) => match said(&form, why) {
            Some(form) => again(&app, &staff, &client, (&id, form)).await,
            None => person_reads(&client, &why.into()),
        },
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn again(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    (id, form): (&str, CampaignForm),
) -> Response {
    match whole(app, staff, client, id, (Some(form), None)).await {
        Ok(shown) => refused(client, &shown),
        Err(failure) => person_reads(client, &failure),
    }
}

/// A prize whose voucher is at a dock is asked back first.
async fn carry_out(app: &Shared, id: CampaignId, wanted: Wanted, by: By) -> Outcome<()> {
    let done = attempt(app, id, wanted.clone(), by.clone()).await;
    match (&done, &wanted) {
        (Err(Failure::Rejected(Rejection::VoucherAtDock)), Wanted::Deliver { rank, .. }) => {
            vouchers::prize_asked_back(app, id, *rank).await?;
            attempt(app, id, wanted, by).await
        }
        _ => done,
    }
}

async fn attempt(app: &Shared, id: CampaignId, wanted: Wanted, by: By) -> Outcome<()> {
    let (at, own) = (now(), Shared::clone(app));
    app.store
        .write(move |tx: &Tx<'_>| run(tx, at, &own, (&id, &wanted), &by))
        .await
}

fn run(
    tx: &Tx<'_>,
    at: UnixMs,
    app: &Shared,
    (id, wanted): (&CampaignId, &Wanted),
    by: &By,
) -> Outcome<()> {
    match wanted.clone() {
        Wanted::Authorise {
            certificate,
            ownership_ms,
            document,
        } => {
            let wanted = AuthoriseCampaign {
                id: *id,
                certificate,
                ownership_ms,
                ownership_document: document,
                by: by.clone(),
            };
            authorise_campaign::run(tx, at, &wanted).map(drop)
        }
        Wanted::Open => publish_campaign::run(tx, at, id, by).map(drop),
        Wanted::Approve(root) => {
            approve_commitment::run(tx, at, &app.keys, (id, &root), by).map(drop)
        }
        Wanted::Shuffle(beacon) => note_beacon::run(tx, at, (id, beacon), Some(by)).map(drop),
        Wanted::Read {
            replaces,
            reading,
            evidence,
            reason,
        } => {
            let wanted = EnterResult {
                id: *id,
                replaces,
                reading,
                reason,
                evidence,
                by: by.clone(),
            };
            match replaces {
                None => enter_result::run(tx, at, &app.keys, &wanted).map(drop),
                Some(_) => rectify_result::run(tx, at, &app.keys, &wanted).map(drop),
            }
        }
        Wanted::Disqualify { position, code } => {
            let wanted = DisqualifyEntry {
                id: *id,
                position,
                code,
                by: by.clone(),
            };
            disqualify_entry::run(tx, at, &app.keys, &wanted).map(drop)
        }
        Wanted::Deliver { rank, document } => {
            deliver_prize::run(tx, at, (id, rank), by)?;
            Ok(paper::put(tx, id, Paper::Delivery(rank), &document, at)?)
        }
        Wanted::Account { protocol, darf } => {
            account_campaign::run(tx, at, (id, &protocol), by)?;
            Ok(paper::put(tx, id, Paper::Darf, &darf, at)?)
        }
        Wanted::GiveUp => {
            let reason = give_up_reason(tx, id)?;
            cancel_campaign::run(tx, at, (id, reason), by).map(drop)
        }
    }
}

/// Before anybody takes part it is withdrawn; after that only the authority ends it.
fn give_up_reason(tx: &Tx<'_>, id: &CampaignId) -> Outcome<CancelReason> {
    let row = crate::store::campaign::life(tx, id)?.ok_or(Rejection::UnknownCampaign)?;
    Ok(match row.state.stage() {
        Some("draft" | "authorised") => CancelReason::Withdrawn,
        _ => CancelReason::Authority,
    })
}

/// What the form says of a rejection. None: it is not for a form to say.
fn said(form: &CampaignForm, why: Rejection) -> Option<CampaignForm> {
    let of_form = |error| {
        Some(CampaignForm {
            error: Some(error),
            ..form.clone()
        })
    };
    let of_field = |key, error| Some(wrong(form.clone(), key, error));
    match why {
        Rejection::Campaign(no) => match no {
            No::TooEarly | No::Unsettled | No::AwaitDraw | No::NotShuffled => {
                of_form(FormError::NotYet)
            }
            No::TooLate => of_form(FormError::TooLate),
            No::SamePerson => of_form(FormError::SamePerson),
            No::AlreadyDelivered | No::AlreadySettled => of_form(FormError::Delivered),
            No::SourcesDisagree => of_form(FormError::Differ),
            No::SourcesTooFew | No::Record(RecordRefused::Sources) => {
                of_field(FieldKey::Source, FieldError::SameSource)
            }
            No::OwnershipLate => of_field(FieldKey::OwnershipOn, FieldError::OwnershipTooLate),
            No::RulesRefused => of_field(FieldKey::Certificate, FieldError::OutOfBounds),
            No::Beacon(BeaconRefused::StillExpected) => of_form(FormError::NotYet),
            No::Beacon(_) => of_field(FieldKey::Signature, FieldError::BadSignature),
            No::Record(RecordRefused::TooEarly) => of_form(FormError::NotYet),
            No::Record(RecordRefused::Extraction) => {
                of_field(FieldKey::ExtractionNumber, FieldError::NotPlanned)
            }
            No::Record(RecordRefused::Reason) => of_field(FieldKey::Reason, FieldError::NotPlanned),
            No::UnknownPosition | No::NoPlace | No::AlreadyDisqualified => {
                of_field(FieldKey::Position, FieldError::Unknown)
            }
            No::UnknownCode => of_field(FieldKey::Code, FieldError::Unknown),
            No::UnknownPrize | No::NoWinner => of_field(FieldKey::Rank, FieldError::Unknown),
            No::ProtocolMissing => of_field(FieldKey::Protocol, FieldError::Missing),
            _ => of_form(FormError::Moved),
        },
        Rejection::Certain(_) => of_form(FormError::NotYet),
        Rejection::ListNotFrozen => of_form(FormError::NotYet),
        Rejection::VoucherAtDock => of_form(FormError::AtDock),
        Rejection::VoucherDoubtful => of_form(FormError::Doubtful),
        _ => None,
    }
}
