//! The managers' pages of campaigns, and the papers.

use super::staff;
use crate::customer::{NOW, frame};
use crate::raffle::{
    DAY_MS, HASH, ID, POSITION, ROOT, certain, commitment, disqualified, extraction, number,
    outcome, shuffle, terms, troubled,
};
use shared::money::Centavos;
use shared::time::UnixMs;
use web::campaign::{CampaignStage, CampaignTerms, Delivery};
use web::manager::{
    AccountRow, AccountsPage, CampaignAlarm, CampaignDraftPage, CampaignForm, CampaignPage,
    CampaignRow, CampaignsPage, CheckItem, CheckRow, CheckState, Choice, DarkDock, EntriesPage,
    EntryRow, FieldError, FieldKey, FieldKind, FirstEntry, FormAction, FormError, FormField,
    MinutesPage, NextStep, NextView, OfferedList, UnclaimedPage, UnclaimedRow,
};
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let none = CampaignsPage {
        campaigns: vec![],
        ..list(lang)
    };
    let mut all = vec![
        ("campaigns", list(lang).render()),
        ("campaigns-none", none.render()),
        ("campaign-new", draft(lang, false).render()),
        ("campaign-new-wrong", draft(lang, true).render()),
        ("minutes", minutes(lang).render()),
        ("entries", entries(lang).render()),
        ("accounts", accounts(lang).render()),
        ("unclaimed", unclaimed(lang).render()),
    ];
    all.extend(
        stages(lang)
            .into_iter()
            .map(|(name, page)| (name, page.render())),
    );
    all
}

fn list(lang: Lang) -> CampaignsPage {
    let row = |terms: CampaignTerms, step, days: i64, alarms| CampaignRow {
        entries: 1_234,
        next: next(step, Some(NOW.plus(days * DAY_MS))),
        alarms,
        terms,
    };
    CampaignsPage {
        frame: frame(lang, "/manage/campaigns"),
        staff: staff(),
        may_change: true,
        campaigns: vec![
            row(terms(CampaignStage::Closed), NextStep::Approve, 1, 2),
            row(terms(CampaignStage::Open), NextStep::WaitEnd, 9, 0),
            row(certain(CampaignStage::Open), NextStep::WaitEnd, 9, 0),
            row(terms(CampaignStage::Drawn), NextStep::Deliver, 150, 0),
        ],
    }
}

fn next(step: NextStep, by_ms: Option<UnixMs>) -> NextView {
    NextView { step, by_ms }
}

fn stages(lang: Lang) -> Vec<(&'static str, CampaignPage)> {
    let draft = CampaignPage {
        entries: 0,
        forms: vec![
            form(FormAction::Authorise, false),
            form(FormAction::GiveUp, false),
        ],
        ..page(lang, CampaignStage::Draft, NextStep::Authorise)
    };
    let open = CampaignPage {
        forms: vec![form(FormAction::Open, false)],
        done: Some(FormAction::Authorise),
        ..page(lang, CampaignStage::Authorised, NextStep::Open)
    };
    let grace = CampaignPage {
        dark: vec![DarkDock {
            dock_name: "Entrada & \"27".into(),
            store_name: "Bom Caminho Pinheiros".into(),
            told_ms: Some(NOW.plus(-2 * DAY_MS)),
        }],
        alarms: vec![CampaignAlarm::DarkDocks(1)],
        ..page(lang, CampaignStage::Closed, NextStep::WaitGrace)
    };
    let approve = CampaignPage {
        offered: Some(OfferedList {
            entries: 1_234,
            root: ROOT.into(),
            approvals: vec![("ana".into(), NOW.plus(-60_000))],
        }),
        alarms: vec![CampaignAlarm::ListNear(NOW.plus(DAY_MS / 2))],
        forms: vec![form(FormAction::Approve, true)],
        ..page(lang, CampaignStage::Closed, NextStep::ApproveSecond)
    };
    vec![
        ("campaign-draft", draft),
        ("campaign-authorised", open),
        ("campaign-grace", grace),
        ("campaign-approve", approve),
        ("campaign-shuffle", committed(lang)),
        ("campaign-extraction", extracting(lang)),
        ("campaign-drawn", drawn(lang)),
    ]
}

fn committed(lang: Lang) -> CampaignPage {
    let base = page(lang, CampaignStage::Committed, NextStep::Shuffle);
    CampaignPage {
        commitment: Some(commitment(&base.terms)),
        shuffle: Some(shuffle(&base.terms, false)),
        alarms: vec![
            CampaignAlarm::NoShuffle,
            CampaignAlarm::AnotherRoot("Entrada & \"27".into()),
        ],
        forms: vec![
            form(FormAction::Shuffle, true),
            form(FormAction::ShuffleAbsent, false),
            form(FormAction::Disqualify, false),
        ],
        ..base
    }
}

