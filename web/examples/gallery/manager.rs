//! Every managers' page, busy and calm.

#[path = "manager_books.rs"]
mod books;
#[path = "manager_campaigns.rs"]
mod campaigns;
#[path = "manager_offline.rs"]
mod offline;
#[path = "manager_payouts.rs"]
mod payouts;
#[path = "manager_persons.rs"]
mod persons;
#[path = "manager_policies.rs"]
mod policies;
#[path = "manager_rescues.rs"]
mod rescues;

use crate::customer::{NOW, bay_no, bays, frame};
use shared::money::Centavos;
use web::customer::{DelayReason, RefundState};
use web::manager::{
    AlarmKind, AlarmRow, AlarmsPage, ChangePasswordPage, DashboardPage, DockPlan, DocksPage,
    GatewayView, LedgerAccount, LoginError, LoginPage, PasswordError, Problem, ProblemKind,
    RefundObstacle, RentalDetailPage, RentalFilter, RentalListPage, RentalRow, RentalState,
    ReturnNature, Role, Source, StaffView, Step, StepKind, Totals,
};
use web::ui::Lang;

const MINUTE_MS: i64 = 60_000;

/// Name and HTML of every page.
pub(crate) fn pages(lang: Lang) -> Vec<(String, String)> {
    let calm = DashboardPage {
        problems: vec![],
        recent: vec![],
        ..dashboard(lang)
    };
    let docks = DocksPage {
        frame: frame(lang, "/manage/docks"),
        staff: staff(),
        docks: docks(),
    };
    let review = RentalDetailPage {
        rental: row(RentalState::Returned, Some(RefundState::HeldForReview), 42),
        steps: vec![],
        can_approve: true,
        ..rental(lang)
    };
    [
        ("dashboard", dashboard(lang).render()),
        ("dashboard-calm", calm.render()),
        ("rentals", rentals(lang).render()),
        (
            "rentals-none",
            RentalListPage {
                rows: vec![],
                total: 0,
                ..rentals(lang)
            }
            .render(),
        ),
        ("rental", rental(lang).render()),
        ("rental-review", review.render()),
        ("docks", docks.render()),
        ("alarms", alarms(lang).render()),
    ]
    .into_iter()
    .chain(doors(lang))
    .chain(offline::pages(lang))
    .chain(books::pages(lang))
    .chain(persons::pages(lang))
    .chain(payouts::pages(lang))
    .chain(policies::pages(lang))
    .chain(rescues::pages(lang))
    .chain(campaigns::pages(lang))
    .map(|(name, html)| (format!("m-{name}"), html))
    .collect()
}

