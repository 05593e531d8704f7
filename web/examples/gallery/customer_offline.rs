//! Customer pages of docks without internet.

use super::{MINUTE_MS, NOW, bay_no, frame, pay, rental};
use shared::money::Centavos;
use web::customer::{
    CarryView, CarryWhy, DataContact, DataPage, DockReceiptPage, PayView, ReceiptCodeError,
    ReceiptStage, RentalPage, Stage,
};
use web::notice::NoticeChannel;
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(String, String)> {
    let receipts = dock_receipts(lang).into_iter();
    let mut all: Vec<_> = receipts
        .map(|(name, page)| (format!("receipt-{name}"), page.render()))
        .collect();
    let out = Stage::Out {
        since_ms: NOW,
        cart_label: Some("C-0427".into()),
        nearest: vec![],
        abandon_ms: None,
    };
    all.push(("rental-out-code".into(), code_wrong(lang, out).render()));
    all.push(("data".into(), data(lang).render()));
    let poor = DataPage {
        cpf_masked: None,
        entry_code: None,
        contacts: vec![],
        by_card: true,
        ..data(lang)
    };
    all.push(("data-card".into(), poor.render()));
    all
}

pub(super) fn rentals(lang: Lang) -> Vec<(&'static str, RentalPage)> {
    let pay_dark = PayView {
        dock_dark: true,
        ..pay()
    };
    let link = "http://192.168.4.1:8088/g/ABC";
    let dark = carried(CarryWhy::Dark, Some("4207731986"), Some(link));
    vec![
        ("pay-dark", rental(lang, Stage::Pay(pay_dark))),
        ("paid-dark", rental(lang, dark)),
        (
            "paid-slow",
            rental(lang, carried(CarryWhy::Slow, None, None)),
        ),
    ]
}

fn data(lang: Lang) -> DataPage {
    DataPage {
        frame: frame(lang, "/r/Zk3xQ0yS2mW8bT5nR7vL1A/data"),
        token: "Zk3xQ0yS2mW8bT5nR7vL1A".into(),
        started_ms: NOW.plus(-50 * MINUTE_MS),
        dock_name: "Entrada Norte".into(),
        store_name: "Mercado Bom Caminho".into(),
        deposit: Centavos::new(1_000),
        cart_label: Some("0027".into()),
        returned_ms: Some(NOW.plus(-3 * MINUTE_MS)),
        pix: vec![
            "E9999901020261121163300000000042".into(),
            "D9999901020261121173000000000043".into(),
        ],
        cpf_masked: Some("***.444.777-**".into()),
        entry_code: Some("K7QM-2XVR".into()),
        contacts: vec![
            contact(NoticeChannel::Mail, Some("a***@l***.example")),
            contact(NoticeChannel::Messenger, Some("(81) *****-**78")),
            contact(NoticeChannel::Push, None),
        ],
        contact_days: 30,
        by_card: false,
        cpf_days: (301, 270),
        device_days: 30,
    }
}

fn contact(channel: NoticeChannel, masked: Option<&str>) -> DataContact {
    DataContact {
        channel,
        masked: masked.map(str::to_owned),
    }
}

fn carried(why: CarryWhy, code: Option<&str>, link: Option<&str>) -> Stage {
    Stage::Paid {
        bay: Some(bay_no(3)),
        carry: Some(CarryView {
            why,
            carried: CARRIED.into(),
            code: code.map(str::to_owned),
            link: link.map(str::to_owned),
            until_ms: NOW.plus(15 * MINUTE_MS),
        }),
    }
}

/// A grant as a phone carries it.
const CARRIED: &str = "AGN6T3JYQ5LXU2HFRKWDPB7MZC4VEOIS62NAGTXYHLUQKJFRDWPBMZCVEOSI7345NGATXYLHUQJKFRDWBPMCZVEOIS2367N45GATYXLHUJQKRFDWBPCMVZEOSI6327N54GAYTXHLUJQRKFDBWPCMVZOEIS7632NGA45YTHXLJUQRKDFBWCPMVOZE";
fn dock_receipts(lang: Lang) -> Vec<(&'static str, DockReceiptPage)> {
    let page = |stage| DockReceiptPage {
        frame: frame(lang, "/r/AIAZT"),
        carried: "AIAZT".into(),
        dock_name: "Entrada Norte".into(),
        store_name: "Bom Caminho Pinheiros".into(),
        bay: bay_no(3),
        cart_label: "0427".into(),
        wall_ms: NOW.plus(-2 * MINUTE_MS),
        stage,
    };
    vec![
        ("fresh", page(ReceiptStage::Fresh)),
        ("honoured", page(ReceiptStage::Honoured)),
        ("held", page(ReceiptStage::Held)),
        ("waiting", page(ReceiptStage::Waiting)),
        ("older", page(ReceiptStage::Older)),
        ("told", page(ReceiptStage::Told)),
        ("contradicted", page(ReceiptStage::Contradicted)),
    ]
}

/// A rental's page on which a receipt's code was typed wrongly.
fn code_wrong(lang: Lang, stage: Stage) -> RentalPage {
    let mut page = rental(lang, stage);
    page.view.code_error = Some(ReceiptCodeError::Wrong);
    page
}
