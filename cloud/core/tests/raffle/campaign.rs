//! The life of a campaign, and every step that is refused.

use crate::sample::{
    DAY_MS, EXTRACTION_MS, HOUR_MS, PRIZES, ROUND, Sample, T_CLOSE_MS, beacon, extraction,
    operator, readings, rules, sample, staff,
};
use cloud_core::raffle::beacon::{Beacon, BeaconRefused};
use cloud_core::raffle::campaign::deadline::{Step, late, next};
use cloud_core::raffle::campaign::reading::{Reader, Reading};
use cloud_core::raffle::campaign::{Campaign, CancelReason, Rejection};
use cloud_core::raffle::entry::Entries;
use cloud_core::raffle::result::RecordRefused;
use cloud_core::raffle::winners::{Delivery, When};
use ed25519_dalek::SigningKey;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::UnixMs;

/// 97 entries: q·97 is 9,999,924, so that 9,999,999 decides nothing.
const N: usize = 97;
const NONE: [&str; 5] = ["00999"; 5];
const EVENING_MS: UnixMs = UnixMs(EXTRACTION_MS.0 + HOUR_MS);
const WHY: &str = "Motivo publicado.";

fn planned(prizes: &[&str; 5]) -> Vec<Reading> {
    readings(&rules().extraction, prizes)
}

/// The extraction three days later.
fn later(prizes: &[&str; 5]) -> Vec<Reading> {
    readings(&extraction(5_802, EXTRACTION_MS.plus(3 * DAY_MS)), prizes)
}

/// One campaign at every stage.
fn stages(sample: &Sample) -> Vec<Campaign> {
    let mut draft = rules();
    draft.certificate.clear();
    let draft = Campaign::draft(draft).expect("a step at its date");
    let opens_ms = sample.rules.opens_ms;
    let authorised = draft
        .clone()
        .authorise("SPA/MF 1", opens_ms, opens_ms)
        .expect("a step at its date");
    let open = authorised
        .clone()
        .open(opens_ms)
        .expect("a step at its date");
    let drawn = sample.drawn(&PRIZES);
    let delivered = (1..=3)
        .try_fold(drawn.clone(), |campaign, rank| {
            campaign.deliver(rank, UnixMs(EVENING_MS.0 + DAY_MS))
        })
        .and_then(Campaign::finish)
        .expect("a step at its date");
    vec![
        draft.clone(),
        authorised,
        open,
        sample.closed(),
        sample.committed(),
        sample.entered(&PRIZES),
        drawn,
        delivered.clone(),
        delivered
            .account("2023/1", EVENING_MS)
            .expect("a step at its date"),
        draft
            .cancel(CancelReason::Withdrawn, opens_ms)
            .expect("a step at its date"),
    ]
}

