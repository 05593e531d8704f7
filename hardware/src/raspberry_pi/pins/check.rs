//! Whether the pins of all bays can be wired together.

use super::{BayPins, ChipSelect, Pin, PlanError};
use shared::ids::BayNo;
use std::collections::BTreeMap;

pub(super) fn check(bays: &BTreeMap<BayNo, BayPins>) -> Result<(), PlanError> {
    readers(bays)?;
    clashes(bays)?;
    bays.iter().try_for_each(|(bay, pins)| levels(*bay, pins))
}

fn readers(bays: &BTreeMap<BayNo, BayPins>) -> Result<(), PlanError> {
    let mut taken = BTreeMap::new();
    for (bay, BayPins { spi, .. }) in bays {
        if let Some(other) = taken.insert(*spi, *bay) {
            let (bay, spi) = (*bay, *spi);
            return Err(PlanError::ReaderTwice { bay, spi, other });
        }
    }
    Ok(())
}

fn clashes(bays: &BTreeMap<BayNo, BayPins>) -> Result<(), PlanError> {
    let mut on_spi = BTreeMap::new();
    for (other, BayPins { spi, .. }) in bays {
        for pin in spi_pins(*spi) {
            on_spi.entry(*pin).or_insert((*other, *spi));
        }
    }
    let mut taken: BTreeMap<u8, (BayNo, &'static str, Pin)> = BTreeMap::new();
    for (bay, pins) in bays {
        let bay = *bay;
        for (field, pin) in lines(pins) {
            let line = pin.line;
            if let Some((other, spi)) = on_spi.get(&line) {
                return Err(PlanError::OnSpi {
                    bay,
                    field,
                    pin: line,
                    other: *other,
                    spi: *spi,
                });
            }
            match taken.insert(line, (bay, field, pin)) {
                None => {}
                // One sounder is heard at every bay.
                Some((_, "sound", same)) if field == "sound" && same == pin => {}
                Some((other, other_field, _)) => {
                    return Err(PlanError::Clash {
                        bay,
                        field,
                        pin: line,
                        other,
                        other_field,
                    });
                }
            }
        }
    }
    Ok(())
}

/// Lines 2 to 8 are pulled up from power-on until somebody asks for them, the others down.
fn levels(bay: BayNo, pins: &BayPins) -> Result<(), PlanError> {
    let high_at_rest = pins.coil.line <= 8;
    if high_at_rest != pins.coil.active_low {
        let pin = pins.coil.line;
        return Err(PlanError::DrivenAtRest { bay, pin });
    }
    // The I2C lines have resistors of 1.8 kΩ on the board, far stronger than any pull-down inside.
    let wrong = [("bolt", pins.bolt), ("presence", pins.presence)]
        .into_iter()
        .find(|(_, pin)| pin.line <= 3 && !pin.active_low);
    match wrong {
        None => Ok(()),
        Some((field, Pin { line: pin, .. })) => Err(PlanError::PulledUp { bay, field, pin }),
    }
}

fn lines(pins: &BayPins) -> impl Iterator<Item = (&'static str, Pin)> {
    [
        ("rst", pins.rst),
        ("power", pins.power),
        ("coil", Some(pins.coil)),
        ("bolt", Some(pins.bolt)),
        ("presence", Some(pins.presence)),
        ("lamp", Some(pins.lamp)),
        ("sound", Some(pins.sound)),
    ]
    .into_iter()
    .filter_map(|(field, pin)| Some((field, pin?)))
}

/// Data in, data out, clock, and the chip-selects that the boot line of this reader gives to the
/// kernel, in use or not (`overlay`): the same on every Pi since the B+.
fn spi_pins(ChipSelect { bus, select }: ChipSelect) -> &'static [u8] {
    match (bus, select) {
        (0, _) => &[9, 10, 11, 8, 7],
        (_, 0) => &[19, 20, 21, 18],
        (_, 1) => &[19, 20, 21, 18, 17],
        (_, _) => &[19, 20, 21, 18, 17, 16],
    }
}
