use super::*;
use crate::drive::{Health, Rounds};
use crate::raspberry_pi::chip_model::{Fault, Model, OwnTime};
use shared::dock::{Observation, Part, Seen};
use shared::ids::BayNo;
use std::sync::{Arc, Mutex};

/// What the issue promises: found in five seconds, healed in ten after that.
const FOUND_WITHIN: Duration = Duration::from_secs(5);
const HEALED_WITHIN: Duration = Duration::from_secs(10);

const CART: &[u8] = &[4, 0xa1, 2, 3];

type Told = Arc<Mutex<Vec<(Duration, Seen)>>>;

/// A reader on the model, run by the rounds that its thread runs.
struct Bench {
    chip: Model,
    time: OwnTime,
    reader: Mfrc522Reader<Model, OwnTime>,
    rounds: Rounds,
    told: Told,
}

impl Bench {
    fn new(time: OwnTime, with_reset_pin: bool, with_supply: bool) -> Self {
        let chip = Model::new(time.clone());
        let means = Means {
            reset_pin: with_reset_pin.then(|| Box::new(chip.reset_pin()) as Box<dyn Output>),
            supply: with_supply.then(|| Box::new(chip.supply()) as Box<dyn Output>),
        };
        let told = Told::default();
        let (keep, clock) = (Arc::clone(&told), time.clone());
        let sink = move |observation: Observation| {
            keep.lock().unwrap().push((clock.now(), observation.seen));
        };
        let health = Arc::new(Health::new(BayNo::new(1).unwrap(), Arc::new(sink)));
        Self {
            reader: Mfrc522Reader::new(chip.clone(), time.clone(), means, None),
            rounds: Rounds::new(health),
            chip,
            time,
            told,
        }
    }

    fn run(&mut self, span: Duration) {
        let until = self.time.now() + span;
        while self.time.now() < until {
            let pause = self.rounds.next(&mut self.reader);
            self.time.rest(pause);
        }
    }

    fn when(&self, after: Duration, wanted: Seen) -> Option<Duration> {
        let told = self.told.lock().unwrap();
        let found = told
            .iter()
            .find(|(at, seen)| *at >= after && *seen == wanted);
        found.map(|(at, _)| *at - after)
    }

    fn last_tag(&self) -> Option<Seen> {
        let told = self.told.lock().unwrap();
        let mut seen = told.iter().map(|(_, seen)| *seen);
        seen.rfind(|seen| matches!(seen, Seen::Tag(_)))
    }
}

fn tag(uid: &[u8]) -> Seen {
    Seen::Tag(Some(TagUid::new(uid).unwrap()))
}

