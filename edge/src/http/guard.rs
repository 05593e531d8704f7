//! Who may act at this gateway: challenges, answers, the lock after wrong ones, and sessions.
//!
//! A challenge is made without being stored: random bits and a code over them and the moment, under a
//! key of this start. So whoever asks for thousands pushes nobody's out; only used ones are kept.

use crate::technician::{ALPHABET, SignedAnswer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared::allowance::Allowance;
use shared::event::Technician;
use shared::ids::GatewayId;
use shared::offline::SharedSecret;
use shared::signed::{self, Domain, PublicKey};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a challenge can be answered: long enough to dictate it over a telephone.
pub(super) const CHALLENGE_LIFE: Duration = Duration::from_secs(600);

/// A challenge knows its moment to this.
const SLOT: Duration = Duration::from_secs(20);

/// Wrong answers in a row before nobody may answer for a while.
pub(super) const FAILURES_MAX: u32 = 5;

pub(super) const LOCK: Duration = Duration::from_secs(30);

/// Each lock in a row is twice as long, up to this: a year of guessing then finds one of the 10^8
/// answers with a chance of 1 in 200.
const LOCK_DOUBLINGS_MAX: u32 = 4;

/// A quiet hour, and locks begin short again.
const QUIET: Duration = Duration::from_secs(3600);

/// A session ends when nobody used it for so long.
pub(super) const IDLE: Duration = Duration::from_secs(1800);

/// And after a working day in any case: a phone that was left behind, or a cookie that was taken.
pub(super) const SESSION_LIFE: Duration = Duration::from_secs(8 * 3600);

/// More people than stand at a dock with a screwdriver.
const SESSIONS_MAX: usize = 16;

/// What answers are checked against.
pub(super) struct Keys<'a> {
    pub gateway: GatewayId,
    pub secret: &'a SharedSecret,
    pub list: Option<&'a Allowance>,
}

/// Why an answer was not taken, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Locked,
    Used,
    /// Or never asked by this start of the gateway.
    Expired,
    /// Signed with a key that is not on the list, or no more; or for another gateway or challenge.
    Stranger,
    Wrong,
}

impl Refused {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Stranger => "stranger",
            Self::Wrong => "wrong",
        }
    }
}

#[derive(Debug)]
pub(super) struct Outcome {
    pub entered: Result<Entered, Refused>,
    /// With this answer the lock began.
    pub locked_now: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Entered {
    /// The session's secret, for the cookie.
    pub token: String,
    pub by: Technician,
}

/// A session that was shown.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub by: Technician,
    id: [u8; 32],
}

#[derive(Clone)]
pub(super) struct Guard(Arc<Mutex<State>>);

struct State {
    began: Instant,
    key: [u8; 32],
    /// Challenges that were answered, right or wrong, until they are too old anyway.
    used: BTreeMap<String, Instant>,
    failures: u32,
    locks: u32,
    failed_at: Option<Instant>,
    locked_until: Option<Instant>,
    /// By the hash of their secret.
    sessions: BTreeMap<[u8; 32], Session>,
}

struct Session {
    by: Technician,
    /// The key that opened it, which must stay on the list.
    key: Option<PublicKey>,
    began: Instant,
    seen: Instant,
}

impl Guard {
    pub(super) fn new(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(State {
            began: now,
            key: random(),
            used: BTreeMap::new(),
            failures: 0,
            locks: 0,
            failed_at: None,
            locked_until: None,
            sessions: BTreeMap::new(),
        })))
    }

    /// A fresh challenge of eight characters.
    pub(super) fn challenge(&self, now: Instant) -> String {
        let state = self.lock();
        let [a, b, c, ..] = random::<3>();
        let nonce = u32::from_be_bytes([0, a, b, c]) & PART_MASK;
        state.spelled(nonce, state.slot(now))
    }

    pub(super) fn answer(
        &self,
        challenge: &str,
        answer: &str,
        keys: &Keys<'_>,
        now: Instant,
    ) -> Outcome {
        let mut state = self.lock();
        let judged = state.judge(challenge, answer, keys, now);
        let mut locked_now = false;
        let entered = judged.map(|(by, key)| state.enter(by, key, now));
        match &entered {
            Ok(_) => (state.failures, state.locks) = (0, 0),
            Err(Refused::Wrong) => locked_now = state.failed(now),
            Err(Refused::Locked | Refused::Used | Refused::Expired | Refused::Stranger) => {}
        }
        Outcome {
            entered,
            locked_now,
        }
    }

    /// For how long nobody may answer; none when the door is open.
    pub(super) fn closed_for(&self, now: Instant) -> Option<Duration> {
        let until = self.lock().locked_until?;
        until
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())
    }

    /// Who holds this session's secret. `used` keeps the session from falling asleep.
    pub(super) fn pass(
        &self,
        token: &str,
        keys: Option<&Keys<'_>>,
        used: bool,
        now: Instant,
    ) -> Option<Pass> {
        self.lock().pass(id_of(token), keys, used, now)
    }

    /// Whether a session goes on.
    pub(super) fn is_open(&self, pass: &Pass, keys: Option<&Keys<'_>>, now: Instant) -> bool {
        self.lock().pass(pass.id, keys, false, now).is_some()
    }

    pub(super) fn leave(&self, pass: &Pass) {
        self.lock().sessions.remove(&pass.id);
    }

    /// What is done under the lock is done or not: a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Four characters of five bits.
const PART_MASK: u32 = (1 << 20) - 1;