fn extracting(lang: Lang) -> CampaignPage {
    let base = page(lang, CampaignStage::Pending, NextStep::EnterSecond);
    CampaignPage {
        commitment: Some(commitment(&base.terms)),
        shuffle: Some(shuffle(&base.terms, true)),
        first_entry: Some(FirstEntry {
            by: "ana".into(),
            at_ms: NOW.plus(-600_000),
            source: "Caixa, site".into(),
        }),
        alarms: vec![CampaignAlarm::ResultOverdue(NOW.plus(-DAY_MS))],
        forms: vec![form(FormAction::Extraction, true)],
        ..base
    }
}

fn drawn(lang: Lang) -> CampaignPage {
    let base = page(lang, CampaignStage::Drawn, NextStep::Deliver);
    CampaignPage {
        commitment: Some(commitment(&base.terms)),
        shuffle: Some(shuffle(&base.terms, true)),
        extractions: troubled(&base.terms),
        outcome: Some(outcome(&base.terms, false)),
        disqualified: disqualified(POSITION, NOW),
        forms: vec![
            form(FormAction::Deliver, false),
            form(FormAction::Rectify, true),
            form(FormAction::Disqualify, false),
            form(FormAction::Account, false),
        ],
        done: Some(FormAction::Disqualify),
        ..base
    }
}

fn page(lang: Lang, stage: CampaignStage, step: NextStep) -> CampaignPage {
    CampaignPage {
        frame: frame(lang, &format!("/manage/campaigns/{ID}")),
        staff: staff(),
        terms: terms(stage),
        next: next(step, Some(NOW.plus(DAY_MS))),
        alarms: vec![],
        checklist: checklist(stage),
        entries: 1_234,
        dark: vec![],
        offered: None,
        commitment: None,
        shuffle: None,
        first_entry: None,
        extractions: vec![],
        outcome: None,
        disqualified: vec![],
        forms: vec![],
        done: None,
    }
}

fn checklist(stage: CampaignStage) -> Vec<CheckRow> {
    let row = |item, state, detail: Option<&str>| CheckRow {
        item,
        state,
        detail: detail.map(str::to_owned),
    };
    let done = |item, needed, detail| match stage >= needed {
        true => row(item, CheckState::Done(NOW.plus(-9 * DAY_MS)), detail),
        false => row(item, CheckState::Due(None), None),
    };
    let due = |days: i64| CheckState::Due(Some(NOW.plus(days * DAY_MS)));
    vec![
        done(
            CheckItem::Certificate,
            CampaignStage::Authorised,
            Some("04.044574/2026"),
        ),
        row(
            CheckItem::Ownership,
            CheckState::Late(NOW.plus(-DAY_MS)),
            Some("NF 8812 & \"27"),
        ),
        done(CheckItem::Rules, CampaignStage::Open, None),
        done(CheckItem::Grace, CampaignStage::Committed, Some("72 h")),
        done(CheckItem::List, CampaignStage::Committed, Some("ana, beto")),
        done(CheckItem::Witnesses, CampaignStage::Committed, Some("3/4")),
        row(
            CheckItem::Shuffle,
            CheckState::Missed(NOW.plus(-DAY_MS)),
            None,
        ),
        done(CheckItem::Result, CampaignStage::Drawn, None),
        row(CheckItem::Deliveries, due(180), None),
        row(CheckItem::IncomeTax, due(13), None),
        row(CheckItem::Unclaimed, due(225), None),
        row(CheckItem::Accounts, due(255), None),
    ]
}

/// Empty, or wrong in all that can be.
fn form(action: FormAction, wrong: bool) -> CampaignForm {
    let fields = action.fields().iter().map(|key| FormField {
        choices: choices(*key),
        typed: match (wrong, key.kind()) {
            (true, FieldKind::Line | FieldKind::Area | FieldKind::Digits) => "& \"27".into(),
            _ => String::new(),
        },
        error: wrong.then(|| match key.kind() {
            FieldKind::Digits => FieldError::NotFiveDigits,
            FieldKind::Moment => FieldError::ExtractionTooSoon,
            FieldKind::Tick => FieldError::NotConfirmed,
            FieldKind::Number => FieldError::OutOfBounds,
            _ => FieldError::Missing,
        }),
        ..FormField::empty(*key)
    });
    CampaignForm {
        action,
        href: match action {
            FormAction::Draft => "/manage/campaigns".into(),
            other => format!("/manage/campaigns/{ID}/{}", other.verb()),
        },
        seen: ROOT.into(),
        fields: fields.collect(),
        error: wrong.then_some(FormError::SamePerson),
    }
}

