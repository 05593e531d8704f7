//! The check that an operator, or a timer of theirs, runs from the command line.

use super::{Account, BooksError, look};
use crate::config::Config;
use crate::pix::{PayoutProvider, PixClient, SettingsError};
use crate::store::Store;
use crate::store::statement::Content;
use cloud_core::statement::{Difference, Statement};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fmt::Write as _;

/// Why a check did not end well.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("the books of {day} differ from the bank in {differences} things")]
    Differ { day: Date, differences: usize },
    #[error("the books of {day} were not compared: {why}")]
    NotCompared { day: Date, why: BooksError },
    #[error("the bank's settings: {0}")]
    Bank(#[from] SettingsError),
    #[error("VOLTA_CLOUD_TIME_ZONE: {0}")]
    Zone(#[from] jiff::Error),
}

/// Prints the statement of a day as things stand and a line for each difference; fails where there
/// is one. Nothing is stored or booked: the serving cloud does that.
pub async fn check(store: &Store, config: &Config, day: Date) -> Result<(), CheckError> {
    let settings = config.bank.settings()?;
    let sender = config.payout.sender(config.bank.bank_profile, &settings)?;
    let bank = PixClient::new(settings)?;
    let account = Account {
        pix: &bank,
        sender: sender.as_ref().map(|sender| sender as &dyn PayoutProvider),
    };
    let zone = TimeZone::get(&config.time_zone)?;
    let found = look(store, account, &zone, day).await;
    let found = found.map_err(|why| CheckError::NotCompared { day, why })?;
    print!("{}", told(day, &found));
    let differences = found.statement.differences.len();
    if differences == 0 {
        Ok(())
    } else {
        Err(CheckError::Differ { day, differences })
    }
}

fn told(day: Date, found: &Content) -> String {
    let Statement {
        ledger,
        bank,
        start,
        end,
        differences,
    } = &found.statement;
    let mut text = format!("{day}\n");
    let mut line = |name: &str, ours, theirs| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{name:<28} {ours:>16} {theirs:>16}");
    };
    line("", "ledger".to_owned(), "bank".to_owned());
    for (name, ours, theirs) in [
        ("received", ledger.received, bank.received),
        ("returned", ledger.returned, bank.returned),
        ("sent to persons", ledger.sent, bank.sent),
        ("came back of that", ledger.sent_back, bank.sent_back),
        ("stayed", ledger.net(), bank.net()),
    ] {
        line(name, ours.to_string(), theirs.to_string());
    }
    for (name, from, to) in [
        ("held at start, end", start.held, end.held),
        ("owed at start, end", start.owed, end.owed),
        ("without charge, start, end", start.stray, end.stray),
        ("finders', start, end", start.payable, end.payable),
        ("prize fund, start, end", start.prize, end.prize),
        ("the shop's, start, end", start.shop, end.shop),
    ] {
        line(name, from.to_string(), to.to_string());
    }
    for one in differences {
        line(&named(one), one.ledger.to_string(), one.bank.to_string());
    }
    if differences.is_empty() {
        line("no difference", String::new(), String::new());
    }
    text
}

/// `pix_not_in_ledger E…` or `refund_unknown E… D…`.
fn named(one: &Difference) -> String {
    let mut name = one.kind.as_str().to_owned();
    if let Some(movement) = &one.movement {
        name.push(' ');
        name.push_str(&movement.e2eid);
        if let Some(id) = &movement.refund {
            name.push(' ');
            name.push_str(id);
        }
    }
    name
}
