use super::*;

const TEN: Centavos = Centavos::new(1_000);

fn fresh() -> Known {
    Known {
        state: RefundState::Requested,
        amount: TEN,
        order_no: 1,
        attempts: 0,
        age_ms: 0,
        pix_age_ms: HOUR_MS,
        left: TEN,
    }
}

const WORDS: [fn(Refusal) -> BankWord; 3] =
    [BankWord::Refused, BankWord::Rejected, BankWord::Doubtful];

fn words() -> Vec<BankWord> {
    let mut words = vec![BankWord::Processing, BankWord::Settled, BankWord::Unknown];
    for why in Refusal::ALL {
        words.extend(WORDS.map(|word| word(why)));
    }
    words
}

fn ask(after_ms: i64, concern: Option<Concern>) -> Next {
    Next::AskAgain { after_ms, concern }
}

fn anew(after_ms: i64, concern: Concern) -> Next {
    Next::OrderAnew { after_ms, concern }
}

#[test]
fn what_a_state_says_of_the_money() {
    // Whether the bank is asked, whether it is over, whether the payer has the money.
    for (state, under_way, is_final, paid) in [
        (RefundState::Requested, true, false, false),
        (RefundState::Processing, true, false, false),
        (RefundState::Settled, false, true, true),
        (RefundState::Refused, false, true, false),
        (RefundState::Owed, false, false, false),
        (RefundState::Covered, false, true, true),
        (RefundState::PaidOut, false, true, true),
    ] {
        let says = (state.is_under_way(), state.is_final(), state.is_paid());
        assert_eq!(says, (under_way, is_final, paid), "{state:?}");
    }
}

#[test]
fn times_are_what_their_names_say() {
    assert_eq!(ALARM_AFTER_MS, 900_000);
    assert_eq!(WINDOW_MS, 7_776_000_000);
    assert_eq!(WINDOW_SLACK_MS, 86_400_000);
    assert_eq!((ASK_FIRST_MS, ASK_MAX_MS), (500, 300_000));
    assert_eq!((REORDER_FIRST_MS, REORDER_MAX_MS), (60_000, 3_600_000));
    assert_eq!(BALANCE_MAX_MS, 600_000);
    assert_eq!((INFRACTION_MS, BLOCKED_MS), (1_800_000, 21_600_000));
}

#[test]
fn the_banks_word_decides() {
    let (known, min) = (fresh(), MINUTE_MS);
    let processing = Known {
        state: RefundState::Processing,
        ..known
    };
    let late = Known {
        age_ms: ALARM_AFTER_MS,
        attempts: 3,
        ..known
    };
    let nearly = Known {
        age_ms: ALARM_AFTER_MS - 1,
        attempts: 3,
        ..known
    };
    let often = Known {
        attempts: 200,
        ..processing
    };
    for (known, word, next) in [
        (known, BankWord::Settled, Next::Book),
        (processing, BankWord::Settled, Next::Book),
        (known, BankWord::Processing, ask(500, None)),
        (nearly, BankWord::Unknown, ask(4_000, None)),
        (late, BankWord::Unknown, ask(4_000, Some(Concern::Late))),
        (late, BankWord::Processing, ask(4_000, Some(Concern::Late))),
        (often, BankWord::Processing, ask(5 * min, None)),
        // Shown, then hidden: the old id may live.
        (
            processing,
            BankWord::Rejected(Refusal::WindowOver),
            ask(500, None),
        ),
        (
            processing,
            BankWord::Rejected(Refusal::AboveAmount),
            ask(500, None),
        ),
        (
            processing,
            BankWord::Doubtful(Refusal::NoBalance),
            ask(500, None),
        ),
    ] {
        assert_eq!(decide(&known, word), next, "{known:?} {word:?}");
    }
}

#[test]
fn each_reason_of_a_refusal_leads_somewhere() {
    let min = MINUTE_MS;
    let refused = |why| decide(&fresh(), BankWord::Refused(why));
    let rejected = |why| decide(&fresh(), BankWord::Rejected(why));
    let doubtful = |why| decide(&fresh(), BankWord::Doubtful(why));
    let soon = ask(500, None);
    let balance = ask(min, Some(Concern::NoBalance));
    let infraction = ask(30 * min, Some(Concern::Infraction));
    for (why, not_done, not_taken, unproven) in [
        (
            Refusal::NoBalance,
            anew(min, Concern::NoBalance),
            balance,
            balance,
        ),
        (
            Refusal::InfractionOpen,
            anew(30 * min, Concern::Infraction),
            infraction,
            infraction,
        ),
        // An hour after the Pix no window is over, whatever the bank says.
        (Refusal::WindowOver, anew(min, Concern::Refused), soon, soon),
        (
            Refusal::AboveAmount,
            anew(min, Concern::Refused),
            soon,
            soon,
        ),
        (
            Refusal::AccountGone,
            Next::Owe(Refusal::AccountGone),
            soon,
            soon,
        ),
        (
            Refusal::NotReturnable,
            Next::Owe(Refusal::NotReturnable),
            soon,
            soon,
        ),
        (
            Refusal::Duplicate,
            Next::Owe(Refusal::Duplicate),
            soon,
            soon,
        ),
        (Refusal::Fraud, Next::Owe(Refusal::Fraud), soon, soon),
        (
            Refusal::AccountBlocked,
            anew(360 * min, Concern::Refused),
            soon,
            soon,
        ),
        (Refusal::TimedOut, anew(min, Concern::Refused), soon, soon),
        (Refusal::Other, anew(min, Concern::Refused), soon, soon),
    ] {
        assert_eq!(refused(why), not_done, "{why:?}");
        assert_eq!(rejected(why), not_taken, "{why:?}");
        assert_eq!(doubtful(why), unproven, "{why:?}");
    }
}

