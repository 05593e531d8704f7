//! GPIO lines through the kernel, which owns them: a line falls when its process dies, and nobody
//! else can drive it meanwhile. Neither is true of access by memory map.

use super::SetupError;
use super::pins::Pin;
use crate::bay::{BoltSensor, DeviceError, PresenceSensor};
use gpiocdev::Request;
use gpiocdev::line::{Bias, Value};
use shared::ids::BayNo;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The header's lines on a Pi 5, a Pi 4, and those before. Numbers of chips change with kernels.
const LABELS: &[&str] = &["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"];

/// What the kernel filters, so that one closing contact is one edge.
const CONTACT_BOUNCE: Duration = Duration::from_millis(10);

/// A line that is driven. Setting it never blocks.
pub(super) trait Output: Send + Sync {
    fn set(&self, active: bool) -> Result<(), DeviceError>;
}

/// The chip with the header's lines.
pub(super) struct Chip {
    path: PathBuf,
    pub(super) label: String,
}

/// For whom a line is asked, in errors and in what `gpioinfo` shows.
#[derive(Clone, Copy)]
pub(super) struct Purpose {
    pub(super) bay: BayNo,
    pub(super) field: &'static str,
}

impl Chip {
    /// `given`: the device to take whatever its label.
    pub(super) fn find(given: Option<&Path>) -> Result<Self, SetupError> {
        if let Some(path) = given {
            return Self::open(path);
        }
        let paths = gpiocdev::chip::chips().unwrap_or_default();
        let chips: Vec<Self> = paths
            .iter()
            .map(|path| Self::open(path))
            .collect::<Result<_, _>>()?;
        for label in LABELS {
            if let Some(chip) = chips.iter().position(|chip| chip.label == *label) {
                return Ok(chips.into_iter().nth(chip).expect("just found there"));
            }
        }
        let found: Vec<String> = chips.into_iter().map(|chip| chip.label).collect();
        let found = found.join(", ");
        Err(SetupError::NoChip { found })
    }

    fn open(path: &Path) -> Result<Self, SetupError> {
        // Opened plainly first: the error then says why.
        File::open(path).map_err(|source| match source.kind() {
            io::ErrorKind::PermissionDenied => SetupError::ChipDenied {
                path: path.to_owned(),
            },
            _ => SetupError::Chip {
                path: path.to_owned(),
                reason: source.to_string(),
            },
        })?;
        let info = gpiocdev::Chip::from_path(path).and_then(|chip| chip.info());
        let info = info.map_err(|error| SetupError::Chip {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            label: info.label,
        })
    }

    /// Asks for a line and drives it to `active` at once.
    pub(super) fn output(
        &self,
        purpose: Purpose,
        pin: Pin,
        active: bool,
    ) -> Result<Line, SetupError> {
        self.request(purpose, pin, |builder| {
            builder.as_output(value(active));
        })
    }

    /// Asks for a switch's line. The pull is to the level that an open switch means: inactive.
    pub(super) fn input(&self, purpose: Purpose, pin: Pin) -> Result<Line, SetupError> {
        let bias = match pin.active_low {
            true => Bias::PullUp,
            false => Bias::PullDown,
        };
        self.request(purpose, pin, |builder| {
            builder
                .as_input()
                .with_bias(bias)
                .with_debounce_period(CONTACT_BOUNCE);
        })
    }

    fn request(
        &self,
        purpose: Purpose,
        pin: Pin,
        direct: impl FnOnce(&mut gpiocdev::request::Builder),
    ) -> Result<Line, SetupError> {
        let offset = u32::from(pin.line);
        let mut builder = Request::builder();
        builder
            .on_chip(&self.path)
            .with_consumer(format!("volta bay {} {}", purpose.bay, purpose.field))
            .with_line(offset);
        direct(&mut builder);
        if pin.active_low {
            builder.as_active_low();
        }
        match builder.request() {
            Ok(request) => Ok(Line { request, offset }),
            Err(error) => Err(self.refused(purpose, pin, &error)),
        }
    }

    fn refused(&self, purpose: Purpose, pin: Pin, error: &gpiocdev::Error) -> SetupError {
        let Purpose { bay, field } = purpose;
        let pin = pin.line;
        let info =
            gpiocdev::Chip::from_path(&self.path).and_then(|chip| chip.line_info(u32::from(pin)));
        match info {
            Ok(info) if info.used => SetupError::LineBusy {
                bay,
                field,
                pin,
                holder: info.consumer,
            },
            _ => SetupError::Line {
                bay,
                field,
                pin,
                reason: error.to_string(),
            },
        }
    }
}

/// A line that is ours until it is dropped.
pub(super) struct Line {
    request: Request,
    offset: u32,
}

impl Output for Line {
    fn set(&self, active: bool) -> Result<(), DeviceError> {
        let set = self.request.set_value(self.offset, value(active));
        set.map_err(|error| self.failed(&error))
    }
}

impl BoltSensor for Line {
    fn engaged(&mut self) -> Result<bool, DeviceError> {
        self.active()
    }
}

impl PresenceSensor for Line {
    fn present(&mut self) -> Result<bool, DeviceError> {
        self.active()
    }
}

impl Line {
    fn active(&self) -> Result<bool, DeviceError> {
        match self.request.value(self.offset) {
            Ok(value) => Ok(value == Value::Active),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn failed(&self, error: &gpiocdev::Error) -> DeviceError {
        DeviceError(format!("GPIO line {}: {error}", self.offset))
    }
}

fn value(active: bool) -> Value {
    match active {
        true => Value::Active,
        false => Value::Inactive,
    }
}
