//! The same day at a dock, told by clocks that are right and by clocks that are wrong.

use super::{Script, lines};
use crate::io::DoorAnswer;
use shared::event::Fact;
use shared::time::ClockQuality;

const YEAR_MS: i64 = 365 * 86_400_000;

/// Everything that judges by a time: grants by link and by phone, codes, cards, expiry, returns; in
/// a boot that heard the cloud, and after a power cut in one that did not. `fault` marks the moments
/// at which a wrong clock may be seen, `back` the one at which it is right again.
const DAY: &str = "
    at 1000: 1 tag a; 1 in; 2 tag b; 2 in; 3 tag c; 3 in
    at 4000: list 1 3 20; fault
    at 5000: synced
    at 20000: grant g1 1
    at 20100: 1 open
    at 21000: 1 tag -; 1 out
    at 21100: 1 shut
    at 30000: grant g2 2 until 29000
    at 40000: code g3 2
    at 40100: 2 open; fault
    at 41000: 2 tag -; 2 out
    at 41100: 2 shut
    at 60000: 1 tag b; 1 in
    at 63000: card m1
    at 63100: 1 open
    at 64000: 1 tag -; 1 out
    at 64100: 1 shut
    at 600000: 2 tag a; 2 in; fault
    at 603000
    at 660000: synced
    at 700000: reboot; fault
    at 700100: list 1 3 20
    at 701000: carry g4 2 until 590000
    at 702000: carry g5 2
    at 702100: 2 open
    at 703000: 2 tag -; 2 out
    at 703100: 2 shut
    at 710000: 1 tag b; 1 in
    at 713000: code g6 1
    at 713100: 1 open
    at 714000: 1 tag -; 1 out; fault
    at 714100: 1 shut
    at 720000: 1 tag a; 1 in
    at 723000: card m2
    at 723100: 1 open
    at 784000: 1 shut
    at 785000: card m2
    at 785100: 1 open; card m2
    at 786000: 1 tag -; 1 out
    at 786100: 1 shut
    at 801500: carry g7 3; carry g8 3
    at 801600: 3 open
    at 860000
    at 865000: 3 shut
    at 900000: back; synced
    at 910000: grant g9 1
    at 910100: grant g8 3
";

struct Told {
    facts: Vec<Fact>,
    answers: Vec<DoorAnswer>,
    qualities: Vec<ClockQuality>,
}

/// Tells the day with the machine's clock wrong by each of `skews_ms` in turn.
fn tell(skews_ms: &[i64]) -> Told {
    let mut script = Script::new();
    let mut skews = skews_ms.iter().cycle();
    for line in lines(DAY) {
        let skew = match line.contains("fault") {
            true => *skews.next().unwrap(),
            false => script.skew_ms,
        };
        let line = line.replace("fault", &format!("skew {skew}"));
        script.line(&line.replace("back", "skew 0"));
    }
    Told {
        facts: script.journal,
        answers: script.answers,
        qualities: script.stamps.iter().map(|stamp| stamp.clock).collect(),
    }
}

#[test]
fn no_clock_changes_an_outcome() {
    let right = tell(&[0]);
    let opened = right
        .answers
        .iter()
        .filter(|it| matches!(it, DoorAnswer::Opening { .. }));
    assert_eq!(opened.count(), 8, "{:?}", right.answers);
    let nineteen_seventy = -super::EPOCH;
    let (ten_years, two_weeks) = (10 * YEAR_MS, -14 * 86_400_000);
    for skews in [
        &[nineteen_seventy][..],
        &[ten_years],
        &[two_weeks],
        &[0, ten_years],
        &[two_weeks, 0],
        &[nineteen_seventy, ten_years, two_weeks],
        &[ten_years, nineteen_seventy, 0, two_weeks],
    ] {
        let wrong = tell(skews);
        assert_eq!(wrong.facts, right.facts, "{skews:?}");
        assert_eq!(wrong.answers, right.answers, "{skews:?}");
        assert!(wrong.qualities.contains(&ClockQuality::Floor), "{skews:?}");
    }
    assert!(!right.qualities.contains(&ClockQuality::Floor));
}

#[test]
fn the_floor_costs_few_commits() {
    let mut script = Script::new();
    let mut kept = script.memory().clock_floor_ms;
    let mut commits = 0;
    for second in 1..3_600 {
        script.line(&format!("at {}: synced", second * 1_000));
        let floor = script.memory().clock_floor_ms;
        commits += i32::from(floor != kept);
        kept = floor;
    }
    assert_eq!(commits, 6);
}