#[test]
fn new_orders_come_ever_more_rarely() {
    for (why, order_no, minutes) in [
        (Refusal::NoBalance, 2, 2),
        (Refusal::NoBalance, 4, 8),
        (Refusal::NoBalance, 5, 10),
        (Refusal::NoBalance, 900, 10),
        (Refusal::TimedOut, 4, 8),
        (Refusal::Other, 40, 60),
        (Refusal::InfractionOpen, 40, 30),
    ] {
        let known = Known {
            order_no,
            ..fresh()
        };
        let Next::OrderAnew { after_ms, .. } = decide(&known, BankWord::Refused(why)) else {
            panic!("{why:?} is tried again");
        };
        assert_eq!(after_ms, minutes * MINUTE_MS, "{why:?} {order_no}");
    }
}

#[test]
fn an_order_is_replaced_only_after_nao_realizado() {
    for state in RefundState::ALL {
        for word in words() {
            for pix_age_ms in [0, WINDOW_MS, 2 * WINDOW_MS] {
                for left in [0, 400, 1_000] {
                    let known = Known {
                        state,
                        pix_age_ms,
                        left: Centavos::new(left),
                        ..fresh()
                    };
                    if let Next::OrderAnew { .. } = decide(&known, word) {
                        assert!(matches!(word, BankWord::Refused(_)), "{state:?} {word:?}");
                        assert!(state.is_under_way(), "{state:?} {word:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_decided_order_stays_decided_and_an_owed_one_may_still_arrive() {
    for word in words() {
        for state in [
            RefundState::Settled,
            RefundState::Refused,
            RefundState::Covered,
        ] {
            let known = Known { state, ..fresh() };
            assert_eq!(
                decide(&known, word),
                Next::AlreadyApplied,
                "{state:?} {word:?}"
            );
        }
        let owed = Known {
            state: RefundState::Owed,
            ..fresh()
        };
        let next = match word {
            BankWord::Settled => Next::Book,
            _ => Next::AlreadyApplied,
        };
        assert_eq!(decide(&owed, word), next, "{word:?}");
    }
}

#[test]
fn the_window_is_the_banks_and_ours() {
    let owe = Next::Owe(Refusal::WindowOver);
    let at = |pix_age_ms| Known {
        pix_age_ms,
        ..fresh()
    };
    let over = BankWord::Refused(Refusal::WindowOver);
    let untaken = BankWord::Rejected(Refusal::WindowOver);
    for (pix_age_ms, word, owed) in [
        (89 * DAY_MS, over, false),
        (89 * DAY_MS, untaken, false),
        (89 * DAY_MS + 1, over, true),
        (89 * DAY_MS + 1, untaken, true),
        (91 * DAY_MS, BankWord::Refused(Refusal::Other), false),
        (91 * DAY_MS + 1, BankWord::Refused(Refusal::Other), true),
        (91 * DAY_MS + 1, BankWord::Refused(Refusal::NoBalance), true),
        // An unknown outcome is asked about, however old: the money may have gone.
        (91 * DAY_MS + 1, BankWord::Unknown, false),
        (91 * DAY_MS + 1, BankWord::Rejected(Refusal::Other), false),
        (
            91 * DAY_MS + 1,
            BankWord::Doubtful(Refusal::WindowOver),
            false,
        ),
    ] {
        let next = decide(&at(pix_age_ms), word);
        assert_eq!(next == owe, owed, "{pix_age_ms} {word:?}: {next:?}");
    }
    assert!(!is_past_window(91 * DAY_MS));
    assert!(is_past_window(91 * DAY_MS + 1));
}

#[test]
fn what_the_bank_gave_back_by_itself_is_not_given_twice() {
    let some = |left: i64| Known {
        left: Centavos::new(left),
        ..fresh()
    };
    let above = Refusal::AboveAmount;
    for (left, word, next) in [
        (0, BankWord::Rejected(above), Next::Covered),
        (0, BankWord::Refused(Refusal::Other), Next::Covered),
        (0, BankWord::Rejected(Refusal::WindowOver), Next::Covered),
        (
            400,
            BankWord::Rejected(above),
            Next::Reduce { after_ms: 500 },
        ),
        (
            400,
            BankWord::Refused(above),
            anew(MINUTE_MS, Concern::Refused),
        ),
        (1_000, BankWord::Rejected(above), ask(500, None)),
        // Something may still stand under the id.
        (0, BankWord::Doubtful(above), ask(500, None)),
        (0, BankWord::Unknown, ask(500, None)),
        (0, BankWord::Processing, ask(500, None)),
        (0, BankWord::Settled, Next::Book),
    ] {
        assert_eq!(decide(&some(left), word), next, "{left} {word:?}");
    }
    for (back, rest) in [
        (vec![], 1_000),
        (vec![400], 600),
        (vec![400, 600], 0),
        (vec![400, 700], 0),
    ] {
        let back = back.into_iter().map(Centavos::new);
        assert_eq!(left(TEN, back), Centavos::new(rest));
    }
}
