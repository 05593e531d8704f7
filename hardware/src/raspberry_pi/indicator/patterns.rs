//! What each lamp and sound is in time.

use shared::dock::{Lamp, Sound};

/// Milliseconds lit, dark, lit, dark and so on, again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    Dark,
    Steady,
    Blink(&'static [u32]),
}

pub(super) fn lamp(lamp: Lamp) -> Pattern {
    match lamp {
        Lamp::Off => Pattern::Dark,
        Lamp::Ready | Lamp::Accepted => Pattern::Steady,
        Lamp::Locate => Pattern::Blink(&[700, 700]),
        Lamp::Open => Pattern::Blink(&[180, 180]),
        // A plain lamp breathes in long and short.
        Lamp::Reading => Pattern::Blink(&[1_000, 400]),
        Lamp::Attention => Pattern::Blink(&[170, 170, 170, 1_000]),
        // A sign of life, nothing that calls.
        Lamp::OutOfService => Pattern::Blink(&[60, 2_940]),
    }
}

/// Milliseconds on, off, on and so on, once. An active buzzer has one tone: rhythm tells.
pub(super) fn sound(sound: Sound) -> &'static [u32] {
    match sound {
        Sound::Open => &[90, 90, 220],
        Sound::Accepted => &[700],
        Sound::Attention => &[160, 160, 160, 160, 160],
    }
}
