//! A dock on the pins of a Raspberry Pi. Wiring: hardware/README.md.
//!
//! rppal tells the model and does SPI. All lines, lamps and sounders included, go through the
//! kernel's GPIO devices: rppal leaves a line driven when its process is killed, and drives lines
//! that another process owns.

mod bounded;
#[cfg(test)]
mod chip_model;
mod coil;
mod indicator;
mod lines;
mod pace;
mod pins;
mod reader;
mod spi;
mod taking;

pub use pins::{ChipSelect, PinPlan, PlanError};

use crate::bay::{BayHardware, BoltSensor, Dock, Indicator, Lock, PresenceSensor};
use lines::{Chip, Output};
use pace::RealTime;
use pins::BayPins;
use shared::enrol::BayLayout;
use shared::ids::BayNo;
use std::io;
use std::path::{Path, PathBuf};
use taking::Wanted;

/// Why the dock's hardware cannot be had. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(
        "no GPIO chip of a Raspberry Pi is here (found: {found}): run this on a Pi 3, 4 or 5, or name the chip's device"
    )]
    NoChip { found: String },
    #[error("may not open {}: put the gateway's user into the group gpio", path.display())]
    ChipDenied { path: PathBuf },
    #[error("{} is no usable GPIO chip ({reason}): name another device", path.display())]
    Chip { path: PathBuf, reason: String },
    #[error(
        "bay {bay}, {field}: pin {pin} is held by `{holder}`: end that program, take its overlay out of config.txt, or wire {field} to another pin"
    )]
    LineBusy {
        bay: BayNo,
        field: &'static str,
        pin: u8,
        holder: String,
    },
    #[error(
        "bay {bay}, {field}: the kernel does not give pin {pin} ({reason}): wire {field} to another pin"
    )]
    Line {
        bay: BayNo,
        field: &'static str,
        pin: u8,
        reason: String,
    },
    #[error(
        "bay {bay}, spi: /dev/spidev{spi} is not here: write `{line}` into /boot/firmware/config.txt and restart the Pi"
    )]
    SpiAbsent {
        bay: BayNo,
        spi: ChipSelect,
        line: &'static str,
    },
    #[error(
        "bay {bay}, spi: may not open /dev/spidev{spi}: put the gateway's user into the group spi"
    )]
    SpiDenied { bay: BayNo, spi: ChipSelect },
    #[error("bay {bay}, spi: /dev/spidev{spi} does not work ({reason}): check its overlay")]
    Spi {
        bay: BayNo,
        spi: ChipSelect,
        reason: String,
    },
    #[error("{}", joined(.0))]
    Several(Vec<SetupError>),
    #[error("a thread of the hardware cannot start ({0}): give the gateway's unit more tasks")]
    Thread(#[from] io::Error),
}

/// Everything at one bay but its reader.
pub struct BayLines {
    pub bay: BayNo,
    pub lock: Box<dyn Lock>,
    pub bolt: Box<dyn BoltSensor>,
    pub presence: Box<dyn PresenceSensor>,
    pub indicator: Box<dyn Indicator>,
    reset_pin: Option<Box<dyn Output>>,
    supply: Option<Box<dyn Output>>,
}

/// Takes the pins of `plan` and opens the readers. `chip` is the GPIO device to use whatever its
/// label; without it the Pi's own is found. A reader that does not answer is no error here: the
/// driver heals it, or says that it has failed.
pub fn dock(
    plan: &PinPlan,
    layouts: &[BayLayout],
    chip: Option<&Path>,
) -> Result<Dock, SetupError> {
    let lines = bay_lines(plan, layouts, chip)?;
    let mut bays = Vec::new();
    for (layout, lines) in layouts.iter().zip(lines) {
        let pins = &plan.bays[&layout.bay];
        let spi = spi::PiSpi::open(layout.bay, pins.spi)?;
        let means = reader::Means {
            reset_pin: lines.reset_pin,
            supply: lines.supply,
        };
        let reader = reader::Mfrc522Reader::new(spi, RealTime::start(), means, pins.gain_db);
        bays.push(BayHardware {
            bay: layout.bay,
            kind: layout.kind,
            capacity: layout.capacity,
            reader: Box::new(reader),
            lock: lines.lock,
            bolt: lines.bolt,
            presence: lines.presence,
            indicator: lines.indicator,
        });
    }
    Ok(Dock { bays })
}

/// As [`dock`], without the readers: in the order of `layouts`. Asks for every line, the coils first,
/// whatever is refused, so that what can be set to rest is; the error names all that was.
pub fn bay_lines(
    plan: &PinPlan,
    layouts: &[BayLayout],
    chip: Option<&Path>,
) -> Result<Vec<BayLines>, SetupError> {
    plan.check_against(layouts)?;
    let chip = Chip::find(chip)?;
    let model = rppal::system::DeviceInfo::new().map(|info| info.model().to_string());
    let model = model.unwrap_or_else(|_| "unknown".to_owned());
    tracing::info!(pi.model = model, gpio.chip = chip.label, "takes its pins");
    let chosen: Vec<(BayNo, &BayPins)> = layouts
        .iter()
        .map(|layout| (layout.bay, &plan.bays[&layout.bay]))
        .collect();
    let (bays, sounders) = taking::take(&chosen, |purpose, pin, wanted| match wanted {
        Wanted::Output { active } => chip.output(purpose, pin, active),
        Wanted::Input => chip.input(purpose, pin),
    })?;
    let coils = coil::Coils::start(coil::PULSE_MAX)?;
    let (mut lamps, mut others) = (Vec::new(), Vec::new());
    for taken in bays {
        lamps.push((boxed(taken.lamp), taken.sounder));
        others.push(taken.others);
    }
    let shown = indicator::start(lamps, sounders.into_iter().map(boxed).collect())?;
    let mut lines = Vec::new();
    for (((bay, _), others), shown) in chosen.into_iter().zip(others).zip(shown) {
        lines.push(BayLines {
            bay,
            lock: Box::new(coils.add(Box::new(others.coil))),
            bolt: Box::new(others.bolt),
            presence: Box::new(others.presence),
            indicator: Box::new(shown),
            reset_pin: others.reset_pin.map(boxed),
            supply: others.supply.map(boxed),
        });
    }
    Ok(lines)
}

fn joined(errors: &[SetupError]) -> String {
    let words: Vec<String> = errors.iter().map(SetupError::to_string).collect();
    words.join("; ")
}

fn boxed(line: lines::Line) -> Box<dyn Output> {
    Box::new(line)
}
