//! Machine-readable errors: RFC 9457, with a stable `code` and, where one is to blame, a `field`.

use crate::actions::{Failure, Rejection};
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shared::chain::Head;
use std::any::Any;
use utoipa::ToSchema;

/// What went wrong, and the way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells the kinds apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub status: u16,
    /// Stable name of the cause.
    pub code: &'static str,
    pub detail: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// Where the cloud's copy of a gateway's journal ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub head: Option<Box<Head>>,
}

/// A caller that finds the cloud busy comes back after this many seconds.
const RETRY_AFTER_SECONDS: &str = "1";

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: detail.into().into_boxed_str(),
            field: None,
            head: None,
        }
    }

    pub fn of_field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let (status, code) = code_of(&rejection);
        let mut problem = Self::new(status, code, rejection.to_string());
        if let Rejection::Gap { head } = rejection {
            problem.head = Some(Box::new(head));
        }
        problem
    }
}

fn code_of(rejection: &Rejection) -> (StatusCode, &'static str) {
    use StatusCode as S;
    match rejection {
        Rejection::UnknownDock => (S::NOT_FOUND, "unknown_dock"),
        Rejection::DockDark => (S::CONFLICT, "dock_dark"),
        Rejection::NoCart => (S::CONFLICT, "no_cart"),
        Rejection::UnknownRental => (S::NOT_FOUND, "unknown_rental"),
        Rejection::UnknownCharge => (S::NOT_FOUND, "unknown_charge"),
        Rejection::UnknownRefund => (S::NOT_FOUND, "unknown_refund"),
        Rejection::UnknownPayout => (S::NOT_FOUND, "unknown_payout"),
        Rejection::PayoutOrdered => (S::CONFLICT, "payout_ordered"),
        Rejection::PayoutSent => (S::CONFLICT, "payout_sent"),
        Rejection::PayoutObjected => (S::CONFLICT, "payout_objected"),
        Rejection::NothingOwed => (S::CONFLICT, "nothing_owed"),
        Rejection::TooManyKeys => (S::TOO_MANY_REQUESTS, "too_many_keys"),
        Rejection::UnknownStray => (S::NOT_FOUND, "unknown_stray"),
        Rejection::StrayNotHeld => (S::CONFLICT, "stray_not_held"),
        Rejection::NoStore => (S::CONFLICT, "no_store"),
        Rejection::Transition(_) => (S::CONFLICT, "wrong_state"),
        Rejection::UnknownPerson => (S::NOT_FOUND, "unknown_person"),
        Rejection::CartOut => (S::CONFLICT, "cart_out"),
        Rejection::MoneyOwed => (S::CONFLICT, "money_owed"),
        Rejection::NoEntry => (S::CONFLICT, "no_entry"),
        Rejection::UnknownRescue => (S::NOT_FOUND, "unknown_rescue"),
        Rejection::RescueDecided => (S::CONFLICT, "rescue_decided"),
        Rejection::KeyOfAnother => (S::UNPROCESSABLE_ENTITY, "key_of_another"),
        Rejection::ContestClosed => (S::CONFLICT, "contest_closed"),
        Rejection::FinderPaid => (S::CONFLICT, "finder_paid"),
        Rejection::NothingToJudge => (S::CONFLICT, "nothing_to_judge"),
        Rejection::UnknownVoucher => (S::NOT_FOUND, "unknown_voucher"),
        Rejection::VoucherUsed => (S::CONFLICT, "voucher_used"),
        Rejection::VoucherExpired => (S::GONE, "voucher_expired"),
        Rejection::VoucherEarly => (S::CONFLICT, "voucher_early"),
        Rejection::VoucherHeld => (S::CONFLICT, "voucher_held"),
        Rejection::VoucherLost => (S::CONFLICT, "voucher_lost"),
        Rejection::VoucherAtDock => (S::CONFLICT, "voucher_at_dock"),
        Rejection::VoucherDoubtful => (S::CONFLICT, "voucher_doubtful"),
        Rejection::VoucherIsHere => (S::CONFLICT, "voucher_is_here"),
        Rejection::UnknownCampaign => (S::NOT_FOUND, "unknown_campaign"),
        Rejection::CampaignOverlaps => (S::CONFLICT, "campaign_overlaps"),
        Rejection::ListNotFrozen => (S::CONFLICT, "list_not_frozen"),
        Rejection::CommittedOtherwise => (S::CONFLICT, "committed_otherwise"),
        Rejection::KeysDiffer => (S::INTERNAL_SERVER_ERROR, "keys_differ"),
        Rejection::Campaign(why) => (S::CONFLICT, why.as_str()),
        Rejection::Certain(_) => (S::CONFLICT, "certain_refused"),
        Rejection::Entries(_) => (S::CONFLICT, "entries_refused"),
        Rejection::ReleaseUnderWay => (S::CONFLICT, "release_under_way"),
        Rejection::TooManyCards => (S::CONFLICT, "too_many_cards"),
        Rejection::UnknownCard => (S::NOT_FOUND, "unknown_card"),
        Rejection::TooManyTechnicians => (S::CONFLICT, "too_many_technicians"),
        Rejection::TechnicianTaken => (S::CONFLICT, "technician_taken"),
        Rejection::UnknownTechnician => (S::NOT_FOUND, "unknown_technician"),
        Rejection::UnknownStore => (S::NOT_FOUND, "unknown_store"),
        Rejection::PolicyRefused(_) => (S::UNPROCESSABLE_ENTITY, "policy_refused"),
        Rejection::PolicyMoved => (S::CONFLICT, "policy_moved"),
        Rejection::PolicyInPast => (S::UNPROCESSABLE_ENTITY, "policy_in_past"),
        Rejection::PolicyUnchanged => (S::CONFLICT, "policy_unchanged"),
        Rejection::NoChainPolicy => (S::CONFLICT, "no_chain_policy"),
        Rejection::CodeUnknown => (S::FORBIDDEN, "code_unknown"),
        Rejection::CodeUsed => (S::FORBIDDEN, "code_used"),
        Rejection::CodeExpired => (S::FORBIDDEN, "code_expired"),
        Rejection::KeyTaken => (S::CONFLICT, "key_taken"),
        Rejection::UnknownGateway => (S::NOT_FOUND, "unknown_gateway"),
        Rejection::GatewayQuarantined => (S::FORBIDDEN, "gateway_quarantined"),
        Rejection::Gap { .. } => (S::CONFLICT, "gap"),
        Rejection::Fork { .. } => (S::CONFLICT, "fork"),
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rejected(rejection) => rejection.into(),
            Failure::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if !matches!(error, StoreError::Busy) {
            tracing::error!(db.error = %error, "a request found the database failing");
        }
        let detail = "the service cannot store this now: try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }
}

/// Where JSON cannot be read, and never what stands there: a parser quotes values, and a document in a
/// field of another kind would come back in an answer and stay in every log on its way.
pub fn unreadable(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Data => "a field is missing, not known here or of another kind",
        Category::Eof => "the JSON text ends too early",
        Category::Syntax | Category::Io => "this is not JSON",
    };
    format!("line {}, column {}: {what}", error.line(), error.column())
}

pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let detail = "a defect of ours ended this request; nothing was changed";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "defect", detail).into_response()
}
