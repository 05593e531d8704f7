//! The page that asks for a Pix key, in every stage.

use super::{NOW, frame};
use shared::money::Centavos;
use web::customer::{PayoutError, PayoutPage, PayoutStage};
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(String, String)> {
    let page = |stage| PayoutPage {
        frame: frame(lang, "/r/secret/payout"),
        token: "secret".into(),
        store_name: "Supermercado Aurora".into(),
        amount: Centavos::new(1_000),
        stage,
        cpf_typed: String::new(),
        key_typed: String::new(),
        error: None,
    };
    let ask = || page(PayoutStage::AskKey { again: false });
    let wrong = |error| PayoutPage {
        cpf_typed: "529.982.247-25".into(),
        key_typed: "ana@exemplo".into(),
        error: Some(error),
        ..ask()
    };
    [
        ("ask", ask()),
        ("again", page(PayoutStage::AskKey { again: true })),
        ("wrong-cpf", wrong(PayoutError::Cpf)),
        ("wrong-key", wrong(PayoutError::Key)),
        ("others-key", wrong(PayoutError::KeyOfOther)),
        ("too-many", wrong(PayoutError::TooMany)),
        ("held", page(PayoutStage::Held)),
        ("going", page(PayoutStage::OnItsWay)),
        ("paid", page(PayoutStage::Paid { at_ms: NOW })),
        ("nothing", page(PayoutStage::Nothing)),
    ]
    .into_iter()
    .map(|(name, page)| (format!("payout-{name}"), page.render()))
    .collect()
}
