//! The whole gateway on real GPIO lines and readers at register level, with a cloud and a bank
//! beside it: for scripts/test-pi, in the emulated machine of scripts/lib/pi-vm.sh.
//!
//! `$CHIP` and `$SIM` are gpio-sim's lines, `$FAKESPI` the library of tests/fakespi. A line of output
//! is one check; a failed one ends the program, with the logs. `fill FOLDER EVENTS` makes the data
//! folder of an enrolled gateway that has so many events to tell.

mod hands;

use hands::{Bay, Place};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};
use system_tests::{
    Fate, NORTE, Options, Program, Rental, SUL, System, eventually, get, run_to_its_end,
};

const CART: &str = "04a10000000001";
const OTHER: &str = "04a10000000002";

/// As in hardware/README.md, with a switch in the supply of the second reader.
const PINS: &str = "1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26;\
                    2:spi=0.1,rst=13,coil=27,bolt=!6,presence=!2,lamp=24,sound=26,power=20";
const BAYS: &str = "1:slot,2:slot";

const FIRST: Place = Place {
    bay: 1,
    reader: "0.0",
    coil: 17,
    bolt: 4,
    presence: 5,
    supply: None,
};
const SECOND: Place = Place {
    bay: 2,
    reader: "0.1",
    coil: 27,
    bolt: 6,
    presence: 2,
    supply: Some(20),
};

/// What the house promises of a reader, from its failure on.
const FOUND_MAX: Duration = Duration::from_secs(5);
const HEALED_MAX: Duration = Duration::from_secs(10);

/// Where the readers' library looks for what is in each field.
const FIELDS: &str = "/tmp/fields";

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => tour(),
        ["fill", folder, events] => {
            let events = events.parse().expect("a number of events");
            fill(Path::new(folder), events);
        }
        _ => panic!("what is {words:?}?"),
    }
}

fn tour() {
    fs::create_dir_all(FIELDS).expect("a machine of our own");
    let (first, second) = (Bay::new(FIRST, FIELDS), Bay::new(SECOND, FIELDS));
    first.stands(CART);
    second.stands(OTHER);
    let mut system = System::start(&options());
    both_are_docked(&system);
    let one = goes_out(&system, &first);
    readers_fail(&system, &first, &second, &one);
    let two = killed_with_its_coil_on(&mut system, &first);
    system.audit(&[(&one, Fate::Closed), (&two, Fate::Closed)]);
    println!("ok books of dock, cloud and bank agree");
    let (now, most) = system.resident_kib(NORTE);
    println!("its memory here: {now} KiB, {most} at most");
    assert!(system.terminate(NORTE).success(), "it ends when asked to");
    let output = run_to_its_end(Program::Gateway, &["--coils-off"], &hardware());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && !said.contains("cannot be taken"),
        "{said}"
    );
    assert!(!first.coil_is_on() && !second.coil_is_on());
    println!("ok ends when it is asked to, and --coils-off takes every line");
}

fn options() -> Options {
    let carts = format!("1={CART},2={OTHER}");
    let mut options = Options::new().without(SUL).carts(NORTE, &carts);
    let library = env::var("FAKESPI").expect("$FAKESPI");
    for (name, value) in hardware() {
        options = options.env(NORTE, name, value);
    }
    options
        .env(NORTE, "LD_PRELOAD", &library)
        .env(NORTE, "FAKESPI_DIR", FIELDS)
}

fn hardware() -> [(&'static str, &'static str); 4] {
    static CHIP: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let chip = CHIP.get_or_init(|| env::var("CHIP").expect("$CHIP"));
    [
        ("VOLTA_GATEWAY_HARDWARE", "raspberry_pi"),
        ("VOLTA_GATEWAY_GPIO_CHIP", chip),
        ("VOLTA_GATEWAY_PINS", PINS),
        ("VOLTA_GATEWAY_BAYS", BAYS),
    ]
}

/// [`System::start`] has waited until the cloud saw two carts.
fn both_are_docked(system: &System) {
    println!("ok enrols, and reads its pins");
    for tag in [CART, OTHER] {
        recorded(system, "%cart_docked%", tag, 1);
        println!("ok its reader names cart {tag}");
    }
    let page = get(&system.dock(NORTE).url).body;
    assert_eq!(page.matches("card occupied").count(), 2, "{page}");
    println!("ok both are on the gateway's page");
}

/// A cart is rented at `bay`, and pulled.
fn goes_out(system: &System, bay: &Bay) -> Rental {
    let rental = system.take_at(NORTE, bay.number());
    system.pay(&rental);
    let pulse = bay.opens();
    rental.until(&["open"]);
    bay.pulled();
    rental.until(&["out"]);
    println!(
        "ok what the bank was paid for drives the coil ({} ms)",
        pulse.as_millis()
    );
    rental
}

