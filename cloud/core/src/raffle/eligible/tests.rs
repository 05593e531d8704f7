use super::*;
use shared::time::UnixMs;

const WINDOW: Window = Window {
    opens_ms: UnixMs(100),
    closes_ms: UnixMs(200),
    t_close_ms: UnixMs(230),
};

fn candidate(after: i64, arrived: i64) -> Candidate<u8> {
    Candidate {
        known: Known {
            after_ms: Some(UnixMs(after)),
            arrived_ms: UnixMs(arrived),
        },
        is_moved: false,
        is_told: true,
        is_honoured: true,
        is_here: true,
        person: Some(1),
    }
}

#[test]
fn each_reason_keeps_an_entry_out_and_the_first_is_named() {
    use Outside::*;
    let good = candidate(150, 151);
    let bad = Candidate {
        is_honoured: false,
        is_told: false,
        person: None,
        ..good
    };
    let known = |after, arrived| candidate(after, arrived).known;
    for (one, verdict) in [
        (good, Verdict::Counts),
        (
            Candidate {
                is_here: false,
                ..bad
            },
            Verdict::Out(Store),
        ),
        (
            Candidate {
                known: known(150, 231),
                ..bad
            },
            Verdict::Moves(Late),
        ),
        (
            Candidate {
                known: known(201, 220),
                ..bad
            },
            Verdict::Out(Period),
        ),
        (
            Candidate {
                known: known(90, 99),
                ..bad
            },
            Verdict::Out(Period),
        ),
        (
            Candidate {
                known: known(90, 99),
                is_moved: true,
                ..good
            },
            Verdict::Counts,
        ),
        (bad, Verdict::Moves(UnderReview)),
        (
            Candidate {
                is_honoured: true,
                ..bad
            },
            Verdict::Moves(Untold),
        ),
        (
            Candidate {
                person: None,
                ..good
            },
            Verdict::Out(NoCpf),
        ),
        // In doubt, told in the grace.
        (candidate(199, 230), Verdict::Counts),
    ] {
        assert_eq!(sift(WINDOW, 9, &[one]), [verdict], "{one:?}");
    }
}

#[test]
fn the_earliest_of_a_person_count_and_only_what_counts_fills_the_cap() {
    let mine = candidate(150, 151);
    let another = Candidate {
        person: Some(2),
        ..mine
    };
    let waits = Candidate {
        is_honoured: false,
        ..mine
    };
    let out = Verdict::Out(Outside::OverCap);
    assert_eq!(
        sift(WINDOW, 2, &[waits, mine, another, mine, mine]),
        [
            Verdict::Moves(Outside::UnderReview),
            Verdict::Counts,
            Verdict::Counts,
            Verdict::Counts,
            out,
        ]
    );
}