fn doors(lang: Lang) -> [(&'static str, String); 4] {
    let login = LoginPage {
        frame: frame(lang, "/manage/login"),
        next: "/manage".into(),
        login_typed: String::new(),
        error: None,
    };
    let refused = LoginPage {
        login_typed: "ana".into(),
        error: Some(LoginError::BadCredentials),
        ..login.clone()
    };
    let password = ChangePasswordPage {
        frame: frame(lang, "/manage/password"),
        staff: staff(),
        first: true,
        error: Some(PasswordError::TooShort),
    };
    let change = ChangePasswordPage {
        first: false,
        error: None,
        ..password.clone()
    };
    [
        ("login", login.render()),
        ("login-refused", refused.render()),
        ("password-first", password.render()),
        ("password", change.render()),
    ]
}

fn staff() -> StaffView {
    StaffView {
        name: "Ana Souza".into(),
        role: Role::Administrator,
        chain_name: "Bom Caminho".into(),
    }
}

fn docks() -> Vec<DockPlan> {
    let plan = DockPlan {
        code: "NORTE".into(),
        dock_name: "Entrada Norte".into(),
        store_name: "Bom Caminho Pinheiros".into(),
        online: true,
        seen_ms: Some(NOW.plus(-2_000)),
        bays: bays(),
        gateway: Some(GatewayView {
            id: "0199f3a1-7c22-7d10-9a55-3f0c6e5d4b21".into(),
            software: "edge 0.1.0".into(),
            acked_seq: 41_827,
            backlog: 0,
        }),
    };
    let dark = DockPlan {
        code: "SUL".into(),
        dock_name: "Entrada Sul".into(),
        online: false,
        seen_ms: None,
        bays: bays()[..3].to_vec(),
        gateway: None,
        ..plan.clone()
    };
    vec![plan, dark]
}

fn row(state: RentalState, refund: Option<RefundState>, minutes: i64) -> RentalRow {
    RentalRow {
        id: "0199f3b2-11aa-7c3e-8f10-2b6d9c7e5a43".into(),
        state,
        refund,
        dock_name: "Entrada Norte".into(),
        store_name: "Bom Caminho Pinheiros".into(),
        bay: Some(bay_no(3)),
        cart_label: (state != RentalState::AwaitingPayment).then(|| "C-0427".into()),
        deposit: Centavos::new(1_000),
        started_ms: NOW.plus(-minutes * MINUTE_MS),
        cpf_masked: (minutes % 2 == 0).then(|| "***.982.247-**".into()),
        by_card: minutes == 22,
    }
}

fn rows() -> Vec<RentalRow> {
    let slow = RefundState::Delayed {
        why: DelayReason::BankRefused,
    };
    vec![
        row(RentalState::AwaitingPayment, None, 1),
        row(RentalState::Out, None, 22),
        row(RentalState::Returned, Some(RefundState::Processing), 41),
        row(RentalState::Returned, Some(slow), 90),
        row(RentalState::Closed, Some(RefundState::Settled), 120),
        row(RentalState::Abandoned, None, 1_500),
    ]
}

fn dashboard(lang: Lang) -> DashboardPage {
    let problem = |kind, count, amount: Option<i64>| Problem {
        kind,
        count,
        amount: amount.map(Centavos::new),
        oldest_ms: Some(NOW.plus(-90 * MINUTE_MS)),
    };
    DashboardPage {
        frame: frame(lang, "/manage"),
        staff: staff(),
        problems: vec![
            problem(ProblemKind::RefundsDelayed, 2, Some(2_000)),
            problem(ProblemKind::DocksOffline, 1, None),
            problem(ProblemKind::BaysFaulted, 1, None),
        ],
        totals: Totals {
            held: Centavos::new(12_000),
            held_count: 12,
            refundable: Centavos::new(3_000),
            refundable_count: 3,
            refunded_today: Centavos::new(184_000),
            refunded_today_count: 184,
            carts_out: 11,
        },
        docks: docks(),
        recent: rows(),
    }
}

fn rentals(lang: Lang) -> RentalListPage {
    RentalListPage {
        frame: frame(lang, "/manage/rentals"),
        staff: staff(),
        filter: RentalFilter::Refunding,
        query: "C-04 & \"27".into(),
        page: 2,
        total: 131,
        total_amount: Centavos::new(131_000),
        rows: rows(),
    }
}

fn rental(lang: Lang) -> RentalDetailPage {
    let transfer = |from, to| Source::Transfer {
        id: "0199f3b2-7".into(),
        from,
        to,
        amount: Centavos::new(1_000),
    };
    let steps = [
        (StepKind::Requested, 0, vec![]),
        (
            StepKind::ChargeCreated,
            1,
            vec![Source::Txid("0199f3b211aa7c3e8f102b6d9c7e5a43".into())],
        ),
        (
            StepKind::Paid,
            42,
            vec![
                Source::EndToEndId("E12345678202611211640x9y8z7w6v5u4".into()),
                transfer(LedgerAccount::Bank, LedgerAccount::Held),
            ],
        ),
        (
            StepKind::GrantIssued,
            42,
            vec![Source::Grant("0199f3b2-2".into())],
        ),
        (StepKind::ReleaseStarted, 43, vec![event(41_801)]),
        (StepKind::CartPulled, 51, vec![event(41_802)]),
        (StepKind::NoticeTold, 1_900, vec![]),
        (StepKind::NoticeWaiting, 1_900, vec![]),
        (
            StepKind::CartDocked,
            2_400,
            vec![
                event(41_827),
                transfer(LedgerAccount::Held, LedgerAccount::Owed),
            ],
        ),
        (StepKind::RefundRequested, 2_400, vec![]),
        (StepKind::RefundRefused, 2_402, vec![]),
        (StepKind::BankReturned, 2_410, vec![]),
        (
            StepKind::RefundSettled,
            2_460,
            vec![Source::ReturnId("D12345678202611211732a1b2c3d4e5f6".into())],
        ),
        (
            StepKind::EntryMade,
            2_460,
            vec![Source::Entry("NATAL26-0004217".into())],
        ),
    ]
    .map(|(kind, seconds, sources)| Step {
        at_ms: NOW.plus(seconds * 1_000 - 41 * MINUTE_MS),
        kind,
        detail: why(kind, lang),
        sources,
    });
    RentalDetailPage {
        frame: frame(lang, "/manage/rentals/0199f3b2-11aa-7c3e-8f10-2b6d9c7e5a43"),
        staff: staff(),
        rental: row(RentalState::Closed, Some(RefundState::Settled), 42),
        steps: steps.into(),
        can_approve: false,
        can_end: false,
    }
}

fn event(seq: u64) -> Source {
    Source::Event {
        gateway: "0199f3a1".into(),
        seq,
        hash: "9f2c4b7a1e…".into(),
    }
}

fn why(kind: StepKind, lang: Lang) -> Option<String> {
    let words = &lang.text().manager.detail;
    match kind {
        StepKind::RefundRefused => Some((words.refusal)(&RefundObstacle::NoBalance).into()),
        StepKind::NoticeTold | StepKind::NoticeWaiting => {
            let at_ms = NOW;
            let kind = web::notice::NoticeKind::AbandonmentNear { at_ms };
            Some((lang.text().notices.kind)(&kind).into())
        }
        StepKind::BankReturned => Some((words.nature)(&ReturnNature::MedFraud).into()),
        _ => None,
    }
}

fn alarms(lang: Lang) -> AlarmsPage {
    let alarm = |kind, subject: &str, ended: bool| AlarmRow {
        kind,
        subject: subject.into(),
        href: Some("/manage/docks".into()),
        raised_ms: NOW.plus(-90 * MINUTE_MS),
        ended_ms: ended.then_some(NOW),
    };
    AlarmsPage {
        frame: frame(lang, "/manage/alarms"),
        staff: staff(),
        open: vec![
            alarm(AlarmKind::RefundDelayed, "0199f3b2", false),
            alarm(AlarmKind::RefundNoBalance, "0199f3b2", false),
            alarm(AlarmKind::RefundBlocked, "0199f3b2", false),
            alarm(AlarmKind::PayoutHeld, "0199f3b2", false),
            alarm(AlarmKind::RescueWaiting, "0199f3b2", false),
            alarm(AlarmKind::PayoutReturned, "0199f3b2", false),
            alarm(AlarmKind::RefundOwed, "0199f3b2", false),
            alarm(AlarmKind::DepositTakenBack, "0199f3b2", false),
            alarm(AlarmKind::DockOffline, "Entrada Sul", false),
            alarm(AlarmKind::GatewayForked, "Entrada Sul", false),
            alarm(
                AlarmKind::JournalSalvaged,
                "Entrada Norte, 4712-4790",
                false,
            ),
            alarm(AlarmKind::ReceiptContradicted, "Entrada Sul, 4711", false),
            alarm(
                AlarmKind::BankCertificateEnding,
                "pix.api.efipay.com.br, 20/12/2026",
                false,
            ),
        ],
        ended: vec![alarm(AlarmKind::BayFaulted, "Entrada Norte", true)],
    }
}