impl State {
    /// A signature cannot be guessed: so it neither waits for the lock nor counts towards it, and
    /// nobody keeps an enrolled technician out by answering wrongly again and again.
    fn judge(
        &mut self,
        challenge: &str,
        answer: &str,
        keys: &Keys<'_>,
        now: Instant,
    ) -> Result<(Technician, Option<PublicKey>), Refused> {
        let signed = signed::text_of(answer.trim()).is_ok();
        if !signed && self.locked_until.is_some_and(|until| now < until) {
            return Err(Refused::Locked);
        }
        let fresh = |_: &String, at: &mut Instant| now.duration_since(*at) < CHALLENGE_LIFE + SLOT;
        self.used.retain(fresh);
        if self.used.contains_key(challenge) {
            return Err(Refused::Used);
        }
        if !self.asked(challenge, now) {
            return Err(Refused::Expired);
        }
        if signed {
            // Wrong ones leave the challenge as it is: there is nothing to guess, and nothing to keep.
            let by = signed_by(answer.trim(), challenge, keys)?;
            self.used.insert(challenge.to_owned(), now);
            return Ok(by);
        }
        self.used.insert(challenge.to_owned(), now);
        match same(&digits(answer), &keys.secret.technician_answer(challenge)) {
            true => Ok((Technician::Code, None)),
            false => Err(Refused::Wrong),
        }
    }

    fn enter(&mut self, by: Technician, key: Option<PublicKey>, now: Instant) -> Entered {
        if self.sessions.len() >= SESSIONS_MAX {
            let oldest = self.sessions.iter().min_by_key(|(_, it)| it.seen);
            if let Some(id) = oldest.map(|(id, _)| *id) {
                self.sessions.remove(&id);
            }
        }
        let token = URL_SAFE_NO_PAD.encode(random::<32>());
        let session = Session {
            by: by.clone(),
            key,
            began: now,
            seen: now,
        };
        self.sessions.insert(id_of(&token), session);
        Entered { token, by }
    }

    /// True when the lock begins.
    fn failed(&mut self, now: Instant) -> bool {
        let quiet = |at: Instant| now.duration_since(at) >= QUIET;
        if self.failed_at.is_some_and(quiet) {
            (self.failures, self.locks) = (0, 0);
        }
        self.failed_at = Some(now);
        self.failures += 1;
        if self.failures < FAILURES_MAX {
            return false;
        }
        self.locked_until = Some(now + LOCK * (1 << self.locks.min(LOCK_DOUBLINGS_MAX)));
        self.locks += 1;
        self.failures = 0;
        true
    }

    fn pass(
        &mut self,
        id: [u8; 32],
        keys: Option<&Keys<'_>>,
        used: bool,
        now: Instant,
    ) -> Option<Pass> {
        let session = self.sessions.get_mut(&id)?;
        let listed = |key: &PublicKey| {
            let list = keys.and_then(|keys| keys.list);
            list.is_some_and(|list| list.header.technicians.iter().any(|it| it.key == *key))
        };
        let over = now.duration_since(session.seen) >= IDLE
            || now.duration_since(session.began) >= SESSION_LIFE;
        if over || session.key.as_ref().is_some_and(|key| !listed(key)) {
            self.sessions.remove(&id);
            return None;
        }
        if used {
            session.seen = now;
        }
        let by = session.by.clone();
        Some(Pass { by, id })
    }

    /// Whether this start asked this challenge, lately.
    fn asked(&self, challenge: &str, now: Instant) -> bool {
        let Some(nonce) = challenge.get(..4).and_then(read) else {
            return false;
        };
        let slot = self.slot(now);
        let oldest = slot.saturating_sub(CHALLENGE_LIFE.as_secs() / SLOT.as_secs());
        (oldest..=slot).any(|slot| self.spelled(nonce, slot) == challenge)
    }

    fn slot(&self, now: Instant) -> u64 {
        now.duration_since(self.began).as_secs() / SLOT.as_secs()
    }

    fn spelled(&self, nonce: u32, slot: u64) -> String {
        let digest = Sha256::new()
            .chain_update(self.key)
            .chain_update(nonce.to_be_bytes())
            .chain_update(slot.to_be_bytes())
            .finalize();
        let code = u32::from_be_bytes([0, digest[0], digest[1], digest[2]]) & PART_MASK;
        let letter =
            |number: u32, place: u32| char::from(ALPHABET[(number >> (5 * place) & 31) as usize]);
        let letters = |number: u32| (0..4).rev().map(move |place| letter(number, place));
        letters(nonce).chain(letters(code)).collect()
    }
}

fn read(text: &str) -> Option<u32> {
    text.bytes().try_fold(0u32, |number, byte| {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        Some(number << 5 | u32::try_from(digit).ok()?)
    })
}

fn signed_by(
    line: &str,
    challenge: &str,
    keys: &Keys<'_>,
) -> Result<(Technician, Option<PublicKey>), Refused> {
    let technicians = keys.list.map_or(&[][..], |list| &list.header.technicians);
    let signer = technicians
        .iter()
        .find(|it| signed::verify(&it.key, Domain::TechnicianAnswer, line).is_ok());
    let signer = signer.ok_or(Refused::Stranger)?;
    let said: Option<SignedAnswer> = signed::text_of(line)
        .ok()
        .and_then(|json| serde_json::from_str(json).ok());
    let ours = |said: SignedAnswer| said.challenge == challenge && said.gateway == keys.gateway;
    match said.is_some_and(ours) {
        true => Ok((Technician::Key(signer.name.clone()), Some(signer.key))),
        false => Err(Refused::Stranger),
    }
}

fn digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).collect()
}

/// Takes the same time wherever the first difference is.
fn same(one: &str, other: &str) -> bool {
    let differs = |sum: u8, (a, b): (u8, u8)| sum | (a ^ b);
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, differs) == 0
}

fn id_of(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the kernel of a running system gives random numbers");
    bytes
}

#[cfg(test)]
mod tests;
