//! The one thing to do, what speaks against waiting, and what is in place.

use crate::store::campaign::{LifeRow, LifeState};
use cloud_core::raffle::beacon::ABSENT_BEFORE_MS;
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::campaign::deadline::{self, Step};
use cloud_core::raffle::certain::Certain;
use cloud_core::raffle::commit::BEFORE_EXTRACTION_MS;
use shared::time::UnixMs;
use web::campaign::CommitmentView;
use web::manager::{CampaignAlarm, CheckItem, CheckRow, CheckState, NextStep, NextView};

const DAY_MS: i64 = 24 * 3_600_000;
/// The law's time between the proof of ownership and the draw.
const OWNERSHIP_MS: i64 = 8 * DAY_MS;

/// What waits for people.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Of the list that is offered.
    pub root: Option<String>,
    pub approvals: usize,
    pub approved_by_reader: bool,
    /// Readings of the extraction that nobody else confirmed yet.
    pub readings: usize,
}

pub fn view(row: &LifeRow, waiting: &Waiting, at: UnixMs) -> NextView {
    let (step, by_ms) = match &row.state {
        LifeState::Plain => (NextStep::Nothing, None),
        LifeState::Certain(certain) => of_certain(row, certain),
        LifeState::Draw(draw) => of_draw(draw, waiting, at),
    };
    NextView { step, by_ms }
}

fn of_certain(row: &LifeRow, certain: &Certain) -> (NextStep, Option<UnixMs>) {
    let offer = certain.offer();
    match certain {
        Certain::Draft { .. } if row.published_ms.is_none() => {
            (NextStep::Open, Some(offer.opens_ms))
        }
        Certain::Draft { .. } | Certain::Open { .. } => (NextStep::WaitEnd, Some(offer.closes_ms)),
        Certain::Closed { .. } => {
            let lapsed = offer.closes_ms.plus(i64::from(offer.valid_days) * DAY_MS);
            (NextStep::Account, Some(lapsed))
        }
        Certain::Accounted { .. } | Certain::Withdrawn { .. } => (NextStep::Nothing, None),
    }
}

fn of_draw(draw: &Campaign, waiting: &Waiting, at: UnixMs) -> (NextStep, Option<UnixMs>) {
    let Some(next) = deadline::next(draw) else {
        return (NextStep::Nothing, None);
    };
    let rules = draw.rules();
    match next.step {
        Step::Authorise => (NextStep::Authorise, Some(next.until_ms)),
        Step::Open | Step::Close => (NextStep::WaitEnd, Some(rules.closes_ms)),
        Step::Commit if waiting.root.is_none() => (NextStep::WaitGrace, Some(rules.t_close_ms)),
        Step::Commit if waiting.approvals > 0 => (NextStep::ApproveSecond, Some(next.until_ms)),
        Step::Commit => (NextStep::Approve, Some(next.until_ms)),
        Step::Shuffle => (NextStep::Shuffle, Some(next.until_ms)),
        Step::Enter if at < next.from_ms => (NextStep::WaitExtraction, Some(next.from_ms)),
        Step::Enter | Step::Draw if waiting.readings > 0 => {
            (NextStep::EnterSecond, Some(next.until_ms))
        }
        Step::Enter | Step::Draw => (NextStep::EnterExtraction, Some(next.until_ms)),
        Step::Deliver => (NextStep::Deliver, Some(next.until_ms)),
        Step::Account => (NextStep::Account, Some(next.until_ms)),
    }
}

pub fn alarms(row: &LifeRow, waiting: &Waiting, dark: u64, at: UnixMs) -> Vec<CampaignAlarm> {
    let LifeState::Draw(draw) = &row.state else {
        return Vec::new();
    };
    let rules = draw.rules();
    let mut found = Vec::new();
    let owned_by = rules.extraction.at_ms.plus(-OWNERSHIP_MS);
    match draw {
        Campaign::Draft(_) if at >= owned_by => found.push(CampaignAlarm::OwnershipMissed),
        Campaign::Draft(_) if at >= owned_by.plus(-7 * DAY_MS) => {
            found.push(CampaignAlarm::OwnershipNear(owned_by));
        }
        Campaign::Closed(_) => {
            if dark > 0 && row.frozen_ms.is_none() {
                found.push(CampaignAlarm::DarkDocks(dark));
            }
            let by_ms = rules.extraction.at_ms.plus(-BEFORE_EXTRACTION_MS);
            match (waiting.root.is_some(), at > by_ms) {
                (_, true) => found.push(CampaignAlarm::ListMissed),
                (true, false) => found.push(CampaignAlarm::ListNear(by_ms)),
                (false, false) => {}
            }
        }
        Campaign::Committed(committed) => {
            if committed.beacon.is_none() && at >= rules.drand.round_ms().plus(600_000) {
                found.push(CampaignAlarm::NoShuffle);
            }
            if committed.beacon.is_some() && at >= committed.due_ms().plus(2 * 3_600_000) {
                found.push(CampaignAlarm::ResultOverdue(committed.due_ms()));
            }
            if waiting.readings > 1 {
                found.push(CampaignAlarm::SourcesDiffer);
            }
        }
        Campaign::Entered(entered) => {
            let since = entered.records.last().map(|record| record.entered_ms);
            found.push(CampaignAlarm::ResultOverdue(since.unwrap_or(at)));
        }
        Campaign::Drawn(drawn) if at >= drawn.claim_ends_ms().plus(-30 * DAY_MS) => {
            found.push(CampaignAlarm::ClaimsEnd(drawn.claim_ends_ms()));
        }
        Campaign::Delivered(_) => {
            if let Some(next) = deadline::next(draw) {
                found.push(CampaignAlarm::AccountsDue(next.until_ms));
            }
        }
        Campaign::Draft(_)
        | Campaign::Authorised(_)
        | Campaign::Open(_)
        | Campaign::Drawn(_)
        | Campaign::Accounted(_)
        | Campaign::Cancelled(_) => {}
    }
    found
}

