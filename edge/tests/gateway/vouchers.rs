//! Vouchers at the real program: once each, with the cable pulled and the power cut.

use crate::cloud::lists::header;
use crate::cloud::{Cloud, Mood, key, now_ms};
use crate::program::{Place, Running};
use crate::technician::Browser;
use shared::allowance::{Allowance, AllowanceHeader};
use shared::event::{Fact, Technician};
use shared::money::Centavos;
use shared::voucher::{Lent, LentVoucher, VoucherKey};

const CRASH_AT: &str = "VOLTA_GATEWAY_CRASH_AT";
const ONE: &str = "AB12-CD34-EF56-GH78";
const TWO: &str = "ZZ12-CD34-EF56-GH78";
const LAPSED: &str = "YY12-CD34-EF56-GH78";

fn voucher(code: &str) -> VoucherKey {
    VoucherKey::of("sal", code)
}

fn lending() -> String {
    let lent = |code: &str, days: i64| LentVoucher {
        key: voucher(code),
        amount_centavos: Centavos::new(5_000),
        lapses_ms: now_ms().plus(days * 86_400_000),
    };
    let header = AllowanceHeader {
        lent: Lent {
            known_seq: 0,
            vouchers: vec![lent(ONE, 9), lent(TWO, 9), lent(LAPSED, -1)],
        },
        ..header(1)
    };
    Allowance::encode(&key(), header, vec![], vec![])
}

async fn enter(cloud: &Cloud, running: &mut Running) -> Browser {
    let secret = cloud.secret();
    Browser::enter(running, |it| secret.technician_answer(it)).await
}

async fn asked(browser: &Browser, path: &str, code: &str) -> String {
    browser.submit(path, &[("code", code)]).await.unwrap()
}

#[tokio::test]
async fn a_voucher_serves_once_though_the_power_fails_before_the_answer() {
    let cloud = Cloud::start().await;
    cloud.book().allowance = (1, lending());
    let place = Place::new(&cloud);
    let mut running = place.start(&[(CRASH_AT, "voucher_redeemed:after_commit")]);
    cloud
        .until("the list", |book| book.offline.allowance == 1)
        .await;
    assert!(cloud.book().offline.redeems);
    cloud.book().mood = Mood::Portal;
    let browser = enter(&cloud, &mut running).await;
    let (look, redeem) = ("/tech/vouchers", "/tech/vouchers/redeem");
    let good = asked(&browser, look, " ab12cd34ef56gh78 ").await;
    assert!(good.contains("The voucher is good") && good.contains("R$50.00"));
    for (code, words) in [
        (LAPSED, "lapsed on"),
        ("AB12", "not at this dock"),
        ("", "no voucher code"),
    ] {
        let refused = asked(&browser, redeem, code).await;
        assert!(refused.contains(words), "{code}: {refused}");
    }
    let form = [("code", ONE)];
    assert!(browser.submit(redeem, &form).await.is_err(), "no answer");
    running.crashed().await;

    let mut again = place.start(&[]);
    let browser = enter(&cloud, &mut again).await;
    let before = asked(&browser, redeem, ONE).await;
    assert!(before.contains("was used here already"), "{before}");
    let done = asked(&browser, redeem, TWO).await;
    assert!(done.contains("Voucher used"), "{done}");
    assert!(!done.contains(TWO), "what is settled is not offered again");
    again.kill().await;
    let mut third = place.start(&[]);
    let browser = enter(&cloud, &mut third).await;
    for code in [ONE, TWO] {
        let before = asked(&browser, redeem, code).await;
        assert!(before.contains("was used here already"), "{before}");
    }
    assert_eq!(cloud.count("voucher_redeemed"), 0, "nobody has heard of it");
    cloud.book().mood = Mood::Honest;
    cloud
        .until("both", |book| book.count("voucher_redeemed") == 2)
        .await;
    let told: Vec<Fact> = cloud
        .facts()
        .into_iter()
        .filter(|fact| fact.kind() == "voucher_redeemed")
        .collect();
    let redeemed = |code| Fact::VoucherRedeemed {
        voucher: voucher(code),
        amount_centavos: Centavos::new(5_000),
        by: Technician::Code,
        allowance: 1,
    };
    assert_eq!(told, [redeemed(ONE), redeemed(TWO)]);
}
