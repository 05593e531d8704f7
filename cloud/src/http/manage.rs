//! The managers' pages.

use crate::app::Shared;
use axum::Router;

pub fn router(_app: &Shared) -> Router<Shared> {
    Router::new()
}
