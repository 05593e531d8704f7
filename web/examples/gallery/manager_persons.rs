//! The managers' pages about what is known of a person.

use super::{MINUTE_MS, staff};
use crate::customer::{NOW, frame};
use shared::money::Centavos;
use web::customer::RefundState;
use web::manager::{
    ExportRental, PayoutPurpose, PayoutState, PersonCard, PersonEntry, PersonError,
    PersonExportPage, PersonFind, PersonPayout, PersonRefund, PersonView, PersonVoucher,
    PersonsPage, RentalRow, RentalState, RescueStateView,
};
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let page = persons(lang);
    vec![
        (
            "persons",
            PersonsPage {
                found: None,
                ..page.clone()
            }
            .render(),
        ),
        ("persons-found", page.clone().render()),
        (
            "persons-blocked",
            PersonsPage {
                found: page.found.clone().map(|found| PersonView {
                    blockers: vec![row(RentalState::Out, None)],
                    ..found
                }),
                error: Some(PersonError::CartOut),
                ..page.clone()
            }
            .render(),
        ),
        (
            "persons-erased",
            PersonsPage {
                found: None,
                erased: true,
                ..page
            }
            .render(),
        ),
        ("persons-export", export(lang).render()),
    ]
}

fn persons(lang: Lang) -> PersonsPage {
    PersonsPage {
        frame: frame(lang, "/manage/persons"),
        staff: staff(),
        found: Some(PersonView {
            id: "01936f5e-0000-7000-8000-000000000001".into(),
            cpf_masked: "***.444.777-**".into(),
            since_ms: NOW.plus(-90 * 24 * 60 * MINUTE_MS),
            rentals_total: 14,
            entries_total: 12,
            rentals: vec![row(RentalState::Closed, Some(RefundState::Settled))],
            refunds: vec![refund()],
            entries: vec![entry()],
            cards: vec![PersonCard {
                holder: Some("A*** L***".into()),
                ..card()
            }],
            blockers: vec![],
        }),
        error: None,
        erased: false,
    }
}

fn export(lang: Lang) -> PersonExportPage {
    PersonExportPage {
        frame: frame(lang, "/manage/persons"),
        staff: staff(),
        id: "01936f5e-0000-7000-8000-000000000001".into(),
        cpf: "111.444.777-35".into(),
        since_ms: NOW.plus(-90 * 24 * 60 * MINUTE_MS),
        rentals: vec![ExportRental {
            row: row(RentalState::Closed, Some(RefundState::Settled)),
            paid_ms: Some(NOW.plus(-49 * MINUTE_MS)),
            out_ms: Some(NOW.plus(-48 * MINUTE_MS)),
            returned_ms: Some(NOW.plus(-3 * MINUTE_MS)),
            payments: vec![(
                "E9999901020261121163300000000042".into(),
                Centavos::new(1_000),
                NOW.plus(-49 * MINUTE_MS),
            )],
            refunds: vec![refund()],
            entry: Some(entry()),
        }],
        cards: vec![card()],
        finds: finds(),
        payouts: payouts(),
        cut: true,
    }
}

fn finds() -> Vec<PersonFind> {
    let by_key = PersonFind {
        store_name: "Mercado Bom Caminho".into(),
        dock_name: "Entrada Sul".into(),
        docked_ms: NOW.plus(-300 * MINUTE_MS),
        claimed_ms: Some(NOW.plus(-296 * MINUTE_MS)),
        state: RescueStateView::Rescued,
        share: Centavos::new(500),
        by_key: true,
        voucher: None,
        entry: Some(entry()),
    };
    let by_voucher = PersonFind {
        state: RescueStateView::Review,
        share: Centavos::ZERO,
        by_key: false,
        voucher: Some(PersonVoucher {
            amount: Centavos::new(500),
            given_ms: NOW.plus(-90 * MINUTE_MS),
            until_ms: NOW.plus(180 * 24 * 60 * MINUTE_MS),
            redeemed_ms: None,
            expired_ms: None,
        }),
        entry: None,
        ..by_key.clone()
    };
    vec![by_key, by_voucher]
}

fn payouts() -> Vec<PersonPayout> {
    let paid = PersonPayout {
        id: "0199f3b2-0000-8000-8000-000000000001".into(),
        purpose: PayoutPurpose::Finder,
        amount: Centavos::new(500),
        returned: None,
        state: PayoutState::Settled,
        ordered_ms: NOW.plus(-296 * MINUTE_MS),
        settled_ms: Some(NOW.plus(-5 * MINUTE_MS)),
        e2eid: Some("E9999901020261121163300000000077".into()),
        key: Some("ana.lucia.de.albuquerque+volta@correio.exemplo.com".into()),
    };
    let refused = PersonPayout {
        purpose: PayoutPurpose::Owed,
        amount: Centavos::new(1_000),
        state: PayoutState::NeedsKey,
        settled_ms: None,
        e2eid: None,
        key: Some("(11) *****-**21".into()),
        ..paid.clone()
    };
    vec![paid, refused]
}

fn row(state: RentalState, refund: Option<RefundState>) -> RentalRow {
    RentalRow {
        id: "01936f5e-7c00-7000-8000-0000000000aa".into(),
        state,
        refund,
        dock_name: "Entrada Norte".into(),
        store_name: "Mercado Bom Caminho".into(),
        bay: None,
        cart_label: Some("0027".into()),
        deposit: Centavos::new(1_000),
        started_ms: NOW.plus(-50 * MINUTE_MS),
        cpf_masked: None,
        by_card: false,
    }
}

fn refund() -> PersonRefund {
    PersonRefund {
        rental: "01936f5e-7c00-7000-8000-0000000000aa".into(),
        amount: Centavos::new(1_000),
        state: RefundState::Settled,
        at_ms: NOW.plus(-2 * MINUTE_MS),
    }
}

fn entry() -> PersonEntry {
    PersonEntry {
        code: "K7QM-2XVR".into(),
        campaign: "Natal no carrinho".into(),
        at_ms: NOW.plus(-3 * MINUTE_MS),
    }
}

fn card() -> PersonCard {
    PersonCard {
        ending: "0001".into(),
        holder: Some("Ana & \"27".into()),
        denied: true,
    }
}