/// The second bay's reader fails in each way, four times in an hour; `rental`'s cart comes back to
/// the first meanwhile.
fn readers_fail(system: &System, first: &Bay, second: &Bay, rental: &Rental) {
    let found = fails(system, second, "deaf", 1);
    let took = heals(system, 1, found);
    println!("ok a lost antenna is found and healed by a reset ({took})");
    second.field(OTHER);

    let found = fails(system, second, "zeros", 2);
    second.supply_goes();
    second.field(OTHER);
    let took = heals(system, 2, found);
    println!("ok a chip that its supply alone heals is found and healed ({took})");

    fails(system, second, "silent", 3);
    eventually("the cloud knows", || {
        (bay_state(system, second) == "faulted").then_some(())
    });
    first.pushed(CART);
    rental.until(&["closed"]);
    println!("ok beside a bay out of use a cart comes back, and its money goes back");
    second.field(OTHER);
    recorded(system, "%bay_recovered%", "", 3);
    eventually("the cloud knows", || {
        (bay_state(system, second) == "occupied").then_some(())
    });
    println!("ok a chip without interrupts is found, and its bay serves again afterwards");

    second.field("deaf");
    recorded(system, "%bay_faulted%unreliable%", "", 1);
    second.field(OTHER);
    eventually("the cloud knows", || {
        (bay_state(system, second) == "faulted").then_some(())
    });
    println!("ok the fourth failure in an hour takes the bay out of service");
}

#[derive(Clone, Copy)]
struct Found {
    began: Instant,
    took: Duration,
}

/// The reader fails like that; waits for the `nth` such event.
fn fails(system: &System, bay: &Bay, how: &str, nth: usize) -> Found {
    let began = Instant::now();
    bay.field(how);
    recorded(system, "%bay_faulted%reader_deaf%", "", nth);
    let took = began.elapsed();
    assert!(took < FOUND_MAX, "{how} is found after {took:?}");
    Found { began, took }
}

/// What both took, in words.
fn heals(system: &System, nth: usize, found: Found) -> String {
    recorded(system, "%bay_recovered%", "", nth);
    let healed = found.began.elapsed();
    assert!(healed < HEALED_MAX, "healed after {healed:?}");
    format!("{:?}, {healed:?} in all", found.took)
}

/// The gateway is stopped while its coil is on, so that nothing of its own can cut it; then killed.
fn killed_with_its_coil_on(system: &mut System, bay: &Bay) -> Rental {
    let rental = system.take_at(NORTE, bay.number());
    system.pay(&rental);
    bay.coil_goes_on();
    let pid = system.pid(NORTE);
    let stopped = Command::new("kill")
        .args(["-STOP", &pid.to_string()])
        .status();
    assert!(stopped.is_ok_and(|status| status.success()));
    eventually("every thread is stopped", || all_stopped(pid).then_some(()));
    assert!(bay.coil_is_on(), "the pulse ended before the stop");
    system.kill9(NORTE);
    assert!(!bay.coil_is_on(), "the coil outlives its process");
    println!("ok the coil falls with the killed gateway");
    system.restart(NORTE);
    bay.opens();
    bay.pulled();
    rental.until(&["out"]);
    println!("ok started again it drives the coil anew, and the cart goes out");
    bay.pushed(CART);
    rental.until(&["closed"]);
    rental
}

fn all_stopped(pid: u32) -> bool {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("it is there until it is killed");
    tasks.flatten().all(|task| {
        let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
        status.contains("State:\tT")
    })
}

/// Waits until the journal has `least` events like that.
fn recorded(system: &System, like: &str, tag: &str, least: usize) {
    let journal = system.journal(NORTE);
    let sql = "SELECT seq FROM event WHERE line LIKE ?1 AND line LIKE ?2";
    let tag = format!("%{tag}%");
    eventually(like, || {
        let found = journal.all(sql, &[&like, &tag], |row| row.get::<_, i64>(0));
        (found.len() >= least).then_some(())
    });
}

fn bay_state(system: &System, bay: &Bay) -> String {
    let dock = get(&format!("{}/api/v1/docks/{NORTE}", system.cloud_url())).json();
    let bays = dock["bays"].as_array().cloned().unwrap_or_default();
    let it = bays.iter().find(|it| it["bay"] == bay.number());
    let state = it.and_then(|it| it["state"].as_str());
    state.unwrap_or_default().to_owned()
}

fn fill(folder: &Path, events: usize) {
    let options =
        Options::new()
            .without(SUL)
            .carts(NORTE, "")
            .env(NORTE, "VOLTA_GATEWAY_BAYS", BAYS);
    let mut system = System::start(&options);
    // A dock without carts is at rest before its gateway has begun.
    eventually("the cloud has an event of it", || {
        let sql = "SELECT seq FROM gateway_event";
        system.cloud_db().first::<i64>(sql, &[])
    });
    system.kill9(NORTE);
    system.fill_journal(NORTE, events);
    let filled = fs::read_dir(system.folder().join(NORTE)).expect("its data folder");
    for file in filled.flatten().filter(|file| file.path().is_file()) {
        let copied = fs::copy(file.path(), folder.join(file.file_name()));
        copied.unwrap_or_else(|e| panic!("{}: {e}", file.path().display()));
    }
}
