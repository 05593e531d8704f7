//! Allowance lists, as the cloud makes and gives them.

use super::{Cloud, Mood, gateway, key, now_ms, portal};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use shared::allowance::{Allowance, AllowanceHeader, AllowanceRequest, CardKey, CardLimits};
use shared::money::Centavos;
use shared::signed::{self, Domain};

impl Cloud {
    /// A list that allows and denies these card numbers.
    pub(crate) fn list(version: u64, allow: &[&str], deny: &[&str]) -> String {
        let header = header(version);
        let keys = |cards: &[&str]| cards.iter().map(|it| CardKey::of("sal", it)).collect();
        Allowance::encode(&key(), header, keys(allow), keys(deny))
    }
}

/// What is above a list that lets nobody in.
pub(crate) fn header(version: u64) -> AllowanceHeader {
    AllowanceHeader {
        v: 1,
        gateway: gateway(),
        version,
        issued_ms: now_ms(),
        salt: "sal".into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 5,
            gateway_centavos_per_day: Centavos::new(20_000),
        },
        technicians: vec![],
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    }
}

pub(super) async fn give(State(cloud): State<Cloud>, body: String) -> Response {
    let mut book = cloud.book();
    book.lists += 1;
    cloud.changed.send_modify(|count| *count += 1);
    let device = book.device.unwrap();
    let json = signed::verify(&device, Domain::AllowanceRequest, &body).unwrap();
    let request: AllowanceRequest = serde_json::from_str(json).unwrap();
    assert_eq!(request.gateway, gateway());
    let text = book.allowance.1.clone();
    match book.mood {
        Mood::Portal => portal(),
        Mood::HalfList => {
            let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
            let first = futures_util::stream::iter([Ok::<_, std::io::Error>(half)]);
            Body::from_stream(first.chain(futures_util::stream::pending())).into_response()
        }
        _ => text.into_response(),
    }
}
