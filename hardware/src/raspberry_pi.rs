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

pub use pins::{ChipSelect, PinPlan, PlanError};

use crate::bay::{BayHardware, BoltSensor, Dock, Indicator, Lock, PresenceSensor};
use lines::{Chip, Output, Purpose};
use pace::RealTime;
use pins::{BayPins, Pin};
use shared::enrol::BayLayout;
use shared::ids::BayNo;
use std::io;
use std::path::{Path, PathBuf};

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

/// As [`dock`], without the readers: in the order of `layouts`.
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
    let coils = coil::Coils::start(coil::PULSE_MAX)?;
    let mut shown = indicators(&chip, &chosen)?.into_iter();
    let mut taken = Vec::new();
    for (bay, pins) in chosen {
        let output = |field, pin, active| chip.output(Purpose { bay, field }, pin, active);
        let input = |field, pin| chip.input(Purpose { bay, field }, pin);
        let coil = output("coil", pins.coil, false)?;
        let reset_pin = pins.rst.map(|pin| output("rst", resetting(pin), false));
        let supply = pins.power.map(|pin| output("power", pin, true));
        taken.push(BayLines {
            bay,
            lock: Box::new(coils.add(Box::new(coil))),
            bolt: Box::new(input("bolt", pins.bolt)?),
            presence: Box::new(input("presence", pins.presence)?),
            indicator: Box::new(shown.next().expect("one indicator a bay")),
            reset_pin: reset_pin.transpose()?.map(boxed),
            supply: supply.transpose()?.map(boxed),
        });
    }
    Ok(taken)
}

fn indicators(
    chip: &Chip,
    chosen: &[(BayNo, &BayPins)],
) -> Result<Vec<indicator::Shown>, SetupError> {
    let (mut lamps, mut sounders, mut sound_pins) = (Vec::new(), Vec::new(), Vec::new());
    for (bay, pins) in chosen {
        let purpose = |field| Purpose { bay: *bay, field };
        let lamp = chip.output(purpose("lamp"), pins.lamp, false)?;
        let known = sound_pins.iter().position(|pin| *pin == pins.sound);
        let sounder = match known {
            Some(sounder) => sounder,
            None => {
                sounders.push(boxed(chip.output(purpose("sound"), pins.sound, false)?));
                sound_pins.push(pins.sound);
                sounders.len() - 1
            }
        };
        lamps.push((boxed(lamp), sounder));
    }
    Ok(indicator::start(lamps, sounders)?)
}

/// The line as "in reset": a plain wire holds the chip in reset while it is low.
fn resetting(pin: Pin) -> Pin {
    Pin {
        active_low: !pin.active_low,
        ..pin
    }
}

fn boxed(line: lines::Line) -> Box<dyn Output> {
    Box::new(line)
}
