use super::{Script, grant, lines, no, now, start, tag};
use crate::Brain;
use crate::io::{Exposure, Input, Memory, Releasing, Start};
use shared::event::{BayFault, Fact};
use std::collections::BTreeMap;

const STARTED: &str = "gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready";
const STARTED_IN_RELEASE: &str =
    "gateway, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready";
const STARTED_AND_CLOSED: &str =
    "gateway, lock 1, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready";
const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
";
const OPENED: &str = "
    at 20000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
    at 20100: 1 open =>
";

#[test]
fn sensors_that_agree_with_the_memory_record_nothing() {
    Script::play(&format!(
        "{DOCKED} at 20000: restart => {STARTED}\n at 90000 =>"
    ));
}

#[test]
fn carts_that_came_and_went_in_the_dark_are_told() {
    Script::play(&format!(
        "{DOCKED}
        at 20000: restart blind => {STARTED}
        at 21000: 1 tag -; 1 out; 1 shut; 2 tag a; 2 in; 2 shut; 3 tag -; 3 out; 3 shut => show 2 Reading
        at 22500 => left 1 a
        at 23000 => docked 2 a, show 2 Accepted with Accepted
        "
    ));
}

#[test]
fn a_release_goes_on_once_after_a_crash() {
    let resumed = format!(
        "{DOCKED}{OPENED}
        at 30000: restart => {STARTED_IN_RELEASE}, unlock 1, show 1 Open with Open
    "
    );
    Script::play(&format!(
        "{resumed}
        at 85000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        "
    ));
    Script::play(&format!(
        "{resumed}
        at 90000 => lock 1, show 1 Attention
        at 90100: 1 shut => expired 1 g1, show 1 Ready
        "
    ));
    Script::play(&format!(
        "{resumed}
        at 40000: restart => {STARTED_AND_CLOSED}
        at 40100: 1 shut => expired 1 g1, show 1 Ready
        "
    ));
}

#[test]
fn a_release_does_not_go_on_after_a_power_cut() {
    for (sensors, end) in [
        ("1 shut", "expired 1 g1, show 1 Ready"),
        ("1 tag -; 1 out", "pulled 1 g1 a, lock 1, show 1 Ready"),
    ] {
        Script::play(&format!(
            "{DOCKED}{OPENED}
            at 30000: reboot => {STARTED_AND_CLOSED}
            at 31000: {sensors} => {end}
            "
        ));
    }
    Script::play(&format!(
        "{DOCKED}{OPENED}
        at 25000: 1 tag -; 1 shut =>
        at 30000: reboot => {STARTED_AND_CLOSED}
        at 35000 => pulled 1 g1 a, lock 1, show 1 Reading
        "
    ));
}

#[test]
fn a_release_does_not_go_on_for_a_customer_who_has_long_gone() {
    // (begun, here again, on which boot of the machine) and whether the bay opens again.
    for (begun_at, at, machine_boot, goes_on) in [
        (0, 0, "machine 1", true),
        (0, 120_000, "machine 1", true),
        (0, 120_001, "machine 1", false),
        (1_000, 999, "machine 1", false),
        (0, 0, "machine 2", false),
        (0, 0, "", false),
    ] {
        let begun = Releasing {
            started_ms: now(begun_at, 0).wall,
            machine_boot: match machine_boot {
                "" => String::new(),
                _ => releasing().machine_boot,
            },
            ..releasing()
        };
        let Releasing { grant, rental, .. } = begun;
        let mut memory = Memory::default();
        memory.carts.insert(no(1), vec![tag("a")]);
        memory.releasing.insert(no(1), begun);
        let mut brain = Brain::new(Start {
            machine_boot: machine_boot.to_owned(),
            ..start(2, memory, 7)
        });
        let software = "test".to_owned();
        brain.handle(Input::Started { software }, now(at, 0));
        let bay = no(1);
        let mut facts = Vec::new();
        for seen in ["tag a", "in", "shut"] {
            let seen = super::words::parse_seen(&seen.split(' ').collect::<Vec<_>>());
            let observed = Input::Observed(shared::dock::Observation { bay, seen });
            facts.extend(brain.handle(observed, now(at, 0)).records);
        }
        let expired = [Fact::ReleaseExpired { bay, grant, rental }];
        let expected = if goes_on { &[][..] } else { &expired };
        assert_eq!(facts, expected, "{begun_at} {at} {machine_boot:?}");
    }
}

#[test]
fn a_cart_that_was_pulled_in_the_dark_was_pulled() {
    Script::play(&format!(
        "{DOCKED}{OPENED}
        at 30000: restart blind => {STARTED_IN_RELEASE}
        at 31000: 1 shut; 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        "
    ));
}

#[test]
fn a_release_nobody_can_judge_is_paid_back_to_nobody() {
    let others = "2 tag -; 2 out; 2 shut; 3 tag -; 3 out; 3 shut";
    Script::play(&format!(
        "{DOCKED}{OPENED}
        at 30000: restart blind => {STARTED_IN_RELEASE}
        at 30000: 1 shut; 1 tag a; {others} =>
        at 35000 => unclear 1 g1 SensorFailed, faulted 1 SensorFailed, lock 1, show 1 OutOfService with Attention
        at 36000: 1 in => recovered 1, show 1 Ready
        "
    ));
    Script::play(&format!(
        "{DOCKED}{OPENED}
        at 30000: restart blind => {STARTED_IN_RELEASE}
        at 30000: 1 shut; 1 tag -; 1 in; {others} =>
        at 35000 => lock 1
        at 39000: 1 tag a => expired 1 g1, show 1 Ready
        "
    ));
}

