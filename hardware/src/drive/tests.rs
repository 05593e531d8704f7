use super::*;
use crate::simulated::{Fault, FaultKind, SimulatedDock};
use shared::dock::{Lamp, Sound};
use shared::enrol::{BayKind, BayLayout};
use shared::ids::TagUid;
use std::collections::BTreeMap;

/// Far above anything measured: reaching it is a failure, not a measurement.
const PATIENCE: Duration = Duration::from_secs(20);

struct Rig {
    world: SimulatedDock,
    driver: Option<Driver>,
    seen: mpsc::Receiver<Observation>,
}

/// Slot 1 with cart `a`, vacant slot 2, lane 3 with `b` and, at its mouth, `c`.
fn rig() -> Rig {
    let layout = [
        (1, BayKind::Slot, 1),
        (2, BayKind::Slot, 1),
        (3, BayKind::Lane, 3),
    ]
    .map(|(number, kind, capacity)| BayLayout {
        bay: bay(number),
        kind,
        capacity,
    });
    let carts = BTreeMap::from([(bay(1), vec![tag('a')]), (bay(3), vec![tag('b'), tag('c')])]);
    let (world, dock) = SimulatedDock::new(&layout, carts);
    let (sender, seen) = mpsc::channel();
    let driver = drive(dock, move |observation| {
        let _ = sender.send(observation);
    });
    Rig {
        world,
        driver: Some(driver),
        seen,
    }
}

impl Rig {
    fn driver(&self) -> &Driver {
        self.driver.as_ref().unwrap()
    }

    /// Reads on until the bay's changes contain `expected` in that order.
    fn expect(&self, at: u16, expected: &[Seen]) {
        let deadline = Instant::now() + PATIENCE;
        let mut rest = expected;
        while let Some((next, later)) = rest.split_first() {
            let left = deadline.saturating_duration_since(Instant::now());
            let observation = self.seen.recv_timeout(left).unwrap_or_else(|_| {
                panic!("bay {at} did not show {next:?} of {expected:?}");
            });
            if observation.bay == bay(at) && observation.seen == *next {
                rest = later;
            }
        }
    }

    /// Reads until the three sensors of three bays have told their first level.
    fn settled(&self) -> BTreeMap<(BayNo, &'static str), Seen> {
        let mut first = BTreeMap::new();
        while first.len() < 9 {
            let Observation { bay, seen } = self.seen.recv_timeout(PATIENCE).unwrap();
            let sensor = match seen {
                Seen::Tag(_) => "tag",
                Seen::Bolt { .. } => "bolt",
                Seen::Presence { .. } => "presence",
                Seen::Failed(_) | Seen::Healed(_) => panic!("{seen:?} at rest"),
            };
            assert_eq!(first.insert((bay, sensor), seen), None, "told once");
        }
        first
    }
}

fn bay(number: u16) -> BayNo {
    BayNo::new(number).unwrap()
}

fn tag(digit: char) -> TagUid {
    format!("0400000{digit}").parse().unwrap()
}

const BOLT_IN: Seen = Seen::Bolt { engaged: true };
const BOLT_OUT: Seen = Seen::Bolt { engaged: false };
const CART: Seen = Seen::Presence { present: true };
const NO_CART: Seen = Seen::Presence { present: false };

#[test]
fn every_sensor_tells_its_first_level() {
    let first = rig().settled();
    for (at, tag, cart) in [
        (1, Some(tag('a')), CART),
        (2, None, NO_CART),
        (3, Some(tag('c')), CART),
    ] {
        assert_eq!(first[&(bay(at), "tag")], Seen::Tag(tag));
        assert_eq!(first[&(bay(at), "bolt")], BOLT_IN);
        assert_eq!(first[&(bay(at), "presence")], cart);
    }
}

#[test]
fn a_cart_goes_out_and_into_another_bay() {
    let rig = rig();
    rig.settled();
    rig.driver().unlock(bay(1), 400);
    rig.expect(1, &[BOLT_OUT]);
    assert_eq!(rig.world.pull(bay(1)), Ok(tag('a')));
    rig.expect(1, &[NO_CART]);
    rig.world.push(bay(2), tag('a')).unwrap();
    rig.expect(2, &[BOLT_IN]);
}

