//! The Pi's SPI as an [`SpiDevice`]: rppal's own adaptor sends no address when it reads in place,
//! so registers read as nothing.

use super::SetupError;
use super::pins::ChipSelect;
use embedded_hal::spi::{Error, ErrorKind, ErrorType, Operation, SpiDevice};
use rppal::spi::{Bus, Mode, Segment, SlaveSelect, Spi};
use shared::ids::BayNo;
use std::io;

/// The chip does 10 MHz; a meter of ribbon cable beside a coil does not.
const CLOCK_HZ: u32 = 1_000_000;

pub(super) struct PiSpi(Spi);

impl PiSpi {
    pub(super) fn open(bay: BayNo, place: ChipSelect) -> Result<Self, SetupError> {
        let bus = match place.bus {
            0 => Bus::Spi0,
            _ => Bus::Spi1,
        };
        let select = match place.select {
            0 => SlaveSelect::Ss0,
            1 => SlaveSelect::Ss1,
            _ => SlaveSelect::Ss2,
        };
        match Spi::new(bus, select, CLOCK_HZ, Mode::Mode0) {
            Ok(spi) => Ok(Self(spi)),
            Err(rppal::spi::Error::Io(error)) => Err(match error.kind() {
                io::ErrorKind::NotFound => SetupError::SpiAbsent {
                    bay,
                    spi: place,
                    line: boot_line(place),
                },
                io::ErrorKind::PermissionDenied => SetupError::SpiDenied { bay, spi: place },
                _ => SetupError::Spi {
                    bay,
                    spi: place,
                    reason: error.to_string(),
                },
            }),
            Err(error) => Err(SetupError::Spi {
                bay,
                spi: place,
                reason: error.to_string(),
            }),
        }
    }
}

/// The line of config.txt that brings this chip-select and takes no more pins than it must: each
/// select that an overlay claims rests high, whatever is wired to it.
fn boot_line(place: ChipSelect) -> &'static str {
    match (place.bus, place.select) {
        (0, _) => "dtparam=spi=on",
        (_, 0) => "dtoverlay=spi1-1cs",
        (_, 1) => "dtoverlay=spi1-2cs",
        (_, _) => "dtoverlay=spi1-3cs",
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct PiSpiError(rppal::spi::Error);

impl Error for PiSpiError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for PiSpi {
    type Error = PiSpiError;
}

impl SpiDevice for PiSpi {
    /// One message to the kernel, so that chip-select stays low throughout.
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), PiSpiError> {
        // What is overwritten while it is sent has to be sent from somewhere else.
        let sent: Vec<Vec<u8>> = operations
            .iter()
            .map(|operation| match operation {
                Operation::TransferInPlace(bytes) => bytes.to_vec(),
                _ => Vec::new(),
            })
            .collect();
        let segments: Vec<Segment<'_, '_>> = operations
            .iter_mut()
            .zip(&sent)
            .map(|(operation, sent)| match operation {
                Operation::Read(bytes) => Segment::with_read(bytes),
                Operation::Write(bytes) => Segment::with_write(bytes),
                Operation::Transfer(read, write) => Segment::new(read, write),
                Operation::TransferInPlace(bytes) => Segment::new(bytes, sent),
                Operation::DelayNs(pause_ns) => {
                    let pause_us = u16::try_from(pause_ns.div_ceil(1_000)).unwrap_or(u16::MAX);
                    Segment::with_settings(None, None, 0, pause_us, 0, false)
                }
            })
            .collect();
        self.0.transfer_segments(&segments).map_err(PiSpiError)
    }
}
