//! The journey in a real browser. Each test starts its own system and runs one test of `e2e/` by its
//! name; `every_browser_test_is_run` holds the two lists together.
//!
//! Needs Node 20 and Chromium. Without them the tests fail where `CI` is set and say SKIPPED elsewhere.

#[path = "browser/control.rs"]
mod control;

#[path = "browser/node.rs"]
mod node;

use node::{files, names, run};
use std::collections::BTreeSet;

macro_rules! browser_tests {
    ($($rust:ident: $file:literal, $name:literal;)*) => {
        $(#[test]
        fn $rust() {
            run($file, $name);
        })*

        const RUN: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

browser_tests! {
    journey_on_a_phone: "journey", "a cart out and back on a phone";
    journey_on_a_desktop: "journey",
        "a cart out and back on a desktop, dragged out and pushed in by keyboard";
    journey_by_keyboard: "journey", "a cart pulled by keyboard alone";
    journey_without_scripts_on_a_phone: "plain", "a cart out and back without scripts on a phone";
    journey_without_scripts_on_a_desktop: "plain", "a cart out and back without scripts on a desktop";
    budget_of_the_dock_page: "budget", "the dock page fits its budget of bytes and requests";
    budget_of_the_pay_page: "budget", "the pay page fits its budget of bytes and requests";
    times_on_a_slow_link: "budget", "times on a slow link are printed";
    line_dies_while_hidden: "recovery",
        "the page is current after a line died silently while the phone was elsewhere";
    line_dies_while_visible: "recovery",
        "the page is current after a line died silently before its eyes";
    cloud_is_killed: "recovery", "the page goes on after the cloud was killed and came back";
    seven_tabs_of_a_rental: "recovery", "seven tabs at once do not stall";
    seven_tabs_of_a_dock: "recovery", "seven tabs of a dock do not stall";
    access_to_the_cloud: "access", "the pages of the cloud are accessible";
    access_to_a_rental: "access", "the pages of a rental are accessible";
    access_to_a_dock: "access", "the pages of a dock are accessible";
    access_for_managers: "access", "the managers' pages are accessible";
    access_to_the_bank: "access", "the bank's app is accessible";
    customers_in_portuguese: "words",
        "the pages of customers and docks are Portuguese, keep their policy and log no error";
    customers_in_english: "words",
        "the pages of customers and docks are English, keep their policy and log no error";
    managers_in_portuguese: "words",
        "the managers' pages are Portuguese, keep their policy and log no error";
    managers_in_english: "words",
        "the managers' pages are English, keep their policy and log no error";
    carts_in_the_dark: "offline",
        "carts out by QR and by code and back at a dock without internet";
    receipt_of_a_dark_dock: "offline", "a receipt of a dark dock is honoured at once, and once";
    card_in_the_dark: "offline", "a member card opens a dark dock, and the worst loss is printed";
    access_in_the_dark: "access", "the pages of a dock without internet are accessible";
    dark_dock_in_portuguese: "words",
        "the pages of a dock without internet are Portuguese, keep their policy and log no error";
    dark_dock_in_english: "words",
        "the pages of a dock without internet are English, keep their policy and log no error";
    technician_on_a_phone: "technician", "a technician with a phone and no internet services a dock";
    technician_by_keyboard: "technician",
        "a technician services a dock on a dark desktop by keyboard";
    technician_without_scripts: "technician", "a technician services a dock without scripts";
    technician_budget: "technician", "the pages of a technician fit their budget";
    technician_access: "access", "the pages of a technician are accessible";
    technician_in_portuguese: "words",
        "the pages of a technician are Portuguese, keep their policy and log no error";
    technician_in_english: "words",
        "the pages of a technician are English, keep their policy and log no error";
    qr_codes_decode: "receipt", "the QR codes hold what they promise, also in the dark";
    receipt_prints: "receipt", "the receipt prints, and its QR code leads back to it";
    raffle_in_public: "raffle",
        "a raffle from its countdown to its winners, and its file without a network";
    pages_read_aloud: "receipt", "the dock page and the receipt read aloud as agreed";
}

#[test]
fn every_browser_test_is_run() {
    let run: BTreeSet<(String, String)> = RUN
        .iter()
        .map(|(file, name)| ((*file).to_owned(), (*name).to_owned()))
        .collect();
    let mut written = BTreeSet::new();
    for file in files() {
        for name in names(&file) {
            written.insert((file.clone(), name));
        }
    }
    assert_eq!(run, written);
}
