//! The managers' pages about policies.

use super::{MINUTE_MS, staff};
use crate::customer::{NOW, frame};
use shared::money::Centavos;
use web::manager::{
    Decides, PoliciesPage, PolicyChange, PolicyField, PolicyFieldError, PolicyFollowPage,
    PolicyFormError, PolicyFormPage, PolicyNumber as N, PolicyPage, PolicyStanding,
    PolicyVersionRow, ScopeRow,
};
use web::ui::Lang;

const STORE: &str = "/manage/policies/019aa8f0-1c2d-7e3f-8a4b-5c6d7e8f9012";

/// Number, as it stands, and its bounds.
const NUMBERS: [(N, Option<i64>, i64, i64); 17] = [
    (N::Deposit, Some(1_000), 1, 50_000),
    (N::PaymentWindow, Some(300), 60, 3_600),
    (N::GrantValid, Some(120), 30, 600),
    (N::DarkGrantWait, Some(900), 60, 86_400),
    (N::CardReleases, Some(4), 0, 50),
    (N::GatewayExposure, Some(20_000), 0, 1_000_000),
    (N::AbandonAfter, Some(240), 60, 10_080),
    (N::ClosesAt, Some(22 * 60), 0, 1_439),
    (N::ClosingGrace, Some(60), 0, 360),
    (N::NoticeLead, Some(30), 5, 720),
    (N::FinderShare, Some(5_000), 0, 9_999),
    (N::ClaimValid, Some(15), 2, 60),
    (N::ClaimsPerCpf, Some(3), 0, 20),
    (N::ClaimsPerKey, Some(3), 0, 20),
    (N::PayoutDelay, Some(24), 1, 720),
    (N::PairReturns, Some(2), 0, 20),
    (N::PairWindow, Some(30), 1, 90),
];

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let nothing = PolicyPage {
        may_change: false,
        scope: ScopeRow {
            decides: None,
            waiting: None,
            ..scope("Loja & \"27", STORE, false)
        },
        is_chain: false,
        may_follow: false,
        numbers: vec![],
        history: vec![],
        ..policy(lang)
    };
    let wrong = PolicyFormPage {
        fields: fields(lang, true),
        error: Some(PolicyFormError::InPast),
        from_typed: "2026-11-20T08:00".into(),
        later: true,
        ..form(lang)
    };
    let moved = PolicyFormPage {
        error: Some(PolicyFormError::Moved),
        ..form(lang)
    };
    vec![
        ("policies", policies(lang).render()),
        ("policy", policy(lang).render()),
        ("policy-nothing", nothing.render()),
        ("policy-form", form(lang).render()),
        ("policy-form-wrong", wrong.render()),
        ("policy-form-moved", moved.render()),
        ("policy-follow", follow(lang, None).render()),
        (
            "policy-follow-wrong",
            follow(lang, Some(PolicyFormError::InPast)).render(),
        ),
    ]
}

fn scope(name: &str, href: &str, own: bool) -> ScopeRow {
    ScopeRow {
        name: name.into(),
        href: href.into(),
        decides: Some(Decides {
            own,
            version: 3,
            since_ms: NOW.plus(-9_000 * MINUTE_MS),
            deposit: Centavos::new(1_000),
        }),
        waiting: own.then(|| (4, NOW.plus(9_000 * MINUTE_MS))),
    }
}

fn follow(lang: Lang, error: Option<PolicyFormError>) -> PolicyFollowPage {
    PolicyFollowPage {
        frame: frame(lang, "/manage/policies"),
        staff: staff(),
        scope: scope("Supermercado Volta & \"27", STORE, true),
        seen: 4,
        from_typed: error.map_or_else(String::new, |_| "2026-11-20T08:00".into()),
        later: error.is_some(),
        error,
    }
}

fn policies(lang: Lang) -> PoliciesPage {
    let whole = match lang {
        Lang::Pt => "Rede inteira",
        Lang::En => "Whole chain",
    };
    PoliciesPage {
        frame: frame(lang, "/manage/policies"),
        staff: staff(),
        chain: scope(whole, "/manage/policies/chain", true),
        stores: vec![
            scope("Supermercado Volta Centro", STORE, false),
            scope("Supermercado Volta & \"27", STORE, true),
            ScopeRow {
                decides: None,
                ..scope("Loja nova", STORE, false)
            },
        ],
    }
}

fn policy(lang: Lang) -> PolicyPage {
    let row = |version, standing, days: i64, changes| PolicyVersionRow {
        version,
        standing,
        from_ms: NOW.plus(days * 24 * 60 * MINUTE_MS),
        follows_chain: false,
        made_ms: (version > 1).then(|| NOW.plus((days - 9) * 24 * 60 * MINUTE_MS)),
        by: (version > 1).then(|| "ana".into()),
        changes,
    };
    let change = |number, before, after| PolicyChange {
        number,
        before,
        after,
    };
    PolicyPage {
        frame: frame(lang, "/manage/policies/chain"),
        staff: staff(),
        may_change: true,
        scope: scope("Rede Volta", "/manage/policies/chain", true),
        is_chain: true,
        may_follow: false,
        numbers: NUMBERS.map(|(number, stored, ..)| (number, stored)).into(),
        history: vec![
            row(
                4,
                PolicyStanding::Waiting,
                6,
                vec![
                    change(N::Deposit, Some(1_000), Some(1_500)),
                    change(N::ClosesAt, Some(22 * 60), None),
                    change(N::FinderShare, Some(5_000), Some(3_333)),
                ],
            ),
            row(
                3,
                PolicyStanding::InForce,
                -6,
                vec![change(N::ClosesAt, None, Some(22 * 60))],
            ),
            row(
                2,
                PolicyStanding::Overtaken,
                -5,
                vec![change(N::AbandonAfter, Some(240), Some(300))],
            ),
            row(1, PolicyStanding::Past, -90, vec![]),
        ],
    }
}

fn form(lang: Lang) -> PolicyFormPage {
    PolicyFormPage {
        frame: frame(lang, &format!("{STORE}/new")),
        staff: staff(),
        scope: ScopeRow {
            waiting: Some((4, NOW.plus(9_000 * MINUTE_MS))),
            ..scope("Supermercado Volta Centro", STORE, false)
        },
        is_chain: false,
        seen: 4,
        fields: fields(lang, false),
        from_typed: String::new(),
        later: false,
        error: None,
    }
}

fn fields(lang: Lang, wrong: bool) -> Vec<PolicyField> {
    let field = |(number, stored, min, max): (N, Option<i64>, i64, i64)| {
        let (typed, error) = match number {
            N::Deposit if wrong => ("& \"27".into(), Some(PolicyFieldError::NotANumber)),
            N::FinderShare if wrong => ("100".into(), Some(PolicyFieldError::OutOfBounds)),
            N::NoticeLead if wrong => ("240".into(), Some(PolicyFieldError::NoticeBeforeStart)),
            number => (number.typed(stored, lang), None),
        };
        PolicyField {
            number,
            typed,
            min,
            max,
            error,
        }
    };
    NUMBERS.map(field).into()
}
