//! Which pin does what at each bay, as configuration says it in one line.
//!
//! `1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26;2:…`. Numbers are the
//! processor's (BCM), `!` says that low means active.

mod check;
#[cfg(test)]
mod tests;

use shared::enrol::BayLayout;
use shared::ids::BayNo;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The header's lines; 0 and 1 belong to the identification of add-on boards.
const PINS: RangeInclusive<u8> = 2..=27;

const FIELDS: &str = "spi, gain, rst, power, coil, bolt, presence, lamp and sound";

/// Every bay's pins, checked against each other. Immutable once made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinPlan {
    pub(super) bays: BTreeMap<BayNo, BayPins>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BayPins {
    pub(super) spi: ChipSelect,
    pub(super) gain_db: Option<u8>,
    /// The chip's own reset pin is active-low: a plain number means a plain wire.
    pub(super) rst: Option<Pin>,
    /// Active means supplied.
    pub(super) power: Option<Pin>,
    pub(super) coil: Pin,
    /// Active means engaged.
    pub(super) bolt: Pin,
    /// Active means a cart is there.
    pub(super) presence: Pin,
    pub(super) lamp: Pin,
    /// Bays may share one sounder.
    pub(super) sound: Pin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pin {
    pub(super) line: u8,
    pub(super) active_low: bool,
}

/// A reader's place on the SPI buses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChipSelect {
    pub(super) bus: u8,
    pub(super) select: u8,
}

impl fmt::Display for ChipSelect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.bus, self.select)
    }
}

/// Each names the bay, the field and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "`{0}` is not a bay with its pins: write number:field=value,field=value, bays separated by semicolons, such as 1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26"
    )]
    Bay(String),
    #[error("bay {0} has pins twice: give each bay one entry")]
    BayTwice(BayNo),
    #[error("bay {bay}: `{text}` is not a field with its value: the fields are {FIELDS}")]
    Field { bay: BayNo, text: String },
    #[error("bay {bay}: `{field}` is given twice: take one out")]
    FieldTwice { bay: BayNo, field: String },
    #[error("bay {bay}: `{field}` is missing: only gain, rst and power may be left out")]
    Missing { bay: BayNo, field: &'static str },
    #[error(
        "bay {bay}, {field}: `{text}` is not a pin: write a BCM number from 2 to 27, with `!` before it when low means active"
    )]
    Pin {
        bay: BayNo,
        field: &'static str,
        text: String,
    },
    #[error(
        "bay {bay}, spi: `{text}` is not a reader's place: write bus.chip-select, one of 0.0, 0.1, 1.0, 1.1 and 1.2"
    )]
    Spi { bay: BayNo, text: String },
    #[error("bay {bay}, gain: `{text}` is not a gain: write 18, 23, 33, 38, 43 or 48 (dB)")]
    Gain { bay: BayNo, text: String },
    #[error(
        "bay {bay}, spi: {spi} is already the reader of bay {other}: wire one of them to another chip-select"
    )]
    ReaderTwice {
        bay: BayNo,
        spi: ChipSelect,
        other: BayNo,
    },
    #[error(
        "bay {bay}, {field}: pin {pin} is already {other_field} of bay {other}: wire one of them to another pin"
    )]
    Clash {
        bay: BayNo,
        field: &'static str,
        pin: u8,
        other: BayNo,
        other_field: &'static str,
    },
    #[error(
        "bay {bay}, {field}: pin {pin} carries the SPI bus of bay {other}'s reader ({spi}): wire it to another pin"
    )]
    OnSpi {
        bay: BayNo,
        field: &'static str,
        pin: u8,
        other: BayNo,
        spi: ChipSelect,
    },
    #[error(
        "bay {bay}, coil: pin {pin} rests at the level that drives the coil until the gateway has started: take a pin from 9 to 27 for a coil that high drives, one from 2 to 8 for `!`"
    )]
    DrivenAtRest { bay: BayNo, pin: u8 },
    #[error(
        "bay {bay}, {field}: the board itself pulls pin {pin} up: let the switch close to ground and write !{pin}, or take another pin"
    )]
    PulledUp {
        bay: BayNo,
        field: &'static str,
        pin: u8,
    },
    #[error("bay {0} has no pins: add them, or take the bay out of the list of bays")]
    BayWithoutPins(BayNo),
    #[error("bay {0} has pins but is not in the list of bays: add the bay, or take its pins out")]
    PinsWithoutBay(BayNo),
}

impl PinPlan {
    /// The table of hardware/README.md for three bays.
    pub const THREE_BAYS: &'static str = "\
        1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26;\
        2:spi=0.1,rst=13,coil=27,bolt=!6,presence=!2,lamp=24,sound=26;\
        3:spi=1.0,rst=16,coil=22,bolt=!3,presence=!15,lamp=25,sound=26";

