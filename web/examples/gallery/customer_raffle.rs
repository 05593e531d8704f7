//! Campaigns as customers see them, in every stage.

use super::{NOW, frame};
use crate::raffle::{
    DAY_MS, HASH, ID, ROOT, certain, commitment, disqualified, extraction, number, outcome,
    outcome_at, shuffle, terms, troubled,
};
use shared::money::Centavos;
use web::campaign::{CampaignMode, CampaignStage, CampaignTerms, OutcomeView};
use web::customer::{
    ConsentView, EntryRaffle, EntryStage, EntryView, InsideAnswer, InsideError, InsideFormPage,
    InsidePage, OutsideReason, PendingReason, PrizePage, PrizeState, ProofStep, ProofView,
    RafflePage, RafflesPage, RefundState, RentalPage, RulesPage, Side, Stage, VoucherView,
};
use web::ui::Lang;

/// 5,394,127 divided by the share.
const SECOND: u64 = 665;

const CODE: &str = "7K3M-Q9TB-2WXF";

pub(super) fn pages(lang: Lang) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |name: &str, html: String| all.push((format!("raffle-{name}"), html));
    for (name, page) in stages(lang) {
        add(name, page.render());
    }
    add("list", list(lang).render());
    let none = RafflesPage {
        campaigns: vec![],
        ..list(lang)
    };
    add("list-none", none.render());
    add("rules", rules(lang, CampaignStage::Open).render());
    add("rules-draft", rules(lang, CampaignStage::Draft).render());
    add("check", check(lang, None).render());
    let wrong = InsideError::Unknown;
    add("check-wrong", check(lang, Some(wrong)).render());
    for (name, page) in answers(lang) {
        add(name, page.render());
    }
    for (name, page) in prizes(lang) {
        add(name, page.render());
    }
    all
}

fn stages(lang: Lang) -> Vec<(&'static str, RafflePage)> {
    let committed = |stage, taken| {
        let base = page(lang, terms(stage));
        RafflePage {
            commitment: Some(commitment(&base.terms)),
            shuffle: Some(shuffle(&base.terms, taken)),
            has_bundle: true,
            ..base
        }
    };
    let drawn = |stage, delivered| {
        let base = committed(stage, true);
        RafflePage {
            extractions: vec![extraction(&base.terms)],
            outcome: Some(outcome(&base.terms, delivered)),
            ..base
        }
    };
    let pending = |reason| RafflePage {
        pending: Some(reason),
        ..committed(CampaignStage::Pending, true)
    };
    let mut troubles = drawn(CampaignStage::Drawn, false);
    troubles.extractions = troubled(&troubles.terms);
    troubles.disqualified = disqualified(SECOND, NOW);
    troubles.outcome = Some(OutcomeView {
        drawn: "5394127".into(),
        ..outcome_at(&troubles.terms, SECOND, false)
    });
    let mut again = pending(PendingReason::NextExtraction(NOW.plus(3 * DAY_MS)));
    again.extractions = troubled(&again.terms);
    again.extractions.truncate(2);
    let mut closed = page(lang, terms(CampaignStage::Closed));
    closed.dark_docks = 2;
    let mut over = page(lang, terms(CampaignStage::WithoutDraw));
    over.terms.name = "Sorteio & \"27".into();
    vec![
        ("draft", page(lang, terms(CampaignStage::Draft))),
        ("authorised", page(lang, terms(CampaignStage::Authorised))),
        ("open", page(lang, terms(CampaignStage::Open))),
        ("closed", closed),
        ("committed", committed(CampaignStage::Committed, false)),
        ("shuffled", committed(CampaignStage::Committed, true)),
        ("pending", pending(PendingReason::NotEntered)),
        ("differ", pending(PendingReason::SourcesDiffer)),
        ("again", again),
        ("drawn", drawn(CampaignStage::Drawn, false)),
        ("troubled", troubles),
        ("delivered", drawn(CampaignStage::Delivered, true)),
        ("accounted", drawn(CampaignStage::Accounted, true)),
        ("no-draw", over),
        ("certain", page(lang, certain(CampaignStage::Open))),
        ("certain-over", page(lang, certain(CampaignStage::Closed))),
    ]
}

