//! One bay's patterns in time. Pure: time is an argument.

use super::patterns::{self, Pattern};
use shared::dock::{Lamp, Signal, Sound};

/// From one flash's begin to the next one's: never more than three in any second, whatever follows
/// whatever. More can bring on a seizure.
const FLASH_GAP_MS: u64 = 334;

#[derive(Debug)]
pub(super) struct Player {
    lamp: Lamp,
    lamp_since_ms: u64,
    sound: Option<(Sound, u64)>,
    lit: bool,
    flashed_at_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) lit: bool,
    pub(super) sounding: bool,
    /// When something changes if no signal comes.
    pub(super) next_ms: Option<u64>,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            lamp: Lamp::Off,
            lamp_since_ms: 0,
            sound: None,
            lit: false,
            flashed_at_ms: None,
        }
    }
}

impl Player {
    pub(super) fn show(&mut self, signal: Signal, now_ms: u64) {
        // The same lamp again goes on in its rhythm.
        if self.lamp != signal.lamp {
            self.lamp = signal.lamp;
            self.lamp_since_ms = now_ms;
        }
        if let Some(sound) = signal.sound {
            self.sound = Some((sound, now_ms));
        }
    }

    /// Time must not go backwards from call to call.
    pub(super) fn at(&mut self, now_ms: u64) -> Frame {
        let (wanted, lamp_next_ms) = self.lamp_at(now_ms);
        let held_until_ms = self.flashed_at_ms.map_or(0, |at_ms| at_ms + FLASH_GAP_MS);
        let held = wanted && !self.lit && now_ms < held_until_ms;
        let lit = wanted && !held;
        if lit && !self.lit {
            self.flashed_at_ms = Some(now_ms);
        }
        self.lit = lit;
        let (sounding, sound_next_ms) = self.sound_at(now_ms);
        let held_until_ms = held.then_some(held_until_ms);
        let changes = [lamp_next_ms, held_until_ms, sound_next_ms];
        Frame {
            lit,
            sounding,
            next_ms: changes.into_iter().flatten().min(),
        }
    }

    fn lamp_at(&self, now_ms: u64) -> (bool, Option<u64>) {
        let steps = match patterns::lamp(self.lamp) {
            Pattern::Dark => return (false, None),
            Pattern::Steady => return (true, None),
            Pattern::Blink(steps) => steps,
        };
        let period_ms: u64 = steps.iter().copied().map(u64::from).sum();
        let into_ms = now_ms.saturating_sub(self.lamp_since_ms) % period_ms;
        match step_at(steps, into_ms) {
            Some((lit, left_ms)) => (lit, Some(now_ms + left_ms)),
            None => (false, None),
        }
    }

    fn sound_at(&mut self, now_ms: u64) -> (bool, Option<u64>) {
        let Some((sound, since_ms)) = self.sound else {
            return (false, None);
        };
        match step_at(patterns::sound(sound), now_ms.saturating_sub(since_ms)) {
            Some((sounding, left_ms)) => (sounding, Some(now_ms + left_ms)),
            None => {
                self.sound = None;
                (false, None)
            }
        }
    }
}

/// Whether the step `into_ms` is an "on" one, and how long it lasts; none past the last.
fn step_at(steps: &[u32], mut into_ms: u64) -> Option<(bool, u64)> {
    for (index, step_ms) in steps.iter().enumerate() {
        let step_ms = u64::from(*step_ms);
        match into_ms.checked_sub(step_ms) {
            None => return Some((index % 2 == 0, step_ms - into_ms)),
            Some(rest_ms) => into_ms = rest_ms,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAMPS: &[Lamp] = &[
        Lamp::Off,
        Lamp::Ready,
        Lamp::Locate,
        Lamp::Open,
        Lamp::Reading,
        Lamp::Accepted,
        Lamp::Attention,
        Lamp::OutOfService,
    ];

    const SOUNDS: &[Sound] = &[Sound::Open, Sound::Accepted, Sound::Attention];

    /// When the lamp lights up, looked at as the thread does and at every step of signals.
    fn flashes(signals: impl Iterator<Item = (u64, Lamp)>, until_ms: u64) -> Vec<u64> {
        let (mut player, mut flashes, mut now_ms) = (Player::default(), Vec::new(), 0);
        let mut signals = signals.peekable();
        while now_ms < until_ms {
            while let Some((_, lamp)) = signals.next_if(|(at_ms, _)| *at_ms <= now_ms) {
                player.show(Signal { lamp, sound: None }, now_ms);
            }
            let before = player.lit;
            let frame = player.at(now_ms);
            if frame.lit && !before {
                flashes.push(now_ms);
            }
            let next_signal_ms = signals.peek().map(|(at_ms, _)| *at_ms);
            let next_ms = [frame.next_ms, next_signal_ms].into_iter().flatten().min();
            now_ms = next_ms.unwrap_or(until_ms).max(now_ms + 1);
        }
        flashes
    }

    fn most_in_a_second(flashes: &[u64]) -> usize {
        let from = |begin_ms: &u64| {
            let second = *begin_ms..begin_ms + 1_000;
            flashes
                .iter()
                .filter(|at_ms| second.contains(at_ms))
                .count()
        };
        flashes.iter().map(from).max().unwrap_or(0)
    }

    #[test]
    fn no_lamp_flashes_more_than_three_times_a_second() {
        for lamp in LAMPS {
            let flashes = flashes([(0, *lamp)].into_iter(), 60_000);
            assert!(most_in_a_second(&flashes) <= 3, "{lamp:?}: {flashes:?}");
            let blinks = matches!(patterns::lamp(*lamp), Pattern::Blink(_));
            assert_eq!(flashes.len() > 2, blinks, "{lamp:?}: {flashes:?}");
        }
    }

    #[test]
    fn signals_in_any_order_and_haste_flash_no_faster() {
        let mut dice = 0x2545_f491_4f6c_dd1d_u64;
        let mut roll = |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % sides
        };
        let mut at_ms = 0;
        let signals: Vec<(u64, Lamp)> = (0..20_000)
            .map(|_| {
                at_ms += roll(400);
                let lamp = LAMPS[usize::try_from(roll(8)).unwrap()];
                (at_ms, lamp)
            })
            .collect();
        let flashes = flashes(signals.into_iter(), at_ms);
        assert!(flashes.len() > 5_000, "{}", flashes.len());
        assert!(most_in_a_second(&flashes) <= 3);
    }

    #[test]
    fn every_sound_ends_and_sounds_apart() {
        let heard = |sound: &Sound| {
            let (mut player, mut now_ms, mut steps) = (Player::default(), 0, Vec::new());
            let (lamp, sound) = (Lamp::Off, Some(*sound));
            player.show(Signal { lamp, sound }, 0);
            while let Some(next_ms) = player.at(now_ms).next_ms {
                steps.push((player.at(now_ms).sounding, next_ms - now_ms));
                now_ms = next_ms;
            }
            assert!(!player.at(now_ms).sounding && now_ms <= 1_000, "{sound:?}");
            steps
        };
        let heard: Vec<_> = SOUNDS.iter().map(heard).collect();
        for (index, one) in heard.iter().enumerate() {
            assert!(heard[..index].iter().all(|other| other != one));
        }
    }
}
