//! Customers with real rentals, who do not know that a storm is on.

use super::dock::bay;
use super::fleet::{Fleet, code_of};
use crate::customer::{CPF, Rental};
use crate::http::{eventually, try_send};
use crate::system::System;
use serde_json::{Value, json};
use shared::ids::{BayNo, TagUid};
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

/// People at one moment at the site.
const AT_ONCE: usize = 8;

/// A cart in somebody's hands.
#[derive(Debug, Clone)]
pub(super) struct Out {
    pub(super) rental: Rental,
    pub(super) tag: TagUid,
    /// From the payment to the open bolt.
    pub(super) opened: Duration,
}

/// Takes a cart out of bay 1 of each of these docks, as soon as the site offers it.
pub(super) fn take_out(system: &System, fleet: &Fleet, docks: Range<usize>) -> Vec<Out> {
    at_once(docks, |number| {
        let rental = begin(system, &code_of(number));
        system.pay(&rental);
        let paid = Instant::now();
        let tag = fleet.pull(number, bay(1));
        let opened = paid.elapsed();
        rental.until(&["out"]);
        Out {
            rental,
            tag,
            opened,
        }
    })
}

/// Pushes each cart into bay 2 of a dock of its own, the first one into that of `first`.
pub(super) fn bring_back(fleet: &Fleet, carts: &[Out], first: usize) {
    let bay: BayNo = bay(2);
    for (number, out) in (first..).zip(carts) {
        fleet.push(number, bay, out.tag);
    }
}

/// Until every customer sees the money on its way back.
pub(super) fn await_refunds(carts: &[Out]) {
    at_once(0..carts.len(), |number| {
        carts[number].rental.until(&["closed"]);
    });
}

/// A dock that the cloud has not heard of for long is shown as dark, one that has only just a cart as
/// empty: the customer tries again.
fn begin(system: &System, code: &str) -> Rental {
    let url = format!("{}/api/v1/docks/{code}/rentals", system.cloud_url());
    let wish = json!({ "cpf": CPF }).to_string();
    eventually("the site offers a cart", || {
        let answer = try_send("POST", &url, "application/json", &wish).ok()?;
        if answer.status == 409 && ["dock_dark", "no_cart"].contains(&answer.code().as_str()) {
            return None;
        }
        let begun: Value = answer.ok();
        let token = begun["token"].as_str().expect("a rental has a token");
        Some(Rental::of(&system.cloud_url(), token.to_owned()))
    })
}

fn at_once<T: Send>(numbers: Range<usize>, walk: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let numbers: Vec<usize> = numbers.collect();
    let share = numbers.len().div_ceil(AT_ONCE).max(1);
    thread::scope(|scope| {
        let walk = &walk;
        let groups: Vec<_> = numbers
            .chunks(share)
            .map(|group| scope.spawn(move || group.iter().map(|n| walk(*n)).collect::<Vec<T>>()))
            .collect();
        let walked = groups.into_iter().flat_map(|group| {
            group
                .join()
                .unwrap_or_else(|_| panic!("a customer was left standing"))
        });
        walked.collect()
    })
}
