//! What a campaign's rows mean to whoever reads of it, customer or manager.

use crate::bundles::Made;
use crate::store::campaign::{LifeRow, LifeState};
use crate::store::{DbError, Tx, campaign, commitment, dock, witness};
use cloud_core::raffle::beacon::Beacon;
use cloud_core::raffle::campaign::{Campaign, Committed, Drawn};
use cloud_core::raffle::certain::Certain;
use cloud_core::raffle::order::{Number, numbers_each};
use cloud_core::raffle::result::{self, Kind, Record};
use cloud_core::raffle::rules::Rules;
use cloud_core::raffle::winners::{Delivery as Settled, Walk, When, Winner};
use sha2::{Digest as _, Sha256};
use shared::document::Cnpj;
use shared::ids::CampaignId;
use shared::money::Centavos;
use shared::octets::Octets;
use shared::time::UnixMs;
use web::campaign::{
    CampaignMode, CampaignStage, CampaignTerms, Chosen, CommitmentView, Delivery, DisqualifiedView,
    ExtractionKind, ExtractionView, OutcomeView, PlannedExtraction, PrizeView, ShuffleState,
    ShuffleView, SourceView, SparePlace, WinnerView, WitnessView, WonPlace,
};

/// As addresses and documents write a campaign.
pub fn simple(id: &CampaignId) -> String {
    Octets(*id.as_bytes()).to_string()
}

/// None: no campaign is written so.
pub fn read_id(text: &str) -> Option<CampaignId> {
    let octets: Octets<16> = text.parse().ok()?;
    Some(CampaignId::from_bytes(octets.0))
}

pub fn terms(row: &LifeRow, now: UnixMs) -> CampaignTerms {
    match &row.state {
        LifeState::Draw(draw) => of_rules(row, draw, now),
        LifeState::Certain(certain) => of_offer(row, certain),
        LifeState::Plain => plain(row, CampaignStage::Draft),
    }
}

fn of_rules(row: &LifeRow, draw: &Campaign, now: UnixMs) -> CampaignTerms {
    let rules = draw.rules();
    let cnpj: Option<Cnpj> = rules.promoter.cnpj.parse().ok();
    CampaignTerms {
        name: rules.name.clone(),
        promoter: rules.promoter.name.clone(),
        promoter_document: cnpj.map(|cnpj| cnpj.formatted()).unwrap_or_default(),
        stores: rules.stores.clone(),
        certificate: Some(rules.certificate.clone()).filter(|text| !text.is_empty()),
        opens_ms: rules.opens_ms,
        closes_ms: rules.closes_ms,
        freeze_ms: rules.t_close_ms,
        extraction: Some(PlannedExtraction {
            number: rules.extraction.number.clone(),
            at_ms: rules.extraction.at_ms,
        }),
        prizes: rules
            .prizes
            .iter()
            .map(|prize| PrizeView {
                rank: prize.rank,
                name: prize.name.clone(),
                value: Centavos::new(prize.value_centavos),
            })
            .collect(),
        entries_per_person: u64::from(rules.entries_per_person_max),
        minimum_age: u8::try_from(rules.minimum_age).unwrap_or(u8::MAX),
        alternates: rules.alternates,
        claim_days: rules.claim_days,
        rules_hash: row.rules.as_ref().map(|_| rules.hash().to_string()),
        ..plain(row, stage(draw, now))
    }
}

fn of_offer(row: &LifeRow, certain: &Certain) -> CampaignTerms {
    let offer = certain.offer();
    let stage = match certain {
        Certain::Draft { .. } if row.published_ms.is_some() => CampaignStage::Authorised,
        Certain::Draft { .. } => CampaignStage::Draft,
        Certain::Open { .. } => CampaignStage::Open,
        Certain::Closed { .. } => CampaignStage::Closed,
        Certain::Accounted { .. } => CampaignStage::Accounted,
        Certain::Withdrawn { .. } => CampaignStage::WithoutDraw,
    };
    CampaignTerms {
        name: offer.name.clone(),
        mode: CampaignMode::Certain,
        stores: offer.stores.clone(),
        opens_ms: offer.opens_ms,
        closes_ms: offer.closes_ms,
        freeze_ms: offer.closes_ms,
        prizes: vec![PrizeView {
            rank: 1,
            name: String::new(),
            value: offer.voucher,
        }],
        entries_per_person: u64::from(offer.vouchers_per_person_max),
        claim_days: offer.valid_days,
        rules_hash: row
            .rules
            .as_deref()
            .map(|text| hex::encode(Sha256::digest(text))),
        ..plain(row, stage)
    }
}

