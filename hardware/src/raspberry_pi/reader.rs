//! An MFRC522 as a [`TagReader`]: looks for tags, probes itself, and gets itself out of deafness.

#[cfg(test)]
mod tests;

use super::bounded::{Bounded, BusError};
use super::lines::Output;
use super::pace::Pace;
use crate::bay::{DeviceError, Field, Remedy, TagReader};
use embedded_hal::spi::SpiDevice;
use mfrc522::comm::blocking::spi::{DummyDelay, SpiInterface};
use mfrc522::{Error, Initialized, Mfrc522, RxGain};
use shared::ids::TagUid;
use std::time::Duration;

/// A look at two tags takes some 80 ms at worst; what takes longer never ends.
const POLL_BUDGET: Duration = Duration::from_millis(250);

/// Between looks at the registers. A chip can lose its antenna and answer on.
const PROBE_EVERY: Duration = Duration::from_secs(2);

/// A reset held this long is one (the data sheet asks for 100 ns).
const RESET_HELD: Duration = Duration::from_millis(10);

/// Until the oscillator swings after a reset or power-up.
const START_UP: Duration = Duration::from_millis(50);

/// Until the module's capacitors are empty.
const SUPPLY_OFF: Duration = Duration::from_millis(400);

/// How a chip can be brought back beyond its own reset command.
#[derive(Default)]
pub(super) struct Means {
    /// Active holds the chip in reset.
    pub(super) reset_pin: Option<Box<dyn Output>>,
    /// Active supplies the chip.
    pub(super) supply: Option<Box<dyn Output>>,
}

pub(super) struct Mfrc522Reader<S: SpiDevice, P: Pace> {
    bus: Bounded<S, P>,
    /// None until the chip has been set up, and after each remedy.
    chip: Option<Chip<S, P>>,
    means: Means,
    gain: Option<RxGain>,
    pace: P,
    probe_at: Duration,
}

type Chip<S, P> = Mfrc522<SpiInterface<Bounded<S, P>, DummyDelay>, Initialized>;

impl<S: SpiDevice, P: Pace> Mfrc522Reader<S, P> {
    /// `gain_db`: one of the chip's steps, otherwise as the chip begins (33 dB).
    pub(super) fn new(spi: S, pace: P, means: Means, gain_db: Option<u8>) -> Self {
        let gain = gain_db.map(|gain_db| match gain_db {
            ..=20 => RxGain::DB18,
            21..=28 => RxGain::DB23,
            29..=35 => RxGain::DB33,
            36..=40 => RxGain::DB38,
            41..=45 => RxGain::DB43,
            46.. => RxGain::DB48,
        });
        Self {
            bus: Bounded::new(spi, pace.clone()),
            chip: None,
            means,
            gain,
            probe_at: pace.now(),
            pace,
        }
    }
}

impl<S: SpiDevice + Send, P: Pace> TagReader for Mfrc522Reader<S, P> {
    fn poll(&mut self) -> Result<Field, DeviceError> {
        self.bus.allow(POLL_BUDGET);
        let looked = self.look();
        if looked.is_err() {
            // Whatever it was: the next poll looks at the registers first.
            self.probe_at = self.pace.now();
        }
        looked
    }

    fn revive(&mut self, remedy: Remedy) -> Result<Remedy, DeviceError> {
        self.chip = None;
        let done = match (remedy, &self.means) {
            (
                Remedy::PowerCycle,
                Means {
                    supply: Some(_), ..
                },
            ) => self.cycle_power()?,
            (
                Remedy::PowerCycle | Remedy::ResetPin,
                Means {
                    reset_pin: Some(_), ..
                },
            ) => self.pull_reset()?,
            // Setting the chip up begins with its reset command.
            _ => Remedy::SoftReset,
        };
        self.bus.allow(POLL_BUDGET);
        self.set_up()?;
        Ok(done)
    }
}

