//! An MFRC522 at register level, with tags in its field and faults to choose, on time of its own.
//! Registers: NXP MFRC522 data sheet, section 9; tags: ISO/IEC 14443-3, type A.

use super::lines::Output;
use super::pace::Pace;
use crate::bay::{DeviceError, Remedy};
use embedded_hal::spi::{ErrorType, Operation, SpiDevice};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What a transaction takes at 1 MHz: the driver's and the kernel's part, and each byte.
const TRANSACTION: Duration = Duration::from_micros(30);
const BYTE: Duration = Duration::from_micros(8);

/// The chip's timer as the driver sets it.
const NO_ANSWER_AFTER: Duration = Duration::from_millis(25);

const COMMAND: usize = 0x01;
const COM_IRQ: usize = 0x04;
const DIV_IRQ: usize = 0x05;
const ERROR: usize = 0x06;
const STATUS_2: usize = 0x08;
const FIFO_DATA: usize = 0x09;
const FIFO_LEVEL: usize = 0x0a;
const BIT_FRAMING: usize = 0x0d;
const TX_CONTROL: usize = 0x14;
const CRC_HIGH: usize = 0x21;
const CRC_LOW: usize = 0x22;
const TIMER_MODE: usize = 0x2a;
const VERSION: usize = 0x37;

/// Time that passes only where somebody waits or works.
#[derive(Clone, Default)]
pub(super) struct OwnTime(Arc<Mutex<Duration>>);

impl Pace for OwnTime {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn rest(&self, pause: Duration) {
        *self.0.lock().unwrap() += pause;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Never raises an interrupt, not even the timer's.
    Silent,
    /// The bus reads as all zeros, or all ones.
    Zeros,
    Ones,
    /// A dip of the supply: every register as after power-up, and set-up does not hold.
    Dropped,
    AntennaOff,
    /// Answers nothing but encrypted tags.
    Crypto,
    /// Set-up does not hold, and its power-down bit never falls.
    PowerDown,
}

#[derive(Clone)]
pub(super) struct Model {
    state: Arc<Mutex<State>>,
    time: OwnTime,
}

struct State {
    registers: [u8; 64],
    fifo: Vec<u8>,
    tags: Vec<Tag>,
    /// What is wrong, and the gentlest remedy that mends it.
    fault: Option<(Fault, Remedy)>,
    timer_due: Option<Duration>,
    transactions: u32,
    /// What each takes besides, on a machine that has other things to do.
    delay: Duration,
}

struct Tag {
    uid: Vec<u8>,
    mood: Mood,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Resting,
    Ready,
    Active,
}

impl Model {
    pub(super) fn new(time: OwnTime) -> Self {
        let mut state = State {
            registers: [0; 64],
            fifo: Vec::new(),
            tags: Vec::new(),
            fault: None,
            timer_due: None,
            transactions: 0,
            delay: Duration::ZERO,
        };
        state.begin();
        Self {
            state: Arc::new(Mutex::new(state)),
            time,
        }
    }

    /// Puts exactly these tags into the field.
    pub(super) fn put(&self, uids: &[&[u8]]) {
        let tag = |uid: &&[u8]| Tag {
            uid: uid.to_vec(),
            mood: Mood::Resting,
        };
        self.lock().tags = uids.iter().map(tag).collect();
    }

    pub(super) fn fail(&self, fault: Fault, cured_by: Remedy) {
        let mut state = self.lock();
        state.fault = Some((fault, cured_by));
        if fault == Fault::Dropped {
            state.begin();
        }
    }