/// A period of which nobody promised anything.
fn plain(row: &LifeRow, stage: CampaignStage) -> CampaignTerms {
    CampaignTerms {
        id: simple(&row.row.id),
        name: row.row.name.clone(),
        mode: CampaignMode::Draw,
        stage,
        promoter: String::new(),
        promoter_document: String::new(),
        stores: Vec::new(),
        certificate: None,
        published_ms: row.published_ms,
        opens_ms: row.row.opens_ms,
        closes_ms: row.row.closes_ms.plus(-1),
        freeze_ms: row.row.closes_ms.plus(-1),
        extraction: None,
        prizes: Vec::new(),
        entries_per_person: 0,
        minimum_age: 18,
        alternates: 0,
        claim_days: 0,
        rules_hash: None,
    }
}

/// A result is pending from the extraction on until numbers stand that decide.
pub fn stage(draw: &Campaign, now: UnixMs) -> CampaignStage {
    match draw {
        Campaign::Draft(_) => CampaignStage::Draft,
        Campaign::Authorised(_) => CampaignStage::Authorised,
        Campaign::Open(_) => CampaignStage::Open,
        Campaign::Closed(_) if now >= draw.rules().extraction.at_ms => CampaignStage::Pending,
        Campaign::Closed(_) => CampaignStage::Closed,
        Campaign::Committed(committed) if now < committed.due_ms() => CampaignStage::Committed,
        Campaign::Committed(_) | Campaign::Entered(_) => CampaignStage::Pending,
        Campaign::Drawn(_) => CampaignStage::Drawn,
        Campaign::Delivered(_) => CampaignStage::Delivered,
        Campaign::Accounted(_) => CampaignStage::Accounted,
        Campaign::Cancelled(_) => CampaignStage::WithoutDraw,
    }
}

/// The fixed list, and which docks saw it.
pub fn commitment(tx: &Tx<'_>, id: &CampaignId) -> Result<Option<CommitmentView>, DbError> {
    let Some(bound) = commitment::of(tx, id)? else {
        return Ok(None);
    };
    let list = bound.promise.commitment;
    let words = witness::of(tx, id)?.into_iter();
    let witnesses = words.filter(|word| word.commitment == list);
    let n = u32::try_from(list.n).unwrap_or(u32::MAX);
    let chain = campaign::life(tx, id)?.map(|row| row.chain);
    let docks = dock::all(tx)?.into_iter();
    let docks = docks.filter(|dock| Some(dock.chain) == chain).count();
    Ok(Some(CommitmentView {
        entries: list.n,
        share: u64::from(numbers_each(n)),
        root: list.root.to_string(),
        committed_ms: bound.committed_ms,
        witnesses: witnesses
            .map(|word| WitnessView {
                dock_name: word.dock_name,
                store_name: word.store_name,
                seen_ms: word.seen_ms,
            })
            .collect(),
        docks: u64::try_from(docks).unwrap_or(u64::MAX),
    }))
}

pub fn shuffle(committed: &Committed) -> ShuffleView {
    let drand = committed.terms.rules.drand;
    let state = match committed.beacon {
        None => ShuffleState::Waiting,
        Some(Beacon::Absent { .. }) => ShuffleState::Absent,
        Some(beacon) => beacon
            .randomness(drand.round, committed.due_ms())
            .map_or(ShuffleState::Waiting, |value| {
                ShuffleState::Taken(value.to_string())
            }),
    };
    ShuffleView {
        round: drand.round,
        at_ms: drand.round_ms(),
        state,
    }
}

pub fn extractions(records: &[Record], n: u32) -> Vec<ExtractionView> {
    let standing = result::effective(records);
    let stands = |record: &Record| standing.iter().any(|it| it.sequence == record.sequence);
    let replaced = |record: &Record| {
        let mut later = records.iter();
        later
            .find(|other| other.replaces == Some(record.sequence))
            .map(|other| other.sequence)
            .filter(|_| !stands(record))
    };
    let view = |record: &Record| {
        let [first, second] = record.prizes.combinations();
        ExtractionView {
            sequence: record.sequence,
            kind: kind(record),
            number: record.extraction.number.clone(),
            at_ms: record.extraction.at_ms,
            prizes: record.prizes.into(),
            first: format!("{first:07}"),
            second: format!("{second:07}"),
            chosen: match record.prizes.decisive(n) {
                Some(decisive) if decisive == first => Chosen::First,
                Some(_) => Chosen::Second,
                None => Chosen::Neither,
            },
            sources: record
                .sources
                .iter()
                .map(|source| SourceView {
                    name: source.name.clone(),
                    digest: source.digest.to_string(),
                })
                .collect(),
            entered_ms: record.entered_ms,
            replaced_by: replaced(record),
        }
    };
    records.iter().map(view).collect()
}

