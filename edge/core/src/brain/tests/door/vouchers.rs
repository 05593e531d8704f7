//! Vouchers at the gateway's own page: once each, whatever happens in between.

use super::super::super::Brain;
use super::super::{EPOCH, cloud_key, start};
use crate::io::{
    Input, Memory, Now, Redeemed, Source, StorageLevel, VoucherAnswer, VoucherRefusal,
};
use crate::limits::{GUESS_REST_MS, GUESSES_MAX, REDEEMED_KEPT_MAX};
use proptest::prelude::*;
use shared::allowance::{Allowance, AllowanceHeader, CardLimits};
use shared::event::{Fact, Technician};
use shared::ids::GatewayId;
use shared::money::Centavos;
use shared::signed::PublicKey;
use shared::time::{ClockQuality, MonoMs, UnixMs};
use shared::voucher::{Lent, LentVoucher, VoucherKey};
use std::net::IpAddr;
use std::sync::Arc;

const DAY: i64 = 86_400_000;
const LAPSES: UnixMs = UnixMs(EPOCH + 10 * DAY);
const AMOUNT: Centavos = Centavos::new(5_000);

/// A gateway that may be turned off between two inputs, with its memory as the last commit has it.
struct Rig {
    brain: Brain,
    at: u64,
    boot: u32,
    wall: i64,
    records: Vec<Fact>,
}

fn key(number: u32) -> VoucherKey {
    VoucherKey::of("salt", &format!("CODE{number}"))
}

fn phone(number: u8) -> Source {
    Source::Phone(IpAddr::from([10, 0, 0, number]))
}

fn list(version: u64, issued_ms: i64, known_seq: u64, lent: &[u32]) -> Arc<Allowance> {
    let gateway = GatewayId::new(1, [0; 10]);
    let voucher = |number: &u32| LentVoucher {
        key: key(*number),
        amount_centavos: AMOUNT,
        lapses_ms: LAPSES,
    };
    let header = AllowanceHeader {
        v: 1,
        gateway,
        version,
        issued_ms: UnixMs(issued_ms),
        salt: "salt".into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 1,
            gateway_centavos_per_day: Centavos::new(1_000),
        },
        technicians: vec![],
        lent: Lent {
            known_seq,
            vouchers: lent.iter().map(voucher).collect(),
        },
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let text = Allowance::encode(&cloud_key(), header, vec![], vec![]);
    Arc::new(Allowance::decode(&text, &PublicKey::of(&cloud_key()), &gateway).unwrap())
}

impl Rig {
    fn new() -> Self {
        Self::with(Memory::default())
    }

    fn with(memory: Memory) -> Self {
        let mut rig = Self {
            brain: Brain::new(start(1, memory, 0)),
            at: 0,
            boot: 1,
            wall: EPOCH,
            records: Vec::new(),
        };
        rig.started();
        rig
    }

    fn started(&mut self) {
        let software = "test".to_owned();
        self.input(Input::Started { software });
    }

    fn input(&mut self, input: Input) -> Option<VoucherAnswer> {
        self.at += 1;
        let out = self.brain.handle(
            input,
            Now {
                mono: MonoMs(self.at),
                wall: UnixMs(self.wall),
                random: 7,
            },
        );
        self.records.extend(out.records);
        out.voucher
    }

    fn load(&mut self, list: &Arc<Allowance>) {
        self.input(Input::AllowanceLoaded(Arc::clone(list)));
    }

    fn power_cut(&mut self) {
        self.boot += 1;
        let head = self.brain.head_seq();
        // As the journal stores it.
        let memory = serde_json::to_string(&self.brain.memory()).unwrap();
        let memory = serde_json::from_str(&memory).unwrap();
        self.brain = Brain::new(start(self.boot, memory, head));
        self.started();
    }

    fn ask(&mut self, number: u32, from: Source, redeem: bool) -> VoucherAnswer {
        let by = Technician::Key("Rui".into());
        let asked = Input::Voucher {
            key: key(number),
            from,
            redeem: redeem.then_some(by),
        };
        self.input(asked).unwrap()
    }

    fn look(&mut self, number: u32) -> VoucherAnswer {
        self.ask(number, phone(1), false)
    }

    fn redeem(&mut self, number: u32) -> VoucherAnswer {
        self.ask(number, phone(1), true)
    }

