use super::*;

/// Per field: its default, and the bounds that product.md or the field's use sets.
const TABLE: [(Field, Option<i64>, i64, i64); FIELDS] = [
    (Field::Deposit, Some(1_000), 1, 50_000),
    (Field::PaymentWindow, Some(300), 60, 3_600),
    (Field::GrantValid, Some(120), 30, 600),
    (Field::DarkGrantWait, Some(900), 60, 86_400),
    (Field::CardReleases, Some(4), 0, 50),
    (Field::GatewayExposure, Some(20_000), 0, 1_000_000),
    (Field::AbandonAfter, Some(4 * 60), 60, 7 * 24 * 60),
    (Field::ClosesAt, None, 0, 24 * 60 - 1),
    (Field::ClosingGrace, Some(60), 0, 6 * 60),
    (Field::NoticeLead, Some(30), 5, 12 * 60),
    (Field::FinderShare, Some(5_000), 0, 9_999),
    (Field::ClaimValid, Some(15), 2, 60),
    (Field::ClaimsPerCpf, Some(3), 0, 20),
    (Field::ClaimsPerKey, Some(3), 0, 20),
    (Field::PayoutDelay, Some(24), 1, 30 * 24),
    (Field::PairReturns, Some(2), 0, 20),
    (Field::PairWindow, Some(30), 1, 90),
];

/// The default with one number another.
fn with(field: Field, number: Option<i64>) -> Result<Policy, Vec<PolicyError>> {
    Policy::of(|f| match f {
        // Room for the longest notice, and for the shortest wait.
        Field::AbandonAfter if field == Field::NoticeLead => Some(10_080),
        Field::NoticeLead if field == Field::AbandonAfter => Some(5),
        f if f == field => number,
        f => Policy::DEFAULT.number(f),
    })
}

#[test]
fn each_field_has_its_default_and_its_bounds() {
    assert_eq!(Policy::DEFAULT.check(), Ok(()));
    for ((field, default, min, max), place) in TABLE.into_iter().zip(Field::ALL) {
        assert_eq!(field, place, "one line a field, in their order");
        assert_eq!(Policy::DEFAULT.number(field), default, "{field:?}");
        for good in [min, max] {
            let policy = with(field, Some(good)).unwrap();
            assert_eq!(policy.number(field), Some(good), "{field:?}");
            assert_eq!(policy.check(), Ok(()));
        }
        let wrong = Err(vec![PolicyError::OutOfBounds(field)]);
        for bad in [min - 1, max + 1, i64::MIN, i64::MAX] {
            assert_eq!(with(field, Some(bad)), wrong, "{field:?} {bad}");
        }
        if field.is_optional() {
            assert_eq!(with(field, None).unwrap().number(field), None);
        } else {
            assert_eq!(with(field, None), wrong, "{field:?} left out");
        }
    }
}

#[test]
fn the_finder_never_gets_the_whole_deposit() {
    assert!(!Field::FinderShare.bounds().contains(&10_000));
}

#[test]
fn the_notice_falls_within_the_time() {
    let both = |after: i64, lead: i64| {
        Policy::of(|field| match field {
            Field::AbandonAfter => Some(after),
            Field::NoticeLead => Some(lead),
            other => Policy::DEFAULT.number(other),
        })
        .map(drop)
    };
    assert_eq!(both(60, 59), Ok(()));
    assert_eq!(both(60, 60), Err(vec![PolicyError::NoticeBeforeStart]));
    let bounds = PolicyError::OutOfBounds;
    assert_eq!(both(59, 60), Err(vec![bounds(Field::AbandonAfter)]));
}

#[test]
fn everything_wrong_is_named_in_the_order_of_the_fields() {
    let wrong = Policy::of(|_| Some(-1)).unwrap_err();
    assert_eq!(wrong, Field::ALL.map(PolicyError::OutOfBounds));
    assert_eq!(
        wrong[0].to_string(),
        "deposit_centavos: from 1 to 50000",
        "the first is what one who changes one thing at a time reads"
    );
}

#[test]
fn a_policy_is_its_numbers() {
    let numbers = Field::ALL.map(|field| Policy::DEFAULT.number(field));
    assert_eq!(Policy::stored(numbers), Ok(Policy::DEFAULT));
    for (at, field) in Field::ALL.into_iter().enumerate() {
        let mut other = numbers;
        other[at] = Some(7);
        let policy = Policy::stored(other).unwrap();
        assert_eq!(policy.number(field), Some(7), "{field:?}");
        let changes: Vec<_> = policy.changes_from(&Policy::DEFAULT).collect();
        assert_eq!(changes, [field]);
        if !matches!(field, Field::Deposit | Field::GatewayExposure) {
            other[at] = Some(-1);
            assert_eq!(Policy::stored(other), Err(field));
        }
    }
}
