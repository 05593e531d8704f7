//! One campaign as samples tell it: the numbers agree with each other, as a verifier would find.

use crate::customer::NOW;
use shared::money::Centavos;
use shared::time::UnixMs;
use web::campaign::{
    CampaignMode, CampaignStage, CampaignTerms, Chosen, CommitmentView, Delivery, DisqualifiedView,
    ExtractionKind, ExtractionView, OutcomeView, PlannedExtraction, PrizeView, ShuffleState,
    ShuffleView, SourceView, SparePlace, WinnerView, WitnessView, WonPlace,
};

pub(crate) const DAY_MS: i64 = 24 * 60 * 60_000;
pub(crate) const ID: &str = "0193a1b2c3d4e5f60718293a4b5c6d7e";
pub(crate) const ROOT: &str = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
pub(crate) const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const ENTRIES: u64 = 1_234;
/// Of ten million, without the rest.
const SHARE: u64 = 8_103;
/// 5,230,769 divided by the share.
pub(crate) const POSITION: u64 = 645;

/// A campaign in `stage`, with its dates around now.
pub(crate) fn terms(stage: CampaignStage) -> CampaignTerms {
    let closes = NOW.plus(match stage {
        CampaignStage::Draft | CampaignStage::Authorised | CampaignStage::Open => 9 * DAY_MS,
        CampaignStage::Closed => -DAY_MS,
        CampaignStage::Committed => -4 * DAY_MS,
        _ => -30 * DAY_MS,
    });
    let published = stage > CampaignStage::Authorised && stage != CampaignStage::WithoutDraw;
    CampaignTerms {
        id: ID.into(),
        name: "Natal do Bom Caminho".into(),
        mode: CampaignMode::Draw,
        stage,
        promoter: "Mercado Bom Caminho Ltda".into(),
        promoter_document: "12.ABC.345/01DE-35".into(),
        stores: vec!["Bom Caminho Pinheiros".into(), "Bom Caminho & \"27".into()],
        certificate: (stage != CampaignStage::Draft && stage != CampaignStage::WithoutDraw)
            .then(|| "04.044574/2026".into()),
        published_ms: published.then(|| closes.plus(-31 * DAY_MS)),
        opens_ms: closes.plus(-30 * DAY_MS),
        closes_ms: closes,
        freeze_ms: closes.plus(3 * DAY_MS),
        extraction: Some(PlannedExtraction {
            number: "06017".into(),
            at_ms: closes.plus(5 * DAY_MS),
        }),
        prizes: [50_000, 20_000, 10_000]
            .into_iter()
            .zip(1..)
            .map(|(value, rank)| PrizeView {
                rank,
                name: "Vale-compras".into(),
                value: Centavos::new(value),
            })
            .collect(),
        entries_per_person: 10,
        minimum_age: 18,
        alternates: 20,
        claim_days: 180,
        rules_hash: published.then(|| HASH.into()),
    }
}

/// The same voucher for everybody.
pub(crate) fn certain(stage: CampaignStage) -> CampaignTerms {
    let mut terms = terms(stage);
    terms.mode = CampaignMode::Certain;
    terms.name = "Devolveu, ganhou".into();
    terms.certificate = None;
    terms.extraction = None;
    terms.prizes.truncate(1);
    for prize in &mut terms.prizes {
        prize.value = Centavos::new(200);
    }
    terms
}

pub(crate) fn commitment(terms: &CampaignTerms) -> CommitmentView {
    let committed_ms = terms.freeze_ms.plus(12 * 60_000);
    let witness = |dock: &str, minutes: i64| WitnessView {
        dock_name: dock.into(),
        store_name: "Bom Caminho Pinheiros".into(),
        seen_ms: committed_ms.plus(minutes * 60_000),
    };
    CommitmentView {
        entries: ENTRIES,
        share: SHARE,
        root: ROOT.into(),
        committed_ms,
        witnesses: vec![
            witness("Entrada Norte", 1),
            witness("Entrada Sul", 2),
            witness("Coberto & \"27", 9),
        ],
        docks: 4,
    }
}

pub(crate) fn shuffle(terms: &CampaignTerms, taken: bool) -> ShuffleView {
    ShuffleView {
        round: 34_164_871,
        at_ms: terms.freeze_ms.plus(30 * 60_000),
        state: if taken {
            ShuffleState::Taken(HASH.into())
        } else {
            ShuffleState::Waiting
        },
    }
}

