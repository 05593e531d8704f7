//! The finder's page, the payer's objection, and the managers' queue, as browsers meet them.

use crate::site::Site;
use crate::world::{Visit, done, shop};
use axum::http::StatusCode;
use cloud::actions::abandon_rental;
use cloud::config::Role;
use cloud::store::{policy, rescue};
use cloud_core::policy::Policy;
use jiff::tz::TimeZone;
use shared::ids::{PolicyId, TagUid};
use shared::offline::SharedSecret;
use shared::receipt::Receipt;
use shared::time::UnixMs;

const CPF: &str = "11144477735";

fn lit(site: &mut Site, duration_ms: i64) {
    for _ in 0..duration_ms / 15_000 {
        site.world.waits(15_000);
    }
}

/// A cart that counts as abandoned and was put into a bay of the other dock: the visit, the docking's
/// receipt and its code.
fn brought(site: &mut Site) -> (Visit, String, String) {
    let policy = Policy {
        abandon_after_minutes: 2,
        notice_lead_minutes: 1,
        ..Policy::DEFAULT
    };
    let id = PolicyId::new(1, [2; 10]);
    let scope = policy::Scope::Store(shop());
    site.act(move |tx| policy::insert(tx, &id, scope, 2, &policy, UnixMs(0)).expect("a policy"));
    lit(site, 60_000);
    let (visit, tag) = site.world.goes_out("norte");
    lit(site, 120_000);
    let (now, rental) = (site.world.now, visit.rental);
    let act =
        move |tx: &cloud::store::Tx<'_>| abandon_rental::run(tx, now, &TimeZone::UTC, &rental);
    done(site.world.act(act));
    lit(site, 15_000);
    site.world.docks("sul", 1, tag);
    assert_eq!(site.world.reports("sul"), ["found"]);
    let (receipt, code) = word_of(site, tag);
    (visit, receipt, code)
}

fn word_of(site: &mut Site, tag: TagUid) -> (String, String) {
    let (now, public) = (site.world.now, site.world.keys.public());
    let gateway = site.world.gateway("sul");
    let last = gateway.last().clone();
    let receipt = Receipt {
        v: 1,
        gateway: gateway.id,
        seq: last.head.seq,
        hash: last.head.hash,
        bay: crate::world::bay(1),
        tag,
        wall_ms: now,
    };
    let secret = SharedSecret::between(&gateway.key, &public);
    let code = secret.receipt_code(last.head.seq, &tag);
    (receipt.carried(&gateway.key), code)
}

#[test]
fn the_docks_word_leads_the_finder_to_the_reward_and_the_payer_to_the_reasons() {
    let mut site = Site::new();
    let (visit, receipt, code) = brought(&mut site);
    let mut finder = site.browser();
    let found = format!("/found/{receipt}");
    assert_eq!(finder.get(&format!("/r/{receipt}")).location(), found);
    let page = finder.reads(&format!("{found}?lang=en"));
    assert!(
        page.contains("You brought an abandoned cart") && page.contains("R$5.00"),
        "{page}"
    );
    let by_code = finder.post("/found", &[("code", &code)]);
    assert_eq!(by_code.location(), format!("/found/{code}"));
    for (cpf, key, words) in [
        ("11144477734", "ana@exemplo.com", "Confira o CPF"),
        (CPF, "ana@", "Esta chave Pix não existe"),
        (CPF, "529.982.247-25", "A chave precisa ser sua"),
    ] {
        let form = [("cpf", cpf), ("key", key), ("wanted", "key")];
        let again = finder.post(&found, &form);
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(again.body.contains(words), "{words}");
    }
    let good = [("cpf", CPF), ("key", "ana@exemplo.com"), ("wanted", "key")];
    assert_eq!(finder.post(&found, &good).location(), found);
    let thanks = finder.reads(&found);
    assert!(thanks.contains("Obrigado por trazer o carrinho!"));
    assert_eq!(site.world.state(&visit), "rescued");
    for secret in [CPF, "ana@exemplo.com", "111.444.777-35"] {
        assert!(!thanks.contains(secret), "a receipt is no secret");
    }
}