fn page(lang: Lang, terms: CampaignTerms) -> RafflePage {
    RafflePage {
        frame: frame(lang, &format!("/sorteio/{ID}")),
        entries: (terms.stage >= CampaignStage::Open).then_some(1_234),
        terms,
        dark_docks: 0,
        commitment: None,
        shuffle: None,
        extractions: vec![],
        pending: None,
        outcome: None,
        disqualified: vec![],
        has_bundle: false,
    }
}

fn list(lang: Lang) -> RafflesPage {
    RafflesPage {
        frame: frame(lang, "/sorteio"),
        chain_name: "Rede Bom Caminho & \"27".into(),
        campaigns: vec![
            terms(CampaignStage::Open),
            certain(CampaignStage::Open),
            terms(CampaignStage::Closed),
            terms(CampaignStage::Committed),
            terms(CampaignStage::Pending),
            terms(CampaignStage::Drawn),
            terms(CampaignStage::Accounted),
            certain(CampaignStage::Closed),
            terms(CampaignStage::WithoutDraw),
        ],
    }
}

fn rules(lang: Lang, stage: CampaignStage) -> RulesPage {
    RulesPage {
        frame: frame(lang, &format!("/sorteio/{ID}/regras")),
        terms: terms(stage),
        text: "1. Participa quem devolve o carrinho no prazo e informa o CPF.\n\
               2. A lista é publicada ao menos 24 horas antes da extração.\n\
               3. Números iguais para todos & \"27\n"
            .into(),
        codes: vec![
            ("D1".into(), "CPF de outra pessoa".into()),
            ("D3".into(), "Pessoa com menos de 18 anos".into()),
        ],
        fallback: "Vale a extração regular seguinte da Loteria Federal.".into(),
    }
}

fn check(lang: Lang, error: Option<InsideError>) -> InsideFormPage {
    InsideFormPage {
        frame: frame(lang, &format!("/sorteio/{ID}/conferir")),
        campaign_id: ID.into(),
        campaign: "Natal do Bom Caminho".into(),
        typed: error.map_or_else(String::new, |_| "7K3M & \"27".into()),
        error,
    }
}

fn answers(lang: Lang) -> Vec<(&'static str, InsidePage)> {
    let page = |answer| InsidePage {
        frame: frame(lang, &format!("/sorteio/{ID}/conferir")),
        campaign_id: ID.into(),
        campaign: "Natal do Bom Caminho".into(),
        certain: false,
        code: Some(CODE.into()),
        token: None,
        answer,
    };
    let outside = |reason| InsidePage {
        code: None,
        ..page(InsideAnswer::Outside(reason))
    };
    let not_yet = InsideAnswer::NotYet {
        closes_ms: NOW.plus(9 * DAY_MS),
        list_by_ms: Some(NOW.plus(13 * DAY_MS)),
    };
    let all = InsideAnswer::NotYet {
        closes_ms: NOW.plus(9 * DAY_MS),
        list_by_ms: None,
    };
    let until_ms = Some(NOW.plus(9 * DAY_MS));
    let next = Some((ID.to_owned(), "Verão & \"27".to_owned()));
    vec![
        (
            "inside",
            InsidePage {
                token: Some("secret".into()),
                ..page(InsideAnswer::Inside(proof(true)))
            },
        ),
        ("listed", page(InsideAnswer::Inside(proof(false)))),
        ("not-yet", page(not_yet)),
        (
            "inside-certain",
            InsidePage {
                certain: true,
                ..page(all)
            },
        ),
        ("no-cpf", outside(OutsideReason::NoCpf { until_ms })),
        ("over-cap", outside(OutsideReason::OverCap { cap: 10 })),
        ("late", outside(OutsideReason::Late { next })),
        ("review", outside(OutsideReason::UnderReview)),
        ("withdrawn", outside(OutsideReason::Withdrawn)),
    ]
}

fn proof(numbered: bool) -> ProofView {
    let step = |side, result: &str| ProofStep {
        side,
        sibling: HASH.into(),
        result: result.into(),
    };
    ProofView {
        number: numbered.then(|| number(645)),
        position: numbered.then_some(645),
        index: 416,
        entries: 1_234,
        leaf: HASH.into(),
        steps: vec![
            step(Side::Right, HASH),
            step(Side::Left, HASH),
            step(Side::Left, ROOT),
        ],
        root: ROOT.into(),
    }
}