impl<S: SpiDevice, P: Pace> Mfrc522Reader<S, P> {
    fn look(&mut self) -> Result<Field, DeviceError> {
        if self.chip.is_none() {
            self.set_up()?;
        }
        if self.pace.now() >= self.probe_at {
            self.probe()?;
            self.probe_at = self.pace.now() + PROBE_EVERY;
        }
        let chip = self.chip.as_mut().expect("set up just above");
        match read_tag(chip) {
            Ok(tag) => Ok(tag.map_or(Field::Empty, Field::Tag)),
            Err(Error::Comm(error)) => Err(DeviceError(error.to_string())),
            Err(Error::Overheating) => Err(DeviceError("the chip is too hot".into())),
            Err(Error::Collision) => Ok(Field::Several),
            // Torn frames are a tag at the edge of the field, or the answers of several.
            Err(_) => match self
                .bus
                .register(register::ERROR)
                .map_err(|error| device(&error))?
            {
                error if error & register::ERROR_COLLISION != 0 => Ok(Field::Several),
                _ => Ok(Field::Empty),
            },
        }
    }

    fn set_up(&mut self) -> Result<(), DeviceError> {
        let chip = Mfrc522::new(SpiInterface::new(self.bus.clone()));
        let mut chip = chip.init().map_err(|error| refused("set-up", error))?;
        if let Some(gain) = self.gain {
            let set = chip.set_antenna_gain(gain);
            set.map_err(|error| refused("the gain", error))?;
        }
        self.probe()?;
        self.probe_at = self.pace.now() + PROBE_EVERY;
        self.chip = Some(chip);
        Ok(())
    }

    /// Whether the registers are as set-up left them. A chip that dropped them, or its antenna, or
    /// fell into encryption reads no tag and yet tells its version.
    fn probe(&mut self) -> Result<(), DeviceError> {
        let mut read = |address| self.bus.register(address).map_err(|error| device(&error));
        let version = read(register::VERSION)?;
        if matches!(version, 0x00 | 0xff) {
            let way_out = "check its wires, supply and chip-select";
            let said = format!("no chip answers (version {version:#04x}): {way_out}");
            return Err(DeviceError(said));
        }
        let antenna = read(register::TX_CONTROL)?;
        if antenna & register::ANTENNA_ON != register::ANTENNA_ON {
            return Err(DeviceError(format!("the antenna is off ({antenna:#04x})")));
        }
        let status = read(register::STATUS_2)?;
        if status & register::CRYPTO_ON != 0 {
            return Err(DeviceError(format!("stuck in encryption ({status:#04x})")));
        }
        let timer = read(register::TIMER_MODE)?;
        if timer & register::TIMER_AUTO == 0 {
            return Err(DeviceError(format!("its set-up is lost ({timer:#04x})")));
        }
        Ok(())
    }

    fn pull_reset(&self) -> Result<Remedy, DeviceError> {
        if let Some(reset_pin) = &self.means.reset_pin {
            reset_pin.set(true)?;
            self.pace.rest(RESET_HELD);
            reset_pin.set(false)?;
            self.pace.rest(START_UP);
        }
        Ok(Remedy::ResetPin)
    }

    fn cycle_power(&self) -> Result<Remedy, DeviceError> {
        let Means { reset_pin, supply } = &self.means;
        // Low first, or the pin would go on feeding the chip.
        if let Some(reset_pin) = reset_pin {
            reset_pin.set(true)?;
        }
        if let Some(supply) = supply {
            supply.set(false)?;
            self.pace.rest(SUPPLY_OFF);
            supply.set(true)?;
            self.pace.rest(RESET_HELD);
        }
        if let Some(reset_pin) = reset_pin {
            reset_pin.set(false)?;
        }
        self.pace.rest(START_UP);
        Ok(Remedy::PowerCycle)
    }
}

/// Addresses and bits that the driver keeps to itself (NXP MFRC522 data sheet, section 9).
mod register {
    pub(super) const ERROR: u8 = 0x06;
    pub(super) const ERROR_COLLISION: u8 = 1 << 3;
    pub(super) const STATUS_2: u8 = 0x08;
    pub(super) const CRYPTO_ON: u8 = 1 << 3;
    pub(super) const TX_CONTROL: u8 = 0x14;
    pub(super) const ANTENNA_ON: u8 = 0b11;
    pub(super) const TIMER_MODE: u8 = 0x2a;
    pub(super) const TIMER_AUTO: u8 = 1 << 7;
    pub(super) const VERSION: u8 = 0x37;
}