pub fn checklist(row: &LifeRow, list: Option<&CommitmentView>, at: UnixMs) -> Vec<CheckRow> {
    let LifeState::Draw(draw) = &row.state else {
        return Vec::new();
    };
    let rules = draw.rules();
    let terms = match draw {
        Campaign::Authorised(terms) | Campaign::Open(terms) | Campaign::Closed(terms) => {
            Some(terms)
        }
        _ => draw.committed().map(|committed| &committed.terms),
    };
    let state = |done, by| state_at(at, done, by);
    let owned_by = rules.extraction.at_ms.plus(-OWNERSHIP_MS);
    let certificate = Some(rules.certificate.clone()).filter(|text| !text.is_empty());
    let authorised = terms.map(|terms| terms.authorised_ms);
    let committed = draw.committed();
    let list_by = rules.extraction.at_ms.plus(-BEFORE_EXTRACTION_MS);
    let beacon = committed.and_then(|it| it.beacon.map(|_| rules.drand.round_ms()));
    let decided = draw.records().last().map(|record| record.entered_ms);
    let due_ms = committed.map_or(rules.extraction.at_ms, |it| it.due_ms());
    let witnesses = list.map(|list| format!("{}/{}", list.signed(), list.docks));
    let mut all = vec![
        row_of(
            CheckItem::Certificate,
            state(authorised, rules.opens_ms),
            certificate,
        ),
        row_of(
            CheckItem::Ownership,
            state(terms.map(|terms| terms.ownership_ms), owned_by),
            None,
        ),
        row_of(
            CheckItem::Rules,
            state(row.published_ms, rules.opens_ms),
            None,
        ),
        row_of(
            CheckItem::Grace,
            state(row.frozen_ms, rules.t_close_ms),
            None,
        ),
        row_of(
            CheckItem::List,
            state(committed.map(|it| it.commit.committed_ms), list_by),
            None,
        ),
    ];
    if let Some(list) = list {
        let seen = list.witnesses.iter().map(|one| one.seen_ms).max();
        all.push(row_of(
            CheckItem::Witnesses,
            state(seen, rules.extraction.at_ms),
            witnesses,
        ));
    }
    let absent_ms = due_ms.plus(-ABSENT_BEFORE_MS);
    all.push(row_of(CheckItem::Shuffle, state(beacon, absent_ms), None));
    all.push(row_of(
        CheckItem::Result,
        state(decided, due_ms.plus(DAY_MS)),
        None,
    ));
    all.extend(after_the_draw(draw, at));
    all
}

fn after_the_draw(draw: &Campaign, at: UnixMs) -> Vec<CheckRow> {
    let Some(drawn) = draw.drawn() else {
        return Vec::new();
    };
    let settled = match draw {
        Campaign::Delivered(_) | Campaign::Accounted(_) => {
            drawn.winners.iter().filter_map(|one| one.delivery_ms).max()
        }
        _ => None,
    };
    let claims = drawn.claim_ends_ms();
    let deliveries = state_at(at, settled, claims);
    let (sent, protocol) = match draw {
        Campaign::Accounted(done) => (Some(done.accounted_ms), Some(done.protocol.clone())),
        _ => (None, None),
    };
    let by = claims.plus(30 * DAY_MS);
    vec![
        row_of(CheckItem::Deliveries, deliveries, None),
        row_of(CheckItem::Accounts, state_at(at, sent, by), protocol),
    ]
}

fn row_of(item: CheckItem, state: CheckState, detail: Option<String>) -> CheckRow {
    CheckRow {
        item,
        state,
        detail,
    }
}

fn state_at(at: UnixMs, done: Option<UnixMs>, by: UnixMs) -> CheckState {
    match done {
        Some(done) => CheckState::Done(done),
        None if at >= by => CheckState::Late(by),
        None => CheckState::Due(Some(by)),
    }
}