    fn redeemed(&self) -> usize {
        let is_one = |fact: &&Fact| matches!(fact, Fact::VoucherRedeemed { .. });
        self.records.iter().filter(is_one).count()
    }
}

fn refusal(answer: VoucherAnswer) -> VoucherRefusal {
    match answer {
        VoucherAnswer::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn was_before(answer: VoucherAnswer) -> Redeemed {
    match refusal(answer) {
        VoucherRefusal::Redeemed(redeemed) => redeemed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lent_voucher_serves_once_across_looks_cuts_and_lists() {
    let mut rig = Rig::new();
    assert_eq!(refusal(rig.redeem(1)), VoucherRefusal::NoList);
    let before = list(3, EPOCH, 0, &[1, 2]);
    rig.load(&before);
    let good = VoucherAnswer::Good {
        amount: AMOUNT,
        lapses_ms: LAPSES,
        clock: ClockQuality::Unset,
    };
    assert_eq!((rig.look(1), rig.look(1), rig.redeemed()), (good, good, 0));
    assert_eq!(rig.redeem(1), VoucherAnswer::Done { amount: AMOUNT });
    let recorded = Fact::VoucherRedeemed {
        voucher: key(1),
        amount_centavos: AMOUNT,
        by: Technician::Key("Rui".into()),
        allowance: 3,
    };
    assert_eq!(rig.records.last(), Some(&recorded));
    let told = was_before(rig.redeem(1));
    assert_eq!((told.at_ms, told.amount), (UnixMs(EPOCH), AMOUNT));
    rig.power_cut();
    // The list is read from the disk a moment after the start; the memory is there at once.
    assert_eq!(was_before(rig.redeem(1)), told);
    rig.load(&before);
    assert_eq!(was_before(rig.redeem(1)), told);
    rig.load(&list(4, EPOCH, 99, &[2]));
    assert_eq!(
        was_before(rig.look(1)),
        told,
        "also after it is lent no more"
    );
    assert_eq!(rig.redeem(2), VoucherAnswer::Done { amount: AMOUNT });
    assert_eq!(rig.redeemed(), 2);
}

#[test]
fn what_the_next_list_leaves_out_is_unknown_here() {
    let mut rig = Rig::new();
    rig.load(&list(3, EPOCH, 0, &[1]));
    rig.load(&list(4, EPOCH, 0, &[]));
    assert_eq!(refusal(rig.redeem(1)), VoucherRefusal::Unknown);
    // An older one that comes late changes nothing.
    rig.load(&list(3, EPOCH, 0, &[1]));
    assert_eq!(refusal(rig.redeem(1)), VoucherRefusal::Unknown);
    assert_eq!(rig.brain.offline_state().allowance, 4);
    assert!(rig.brain.offline_state().redeems);
}

#[test]
fn without_a_clock_a_voucher_lapses_when_the_list_says_so_for_certain() {
    // (the machine's clock, the floor kept, the list's date) then whether it lapsed.
    let (soon, past) = (LAPSES.0 - 1, LAPSES.0);
    for (wall, floor, issued, lapsed) in [
        (0, 0, soon, false),
        (0, 0, past, true),
        (0, past, EPOCH, true),
        (soon, soon - DAY, EPOCH, false),
        // A clock that nobody vouched for takes no voucher away.
        (past + DAY, EPOCH, EPOCH, false),
    ] {
        let mut rig = Rig::with(Memory {
            clock_floor_ms: UnixMs(floor),
            ..Memory::default()
        });
        rig.wall = wall;
        rig.load(&list(1, issued, 0, &[1]));
        let answer = rig.redeem(1);
        let expected = match lapsed {
            true => VoucherAnswer::Refused(VoucherRefusal::Lapsed(LAPSES)),
            false => VoucherAnswer::Done { amount: AMOUNT },
        };
        assert_eq!(answer, expected, "{wall} {floor} {issued}");
    }
}

#[test]
fn with_the_clouds_time_a_voucher_lapses_to_the_moment() {
    for (now, lapsed) in [(LAPSES.0 - 100, false), (LAPSES.0, true)] {
        let mut rig = Rig::new();
        rig.load(&list(1, EPOCH, 0, &[1]));
        let acked = rig.brain.uplink_status().acked;
        rig.input(Input::Synced {
            acked,
            server_ms: UnixMs(now),
            sent: MonoMs(rig.at),
            pause_ms: None,
        });
        assert_eq!(matches!(rig.redeem(1), VoucherAnswer::Refused(_)), lapsed);
    }
}

#[test]
fn guesses_rest_for_one_phone_and_a_full_disk_redeems_nothing() {
    let mut rig = Rig::new();
    rig.load(&list(1, EPOCH, 0, &[1, 2]));
    for number in 0..GUESSES_MAX {
        let wrong = rig.ask(100 + number, phone(1), number % 2 == 0);
        assert_eq!(refusal(wrong), VoucherRefusal::Unknown);
    }
    assert_eq!(refusal(rig.redeem(1)), VoucherRefusal::LockedOut);
    assert!(matches!(
        rig.ask(1, phone(2), true),
        VoucherAnswer::Done { .. }
    ));
    rig.at += GUESS_REST_MS;
    rig.input(Input::Storage(StorageLevel::Full));
    assert!(matches!(rig.look(2), VoucherAnswer::Good { .. }));
    assert_eq!(refusal(rig.redeem(2)), VoucherRefusal::StorageFull);
    rig.input(Input::Storage(StorageLevel::Low));
    assert!(matches!(rig.redeem(2), VoucherAnswer::Done { .. }));
}

#[test]
fn after_a_salvage_only_lists_count_that_know_of_it() {
    let mut memory = Memory::default();
    memory.till.honoured_from = 1_000_001;
    let mut rig = Rig::with(memory);
    rig.load(&list(3, EPOCH, 1_000_000, &[1]));
    assert_eq!(refusal(rig.redeem(1)), VoucherRefusal::Salvaged);
    rig.load(&list(4, EPOCH, 1_000_001, &[1]));
    assert!(matches!(rig.redeem(1), VoucherAnswer::Done { .. }));
}

#[test]
fn what_is_remembered_stays_small() {
    let mut rig = Rig::new();
    let all: Vec<u32> = (0..200).collect();
    rig.load(&list(1, EPOCH, 0, &all));
    for number in 0..200 {
        rig.ask(number, phone(1), true);
    }
    // The cloud has heard of none, then of all: then the last few are kept for the page.
    for (version, known_seq, lent, kept) in [
        (2, 0, vec![], 200),
        (3, 10_000, all, 200),
        (4, 10_000, vec![], REDEEMED_KEPT_MAX),
    ] {
        rig.load(&list(version, EPOCH, known_seq, &lent));
        assert_eq!(rig.brain.memory().till.redeemed.len(), kept, "{version}");
    }
    was_before(rig.look(199));
}

#[derive(Debug, Clone)]
enum Happens {
    Redeem(u32),
    Cut,
    /// The cloud writes a list with what it knows.
    List,
    Recall(u32),
    /// The cloud hears of all records so far.
    Heard,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        (0..4u32).prop_map(Happens::Redeem),
        Just(Happens::Cut),
        Just(Happens::List),
        (0..4u32).prop_map(Happens::Recall),
        Just(Happens::Heard),
    ]
}

proptest! {
    #[test]
    fn no_voucher_is_ever_redeemed_twice_here(story in prop::collection::vec(happens(), 1..60)) {
        let mut rig = Rig::new();
        let mut lent: Vec<u32> = (0..4).collect();
        let (mut version, mut known_seq) = (1, 0);
        rig.load(&list(version, EPOCH, known_seq, &lent));
        let mut last = list(version, EPOCH, known_seq, &lent);
        for what in story {
            match what {
                Happens::Redeem(number) => {
                    rig.redeem(number);
                }
                Happens::Cut => {
                    rig.power_cut();
                    rig.load(&last);
                }
                Happens::List => {
                    version += 1;
                    last = list(version, EPOCH, known_seq, &lent);
                    rig.load(&last);
                }
                Happens::Recall(number) => lent.retain(|it| *it != number),
                Happens::Heard => {
                    known_seq = rig.brain.head_seq();
                    let done = |number: &u32| rig.records.iter().any(|fact| {
                        matches!(fact, Fact::VoucherRedeemed { voucher, .. } if *voucher == key(*number))
                    });
                    lent.retain(|number| !done(number));
                }
            }
            for number in 0..4 {
                let times = rig.records.iter().filter(|fact| {
                    matches!(fact, Fact::VoucherRedeemed { voucher, .. } if *voucher == key(number))
                });
                prop_assert!(times.count() <= 1, "{number}");
            }
        }
    }
}
