//! People who would live off abandoned carts, against the rules, by seeded chance.
//!
//! What the rules cannot know is assumed, and named: how often a payer objects whose cart was taken
//! from them, and what a quarter of an hour is worth to who hides a cart. Everything else is decided by
//! the code under test.

use crate::policy::Policy;
use crate::rescue::*;
use shared::time::UnixMs;

const POLICY: Policy = Policy::DEFAULT;
const DEPOSIT: i64 = POLICY.deposit_centavos.get();
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_795_000_000_000;

/// To hide a cart and to fetch it again: a quarter of an hour at about R$ 7 an hour.
const HANDLING: i64 = 175;
/// Of a hundred people whose cart was taken from them, so many say so within the day.
const ROBBED_OBJECT: u64 = 70;
/// What an upheld objection costs somebody who works here: far less than the job.
const JOB: i64 = 10_000;
/// A person looks at an objection within this time.
const REVIEW: i64 = 2 * DAY;
/// And decides one in so many of what was held in disfavour of who was right.
const REVIEW_ERRS: i64 = 10;

const SEEDS: [u64; 4] = [1, 20_261_121, 0xdead_beef, 77_777];

/// Xorshift: chance that a printed seed repeats.
struct Chance(u64);

impl Chance {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).rotate_left(21) % bound
    }

    fn within(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).expect("a positive bound");
        i64::try_from(self.below(bound)).expect("below an i64")
    }

    fn percent(&mut self, of_a_hundred: u64) -> bool {
        self.below(100) < of_a_hundred
    }
}

