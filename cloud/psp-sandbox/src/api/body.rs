//! A JSON request body, or the problem with it.

use crate::problem::{Kind, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::Value;

pub(crate) struct JsonBody(pub(crate) Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let problem = Problem::new(Kind::RequisicaoInvalida);
            match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => problem
                    .status(StatusCode::PAYLOAD_TOO_LARGE)
                    .detail("O corpo da requisição passa de 64 KiB."),
                _ => problem.detail("O corpo da requisição não pôde ser lido."),
            }
        })?;
        // serde_json refuses more than 128 levels of nesting by itself.
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Problem::new(Kind::RequisicaoInvalida).detail(format!(
                "O corpo não é JSON: linha {}, coluna {}.",
                error.line(),
                error.column()
            ))
        })
    }
}