#[test]
fn a_campaign_lives_from_draft_to_accounts_and_is_stored_as_it_is() {
    let sample = sample(N, 1);
    let stages = stages(&sample);
    let names: Vec<&str> = stages.iter().map(Campaign::stage).collect();
    assert_eq!(
        names,
        [
            "draft",
            "authorised",
            "open",
            "closed",
            "committed",
            "entered",
            "drawn",
            "delivered",
            "accounted",
            "cancelled"
        ]
    );
    for campaign in stages {
        let text = serde_json::to_string(&campaign).unwrap();
        assert!(text.contains(&format!(r#""stage":"{}""#, campaign.stage())));
        assert_eq!(serde_json::from_str::<Campaign>(&text).unwrap(), campaign);
        assert_eq!(campaign.rules().campaign_id, rules().campaign_id);
    }
}

/// Every step at every stage: taken from its own, `WrongStage` elsewhere, whatever else is wrong.
#[test]
fn a_step_is_taken_from_its_own_stage_only() {
    let sample = sample(N, 1);
    let (entries, key) = (&sample.entries, operator());
    type Do<'a> = Box<dyn Fn(Campaign) -> Result<Campaign, Rejection> + 'a>;
    let approvals = sample.approvals(T_CLOSE_MS);
    let steps: Vec<(&str, &[&str], Do<'_>)> = vec![
        ("redraft", &["draft"], Box::new(|c| c.redraft(rules()))),
        (
            "authorise",
            &["draft"],
            Box::new(|c| c.authorise("", UnixMs(0), UnixMs(0))),
        ),
        ("open", &["authorised"], Box::new(|c| c.open(UnixMs(0)))),
        ("close", &["open"], Box::new(|c| c.close(UnixMs(0)))),
        (
            "commit",
            &["closed"],
            Box::new(|c| c.commit(entries, &approvals, UnixMs(0), &key)),
        ),
        (
            "shuffle",
            &["committed"],
            Box::new(|c| c.shuffle(beacon(), UnixMs(0))),
        ),
        (
            "enter",
            &["committed", "entered"],
            Box::new(|c| c.enter(&[], "", UnixMs(0), &key)),
        ),
        (
            "draw",
            &["entered"],
            Box::new(|c| c.draw(entries, UnixMs(0))),
        ),
        (
            "rectify",
            &["entered", "drawn", "delivered", "accounted"],
            Box::new(|c| c.rectify(9, &[], "", UnixMs(0), &key)),
        ),
        (
            "disqualify",
            &["committed", "entered", "drawn"],
            Box::new(|c| c.disqualify(999, "", entries, UnixMs(0))),
        ),
        ("deliver", &["drawn"], Box::new(|c| c.deliver(9, UnixMs(0)))),
        ("expire", &["drawn"], Box::new(|c| c.expire(9, UnixMs(0)))),
        (
            "consent",
            &["drawn", "delivered", "accounted"],
            Box::new(|c| c.consent(9, None)),
        ),
        ("finish", &["drawn"], Box::new(Campaign::finish)),
        (
            "account",
            &["delivered"],
            Box::new(|c| c.account("", UnixMs(0))),
        ),
        (
            "cancel",
            &["draft", "authorised", "open", "closed"],
            Box::new(|c| c.cancel(CancelReason::NoEntries, UnixMs(0))),
        ),
    ];
    for campaign in stages(&sample) {
        for (step, from, take) in &steps {
            let is_wrong = take(campaign.clone()) == Err(Rejection::WrongStage);
            let stage = campaign.stage();
            assert_eq!(is_wrong, !from.contains(&stage), "{step} from {stage}");
        }
    }
}

#[test]
fn authorisation_needs_lawful_rules_a_certificate_and_the_prizes_in_time() {
    let mut draft = rules();
    draft.certificate.clear();
    let draft = Campaign::draft(draft).unwrap();
    let at_ms = rules().opens_ms;
    let eight_days_ms = EXTRACTION_MS.plus(-8 * DAY_MS);
    let within_ms = rules().closes_ms.plus(-1);
    for (certificate, proven_ms, at_ms, expected) in [
        ("SPA/MF 1", at_ms, at_ms, Ok("authorised")),
        ("SPA/MF 1", within_ms, within_ms, Ok("authorised")),
        ("", at_ms, at_ms, Err(Rejection::RulesRefused)),
        (" ", at_ms, at_ms, Err(Rejection::RulesRefused)),
        // Of the future, and of too late: the first bound is reached before.
        (
            "SPA/MF 1",
            at_ms.plus(1),
            at_ms,
            Err(Rejection::OwnershipLate),
        ),
        (
            "SPA/MF 1",
            eight_days_ms.plus(1),
            at_ms,
            Err(Rejection::OwnershipLate),
        ),
        (
            "",
            eight_days_ms.plus(1),
            rules().closes_ms,
            Err(Rejection::TooLate),
        ),
    ] {
        let answer = draft.clone().authorise(certificate, proven_ms, at_ms);
        assert_eq!(
            answer.as_ref().map(Campaign::stage),
            expected.as_ref().copied()
        );
    }
    // A list that ends within eight days of the draw: the proof must still come before.
    let mut short = rules();
    short.extraction = extraction(5_801, T_CLOSE_MS.plus(2 * DAY_MS));
    let short = Campaign::draft(short).unwrap();
    let bound_ms = T_CLOSE_MS.plus(2 * DAY_MS - 8 * DAY_MS);
    for (proven_ms, is_in_time) in [(bound_ms, true), (bound_ms.plus(1), false)] {
        let answer = short.clone().authorise("1", proven_ms, bound_ms.plus(2));
        assert_eq!(answer.is_ok(), is_in_time);
    }
    let mut unlawful = rules();
    unlawful.claim_days = 1;
    assert!(Campaign::draft(unlawful.clone()).is_err());
    assert_eq!(draft.redraft(unlawful), Err(Rejection::RulesRefused));
}

#[test]
fn the_period_is_kept_to_the_millisecond() {
    let sample = sample(N, 1);
    let [_, authorised, open, ..] = stages(&sample).try_into().unwrap_or_else(|_| not_ten());
    let (opens_ms, closes_ms) = (rules().opens_ms, rules().closes_ms);
    let open_at = |at_ms| authorised.clone().open(at_ms).err();
    assert_eq!(open_at(opens_ms.plus(-1)), Some(Rejection::TooEarly));
    assert_eq!(open_at(closes_ms.plus(-1)), None);
    assert_eq!(open_at(closes_ms), Some(Rejection::TooLate));
    let close_at = |at_ms| open.clone().close(at_ms).err();
    assert_eq!(close_at(closes_ms.plus(-1)), Some(Rejection::TooEarly));
    assert_eq!(close_at(closes_ms.plus(99 * DAY_MS)), None);
}

fn not_ten() -> [Campaign; 10] {
    panic!("there are ten stages")
}

#[test]
fn a_commitment_needs_the_end_two_people_and_their_list() {
    let sample = sample(N, 1);
    let other = crate::sample::sample(N, 2);
    let at_ms = T_CLOSE_MS;
    let key = operator();
    let good = sample.approvals(at_ms);
    let mut same = good;
    same[1].staff = same[0].staff;
    let mut early = good;
    early[0].approved_ms = at_ms.plus(-1);
    let mut late = good;
    late[1].approved_ms = at_ms.plus(1);
    let mut elsewhere = good;
    elsewhere[1].root = other.entries.tree().root();
    let mut both = same;
    both[0].approved_ms = at_ms.plus(-1);
    let foreign = Entries::new(
        &CampaignId::from_bytes([1; 16]),
        50,
        sample.entries.as_slice().iter().copied(),
    )
    .unwrap();
    let wider = Entries::new(
        &rules().campaign_id,
        51,
        sample.entries.as_slice().iter().copied(),
    )
    .unwrap();
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let commit = |entries: &Entries, approvals, at_ms: UnixMs, key: &SigningKey| {
        sample.closed().commit(entries, approvals, at_ms, key).err()
    };
    let entries = &sample.entries;
    assert_eq!(commit(entries, &good, at_ms, &key), None);
    for (approvals, at_ms, why) in [
        (&good, at_ms.plus(-1), Rejection::TooEarly),
        (&early, at_ms, Rejection::TooEarly),
        (&late, at_ms, Rejection::TooEarly),
        (&both, at_ms, Rejection::TooEarly),
        (&same, at_ms, Rejection::SamePerson),
        (&elsewhere, at_ms, Rejection::OtherEntries),
    ] {
        assert_eq!(commit(entries, approvals, at_ms, &key), Some(why));
    }
    let why = Some(Rejection::OtherKey);
    assert_eq!(commit(entries, &good, at_ms, &stranger), why);
    for entries in [&foreign, &wider, &other.entries] {
        let why = Some(Rejection::OtherEntries);
        assert_eq!(commit(entries, &good, at_ms, &key), why);
    }
    let Campaign::Committed(committed) = sample.committed() else {
        panic!("the sample is committed");
    };
    assert!(committed.commit.is_for(&sample.rules) && committed.commit.holds(entries));
    assert_eq!(committed.approved_by, [staff(1), staff(2)]);
}

#[test]
fn a_late_commitment_moves_the_extraction_and_is_no_second_draw() {
    let sample = sample(N, 1);
    let last_ms = EXTRACTION_MS.plus(-DAY_MS);
    for (at_ms, due_ms, is_moved) in [
        (T_CLOSE_MS, EXTRACTION_MS, false),
        (last_ms, EXTRACTION_MS, false),
        (last_ms.plus(1), EXTRACTION_MS.plus(1), true),
        (
            EXTRACTION_MS.plus(DAY_MS),
            EXTRACTION_MS.plus(2 * DAY_MS),
            true,
        ),
    ] {
        let campaign = sample.committed_at(at_ms);
        let committed = campaign.committed().unwrap();
        assert_eq!(committed.due_ms(), due_ms);
        assert_eq!(committed.is_moved(), is_moved);
        let is_early = at_ms < rules().drand.round_ms();
        assert_eq!(committed.is_before_beacon(), is_early);
        let was_late = late(&sample.closed(), at_ms) == Some(Step::Commit);
        assert_eq!(was_late, is_moved, "{at_ms:?}");
    }
    let key = operator();
    let moved = sample
        .committed_at(last_ms.plus(HOUR_MS))
        .shuffle(beacon(), last_ms.plus(HOUR_MS))
        .unwrap();
    let wrong = Some(Rejection::Record(RecordRefused::Extraction));
    let at_ms = EXTRACTION_MS.plus(3 * DAY_MS + HOUR_MS);
    let enter =
        |readings: Vec<Reading>, why| moved.clone().enter(&readings, why, at_ms, &key).err();
    assert_eq!(enter(planned(&PRIZES), WHY), wrong);
    assert_eq!(
        enter(later(&PRIZES), ""),
        Some(Rejection::Record(RecordRefused::Reason))
    );
    assert_eq!(enter(later(&PRIZES), WHY), None);
}

#[test]
fn a_shuffle_takes_the_one_round_in_time_and_its_absence_only_later() {
    let sample = sample(N, 1);
    let round_ms = rules().drand.round_ms();
    let switch_ms = EXTRACTION_MS.plus(-2 * HOUR_MS);
    let absent = |absent_ms| Beacon::Absent {
        round: ROUND,
        absent_ms,
    };
    let Beacon::Signed { signature, .. } = beacon() else {
        panic!("the sample's beacon is signed");
    };
    let other_round = Beacon::Signed {
        round: ROUND + 1,
        signature,
    };
    let forged = Beacon::Signed {
        round: ROUND,
        signature: Octets([0; 48]),
    };
    use BeaconRefused::*;
    let refused = |why| Some(Rejection::Beacon(why));
    for (beacon, at_ms, expected) in [
        (beacon(), round_ms, None),
        (beacon(), switch_ms.plus(-1), None),
        (beacon(), round_ms.plus(-1), Some(Rejection::TooEarly)),
        (beacon(), switch_ms, Some(Rejection::TooLate)),
        (other_round, round_ms, refused(WrongRound)),
        (forged, round_ms, refused(Forged)),
        (absent(switch_ms), switch_ms, None),
        (absent(switch_ms), EXTRACTION_MS.plus(DAY_MS), None),
        (
            absent(switch_ms.plus(1)),
            switch_ms,
            Some(Rejection::TooEarly),
        ),
        (absent(round_ms), round_ms, refused(StillExpected)),
        (
            absent(switch_ms.plus(-1)),
            switch_ms,
            refused(StillExpected),
        ),
    ] {
        let answer = sample.committed().shuffle(beacon, at_ms).err();
        assert_eq!(answer, expected, "{beacon:?} {at_ms:?}");
    }
    let again = sample.shuffled().shuffle(beacon(), round_ms);
    assert_eq!(again, Err(Rejection::AlreadyShuffled));
}

#[test]
fn one_reading_is_never_believed() {
    let sample = sample(N, 1);
    let key = operator();
    let enter = |readings: &[Reading]| {
        let shuffled = sample.shuffled();
        shuffled.enter(readings, "", EVENING_MS, &key).err()
    };
    let two = planned(&PRIZES);
    let by = |readings: &[Reading], readers: [Reader; 2]| {
        let pairs = readings.iter().cloned().zip(readers);
        let all = pairs.map(|(one, by)| Reading { by, ..one });
        all.collect::<Vec<Reading>>()
    };
    let people = |a, b| by(&two, [Reader::Staff(staff(a)), Reader::Staff(staff(b))]);
    let with = |change: &dyn Fn(&mut Reading)| {
        let mut two = planned(&PRIZES);
        change(&mut two[1]);
        two
    };
    let few = Some(Rejection::SourcesTooFew);
    let disagree = Some(Rejection::SourcesDisagree);
    let other = planned(&["71953", "08420", "35187", "90266", "44718"])[0].prizes;
    for (readings, expected) in [
        (two.clone(), None),
        (people(1, 2), None),
        (Vec::new(), few),
        (two[..1].to_vec(), few),
        (people(1, 1), few),
        (by(&two, [Reader::Fetch, Reader::Staff(staff(1))]), few),
        (with(&|r| r.name = "Caixa".into()), few),
        (with(&|r| r.name = " Caixa ".into()), few),
        (with(&|r| r.name = " ".into()), few),
        (with(&|r| r.prizes = other), disagree),
        (with(&|r| r.extraction.number = "5802".into()), disagree),
        (
            with(&|r| r.extraction.at_ms = EXTRACTION_MS.plus(1)),
            disagree,
        ),
        (with(&|r| r.extraction.date = "2023-09-21".into()), disagree),
    ] {
        assert_eq!(enter(&readings), expected, "{readings:?}");
    }
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let answer = sample.shuffled().enter(&two, "", EVENING_MS, &stranger);
    assert_eq!(answer, Err(Rejection::OtherKey));
    let answer = sample.committed().enter(&[], "", EVENING_MS, &stranger);
    assert_eq!(answer, Err(Rejection::NotShuffled));
}

#[test]
fn the_first_record_is_of_the_planned_extraction_or_says_why_not() {
    let sample = sample(N, 1);
    let key = operator();
    let refused = |why| Some(Rejection::Record(why));
    use RecordRefused::*;
    let other_day = |number, at_ms| readings(&extraction(number, at_ms), &PRIZES);
    let next_day = EXTRACTION_MS.plus(DAY_MS);
    let mut wrong_date = planned(&PRIZES);
    for reading in &mut wrong_date {
        reading.extraction.date = "2023-09-21".into();
    }
    for (readings, why, at_ms, expected) in [
        (planned(&PRIZES), "", EXTRACTION_MS, None),
        (
            planned(&PRIZES),
            "",
            EXTRACTION_MS.plus(-1),
            refused(TooEarly),
        ),
        (planned(&PRIZES), WHY, EVENING_MS, refused(Reason)),
        // Put off under its own number, and the next one.
        (other_day(5_801, next_day), WHY, next_day, None),
        (other_day(5_802, next_day), WHY, next_day, None),
        (other_day(5_802, next_day), "  ", next_day, refused(Reason)),
        // Earlier than planned, by number or by moment.
        (
            other_day(5_800, next_day),
            WHY,
            next_day,
            refused(Extraction),
        ),
        (
            other_day(5_802, EXTRACTION_MS),
            WHY,
            next_day,
            refused(Extraction),
        ),
        (
            other_day(5_801, EXTRACTION_MS.plus(-DAY_MS)),
            WHY,
            next_day,
            refused(Extraction),
        ),
        (wrong_date, WHY, next_day, refused(Extraction)),
    ] {
        let answer = sample.shuffled().enter(&readings, why, at_ms, &key).err();
        assert_eq!(answer, expected, "{readings:?} {why}");
    }
}

#[test]
fn the_next_extraction_comes_only_when_those_before_decide_nothing() {
    let sample = sample(N, 1);
    let key = operator();
    let refused = |why| Some(Rejection::Record(why));
    use RecordRefused::*;
    let at_ms = EXTRACTION_MS.plus(3 * DAY_MS + HOUR_MS);
    let none = sample.entered(&NONE);
    let undecided = Err(Rejection::Undecided);
    assert_eq!(none.clone().draw(&sample.entries, at_ms), undecided);
    let enter = |campaign: &Campaign, readings: Vec<Reading>, why| {
        campaign.clone().enter(&readings, why, at_ms, &key)
    };
    let again = enter(&none, planned(&PRIZES), WHY).err();
    assert_eq!(again, refused(Extraction));
    assert_eq!(enter(&none, later(&PRIZES), "").err(), refused(Reason));
    let decided = sample.entered(&PRIZES);
    let extra = enter(&decided, later(&PRIZES), WHY).err();
    assert_eq!(extra, refused(AlreadyDecided));
    let next = enter(&none, later(&PRIZES), WHY).unwrap();
    let drawn = next.clone().draw(&sample.entries, at_ms).unwrap();
    assert_eq!(drawn.records().len(), 2);
    // Of the same list in the same places.
    assert_eq!(
        drawn.drawn().unwrap().winners,
        sample.drawn(&PRIZES).drawn().unwrap().winners
    );
    assert_eq!(
        next.draw(&sample.entries, at_ms.plus(-1)),
        Err(Rejection::TooEarly)
    );
}

#[test]
fn a_rectification_corrects_what_was_typed_until_a_prize_is_delivered() {
    let sample = sample(N, 1);
    let key = operator();
    let at_ms = EVENING_MS.plus(2 * HOUR_MS);
    let wrong = ["71900", "08420", "35187", "90266", "44719"];
    let rectify = |campaign: Campaign, replaces, prizes: &[&str; 5], why| {
        campaign.rectify(replaces, &planned(prizes), why, at_ms, &key)
    };
    let refused = |why| Some(Rejection::Record(why));
    use RecordRefused::*;
    let typed = sample.drawn(&wrong);
    assert_eq!(
        rectify(typed.clone(), 2, &PRIZES, WHY).err(),
        refused(Replaces)
    );
    assert_eq!(
        rectify(typed.clone(), 1, &PRIZES, "").err(),
        refused(Reason)
    );
    let early = typed
        .clone()
        .rectify(1, &planned(&PRIZES), WHY, EXTRACTION_MS, &key);
    assert_eq!(early.err(), refused(TooEarly));
    let right = rectify(typed.clone(), 1, &PRIZES, WHY).unwrap();
    // The record that was replaced is in force no more; the one in its place is.
    let twice = rectify(right.clone(), 1, &PRIZES, WHY).err();
    assert_eq!(twice, refused(Replaces));
    assert!(rectify(right.clone(), 2, &PRIZES, WHY).is_ok());
    let drawn = right.draw(&sample.entries, at_ms).unwrap();
    let expected = sample.drawn(&PRIZES);
    assert_eq!(
        drawn.drawn().unwrap().winners,
        expected.drawn().unwrap().winners
    );
    assert_ne!(
        drawn.drawn().unwrap().winners,
        typed.drawn().unwrap().winners
    );
    // List, root and places are as committed.
    assert_eq!(
        drawn.order(&sample.entries),
        sample.shuffled().order(&sample.entries)
    );
    let delivered = typed.deliver(2, at_ms).unwrap();
    let blocked = rectify(delivered, 1, &PRIZES, WHY);
    assert_eq!(blocked, Err(Rejection::AlreadyDelivered));
    let [.., done, accounted, _] = stages(&sample).try_into().unwrap_or_else(|_| not_ten());
    for campaign in [done, accounted] {
        let blocked = rectify(campaign, 1, &PRIZES, WHY);
        assert_eq!(blocked, Err(Rejection::AlreadyDelivered));
    }
}

#[test]
fn a_rectification_may_leave_the_decision_to_the_next_extraction() {
    let sample = sample(N, 1);
    let key = operator();
    let at_ms = EXTRACTION_MS.plus(3 * DAY_MS + HOUR_MS);
    let typed = sample.drawn(&PRIZES);
    let none = typed
        .rectify(1, &planned(&NONE), WHY, EVENING_MS.plus(2 * HOUR_MS), &key)
        .unwrap();
    let undecided = none.clone().draw(&sample.entries, at_ms);
    assert_eq!(undecided, Err(Rejection::Undecided));
    let next = none.enter(&later(&PRIZES), WHY, at_ms, &key).unwrap();
    // The first is put right again, to numbers that decide: then they do, being first.
    let first = next
        .clone()
        .rectify(2, &planned(&["00000"; 5]), WHY, at_ms, &key);
    let drawn = first.unwrap().draw(&sample.entries, at_ms).unwrap();
    assert_eq!(drawn.drawn().unwrap().winners[0].position, Some(0));
    // An extraction between its neighbours cannot pass them.
    let past = readings(&extraction(5_803, EXTRACTION_MS.plus(4 * DAY_MS)), &NONE);
    let after_ms = at_ms.plus(2 * DAY_MS);
    let answer = next.rectify(2, &past, WHY, after_ms, &key).err();
    assert_eq!(answer, Some(Rejection::Record(RecordRefused::Extraction)));
}

#[test]
fn a_draw_is_of_the_committed_list_only() {
    let sample = sample(N, 1);
    let other = crate::sample::sample(N, 2);
    let fewer = sample.entries.as_slice()[1..].iter().copied();
    let fewer = Entries::new(&rules().campaign_id, 50, fewer).unwrap();
    let at_ms = EVENING_MS.plus(HOUR_MS);
    for entries in [&other.entries, &fewer] {
        let answer = sample.entered(&PRIZES).draw(entries, at_ms);
        assert_eq!(answer, Err(Rejection::OtherEntries));
        let answer = sample
            .shuffled()
            .disqualify(0, "menor", entries, EXTRACTION_MS.plus(-1));
        assert_eq!(answer, Err(Rejection::OtherEntries));
    }
}

#[test]
fn disqualification_has_a_published_code_its_time_and_one_effect() {
    let sample = sample(N, 1);
    let entries = &sample.entries;
    let before_ms = EXTRACTION_MS.plus(-1);
    let at_ms = EVENING_MS.plus(HOUR_MS);
    let (shuffled, drawn) = (sample.shuffled(), sample.drawn(&PRIZES));
    let holder = drawn.drawn().unwrap().winners[1].position.unwrap();
    let far = (holder + 60) % N as u32;
    use Rejection::*;
    for (campaign, position, code, at_ms, expected) in [
        (&shuffled, 0, "menor", before_ms, None),
        (&shuffled, 0, "menor", EXTRACTION_MS, Some(AwaitDraw)),
        (&shuffled, 0, "feio", before_ms, Some(UnknownCode)),
        (&shuffled, 97, "menor", before_ms, Some(UnknownPosition)),
        (&shuffled, 97, "feio", EXTRACTION_MS, Some(AwaitDraw)),
        (
            &sample.committed(),
            0,
            "menor",
            before_ms,
            Some(NotShuffled),
        ),
        (&sample.entered(&PRIZES), 0, "menor", at_ms, Some(AwaitDraw)),
        (&drawn, holder, "menor", at_ms, None),
        (&drawn, holder, "menor", EXTRACTION_MS, Some(TooEarly)),
        (&drawn, holder, "feio", at_ms, Some(UnknownCode)),
        (&drawn, 97, "menor", at_ms, Some(UnknownPosition)),
        (&drawn, far, "menor", at_ms, Some(NoPlace)),
    ] {
        let answer = campaign.clone().disqualify(position, code, entries, at_ms);
        assert_eq!(answer.err(), expected, "{position} {code} {at_ms:?}");
    }
    let once = drawn.clone().disqualify(holder, "menor", entries, at_ms);
    let once = once.unwrap();
    let again = once.clone().disqualify(holder, "menor", entries, at_ms);
    assert_eq!(again, Err(AlreadyDisqualified));
    let (was, is) = (
        &drawn.drawn().unwrap().winners,
        &once.drawn().unwrap().winners,
    );
    assert_eq!((&was[0], &was[2]), (&is[0], &is[2]));
    assert_ne!(was[1].pid, is[1].pid);
    let record = &once.committed().unwrap().disqualified[0];
    assert_eq!((record.sequence, record.when), (1, When::After));
    let delivered = drawn.deliver(2, at_ms).unwrap();
    let answer = delivered.disqualify(holder, "menor", entries, at_ms);
    assert_eq!(answer, Err(AlreadySettled));
}

#[test]
fn delivery_expiry_and_accounts_keep_their_dates() {
    let sample = sample(N, 1);
    let drawn = sample.drawn(&PRIZES);
    let drawn_ms = drawn.drawn().unwrap().drawn_ms;
    let ends_ms = drawn_ms.plus(180 * DAY_MS);
    use Rejection::*;
    let deliver = |rank, at_ms| drawn.clone().deliver(rank, at_ms).err();
    let expire = |rank, at_ms| drawn.clone().expire(rank, at_ms).err();
    assert_eq!(deliver(1, drawn_ms.plus(-1)), Some(TooEarly));
    assert_eq!(deliver(1, ends_ms.plus(-1)), None);
    assert_eq!(deliver(1, ends_ms), Some(TooLate));
    assert_eq!(deliver(4, drawn_ms), Some(UnknownPrize));
    assert_eq!(expire(1, ends_ms.plus(-1)), Some(TooEarly));
    assert_eq!(expire(1, ends_ms), None);
    let one = drawn.clone().deliver(1, drawn_ms).unwrap();
    let twice = one.clone().deliver(1, drawn_ms);
    assert_eq!(twice, Err(AlreadySettled));
    assert_eq!(one.clone().finish(), Err(Unsettled));
    let settled = one
        .expire(2, ends_ms)
        .and_then(|campaign| campaign.expire(3, ends_ms))
        .and_then(Campaign::finish)
        .unwrap();
    let winners = &settled.drawn().unwrap().winners;
    assert_eq!(winners[0].delivery, Delivery::Delivered);
    assert_eq!(winners[1].delivery_ms, Some(ends_ms));
    assert_eq!(settled.clone().account(" ", ends_ms), Err(ProtocolMissing));
    assert!(settled.account("2023/1", ends_ms).is_ok());
    let named = drawn.consent(1, Some("M*** S***".into())).unwrap();
    let name = named.drawn().unwrap().winners[0].name.clone();
    assert_eq!(name.as_deref(), Some("M*** S***"));
    // Taken back, even when the accounts are done.
    let [.., accounted, _] = stages(&sample).try_into().unwrap_or_else(|_| not_ten());
    let named = accounted.clone().consent(1, Some("M*** S***".into()));
    assert_eq!(
        named.and_then(|named| named.consent(1, None)),
        Ok(accounted)
    );
    // Two persons, three prizes: the third has nobody, and holds nothing up.
    let two = crate::sample::sample(2, 1);
    let drawn = two.drawn(&PRIZES);
    let nobody = drawn.clone().deliver(3, drawn_ms);
    assert_eq!(nobody, Err(NoWinner));
    assert_eq!(drawn.clone().consent(3, None), Err(NoWinner));
    let persons = drawn.drawn().unwrap().winners.iter();
    let held = persons.filter(|winner| winner.pid.is_some()).count() as u32;
    let all = (1..=held).try_fold(drawn, |campaign, rank| campaign.deliver(rank, drawn_ms));
    assert!(all.and_then(Campaign::finish).is_ok());
}

#[test]
fn a_campaign_with_people_in_it_is_ended_by_the_authority_or_by_emptiness() {
    let sample = sample(N, 1);
    use CancelReason::*;
    let all = stages(&sample);
    let not_taken = Some(Rejection::ReasonNotTaken);
    for (stage, reason, at_ms, expected) in [
        (0, Withdrawn, T_CLOSE_MS, None),
        (1, Withdrawn, T_CLOSE_MS, None),
        (2, Withdrawn, T_CLOSE_MS, not_taken),
        (3, Withdrawn, T_CLOSE_MS, not_taken),
        (0, NoEntries, T_CLOSE_MS, not_taken),
        (2, NoEntries, T_CLOSE_MS, not_taken),
        (3, NoEntries, T_CLOSE_MS.plus(-1), not_taken),
        (3, NoEntries, T_CLOSE_MS, None),
        (2, Authority, T_CLOSE_MS, None),
        (3, Authority, T_CLOSE_MS, None),
        (4, Authority, T_CLOSE_MS, Some(Rejection::WrongStage)),
    ] {
        let answer = all[stage].clone().cancel(reason, at_ms).err();
        assert_eq!(answer, expected, "{stage} {reason:?}");
    }
}

#[test]
fn what_is_late_is_named() {
    let sample = sample(N, 1);
    let shuffled = sample.shuffled();
    let mut all = stages(&sample);
    all.insert(5, shuffled);
    let steps: Vec<Option<Step>> = all.iter().map(|one| next(one).map(|n| n.step)).collect();
    use Step::*;
    let expected = [
        Some(Authorise),
        Some(Open),
        Some(Close),
        Some(Commit),
        Some(Shuffle),
        Some(Enter),
        Some(Draw),
        Some(Deliver),
        Some(Account),
        None,
        None,
    ];
    assert_eq!(steps, expected);
    for campaign in &all {
        let Some(deadline) = next(campaign) else {
            assert_eq!(late(campaign, UnixMs(i64::MAX)), None);
            continue;
        };
        assert!(deadline.from_ms < deadline.until_ms);
        assert_eq!(late(campaign, deadline.until_ms.plus(-1)), None);
        assert_eq!(late(campaign, deadline.until_ms), Some(deadline.step));
    }
}
