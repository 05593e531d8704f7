//! Every customer page in every stage, with data that looks like life.

#[path = "customer_contacts.rs"]
mod contacts;
#[path = "customer_offline.rs"]
mod offline;
#[path = "customer_payout.rs"]
mod payout;
#[path = "customer_raffle.rs"]
mod raffle;
#[path = "customer_rescue.rs"]
mod rescue;

use shared::enrol::BayKind;
use shared::ids::BayNo;
use shared::money::Centavos;
use shared::sync::BayState;
use shared::time::UnixMs;
use web::customer::{
    CampaignView, CancelReason, CpfError, DelayReason, DockPage, EntryView, ErrorKind, ErrorPage,
    HelpPage, HomeDock, HomePage, MinePage, MineRental, MineState, NearbyDock, NoticesInvite,
    PayView, Payee, PrivacyPage, Receipt, RefundState, RefundView, RentalPage, RentalView, Stage,
    TakeRefusal,
};
use web::ui::{BayView, Frame, Lang, Zone};

/// 2026-11-21, 14:32:07 in São Paulo.
pub(crate) const NOW: UnixMs = UnixMs(1_795_282_327_000);
const MINUTE_MS: i64 = 60_000;
const DEPOSIT: Centavos = Centavos::new(1_000);
const PIX: &str = "00020101021226800014br.gov.bcb.pix2558pix.banco.example/v2/cobv/9d36b84fc70b478fb95c12729b90ca25520400005303986540510.005802BR5919MERCADO BOM CAMINHO6009SAO PAULO62070503***6304B1F4";

pub(crate) fn frame(lang: Lang, path: &str) -> Frame {
    Frame {
        lang,
        zone: Zone::sao_paulo(),
        now_ms: NOW,
        path: path.to_owned(),
    }
}

/// Name and HTML of every page.
pub(crate) fn pages(lang: Lang) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = rentals(lang)
        .into_iter()
        .map(|(name, page)| (format!("rental-{name}"), page.render()))
        .collect();
    all.extend(
        docks(lang)
            .into_iter()
            .map(|(name, page)| (format!("dock-{name}"), page.render())),
    );
    all.extend(offline::pages(lang));
    all.extend(payout::pages(lang));
    all.extend(raffle::pages(lang));
    all.extend(rescue::pages(lang));
    all.extend(contacts::pages(lang));
    all.push(("mine".into(), mine(lang).render()));
    all.push((
        "mine-none".into(),
        MinePage {
            rentals: vec![],
            ..mine(lang)
        }
        .render(),
    ));
    all.push(("home".into(), home(lang).render()));
    all.push((
        "help".into(),
        HelpPage {
            frame: frame(lang, "/help"),
        }
        .render(),
    ));
    all.push((
        "privacy".into(),
        PrivacyPage {
            frame: frame(lang, "/privacy"),
        }
        .render(),
    ));
    all.push((
        "error".into(),
        ErrorPage::of(frame(lang, "/d/X"), ErrorKind::UnknownDock).render(),
    ));
    all
}

pub(crate) fn bay_no(number: u16) -> BayNo {
    BayNo::new(number).expect("samples number bays from 1")
}

pub(crate) fn bays() -> Vec<BayView> {
    let bay = |no, kind, state, carts, capacity| BayView {
        no: bay_no(no),
        kind,
        state,
        carts,
        capacity,
    };
    vec![
        bay(1, BayKind::Slot, BayState::Occupied, 1, 1),
        bay(2, BayKind::Slot, BayState::Vacant, 0, 1),
        bay(3, BayKind::Slot, BayState::Releasing, 1, 1),
        bay(4, BayKind::Slot, BayState::Faulted, 1, 1),
        bay(5, BayKind::Lane, BayState::Occupied, 6, 8),
        bay(6, BayKind::Slot, BayState::Docking, 0, 1),
    ]
}

fn payee() -> Payee {
    Payee {
        name: "Mercado Bom Caminho Ltda".into(),
        document: Some("12.ABC.345/01DE-35".into()),
    }
}

