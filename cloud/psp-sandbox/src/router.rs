//! Which path leads where, and the layers around all of them.

use crate::bank::Bank;
use crate::problem::{Kind, Problem};
use crate::{api, control, control_envio, dialect, gate, own_return, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use std::sync::Arc;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn router(bank: Arc<Bank>) -> Router {
    let header_layer =
        |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let standard = Router::new()
        .merge(pix_routes())
        .merge(page_routes())
        .merge(control_routes())
        .fallback(nothing_here)
        .layer(from_fn_with_state(Arc::clone(&bank), gate::gate))
        .layer(DefaultBodyLimit::max(gate::BODY_BYTES_MAX))
        .layer(CsrfLayer::new())
        .layer(header_layer(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::REFERRER_POLICY, "same-origin"))
        .layer(header_layer(header::CACHE_CONTROL, "no-store"))
        .with_state(Arc::clone(&bank));
    // Around the routes, not among them: it decides which route a path means.
    Router::new()
        .fallback_service(standard)
        .layer(from_fn_with_state(bank, dialect::translate))
}

fn pix_routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/oauth/token", post(api::token::post))
        .route("/v2/cob", get(api::cob::list))
        .route(
            "/v2/cob/{txid}",
            put(api::cob::put).patch(api::cob::patch).get(api::cob::get),
        )
        .route("/v2/pix", get(api::pix::list))
        .route("/v2/pix/{e2eid}", get(api::pix::get))
        .route(
            "/v2/pix/{e2eid}/devolucao/{id}",
            put(api::devolucao::put).get(api::devolucao::get),
        )
        .route("/v2/webhook", get(api::webhook::list))
        .route(
            "/v2/webhook/{chave}",
            put(api::webhook::put)
                .get(api::webhook::get)
                .delete(api::webhook::delete),
        )
        .route("/v3/gn/pix/{id}", put(api::envio::put))
        .route("/v2/gn/pix/{id}", put(api::envio::put))
        .route("/v2/gn/pix/enviados", get(api::envio::list))
        .route("/v2/gn/pix/enviados/{e2eid}", get(api::envio::by_e2eid))
        .route("/v2/gn/pix/enviados/id-envio/{id}", get(api::envio::by_id))
        .route("/v2/gn/saldo", get(api::envio::balance))
        .route("/qr/v2/{token}", get(api::cob::payload))
}

fn page_routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/", get(pages::app::home))
        .route("/app", get(pages::app::by_code))
        .route("/app/cob/{txid}", get(pages::app::charge))
        .route("/app/cob/{txid}/pagar", post(pages::app::pay))
        .route("/extrato", get(pages::app::statement))
        .route("/faults", get(pages::faults::show).post(pages::faults::add))
        .route("/faults/clear", post(pages::faults::clear))
        .route("/faults/{id}/disarm", post(pages::faults::disarm))
        .route("/bank.css", get(pages::style))
}

fn control_routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/control/health", get(control::health))
        .route("/control/book", get(control::book))
        .route("/control/callbacks", get(control::callbacks))
        .route(
            "/control/requests",
            get(control::requests).delete(control::clear_requests),
        )
        .route(
            "/control/faults",
            get(control::faults)
                .put(control::replace_faults)
                .post(control::add_fault)
                .delete(control::clear_faults),
        )
        .route("/control/faults/{id}", delete(control::disarm_fault))
        .route("/control/pay", post(control::pay))
        .route("/control/devolucoes/{e2eid}", post(own_return::post))
        .route("/control/devolucoes/{e2eid}/{id}", post(control::settle))
        .route("/control/cob/{txid}/remover", post(control::remove))
        .route("/control/envios/{id}", post(control_envio::settle))
        .route(
            "/control/envios/{id}/devolucao",
            post(control_envio::give_back),
        )
        .route("/control/chaves", put(control_envio::own_key))
        .route(
            "/control/limites",
            get(control_envio::limits).put(control_envio::set_limits),
        )
        .route("/control/tokens", delete(control::revoke_tokens))
        .route("/control/clock", get(control::clock).post(control::advance))
}

async fn nothing_here(method: Method, uri: Uri) -> Response {
    if uri.path().starts_with("/v2/")
        || uri.path().starts_with("/v3/")
        || uri.path().starts_with("/control/")
    {
        return Problem::new(Kind::NaoEncontrado)
            .detail(format!("Este banco não tem {method} {}.", uri.path()))
            .into_response();
    }
    pages::missing(StatusCode::NOT_FOUND, "Esta página não existe.")
}
