use super::*;
use DifferenceKind as Kind;
use proptest::prelude::*;

const DAY: Day = Day {
    from_ms: UnixMs(1_000),
    to_ms: UnixMs(2_000),
};
const NOON: i64 = 1_500;

fn pix(e2eid: &str) -> Movement {
    Movement {
        side: Side::Received,
        e2eid: e2eid.into(),
        refund: None,
    }
}

fn refund(e2eid: &str, id: &str) -> Movement {
    Movement {
        side: Side::Received,
        e2eid: e2eid.into(),
        refund: Some(id.into()),
    }
}

fn booked(centavos: i64, at: i64) -> Booked {
    Booked {
        amount: Centavos::new(centavos),
        settled_ms: UnixMs(at),
    }
}

fn listed(centavos: i64, at: Option<i64>) -> Listed {
    Listed {
        amount: Centavos::new(centavos),
        settled_ms: at.map(UnixMs),
    }
}

/// Balances in which the day's entries of the ledger are all there is.
fn balances(statement: &Statement) -> (Balances, Balances) {
    let net = statement.ledger.net();
    let end = Balances {
        bank: net,
        held: net,
        ..Balances::default()
    };
    (Balances::default(), end)
}

fn compared(books: &Books) -> Statement {
    let none = Balances::default();
    let (start, end) = balances(&compare(DAY, books, none, none));
    compare(DAY, books, start, end)
}

fn kinds(statement: &Statement) -> Vec<Kind> {
    statement.differences.iter().map(|one| one.kind).collect()
}

#[test]
fn each_difference_has_its_name_and_its_gap() {
    type Sides = (Option<Booked>, Option<Listed>);
    type Row = (Movement, Sides, bool, Option<(Kind, i64)>);
    let here = Some(booked(1_000, NOON));
    let there = Some(listed(1_000, Some(NOON)));
    let rows: [Row; 15] = [
        (pix("A"), (here, there), false, None),
        (refund("A", "1"), (here, there), true, None),
        (
            pix("A"),
            (None, there),
            false,
            Some((Kind::PixNotInLedger, 1_000)),
        ),
        (
            pix("A"),
            (here, None),
            false,
            Some((Kind::PixNotAtBank, -1_000)),
        ),
        (
            pix("A"),
            (here, Some(listed(1_001, Some(NOON)))),
            false,
            Some((Kind::PixAmount, 1)),
        ),
        (
            refund("A", "1"),
            (None, there),
            true,
            Some((Kind::RefundNotInLedger, -1_000)),
        ),
        (
            refund("A", "1"),
            (None, there),
            false,
            Some((Kind::RefundUnknown, -1_000)),
        ),
        (
            refund("A", "1"),
            (here, None),
            true,
            Some((Kind::RefundNotAtBank, 1_000)),
        ),
        (
            refund("A", "1"),
            (here, Some(listed(999, Some(NOON)))),
            true,
            Some((Kind::RefundAmount, 1)),
        ),
        (
            pix("A"),
            (here, Some(listed(1_000, Some(2_000)))),
            false,
            Some((Kind::AnotherDay, -1_000)),
        ),
        (
            refund("A", "1"),
            (Some(booked(1_000, 999)), there),
            true,
            Some((Kind::AnotherDay, -1_000)),
        ),
        // Another day's business altogether.
        (
            pix("A"),
            (Some(booked(5, 2_000)), Some(listed(6, Some(999)))),
            false,
            None,
        ),
        // A bank that does not say when is believed to mean what is booked.
        (
            refund("A", "1"),
            (here, Some(listed(1_000, None))),
            true,
            None,
        ),
        (
            refund("A", "1"),
            (Some(booked(1_000, 2_000)), Some(listed(1_000, None))),
            true,
            None,
        ),
        (
            refund("A", "1"),
            (None, Some(listed(1_000, None))),
            false,
            Some((Kind::RefundUnknown, -1_000)),
        ),
    ];
    for (at, (movement, (booked, listed), ordered, expected)) in rows.into_iter().enumerate() {
        let one = |of: &Movement| of.clone();
        let books = Books {
            ledger: booked.map(|b| (one(&movement), b)).into_iter().collect(),
            bank: listed.map(|l| (one(&movement), l)).into_iter().collect(),
            ordered: ordered.then(|| one(&movement)).into_iter().collect(),
            unreadable: 0,
        };
        let statement = compared(&books);
        let found: Vec<_> = statement
            .differences
            .iter()
            .map(|d| (d.kind, d.gap().get()))
            .collect();
        assert_eq!(found, Vec::from_iter(expected), "row {at}");
        let gap = expected.map_or(0, |(_, gap)| gap);
        assert_eq!(statement.gap().get(), gap, "row {at}");
        assert_eq!(statement.is_even(), expected.is_none(), "row {at}");
    }
}