fn nearest() -> Vec<NearbyDock> {
    let dock = |code: &str, name: &str, distance_m, carts_ready, places_free| NearbyDock {
        code: code.into(),
        name: name.into(),
        distance_m,
        carts_ready,
        places_free,
    };
    vec![
        dock("SUL", "Entrada Sul", Some(85), 3, 5),
        dock("COBERTO", "Estacionamento coberto", Some(140), 0, 12),
    ]
}

fn docks(lang: Lang) -> Vec<(&'static str, DockPage)> {
    let page = DockPage {
        frame: frame(lang, "/d/NORTE"),
        code: "NORTE".into(),
        dock_name: "Entrada Norte".into(),
        store_name: "Bom Caminho Pinheiros".into(),
        deposit: DEPOSIT,
        payee: payee(),
        site_host: "volta.example".into(),
        dock_online: true,
        dock_serves: true,
        bays: bays(),
        nearest: nearest(),
        campaign: Some(CampaignView {
            name: "Natal do Bom Caminho".into(),
            draw_ms: NOW.plus(30 * 24 * 60 * MINUTE_MS),
        }),
        cpf_typed: String::new(),
        cpf_error: None,
        refusal: None,
        rentals_here: 0,
    };
    vec![
        ("ready", page.clone()),
        (
            "offline",
            DockPage {
                dock_online: false,
                ..page.clone()
            },
        ),
        (
            "closed",
            DockPage {
                dock_online: false,
                dock_serves: false,
                ..page.clone()
            },
        ),
        (
            "empty",
            DockPage {
                bays: vec![bays()[1]],
                campaign: None,
                ..page.clone()
            },
        ),
        (
            "cpf-wrong",
            DockPage {
                cpf_typed: "111.444.777-36\"><b>".into(),
                cpf_error: Some(CpfError::CheckDigits),
                rentals_here: 1,
                ..page.clone()
            },
        ),
        (
            "refused",
            DockPage {
                refusal: Some(TakeRefusal::BankUnavailable),
                ..page
            },
        ),
    ]
}

fn refund(state: RefundState) -> RefundView {
    let settled = state == RefundState::Settled;
    RefundView {
        state,
        amount: DEPOSIT,
        requested_ms: NOW.plus(-4_000),
        settled_ms: settled.then_some(NOW),
        return_id: settled.then(|| "D12345678202611211732a1b2c3d4e5f6".into()),
    }
}

fn receipt(state: RefundState) -> Receipt {
    Receipt {
        cart_label: Some("C-0427".into()),
        paid_ms: NOW.plus(-52 * MINUTE_MS),
        paid_e2eid: Some("E12345678202611211640x9y8z7w6v5u4".into()),
        taken_ms: Some(NOW.plus(-51 * MINUTE_MS)),
        returned_ms: NOW.plus(-4_000),
        returned_dock: "Entrada Sul".into(),
        returned_store: "Bom Caminho Pinheiros".into(),
        refund: refund(state),
        entry: None,
        review: state == RefundState::HeldForReview,
    }
}

fn entry() -> EntryView {
    EntryView {
        code: "NATAL26-0004217".into(),
        campaign: "Natal do Bom Caminho".into(),
        draw_ms: Some(NOW.plus(30 * 24 * 60 * MINUTE_MS)),
        raffle: None,
    }
}

fn rental(lang: Lang, stage: Stage) -> RentalPage {
    let token = "q7ZrVb2hYw0XkLm5TnPd3g";
    RentalPage {
        frame: frame(lang, &format!("/r/{token}")),
        view: RentalView {
            token: token.into(),
            receipt_url: format!("https://volta.example/r/{token}"),
            dock_code: "NORTE".into(),
            dock_name: "Entrada Norte".into(),
            store_name: "Bom Caminho Pinheiros".into(),
            store_document: payee().document,
            bay: Some(bay_no(3)),
            deposit: DEPOSIT,
            started_ms: NOW.plus(-MINUTE_MS),
            cpf_masked: None,
            can_claim_entry: false,
            claim_error: None,
            code_error: None,
            notices: NoticesInvite::Ask,
            stage,
        },
    }
}

