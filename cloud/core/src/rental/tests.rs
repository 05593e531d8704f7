use super::*;
use InvalidTransition as No;

fn tag() -> TagUid {
    TagUid::new(&[1, 2, 3, 4]).unwrap()
}

fn states() -> [Rental; 9] {
    let review = Some(Review::Contradicted(Contradiction::CartWithoutTag));
    let twice = Some(Review::Contradicted(Contradiction::TagInTwoBays));
    [
        Rental::AwaitingPayment,
        Rental::Paid,
        Rental::Out {
            tag: tag(),
            since_ms: UnixMs(1),
        },
        Rental::Returned { review },
        Rental::Returned { review: twice },
        Rental::Returned { review: None },
        Rental::Closed,
        Rental::Expired,
        Rental::Cancelled {
            reason: CancelReason::NotTaken,
        },
    ]
}

/// `Ok("")` is "already applied".
type Row = [Result<&'static str, No>; 9];

fn check(what: &str, expected: Row, step: impl Fn(Rental) -> Result<&'static str, No>) {
    for (rental, expected) in states().into_iter().zip(expected) {
        assert_eq!(step(rental), expected, "{what} of {rental:?}");
    }
}

fn name<T>(step: Step<T>, of: impl Fn(T) -> Rental) -> &'static str {
    match step {
        Step::Executed(next) => of(next).state(),
        Step::AlreadyApplied => "",
    }
}

#[test]
fn every_transition_from_every_state() {
    use No::{AlreadyOut, AlreadyPaid, NotOut, NotPaid, Over};
    let over = [Err(Over), Err(Over), Err(Over)];
    let with_end = |start: [Result<&'static str, No>; 6], end: [Result<&'static str, No>; 3]| {
        let mut row = [Ok(""); 9];
        row[..6].copy_from_slice(&start);
        row[6..].copy_from_slice(&end);
        row
    };
    let paid = Err(AlreadyPaid);
    check(
        "pay",
        with_end([Ok("paid"), paid, paid, paid, paid, paid], over),
        |r| r.pay().map(|r| r.state()),
    );
    check(
        "expire",
        with_end(
            [Ok("expired"), paid, paid, paid, paid, paid],
            [Err(Over), Ok(""), Err(Over)],
        ),
        |r| r.expire().map(|s| name(s, |r| r)),
    );
    let out = Err(AlreadyOut);
    check(
        "cancel",
        with_end(
            [Ok("cancelled"), Ok("cancelled"), out, out, out, out],
            [Err(Over), Err(Over), Ok("")],
        ),
        |r| {
            r.cancel(CancelReason::BayFault)
                .map(|s| name(s, |(r, _)| r))
        },
    );
    check(
        "pull",
        with_end([Err(NotPaid), Ok("out"), Ok(""), out, out, out], over),
        |r| r.pull(tag(), UnixMs(2)).map(|s| name(s, |r| r)),
    );
    let not_out = Err(NotOut);
    let ended = [Ok(""), Err(Over), Err(Over)];
    check(
        "dock",
        with_end(
            [
                not_out,
                not_out,
                Ok("returned"),
                Ok("returned"),
                Ok(""),
                Ok(""),
            ],
            ended,
        ),
        |r| r.dock().map(|s| name(s, |(r, _)| r)),
    );
    check(
        "hold",
        with_end(
            [not_out, not_out, Ok("returned"), Ok(""), Ok(""), Ok("")],
            ended,
        ),
        |r| r.hold(Review::PulledAgain).map(|s| name(s, |r| r)),
    );
    check(
        "approve",
        with_end(
            [
                not_out,
                not_out,
                not_out,
                Ok("returned"),
                Ok("returned"),
                Ok(""),
            ],
            ended,
        ),
        |r| r.approve().map(|s| name(s, |(r, _)| r)),
    );
    check(
        "give up the cart",
        with_end(
            [
                not_out,
                not_out,
                Ok("returned"),
                Ok("returned"),
                Ok("returned"),
                Ok(""),
            ],
            ended,
        ),
        |r| r.give_up_cart().map(|s| name(s, |(r, _)| r)),
    );
    check(
        "settle",
        with_end(
            [Err(NotPaid), paid, paid, paid, paid, Ok("closed")],
            [Ok(""), Ok(""), Ok("")],
        ),
        |r| r.settle().map(|s| name(s, |r| r)),
    );
}

#[test]
fn a_deposit_stands_for_a_cart_until_its_return_is_honoured() {
    let stands = [false, true, true, true, true, false, false, false, false];
    assert_eq!(states().map(|rental| rental.holds_deposit()), stands);
    assert!(Backing::Card.owes_nothing());
    assert!(!Backing::Deposit.owes_nothing());
}

