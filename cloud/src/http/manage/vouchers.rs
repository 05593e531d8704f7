//! Vouchers at the till: finders' and prizes. A prize's may be lent to a dock, and is asked back first.

use super::super::client::Client;
use super::super::code_hash;
use super::super::customer::{error_page, person_reads};
use super::super::raffle;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::{
    Failure, Outcome, Rejection, name_vouchers, recall_voucher, reclaim_voucher, redeem_voucher,
};
use crate::app::{Shared, now};
use crate::live::Topic;
use crate::store::gateway::GatewayState;
use crate::store::prize_voucher::PrizeVoucherRow;
use crate::store::voucher::VoucherRow as StoredVoucher;
use crate::store::voucher_loan::LoanRow;
use crate::store::{DbError, Tx, dock, gateway, prize_voucher, voucher, voucher_loan};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::Response;
use cloud_core::raffle::loan::Loan;
use serde::Deserialize;
use shared::ids::CampaignId;
use shared::sync::Hint;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use web::customer::ErrorKind;
use web::manager::{
    HeldVoucher, HeldWhy, OpenVoucherRow, Role, VoucherError, VoucherRow, VoucherSaid,
    VoucherSource, VouchersPage,
};

const OPEN_ROWS: u16 = 200;
const ENDED_ROWS: u16 = 20;

/// A code with the blanks people put in.
const CODE_CHARS_MAX: usize = 64;

/// A dock that is there gives a voucher back in a second or two; a till waits no longer than a card
/// payment takes.
const DOCK_PATIENCE: Duration = Duration::from_secs(8);

#[derive(Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    code: String,
    /// Freed on the manager's own word.
    #[serde(default)]
    sure: String,
}

pub async fn list(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    vouchers_page(&app, &staff, &client, Ok(VoucherSaid::Nothing)).await
}

pub async fn redeem(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let code = code_of(form.as_ref().map_or("", |Form(form)| &form.code));
    let mut said = redeemed(&app, &staff, &code).await;
    if let Err(Failure::Rejected(Rejection::VoucherAtDock)) = said {
        said = match asked_back(&app, &code).await {
            Ok(()) => redeemed(&app, &staff, &code).await,
            Err(failure) => Err(failure),
        };
    }
    let said = told(&app, said, &code).await;
    vouchers_page(&app, &staff, &client, said).await
}

/// A manager says that no goods were handed over for a voucher which its dock cannot give back.
pub async fn free(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let typed = form.map(|Form(form)| form).unwrap_or_default();
    let code = code_of(&typed.code);
    // Without the tick the page asks again.
    let said = match typed.sure.as_str() {
        "1" => told(&app, freed(&app, &staff, &code).await, &code).await,
        _ => standing(&app, &code).await,
    };
    vouchers_page(&app, &staff, &client, said).await
}

async fn freed(app: &Shared, staff: &Staff, code: &str) -> Outcome<VoucherSaid> {
    let (at, by, audit, hash) = (now(), staff.id(), audit_id(), code_hash(code));
    app.store
        .write(move |tx: &Tx<'_>| reclaim_voucher::run(tx, at, &hash, (&by, &audit)))
        .await
        .map(|()| VoucherSaid::Freed(code.to_owned()))
}

fn code_of(typed: &str) -> String {
    typed.trim().chars().take(CODE_CHARS_MAX).collect()
}

async fn redeemed(app: &Shared, staff: &Staff, code: &str) -> Outcome<VoucherSaid> {
    let (at, by, audit, hash) = (now(), staff.id(), audit_id(), code_hash(code));
    let own = Shared::clone(app);
    app.store
        .write(move |tx: &Tx<'_>| {
            // A voucher that was made this very minute may have no code yet.
            name_vouchers::run(tx, &own.keys)?;
            redeem_voucher::run(tx, at, &hash, (&by, &audit))
        })
        .await
        .map(VoucherSaid::Done)
}

