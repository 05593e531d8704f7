//! A customer who is never told why things take so long.

use super::Dice;
use super::world::{Place, Town};
use crate::customer::{CPF, Rental};
use crate::database::Database;
use crate::http::{in_time, try_send};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// One rental, from the customer's side.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) rental: Rental,
    pub(super) paid: bool,
    /// The cart physically left the dock.
    pub(super) left: bool,
    /// And came back to the dock it had left.
    pub(super) home: bool,
}

pub(super) struct Visitor<'a> {
    town: &'a Town,
    dice: Dice,
    closing: &'a AtomicBool,
}

/// Where a rental stands that the customer waits for.
enum Opening {
    Pulled(String),
    GivenUp,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(town: &'a Town, dice: Dice, closing: &'a AtomicBool) -> Self {
        Self {
            town,
            dice,
            closing,
        }
    }

    /// Takes carts out and brings them back until the town closes; the last one comes back too.
    pub(super) fn walk(mut self) -> Vec<Story> {
        let mut stories = Vec::new();
        while !self.closing.load(Ordering::SeqCst) {
            stories.extend(self.visit());
        }
        stories
    }

    fn visit(&mut self) -> Option<Story> {
        let here = usize::try_from(self.dice.below(2)).unwrap_or(0);
        let (from, to) = (&self.town.docks[here], &self.town.docks[1 - here]);
        let rental = self.begin(from)?;
        let mut story = Story {
            rental,
            paid: false,
            left: false,
            home: false,
        };
        if !self.pays(&story.rental) {
            return Some(story);
        }
        story.paid = true;
        let Opening::Pulled(tag) = self.pulls(&story.rental, from) else {
            return Some(story);
        };
        story.left = true;
        // Nobody waits for the cloud: a return may well overtake the report of its own pull.
        from.hands_over(&tag, to);
        story.home = self.town.takes_in(&tag) == from.name;
        Some(story)
    }

    /// Nothing when there is no cart, or no answer.
    fn begin(&self, from: &Place) -> Option<Rental> {
        let url = format!("{}/api/v1/docks/{}/rentals", self.town.cloud_url, from.name);
        let wish = json!({ "cpf": CPF }).to_string();
        let answer = try_send("POST", &url, "application/json", &wish).ok()?;
        if !(200..300).contains(&answer.status) {
            return None;
        }
        let token = answer.json()["token"].as_str()?.to_owned();
        Some(Rental::of(&self.town.cloud_url, token))
    }

    /// False when the charge ran out before it could be paid.
    fn pays(&self, rental: &Rental) -> bool {
        let ready = in_time(|| match self.state(rental)?.0.as_str() {
            "awaiting_payment" => Some(true),
            "expired" | "cancelled" => Some(false),
            _ => None,
        });
        if !ready.expect("a charge is made, or runs out") {
            return false;
        }
        let txid = rental.txid_in(&Database::open(&self.town.cloud_file));
        // The bank refuses a charge that has run out meanwhile.
        self.town.bank.try_pay(&txid, false).status < 300
    }

    /// Pulls as soon as the bay is open. Whether the cart left is seen in the world: the answer may
    /// be lost with the gateway.
    fn pulls(&self, rental: &Rental, from: &Place) -> Opening {
        let opening = in_time(|| {
            let (state, bay) = self.state(rental)?;
            if matches!(state.as_str(), "cancelled" | "expired") {
                return Some(Opening::GivenUp);
            }
            if state != "open" {
                return None;
            }
            let before = from.carts();
            let tag = before.bays.get(&bay)?.last()?.clone();
            from.tries("pull", &json!({ "bay": bay }));
            let left = from.carts().lot.contains(&tag);
            left.then_some(Opening::Pulled(tag))
        });
        opening.unwrap_or_else(|| panic!("paid, and nothing came of it: {:?}", self.state(rental)))
    }

    fn state(&self, rental: &Rental) -> Option<(String, u16)> {
        let answer = rental.try_status().ok()?;
        let seen: Value = serde_json::from_str(&answer.body).ok()?;
        let bay = seen["bay"].as_u64().and_then(|bay| u16::try_from(bay).ok());
        Some((seen["state"].as_str()?.to_owned(), bay.unwrap_or(0)))
    }
}