fn closed(lang: Lang) -> RentalPage {
    let mut receipt = receipt(RefundState::Settled);
    receipt.entry = Some(entry());
    let mut page = rental(lang, Stage::Closed(receipt));
    page.view.cpf_masked = Some("***.982.247-**".into());
    page
}

fn claimable(lang: Lang) -> RentalPage {
    let mut page = rental(lang, Stage::Returned(receipt(RefundState::Processing)));
    page.view.can_claim_entry = true;
    page
}

fn pay() -> PayView {
    PayView {
        copy_paste: PIX.into(),
        expires_ms: NOW.plus(9 * MINUTE_MS + 41_000),
        server_now_ms: NOW,
        payee: payee(),
        dock_dark: false,
    }
}

pub(crate) fn rentals(lang: Lang) -> Vec<(&'static str, RentalPage)> {
    let out = Stage::Out {
        since_ms: NOW.plus(-20 * MINUTE_MS),
        cart_label: Some("C-0427".into()),
        nearest: nearest(),
        abandon_ms: Some(NOW.plus(220 * MINUTE_MS)),
    };
    let late = Stage::Abandoned {
        since_ms: NOW.plus(-10 * MINUTE_MS),
        nearest: nearest(),
        brought: None,
    };
    let delayed = RefundState::Delayed {
        why: DelayReason::BankSlow,
    };
    let cancelled = |reason, refund| Stage::Cancelled { reason, refund };
    let plain = |stage| rental(lang, stage);
    let mut all = vec![
        ("preparing", plain(Stage::Preparing)),
        ("pay", plain(Stage::Pay(pay()))),
        (
            "paid",
            plain(Stage::Paid {
                bay: Some(bay_no(3)),
                carry: None,
            }),
        ),
        ("silent", plain(Stage::Silent { nearest: nearest() })),
        (
            "open",
            plain(Stage::Open {
                bay: bay_no(3),
                until_ms: NOW.plus(MINUTE_MS),
            }),
        ),
        ("out", plain(out)),
        ("abandoned", plain(late)),
        ("returned", claimable(lang)),
        ("returned-delayed", plain(Stage::Returned(receipt(delayed)))),
        (
            "returned-review",
            plain(Stage::Returned(receipt(RefundState::HeldForReview))),
        ),
        ("closed", closed(lang)),
        ("expired", plain(Stage::Expired { refund: None })),
        (
            "expired-paid",
            plain(Stage::Expired {
                refund: Some(refund(RefundState::Settled)),
            }),
        ),
        (
            "cancelled",
            plain(cancelled(CancelReason::ByCustomer, None)),
        ),
        (
            "cancelled-paid",
            plain(cancelled(
                CancelReason::NotTaken,
                Some(refund(RefundState::Processing)),
            )),
        ),
    ];
    all.extend(offline::rentals(lang));
    all.extend(rescue::rentals(lang));
    all.extend(raffle::receipts(lang));
    all
}

fn mine(lang: Lang) -> MinePage {
    let rental = |token: &str, minutes: i64, state| MineRental {
        token: token.into(),
        dock_name: "Entrada Norte".into(),
        store_name: "Bom Caminho Pinheiros".into(),
        started_ms: NOW.plus(-minutes * MINUTE_MS),
        deposit: DEPOSIT,
        state,
    };
    MinePage {
        frame: frame(lang, "/mine"),
        rentals: vec![
            rental("a", 20, MineState::Out),
            rental("b", 3_000, MineState::Closed),
            rental("c", 9_000, MineState::Expired),
        ],
    }
}

fn home(lang: Lang) -> HomePage {
    let dock = |code: &str, dock_name: &str, carts_ready, places_free, online| HomeDock {
        code: code.into(),
        dock_name: dock_name.into(),
        store_name: "Bom Caminho Pinheiros".into(),
        carts_ready,
        places_free,
        online,
    };
    HomePage {
        frame: frame(lang, "/"),
        docks: vec![
            dock("NORTE", "Entrada Norte", 7, 3, true),
            dock("SUL", "Entrada Sul", 3, 5, true),
            dock("COBERTO", "Estacionamento coberto", 0, 0, false),
        ],
    }
}