#[test]
fn only_a_paid_rental_gets_money_back_on_cancelling() {
    let refunds = |r: Rental| match r.cancel(CancelReason::ByCustomer) {
        Ok(Step::Executed((_, refund))) => refund,
        other => panic!("{other:?}"),
    };
    assert!(!refunds(Rental::AwaitingPayment));
    assert!(refunds(Rental::Paid));
}

#[test]
fn another_cart_than_the_one_that_left_is_not_the_same_pull() {
    let out = Rental::Out {
        tag: tag(),
        since_ms: UnixMs(1),
    };
    let other = TagUid::new(&[9, 9, 9, 9]).unwrap();
    assert_eq!(out.pull(other, UnixMs(2)), Err(No::AlreadyOut));
}

fn abandoned(is_back: bool) -> Rental {
    Rental::Abandoned {
        tag: tag(),
        since_ms: UnixMs(1),
        abandoned_ms: UnixMs(2),
        is_back,
    }
}

type Told = Result<&'static str, No>;

/// Each transition from: abandoned, abandoned and back, rescued.
#[test]
fn every_transition_of_an_abandoned_cart() {
    use No::{Abandoned, AlreadyOut, AlreadyPaid, Over};
    type Row = (&'static str, [Told; 3], fn(Rental) -> Told);
    let rows: Vec<Row> = vec![
        (
            "pay",
            [Err(AlreadyPaid), Err(AlreadyPaid), Err(Over)],
            |r| r.pay().map(|r| r.state()),
        ),
        (
            "expire",
            [Err(AlreadyPaid), Err(AlreadyPaid), Err(Over)],
            |r| r.expire().map(|s| name(s, |r| r)),
        ),
        (
            "cancel",
            [Err(AlreadyOut), Err(AlreadyOut), Err(Over)],
            |r| r.cancel(CancelReason::ByStaff).map(|s| name(s, |(r, _)| r)),
        ),
        ("pull", [Ok(""), Ok(""), Err(Over)], |r| {
            r.pull(tag(), UnixMs(2)).map(|s| name(s, |r| r))
        }),
        ("dock", [Err(Abandoned), Ok(""), Ok("")], |r| {
            r.dock().map(|s| name(s, |(r, _)| r))
        }),
        ("hold", [Ok("returned"), Ok(""), Ok("")], |r| {
            r.hold(Review::PulledAgain).map(|s| name(s, |r| r))
        }),
        ("approve", [Err(Abandoned), Err(Abandoned), Ok("")], |r| {
            r.approve().map(|s| name(s, |(r, _)| r))
        }),
        (
            "give up the cart",
            [Ok("returned"), Err(Abandoned), Ok("")],
            |r| r.give_up_cart().map(|s| name(s, |(r, _)| r)),
        ),
        (
            "settle",
            [Err(AlreadyPaid), Err(AlreadyPaid), Ok("")],
            |r| r.settle().map(|s| name(s, |r| r)),
        ),
        ("abandon", [Ok(""), Ok(""), Err(Over)], |r| {
            r.abandon(UnixMs(3)).map(|s| name(s, |r| r))
        }),
        ("bring", [Ok("abandoned"), Ok(""), Ok("")], |r| {
            r.bring().map(|s| name(s, |r| r))
        }),
        (
            "come back",
            [Ok("returned"), Ok("returned"), Err(Over)],
            |r| r.come_back(false).map(|s| name(s, |(r, _)| r)),
        ),
        ("rescue", [Err(Abandoned), Ok("rescued"), Ok("")], |r| {
            r.rescue().map(|s| name(s, |r| r))
        }),
        (
            "overturn",
            [Err(Abandoned), Err(Abandoned), Ok("returned")],
            |r| r.overturn().map(|s| name(s, |r| r)),
        ),
    ];
    for (what, expected, step) in rows {
        let from = [abandoned(false), abandoned(true), Rental::Rescued];
        assert_eq!(from.map(step), expected, "{what}");
    }
    assert!(abandoned(true).holds_deposit());
    assert!(!Rental::Rescued.holds_deposit());
}

#[test]
fn only_a_cart_that_is_out_is_abandoned() {
    use No::{NotOut, Over};
    let rows: [Told; 9] = [
        Err(NotOut),
        Err(NotOut),
        Ok("abandoned"),
        Err(Over),
        Err(Over),
        Err(Over),
        Err(Over),
        Err(Over),
        Err(Over),
    ];
    check("abandon", rows, |r| {
        r.abandon(UnixMs(2)).map(|s| name(s, |r| r))
    });
}