#[test]
fn a_grant_waits_until_the_bay_was_seen() {
    Script::play(&format!(
        "{DOCKED}
        at 20000: restart blind => {STARTED}
        at 20001: grant g1 1 =>
        at 20100: 1 tag a; 1 in =>
        at 20200: 1 shut => release 1 g1, unlock 1, show 1 Open with Open
        "
    ));
}

#[test]
fn what_a_smaller_layout_leaves_behind_is_ended() {
    let mut memory = Memory::default();
    memory.carts.insert(no(9), vec![tag("a"), tag("b")]);
    memory.releasing.insert(no(9), releasing());
    let mut brain = Brain::new(start(2, memory, 7));
    let software = "test".to_owned();
    let out = brain.handle(Input::Started { software }, now(0, 0));
    let bay = no(9);
    let Releasing { grant, rental, .. } = releasing();
    let fault = BayFault::LockFailed;
    assert_eq!(
        out.records[1..],
        [
            Fact::ReleaseUnclear {
                bay,
                grant,
                rental,
                fault
            },
            Fact::CartLeft { bay, tag: tag("b") },
            Fact::CartLeft { bay, tag: tag("a") },
        ]
    );
    assert_eq!(brain.memory(), Memory::default());
}

/// A crash after every line of a cart's way out and back: whatever was cut, the carts end where
/// they stand, each release ends once, and no grant opens twice.
#[test]
fn a_crash_after_any_step_changes_nothing_that_matters() {
    let way = "
        at 1000: 1 tag a
        at 1100: 1 in
        at 3100
        at 5000: grant g1 1
        at 5100: 1 open
        at 6000: 1 tag -
        at 6100: 1 out
        at 6500: 1 shut
        at 8000: 3 tag a
        at 8100: 3 open; 3 in
        at 8500: 3 shut
        at 10500
        at 12000: 3 tag b
        at 14000: grant g2 3
        at 14200: 3 open
        at 14300: grant g1 3
        at 15000: 3 tag a
        at 15300: 3 shut
        at 16000: 2 in; 2 tag b
        at 18000: grant g3 2
        at 18100: 2 open
        at 80000: 2 shut
        at 90000
    ";
    for cut in 0..lines(way).count() {
        for levels_told in [true, false] {
            let mut script = Script::new();
            for (index, line) in lines(way).enumerate() {
                script.line(line);
                if index == cut {
                    script.restart(levels_told);
                    if !levels_told {
                        script.restart(true);
                    }
                }
            }
            script.advance(300_000);
            check(&script, cut);
        }
    }
}

fn check(script: &Script, cut: usize) {
    let memory = script.memory();
    let carts = [(no(2), vec![tag("b")]), (no(3), vec![tag("a")])];
    assert_eq!(memory.carts, BTreeMap::from(carts), "cut {cut}");
    assert!(memory.releasing.is_empty() && memory.faults.is_empty());
    for number in 1..=3 {
        let rental = grant(&format!("g{number}"), "1", 0).rental;
        let told = script
            .journal
            .iter()
            .filter(|it| it.rental() == Some(rental));
        let kinds: Vec<_> = told.map(Fact::kind).collect();
        let pulled = kinds == ["release_started", "cart_pulled"];
        let expired = kinds == ["release_started", "release_expired"];
        assert!(
            if number == 3 { expired } else { pulled },
            "cut {cut}: {kinds:?}"
        );
    }
}

fn releasing() -> Releasing {
    let grant = grant("g1", "1", 0);
    Releasing {
        grant: grant.id,
        rental: grant.rental,
        tag: tag("a"),
        started_ms: now(0, 0).wall,
        machine_boot: "machine 1".to_owned(),
        resumed: false,
    }
}

#[test]
fn what_is_remembered_can_be_written_down_and_what_was_written_before_can_be_read() {
    let mut script = Script::play(DOCKED);
    script.line("at 20000: synced; list 3 3 9; card m1; code g7 1; 2 fail lock");
    script.line("at 20100: 1 open; 1 tag -; 1 out; 1 shut");
    script.line("at 700000: tech begin");
    let memory = script.memory();
    let exposure = &memory.exposure;
    let filled = [
        !exposure.open.is_empty(),
        !exposure.carts.is_empty(),
        !exposure.releases.is_empty(),
        exposure.limits.is_some(),
        memory.service.is_some(),
        memory.clock_floor_ms.0 > 0,
        !memory.faults.is_empty(),
    ];
    assert_eq!(filled, [true; 7]);
    let text = serde_json::to_string(&memory).unwrap();
    assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
    let old = r#"{"carts":{},"releasing":{},"used_grants":{}}"#;
    assert_eq!(
        serde_json::from_str::<Memory>(old).unwrap(),
        Memory::default()
    );
    let before_cards =
        r#"{"elapsed_ms":1,"centavos":2,"releases":{},"open":{},"allowance":3,"serial":4}"#;
    let exposure: Exposure = serde_json::from_str(before_cards).unwrap();
    assert_eq!((exposure.carts.len(), exposure.limits), (0, None));
}