fn kind(record: &Record) -> ExtractionKind {
    let reason = record.reason.clone();
    match record.kind {
        Kind::Result => ExtractionKind::Result {
            reason: Some(reason).filter(|reason| !reason.is_empty()),
        },
        Kind::Next => ExtractionKind::Next,
        Kind::Rectification => ExtractionKind::Rectification {
            replaces: record.replaces.unwrap_or(0),
            reason,
        },
    }
}

/// Who won. `made`: the committed list with its order.
pub fn outcome(drawn: &Drawn, made: &Made) -> Option<OutcomeView> {
    let committed = &drawn.entered.committed;
    let rules = &committed.terms.rules;
    let (n, order) = (committed.n(), made.order()?);
    let (record, start) = result::decision(&drawn.entered.records, n)?;
    let sizes = (rules.prizes_count(), rules.alternates);
    let without_after: Vec<_> = committed
        .disqualified
        .iter()
        .filter(|one| one.when == When::Before)
        .cloned()
        .collect();
    let first = Walk::new(made.list(), order, start, sizes, &without_after);
    let alternate = |position: u32| {
        let found = first.alternates.iter().position(|at| *at == position);
        found.and_then(|index| u32::try_from(index + 1).ok())
    };
    let holds = |position: u32| drawn.winners.iter().any(|w| w.position == Some(position));
    let winners = drawn.winners.iter().map(|winner| WinnerView {
        rank: winner.rank,
        prize: prize_name(rules, winner.rank),
        value: prize_value(rules, winner.rank),
        place: winner.position.map(|position| WonPlace {
            position: u64::from(position),
            number: winner.number.clone().unwrap_or_default(),
            name: winner.name.clone(),
            alternate: alternate(position),
        }),
        delivery: delivery(winner),
    });
    let spares = first
        .alternates
        .iter()
        .zip(1..)
        .map(|(position, place)| SparePlace {
            order: place,
            position: u64::from(*position),
            number: number_at(n, *position),
            called: holds(*position),
        });
    Some(OutcomeView {
        drawn: format!("{:07}", record.prizes.decisive(n)?),
        position: u64::from(start),
        winners: winners.collect(),
        spares: spares.collect(),
        claim_until_ms: drawn.claim_ends_ms(),
    })
}

pub fn delivery(winner: &Winner) -> Delivery {
    match (winner.delivery, winner.delivery_ms) {
        (Settled::Delivered, Some(at)) => Delivery::Delivered(at),
        (Settled::Expired, Some(at)) => Delivery::Expired(at),
        _ => Delivery::Pending,
    }
}

pub fn prize_name(rules: &Rules, rank: u32) -> String {
    let prize = rules.prizes.iter().find(|prize| prize.rank == rank);
    prize.map(|prize| prize.name.clone()).unwrap_or_default()
}

pub fn prize_value(rules: &Rules, rank: u32) -> Centavos {
    let prize = rules.prizes.iter().find(|prize| prize.rank == rank);
    Centavos::new(prize.map_or(0, |prize| prize.value_centavos))
}

pub fn disqualified(committed: &Committed) -> Vec<DisqualifiedView> {
    let codes = &committed.terms.rules.disqualification_codes;
    let words = |code: &str| codes.iter().find(|known| known.code == code);
    let all = committed.disqualified.iter();
    all.map(|one| DisqualifiedView {
        sequence: one.sequence,
        position: u64::from(one.position),
        number: number_at(committed.n(), one.position),
        code: one.code.clone(),
        text: words(&one.code)
            .map(|known| known.text.clone())
            .unwrap_or_default(),
        after: one.when == When::After,
        decided_ms: one.decided_ms,
    })
    .collect()
}

pub fn number_at(n: u32, position: u32) -> String {
    let number = Number::of(position, numbers_each(n));
    number.map(|number| number.to_string()).unwrap_or_default()
}