#[test]
fn what_cannot_be_read_or_does_not_add_up_is_told() {
    let books = Books {
        unreadable: 1,
        ..Books::default()
    };
    assert_eq!(kinds(&compared(&books)), [Kind::Unreadable]);
    let of = |bank, held, owed, stray| Balances {
        bank: Centavos::new(bank),
        held: Centavos::new(held),
        owed: Centavos::new(owed),
        stray: Centavos::new(stray),
        ..Balances::default()
    };
    let rescued = Balances {
        payable: Centavos::new(1),
        prize: Centavos::new(2),
        shop: Centavos::new(3),
        ..of(7, 1, 0, 0)
    };
    for (start, end, uneven) in [
        (of(0, 0, 0, 0), of(0, 0, 0, 0), 0),
        (of(7, 1, 2, 4), of(7, 0, 0, 7), 0),
        (of(7, 7, 0, 0), rescued, 0),
        (of(7, 1, 2, 3), of(7, 1, 2, 4), 1),
        (of(0, 0, 0, 0), of(7, 7, 0, 0), 1),
        (of(0, 0, 0, 0), of(7, 0, 0, 0), 2),
    ] {
        let statement = compare(DAY, &Books::default(), start, end);
        let expected = vec![Kind::Uneven; uneven];
        assert_eq!(kinds(&statement), expected, "{start:?} {end:?}");
    }
}

#[derive(Debug, Clone)]
enum Fault {
    None,
    NotBooked,
    NotListed,
    Amount(i64),
    Day,
}

fn movement_and_fault() -> impl Strategy<Value = (u8, Option<u8>, i64, i64, Fault)> {
    let fault = prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::NotBooked),
        1 => Just(Fault::NotListed),
        1 => (1i64..500).prop_map(Fault::Amount),
        1 => Just(Fault::Day),
    ];
    let refund = prop::option::of(0u8..4);
    (0u8..20, refund, 1i64..1_000_000, 900i64..2_100, fault)
}

proptest! {
    #[test]
    fn the_gap_is_what_the_named_differences_add_up_to(
        rows in prop::collection::vec(movement_and_fault(), 0..40)
    ) {
        let mut books = Books::default();
        let mut planted = 0;
        let mut seen = BTreeSet::new();
        for (e2eid, id, amount, at, fault) in rows {
            let movement = match id {
                None => pix(&format!("E{e2eid}")),
                Some(id) => refund(&format!("E{e2eid}"), &id.to_string()),
            };
            if !seen.insert(movement.clone()) {
                continue;
            }
            let today = DAY.has(UnixMs(at));
            let (ours, theirs) = (booked(amount, at), listed(amount, Some(at)));
            let (ours, theirs) = match fault {
                Fault::None => (Some(ours), Some(theirs)),
                Fault::NotBooked => (None, Some(theirs)),
                Fault::NotListed => (Some(ours), None),
                Fault::Amount(more) => (Some(ours), Some(listed(amount + more, Some(at)))),
                Fault::Day => (Some(ours), Some(listed(amount, Some(at + 5_000)))),
            };
            planted += usize::from(today && !matches!(fault, Fault::None));
            books.ledger.extend(ours.map(|one| (movement.clone(), one)));
            books.bank.extend(theirs.map(|one| (movement.clone(), one)));
        }
        let statement = compared(&books);
        prop_assert_eq!(statement.differences.len(), planted);
        let named: Centavos = statement.differences.iter().map(Difference::gap).sum();
        prop_assert_eq!(statement.gap(), named);
        prop_assert_eq!(statement.is_even(), planted == 0);
    }
}