    pub(super) fn delay(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    pub(super) fn transactions(&self) -> u32 {
        self.lock().transactions
    }

    /// The wires to its reset pin (active: in reset) and its supply (active: supplied).
    pub(super) fn reset_pin(&self) -> Wire {
        Wire(self.clone(), Remedy::ResetPin, true)
    }

    pub(super) fn supply(&self) -> Wire {
        Wire(self.clone(), Remedy::PowerCycle, false)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// Going to its level begins the chip anew.
pub(super) struct Wire(Model, Remedy, bool);

impl Output for Wire {
    fn set(&self, active: bool) -> Result<(), DeviceError> {
        if active == self.2 {
            let mut state = self.0.lock();
            state.cure(self.1);
            state.begin();
        }
        Ok(())
    }
}

impl ErrorType for Model {
    type Error = Infallible;
}

impl SpiDevice for Model {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        let now = self.time.now();
        let mut state = self.lock();
        state.transactions += 1;
        state.tick(now);
        let mut frame = Frame::default();
        let mut bytes = 0;
        for operation in operations {
            bytes += match operation {
                Operation::Read(read) => {
                    read.iter_mut()
                        .for_each(|r| *r = frame.pass(&mut state, 0, now));
                    read.len()
                }
                Operation::Write(sent) => {
                    for byte in sent.iter() {
                        frame.pass(&mut state, *byte, now);
                    }
                    sent.len()
                }
                Operation::Transfer(read, sent) => {
                    let length = read.len().max(sent.len());
                    for at in 0..length {
                        let byte = sent.get(at).copied().unwrap_or(0);
                        let answer = frame.pass(&mut state, byte, now);
                        if let Some(read) = read.get_mut(at) {
                            *read = answer;
                        }
                    }
                    length
                }
                Operation::TransferInPlace(both) => {
                    both.iter_mut()
                        .for_each(|b| *b = frame.pass(&mut state, *b, now));
                    both.len()
                }
                Operation::DelayNs(_) => 0,
            };
        }
        let delay = state.delay;
        drop(state);
        self.time
            .rest(delay + TRANSACTION + BYTE * u32::try_from(bytes).unwrap());
        Ok(())
    }
}

/// One low phase of chip-select: the first byte is an address.
#[derive(Default)]
struct Frame {
    address: Option<(usize, bool)>,
}

impl Frame {
    fn pass(&mut self, state: &mut State, sent: u8, now: Duration) -> u8 {
        let next = (usize::from(sent >> 1 & 0x3f), sent & 0x80 != 0);
        let answer = match self.address {
            None => {
                self.address = Some(next);
                0
            }
            Some((address, true)) => {
                self.address = Some((next.0, true));
                state.read(address)
            }
            Some((address, false)) => {
                state.write(address, sent, now);
                0
            }
        };
        match state.fault {
            Some((Fault::Zeros, _)) => 0x00,
            Some((Fault::Ones, _)) => 0xff,
            _ => answer,
        }
    }
}

impl State {
    fn has(&self, fault: Fault) -> bool {
        self.fault.is_some_and(|(has, _)| has == fault)
    }

    fn cure(&mut self, remedy: Remedy) {
        self.fault = self.fault.filter(|(_, cured_by)| remedy < *cured_by);
    }

    /// As after power-up.
    fn begin(&mut self) {
        self.registers = [0; 64];
        self.registers[COMMAND] = 0x20;
        self.registers[TX_CONTROL] = 0x80;
        self.registers[VERSION] = 0x92;
        self.fifo.clear();
        self.timer_due = None;
        for tag in &mut self.tags {
            tag.mood = Mood::Resting;
        }
    }

    fn tick(&mut self, now: Duration) {
        if self.timer_due.is_some_and(|due| now >= due) && !self.has(Fault::Silent) {
            self.timer_due = None;
            self.registers[COM_IRQ] |= 0x01;
        }
    }

    fn read(&mut self, address: usize) -> u8 {
        match address {
            FIFO_DATA if self.fifo.is_empty() => 0,
            FIFO_DATA => self.fifo.remove(0),
            FIFO_LEVEL => u8::try_from(self.fifo.len()).unwrap(),
            COMMAND if self.has(Fault::PowerDown) => 0x10,
            TX_CONTROL if self.has(Fault::AntennaOff) => self.registers[TX_CONTROL] & !0b11,
            STATUS_2 if self.has(Fault::Crypto) => 1 << 3,
            TIMER_MODE if self.has(Fault::Dropped) || self.has(Fault::PowerDown) => 0,
            _ => self.registers[address],
        }
    }

    fn write(&mut self, address: usize, value: u8, now: Duration) {
        match address {
            COMMAND => self.command(value),
            // The top bit says whether the others are set or cleared.
            COM_IRQ | DIV_IRQ if value & 0x80 != 0 => self.registers[address] |= value & 0x7f,
            COM_IRQ | DIV_IRQ => self.registers[address] &= !value,
            FIFO_DATA => self.fifo.push(value),
            FIFO_LEVEL if value & 0x80 != 0 => self.fifo.clear(),
            BIT_FRAMING => {
                self.registers[BIT_FRAMING] = value & 0x7f;
                if value & 0x80 != 0 && self.registers[COMMAND] & 0x0f == 0x0c {
                    self.transceive(now);
                }
            }
            VERSION | ERROR => {}
            _ => self.registers[address] = value,
        }
    }

    fn command(&mut self, value: u8) {
        self.registers[COMMAND] = value & 0x2f;
        match value & 0x0f {
            0x0f => {
                self.cure(Remedy::SoftReset);
                self.begin();
            }
            0x03 => {
                let [low, high] = crc_a(&self.fifo);
                self.registers[CRC_LOW] = low;
                self.registers[CRC_HIGH] = high;
                self.registers[DIV_IRQ] |= 1 << 2;
                self.fifo.clear();
            }
            _ => {}
        }
    }

    fn transceive(&mut self, now: Duration) {
        let sent = std::mem::take(&mut self.fifo);
        self.registers[ERROR] = 0;
        let reaches = self.read(TX_CONTROL) & 0b11 == 0b11 && !self.has(Fault::Crypto);
        let answers: Vec<Vec<u8>> = match reaches {
            true => self
                .tags
                .iter_mut()
                .filter_map(|tag| tag.hear(&sent))
                .collect(),
            false => Vec::new(),
        };
        let Some((first, others)) = answers.split_first() else {
            self.timer_due = Some(now + NO_ANSWER_AFTER);
            return;
        };
        if others.iter().any(|other| other != first) {
            self.registers[ERROR] = 1 << 3;
        }
        self.fifo.clone_from(first);
        if !self.has(Fault::Silent) {
            self.registers[COM_IRQ] |= 0x30;
        }
    }
}

impl Tag {
    fn hear(&mut self, sent: &[u8]) -> Option<Vec<u8>> {
        let part = |level: usize| -> Option<[u8; 5]> {
            let last = level * 3 + 4 >= self.uid.len();
            let known = match last {
                true => self.uid.get(level * 3..level * 3 + 4)?.to_vec(),
                false => [&[0x88], self.uid.get(level * 3..level * 3 + 3)?].concat(),
            };
            let check = known.iter().fold(0, |sum, byte| sum ^ byte);
            [known, vec![check]].concat().try_into().ok()
        };
        match (self.mood, sent) {
            (Mood::Resting, [0x52]) => {
                self.mood = Mood::Ready;
                Some(vec![if self.uid.len() > 4 { 0x44 } else { 0x04 }, 0x00])
            }
            (Mood::Ready, [select @ (0x93 | 0x95 | 0x97), 0x20]) => {
                part(usize::from((select - 0x93) / 2)).map(Vec::from)
            }
            (Mood::Ready, [select @ (0x93 | 0x95 | 0x97), 0x70, rest @ ..]) => {
                let level = usize::from((select - 0x93) / 2);
                let mine = part(level)?;
                let signed = crc_a(&sent[..7.min(sent.len())]);
                if rest != [&mine[..], &signed].concat() {
                    self.mood = Mood::Resting;
                    return None;
                }
                let acknowledge = match mine[0] == 0x88 && level * 3 + 4 < self.uid.len() {
                    true => 0x04,
                    false => {
                        self.mood = Mood::Active;
                        0x08
                    }
                };
                Some([vec![acknowledge], crc_a(&[acknowledge]).to_vec()].concat())
            }
            // Told to halt, or something a tag in this state does not know: silence, and rest.
            _ => {
                self.mood = Mood::Resting;
                None
            }
        }
    }
}

/// Bit by bit, as the standard's register does it; the driver's own is not used to check itself.
fn crc_a(bytes: &[u8]) -> [u8; 2] {
    let mut register = 0x6363_u16;
    for bit in bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |at| byte >> at & 1))
    {
        let out = (register & 1) ^ u16::from(bit);
        register >>= 1;
        if out != 0 {
            register ^= 0x8408;
        }
    }
    register.to_le_bytes()
}