fn mark(kind: u8, number: u64) -> Mark {
    let mut bytes = [kind; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Mark(bytes)
}

/// Somebody puts a cart into a bay.
#[derive(Clone, Copy)]
struct Attempt {
    at: i64,
    payer: u64,
    abandoned: bool,
    service: bool,
    sensors_agree: bool,
    /// Whose CPF and key are typed after so long.
    who: u64,
    after: i64,
    staff: bool,
    /// The payer objects; true: and is right.
    objects: Option<bool>,
}

impl Attempt {
    fn honest(at: i64, payer: u64, who: u64) -> Self {
        Self {
            at,
            payer,
            abandoned: true,
            service: false,
            sensors_agree: true,
            who,
            after: 60_000,
            staff: false,
            objects: None,
        }
    }
}

/// A reward that was promised.
struct Find {
    payer: u64,
    who: u64,
    at: i64,
    pay_from: UnixMs,
    objects: Option<bool>,
}

impl Find {
    /// Payers object six hours later, a person looks at it in two days.
    fn objection(&self, now: i64) -> Objection {
        match self.objects {
            Some(_) if now < self.at + 6 * HOUR => Objection::None,
            Some(_) if now < self.at + 6 * HOUR + REVIEW => Objection::Open,
            Some(true) => Objection::Upheld,
            Some(false) => Objection::Dismissed,
            None => Objection::None,
        }
    }
}

#[derive(Default)]
struct Shop {
    finds: Vec<Find>,
    /// Dockings that a person looks at before anything is promised.
    reviews: i64,
}

impl Shop {
    fn record(&self, who: u64, payer: Option<u64>, now: i64) -> Record {
        let window = i64::from(POLICY.pair_window_days) * DAY;
        let count = |of: &dyn Fn(&Find) -> bool| {
            let found = self.finds.iter().filter(|find| find.who == who && of(find));
            u16::try_from(found.count()).expect("few finds")
        };
        let today = count(&|find| find.at / DAY == now / DAY && find.at <= now);
        Record {
            rewards_today_of_cpf: today,
            rewards_today_of_key: today,
            rewards_of_pair: count(&|find| Some(find.payer) == payer && now - find.at < window),
            objections: count(&|find| {
                let said = find.objection(now);
                matches!(said, Objection::Open | Objection::Upheld) && now - find.at < window
            }),
        }
    }

    fn dock(&mut self, attempt: Attempt) -> Decision {
        let claimed = attempt.at + attempt.after;
        let keys = [mark(2, attempt.payer)];
        let docking = Docking {
            deposit: POLICY.deposit_centavos,
            payer: Payer {
                cpf: Some(mark(1, attempt.payer)),
                keys: &keys,
            },
            abandoned_ms: attempt.abandoned.then(|| UnixMs(attempt.at - HOUR)),
            docked_ms: UnixMs(attempt.at),
            insertion: match attempt.service {
                true => Insertion::Service,
                false => Insertion::Customer,
            },
            sensors_agree: attempt.sensors_agree,
            disputed: false,
            claim: Some(Claim {
                at_ms: UnixMs(claimed),
                by: Claimant::Finder(Finder {
                    cpf: mark(1, attempt.who),
                    reward: Reward::Key(mark(2, attempt.who)),
                    staff: attempt.staff,
                    record: self.record(attempt.who, Some(attempt.payer), claimed),
                }),
            }),
        };
        let decision = decide(&POLICY, &docking);
        self.reviews += i64::from(decision.outcome == Outcome::Review && attempt.sensors_agree);
        if let Outcome::Rescued { pay_from_ms } = decision.outcome {
            self.finds.push(Find {
                payer: attempt.payer,
                who: attempt.who,
                at: claimed,
                pay_from: pay_from_ms,
                objects: attempt.objects,
            });
        }
        decision
    }

    /// What became of a promised reward: asked when it is due, and again when whatever held it was
    /// looked at.
    fn end(&self, find: &Find) -> Release {
        let asked = |now: i64| {
            let record = self.record(find.who, None, now);
            release(find.pay_from, find.objection(now), &record, UnixMs(now))
        };
        match asked(find.pay_from.0) {
            Release::Pay => Release::Pay,
            _ => asked(find.pay_from.0 + 3 * DAY),
        }
    }

    fn ended(&self, end: Release) -> i64 {
        let all = self.finds.iter().filter(|find| self.end(find) == end);
        i64::try_from(all.count()).expect("few finds")
    }

    /// What is paid, and what a person lets through of what is held.
    fn earned(&self) -> i64 {
        let share = Split::of_rescue(POLICY.deposit_centavos, POLICY.finder_share_basis_points);
        let let_through = (self.ended(Release::Hold) + self.reviews) / REVIEW_ERRS;
        (self.ended(Release::Pay) + let_through) * share.finder.get()
    }

    fn upheld(&self) -> bool {
        self.finds.iter().any(|find| find.objects == Some(true))
    }
}

fn day(number: i64) -> i64 {
    START / DAY * DAY + number * DAY + 9 * HOUR
}

/// What a cheat makes over a season, a seed each, which is printed.
fn profits(name: &str, season: impl Fn(&mut Chance) -> i64) -> Vec<i64> {
    let of_seed = |seed| {
        let profit = season(&mut Chance::of(seed));
        println!("{name}, seed {seed}: {profit} centavos");
        profit
    };
    SEEDS.map(of_seed).into()
}

#[test]
fn to_hoard_carts_that_are_abandoned_earns_nothing_more() {
    let made = profits("hoard", |chance| {
        let mut more = 0;
        for round in 0..200 {
            let carts = 1 + chance.within(9);
            let (mut at_once, mut later) = (Shop::default(), Shop::default());
            let wait = chance.within(20);
            for cart in 0..carts {
                let payer = u64::try_from(round * 100 + cart).expect("positive");
                // Found two a day; or brought together when the hoard is large enough.
                at_once.dock(Attempt::honest(day(cart / 2), payer, 1_000_000));
                let together = day(carts + wait) + cart * 60_000;
                later.dock(Attempt::honest(together, payer, 1_000_000));
            }
            more += later.earned() - at_once.earned();
        }
        more
    });
    assert!(made.iter().all(|more| *more <= 0), "{made:?}");
}

#[test]
fn to_snatch_a_cart_in_use_earns_nothing() {
    let made = profits("snatch and dock", |chance| {
        let mut shop = Shop::default();
        for cart in 0..500 {
            let decision = shop.dock(Attempt {
                abandoned: false,
                ..Attempt::honest(day(cart / 10) + chance.within(8 * HOUR), 5, 1_000_000)
            });
            assert_eq!(decision.outcome, Outcome::InTime);
            assert_eq!(decision.split.payer.get(), DEPOSIT);
            assert_eq!(decision.entry, Entry::Payer);
        }
        shop.earned()
    });
    assert!(made.iter().all(|profit| *profit == 0), "{made:?}");
}

/// `of_one_name`: how many carts until another CPF and key are used.
fn hidden(chance: &mut Chance, of_one_name: u64, handling: i64) -> i64 {
    let mut shop = Shop::default();
    for cart in 0..600_u64 {
        let robbed = chance.percent(ROBBED_OBJECT);
        let number = i64::try_from(cart).expect("few carts");
        shop.dock(Attempt {
            objects: robbed.then_some(true),
            ..Attempt::honest(day(number / 3), cart, 1_000_000 + cart / of_one_name)
        });
    }
    shop.earned() - 600 * handling
}

#[test]
fn to_hide_a_cart_in_use_until_it_counts_as_abandoned_does_not_pay() {
    for of_one_name in [1, 3, 30, 600] {
        let made = profits("snatch and hide", |chance| {
            hidden(chance, of_one_name, HANDLING)
        });
        assert!(made.iter().all(|profit| *profit < 0), "{made:?}");
    }
    // Without the effort: under one name the first who objects ends it, but for what a person lets by.
    for profit in profits("for free, one name", |chance| hidden(chance, 600, 0)) {
        assert!(profit <= (600 / REVIEW_ERRS + 10) * DEPOSIT / 2, "{profit}");
    }
}

#[test]
fn accounts_that_play_ping_pong_lose() {
    let made = profits("ping-pong", |chance| {
        let mut shop = Shop::default();
        let (ring, mut lost, mut reviews) = (2 + chance.below(6), 0, 0);
        for round in 0..300 {
            let payer = chance.below(ring);
            let who = (payer + 1 + chance.below(ring - 1)) % ring;
            let decision = shop.dock(Attempt::honest(day(round / 3), payer, who));
            match decision.outcome {
                Outcome::Rescued { .. } => lost += DEPOSIT,
                // At best they talk the reviewer into giving the deposit back.
                Outcome::Review => reviews += 1,
                _ => {}
            }
        }
        assert!(reviews > 0, "the pairs are seen");
        shop.earned() - lost
    });
    assert!(made.iter().all(|profit| *profit < 0), "{made:?}");
}

#[test]
fn a_tag_without_its_cart_is_never_paid() {
    let made = profits("tag", |chance| {
        let mut shop = Shop::default();
        let mut spent = 0;
        for tag in 0..500_i64 {
            // One bay in a hundred is fooled by a box of the right weight, which must be carried there;
            // every other tag was peeled from a cart that an accomplice paid for.
            let (fooled, own) = (chance.percent(1), tag % 2 == 0);
            let payer = u64::try_from(tag).expect("positive");
            let decision = shop.dock(Attempt {
                sensors_agree: fooled,
                ..Attempt::honest(day(tag / 3), payer, 1_000_000 + payer)
            });
            spent += HANDLING;
            match decision.outcome {
                Outcome::Rescued { .. } if own => spent += DEPOSIT,
                Outcome::Rescued { .. } => {}
                outcome => assert_eq!(outcome, Outcome::Review),
            }
        }
        shop.earned() - spent
    });
    assert!(made.iter().all(|profit| *profit < 0), "{made:?}");
}

#[test]
fn an_insider_earns_nothing() {
    let made = profits("insider", |chance| {
        let mut shop = Shop::default();
        for cart in 0..300_i64 {
            let payer = u64::try_from(cart).expect("positive");
            let own = chance.percent(50);
            // By their own CPF, or by a cousin's while the dock is in service mode.
            let decision = shop.dock(Attempt {
                staff: own,
                service: !own,
                ..Attempt::honest(day(cart / 2), payer, if own { 9 } else { 1_000_000 })
            });
            assert_eq!(decision.outcome, Outcome::Unclaimed);
        }
        assert_eq!(shop.earned(), 0);
        // Carts that customers left with them, kept until abandoned, claimed for a cousin.
        for cart in 300..400_i64 {
            let payer = u64::try_from(cart).expect("positive");
            let robbed = chance.percent(ROBBED_OBJECT);
            shop.dock(Attempt {
                objects: robbed.then_some(true),
                ..Attempt::honest(day(cart), payer, 1_000_000)
            });
        }
        shop.earned() - if shop.upheld() { JOB } else { 0 }
    });
    assert!(made.iter().all(|profit| *profit <= 0), "{made:?}");
}

/// A season of four hundred people who now and then bring a cart that stood in the lot.
#[test]
fn honest_finders_are_hardly_ever_refused() {
    for seed in SEEDS {
        let mut chance = Chance::of(seed);
        let mut shop = Shop::default();
        let (mut brought, mut refused) = (0, 0);
        for number in 0..90 {
            for who in 0..400_u64 {
                let carts = match chance.below(1_000) {
                    0..2 => 3,
                    2..8 => 2,
                    8..80 => 1,
                    _ => 0,
                };
                for _ in 0..carts {
                    let slow = chance.below(1_000) < 2;
                    let minutes = if slow { 16 } else { 1 + chance.within(14) };
                    // One payer in a hundred objects to what was right; a person errs in a tenth.
                    let wrongly = chance.percent(1).then(|| chance.percent(10));
                    let moment = day(number) + chance.within(10 * HOUR);
                    let decision = shop.dock(Attempt {
                        after: minutes * 60_000,
                        objects: wrongly,
                        ..Attempt::honest(moment, 10_000 + chance.below(3_000), who)
                    });
                    brought += 1;
                    refused += i64::from(decision.outcome == Outcome::Unclaimed);
                }
            }
        }
        refused += shop.ended(Release::Void);
        let held = shop.ended(Release::Hold) + shop.reviews;
        println!("honest, seed {seed}: of {brought} refused {refused}, looked at {held}");
        let lost = refused * REVIEW_ERRS + held;
        assert!(
            lost * 100 <= brought * REVIEW_ERRS,
            "{lost} tenths of {brought}"
        );
        assert!(held * 100 <= brought, "few wait for a person: {held}");
    }
}
