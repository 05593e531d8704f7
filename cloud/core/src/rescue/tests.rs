mod cheats;

use super::*;
use crate::policy::Policy;
use proptest::prelude::*;
use shared::money::Centavos;
use shared::time::UnixMs;

const POLICY: Policy = Policy::DEFAULT;

/// Minutes since the pull, which is what the tables count in.
fn min(minutes: i64) -> UnixMs {
    UnixMs(1_795_000_000_000 + minutes * 60_000)
}

fn dark(from: i64, until: Option<i64>) -> Dark {
    Dark {
        from_ms: min(from),
        until_ms: until.map(min),
    }
}

fn out(closes: Option<i64>, told: Told, dark: &[Dark]) -> Out<'_> {
    Out {
        pulled_ms: min(0),
        closes_ms: closes.map(min),
        told,
        dark,
    }
}

#[test]
fn abandonment_is_due_by_the_policy_or_the_closing_and_never_by_darkness() {
    // Closing, stretches of darkness, then when the notice and the abandonment are due.
    type Row = (
        Option<i64>,
        &'static [(i64, Option<i64>)],
        Option<i64>,
        Option<i64>,
    );
    let rows: [Row; 18] = [
        (None, &[], Some(210), Some(240)),
        (Some(500), &[], Some(210), Some(240)),
        // An hour after closing, where that is sooner.
        (Some(100), &[], Some(130), Some(160)),
        (Some(180), &[], Some(210), Some(240)),
        (Some(179), &[], Some(209), Some(239)),
        // Pulled at the last minute: the grace is all there is.
        (Some(0), &[], Some(30), Some(60)),
        // A closing long past is no closing: the payer has what the notice needs.
        (Some(-600), &[], Some(0), Some(30)),
        // An hour of darkness puts both off by an hour.
        (None, &[(60, Some(120))], Some(270), Some(300)),
        (Some(100), &[(60, Some(120))], Some(190), Some(220)),
        // Darkness from before the pull counts from the pull.
        (None, &[(-60, Some(30))], Some(240), Some(270)),
        (None, &[(-60, Some(-30))], Some(210), Some(240)),
        // Between notice and abandonment.
        (None, &[(220, Some(230))], Some(210), Some(250)),
        // After both it changes nothing.
        (None, &[(240, Some(300))], Some(210), Some(240)),
        (None, &[(300, None)], Some(210), Some(240)),
        // It does not end: nobody can say.
        (None, &[(60, None)], None, None),
        (None, &[(220, None)], Some(210), None),
        // Two gateways at once are dark once.
        (
            None,
            &[(90, Some(120)), (60, Some(100)), (70, Some(80))],
            Some(270),
            Some(300),
        ),
        // No darkness at all.
        (
            None,
            &[(90, Some(90)), (95, Some(91))],
            Some(210),
            Some(240),
        ),
    ];
    for (closes, spans, notice, abandonment) in rows {
        let spans: Vec<_> = spans
            .iter()
            .map(|(from, until)| dark(*from, *until))
            .collect();
        let moment = |at: Option<i64>| at.map_or(Moment::Open, |at| Moment::At(min(at)));
        let expected = Due {
            notice: moment(notice),
            abandonment: moment(abandonment),
        };
        let known = out(closes, Told::NotYet, &spans);
        assert_eq!(due(&POLICY, &known), expected, "{closes:?} {spans:?}");
    }
}

