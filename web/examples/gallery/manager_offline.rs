//! The managers' pages about cards and technicians.

use super::{MINUTE_MS, staff};
use crate::customer::{NOW, frame};
use shared::money::Centavos;
use web::manager::{
    AnswerView, CardError, CardFilter, CardForm, CardRow, CardsPage, EnrolmentPage, RiskRow,
    RiskView, TechnicianError, TechnicianRow, TechniciansPage,
};
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    vec![
        ("cards", cards(lang).render()),
        (
            "cards-wrong",
            CardsPage {
                form: CardForm {
                    holder: "Ana & \"27".into(),
                    error: Some(CardError::Number),
                },
                rows: vec![],
                total: 0,
                ..cards(lang)
            }
            .render(),
        ),
        ("technicians", technicians(lang).render()),
        (
            "enrolment",
            EnrolmentPage {
                frame: frame(lang, "/manage/docks"),
                staff: staff(),
                dock_name: "Entrada Norte".into(),
                code: "K7QM-2XVR-0000-ABCD-9XYZ".into(),
                until_ms: NOW.plus(24 * 60 * MINUTE_MS),
            }
            .render(),
        ),
        (
            "technicians-answer",
            TechniciansPage {
                answer: Some(AnswerView {
                    dock_name: "Entrada Norte".into(),
                    challenge: "K7QM2XVR".into(),
                    digits: "40718265".into(),
                }),
                ..technicians(lang)
            }
            .render(),
        ),
        (
            "technicians-wrong",
            TechniciansPage {
                error: Some(TechnicianError::Key),
                name_typed: "Rui".into(),
                key_typed: "abc".into(),
                rows: vec![],
                ..technicians(lang)
            }
            .render(),
        ),
    ]
}

fn cards(lang: Lang) -> CardsPage {
    let money = Centavos::new;
    let risk = |dock_name: &str, dock_code: &str, days_dark: u64, out_count: u64| {
        let days = i64::try_from(days_dark).expect("few days");
        let out = i64::try_from(out_count).expect("few carts") * 1_000;
        RiskRow {
            dock_name: dock_name.into(),
            dock_code: dock_code.into(),
            replaced: days_dark == 2,
            list: Some(41),
            limit: money(20_000),
            days: days_dark + 2,
            untold: money((days + 2) * 20_000),
            out_count,
            out: money(out),
            worst: money((days + 2) * 20_000 + out),
        }
    };
    let card = |n: u8, holder: &str, denied| CardRow {
        key: format!("00f1e2d3c4b5a6{n:02x}"),
        ending: format!("{:04}", u32::from(n) * 317 + 11),
        holder: holder.into(),
        has_person: n.is_multiple_of(2),
        denied,
        changed_ms: NOW.plus(-i64::from(n) * 90 * MINUTE_MS),
    };
    CardsPage {
        frame: frame(lang, "/manage/cards"),
        staff: staff(),
        may_change: true,
        risk: RiskView {
            worst: money(161_000),
            docks: vec![
                risk("Entrada Norte", "NORTE", 0, 1),
                risk("Entrada Sul", "SUL", 4, 0),
            ],
        },
        filter: CardFilter::All,
        query: String::new(),
        page: 1,
        total: 131,
        rows: vec![
            card(1, "Ana Souza", false),
            card(2, "Bruno de Albuquerque Cavalcanti", false),
            card(3, "Perdido no balcão em 12/11", true),
        ],
        form: CardForm::default(),
    }
}

fn technicians(lang: Lang) -> TechniciansPage {
    let row = |name: &str, revoked: bool| TechnicianRow {
        name: name.into(),
        key: "3pV0c7m7Qm0Z5n2L1xw2yq4mY8r6t5u9sE1bD3fG7hI".into(),
        since_ms: NOW.plus(-9_000 * MINUTE_MS),
        revoked_ms: revoked.then(|| NOW.plus(-100 * MINUTE_MS)),
    };
    TechniciansPage {
        frame: frame(lang, "/manage/technicians"),
        staff: staff(),
        may_change: true,
        docks: vec![
            ("NORTE".into(), "Entrada Norte".into()),
            ("SUL".into(), "Entrada Sul".into()),
        ],
        dock: "SUL".into(),
        challenge_typed: String::new(),
        answer: None,
        name_typed: String::new(),
        key_typed: String::new(),
        error: None,
        rows: vec![row("Rui Tavares", false), row("Bia Lima", true)],
    }
}