/// Series and order of a position, as seven digits.
pub(crate) fn number(position: u64) -> String {
    format!("{:07}", (position + 1) * SHARE - 1)
}

pub(crate) fn extraction(terms: &CampaignTerms) -> ExtractionView {
    let at_ms = terms
        .extraction
        .as_ref()
        .map_or(NOW, |planned| planned.at_ms);
    let source = |name: &str| SourceView {
        name: name.into(),
        digest: HASH.into(),
    };
    ExtractionView {
        sequence: 1,
        kind: ExtractionKind::Result { reason: None },
        number: "06017".into(),
        at_ms,
        prizes: ["71953", "08420", "35187", "90266", "44719"].map(str::to_owned),
        first: "5230769".into(),
        second: "8694127".into(),
        chosen: Chosen::First,
        sources: vec![source("Caixa, site"), source("Diário & \"27")],
        entered_ms: at_ms.plus(40 * 60_000),
        replaced_by: None,
    }
}

/// First a typing error, rectified; then an extraction without a number; then the one that decides.
pub(crate) fn troubled(terms: &CampaignTerms) -> Vec<ExtractionView> {
    let base = extraction(terms);
    let later = base.at_ms.plus(3 * DAY_MS);
    vec![
        ExtractionView {
            replaced_by: Some(2),
            ..base.clone()
        },
        ExtractionView {
            sequence: 2,
            kind: ExtractionKind::Rectification {
                replaces: 1,
                reason: "Terceiro prêmio digitado errado & \"27".into(),
            },
            prizes: ["71999", "08499", "35999", "90999", "44999"].map(str::to_owned),
            first: "9999999".into(),
            second: "9999999".into(),
            chosen: Chosen::Neither,
            ..base.clone()
        },
        ExtractionView {
            sequence: 3,
            kind: ExtractionKind::Next,
            number: "06018".into(),
            at_ms: later,
            prizes: ["71999", "08499", "35157", "90236", "44719"].map(str::to_owned),
            first: "9999769".into(),
            second: "5394127".into(),
            chosen: Chosen::Second,
            entered_ms: later.plus(40 * 60_000),
            ..base
        },
    ]
}

pub(crate) fn outcome(terms: &CampaignTerms, delivered: bool) -> OutcomeView {
    outcome_at(terms, POSITION, delivered)
}

/// With the first prize at `first`.
pub(crate) fn outcome_at(terms: &CampaignTerms, first: u64, delivered: bool) -> OutcomeView {
    let drawn_ms = extraction(terms).at_ms;
    let place = |offset: u64, name: Option<&str>| WonPlace {
        position: first + offset,
        number: number(first + offset),
        name: name.map(str::to_owned),
        alternate: (offset > 2).then_some(1),
    };
    let winner = |rank: u32, value, place, delivery| WinnerView {
        rank,
        prize: "Vale-compras".into(),
        value: Centavos::new(value),
        place,
        delivery,
    };
    let handed = if delivered {
        Delivery::Delivered(drawn_ms.plus(2 * DAY_MS))
    } else {
        Delivery::Pending
    };
    let last = if delivered {
        winner(
            3,
            10_000,
            None,
            Delivery::Expired(drawn_ms.plus(9 * DAY_MS)),
        )
    } else {
        winner(3, 10_000, Some(place(3, None)), Delivery::Pending)
    };
    OutcomeView {
        drawn: "5230769".into(),
        position: first,
        winners: vec![
            winner(1, 50_000, Some(place(0, Some("M***a S***s"))), handed),
            winner(2, 20_000, Some(place(1, None)), handed),
            last,
        ],
        spares: (3..8)
            .map(|offset: u64| SparePlace {
                order: u32::try_from(offset - 2).unwrap_or(1),
                position: first + offset,
                number: number(first + offset),
                called: offset == 3,
            })
            .collect(),
        claim_until_ms: drawn_ms.plus(180 * DAY_MS),
    }
}

pub(crate) fn disqualified(first: u64, at_ms: UnixMs) -> Vec<DisqualifiedView> {
    vec![DisqualifiedView {
        sequence: 1,
        position: first + 2,
        number: number(first + 2),
        code: "D3".into(),
        text: "Pessoa com menos de 18 anos & \"27".into(),
        after: true,
        decided_ms: at_ms,
    }]
}
