use super::*;

fn known(state: PayoutState) -> Known {
    Known {
        state,
        order_no: 1,
        attempts: 0,
        age_ms: 0,
    }
}

fn again(after_ms: i64, concern: Option<Concern>) -> Next {
    Next::AskAgain { after_ms, concern }
}

fn anew(after_ms: i64, concern: Concern) -> Next {
    Next::OrderAnew { after_ms, concern }
}

const MINUTE: i64 = 60_000;

#[test]
fn the_banks_word_about_an_order_under_way() {
    use BankWord as W;
    use PayoutState::{Processing, Requested};
    use Refusal as R;
    let refused = Some(Concern::Refused);
    let rows = [
        (Requested, W::Settled, Next::Book),
        (Processing, W::Settled, Next::Book),
        (Requested, W::Processing, again(500, None)),
        (Requested, W::Unknown, again(500, None)),
        (Processing, W::Unknown, again(500, None)),
        // What the bank has shown before is not given up because it is not shown now.
        (Processing, W::Rejected(R::KeyUnknown), again(500, None)),
        (
            Requested,
            W::Refused(R::KeyUnknown),
            Next::AskKey(R::KeyUnknown),
        ),
        (
            Processing,
            W::Refused(R::OwnerDiffers),
            Next::AskKey(R::OwnerDiffers),
        ),
        (
            Processing,
            W::Refused(R::AccountGone),
            Next::AskKey(R::AccountGone),
        ),
        (
            Requested,
            W::Rejected(R::OwnerDiffers),
            Next::AskKey(R::OwnerDiffers),
        ),
        (
            Processing,
            W::Refused(R::NoBalance),
            anew(10 * MINUTE, Concern::NoBalance),
        ),
        (
            Requested,
            W::Rejected(R::NoBalance),
            again(10 * MINUTE, Some(Concern::NoBalance)),
        ),
        (
            Processing,
            W::Refused(R::BankLimit),
            anew(60 * MINUTE, Concern::Refused),
        ),
        (
            Requested,
            W::Rejected(R::Budget),
            again(30 * MINUTE, refused),
        ),
        (
            Processing,
            W::Refused(R::TimedOut),
            anew(5 * MINUTE, Concern::Refused),
        ),
        (
            Processing,
            W::Refused(R::Other),
            anew(5 * MINUTE, Concern::Refused),
        ),
        (Requested, W::Rejected(R::Other), again(5 * MINUTE, refused)),
        // The id may be taken by our own request that is not shown yet: it is never replaced.
        (
            Requested,
            W::Doubtful(R::KeyUnknown),
            again(5 * MINUTE, refused),
        ),
        (
            Requested,
            W::Doubtful(R::Duplicate),
            again(5 * MINUTE, refused),
        ),
        (Processing, W::Refused(R::Fraud), Next::AskPerson(R::Fraud)),
        (
            Processing,
            W::Refused(R::Duplicate),
            Next::AskPerson(R::Duplicate),
        ),
    ];
    for (state, word, next) in rows {
        assert_eq!(decide(&known(state), word), next, "{state:?} {word:?}");
    }
}

#[test]
fn a_decided_order_hears_nothing_but_money() {
    use PayoutState as S;
    let words = [
        BankWord::Processing,
        BankWord::Refused(Refusal::Other),
        BankWord::Rejected(Refusal::KeyUnknown),
        BankWord::Doubtful(Refusal::Other),
        BankWord::Unknown,
    ];
    let unsent = [
        S::Waiting,
        S::Held(Hold::Objection),
        S::Void,
        S::Refused(Refusal::KeyUnknown),
    ];
    for state in unsent {
        assert_eq!(decide(&known(state), BankWord::Settled), Next::Excess);
        for word in words {
            assert_eq!(decide(&known(state), word), Next::AlreadyApplied);
        }
    }
    for state in [S::Settled, S::Returned] {
        assert_eq!(
            decide(&known(state), BankWord::Settled),
            Next::AlreadyApplied
        );
        for word in words {
            assert_eq!(decide(&known(state), word), Next::AlreadyApplied);
        }
    }
}

#[test]
fn asking_slows_down_and_a_person_is_told_after_a_quarter_of_an_hour() {
    let at = |attempts, age_ms| {
        let known = Known {
            attempts,
            age_ms,
            ..known(PayoutState::Processing)
        };
        decide(&known, BankWord::Processing)
    };
    assert_eq!(at(3, 0), again(4_000, None));
    assert_eq!(at(40, ALARM_AFTER_MS - 1), again(5 * MINUTE, None));
    assert_eq!(
        at(40, ALARM_AFTER_MS),
        again(5 * MINUTE, Some(Concern::Late))
    );
}

#[test]
fn orders_do_not_follow_each_other_for_ever() {
    let at = |order_no, why| {
        let known = Known {
            order_no,
            ..known(PayoutState::Processing)
        };
        decide(&known, BankWord::Refused(why))
    };
    assert_eq!(at(3, Refusal::Other), anew(20 * MINUTE, Concern::Refused));
    assert_eq!(at(4, Refusal::Other), Next::AskPerson(Refusal::Other));
    let empty = anew(10 * MINUTE, Concern::NoBalance);
    assert_eq!(at(400, Refusal::NoBalance), empty, "money comes some day");
}

#[test]
fn limits_hold_what_a_person_has_not_seen() {
    let limits = Limits {
        one_max: Centavos::new(1_000),
        day_max: Centavos::new(2_500),
    };
    for (amount, sent, hold) in [
        (1_000, 0, None),
        (1_001, 0, Some(Hold::AboveLimit)),
        (1_000, 1_500, None),
        (1_000, 1_501, Some(Hold::AboveDayLimit)),
        (1, i64::MAX, Some(Hold::AboveDayLimit)),
    ] {
        let held = held_by_limits(Centavos::new(amount), Centavos::new(sent), &limits);
        assert_eq!(held, hold, "{amount} after {sent}");
    }
}

#[test]
fn states_are_read_as_they_were_written() {
    let mut all = vec![
        PayoutState::Waiting,
        PayoutState::Requested,
        PayoutState::Processing,
        PayoutState::Settled,
        PayoutState::Returned,
        PayoutState::Void,
    ];
    all.extend(Hold::ALL.map(PayoutState::Held));
    all.extend(Refusal::ALL.map(PayoutState::Refused));
    for state in all {
        assert_eq!(
            PayoutState::read(state.as_str(), state.reason()),
            Some(state)
        );
    }
    assert_eq!(PayoutState::read("lost", None), None);
}
