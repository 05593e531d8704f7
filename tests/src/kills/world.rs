//! The docks as they physically are, whoever is alive: the simulated worlds' own files.

use crate::bank::Bank;
use crate::dock::Dock;
use crate::http::{eventually, try_send};
use crate::options::{NORTE, SUL};
use crate::system::System;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Where customers walk about.
#[derive(Debug, Clone)]
pub(super) struct Town {
    pub(super) cloud_url: String,
    pub(super) cloud_file: PathBuf,
    pub(super) bank: Bank,
    pub(super) docks: [Place; 2],
}

#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: &'static str,
    dock: Dock,
    file: PathBuf,
}

const SLOTS: [u16; 3] = [1, 2, 3];

/// Tags in each bay and beside the dock.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Carts {
    pub(super) bays: BTreeMap<u16, Vec<String>>,
    pub(super) lot: Vec<String>,
}

impl Town {
    pub(super) fn of(system: &System) -> Self {
        let place = |name: &'static str| Place {
            name,
            dock: system.dock(name),
            file: system.folder().join(name).join("simulated-dock.json"),
        };
        Self {
            cloud_url: system.cloud_url(),
            cloud_file: system.folder().join("cloud.db"),
            bank: system.bank(),
            docks: [place(NORTE), place(SUL)],
        }
    }

    /// How many carts stand in each dock's bays. No cart is in two places, or in none.
    pub(super) fn carts(&self) -> Vec<(&'static str, u64)> {
        let mut seen: Vec<String> = Vec::new();
        let mut counts = Vec::new();
        for place in &self.docks {
            let carts = place.carts();
            assert_eq!(
                carts.lot,
                Vec::<String>::new(),
                "carts left beside {}",
                place.name
            );
            let here: Vec<String> = carts.bays.into_values().flatten().collect();
            counts.push((place.name, here.len() as u64));
            seen.extend(here);
        }
        seen.sort();
        let all = [
            "04a10000000001",
            "04a10000000002",
            "04b20000000001",
            "04b20000000002",
        ];
        assert_eq!(seen, all, "every cart is in one place");
        counts
    }

    /// Into a slot at the dock where the cart is, or at the other when that one is full. Others push
    /// theirs at the same time. Answers which dock it was.
    pub(super) fn takes_in(&self, tag: &str) -> &'static str {
        eventually(&format!("{tag} is put back"), || {
            if let Some(place) = self.docks.iter().find(|place| place.has(tag)) {
                return Some(place.name);
            }
            let beside = |place: &&Place| place.carts().lot.iter().any(|cart| cart == tag);
            let place = self.docks.iter().find(beside)?;
            if place.is_full() {
                let other = self.docks.iter().find(|other| other.name != place.name)?;
                place.hands_over(tag, other);
                return None;
            }
            place.pushes(tag);
            place.has(tag).then_some(place.name)
        })
    }

    /// When all is at rest, no bolt lets a cart go.
    pub(super) fn nobody_can_steal(&self) {
        for place in &self.docks {
            for bay in place.carts().bays.keys() {
                eventually(&format!("{} bay {bay} is locked", place.name), || {
                    let view = place.dock.bay(*bay);
                    (view["bolt_engaged"] == true && view["pullable"] == false).then_some(())
                });
            }
        }
    }
}

impl Place {
    /// What is there, also while the gateway is dead.
    pub(super) fn carts(&self) -> Carts {
        // Replaced at once by the simulator, so never half.
        let text = fs::read_to_string(&self.file).expect("the simulator keeps its world");
        let kept: Value = serde_json::from_str(&text).expect("the simulator's own file");
        let tags = |list: &Value| -> Vec<String> {
            let list = list.as_array().into_iter().flatten();
            list.filter_map(|tag| Some(tag.as_str()?.to_owned()))
                .collect()
        };
        let bays = kept["bays"].as_object().into_iter().flatten();
        Carts {
            bays: bays
                .filter_map(|(bay, list)| Some((bay.parse().ok()?, tags(list))))
                .collect(),
            lot: tags(&kept["lot"]),
        }
    }

    /// One act at the dock, which may be dead: what came of it is seen in the world.
    pub(super) fn tries(&self, verb: &str, fields: &Value) {
        let url = format!("{}/simulator/api/{verb}", self.dock.url);
        let _ = try_send("POST", &url, "application/json", &fields.to_string());
    }

    /// Acts until the world is as it should be. The gateway may die at any moment of it.
    pub(super) fn insists(
        &self,
        verb: &str,
        fields: impl Fn(&Carts) -> Option<Value>,
        done: impl Fn(&Carts) -> bool,
    ) {
        eventually(&format!("{verb} at {}", self.name), || {
            if done(&self.carts()) {
                return Some(());
            }
            let fields = fields(&self.carts())?;
            self.tries(verb, &fields);
            done(&self.carts()).then_some(())
        });
    }

    /// From this dock's lot to the other's, by hand.
    pub(super) fn hands_over(&self, tag: &str, other: &Self) {
        let named = json!({ "tag": tag });
        let here = |carts: &Carts| carts.lot.iter().any(|cart| cart == tag);
        self.insists("carry", |_| Some(named.clone()), |carts| !here(carts));
        other.insists("bring", |_| Some(named.clone()), here);
    }

    /// Into any empty slot; into none when all are taken.
    fn pushes(&self, tag: &str) {
        let carts = self.carts();
        let empty = |bay: &u16| carts.bays.get(bay).is_none_or(Vec::is_empty);
        if let Some(bay) = SLOTS.into_iter().find(empty) {
            self.tries("push", &json!({ "bay": bay, "tag": tag }));
        }
    }

    fn has(&self, tag: &str) -> bool {
        let is_it = |cart: &String| cart == tag;
        self.carts().bays.values().flatten().any(is_it)
    }

    fn is_full(&self) -> bool {
        let carts = self.carts();
        let taken = |bay: &u16| carts.bays.get(bay).is_some_and(|bay| !bay.is_empty());
        SLOTS.iter().all(taken)
    }
}
