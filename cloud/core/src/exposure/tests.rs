use super::*;
use proptest::prelude::*;

const LIMIT: Centavos = Centavos::new(20_000);

#[test]
fn the_worst_is_a_number() {
    let now = UnixMs(100 * DAY_MS + 5);
    let ago = |ms: i64| now.plus(-ms);
    let lists = Lists::NONE.handed(3, LIMIT);
    let risk = CardRisk {
        lists,
        drained_ms: now,
        replaced_ms: None,
        out: Centavos::ZERO,
    };
    let rows = [
        ("here: its day may turn any moment", risk, (2, 40_000)),
        (
            "two carts are out",
            CardRisk {
                out: Centavos::new(2_000),
                ..risk
            },
            (2, 42_000),
        ),
        (
            "silent for a day and a minute",
            CardRisk {
                drained_ms: ago(DAY_MS + 60_000),
                ..risk
            },
            (3, 60_000),
        ),
        (
            "silent for thirty days",
            CardRisk {
                drained_ms: ago(30 * DAY_MS),
                out: Centavos::new(1_000),
                ..risk
            },
            (32, 641_000),
        ),
        (
            "silent for a day less what its crystal may gain and its word may take",
            CardRisk {
                drained_ms: ago(86_013_987),
                ..risk
            },
            (2, 40_000),
        ),
        (
            "and a millisecond more",
            CardRisk {
                drained_ms: ago(86_013_988),
                ..risk
            },
            (3, 60_000),
        ),
        (
            "never handed a list",
            CardRisk {
                lists: Lists::NONE,
                drained_ms: ago(30 * DAY_MS),
                ..risk
            },
            (0, 0),
        ),
        (
            "replaced ten days ago, after five silent ones",
            CardRisk {
                drained_ms: ago(15 * DAY_MS),
                replaced_ms: Some(ago(10 * DAY_MS)),
                ..risk
            },
            (8, 160_000),
        ),
        (
            "replaced, and all told",
            CardRisk {
                replaced_ms: Some(ago(10 * DAY_MS)),
                ..risk
            },
            (0, 0),
        ),
    ];
    for (name, risk, (days, worst)) in rows {
        let got = exposure(risk, now);
        assert_eq!(got.days, days, "{name}");
        assert_eq!(got.worst, Centavos::new(worst), "{name}");
    }
}

#[test]
fn a_limit_counts_until_everything_is_told_under_a_newer_list() {
    let low = Centavos::new(1_000);
    let lists = Lists::NONE.handed(3, LIMIT).handed(5, low);
    assert_eq!(lists.limit_max, LIMIT, "the old list is still there");
    assert_eq!(lists.drained(3).limit_max, LIMIT, "it goes by the old one");
    assert_eq!(lists.drained(9).limit_max, LIMIT, "one that we do not know");
    assert_eq!(lists.drained(5).limit_max, low);
    let late = lists.drained(5).handed(3, LIMIT);
    assert_eq!((late.version, late.limit, late.limit_max), (5, low, LIMIT));
}

/// A gateway as `edge/core/src/door.rs` makes one: its day is 24 h of running time or more.
struct Device {
    day_began_ms: i64,
    spent: i64,
    /// Carts out whose release was not told.
    untold: i64,
    told: i64,
    goes_by: usize,
    /// The lists that were answered: version and limit.
    on_their_way: Vec<(u64, i64)>,
}

impl Device {
    fn limit(&self) -> i64 {
        self.on_their_way.get(self.goes_by).map_or(0, |l| l.1)
    }

    fn opens(&mut self, at: i64, centavos: i64) {
        if at - self.day_began_ms >= DAY_MS {
            self.day_began_ms = at;
            self.spent = 0;
        }
        let room = (self.limit() - self.spent).max(0);
        let taken = centavos.min(room);
        self.spent += taken;
        self.untold += taken;
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// So many centavos' worth of carts leave by card.
    Opens(i64),
    /// The cloud answers a list with this limit.
    Answers(i64),
    /// The newest answered list arrives.
    Takes,
    /// It tells everything, a moment before the cloud hears it.
    Drains,
    /// Everybody who is known to be out comes back.
    Returns,
}

fn step() -> impl Strategy<Value = (i64, Step)> {
    let what = prop_oneof![
        4 => (1i64..60_000).prop_map(Step::Opens),
        1 => (0i64..40).prop_map(|n| Step::Answers(n * 1_000)),
        1 => Just(Step::Takes),
        1 => Just(Step::Drains),
        1 => Just(Step::Returns),
    ];
    (
        prop_oneof![0..60_000i64, 0..DAY_MS, Just(DAY_MS), 0..3 * DAY_MS],
        what,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_gateway_can_lose_more_than_the_number(
        phase in 0..DAY_MS,
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut at = 1_000 * DAY_MS;
        let mut device = Device {
            day_began_ms: at - phase,
            spent: 0,
            untold: 0,
            told: 0,
            goes_by: 0,
            on_their_way: vec![(0, 0)],
        };
        let (mut lists, mut drained_ms) = (Lists::NONE, at);
        for (pause_ms, step) in steps {
            at += pause_ms;
            match step {
                Step::Opens(centavos) => device.opens(at, centavos),
                Step::Answers(limit) => {
                    let version = device.on_their_way.len() as u64;
                    device.on_their_way.push((version, limit));
                    lists = lists.handed(version, Centavos::new(limit));
                }
                Step::Takes => device.goes_by = device.on_their_way.len() - 1,
                Step::Drains => {
                    device.told += std::mem::take(&mut device.untold);
                    lists = lists.drained(device.on_their_way[device.goes_by].0);
                    drained_ms = at;
                }
                Step::Returns => device.told = 0,
            }
            let risk = CardRisk {
                lists,
                drained_ms: UnixMs(drained_ms),
                replaced_ms: None,
                out: Centavos::new(device.told),
            };
            let printed = exposure(risk, UnixMs(at)).worst.get();
            let lost = device.untold + device.told;
            prop_assert!(lost <= printed, "{lost} lost, {printed} printed");
        }
    }
}
