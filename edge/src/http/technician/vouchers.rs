//! Vouchers: a code is looked up, and its goods are said to be handed over. Codes travel in bodies
//! only, so that no address keeps one.

use super::super::Pages;
use super::super::dock::{From, address};
use super::super::reader::{self, Query};
use super::super::sign_in::Signed;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query as QueryOf, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse as _, Response};
use edge_core::io::{VoucherAnswer, VoucherRefusal};
use serde::Deserialize;
use shared::event::Technician;
use shared::time::ClockQuality;
use web::edge::technician::vouchers::{CODE_CHARS_MAX, Found, Vouchers};
use web::ui::Lang;

#[derive(Deserialize)]
pub(super) struct Typed {
    code: String,
}

pub(super) async fn page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let html = pages.vouchers(lang, query.aviso.clone(), None).page();
    reader::answer(&query, lang, html)
}

pub(super) async fn look(
    State(pages): State<Pages>,
    from: From,
    headers: HeaderMap,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    pages.ask(&headers, from, form, None).await
}

pub(super) async fn redeem(
    State(pages): State<Pages>,
    pass: Signed,
    from: From,
    headers: HeaderMap,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let by = pass.0.by.clone();
    pages.ask(&headers, from, form, Some(by)).await
}

impl Pages {
    async fn ask(
        &self,
        headers: &HeaderMap,
        from: From,
        form: Result<Form<Typed>, FormRejection>,
        redeem: Option<Technician>,
    ) -> Response {
        let lang = reader::lang(&Query::default(), headers);
        let typed = form.map(|Form(form)| form.code).unwrap_or_default();
        let typed = typed.trim().to_owned();
        let readable = (1..=CODE_CHARS_MAX).contains(&typed.chars().count());
        let found = match readable {
            false => Found::Unreadable,
            true => {
                let door = &self.handle.door;
                let answer = door.voucher(&typed, address(&from), redeem).await;
                answer.map_or(Found::Closed, found)
            }
        };
        let asked = if readable { typed } else { String::new() };
        Html(self.vouchers(lang, None, Some((asked, found))).page()).into_response()
    }

    fn vouchers(
        &self,
        lang: Lang,
        told: Option<String>,
        asked: Option<(String, Found)>,
    ) -> Vouchers {
        let list = self.with_serving(|serving| serving.allowance.clone());
        Vouchers {
            shell: self.shell(lang, told),
            lent: list.flatten().map(|list| list.header.lent.vouchers.len()),
            asked,
        }
    }
}

fn found(answer: VoucherAnswer) -> Found {
    match answer {
        VoucherAnswer::Good {
            amount,
            lapses_ms,
            clock,
        } => Found::Good {
            amount,
            lapses_ms,
            doubtful: clock != ClockQuality::Server,
        },
        VoucherAnswer::Done { amount } => Found::Done { amount },
        VoucherAnswer::Refused(refusal) => match refusal {
            VoucherRefusal::LockedOut => Found::LockedOut,
            VoucherRefusal::Redeemed(redeemed) => Found::Before {
                amount: redeemed.amount,
                at_ms: redeemed.at_ms,
            },
            VoucherRefusal::NoList => Found::NoList,
            VoucherRefusal::Salvaged => Found::Salvaged,
            VoucherRefusal::Unknown => Found::Unknown,
            VoucherRefusal::Lapsed(lapses_ms) => Found::Lapsed { lapses_ms },
            VoucherRefusal::StorageFull => Found::StorageFull,
        },
    }
}
