use super::*;
use ed25519_dalek::SigningKey;
use shared::allowance::{AllowanceHeader, CardLimits, TechnicianKey};
use shared::ids::GatewayId;
use shared::money::Centavos;
use shared::time::UnixMs;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn here() -> GatewayId {
    GatewayId::new(1, [1; 10])
}

fn sign(seed: u8, challenge: &str) -> String {
    crate::technician::answer(&key(seed), here(), challenge.to_owned())
}

fn secret() -> SharedSecret {
    SharedSecret::between(&key(1), &PublicKey::of(&key(2)))
}

/// A list that names the owners of these keys.
fn list(seeds: &[u8]) -> Allowance {
    let gateway = here();
    let header = AllowanceHeader {
        v: 1,
        gateway,
        version: 1,
        issued_ms: UnixMs(0),
        salt: "salt".into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 1,
            gateway_centavos_per_day: Centavos::new(10_000),
        },
        technicians: seeds
            .iter()
            .map(|seed| TechnicianKey {
                name: format!("technician {seed}"),
                key: PublicKey::of(&key(*seed)),
            })
            .collect(),
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let text = Allowance::encode(&key(2), header, Vec::new(), Vec::new());
    Allowance::decode(&text, &PublicKey::of(&key(2)), &gateway).unwrap()
}

struct Door {
    guard: Guard,
    secret: SharedSecret,
    list: Option<Allowance>,
    now: Instant,
}

impl Door {
    fn new(list: Option<Allowance>) -> Self {
        let now = Instant::now();
        Self {
            guard: Guard::new(now),
            secret: secret(),
            list,
            now,
        }
    }

    fn keys(&self) -> Keys<'_> {
        Keys {
            gateway: here(),
            secret: &self.secret,
            list: self.list.as_ref(),
        }
    }

    fn challenge(&self) -> String {
        self.guard.challenge(self.now)
    }

    fn answer(&self, challenge: &str, answer: &str) -> Outcome {
        self.guard.answer(challenge, answer, &self.keys(), self.now)
    }

    fn enter(&self) -> String {
        let challenge = self.challenge();
        let answer = self.secret.technician_answer(&challenge);
        self.answer(&challenge, &answer).entered.unwrap().token
    }

    fn fail(&self) -> Outcome {
        self.answer(&self.challenge(), "00000000")
    }

    fn by(&self, token: &str) -> Option<Technician> {
        let pass = self.guard.pass(token, Some(&self.keys()), true, self.now)?;
        Some(pass.by)
    }
}

#[test]
fn challenges_are_eight_unmistakable_characters_and_never_the_same() {
    let door = Door::new(None);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let challenge = door.challenge();
        assert_eq!(challenge.len(), 8);
        assert!(challenge.bytes().all(|byte| ALPHABET.contains(&byte)));
        seen.insert(challenge);
    }
    assert!(seen.len() > 198, "{}", seen.len());
}

#[test]
fn an_answer_is_right_wrong_used_or_late() {
    let mut door = Door::new(Some(list(&[3])));
    let challenge = door.challenge();
    let right = secret().technician_answer(&challenge);
    let spaced = format!(" {} {} ", &right[..4], &right[4..]);
    assert_eq!(
        door.answer(&challenge, &spaced).entered.unwrap().by,
        Technician::Code
    );
    let refused = |outcome: Outcome| outcome.entered.unwrap_err();
    assert_eq!(refused(door.answer(&challenge, &right)), Refused::Used);
    let other = door.challenge();
    assert_eq!(refused(door.answer(&other, &right)), Refused::Wrong);
    let right = secret().technician_answer(&other);
    assert_eq!(
        refused(door.answer(&other, &right)),
        Refused::Used,
        "one try"
    );
    for made_up in ["", "ABCD1234", "abcd1234", "ééééé"] {
        let right = secret().technician_answer(made_up);
        assert_eq!(
            refused(door.answer(made_up, &right)),
            Refused::Expired,
            "{made_up}"
        );
    }
    let late = door.challenge();
    door.now += CHALLENGE_LIFE + SLOT * 2;
    let right = secret().technician_answer(&late);
    assert_eq!(refused(door.answer(&late, &right)), Refused::Expired);
    let in_time = door.challenge();
    door.now += CHALLENGE_LIFE - SLOT;
    let right = secret().technician_answer(&in_time);
    assert!(door.answer(&in_time, &right).entered.is_ok());
}