#[test]
fn nobody_is_called_a_non_returner_too_early_untold_or_in_the_dark() {
    let early = |until| {
        Err(NotYet::TooEarly {
            until_ms: min(until),
        })
    };
    let just = |until| {
        Err(NotYet::JustTold {
            until_ms: min(until),
        })
    };
    let (told, never) = (|at| Told::At(min(at)), Told::NotYet);
    type Row = (i64, Told, &'static [(i64, Option<i64>)], Result<(), NotYet>);
    let rows: [Row; 15] = [
        (239, told(210), &[], early(240)),
        (240, told(210), &[], Ok(())),
        (9_999, told(210), &[], Ok(())),
        (240, never, &[], Err(NotYet::NotTold)),
        (9_999, never, &[], Err(NotYet::NotTold)),
        (9_999, Told::NoChannel, &[], Ok(())),
        (239, Told::NoChannel, &[], early(240)),
        // Told late: the whole lead from then on.
        (260, told(240), &[], just(270)),
        (270, told(240), &[], Ok(())),
        // The first reason of several.
        (100, never, &[(90, None)], Err(NotYet::Dark)),
        (100, never, &[(90, Some(110))], Err(NotYet::Dark)),
        (110, never, &[(90, Some(110))], early(260)),
        (9_999, told(210), &[(9_000, None)], Err(NotYet::Dark)),
        // Darkness within the lead is not lead.
        (262, told(240), &[(250, Some(261))], just(281)),
        (281, told(240), &[(250, Some(261))], Ok(())),
    ];
    for (now, told, spans, expected) in rows {
        let spans: Vec<_> = spans
            .iter()
            .map(|(from, until)| dark(*from, *until))
            .collect();
        let known = out(None, told, &spans);
        let got = declare(&POLICY, &known, min(now));
        assert_eq!(got, expected, "at {now}, {told:?} {spans:?}");
    }
}

const PAYER: Mark = Mark([1; 32]);
const PAYER_KEY: Mark = Mark([2; 32]);
const FINDER: Mark = Mark([3; 32]);
const FINDER_KEY: Mark = Mark([4; 32]);

fn finder() -> Finder {
    Finder {
        cpf: FINDER,
        reward: Reward::Key(FINDER_KEY),
        staff: false,
        record: Record::default(),
    }
}

fn claim(at: i64, by: Claimant) -> Option<Claim> {
    let at_ms = min(at);
    Some(Claim { at_ms, by })
}

/// Abandoned at 240, docked at 300, claimed five minutes later by a finder nobody knows.
fn rescue() -> Docking<'static> {
    Docking {
        deposit: Centavos::new(1_000),
        payer: Payer {
            cpf: Some(PAYER),
            keys: &[PAYER_KEY],
        },
        abandoned_ms: Some(min(240)),
        docked_ms: min(300),
        insertion: Insertion::Customer,
        sensors_agree: true,
        disputed: false,
        claim: claim(305, Claimant::Finder(finder())),
    }
}

fn by(finder: Finder) -> Docking<'static> {
    Docking {
        claim: claim(305, Claimant::Finder(finder)),
        ..rescue()
    }
}

fn with_record(record: Record) -> Docking<'static> {
    by(Finder { record, ..finder() })
}

