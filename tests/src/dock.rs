//! A visitor's hands at a simulated dock.

use crate::http::{Answer, eventually, get, post, try_send};
use serde_json::{Value, json};

/// The simulator of one gateway. Every act answers the world after it.
#[derive(Debug, Clone)]
pub struct Dock {
    /// `http://host:port`
    pub url: String,
}

impl Dock {
    pub fn state(&self) -> Value {
        get(&format!("{}/simulator/api/state", self.url)).ok()
    }

    /// One act, whatever comes of it.
    pub fn act(&self, verb: &str, fields: &Value) -> Answer {
        post(&format!("{}/simulator/api/{verb}", self.url), fields)
    }

    /// Pulls the cart out of a bay as soon as the bolt lets it go; its tag. The gateway may crash
    /// or be away meanwhile.
    pub fn pull(&self, bay: u16) -> String {
        let url = format!("{}/simulator/api/pull", self.url);
        let body = json!({ "bay": bay }).to_string();
        eventually(&format!("bay {bay} lets its cart go"), || {
            let answer = try_send("POST", &url, "application/json", &body).ok()?;
            let tag = answer.json()["tag"].as_str()?.to_owned();
            (answer.status == 200).then_some(tag)
        })
    }

    pub fn push(&self, bay: u16, tag: &str) {
        self.act("push", &json!({ "bay": bay, "tag": tag })).ok();
    }

    /// Takes a cart from the lot into the world outside.
    pub fn carry(&self, tag: &str) {
        self.act("carry", &json!({ "tag": tag })).ok();
    }

    pub fn bring(&self, tag: &str) {
        self.act("bring", &json!({ "tag": tag })).ok();
    }

    /// Brings a cart with a tag that another cart wears too.
    pub fn bring_clone(&self, tag: &str) {
        self.act("bring", &json!({ "tag": tag, "clone": true }))
            .ok();
    }

    /// Pulls a cart out against the bolt; its tag.
    pub fn force(&self, bay: u16) -> String {
        let answer = self.act("force", &json!({ "bay": bay })).ok();
        answer["tag"].as_str().unwrap_or_default().to_owned()
    }

    pub fn inject(&self, bay: u16, fault: &str) {
        self.act("inject", &json!({ "bay": bay, "fault": fault }))
            .ok();
    }

    pub fn clear(&self, bay: u16) {
        self.act("clear", &json!({ "bay": bay })).ok();
    }

    /// Carts this cart's tag can be brought with, from one dock's lot to another's.
    pub fn hand_over(&self, tag: &str, other: &Self) {
        self.carry(tag);
        other.bring(tag);
    }

    /// The simulated bay of this number.
    pub fn bay(&self, bay: u16) -> Value {
        let state = self.state();
        let bays = state["bays"].as_array().cloned().unwrap_or_default();
        bays.into_iter()
            .find(|view| view["bay"] == bay)
            .unwrap_or_else(|| panic!("no bay {bay} in {state}"))
    }
}
