//! A JSON request body, or the problem with it.

use crate::problem::{Kind, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde_json::Value;

pub(crate) struct JsonBody(pub(crate) Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                Problem::new(Kind::RequisicaoInvalida)
                    .status(rejection.status())
                    .detail("O corpo da requisição não pôde ser lido ou passa de 64 KiB.")
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
