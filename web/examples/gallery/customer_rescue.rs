//! The abandoned cart, to whoever paid for it and whoever found it.

use super::{DEPOSIT, MINUTE_MS, NOW, frame, rental};
use shared::money::Centavos;
use web::customer::{
    BroughtView, BroughtWait, Contest, FoundError, FoundFormPage, FoundPage, FoundStage,
    FoundTyped, FoundVoucher, PayerOffer, RentalPage, RescuedView, Stage,
};
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(String, String)> {
    let form = |error| FoundFormPage {
        frame: frame(lang, "/found"),
        error,
    };
    let typed = FoundTyped {
        cpf: "529.982.247-25".into(),
        key: "ana@exemplo".into(),
        error: Some(FoundError::Key),
    };
    let rewarded = |voucher: Option<&str>| FoundStage::Rewarded {
        share: Centavos::new(500),
        pay_from_ms: Some(NOW.plus(24 * 60 * MINUTE_MS)),
        voucher: voucher.map(|code| FoundVoucher {
            code: Some(code.to_owned()),
            until_ms: NOW.plus(181 * 24 * 60 * MINUTE_MS),
        }),
    };
    let stages = [
        ("open", open(FoundTyped::default(), PayerOffer::No)),
        ("open-payer", open(FoundTyped::default(), PayerOffer::Here)),
        ("open-wrong", open(typed, PayerOffer::No)),
        ("rewarded", rewarded(None)),
        ("voucher", rewarded(Some("8K2M-Q4TX-9B7D-H3VN-5RPC"))),
        ("payer", FoundStage::Payer),
        ("person", FoundStage::Person),
        ("nothing", FoundStage::Nothing),
        ("over", FoundStage::Over),
    ];
    let mut all: Vec<_> = stages
        .into_iter()
        .map(|(name, stage)| (format!("found-{name}"), found(lang, stage).render()))
        .collect();
    all.push(("found-form".into(), form(None).render()));
    let wrong = form(Some(FoundError::Code));
    all.push(("found-form-wrong".into(), wrong.render()));
    all
}

pub(super) fn rentals(lang: Lang) -> Vec<(&'static str, RentalPage)> {
    let back = |wait, contest| {
        let brought = BroughtView {
            docked_ms: NOW.plus(-4 * MINUTE_MS),
            dock_name: "Entrada Sul".into(),
            store_name: "Bom Caminho Pinheiros".into(),
            wait,
            contest,
        };
        let stage = Stage::Abandoned {
            since_ms: NOW.plus(-40 * MINUTE_MS),
            nearest: vec![],
            brought: Some(brought),
        };
        rental(lang, stage)
    };
    let rescued = |contest, pay_from_ms| {
        let view = RescuedView {
            abandoned_ms: NOW.plus(-40 * MINUTE_MS),
            docked_ms: NOW.plus(-4 * MINUTE_MS),
            dock_name: "Entrada Sul".into(),
            store_name: "Bom Caminho Pinheiros".into(),
            finder: Centavos::new(DEPOSIT.get() / 2),
            prizes: Centavos::new(DEPOSIT.get() / 2),
            pay_from_ms,
            contest,
        };
        rental(lang, Stage::Rescued(view))
    };
    let claim = BroughtWait::Claim(NOW.plus(11 * MINUTE_MS));
    let later = Some(NOW.plus(24 * 60 * MINUTE_MS));
    vec![
        ("back-claim", back(claim, Contest::Possible)),
        ("back-nobody", back(BroughtWait::Nobody, Contest::Possible)),
        ("back-person", back(BroughtWait::Person, Contest::Open)),
        ("rescued", rescued(Contest::Possible, later)),
        ("rescued-contested", rescued(Contest::Open, None)),
        ("rescued-dismissed", rescued(Contest::Dismissed, None)),
        ("rescued-closed", rescued(Contest::Closed, None)),
    ]
}

fn open(typed: FoundTyped, payer: PayerOffer) -> FoundStage {
    FoundStage::Open {
        until_ms: NOW.plus(11 * MINUTE_MS),
        share: Centavos::new(500),
        voucher_days: 180,
        typed,
        payer,
    }
}

fn found(lang: Lang, stage: FoundStage) -> FoundPage {
    FoundPage {
        frame: frame(lang, "/found/AIAZT"),
        proof: "AIAZT".into(),
        dock_name: "Entrada Sul".into(),
        store_name: "Bom Caminho Pinheiros".into(),
        docked_ms: NOW.plus(-4 * MINUTE_MS),
        stage,
    }
}
