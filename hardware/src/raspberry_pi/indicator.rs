//! Lamps and sounders of all bays, on one thread that plays their patterns.

mod patterns;
mod player;

use super::lines::Output;
use crate::bay::{DeviceError, Indicator};
use player::Player;
use shared::dock::Signal;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Sounders by their place in the list that [`start`] got.
pub(super) type Sounder = usize;

/// Starts the thread. `lamps` have each the sounder that speaks for their bay; the returned
/// indicators are in their order. The thread ends when all of them are dropped.
pub(super) fn start(
    lamps: Vec<(Box<dyn Output>, Sounder)>,
    sounders: Vec<Box<dyn Output>>,
) -> io::Result<Vec<Shown>> {
    let bays = lamps
        .into_iter()
        .map(|(lamp, sounder)| BayShown {
            player: Player::default(),
            lamp: Driven::new(lamp),
            sounder,
            fault: None,
            shown: true,
        })
        .collect();
    let stage = Arc::new(Stage {
        state: Mutex::new(State {
            bays,
            sounders: sounders.into_iter().map(Driven::new).collect(),
        }),
        changed: Condvar::new(),
        began: Instant::now(),
    });
    let count = stage.lock().bays.len();
    let played = Arc::clone(&stage);
    thread::Builder::new()
        .name("indicator".into())
        .spawn(move || play(&played))?;
    let shown = |index| Shown {
        stage: Arc::clone(&stage),
        index,
    };
    Ok((0..count).map(shown).collect())
}

/// One bay's lamp and sounder.
pub(super) struct Shown {
    stage: Arc<Stage>,
    index: usize,
}

impl Indicator for Shown {
    /// An error is one of a line since the last call: patterns run behind the caller's back.
    fn show(&mut self, signal: Signal) -> Result<(), DeviceError> {
        let now_ms = self.stage.now_ms();
        let mut state = self.stage.lock();
        let bay = &mut state.bays[self.index];
        bay.player.show(signal, now_ms);
        let fault = bay.fault.take();
        drop(state);
        self.stage.changed.notify_all();
        match fault {
            None => Ok(()),
            Some(fault) => Err(fault),
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.stage.lock().bays[self.index].shown = false;
        self.stage.changed.notify_all();
    }
}

struct Stage {
    state: Mutex<State>,
    changed: Condvar,
    began: Instant,
}

impl Stage {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

struct State {
    bays: Vec<BayShown>,
    sounders: Vec<Driven>,
}

struct BayShown {
    player: Player,
    lamp: Driven,
    sounder: Sounder,
    fault: Option<DeviceError>,
    shown: bool,
}

impl State {
    /// Drives every line to what it is now. Returns when to look again.
    fn frame(&mut self, now_ms: u64) -> Option<u64> {
        let mut next_ms = None;
        let mut sounding = vec![false; self.sounders.len()];
        for bay in &mut self.bays {
            let frame = bay.player.at(now_ms);
            sounding[bay.sounder] |= frame.sounding;
            if let Err(fault) = bay.lamp.set(frame.lit) {
                bay.fault = Some(fault);
            }
            next_ms = [next_ms, frame.next_ms].into_iter().flatten().min();
        }
        for (index, (sounder, sounding)) in self.sounders.iter_mut().zip(sounding).enumerate() {
            if let Err(fault) = sounder.set(sounding) {
                let heard = self.bays.iter_mut().filter(|bay| bay.sounder == index);
                heard.for_each(|bay| bay.fault = Some(fault.clone()));
            }
        }
        next_ms
    }
}

/// A line and what it was set to last.
struct Driven {
    line: Box<dyn Output>,
    active: Option<bool>,
}

impl Driven {
    fn new(line: Box<dyn Output>) -> Self {
        Self { line, active: None }
    }

    fn set(&mut self, active: bool) -> Result<(), DeviceError> {
        if self.active == Some(active) {
            return Ok(());
        }
        self.line.set(active)?;
        self.active = Some(active);
        Ok(())
    }
}

fn play(stage: &Stage) {
    let mut state = stage.lock();
    while state.bays.iter().any(|bay| bay.shown) {
        let now_ms = stage.now_ms();
        let next_ms = state.frame(now_ms);
        state = match next_ms {
            None => stage
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner),
            Some(next_ms) => {
                let left = Duration::from_millis(next_ms.saturating_sub(now_ms));
                let waited = stage.changed.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::dock::{Lamp, Sound};
    use std::sync::mpsc;

    const PATIENCE: Duration = Duration::from_secs(20);

    struct Told(&'static str, mpsc::Sender<(&'static str, bool)>);

    impl Output for Told {
        fn set(&self, active: bool) -> Result<(), DeviceError> {
            let Self(name, levels) = self;
            let _ = levels.send((name, active));
            match *name {
                "broken" => Err(DeviceError("broken".into())),
                _ => Ok(()),
            }
        }
    }

    #[test]
    fn two_bays_share_a_sounder() {
        let (sender, levels) = mpsc::channel();
        let told = |name| Box::new(Told(name, sender.clone())) as Box<dyn Output>;
        let lamps = vec![(told("one"), 0), (told("two"), 0)];
        let mut shown = start(lamps, vec![told("sound")]).unwrap();
        let next = || levels.recv_timeout(PATIENCE).unwrap();
        for dark in ["one", "two", "sound"] {
            assert_eq!(next(), (dark, false));
        }
        let (lamp, sound) = (Lamp::Accepted, Some(Sound::Accepted));
        shown[1].show(Signal { lamp, sound }).unwrap();
        assert_eq!(next(), ("two", true));
        assert_eq!(next(), ("sound", true));
        assert_eq!(next(), ("sound", false));
        drop(shown);
        drop(sender);
        assert_eq!(
            levels.recv_timeout(PATIENCE),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    }

    #[test]
    fn a_broken_lamp_is_told_at_the_next_signal() {
        let (sender, levels) = mpsc::channel();
        let told = |name| Box::new(Told(name, sender.clone())) as Box<dyn Output>;
        let mut shown = start(vec![(told("broken"), 0)], vec![told("sound")]).unwrap();
        while levels.recv_timeout(PATIENCE).unwrap().0 != "sound" {}
        let (lamp, sound) = (Lamp::Ready, None);
        assert!(shown[0].show(Signal { lamp, sound }).is_err());
    }
}
