//! What a rental's rows mean to its customer.

mod raffle;
mod rescue;

pub use raffle::outside;

use super::carry;
use crate::app::App;
use crate::store::bank_return::{ReturnRow, ReturnState};
use crate::store::charge::ChargeState;
use crate::store::grant::GrantState;
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::story::{DockStory, RentalStory};
use cloud_core::raffle::entry_code;
use cloud_core::refund::{ALARM_AFTER_MS, RefundState as Order, Refusal};
use cloud_core::rental::{CancelReason as Cancelled, Rental};
use shared::sync::BaySnapshot;
use shared::time::UnixMs;
use web::customer::{
    CancelReason, DelayReason, EntryView, NearbyDock, NoticesInvite, PayView, Payee, Receipt,
    RefundState, RefundView, RentalView, Stage,
};
use web::ui::BayView;

/// How long a gateway leaves a bay open; shown, never decided here.
const RELEASE_WINDOW_MS: i64 = 60_000;

pub fn view(
    app: &App,
    token: &str,
    story: &RentalStory,
    near: &[DockStory],
    now: UnixMs,
) -> RentalView {
    let rental = &story.rental;
    let cpf_masked = story
        .person
        .as_ref()
        .and_then(|sealed| app.keys.open_cpf(sealed))
        .map(|cpf| cpf.masked());
    let claimable = |e: &crate::store::campaign::EntryRow| e.person.is_none() && e.is_open(now);
    RentalView {
        token: token.to_owned(),
        receipt_url: format!("{}/r/{token}", app.config.public_url),
        dock_code: story.at.code.clone(),
        dock_name: story.at.name.clone(),
        store_name: story.at.store_name.clone(),
        store_document: None,
        bay: Some(rental.bay),
        deposit: rental.deposit,
        started_ms: rental.created_ms,
        cpf_masked,
        can_claim_entry: story.entry.as_ref().is_some_and(claimable),
        claim_error: None,
        code_error: None,
        notices: invite(app, story),
        stage: stage(app, story, near, now),
    }
}

fn invite(app: &App, story: &RentalStory) -> NoticesInvite {
    if !story.contacts.is_empty() {
        NoticesInvite::Given
    } else if app.channels.any() {
        NoticesInvite::Ask
    } else {
        NoticesInvite::Off
    }
}

fn stage(app: &App, story: &RentalStory, near: &[DockStory], now: UnixMs) -> Stage {
    let rental = &story.rental;
    match rental.state {
        Rental::AwaitingPayment => pay(app, story, now).map_or(Stage::Preparing, Stage::Pay),
        Rental::Paid => match story.grant.as_ref().map(|g| (g.state, g.bay)) {
            Some((GrantState::Used, bay)) => Stage::Open {
                bay,
                until_ms: opened_ms(story).unwrap_or(now).plus(RELEASE_WINDOW_MS),
            },
            Some((GrantState::Open, _)) if ran_out(story, now) => Stage::Silent {
                nearest: nearby(near),
            },
            granted => Stage::Paid {
                bay: granted.map(|(_, bay)| bay),
                carry: carry::view(app, story, now),
            },
        },
        Rental::Out { since_ms, .. } => Stage::Out {
            since_ms,
            cart_label: cart_label(rental),
            nearest: nearby(near),
            abandon_ms: story.abandon_ms,
        },
        Rental::Abandoned { abandoned_ms, .. } => Stage::Abandoned {
            since_ms: abandoned_ms,
            nearest: nearby(near),
            brought: story.rescue.as_ref().map(|of| rescue::brought(story, of)),
        },
        Rental::Rescued => match &story.rescue {
            Some(of) => Stage::Rescued(rescue::rescued(story, of)),
            None => Stage::Preparing,
        },
        Rental::Returned { .. } => Stage::Returned(receipt(app, story, now)),
        Rental::Closed => Stage::Closed(receipt(app, story, now)),
        Rental::Expired => Stage::Expired {
            refund: story.refunds.last().map(|r| refund_view(r, now)),
        },
        Rental::Cancelled { reason } => Stage::Cancelled {
            reason: cancel_reason(reason),
            refund: story.refunds.last().map(|r| refund_view(r, now)),
        },
    }
}

fn pay(app: &App, story: &RentalStory, now: UnixMs) -> Option<PayView> {
    let charge = story.charge.as_ref()?;
    let copy_paste = charge.copy_paste.clone()?;
    (charge.state == ChargeState::Active).then(|| PayView {
        copy_paste,
        expires_ms: charge.expires_ms,
        server_now_ms: now,
        payee: payee(app),
        dock_dark: carry::is_dark(story.gateway.as_ref(), now),
    })
}

pub fn payee(app: &App) -> Payee {
    Payee {
        name: app.config.payee_name.clone(),
        document: None,
    }
}

fn ran_out(story: &RentalStory, now: UnixMs) -> bool {
    story.grant.as_ref().is_some_and(|g| g.expires_ms <= now)
}

fn opened_ms(story: &RentalStory) -> Option<UnixMs> {
    story
        .events
        .iter()
        .find(|e| e.kind == "release_started")
        .map(|e| e.received_ms)
}