fn prizes(lang: Lang) -> Vec<(&'static str, PrizePage)> {
    let page = |state| PrizePage {
        frame: frame(lang, &format!("/premio/{CODE}")),
        code: CODE.into(),
        campaign_id: ID.into(),
        campaign: "Natal do Bom Caminho".into(),
        mode: CampaignMode::Draw,
        rank: 1,
        prize: "Vale-compras & \"27".into(),
        value: Centavos::new(50_000),
        number: Some(number(645)),
        claim_until_ms: NOW.plus(170 * DAY_MS),
        claim_days: 180,
        stores: vec!["Bom Caminho Pinheiros".into()],
        voucher: Some(VoucherView {
            code: "V4TB-9QKM-31XF".into(),
            scanned: "VOLTA-V4TB9QKM31XF".into(),
            valid_until_ms: NOW.plus(170 * DAY_MS),
        }),
        state,
        consent: Some(ConsentView {
            masked_name: None,
            given: false,
            name_missing: false,
        }),
        saved: false,
    };
    let mut named = page(PrizeState::Ready);
    named.saved = true;
    named.voucher = None;
    named.consent = Some(ConsentView {
        masked_name: Some("M***a S***s".into()),
        given: true,
        name_missing: false,
    });
    let mut missing = page(PrizeState::Ready);
    missing.consent = Some(ConsentView {
        masked_name: None,
        given: true,
        name_missing: true,
    });
    let mut everybody = page(PrizeState::Ready);
    everybody.mode = CampaignMode::Certain;
    everybody.number = None;
    everybody.consent = None;
    everybody.value = Centavos::new(200);
    let redeemed = PrizeState::Redeemed {
        at_ms: NOW.plus(-DAY_MS),
        store_name: "Bom Caminho Pinheiros".into(),
    };
    let lost = PrizeState::Lost {
        code: "D3".into(),
        text: "Pessoa com menos de 18 anos.".into(),
    };
    vec![
        ("prize", page(PrizeState::Ready)),
        ("prize-desk", named),
        ("prize-no-name", missing),
        ("prize-certain", everybody),
        ("prize-redeemed", page(redeemed)),
        ("prize-expired", page(PrizeState::Expired)),
        ("prize-lost", page(lost)),
    ]
}

/// Receipts, by what their entry has come to.
pub(super) fn receipts(lang: Lang) -> Vec<(&'static str, RentalPage)> {
    let draw_ms = NOW.plus(14 * DAY_MS);
    let number = || Some(number(645));
    let stages = [
        ("entry-noted", EntryStage::Noted),
        (
            "entry-waiting",
            EntryStage::Waiting {
                closes_ms: NOW.plus(9 * DAY_MS),
                list_by_ms: NOW.plus(13 * DAY_MS),
                draw_ms,
            },
        ),
        (
            "entry-listed",
            EntryStage::Listed {
                number: None,
                draw_ms,
            },
        ),
        (
            "entry-numbered",
            EntryStage::Listed {
                number: number(),
                draw_ms,
            },
        ),
        ("entry-pending", EntryStage::Pending { number: number() }),
        (
            "entry-outside",
            EntryStage::Outside(OutsideReason::UnderReview),
        ),
        (
            "entry-won",
            EntryStage::Won {
                rank: 1,
                prize: "Vale-compras & \"27".into(),
                code: CODE.into(),
            },
        ),
        ("entry-alternate", EntryStage::Alternate { order: 2 }),
        ("entry-lost", EntryStage::NotThisTime { number: number() }),
        ("entry-certain", EntryStage::Certain { code: CODE.into() }),
        ("entry-no-draw", EntryStage::WithoutDraw),
    ];
    let page = |stage| {
        let mut receipt = super::receipt(RefundState::Settled);
        receipt.entry = Some(EntryView {
            raffle: Some(EntryRaffle {
                campaign_id: ID.into(),
                stage,
            }),
            code: CODE.into(),
            ..super::entry()
        });
        super::rental(lang, Stage::Closed(receipt))
    };
    stages.map(|(name, stage)| (name, page(stage))).into()
}