type Answer<T> = Result<T, Error<BusError>>;

/// Select, and 20 hex as "nothing of the UID is known yet"; then all of it.
const SELECT: [u8; 3] = [0x93, 0x95, 0x97];
const NOTHING_KNOWN: u8 = 0x20;
const ALL_KNOWN: u8 = 0x70;

/// Begins a part of a UID that goes on in the next.
const CASCADE_TAG: u8 = 0x88;

/// In the answer to a selection: the UID goes on.
const CASCADE_BIT: u8 = 1 << 2;

/// The one tag in the field; [`Error::Collision`] when there are more. The driver's own selection
/// picks one of several, loops on some answers and panics on a tag that never ends its UID.
fn read_tag<S: SpiDevice, P: Pace>(chip: &mut Chip<S, P>) -> Answer<Option<TagUid>> {
    // Wake-up, since a tag that was told to halt does not hear a mere request.
    match chip.wupa() {
        Ok(_) => {}
        Err(Error::Timeout) => match chip.wupa() {
            // A tag that was left active by a torn poll falls silent once and hears the second.
            Ok(_) => {}
            Err(Error::Timeout) => return Ok(None),
            Err(error) => return Err(error),
        },
        Err(error) => return Err(error),
    }
    let mut uid = Vec::with_capacity(10);
    for select in SELECT {
        let (part, goes_on) = select_part(chip, select)?;
        if !goes_on {
            uid.extend_from_slice(&part);
            // Awake and selected it would not answer the next wake-up.
            match chip.hlta() {
                Err(Error::Comm(error)) => return Err(Error::Comm(error)),
                _ => return Ok(TagUid::new(&uid).ok()),
            }
        }
        if part[0] != CASCADE_TAG {
            return Err(Error::Protocol);
        }
        uid.extend_from_slice(&part[1..]);
    }
    Err(Error::Protocol)
}

/// Four bytes of the UID, and whether it goes on.
fn select_part<S: SpiDevice, P: Pace>(
    chip: &mut Chip<S, P>,
    select: u8,
) -> Answer<([u8; 4], bool)> {
    let answer = chip.transceive::<5>(&[select, NOTHING_KNOWN], 0, 0)?;
    let [a, b, c, d, check] = answer.buffer;
    if answer.valid_bytes != 5 || answer.valid_bits != 0 {
        return Err(Error::IncompleteFrame);
    }
    if a ^ b ^ c ^ d != check {
        return Err(Error::Bcc);
    }
    let mut frame = [select, ALL_KNOWN, a, b, c, d, check, 0, 0];
    let crc = crc_a(&frame[..7]);
    frame[7..].copy_from_slice(&crc);
    let answer = chip.transceive::<3>(&frame, 0, 0)?;
    let [acknowledge, low, high] = answer.buffer;
    if answer.valid_bytes != 3 || answer.valid_bits != 0 {
        return Err(Error::IncompleteFrame);
    }
    if crc_a(&[acknowledge]) != [low, high] {
        return Err(Error::Crc);
    }
    Ok(([a, b, c, d], acknowledge & CASCADE_BIT != 0))
}

/// The check of ISO/IEC 14443-3, type A; low byte first.
fn crc_a(bytes: &[u8]) -> [u8; 2] {
    let mut crc = 0x6363_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            let carry = crc & 1 != 0;
            crc >>= 1;
            if carry {
                crc ^= 0x8408;
            }
        }
    }
    crc.to_le_bytes()
}

fn device(error: &BusError) -> DeviceError {
    DeviceError(error.to_string())
}

fn refused(what: &str, error: Error<BusError>) -> DeviceError {
    match error {
        Error::Comm(error) => DeviceError(format!("{what}: {error}")),
        error => DeviceError(format!("{what}: {error:?}")),
    }
}