fn choices(key: FieldKey) -> Vec<Choice> {
    let choice = |value: &str, label: &str, chosen| Choice {
        value: value.into(),
        label: label.into(),
        chosen,
    };
    match key {
        FieldKey::Mode => vec![
            choice("draw", "Sorteio", true),
            choice("certain", "Prêmio certo", false),
        ],
        FieldKey::Stores => vec![
            choice("1", "Bom Caminho Pinheiros", true),
            choice("2", "Bom Caminho & \"27", false),
        ],
        FieldKey::Code => vec![choice("D1", "D1: CPF de outra pessoa", true)],
        FieldKey::Rank => vec![choice("1", "1º prêmio: vale-compras", true)],
        FieldKey::Replaces => vec![choice("1", "1", true)],
        _ => vec![],
    }
}

fn draft(lang: Lang, wrong: bool) -> CampaignDraftPage {
    CampaignDraftPage {
        frame: frame(lang, "/manage/campaigns/new"),
        staff: staff(),
        terms: wrong.then(|| terms(CampaignStage::Draft)),
        form: form(FormAction::Draft, wrong),
    }
}

fn minutes(lang: Lang) -> MinutesPage {
    let terms = terms(CampaignStage::Drawn);
    MinutesPage {
        frame: frame(lang, &format!("/manage/campaigns/{ID}/ata")),
        staff: staff(),
        place: "Rua dos Pinheiros, 27, São Paulo & \"27".into(),
        held_ms: extraction(&terms).at_ms.plus(3_600_000),
        commitment: commitment(&terms),
        approved_by: vec!["ana".into(), "beto".into()],
        shuffle: shuffle(&terms, true),
        extractions: vec![extraction(&terms)],
        outcome: outcome(&terms, false),
        disqualified: disqualified(POSITION, NOW),
        terms,
    }
}

fn entries(lang: Lang) -> EntriesPage {
    let terms = terms(CampaignStage::Committed);
    EntriesPage {
        frame: frame(lang, &format!("/manage/campaigns/{ID}/lista")),
        staff: staff(),
        commitment: commitment(&terms),
        rows: (1..=12)
            .map(|index| EntryRow {
                index,
                code: "7K3M-Q9TB-2WXF".into(),
                returned_ms: NOW.plus(-9 * DAY_MS),
                store_name: "Bom Caminho & \"27".into(),
                pid: HASH.chars().take(32).collect(),
                leaf: HASH.into(),
                number: Some(number(index * 90)),
            })
            .collect(),
        page: 2,
        pages: 9,
        terms,
    }
}

fn accounts(lang: Lang) -> AccountsPage {
    let terms = terms(CampaignStage::Delivered);
    let drawn_ms = extraction(&terms).at_ms;
    let row = |rank: u32, value, delivery| AccountRow {
        rank,
        prize: "Vale-compras & \"27".into(),
        value: Centavos::new(value),
        number: Some(number(u64::from(rank) + 644)),
        delivery,
        document: matches!(delivery, Delivery::Delivered(_)).then(|| "=1+1".into()),
    };
    AccountsPage {
        frame: frame(lang, &format!("/manage/campaigns/{ID}/contas")),
        staff: staff(),
        drawn_ms,
        rows: vec![
            row(1, 50_000, Delivery::Delivered(drawn_ms.plus(2 * DAY_MS))),
            row(2, 20_000, Delivery::Expired(drawn_ms.plus(180 * DAY_MS))),
            row(3, 10_000, Delivery::Pending),
        ],
        claim_until_ms: drawn_ms.plus(180 * DAY_MS),
        tax: Centavos::new(16_000),
        tax_by_ms: drawn_ms.plus(13 * DAY_MS),
        union_by_ms: drawn_ms.plus(225 * DAY_MS),
        accounts_by_ms: drawn_ms.plus(255 * DAY_MS),
        darf_document: Some("0394-2026-8812".into()),
        protocol: Some(("2027-000412".into(), NOW)),
        terms,
    }
}

fn unclaimed(lang: Lang) -> UnclaimedPage {
    let terms = terms(CampaignStage::Drawn);
    let row = |rank: u32, told_ms, expired| UnclaimedRow {
        rank,
        prize: "Vale-compras & \"27".into(),
        value: Centavos::new(20_000),
        number: Some(number(u64::from(rank) + 644)),
        told_ms,
        expired,
    };
    UnclaimedPage {
        frame: frame(lang, &format!("/manage/campaigns/{ID}/nao-retirados")),
        staff: staff(),
        claim_until_ms: NOW.plus(150 * DAY_MS),
        union_by_ms: NOW.plus(195 * DAY_MS),
        rows: vec![row(2, Some(NOW.plus(-DAY_MS)), false), row(3, None, true)],
        terms,
    }
}