/// The end of the tag is what a sticker on the cart can show.
pub fn cart_label(rental: &RentalRow) -> Option<String> {
    let tag = rental.tag?.to_string();
    Some(tag[tag.len() - 4..].to_uppercase())
}

fn receipt(app: &App, story: &RentalStory, now: UnixMs) -> Receipt {
    let rental = &story.rental;
    let review = matches!(rental.state, Rental::Returned { review: Some(_) });
    let order = story
        .refunds
        .iter()
        .rfind(|r| Some(&r.e2eid) == rental.e2eid.as_ref());
    let returned_ms = rental.returned_ms.unwrap_or(now);
    let back_at = story.returned_at.as_ref().unwrap_or(&story.at);
    let own = returned_by_bank(story, rental.e2eid.as_deref());
    let refund = match (order, own) {
        (Some(order), _) => refund_view(order, now),
        (None, Some(own)) if rental.state == Rental::Closed => own,
        (None, _) => RefundView {
            state: RefundState::HeldForReview,
            amount: rental.deposit,
            requested_ms: returned_ms,
            settled_ms: None,
            return_id: None,
        },
    };
    Receipt {
        cart_label: cart_label(rental),
        paid_ms: rental.paid_ms.unwrap_or(rental.created_ms),
        paid_e2eid: rental.e2eid.clone(),
        taken_ms: rental.out_ms,
        returned_ms,
        returned_dock: back_at.name.clone(),
        returned_store: back_at.store_name.clone(),
        refund,
        entry: story.entry.as_ref().map(|entry| EntryView {
            code: entry_code(&entry.id),
            campaign: entry.campaign.name.clone(),
            draw_ms: story.draw_ms(),
            raffle: raffle::view(app, story, entry, now),
        }),
        review,
    }
}

pub fn refund_view(order: &RefundRow, now: UnixMs) -> RefundView {
    let late = now.since(order.due_since_ms) >= ALARM_AFTER_MS;
    let state = match order.state {
        Order::Settled | Order::Covered | Order::PaidOut => RefundState::Settled,
        Order::Owed => delayed(DelayReason::NeedsPayout),
        Order::Refused => delayed(DelayReason::BankRefused),
        Order::Requested if order.reason == Some(Refusal::NoBalance) => {
            delayed(DelayReason::BalanceShort)
        }
        Order::Requested if order.reason == Some(Refusal::InfractionOpen) => {
            delayed(DelayReason::BankReview)
        }
        Order::Requested | Order::Processing if order.order_no > 1 => {
            delayed(DelayReason::BankRefused)
        }
        Order::Requested | Order::Processing if late => delayed(DelayReason::BankSlow),
        Order::Processing => RefundState::Processing,
        Order::Requested => RefundState::Requested,
    };
    RefundView {
        state,
        amount: order.amount,
        requested_ms: order.due_since_ms,
        settled_ms: order.settled_ms,
        return_id: order.return_id.clone(),
    }
}

/// A Pix that the bank gave back without any order of ours.
fn returned_by_bank(story: &RentalStory, e2eid: Option<&str>) -> Option<RefundView> {
    let settled =
        |r: &&ReturnRow| r.state == ReturnState::Settled && Some(r.e2eid.as_str()) == e2eid;
    let all: Vec<&ReturnRow> = story.returns.iter().filter(settled).collect();
    let last = all.last()?;
    Some(RefundView {
        state: RefundState::Settled,
        amount: all.iter().map(|r| r.amount).sum(),
        requested_ms: last.heard_ms,
        settled_ms: last.settled_ms,
        return_id: last.return_id.clone(),
    })
}

fn delayed(why: DelayReason) -> RefundState {
    RefundState::Delayed { why }
}

pub fn cancel_reason(reason: Cancelled) -> CancelReason {
    match reason {
        Cancelled::ByCustomer => CancelReason::ByCustomer,
        Cancelled::NoCharge | Cancelled::GrantRefused | Cancelled::BayFault => {
            CancelReason::BayFault
        }
        Cancelled::NoBay => CancelReason::NoCart,
        Cancelled::NotTaken => CancelReason::NotTaken,
        Cancelled::GrantLapsed | Cancelled::ByStaff => CancelReason::DockSilent,
    }
}

pub fn bay_views(bays: &[BaySnapshot]) -> Vec<BayView> {
    bays.iter()
        .map(|bay| BayView {
            no: bay.bay,
            kind: bay.kind,
            state: bay.state,
            carts: bay.carts,
            capacity: bay.capacity,
        })
        .collect()
}

pub fn nearby(docks: &[DockStory]) -> Vec<NearbyDock> {
    docks
        .iter()
        .map(|near| {
            let bays = bay_views(&near.bays);
            NearbyDock {
                code: near.dock.code.clone(),
                name: near.dock.name.clone(),
                distance_m: None,
                carts_ready: web::ui::bay::carts_ready(&bays),
                places_free: web::ui::bay::places_free(&bays),
            }
        })
        .collect()
}
