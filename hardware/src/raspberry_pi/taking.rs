//! All lines of a dock are asked for, whatever becomes of some: every coil first, so that none stays
//! driven because something that only shines or sounds is not to be had.

use super::SetupError;
use super::lines::Purpose;
use super::pins::{BayPins, Pin};
use shared::ids::BayNo;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Driven to this at once.
    Output {
        active: bool,
    },
    Input,
}

const AT_REST: Wanted = Wanted::Output { active: false };

/// One bay's lines.
pub(super) struct Taken<L> {
    pub(super) lamp: L,
    /// Its place among the sounders.
    pub(super) sounder: usize,
    pub(super) others: Others<L>,
}

pub(super) struct Others<L> {
    pub(super) coil: L,
    pub(super) bolt: L,
    pub(super) presence: L,
    pub(super) reset_pin: Option<L>,
    pub(super) supply: Option<L>,
}

/// The lines of `chosen`, in its order, and the sounders they share.
pub(super) fn take<L>(
    chosen: &[(BayNo, &BayPins)],
    ask: impl FnMut(Purpose, Pin, Wanted) -> Result<L, SetupError>,
) -> Result<(Vec<Taken<L>>, Vec<L>), SetupError> {
    let mut asking = Asking {
        ask,
        refused: Vec::new(),
    };
    let coils: Vec<Option<L>> = chosen
        .iter()
        .map(|(bay, pins)| asking.line(*bay, "coil", pins.coil, AT_REST))
        .collect();
    let (mut sound_pins, mut sounders) = (Vec::new(), Vec::new());
    let mut taken = Vec::new();
    for ((bay, pins), coil) in chosen.iter().zip(coils) {
        let mut line = |field, pin, wanted| asking.line(*bay, field, pin, wanted);
        let bolt = line("bolt", pins.bolt, Wanted::Input);
        let presence = line("presence", pins.presence, Wanted::Input);
        let lamp = line("lamp", pins.lamp, AT_REST);
        let reset = pins.rst.map(|pin| line("rst", resetting(pin), AT_REST));
        let supplied = Wanted::Output { active: true };
        let supply = pins.power.map(|pin| line("power", pin, supplied));
        let known = sound_pins.iter().position(|pin| *pin == pins.sound);
        let sounder = known.unwrap_or_else(|| {
            sound_pins.push(pins.sound);
            sounders.push(line("sound", pins.sound, AT_REST));
            sounders.len() - 1
        });
        taken.push(bay_of(
            (coil, bolt, presence, lamp),
            sounder,
            (reset, supply),
        ));
    }
    asking.ended()?;
    let whole = "a line that is not to be had was counted as refused";
    let taken: Option<Vec<_>> = taken.into_iter().collect();
    let sounders: Option<Vec<_>> = sounders.into_iter().collect();
    Ok((taken.expect(whole), sounders.expect(whole)))
}

fn bay_of<L>(
    (coil, bolt, presence, lamp): (Option<L>, Option<L>, Option<L>, Option<L>),
    sounder: usize,
    (reset_pin, supply): (Option<Option<L>>, Option<Option<L>>),
) -> Option<Taken<L>> {
    Some(Taken {
        lamp: lamp?,
        sounder,
        others: Others {
            coil: coil?,
            bolt: bolt?,
            presence: presence?,
            reset_pin: reset_pin.map_or(Some(None), |line| line.map(Some))?,
            supply: supply.map_or(Some(None), |line| line.map(Some))?,
        },
    })
}

struct Asking<A> {
    ask: A,
    refused: Vec<SetupError>,
}

impl<A> Asking<A> {
    fn line<L>(&mut self, bay: BayNo, field: &'static str, pin: Pin, wanted: Wanted) -> Option<L>
    where
        A: FnMut(Purpose, Pin, Wanted) -> Result<L, SetupError>,
    {
        match (self.ask)(Purpose { bay, field }, pin, wanted) {
            Ok(line) => Some(line),
            Err(error) => {
                self.refused.push(error);
                None
            }
        }
    }

    fn ended(mut self) -> Result<(), SetupError> {
        match self.refused.len() {
            0 => Ok(()),
            1 => Err(self.refused.remove(0)),
            _ => Err(SetupError::Several(self.refused)),
        }
    }
}

/// The line as "in reset": a plain wire holds the chip in reset while it is low.
fn resetting(pin: Pin) -> Pin {
    Pin {
        active_low: !pin.active_low,
        ..pin
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raspberry_pi::PinPlan;

    const PLAN: &str = "1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26;\
        2:spi=0.1,coil=27,bolt=!6,presence=!13,lamp=24,sound=26";

    fn asked(busy: &[u8]) -> (Vec<u8>, Result<usize, SetupError>) {
        let plan: PinPlan = PLAN.parse().unwrap();
        let chosen: Vec<(BayNo, &BayPins)> =
            plan.bays.iter().map(|(bay, pins)| (*bay, pins)).collect();
        let mut asked = Vec::new();
        let taken = take(&chosen, |Purpose { bay, field }, pin, _| {
            asked.push(pin.line);
            match busy.contains(&pin.line) {
                true => Err(SetupError::LineBusy {
                    bay,
                    field,
                    pin: pin.line,
                    holder: "another".into(),
                }),
                false => Ok(pin.line),
            }
        });
        (
            asked,
            taken.map(|(bays, sounders)| bays.len() + sounders.len()),
        )
    }

    #[test]
    fn every_line_is_asked_for_and_the_coils_first() {
        let (all, taken) = asked(&[]);
        assert_eq!(taken.unwrap(), 3, "two bays and one sounder");
        assert_eq!(all[..2], [17, 27], "the coils");
        for busy in [&[23][..], &[17], &[17, 27, 26], &[4, 24]] {
            let (tried, taken) = asked(busy);
            assert_eq!(tried, all, "{busy:?}: one refusal ends nothing");
            let said = taken.unwrap_err().to_string();
            for pin in busy {
                assert!(
                    said.contains(&format!("pin {pin} is held")),
                    "{busy:?}: {said}"
                );
            }
        }
    }
}