#[test]
fn the_first_reason_decides_who_gets_what() {
    use Entry::{Finder as ToFinder, Nobody, Payer as ToPayer};
    use Outcome::{InTime, Late, Review, Unclaimed};
    let rescued = Outcome::Rescued {
        pay_from_ms: min(305 + 24 * 60),
    };
    let payer = claim(310, Claimant::Payer);
    let voucher = Finder {
        reward: Reward::Voucher,
        ..finder()
    };
    let record = Record::default();
    // Docking, outcome, entry, the reasons in their order.
    let rows: Vec<(&str, Docking<'_>, Outcome, Entry, &[Refusal])> = vec![
        ("a finder", rescue(), rescued, ToFinder, &[]),
        ("for a voucher", by(voucher), rescued, ToFinder, &[]),
        (
            "at the last moment of the code",
            Docking {
                claim: claim(315, Claimant::Finder(finder())),
                ..rescue()
            },
            Outcome::Rescued {
                pay_from_ms: min(315 + 24 * 60),
            },
            ToFinder,
            &[],
        ),
        (
            "the payer, late",
            Docking {
                claim: payer,
                ..rescue()
            },
            Late,
            Nobody,
            &[],
        ),
        (
            "the payer, with a CPF that nobody knows",
            Docking {
                claim: payer,
                payer: Payer {
                    cpf: None,
                    keys: &[],
                },
                ..rescue()
            },
            Late,
            Nobody,
            &[],
        ),
        (
            "a tag without a cart",
            Docking {
                sensors_agree: false,
                ..rescue()
            },
            Review,
            Nobody,
            &[Refusal::SensorsDisagree],
        ),
        (
            "a cart in use, pushed home by another",
            Docking {
                abandoned_ms: None,
                ..rescue()
            },
            InTime,
            ToPayer,
            &[Refusal::NotAbandoned],
        ),
        (
            "in the very moment of the abandonment",
            Docking {
                abandoned_ms: Some(min(300)),
                ..rescue()
            },
            InTime,
            ToPayer,
            &[Refusal::NotAbandoned],
        ),
        (
            "a cart in use, put in by staff",
            Docking {
                abandoned_ms: None,
                insertion: Insertion::Service,
                claim: None,
                ..rescue()
            },
            InTime,
            Nobody,
            &[
                Refusal::NotAbandoned,
                Refusal::ServiceMode,
                Refusal::NoClaim,
            ],
        ),
        (
            "an abandoned cart, put in by staff, claimed by a cousin",
            Docking {
                insertion: Insertion::Service,
                ..rescue()
            },
            Unclaimed,
            Nobody,
            &[Refusal::ServiceMode],
        ),
        (
            "nobody says a word",
            Docking {
                claim: None,
                ..rescue()
            },
            Unclaimed,
            Nobody,
            &[Refusal::NoClaim],
        ),
        (
            "a minute too late",
            Docking {
                claim: claim(316, Claimant::Finder(finder())),
                ..rescue()
            },
            Unclaimed,
            Nobody,
            &[Refusal::ClaimLate],
        ),
        (
            "the payer, a minute too late",
            Docking {
                claim: claim(316, Claimant::Payer),
                ..rescue()
            },
            Unclaimed,
            Nobody,
            &[Refusal::ClaimLate],
        ),
        (
            "staff",
            by(Finder {
                staff: true,
                ..finder()
            }),
            Unclaimed,
            Nobody,
            &[Refusal::Staff],
        ),
        (
            "the payer as a finder",
            by(Finder {
                cpf: PAYER,
                ..finder()
            }),
            Late,
            Nobody,
            &[Refusal::SameCpf],
        ),
        (
            "to the payer's key",
            by(Finder {
                reward: Reward::Key(PAYER_KEY),
                ..finder()
            }),
            Unclaimed,
            Nobody,
            &[Refusal::SameKey],
        ),
        (
            "the third of the day",
            with_record(Record {
                rewards_today_of_cpf: 2,
                rewards_today_of_key: 2,
                ..record
            }),
            rescued,
            ToFinder,
            &[],
        ),
        (
            "the fourth of the day",
            with_record(Record {
                rewards_today_of_cpf: 3,
                ..record
            }),
            Unclaimed,
            Nobody,
            &[Refusal::CapOfCpf],
        ),
        (
            "the fourth of the key's day",
            with_record(Record {
                rewards_today_of_key: 3,
                ..record
            }),
            Unclaimed,
            Nobody,
            &[Refusal::CapOfKey],
        ),
        (
            "a voucher has no key to count",
            by(Finder {
                record: Record {
                    rewards_today_of_key: 3,
                    ..record
                },
                ..voucher
            }),
            rescued,
            ToFinder,
            &[],
        ),
        (
            "the second cart of this payer",
            with_record(Record {
                rewards_of_pair: 1,
                ..record
            }),
            rescued,
            ToFinder,
            &[],
        ),
        (
            "the third cart of this payer",
            with_record(Record {
                rewards_of_pair: 2,
                ..record
            }),
            Review,
            Nobody,
            &[Refusal::PairTooOften],
        ),
        (
            "somebody objects to another find",
            with_record(Record {
                objections: 1,
                ..record
            }),
            Review,
            Nobody,
            &[Refusal::ObjectedTo],
        ),
        (
            "a Pix that the bank is taking back",
            Docking {
                disputed: true,
                ..rescue()
            },
            Review,
            Nobody,
            &[Refusal::Disputed],
        ),
        (
            "everything at once",
            Docking {
                sensors_agree: false,
                disputed: true,
                abandoned_ms: None,
                insertion: Insertion::Service,
                claim: claim(
                    999,
                    Claimant::Finder(Finder {
                        cpf: PAYER,
                        reward: Reward::Key(PAYER_KEY),
                        staff: true,
                        record: Record {
                            rewards_today_of_cpf: 9,
                            rewards_today_of_key: 9,
                            rewards_of_pair: 9,
                            objections: 9,
                        },
                    }),
                ),
                ..rescue()
            },
            Review,
            Nobody,
            &[
                Refusal::SensorsDisagree,
                Refusal::NotAbandoned,
                Refusal::ServiceMode,
                Refusal::ClaimLate,
                Refusal::Staff,
                Refusal::SameCpf,
                Refusal::SameKey,
                Refusal::CapOfCpf,
                Refusal::CapOfKey,
                Refusal::PairTooOften,
                Refusal::ObjectedTo,
                Refusal::Disputed,
            ],
        ),
    ];
    for (what, docking, outcome, entry, refusals) in rows {
        let got = decide(&POLICY, &docking);
        assert_eq!(got.outcome, outcome, "{what}");
        assert_eq!(got.entry, entry, "{what}");
        assert_eq!(got.refusals, refusals, "{what}");
        let whole = Centavos::new(1_000);
        let split = match outcome {
            InTime | Late => Split::to_payer(whole),
            Outcome::Rescued { .. } => Split::of_rescue(whole, 5_000),
            Unclaimed | Review => Split::kept(whole),
        };
        assert_eq!(got.split, split, "{what}");
    }
}