#[test]
fn a_released_bolt_locks_again_on_order() {
    let rig = rig();
    rig.settled();
    rig.driver().unlock(bay(1), 400);
    rig.expect(1, &[BOLT_OUT]);
    rig.driver().lock(bay(1));
    rig.expect(1, &[BOLT_IN]);
    assert!(rig.world.pull(bay(1)).is_err());
}

#[test]
fn the_next_cart_of_a_lane_rolls_to_the_mouth() {
    let rig = rig();
    rig.settled();
    rig.driver().unlock(bay(3), 400);
    rig.expect(3, &[BOLT_OUT]);
    rig.world.pull(bay(3)).unwrap();
    rig.expect(3, &[Seen::Tag(None), Seen::Tag(Some(tag('b')))]);
}

#[test]
fn failures_are_told_and_healed() {
    use FaultKind::{IndicatorFails, LockFails, ReaderDeaf, ReaderHangs, SwitchesFail};
    let rig = rig();
    rig.settled();
    for (kind, part) in [
        (ReaderDeaf, Part::Reader),
        (ReaderHangs, Part::Reader),
        (SwitchesFail, Part::BoltSensor),
        (SwitchesFail, Part::PresenceSensor),
        (LockFails, Part::Lock),
        (IndicatorFails, Part::Indicator),
    ] {
        let act = || match part {
            Part::Lock => rig.driver().lock(bay(1)),
            Part::Indicator => {
                let (lamp, sound) = (Lamp::Ready, None);
                rig.driver().show(bay(1), Signal { lamp, sound });
            }
            _ => {}
        };
        rig.world.inject(bay(1), kind.into()).unwrap();
        act();
        rig.expect(1, &[Seen::Failed(part)]);
        rig.world.clear(bay(1), Some(kind)).unwrap();
        act();
        rig.expect(1, &[Seen::Healed(part)]);
        match part {
            Part::Reader => rig.expect(1, &[Seen::Tag(Some(tag('a')))]),
            Part::BoltSensor => rig.expect(1, &[BOLT_IN]),
            Part::PresenceSensor => rig.expect(1, &[CART]),
            Part::Lock | Part::Indicator => {}
        }
    }
}

#[test]
fn bouncing_switches_tell_each_level_once() {
    let rig = rig();
    rig.settled();
    let bounce = Fault::from(FaultKind::SwitchesBounce);
    rig.world.inject(bay(2), bounce).unwrap();
    rig.world.bring(tag('d')).unwrap();
    rig.world.push(bay(2), tag('d')).unwrap();
    let mut told = Vec::new();
    while told.last() != Some(&BOLT_IN) {
        let observation = rig.seen.recv_timeout(PATIENCE).unwrap();
        if matches!(observation.seen, Seen::Bolt { .. }) {
            told.push(observation.seen);
        }
    }
    assert_eq!(told, [BOLT_OUT, BOLT_IN]);
}

#[test]
fn the_indicator_shows_what_was_ordered() {
    let rig = rig();
    let mut changes = rig.world.subscribe();
    let (lamp, sound) = (Lamp::Accepted, Some(Sound::Accepted));
    rig.driver().show(bay(2), Signal { lamp, sound });
    rig.driver().show(bay(99), Signal { lamp, sound });
    let deadline = Instant::now() + PATIENCE;
    while rig.world.state().bays[1].lamp != Lamp::Accepted {
        assert!(Instant::now() < deadline);
        thread::yield_now();
    }
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert_eq!(rig.world.state().bays[1].sounds, 1);
}

#[test]
fn dropping_ends_the_threads_even_with_a_hanging_reader() {
    let mut rig = rig();
    rig.settled();
    rig.world
        .inject(bay(1), FaultKind::ReaderHangs.into())
        .unwrap();
    drop(rig.driver.take());
    // The sink is gone with the threads, but for the one that hangs in its device.
    rig.world.clear(bay(1), None).unwrap();
    while rig.seen.recv_timeout(PATIENCE).is_ok() {}
    assert_eq!(rig.seen.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}
