use super::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc;

/// Far above anything measured: reaching it is a failure, not a measurement.
const PATIENCE: Duration = Duration::from_secs(20);

const SHORT: Duration = Duration::from_millis(20);

/// Tells every level it is set to; refuses as often as it was told to.
struct Told {
    levels: mpsc::Sender<bool>,
    refuse_off: Arc<AtomicU32>,
    panics_off: Arc<AtomicBool>,
}

struct Rig {
    coils: Option<Coils>,
    coil: Option<Coil>,
    levels: mpsc::Receiver<bool>,
    refuse_off: Arc<AtomicU32>,
    panics_off: Arc<AtomicBool>,
}

impl Output for Told {
    fn set(&self, active: bool) -> Result<(), DeviceError> {
        let one_less = |left: u32| left.checked_sub(1);
        let order = Ordering::SeqCst;
        if !active && self.refuse_off.fetch_update(order, order, one_less).is_ok() {
            return Err(DeviceError("refused".into()));
        }
        assert!(active || !self.panics_off.swap(false, order), "a defect");
        let _ = self.levels.send(active);
        Ok(())
    }
}

fn rig(pulse_max: Duration) -> Rig {
    let coils = Coils::start(pulse_max).unwrap();
    let (sender, levels) = mpsc::channel();
    let refuse_off = Arc::new(AtomicU32::new(0));
    let panics_off = Arc::new(AtomicBool::new(false));
    let coil = coils.add(Box::new(Told {
        levels: sender,
        refuse_off: Arc::clone(&refuse_off),
        panics_off: Arc::clone(&panics_off),
    }));
    Rig {
        coils: Some(coils),
        coil: Some(coil),
        levels,
        refuse_off,
        panics_off,
    }
}

impl Rig {
    fn coil(&mut self) -> &mut Coil {
        self.coil.as_mut().unwrap()
    }

    fn expect(&self, level: bool) {
        assert_eq!(self.levels.recv_timeout(PATIENCE), Ok(level));
    }
}

#[test]
fn a_pulse_ends_by_itself() {
    let mut rig = rig(PATIENCE);
    rig.coil().release(20).unwrap();
    rig.expect(true);
    rig.expect(false);
}

#[test]
fn an_endless_pulse_is_ended_although_its_caller_has_died() {
    let mut rig = rig(SHORT);
    let mut coil = rig.coil.take().unwrap();
    let died = thread::spawn(move || {
        coil.release(u32::MAX).unwrap();
        // Its drop would cut the coil: a thread that hangs drops nothing.
        std::mem::forget(coil);
        panic!("dies with the coil on");
    });
    assert!(died.join().is_err());
    rig.expect(true);
    rig.expect(false);
}

#[test]
fn securing_and_dropping_cut_at_once() {
    let mut rig = rig(PATIENCE);
    rig.coil().release(10_000_000).unwrap();
    rig.coil().secure().unwrap();
    rig.expect(true);
    rig.expect(false);
    rig.coil().release(10_000_000).unwrap();
    rig.coil = None;
    rig.expect(true);
    rig.expect(false);
}

#[test]
fn a_cut_that_fails_is_tried_until_it_works() {
    let mut rig = rig(SHORT);
    rig.refuse_off.store(3, Ordering::SeqCst);
    rig.coil().release(1).unwrap();
    rig.expect(true);
    rig.expect(false);
    rig.refuse_off.store(3, Ordering::SeqCst);
    rig.coil().release(1).unwrap();
    let _ = rig.coil().secure();
    rig.expect(true);
    rig.expect(false);
}

#[test]
fn without_its_guard_no_pulse_begins() {
    let mut rig = rig(SHORT);
    rig.panics_off.store(true, Ordering::SeqCst);
    rig.coil().release(1).unwrap();
    rig.expect(true);
    // The guard's own end cuts what its defect left on.
    rig.expect(false);
    assert!(rig.coil().release(1).is_err());
    assert!(rig.levels.try_recv().is_err());
}

#[test]
fn the_guard_ends_with_the_last_coil() {
    let mut rig = rig(SHORT);
    rig.coils = None;
    rig.coil().release(1).unwrap();
    rig.expect(true);
    rig.expect(false);
    let shared = Arc::downgrade(&rig.coil().shared);
    rig.coil = None;
    let deadline = Instant::now() + PATIENCE;
    while shared.upgrade().is_some() {
        assert!(Instant::now() < deadline);
        thread::yield_now();
    }
}

#[test]
fn asking_again_extends_up_to_the_limit() {
    // Milliseconds: (asked at, for how long) in a row, and when the pulse then ends.
    let start = Instant::now();
    for (asked, ends_ms) in [
        (vec![(0, 500)], 500),
        (vec![(0, 1_000)], 1_000),
        (vec![(0, 60_000)], 1_000),
        (vec![(0, 500), (400, 500)], 900),
        (vec![(0, 500), (400, 500), (800, 500)], 1_000),
        (vec![(0, 500), (400, 10)], 410),
        (vec![(0, 0)], 0),
    ] {
        let mut pulse = None;
        for (at_ms, for_ms) in &asked {
            let now = start + Duration::from_millis(*at_ms);
            let asked = Duration::from_millis(*for_ms);
            pulse = Some(Pulse::extended(pulse, now, asked, PULSE_MAX));
        }
        let until = pulse.unwrap().until;
        assert_eq!(until - start, Duration::from_millis(ends_ms), "{asked:?}");
    }
}
