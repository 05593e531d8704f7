use super::*;

fn h(n: u64) -> Hash {
    Hash::of_line(&n.to_string())
}

#[test]
fn a_batch_continues_leaves_a_gap_or_forks() {
    let head = Head { seq: 5, hash: h(5) };
    let honest = |i: u64, first: u64| h(first + i);
    let forged = |i: u64, first: u64| h(1_000 + first + i);
    use Continuation::{Continues, Fork, Gap};
    let rows = [
        ("next", 6, 3, h(5), true, Continues { known: 0 }),
        ("all known", 3, 3, h(2), true, Continues { known: 3 }),
        ("partly known", 4, 4, h(3), true, Continues { known: 2 }),
        ("known, shorter", 2, 2, h(1), true, Continues { known: 2 }),
        ("question", 6, 0, h(5), true, Continues { known: 0 }),
        ("gap", 7, 1, h(6), true, Gap),
        ("journal shorter than ours", 4, 0, h(3), true, Gap),
        ("question of a clone", 6, 0, h(99), true, Fork { seq: 5 }),
        ("other past", 6, 1, h(99), true, Fork { seq: 5 }),
        ("other present", 4, 2, h(3), false, Fork { seq: 5 }),
        ("other present, longer", 5, 9, h(4), false, Fork { seq: 5 }),
    ];
    for (name, first_seq, count, prev, genuine, expected) in rows {
        let hash_at = |i| {
            if genuine {
                honest(i, first_seq)
            } else {
                forged(i, first_seq)
            }
        };
        let batch = Batch {
            first_seq,
            count,
            prev,
            salvaged: None,
            kept_after: None,
            kept_proved: false,
        };
        let got = place(head, batch, hash_at, |seq| Ok::<_, ()>(Some(h(seq))));
        assert_eq!(got, Ok(expected), "{name}");
    }
}

#[test]
fn a_salvaged_journal_goes_on_beyond_its_gap() {
    let head = Head { seq: 5, hash: h(5) };
    use Continuation::{Continues, Fork, Gap};
    let at = |seq: u64| Head { seq, hash: h(seq) };
    let other = Head {
        seq: 3,
        hash: h(99),
    };
    let rows = [
        (
            "the cloud holds more",
            100,
            at(3),
            99,
            h(3),
            Continues { known: 0 },
        ),
        (
            "the cloud holds as much",
            100,
            at(5),
            99,
            h(5),
            Continues { known: 0 },
        ),
        (
            "the whole range was used",
            6,
            at(3),
            5,
            h(3),
            Continues { known: 0 },
        ),
        ("earlier lines first", 100, at(7), 99, h(7), Gap),
        ("another past", 100, other, 99, h(99), Fork { seq: 3 }),
        ("a number that is not its own", 100, at(3), 50, h(3), Gap),
        ("follows something else", 100, at(3), 99, h(4), Gap),
        (
            "beyond the range already",
            4,
            at(2),
            3,
            h(2),
            Fork { seq: 5 },
        ),
    ];
    for (name, first_seq, last, uncertain_to, prev, expected) in rows {
        let batch = Batch {
            first_seq,
            count: 2,
            prev,
            salvaged: Some(Salvaged { last, uncertain_to }),
            kept_after: None,
            kept_proved: false,
        };
        let hash_at = |i| h(1_000 + first_seq + i);
        let got = place(head, batch, hash_at, |seq| Ok::<_, ()>(Some(h(seq))));
        assert_eq!(got, Ok(expected), "{name}");
    }
}

#[test]
fn a_cloud_that_was_set_back_goes_on_after_what_nobody_holds_if_it_once_did() {
    use Continuation::{Beyond, Continues, Fork, Gap, Unproved};
    let at = |seq: u64| Head { seq, hash: h(seq) };
    let other = Head {
        seq: 40,
        hash: h(99),
    };
    let jump = Some(Salvaged {
        last: at(40),
        uncertain_to: 60,
    });
    let beyond = Beyond { after: 40 };
    let rows = [
        ("a batch", 5, 41, 2, Some(at(40)), None, beyond),
        ("a question", 5, 41, 0, Some(at(40)), None, beyond),
        (
            "over a gap of its own",
            5,
            61,
            2,
            Some(at(40)),
            jump,
            beyond,
        ),
        ("it says nothing", 5, 41, 2, None, None, Gap),
        ("another line", 5, 41, 2, Some(other), None, Gap),
        ("not where it ends", 5, 42, 2, Some(at(40)), None, Gap),
        (
            "the cloud holds as much",
            40,
            41,
            2,
            Some(at(40)),
            None,
            Continues { known: 0 },
        ),
        (
            "the cloud holds other lines",
            41,
            41,
            1,
            Some(at(40)),
            None,
            Fork { seq: 41 },
        ),
    ];
    for (name, held_to, first_seq, count, kept_after, salvaged, expected) in rows {
        let batch = Batch {
            first_seq,
            count,
            prev: h(first_seq.min(41) - 1),
            salvaged,
            kept_after,
            kept_proved: true,
        };
        let hash_at = |i| h(1_000 + first_seq + i);
        let held = |seq| Ok::<_, ()>(Some(h(seq)));
        let got = place(at(held_to), batch, hash_at, held);
        assert_eq!(got, Ok(expected), "{name}");
        let unproved = Batch {
            kept_proved: false,
            ..batch
        };
        let expected = match expected {
            Beyond { after } => Unproved { after },
            other => other,
        };
        let got = place(at(held_to), unproved, hash_at, held);
        assert_eq!(got, Ok(expected), "{name}, without proof");
    }
}