#[test]
fn a_voucher_is_shown_once_and_redeemed_by_a_manager_after_its_time() {
    let mut site = Site::new();
    let (_, receipt, _) = brought(&mut site);
    let found = format!("/found/{receipt}");
    let mut finder = site.browser();
    let page = finder.post(&found, &[("cpf", CPF), ("key", ""), ("wanted", "voucher")]);
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let code = page
        .body
        .split("<code>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let code = code.expect("a code is shown").to_owned();
    assert!(page.body.contains("Vale até"), "{}", page.body);
    let again = finder.reads(&found);
    assert!(!again.contains(&code), "once");
    assert!(
        again.contains("Vale até") && again.contains("Seu vale de"),
        "{again}"
    );
    let mut ana = site.signed_in("ana", Role::Manager);
    let open = ana.reads("/manage/vouchers?lang=en");
    assert!(
        open.contains("Good still") && open.contains("Good until"),
        "{open}"
    );
    let early = ana.post("/manage/vouchers?lang=en", &[("code", &code)]);
    assert!(early.body.contains("not good yet"), "{}", early.body);
    let unknown = ana.post("/manage/vouchers?lang=en", &[("code", "0000-0000")]);
    assert!(unknown.body.contains("no voucher with this code"));
    let mut rui = site.signed_in("rui", Role::Viewer);
    let viewer = rui.post("/manage/vouchers", &[("code", &code)]);
    assert_eq!(viewer.status, StatusCode::FORBIDDEN);
}

#[test]
fn an_objection_waits_in_the_queue_until_a_manager_decides() {
    let mut site = Site::new();
    let (visit, receipt, _) = brought(&mut site);
    let found = format!("/found/{receipt}");
    let good = [("cpf", CPF), ("key", "ana@exemplo.com"), ("wanted", "key")];
    site.browser().post(&found, &good);
    let (now, rental) = (site.world.now, visit.rental);
    let object = move |tx: &cloud::store::Tx<'_>| {
        cloud::actions::object_rescue::run(tx, now, &rental).map(drop)
    };
    done(site.world.act(object));
    let id = visit.rental.to_string();
    let alarms = site.signed_in("eva", Role::Viewer).reads("/manage/alarms");
    let href = format!("href=\"/manage/rescues#at-{id}\"");
    assert!(
        alarms.contains("Um resgate espera uma decisão") && alarms.contains(&href),
        "{alarms}"
    );
    let mut rui = site.signed_in("rui", Role::Viewer);
    let seen = rui.reads("/manage/rescues?lang=en");
    assert!(
        seen.contains(&id) && seen.contains("the payer objects"),
        "{seen}"
    );
    assert!(!seen.contains("judgement"), "a viewer decides nothing");
    assert!(seen.contains("***.444.777-**") && !seen.contains(CPF));
    let address = format!("/manage/rescues/{id}");
    let viewer = rui.post(&address, &[("judgement", "payer")]);
    assert_eq!(viewer.status, StatusCode::FORBIDDEN);
    let mut ana = site.signed_in("ana", Role::Manager);
    let nonsense = ana.post(&address, &[("judgement", "both")]);
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = ana.post(&address, &[("judgement", "payer")]);
    assert_eq!(done.location(), "/manage/rescues");
    assert_eq!(site.world.state(&visit), "returned");
    let story = ana.reads(&format!("/manage/rentals/{id}?lang=en"));
    assert!(
        story.contains("Cart abandoned") && story.contains("finder_share_back"),
        "{story}"
    );
}

#[test]
fn a_finder_who_asks_is_handed_what_was_found_and_sent() {
    let mut site = Site::new();
    let (visit, receipt, _) = brought(&mut site);
    let good = [("cpf", CPF), ("key", "ana@exemplo.com"), ("wanted", "key")];
    site.browser().post(&format!("/found/{receipt}"), &good);
    let mut ana = site.signed_in("ana", Role::Manager);
    let looked = ana.post("/manage/persons", &[("cpf", CPF)]);
    assert_eq!(looked.status, StatusCode::OK);
    assert!(!looked.body.contains("ana@exemplo.com"), "masked for staff");
    let id = visit.rental;
    let row = site.world.read(move |tx| rescue::of_rental(tx, &id));
    let finder = row.and_then(|row| row.finder).expect("a finder");
    for (lang, words) in [
        (
            "pt",
            [
                "Carrinhos abandonados que você trouxe",
                "à sua chave",
                "espera a hora",
            ],
        ),
        (
            "en",
            [
                "Abandoned carts you brought",
                "to your key",
                "anybody can type",
            ],
        ),
    ] {
        let page = ana.post(&format!("/manage/persons/{finder}/page?lang={lang}"), &[]);
        assert_eq!(page.status, StatusCode::OK);
        for part in words.into_iter().chain(["ana@exemplo.com"]) {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(!page.body.contains(&id.to_string()), "whose cart it was");
    }
}