#[test]
fn the_finders_share_is_rounded_down_and_never_the_whole() {
    // Deposit, share in basis points, the finder's part, the prizes' part.
    for (deposit, share, finder, prizes) in [
        (1_000, 5_000, 500, 500),
        (1_000, 3_333, 333, 667),
        (999, 5_000, 499, 500),
        (1, 9_999, 0, 1),
        (50_000, 9_999, 49_995, 5),
        (1_000, 0, 0, 1_000),
        // From a row that no form lets anybody write.
        (1_000, 10_000, 999, 1),
        (1_000, u16::MAX, 999, 1),
    ] {
        let split = Split::of_rescue(Centavos::new(deposit), share);
        assert_eq!(split.finder.get(), finder, "{deposit} {share}");
        assert_eq!(split.prize_fund.get(), prizes, "{deposit} {share}");
    }
}

#[test]
fn an_objection_stops_what_it_is_about_and_holds_the_rest() {
    let none = Record::default();
    let accused = Record {
        objections: 1,
        ..none
    };
    let wait = Release::Wait { until_ms: min(100) };
    for (objection, record, now, expected) in [
        (Objection::None, none, 99, wait),
        (Objection::None, none, 100, Release::Pay),
        (Objection::Open, none, 100, Release::Hold),
        (Objection::Upheld, none, 100, Release::Void),
        (Objection::Upheld, accused, 0, Release::Void),
        (Objection::None, accused, 100, Release::Hold),
        (Objection::Dismissed, accused, 100, Release::Pay),
        (Objection::Dismissed, none, 99, wait),
    ] {
        let got = release(min(100), objection, &record, min(now));
        assert_eq!(got, expected, "{objection:?} {record:?} {now}");
    }
}

fn spans() -> impl Strategy<Value = Vec<Dark>> {
    let span = (-300..900_i64, prop::option::weighted(0.9, 1..200_i64));
    let span = span.prop_map(|(from, length)| dark(from, length.map(|length| from + length)));
    prop::collection::vec(span, 0..6)
}

fn at(moment: Moment) -> i64 {
    match moment {
        Moment::At(at) => at.0,
        Moment::Open => i64::MAX,
    }
}

/// The naive reading: count lit minutes one by one.
fn lit_minutes(spans: &[Dark], from: i64, until: i64) -> i64 {
    let lit = |minute: &i64| {
        let now = min(*minute);
        !spans
            .iter()
            .any(|span| span.from_ms <= now && span.until_ms.is_none_or(|until| now < until))
    };
    i64::try_from((from..until).filter(lit).count()).expect("few minutes")
}

