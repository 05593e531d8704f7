//! (f) Thirty days dark: 240,000 events in a gateway's journal, what they cost, and how they drain
//! into a cloud, over the real programs. (g) How soon a gateway with a very large journal serves.

use super::report::{heading, latency, per_second};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use system_tests::{Dock, Mode, Options, SUL, System, eventually, get};

/// Eight thousand a day.
const EVENTS: usize = 240_000;

/// Long lines, so that the journal is large before the signing of it takes all day.
const LARGE_EVENTS: usize = 290_000;
const LARGE_NAME_CHARS: usize = 3_000;

/// A strange cart's taps before and during the drain.
const TAPS: usize = 8;

type Done<T> = Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Done<()> {
    heading("(f) 240,000 events behind one gateway");
    let mut system = System::start(&Options::new().through_proxy());
    system.kill9(SUL);
    let began = Instant::now();
    system.fill_journal(SUL, EVENTS);
    println!("  written in {:.1?}", began.elapsed());
    system.network().set(Mode::Down);
    let began = Instant::now();
    system.restart(SUL);
    println!("  start to page            {:>9.1?}", began.elapsed());
    cost(&system, "dark");
    let dock = system.dock(SUL);
    dock.bring("04fa0000000001");
    let dark = (0..TAPS).map(|_| tap(&dock)).collect();
    latency("settled → \"returned\", dark", dark);
    dock.push(1, "04fa0000000001");
    eventually("the cart is in", || {
        (dock.bay(1)["lamp"] == "accepted").then_some(())
    });
    let carts = dock.bay(1)["carts"].clone();

    let before = stored(&system);
    let began = Instant::now();
    system.network().set(Mode::Pass);
    eventually("the cloud sees the bay as it is now", || {
        (in_the_cloud(&system)["carts"] == json!(carts.as_array().map_or(0, Vec::len)))
            .then_some(())
    });
    println!(
        "  live state in the cloud  {:>9.1?} after reconnect",
        began.elapsed()
    );
    let mut during = Vec::new();
    dock.force(1);
    while stored(&system) < before + EVENTS {
        if during.len() < TAPS * 4 {
            during.push(tap(&dock));
        }
    }
    let took = began.elapsed();
    println!(
        "  drained                  {:>9.1?}   {} events/s",
        took,
        per_second(EVENTS, took)
    );
    latency("settled → \"returned\", draining", during);
    cost(&system, "drained");
    println!();
    Ok(())
}

/// (g)
pub(crate) fn start() -> Done<()> {
    heading("(g) start to the first accepted tap with a very large journal");
    let mut system = System::start(&Options::new().through_proxy());
    let dock = system.dock(SUL);
    dock.bring("04fa0000000001");
    system.kill9(SUL);
    // Twice: the first start after a SIGKILL may have a log to take up.
    let small = first_tap(&mut system)?;
    system.kill9(SUL);
    let began = Instant::now();
    system.fill_journal_with_long_lines(SUL, LARGE_EVENTS, LARGE_NAME_CHARS);
    println!(
        "  {LARGE_EVENTS} long lines written in {:.1?}",
        began.elapsed()
    );
    system.network().set(Mode::Down);
    let large = first_tap(&mut system)?;
    cost(&system, "large");
    println!(
        "  start → first accepted tap, less the settling time: small {small:.1?}, large {large:.1?}\n"
    );
    Ok(())
}

fn first_tap(system: &mut System) -> Done<Duration> {
    let dock = system.dock(SUL);
    let began = Instant::now();
    system.restart(SUL);
    let page = began.elapsed();
    let tag = "04fa0000000001";
    dock.push(1, tag);
    let pushed = Instant::now();
    eventually("the cart is in", || {
        (dock.bay(1)["lamp"] == "accepted").then_some(())
    });
    let settle = Duration::from_millis(edge_core::limits::SETTLE_MS);
    let tapped = pushed.elapsed().saturating_sub(settle);
    println!("  page after {page:.1?}, tap accepted {tapped:.1?} after settling");
    force_out(&dock);
    Ok(page + tapped)
}

/// A strange cart goes in and is forced out again; from settled to the lamp.
fn tap(dock: &Dock) -> Duration {
    dock.push(1, "04fa0000000001");
    let began = Instant::now();
    eventually("the cart is in", || {
        (dock.bay(1)["lamp"] == "accepted").then_some(())
    });
    let took = began.elapsed();
    force_out(dock);
    took.saturating_sub(Duration::from_millis(edge_core::limits::SETTLE_MS))
}

/// And waits until the gateway knows, so that the next push is news to it even after a new start.
fn force_out(dock: &Dock) {
    dock.force(1);
    eventually("the bay is free", || {
        (dock.bay(1)["lamp"] != "accepted").then_some(())
    });
}

fn in_the_cloud(system: &System) -> Value {
    let dock = get(&format!("{}/api/v1/docks/{SUL}", system.cloud_url())).json();
    let bays = dock["bays"].as_array().cloned().unwrap_or_default();
    bays.into_iter()
        .find(|bay| bay["bay"] == 1)
        .unwrap_or_default()
}

fn stored(system: &System) -> usize {
    let count: i64 = system.cloud_db().one(
        "SELECT count(*) FROM gateway_event e JOIN gateway g ON g.id = e.gateway_id \
         JOIN dock d ON d.id = g.dock_id WHERE d.code = ?1",
        &[&SUL],
    );
    usize::try_from(count).unwrap_or(0)
}

fn cost(system: &System, when: &str) {
    let bytes = size_of(&system.folder().join(SUL));
    let (resident, most) = system.resident_kib(SUL);
    println!(
        "  {when}: {} MiB on disk, {} MiB resident, {} MiB at most",
        bytes / 1_048_576,
        resident / 1_024,
        most / 1_024
    );
}

fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| {
        let meta = entry.metadata().ok()?;
        Some(match meta.is_dir() {
            true => size_of(&entry.path()),
            false => meta.len(),
        })
    });
    sizes.sum()
}