/// Takes a voucher out of its dock's lists and waits a moment for the dock's word.
async fn asked_back(app: &Shared, code: &str) -> Outcome<()> {
    let (at, hash) = (now(), code_hash(code));
    recalled(app, move |tx| recall_voucher::run(tx, at, &hash)).await
}

/// The same for a prize that is handed over at the desk.
pub(super) async fn prize_asked_back(app: &Shared, id: CampaignId, rank: u32) -> Outcome<()> {
    let at = now();
    recalled(app, move |tx| recall_voucher::of_prize(tx, at, &id, rank)).await
}

async fn recalled(
    app: &Shared,
    recall: impl FnMut(&Tx<'_>) -> Outcome<LoanRow> + Send + 'static,
) -> Outcome<()> {
    let news = app.hub.subscribe();
    let row = app.store.write(recall).await?;
    if matches!(row.loan, Loan::Recalled { .. }) {
        let hint = serde_json::to_vec(&Hint::Wake).unwrap_or_default();
        // A dock that hears no hint asks by itself in its turn.
        let _ = app.downlink.publish(&row.gateway.to_string(), hint);
        let _ = tokio::time::timeout(DOCK_PATIENCE, changed(news, &row)).await;
    }
    Ok(())
}

async fn changed(mut news: Receiver<Topic>, row: &LoanRow) {
    loop {
        match news.recv().await {
            Ok(topic) if topic != Topic::Rental(row.of.rental) => {}
            Ok(_) | Err(RecvError::Lagged(_) | RecvError::Closed) => return,
        }
    }
}

/// What the page says of it.
async fn told(app: &Shared, said: Outcome<VoucherSaid>, code: &str) -> Outcome<VoucherSaid> {
    let why = match said {
        Err(Failure::Rejected(why)) => why,
        other => return other,
    };
    if !matches!(
        why,
        Rejection::VoucherAtDock | Rejection::VoucherDoubtful | Rejection::VoucherIsHere
    ) {
        return Ok(VoucherSaid::Refused(voucher_error(why)));
    }
    standing(app, code).await
}

/// How a voucher stands with the dock it was lent to.
async fn standing(app: &Shared, code: &str) -> Outcome<VoucherSaid> {
    let (hash, typed) = (code_hash(code), code.to_owned());
    Ok(app.store.read(move |tx| held(tx, &hash, typed)).await?)
}

fn held(tx: &Tx<'_>, hash: &[u8; 32], code: String) -> Result<VoucherSaid, DbError> {
    let Some(found) = prize_voucher::by_code(tx, hash)? else {
        return Ok(VoucherSaid::Refused(VoucherError::Unknown));
    };
    let Some(row) = voucher_loan::of(tx, &found.of)? else {
        return Ok(VoucherSaid::Freed(code));
    };
    let Some(at) = gateway::by_id(tx, &row.gateway)? else {
        return Ok(VoucherSaid::Freed(code));
    };
    let why = match row.loan {
        // It came back meanwhile.
        Loan::Back => return Ok(VoucherSaid::Freed(code)),
        Loan::Doubtful { .. } => HeldWhy::Doubtful,
        Loan::Lent | Loan::Recalled { .. } if at.state == GatewayState::Active => HeldWhy::Asked,
        Loan::Lent | Loan::Recalled { .. } => HeldWhy::Gone,
    };
    Ok(VoucherSaid::Held(HeldVoucher {
        code,
        dock_name: dock::by_id(tx, &at.dock)?.map_or_else(String::new, |dock| dock.name),
        heard_ms: at.seen_ms,
        why,
    }))
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
    said: Outcome<VoucherSaid>,
) -> Response {
    let said = match said {
        Ok(said) => said,
        Err(failure) => return person_reads(client, &failure),
    };
    let found = app
        .store
        .read(|tx| {
            Ok((
                voucher::open(tx, OPEN_ROWS)?,
                voucher::ended(tx, ENDED_ROWS)?,
                prize_voucher::redeemed(tx, ENDED_ROWS)?,
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
        said,
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
    all.truncate(usize::from(ENDED_ROWS));
    all
}
