//! The managers' pages, behind a sign-in. GET shows, POST changes and redirects.

mod alarms;
mod books;
mod campaigns;
mod cards;
mod door;
mod enrolment;
mod figures;
mod gate;
mod live;
mod now;
mod payouts;
mod persons;
mod policies;
mod rentals;
mod rescues;
mod risk;
mod technicians;
mod timeline;
mod vouchers;
mod who;

use super::client::Client;
use super::session;
use crate::app::Shared;
use crate::entropy::Entropy;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use gate::Gate;
use std::sync::Arc;
use web::manager::csp;

pub fn router(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/manage", get(now::dashboard))
        .route("/manage/docks", get(now::docks))
        .route("/manage/docks/{code}/enrolment-code", post(enrolment::open))
        .route("/manage/live", get(live::stream))
        .route("/manage/rentals", get(rentals::list))
        .route("/manage/rentals/{id}", get(rentals::detail))
        .route("/manage/rentals/{id}/approve", post(rentals::approve))
        .route("/manage/rescues", get(rescues::list))
        .route("/manage/rescues/{id}", post(rescues::judge))
        .route(
            "/manage/vouchers",
            get(vouchers::list).post(vouchers::redeem),
        )
        .route("/manage/vouchers/free", post(vouchers::free))
        .merge(of_campaigns())
        .route("/manage/cards", get(cards::list).post(cards::put))
        .route("/manage/cards/{key}/deny", post(cards::deny))
        .route("/manage/cards/{key}/allow", post(cards::allow))
        .route(
            "/manage/technicians",
            get(technicians::list).post(technicians::add),
        )
        .route("/manage/technicians/revoke", post(technicians::revoke))
        .route("/manage/technicians/answer", post(technicians::answer))
        .route("/manage/books", get(books::list))
        .route("/manage/books/{day}", get(books::day))
        .route("/manage/books/{day}/csv", get(books::csv))
        .route("/manage/books/pix/{e2eid}/refund", post(books::release))
        .route("/manage/payouts", get(payouts::list))
        .route("/manage/payouts/{id}/{verdict}", post(payouts::decide))
        .route("/manage/policies", get(policies::list))
        .route(
            "/manage/policies/{scope}",
            get(policies::detail).post(policies::make),
        )
        .route("/manage/policies/{scope}/new", get(policies::new))
        .route(
            "/manage/policies/{scope}/follow",
            get(policies::ask).post(policies::follow),
        )
        .route("/manage/persons", get(persons::ask).post(persons::find))
        .route("/manage/persons/{id}/page", post(persons::export_page))
        .route("/manage/persons/{id}/export", post(persons::export))
        .route("/manage/persons/{id}/erase", post(persons::erase))
        .route("/manage/alarms", get(alarms::alarms))
        .route("/manage/login", get(door::login_page).post(door::login))
        .route("/manage/logout", post(door::logout))
        .route(
            "/manage/password",
            get(door::password_page).post(door::change_password),
        )
        .layer(Extension(Arc::new(Gate::default())))
        .layer(session::layer(app))
}

fn of_campaigns() -> Router<Shared> {
    Router::new()
        .route("/manage/campaigns", get(campaigns::list))
        .route(
            "/manage/campaigns/new",
            get(campaigns::new).post(campaigns::make),
        )
        .route("/manage/campaigns/{id}", get(campaigns::detail))
        .route(
            "/manage/campaigns/{id}/draft",
            get(campaigns::change).post(campaigns::change_plan),
        )
        .route("/manage/campaigns/{id}/{verb}", post(campaigns::act))
        .route("/manage/campaigns/{id}/ata", get(campaigns::minutes))
        .route("/manage/campaigns/{id}/lista", get(campaigns::entries))
        .route(
            "/manage/campaigns/{id}/lista.csv",
            get(campaigns::entries_csv),
        )
        .route("/manage/campaigns/{id}/contas", get(campaigns::accounts))
        .route(
            "/manage/campaigns/{id}/contas.csv",
            get(campaigns::accounts_csv),
        )
        .route(
            "/manage/campaigns/{id}/nao-retirados",
            get(campaigns::unclaimed),
        )
}

/// The id of a line in the audit.
fn audit_id() -> String {
    hex::encode(Entropy::default().bytes::<16>())
}

fn page(client: &Client, html: String) -> Response {
    client.page(StatusCode::OK, html, csp())
}
