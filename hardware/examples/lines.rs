//! Drives real GPIO lines through the gateway's own hardware room, for scripts/test-pi.
//!
//! `$CHIP` is a GPIO device of 32 lines, `$SIM` the folder of gpio-sim that shows and pulls them. A
//! line of output is one check. With `hold-coil` it drives a coil and waits to be killed.

use hardware::raspberry_pi::{self, BayLines, PinPlan};
use shared::enrol::{BayKind, BayLayout};
use shared::ids::BayNo;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const COIL: u32 = 17;
const BOLT: u32 = 4;
const PRESENCE: u32 = 5;

/// Emulated machines are slow; a wait ends as soon as what it waits for is there.
const PATIENCE: Duration = Duration::from_secs(10);

type Checked = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let done = match env::args().nth(1).as_deref() {
        Some("hold-coil") => hold_coil(),
        _ => check_all(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("BROKEN {error}");
            ExitCode::FAILURE
        }
    }
}

fn hold_coil() -> Checked {
    // Beyond the longest pulse the coil falls by itself: it is driven again and again.
    let mut bay = bay()?;
    loop {
        bay.lock.release(1_000)?;
        thread::sleep(Duration::from_millis(300));
    }
}

fn check_all() -> Checked {
    let sim = Sim(PathBuf::from(env::var("SIM")?));
    let mut bay = bay()?;
    sim.wait(COIL, false, "the coil rests when its line is taken")?;
    bay.lock.release(300)?;
    sim.wait(COIL, true, "a pulse begins")?;
    sim.wait(COIL, false, "a pulse ends")?;
    println!("ok pulse");

    let began = Instant::now();
    bay.lock.release(60_000)?;
    sim.wait(COIL, true, "a pulse without end begins")?;
    sim.wait(COIL, false, "a pulse without end is cut")?;
    if began.elapsed() > PATIENCE {
        return Err("the limit of a pulse did not hold".into());
    }
    println!("ok pulse limit");

    // The switches close to ground, so low means closed.
    for closed in [true, false, true] {
        sim.pull(BOLT, !closed)?;
        until("the bolt's switch is seen", || {
            Ok(bay.bolt.engaged()? == closed)
        })?;
        sim.pull(PRESENCE, !closed)?;
        until("the cart's switch is seen", || {
            Ok(bay.presence.present()? == closed)
        })?;
    }
    println!("ok bolt edge");

    sim.pull(PRESENCE, true)?;
    until("the switch is open", || Ok(!bay.presence.present()?))?;
    for _ in 0..4 {
        sim.pull(PRESENCE, false)?;
        sim.pull(PRESENCE, true)?;
        if bay.presence.present()? {
            return Err("a bounce shorter than the kernel's debounce got through".into());
        }
    }
    println!("ok debounce");

    match self::bay() {
        Ok(_) => return Err("a line was given out twice".into()),
        Err(error) if error.to_string().contains("volta bay 1") => println!("ok busy line"),
        Err(error) => {
            return Err(format!("a busy line is refused without its holder: {error}").into());
        }
    }

    bay.lock.release(900)?;
    sim.wait(COIL, true, "a pulse begins")?;
    bay.lock.secure()?;
    sim.wait(COIL, false, "securing cuts the pulse")?;
    println!("ok secure");
    Ok(())
}

fn bay() -> Result<BayLines, Box<dyn Error>> {
    let chip = env::var("CHIP")?;
    let plan: PinPlan = "1:spi=0.0,coil=17,bolt=!4,presence=!5,lamp=23,sound=26".parse()?;
    let layout = BayLayout {
        bay: BayNo::new(1)?,
        kind: BayKind::Slot,
        capacity: 1,
    };
    let lines = raspberry_pi::bay_lines(&plan, &[layout], Some(Path::new(&chip)))?;
    Ok(lines.into_iter().next().ok_or("no bay")?)
}

struct Sim(PathBuf);

impl Sim {
    fn wait(&self, line: u32, high: bool, what: &str) -> Checked {
        let value = self.0.join(format!("sim_gpio{line}/value"));
        let wanted = if high { "1" } else { "0" };
        until(what, || Ok(fs::read_to_string(&value)?.trim() == wanted))
    }

    fn pull(&self, line: u32, up: bool) -> Checked {
        let pull = if up { "pull-up" } else { "pull-down" };
        Ok(fs::write(
            self.0.join(format!("sim_gpio{line}/pull")),
            pull,
        )?)
    }
}

fn until(what: &str, mut there: impl FnMut() -> Result<bool, Box<dyn Error>>) -> Checked {
    let deadline = Instant::now() + PATIENCE;
    while !there()? {
        if Instant::now() > deadline {
            return Err(format!("{what}: not within {PATIENCE:?}").into());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}
