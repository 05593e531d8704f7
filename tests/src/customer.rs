//! A customer at a dock, by the JSON API.

use crate::database::Database;
use crate::http::{Answer, get, in_time, post, try_send};
use crate::system::System;
use rusqlite::params;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A CPF with right check digits that belongs to nobody.
pub const CPF: &str = "529.982.247-25";

/// A rental in a customer's hands. Clones are the same rental.
#[derive(Debug, Clone)]
pub struct Rental {
    /// The secret part of its address.
    pub token: String,
    api: String,
}

impl Rental {
    pub(crate) fn of(cloud_url: &str, token: String) -> Self {
        Self {
            api: format!("{cloud_url}/api/v1/rentals/{token}"),
            token,
        }
    }

    /// What the customer sees, if anything answers.
    pub(crate) fn try_status(&self) -> Result<Answer, reqwest::Error> {
        try_send("GET", &self.api, "", "")
    }

    /// The charge's id, from a cloud's database.
    pub(crate) fn txid_in(&self, cloud: &Database) -> String {
        cloud.one(
            "SELECT c.txid FROM charge c JOIN rental r ON r.id = c.rental_id WHERE r.token_hash = ?1",
            params![self.hash()],
        )
    }

    /// What the customer sees.
    pub fn status(&self) -> Value {
        get(&self.api).ok()
    }

    /// Waits until the customer sees one of these states.
    pub fn until(&self, states: &[&str]) -> Value {
        let mut last = String::new();
        let seen = in_time(|| {
            // The cloud may be down meanwhile: that is what the test is about.
            let answer = try_send("GET", &self.api, "", "").ok()?;
            let seen: Value = serde_json::from_str(&answer.body).ok()?;
            let reached = states.contains(&seen["state"].as_str()?);
            last = answer.body;
            reached.then_some(seen)
        });
        seen.unwrap_or_else(|| panic!("waited for {states:?} in vain; the customer sees {last}"))
    }

    pub fn try_cancel(&self) -> Answer {
        post(&format!("{}/cancel", self.api), &json!({}))
    }

    /// The bay that was promised or opened.
    pub fn bay(&self) -> u16 {
        let seen = self.status();
        let bay = seen["bay"].as_u64().and_then(|bay| u16::try_from(bay).ok());
        bay.unwrap_or_else(|| panic!("no bay in {seen}"))
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.token.as_bytes()).into()
    }
}

impl System {
    /// Asks for a cart, whatever comes of it.
    pub fn try_take(&self, dock: &str, wish: &Value) -> Answer {
        post(
            &format!("{}/api/v1/docks/{dock}/rentals", self.cloud_url()),
            wish,
        )
    }

    /// Begins a rental with a CPF.
    pub fn take(&self, dock: &str) -> Rental {
        self.take_with(dock, &json!({ "cpf": CPF }))
    }

    pub fn take_at(&self, dock: &str, bay: u16) -> Rental {
        self.take_with(dock, &json!({ "bay": bay }))
    }

    pub fn take_with(&self, dock: &str, wish: &Value) -> Rental {
        let begun = self.try_take(dock, wish).ok();
        let token = begun["token"].as_str().expect("a rental has a token");
        Rental::of(&self.cloud_url(), token.to_owned())
    }

    /// Waits for the charge and pays it; the end-to-end id.
    pub fn pay(&self, rental: &Rental) -> String {
        rental.until(&["awaiting_payment"]);
        self.bank().pay(&self.txid(rental))
    }

    /// Waits for the open bay and pulls the cart; its tag. The rental is out when this returns.
    pub fn pull(&self, rental: &Rental, dock: &str) -> String {
        rental.until(&["open"]);
        let tag = self.dock(dock).pull(rental.bay());
        rental.until(&["out"]);
        tag
    }

    /// A cart out of `dock`: taken, paid, pulled. The rental and the cart's tag.
    pub fn cart_out(&self, dock: &str) -> (Rental, String) {
        let rental = self.take(dock);
        self.pay(&rental);
        let tag = self.pull(&rental, dock);
        (rental, tag)
    }

    /// The charge of a rental, from the cloud's database.
    pub fn txid(&self, rental: &Rental) -> String {
        rental.txid_in(&self.cloud_db())
    }

    /// The rental's id, from the cloud's database.
    pub fn id(&self, rental: &Rental) -> String {
        self.cloud_db().one(
            "SELECT id FROM rental WHERE token_hash = ?1",
            params![rental.hash()],
        )
    }

    /// The state in the cloud's database, which knows more than a customer is told.
    pub fn stored_state(&self, rental: &Rental) -> String {
        self.cloud_db().one(
            "SELECT state FROM rental WHERE token_hash = ?1",
            params![rental.hash()],
        )
    }
}