#[test]
fn a_key_opens_while_it_is_on_the_list() {
    let mut door = Door::new(Some(list(&[3, 4])));
    let challenge = door.challenge();
    let entered = door
        .answer(&challenge, &sign(4, &challenge))
        .entered
        .unwrap();
    assert_eq!(entered.by, Technician::Key("technician 4".into()));
    for (seed, of, refused) in [
        (5, None, Refused::Stranger),
        (4, Some("ABCD1234"), Refused::Stranger),
    ] {
        let challenge = door.challenge();
        let line = sign(seed, of.unwrap_or(&challenge));
        assert_eq!(door.answer(&challenge, &line).entered.unwrap_err(), refused);
    }
    let challenge = door.challenge();
    let elsewhere = GatewayId::new(1, [2; 10]);
    let relayed = crate::technician::answer(&key(4), elsewhere, challenge.clone());
    let refused = door.answer(&challenge, &relayed).entered.unwrap_err();
    assert_eq!(refused, Refused::Stranger, "signed for another dock");
    assert!(door.by(&entered.token).is_some());
    door.list = Some(list(&[3]));
    assert_eq!(door.by(&entered.token), None, "revoked while signed in");
    let challenge = door.challenge();
    let revoked = door.answer(&challenge, &sign(4, &challenge));
    assert_eq!(revoked.entered.unwrap_err(), Refused::Stranger);
    door.list = None;
    let challenge = door.challenge();
    let without_list = door.answer(&challenge, &sign(3, &challenge));
    assert_eq!(without_list.entered.unwrap_err(), Refused::Stranger);
}

#[test]
fn five_failures_lock_everybody_out_for_a_while() {
    let mut door = Door::new(None);
    for lock in 0..7 {
        for failure in 1..=FAILURES_MAX {
            let outcome = door.fail();
            assert_eq!(outcome.entered.unwrap_err(), Refused::Wrong);
            assert_eq!(outcome.locked_now, failure == FAILURES_MAX);
        }
        let challenge = door.challenge();
        let right = secret().technician_answer(&challenge);
        let length = LOCK * (1 << lock.min(LOCK_DOUBLINGS_MAX));
        door.now += length - Duration::from_millis(1);
        let outcome = door.answer(&challenge, &right);
        assert_eq!(outcome.entered.unwrap_err(), Refused::Locked, "lock {lock}");
        assert!(!outcome.locked_now, "one record a lock");
        door.now += Duration::from_millis(1);
    }
    door.enter();
    for _ in 0..FAILURES_MAX {
        door.fail();
    }
    door.now += LOCK;
    door.enter();
}

#[test]
fn a_session_falls_asleep_is_left_and_is_nobody_elses() {
    let mut door = Door::new(None);
    let token = door.enter();
    assert_eq!(door.by("x"), None);
    for _ in 0..3 {
        door.now += IDLE - Duration::from_secs(1);
        assert_eq!(door.by(&token), Some(Technician::Code));
    }
    let watched = door.guard.pass(&token, None, false, door.now).unwrap();
    door.now += IDLE;
    assert!(!door.guard.is_open(&watched, None, door.now));
    assert_eq!(door.by(&token), None);
    let token = door.enter();
    let pass = door.guard.pass(&token, None, true, door.now).unwrap();
    door.guard.leave(&pass);
    assert_eq!(door.by(&token), None);
    let first = door.enter();
    for _ in 0..SESSIONS_MAX {
        door.now += Duration::from_secs(1);
        door.enter();
    }
    assert_eq!(door.by(&first), None, "the longest idle makes room");
}

#[test]
fn wrong_answers_keep_no_enrolled_key_out() {
    let door = Door::new(Some(list(&[3])));
    for _ in 0..FAILURES_MAX {
        door.fail();
    }
    let challenge = door.challenge();
    let typed = door.answer(&challenge, &secret().technician_answer(&challenge));
    assert_eq!(typed.entered.unwrap_err(), Refused::Locked);
    let strange = door.answer(&challenge, &sign(5, &challenge));
    assert_eq!(strange.entered.unwrap_err(), Refused::Stranger);
    let signed = door.answer(&challenge, &sign(3, &challenge));
    assert_eq!(
        signed.entered.unwrap().by,
        Technician::Key("technician 3".into())
    );
    let again = door.answer(&challenge, &sign(3, &challenge));
    assert_eq!(again.entered.unwrap_err(), Refused::Used);
}

#[test]
fn a_session_in_use_ends_with_the_working_day() {
    let mut door = Door::new(None);
    let token = door.enter();
    let steps = u32::try_from(SESSION_LIFE.as_secs() / 1_200).unwrap();
    for _ in 1..steps {
        door.now += Duration::from_secs(1_200);
        assert!(door.by(&token).is_some());
    }
    door.now += Duration::from_secs(1_200);
    assert_eq!(door.by(&token), None);
}
