//! The code that makes a device the gateway of a dock.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::gate::Gate;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::open_enrolment::{self, OpenEnrolment};
use crate::admin::{CODE_VALID_MS, fresh_code};
use crate::app::{Shared, now};
use crate::http::code_hash;
use crate::store::Tx;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use web::customer::ErrorKind;
use web::manager::{EnrolmentPage, Role};

/// The code is on the page and nowhere else: not in an address, not in the database.
pub async fn open(
    State(app): State<Shared>,
    Extension(gate): Extension<Arc<Gate>>,
    Path(dock_code): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    if !gate.answers(&staff.id()) {
        return error_page(&client, ErrorKind::TooMany);
    }
    let code = fresh_code();
    let (at, by) = (now(), staff.id());
    let order = OpenEnrolment {
        dock_code,
        code_hash: code_hash(&code),
        expires: at.plus(CODE_VALID_MS),
        audit_id: audit_id(),
    };
    let until_ms = order.expires;
    let done = app
        .store
        .write(move |tx: &Tx<'_>| open_enrolment::run(tx, at, &order, &by))
        .await;
    match done {
        Ok(dock_name) => {
            let mut frame = client.frame.clone();
            "/manage/docks".clone_into(&mut frame.path);
            let shown = EnrolmentPage {
                frame,
                staff: staff.view(),
                dock_name,
                code,
                until_ms,
            };
            page(&client, shown.render())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}