    /// Whether exactly the bays of the dock have pins.
    pub fn check_against(&self, layouts: &[BayLayout]) -> Result<(), PlanError> {
        let bare = layouts
            .iter()
            .find(|layout| !self.bays.contains_key(&layout.bay));
        if let Some(layout) = bare {
            return Err(PlanError::BayWithoutPins(layout.bay));
        }
        let unknown = self
            .bays
            .keys()
            .find(|bay| !layouts.iter().any(|layout| layout.bay == **bay));
        match unknown {
            Some(bay) => Err(PlanError::PinsWithoutBay(*bay)),
            None => Ok(()),
        }
    }
}

impl FromStr for PinPlan {
    type Err = PlanError;
    fn from_str(text: &str) -> Result<Self, PlanError> {
        let mut bays = BTreeMap::new();
        for part in parts(text, ';') {
            let (bay, pins) = bay_pins(part)?;
            if bays.insert(bay, pins).is_some() {
                return Err(PlanError::BayTwice(bay));
            }
        }
        check::check(&bays)?;
        Ok(Self { bays })
    }
}

fn bay_pins(text: &str) -> Result<(BayNo, BayPins), PlanError> {
    let wrong = || PlanError::Bay(text.to_owned());
    let (bay, fields) = text.split_once(':').ok_or_else(wrong)?;
    let bay = bay.trim().parse().map_err(|_| wrong())?;
    let mut given = Fields {
        bay,
        values: BTreeMap::new(),
    };
    for field in parts(fields, ',') {
        given.add(field)?;
    }
    let pins = BayPins {
        spi: given.spi()?,
        gain_db: given.gain()?,
        rst: given.pin("rst")?,
        power: given.pin("power")?,
        coil: given.needed("coil")?,
        bolt: given.needed("bolt")?,
        presence: given.needed("presence")?,
        lamp: given.needed("lamp")?,
        sound: given.needed("sound")?,
    };
    match given.values.first_key_value() {
        None => Ok((bay, pins)),
        Some((field, value)) => Err(PlanError::Field {
            bay,
            text: format!("{field}={value}"),
        }),
    }
}

/// What stands at one bay and is not read yet.
struct Fields<'a> {
    bay: BayNo,
    values: BTreeMap<&'a str, &'a str>,
}

impl<'a> Fields<'a> {
    fn add(&mut self, text: &'a str) -> Result<(), PlanError> {
        let bay = self.bay;
        let (field, value) = text.split_once('=').ok_or_else(|| PlanError::Field {
            bay,
            text: text.to_owned(),
        })?;
        let field = field.trim();
        match self.values.insert(field, value.trim()) {
            None => Ok(()),
            Some(_) => Err(PlanError::FieldTwice {
                bay,
                field: field.to_owned(),
            }),
        }
    }

    fn spi(&mut self) -> Result<ChipSelect, PlanError> {
        let bay = self.bay;
        let text = self.values.remove("spi");
        let text = text.ok_or(PlanError::Missing { bay, field: "spi" })?;
        let (bus, select) = match text {
            "0.0" => (0, 0),
            "0.1" => (0, 1),
            "1.0" => (1, 0),
            "1.1" => (1, 1),
            "1.2" => (1, 2),
            _ => {
                let text = text.to_owned();
                return Err(PlanError::Spi { bay, text });
            }
        };
        Ok(ChipSelect { bus, select })
    }

    fn gain(&mut self) -> Result<Option<u8>, PlanError> {
        let Some(text) = self.values.remove("gain") else {
            return Ok(None);
        };
        match text.parse() {
            Ok(gain_db @ (18 | 23 | 33 | 38 | 43 | 48)) => Ok(Some(gain_db)),
            _ => Err(PlanError::Gain {
                bay: self.bay,
                text: text.to_owned(),
            }),
        }
    }

    fn needed(&mut self, field: &'static str) -> Result<Pin, PlanError> {
        let bay = self.bay;
        self.pin(field)?.ok_or(PlanError::Missing { bay, field })
    }

    fn pin(&mut self, field: &'static str) -> Result<Option<Pin>, PlanError> {
        let Some(text) = self.values.remove(field) else {
            return Ok(None);
        };
        let (active_low, number) = match text.strip_prefix('!') {
            Some(number) => (true, number),
            None => (false, text),
        };
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        match number.parse() {
            Ok(line) if digits && PINS.contains(&line) => Ok(Some(Pin { line, active_low })),
            _ => Err(PlanError::Pin {
                bay: self.bay,
                field,
                text: text.to_owned(),
            }),
        }
    }
}

fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}