#[test]
fn tags_are_read_while_they_lie_there() {
    let mut bench = Bench::new(OwnTime::default(), false, false);
    let (seven, ten): (&[u8], &[u8]) = (&[4, 1, 2, 3, 4, 5, 6], &[4, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for uid in [CART, seven, ten] {
        bench.chip.put(&[uid]);
        for _ in 0..30 {
            let field = bench.reader.poll().unwrap();
            assert_eq!(field, Field::Tag(TagUid::new(uid).unwrap()));
        }
    }
    bench.chip.put(&[]);
    assert_eq!(bench.reader.poll(), Ok(Field::Empty));
}

#[test]
fn of_two_tags_none_counts_and_the_reader_is_well() {
    let mut bench = Bench::new(OwnTime::default(), false, false);
    for (one, other) in [(CART, &[4, 0xa1, 2, 4][..]), (CART, &[8, 0xb1, 9, 9])] {
        bench.chip.put(&[one, other]);
        for _ in 0..20 {
            assert_eq!(bench.reader.poll(), Ok(Field::Several));
        }
        bench.chip.put(&[one]);
        let field = bench.reader.poll().unwrap();
        assert_eq!(field, Field::Tag(TagUid::new(one).unwrap()));
    }
}

#[test]
fn each_deafness_is_found_and_healed_in_time() {
    use Fault::{AntennaOff, Crypto, Dropped, Ones, PowerDown, Silent, Zeros};
    use Remedy::{PowerCycle, ResetPin, SoftReset};
    let faults = [Silent, Zeros, Ones, Dropped, AntennaOff, Crypto, PowerDown];
    for fault in faults {
        for cured_by in [SoftReset, ResetPin, PowerCycle] {
            for occupied in [false, true] {
                let name = format!("{fault:?}, mended by {cured_by:?}, occupied: {occupied}");
                let mut bench = Bench::new(OwnTime::default(), true, true);
                let field: &[&[u8]] = if occupied { &[CART] } else { &[] };
                bench.chip.put(field);
                bench.run(Duration::from_secs(3));
                let before = bench.last_tag();
                let broken_at = bench.time.now();
                bench.chip.fail(fault, cured_by);
                bench.run(FOUND_WITHIN + HEALED_WITHIN);
                let found = bench.when(broken_at, Seen::Failed(Part::Reader));
                let found = found.unwrap_or_else(|| panic!("{name}: not found"));
                assert!(found <= FOUND_WITHIN, "{name}: found after {found:?}");
                let healed = bench.when(broken_at + found, Seen::Healed(Part::Reader));
                let healed = healed.unwrap_or_else(|| panic!("{name}: not healed"));
                assert!(healed <= HEALED_WITHIN, "{name}: healed after {healed:?}");
                assert_eq!(bench.last_tag(), before, "{name}");
                let again = bench.when(broken_at + found, before.unwrap());
                assert!(again.is_some(), "{name}: what is there is told anew");
            }
        }
    }
}

#[test]
fn a_reader_without_pins_is_treated_as_far_as_its_bus_goes() {
    let mut bench = Bench::new(OwnTime::default(), false, false);
    bench.run(Duration::from_secs(1));
    bench.chip.fail(Fault::AntennaOff, Remedy::SoftReset);
    bench.run(FOUND_WITHIN + HEALED_WITHIN);
    assert!(
        bench
            .when(Duration::ZERO, Seen::Healed(Part::Reader))
            .is_some()
    );
    let broken_at = bench.time.now();
    bench.chip.fail(Fault::AntennaOff, Remedy::ResetPin);
    bench.run(Duration::from_secs(60));
    assert!(bench.when(broken_at, Seen::Failed(Part::Reader)).is_some());
    assert_eq!(bench.when(broken_at, Seen::Healed(Part::Reader)), None);
}

#[test]
fn one_deaf_reader_does_not_touch_its_neighbour() {
    let mut deaf = Bench::new(OwnTime::default(), true, true);
    let mut well = Bench::new(OwnTime::default(), true, true);
    well.chip.put(&[CART]);
    deaf.chip.fail(Fault::Silent, Remedy::PowerCycle);
    deaf.run(Duration::from_secs(20));
    well.run(Duration::from_secs(20));
    let told: Vec<Seen> = well
        .told
        .lock()
        .unwrap()
        .iter()
        .map(|(_, seen)| *seen)
        .collect();
    assert_eq!(told, [tag(CART)]);
}

#[test]
fn a_reader_whose_thread_is_kept_waiting_is_not_deaf() {
    let mut bench = Bench::new(OwnTime::default(), true, true);
    bench.chip.put(&[CART]);
    bench.reader.poll().unwrap();
    for late in [2, 4, 8] {
        let began = bench.time.now();
        bench.chip.delay(Duration::from_millis(late));
        let field = bench.reader.poll();
        let took = bench.time.now() - began;
        assert_eq!(
            field,
            Ok(Field::Tag(TagUid::new(CART).unwrap())),
            "{took:?}"
        );
        assert!(late < 8 || took > POLL_BUDGET, "{took:?}");
    }
    bench.chip.delay(Duration::from_secs(1));
    assert!(bench.reader.poll().is_err());
}

#[test]
fn no_call_lasts_when_the_chip_falls_silent() {
    let mut bench = Bench::new(OwnTime::default(), true, true);
    bench.reader.poll().unwrap();
    bench.chip.fail(Fault::Silent, Remedy::PowerCycle);
    let (began, transactions) = (bench.time.now(), bench.chip.transactions());
    assert!(bench.reader.poll().is_err());
    let took = bench.time.now() - began;
    assert!(took <= POLL_BUDGET * 2, "{took:?}");
    let transactions = bench.chip.transactions() - transactions;
    assert!(transactions < 20_000, "{transactions} transactions");
}