proptest! {
    #[test]
    fn more_darkness_never_makes_anything_due_sooner(
        spans in spans(),
        more in spans(),
        closes in prop::option::of(-60..600_i64),
    ) {
        let before = due(&POLICY, &out(closes, Told::NotYet, &spans));
        let all: Vec<_> = spans.iter().chain(&more).copied().collect();
        let after = due(&POLICY, &out(closes, Told::NotYet, &all));
        prop_assert!(at(after.notice) >= at(before.notice));
        prop_assert!(at(after.abandonment) >= at(before.abandonment));
        prop_assert!(at(before.notice) <= at(before.abandonment));
    }

    #[test]
    fn whoever_is_called_abandoned_had_the_light_and_the_notice(
        spans in spans(),
        told in 0..2_000_i64,
        now in 0..3_000_i64,
    ) {
        let known = out(None, Told::At(min(told)), &spans);
        let declared = declare(&POLICY, &known, min(now)).is_ok();
        let dark_now = lit_minutes(&spans, now, now + 1) == 0;
        let had = lit_minutes(&spans, 0, now) >= 240 && lit_minutes(&spans, told, now) >= 30;
        prop_assert_eq!(declared, had && !dark_now);
    }

    #[test]
    fn every_centavo_of_the_deposit_is_somewhere_and_two_who_agree_lose(
        deposit in 1..=50_000_i64,
        share in 0..=9_999_u16,
        abandoned in prop::option::of(0..500_i64),
        docked in 0..500_i64,
        claimed in prop::option::of(0..40_i64),
        (service, agree, staff, payer_claims) in any::<(bool, bool, bool, bool)>(),
        (same_cpf, same_key, voucher) in any::<(bool, bool, bool)>(),
        counts in any::<[u8; 4]>(),
    ) {
        let policy = Policy { finder_share_basis_points: share, ..POLICY };
        let count = |at: usize| u16::from(counts[at] % 4);
        let finder = Finder {
            cpf: if same_cpf { PAYER } else { FINDER },
            reward: match (voucher, same_key) {
                (true, _) => Reward::Voucher,
                (_, true) => Reward::Key(PAYER_KEY),
                _ => Reward::Key(FINDER_KEY),
            },
            staff,
            record: Record {
                rewards_today_of_cpf: count(0),
                rewards_today_of_key: count(1),
                rewards_of_pair: count(2),
                objections: count(3) / 2,
            },
        };
        let by = if payer_claims { Claimant::Payer } else { Claimant::Finder(finder) };
        let docking = Docking {
            deposit: Centavos::new(deposit),
            abandoned_ms: abandoned.map(min),
            docked_ms: min(docked),
            insertion: if service { Insertion::Service } else { Insertion::Customer },
            sensors_agree: agree,
            claim: claimed.and_then(|after| claim(docked + after, by)),
            ..rescue()
        };
        let decision = decide(&policy, &docking);
        prop_assert_eq!(&Inputs::of(&docking).decide(&policy), &decision, "made again");
        let split = decision.split;
        prop_assert_eq!(split.total().get(), deposit);
        for part in [split.payer, split.finder, split.prize_fund, split.held] {
            prop_assert!(part >= Centavos::ZERO);
        }
        let together = split.payer.get() + split.finder.get() - deposit;
        prop_assert!(together <= 0, "payer and finder gained {}", together);
        let rescued = matches!(decision.outcome, Outcome::Rescued { .. });
        prop_assert!(!rescued || together < 0, "who agree to abandon must lose");
        prop_assert_eq!(rescued, decision.entry == Entry::Finder);
        prop_assert!(split.finder == Centavos::ZERO || rescued);
        prop_assert!(decision.refusals.is_sorted());
    }
}

#[test]
fn a_voucher_ends_only_when_it_could_have_been_used() {
    let day = 24 * 3_600_000;
    let until = voucher_until(UnixMs(0));
    assert_eq!(until, UnixMs(180 * day));
    let wait = Release::Wait { until_ms: until };
    let longer = |now: UnixMs| VoucherTerm::Longer {
        until_ms: now.plus(30 * day),
    };
    for (now, release, term) in [
        (until.plus(-1), Release::Pay, VoucherTerm::Good),
        (until, Release::Pay, VoucherTerm::Over),
        (until.plus(-1), Release::Hold, VoucherTerm::Good),
        (until, Release::Hold, longer(until)),
        (until.plus(day), Release::Hold, longer(until.plus(day))),
        (until, wait, longer(until)),
        (until.plus(-1), Release::Void, VoucherTerm::Void),
        (until, Release::Void, VoucherTerm::Void),
    ] {
        assert_eq!(
            voucher_term(until, release, now),
            term,
            "{now:?} {release:?}"
        );
    }
}
