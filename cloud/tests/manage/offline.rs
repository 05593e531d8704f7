//! What people and gateways meet of docks without internet, over the real router.

use crate::site::{Reply, Site};
use crate::world::{DAY, DEPOSIT, SECOND, Visit, card_key, cart, chain, dock_id, shop};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use cloud::app::now;
use cloud::config::Role;
use cloud::http::secret_hash;
use cloud::store::member_card::{self, CardState};
use cloud::store::policy::{self, Scope};
use cloud_core::policy::Policy;
use ed25519_dalek::SigningKey;
use shared::allowance::{Allowance, AllowanceRequest, Listed};
use shared::grant::Grant;
use shared::ids::{PolicyId, TagUid};
use shared::offline::SharedSecret;
use shared::receipt::Receipt;
use shared::signed::{Domain, PublicKey, sign_value};

const CPF: &str = "52998224725";
const TOKEN: &str = "q7ZrVb2hYw0XkLm5TnPd3g";

/// What a gateway posts, and the answer.
fn posts(site: &Site, path: &str, body: String) -> Reply {
    site.browser().visit(Request::post(path), body)
}

fn asks(site: &mut Site, dock: &str) -> (StatusCode, String) {
    let gateway = site.world.gateway(dock);
    let request = AllowanceRequest {
        v: 1,
        gateway: gateway.id,
        nonce: "n".into(),
    };
    let line = sign_value(&gateway.key, Domain::AllowanceRequest, &request);
    let reply = posts(site, "/gateway/v1/allowance", line);
    (reply.status, reply.body)
}

/// A visit whose address is known.
fn known_visit(site: &mut Site) -> Visit {
    let mut wish = site.world.wish("norte");
    wish.token_hash = secret_hash(TOKEN.as_bytes());
    site.world.tries("norte", &wish).expect("a cart is there")
}

fn out(site: &mut Site) -> (Visit, TagUid) {
    let visit = known_visit(site);
    site.world.pays(&visit, DEPOSIT);
    let tag = site.world.pulls(&visit);
    site.world.reports("norte");
    site.world.waits(0);
    (visit, tag)
}

/// The receipt of the last docking, as its QR code's address ends.
fn carried(site: &mut Site, dock: &str) -> String {
    let brought = site.world.receipt(dock);
    let signed = brought.signed.expect("a receipt is signed");
    let receipt = Receipt {
        v: 1,
        gateway: brought.place.gateway,
        seq: brought.place.seq,
        hash: signed.hash,
        bay: signed.bay,
        tag: brought.tag,
        wall_ms: signed.wall_ms,
    };
    receipt.carried(&site.world.gateway(dock).key)
}

#[test]
fn a_gateway_gets_the_list_that_its_acknowledgement_promised() {
    let mut site = Site::new();
    site.world.puts_card("7000 0001", None, CardState::Active);
    site.world.puts_card("7000 0002", None, CardState::Denied);
    let promised = site.world.accepted("norte").allowance;
    let (status, text) = asks(&mut site, "norte");
    assert_eq!(status, StatusCode::OK);
    let (cloud, id) = (site.world.keys.public(), site.world.gateway("norte").id);
    let list = Allowance::decode(&text, &cloud, &id).unwrap();
    assert_eq!(list.header.version, promised);
    assert_eq!(list.listed(list.card_of("70000001")), Listed::Allowed);
    assert_eq!(list.listed(list.card_of("70000002")), Listed::Denied);
    assert_eq!(list.listed(list.card_of("70000003")), Listed::Unknown);
    assert_eq!(list.header.limits.gateway_centavos_per_day.get(), 20_000);
    assert_eq!(list.header.limits.card_releases_per_day, 4);
    assert_eq!(list.header.limits.deposit_centavos.get(), DEPOSIT);
}

#[test]
fn a_list_is_refused_for_the_first_reason_there_is() {
    let mut site = Site::new();
    let id = site.world.gateway("norte").id;
    let key = site.world.gateway("sul").key.clone();
    let line = |v, gateway| {
        let request = AllowanceRequest {
            v,
            gateway,
            nonce: "n".into(),
        };
        sign_value(&key, Domain::AllowanceRequest, &request)
    };
    let nobody = shared::ids::GatewayId::new(1, [0; 10]);
    for (body, status, code) in [
        ("x".repeat(2_000), 413, "body_too_large"),
        ("hello".into(), 400, "request_malformed"),
        (line(2, nobody), 400, "request_malformed"),
        (line(1, nobody), 404, "unknown_gateway"),
        (line(1, id), 403, "bad_signature"),
    ] {
        let reply = posts(&site, "/gateway/v1/allowance", body);
        assert_eq!(reply.status.as_u16(), status, "{}", reply.body);
        assert!(reply.body.contains(code), "{}", reply.body);
    }
    // Who did not sign reads no cards.
    let rename = |from: &str, to: &str| {
        let connection = rusqlite::Connection::open(site.world.file()).unwrap();
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        connection.execute(&sql, []).unwrap();
    };
    rename("member_card", "hidden");
    let reply = posts(&site, "/gateway/v1/allowance", line(1, id));
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.body);
    rename("hidden", "member_card");
    let state = cloud::store::gateway::GatewayState::Quarantined;
    site.act(move |tx| cloud::store::gateway::set_state(tx, &id, state).unwrap());
    assert_eq!(asks(&mut site, "norte").0, StatusCode::FORBIDDEN);
}

#[test]
fn cards_are_added_denied_and_found_and_every_change_is_remembered() {
    let site = Site::new();
    let key = card_key(&site.world, "7000 0001");
    let mut ana = site.signed_in("ana", Role::Manager);
    let card = [
        ("number", "7000-0001"),
        ("holder", "José da Silva"),
        ("cpf", CPF),
        ("what", "allow"),
    ];
    assert_eq!(ana.post("/manage/cards", &card).location(), "/manage/cards");
    let stored = site
        .world
        .read(move |tx| member_card::by_key(tx, &chain(), &key))
        .unwrap();
    assert_eq!(
        (stored.ending.as_str(), stored.state),
        ("0001", CardState::Active)
    );
    assert!(stored.person.is_some());
    for query in ["", "q=jos%C3%A9", "q=0001", "q=7000%200001", "state=active"] {
        let page = ana.reads(&format!("/manage/cards?{query}"));
        assert!(page.contains("José da Silva"), "{query}");
        assert!(
            !page.contains(CPF) && !page.contains("70000001<"),
            "{query}"
        );
    }
    for query in ["q=nobody", "q=%25", "state=denied", "q=0002"] {
        let page = ana.reads(&format!("/manage/cards?{query}"));
        assert!(!page.contains("José"), "{query}");
    }
    ana.post(&format!("/manage/cards/{key}/deny"), &[]);
    assert!(ana.reads("/manage/cards?state=denied").contains("José"));
    ana.post(&format!("/manage/cards/{key}/allow"), &[]);
    assert!(ana.reads("/manage/cards?state=active").contains("José"));
    let subject = key.to_string();
    let audit = site
        .world
        .read(move |tx| cloud::store::staff::audit_of(tx, &subject));
    let verbs: Vec<_> = audit.iter().map(|a| a.action.as_str()).collect();
    assert_eq!(verbs, ["add_card", "deny_card", "allow_card"]);
}

#[test]
fn a_card_is_refused_for_the_field_that_is_wrong() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    for (number, holder, cpf, field) in [
        ("12", "", "1", "#number"),
        ("7000001", "Ana", "", "#number"),
        ("7000<0001>", "Ana", "", "#number"),
        ("7000ã0001", "Ana", "", "#number"),
        (&"7".repeat(33), "Ana", "", "#number"),
        ("70000001", " ", "1", "#holder"),
        ("70000001", "Ana", "11111111111", "#cpf"),
    ] {
        let form = [("number", number), ("holder", holder), ("cpf", cpf)];
        let reply = ana.post("/manage/cards", &form);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        assert!(
            reply.body.contains(&format!("href=\"{field}\"")),
            "{number}"
        );
    }
    let missing = ana.post("/manage/cards/00000000000000ff/deny", &[]);
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(ana.reads("/manage/cards").contains("Nenhum cartão"));
}

#[test]
fn a_viewer_looks_and_changes_nothing() {
    let site = Site::new();
    let mut bia = site.signed_in("bia", Role::Viewer);
    for page in ["/manage/cards", "/manage/technicians"] {
        let form = format!("method=\"post\" action=\"{page}");
        assert!(!bia.reads(page).contains(&form), "{page}");
    }
    let card = [("number", "70000001"), ("holder", "Ana")];
    for (path, form) in [
        ("/manage/cards", &card[..]),
        ("/manage/cards/00000000000000ff/deny", &[]),
        ("/manage/cards/00000000000000ff/allow", &[]),
        ("/manage/technicians", &[("name", "Rui"), ("key", "x")]),
        ("/manage/technicians/revoke", &[("key", "x")]),
        (
            "/manage/technicians/answer",
            &[("dock", "norte"), ("challenge", "ABCD1234")],
        ),
    ] {
        assert_eq!(bia.post(path, form).status, StatusCode::FORBIDDEN, "{path}");
        let elsewhere = Request::post(path).header("sec-fetch-site", "cross-site");
        let reply = bia.visit(elsewhere, String::new());
        assert_eq!(
            reply.status,
            StatusCode::FORBIDDEN,
            "{path} from another site"
        );
        let nobody = site.browser().post(path, form);
        assert!(nobody.location().starts_with("/manage/login"), "{path}");
    }
}

#[test]
fn the_page_prints_the_worst_that_can_be_lost() {
    let mut site = Site::new();
    let money =
        |centavos| web::ui::money::money(shared::money::Centavos::new(centavos), web::ui::Lang::Pt);
    let cookie = site.signed_in("ana", Role::Viewer).cookie();
    let ana = |site: &Site| site.resumes(cookie.clone()).reads("/manage/cards");
    let worst = |page: &str, centavos: i64| {
        let said = format!("Pior perda possível: {}", money(centavos));
        assert!(page.contains(&said), "{said}: {page}");
    };
    worst(&ana(&site), 0);
    asks(&mut site, "norte");
    worst(&ana(&site), 0);
    site.world.puts_card("7000 0001", None, CardState::Active);
    worst(&ana(&site), 0);
    // Given, whether it arrived or not: a day may turn at any moment.
    asks(&mut site, "norte");
    worst(&ana(&site), 2 * 20_000);
    let visit = site.world.opens_by_card("norte", 1, "7000 0001");
    let tag = site.world.pulls_by_card(&visit);
    site.world.reports("norte");
    worst(&ana(&site), 2 * 20_000 + 1_000);
    site.world.docks("norte", 1, tag);
    site.world.reports("norte");
    worst(&ana(&site), 2 * 20_000);
    asks(&mut site, "sul");
    ago(&site, "sul", 3);
    worst(&ana(&site), (2 + 5) * 20_000);
    site.world.gateway("sul").remaining = 9;
    site.world.reports("sul");
    worst(&ana(&site), (2 + 5) * 20_000);
    // A lower limit is none before the dock goes by it and has told everything.
    let lower = Policy {
        gateway_centavos_per_day: shared::money::Centavos::new(1_000),
        ..Policy::DEFAULT
    };
    let (id, at) = (PolicyId::new(2, [2; 10]), now());
    site.act(move |tx| policy::insert(tx, &id, Scope::Store(shop()), 2, &lower, at).unwrap());
    worst(&ana(&site), (2 + 5) * 20_000);
    asks(&mut site, "sul");
    site.world.gateway("sul").remaining = 0;
    site.world.reports("sul");
    worst(&ana(&site), (2 + 2) * 20_000);
    site.world.now = now();
    let newest = site.world.accepted("sul").allowance;
    site.world.gateway("sul").offline.allowance = newest;
    site.world.reports("sul");
    worst(&ana(&site), 2 * 20_000 + 2 * 1_000);
}

fn ago(site: &Site, dock: &str, days: i64) {
    let connection = rusqlite::Connection::open(site.world.file()).expect("our own file");
    let sql = "UPDATE gateway SET drained_ms = drained_ms - ?1 WHERE dock_id = ?2";
    let id = dock_id(dock).to_string();
    connection
        .execute(sql, rusqlite::params![days * DAY, id])
        .expect("a dock there");
}

#[test]
fn a_replaced_device_counts_until_it_has_told_everything() {
    let mut site = Site::new();
    site.world.puts_card("7000 0001", None, CardState::Active);
    asks(&mut site, "norte");
    site.hires("ana", Role::Viewer);
    let says = |site: &Site, days: i64| {
        let mut ana = site.browser();
        ana.signs_in("ana", crate::site::PASSWORD);
        let page = ana.reads("/manage/cards");
        let sum = web::ui::money::money(
            shared::money::Centavos::new(days * 20_000),
            web::ui::Lang::Pt,
        );
        let said = format!("Pior perda possível: {sum}");
        assert!(page.contains(&said), "{said}: {page}");
        page.contains("aparelho trocado")
    };
    assert!(!says(&site, 2));
    site.world.waits(0);
    ago(&site, "norte", 30);
    let old = site.world.gateway("norte").clone();
    site.world.enrols("norte", [9; 32]);
    site.world.reports("norte");
    assert!(says(&site, 32), "its thirty days are not told");
    site.world.gateways.insert("norte", old);
    site.world.reports("norte");
    assert!(!says(&site, 0));
}

/// One changed card makes every gateway of the chain ask: what is the same for all is made once.
#[test]
fn the_cards_are_read_once_for_all_gateways_and_again_after_a_change() {
    let mut site = Site::new();
    site.world.puts_card("7000 0001", None, CardState::Active);
    let listed = |site: &mut Site, dock: &str| {
        let (status, text) = asks(site, dock);
        assert_eq!(status, StatusCode::OK, "{text}");
        let (cloud, id) = (site.world.keys.public(), site.world.gateway(dock).id);
        let list = Allowance::decode(&text, &cloud, &id).unwrap();
        list.listed(list.card_of("70000001"))
    };
    assert_eq!(listed(&mut site, "norte"), Listed::Allowed);
    let rename = |site: &Site, from: &str, to: &str| {
        let connection = rusqlite::Connection::open(site.world.file()).unwrap();
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        connection.execute(&sql, []).unwrap();
    };
    rename(&site, "member_card", "hidden");
    assert_eq!(listed(&mut site, "sul"), Listed::Allowed, "nothing is read");
    rename(&site, "hidden", "member_card");
    site.world.puts_card("7000 0001", None, CardState::Denied);
    assert_eq!(listed(&mut site, "sul"), Listed::Denied);
}

#[test]
fn an_answer_opens_the_gateway_that_asked_and_is_remembered() {
    let mut site = Site::new();
    let (gateway, cloud) = (site.world.gateway("sul").clone(), site.world.keys.public());
    let mut ana = site.signed_in("ana", Role::Manager);
    let asked = |ana: &mut crate::site::Browser<'_>, dock: &str, challenge: &str| {
        let form = [("dock", dock), ("challenge", challenge)];
        ana.post("/manage/technicians/answer", &form)
    };
    let at_the_dock = SharedSecret::between(&gateway.key, &cloud);
    let digits = at_the_dock.technician_answer("K7QM01XV");
    let shown = format!("{} {}", &digits[..4], &digits[4..]);
    for typed in ["K7QM01XV", " k7qm-olxv "] {
        let reply = asked(&mut ana, "sul", typed);
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.body.contains(&shown), "{typed}");
    }
    let other = asked(&mut ana, "norte", "K7QM01XV");
    assert!(!other.body.contains(&shown), "each gateway has its own");
    for (dock, challenge) in [("sul", "K7QM"), ("leste", "K7QM01XV")] {
        let reply = asked(&mut ana, dock, challenge);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let subject = gateway.id.to_string();
    let audit = site
        .world
        .read(move |tx| cloud::store::staff::audit_of(tx, &subject));
    assert_eq!(audit.len(), 2);
    assert!(audit.iter().all(|a| a.action == "answer_technician"));
    let answered = (0..20).filter(|_| asked(&mut ana, "sul", "K7QM01XV").status == StatusCode::OK);
    assert!(answered.count() < 10, "slowed down");
}

#[test]
fn a_technicians_key_is_on_the_list_until_it_is_revoked() {
    let mut site = Site::new();
    let key = PublicKey::of(&SigningKey::from_bytes(&[5; 32])).to_string();
    let listed = |site: &mut Site| {
        let (_, text) = asks(site, "norte");
        let (cloud, id) = (site.world.keys.public(), site.world.gateway("norte").id);
        let list = Allowance::decode(&text, &cloud, &id).unwrap();
        let names = list.header.technicians.into_iter().map(|t| t.name);
        names.collect::<Vec<_>>()
    };
    site.hires("ana", Role::Manager);
    let add = |site: &Site, name: &str, key: &str| {
        let mut ana = site.browser();
        ana.signs_in("ana", crate::site::PASSWORD);
        ana.post("/manage/technicians", &[("name", name), ("key", key)])
    };
    let spaced = format!(" {key} ");
    assert_eq!(add(&site, "Rui", &spaced).location(), "/manage/technicians");
    assert_eq!(listed(&mut site), ["Rui"]);
    for (name, key) in [("", key.as_str()), ("Bia", "abc"), ("Bia", &key)] {
        let reply = add(&site, name, key);
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name} {key}"
        );
    }
    let mut bia = site.signed_in("bia", Role::Manager);
    assert!(bia.reads("/manage/technicians").contains("Rui"));
    let revoke = [("key", key.as_str())];
    let done = bia.post("/manage/technicians/revoke", &revoke);
    assert_eq!(done.location(), "/manage/technicians");
    let again = bia.post("/manage/technicians/revoke", &revoke);
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    drop(bia);
    assert_eq!(listed(&mut site), [""; 0]);
}

#[test]
fn a_dark_dock_sells_and_the_phone_carries_what_opens_it() {
    let mut site = Site::new();
    site.world.gateway("norte").offline.local_url = Some("http://192.168.4.1:8088".into());
    site.world.now = now().plus(-60 * SECOND);
    site.world.reports("norte");
    site.world.now = now();
    let page = site.browser().reads("/d/norte");
    assert!(page.contains("Este ponto está sem internet"));
    assert!(page.contains("action=\"/d/norte/take\""));
    let visit = known_visit(&mut site);
    site.world.bank_makes_charge(&visit);
    let address = format!("/r/{TOKEN}");
    let page = site.browser().reads(&address);
    assert!(
        page.contains("a luz não pisca agora"),
        "no lamp to wait for"
    );
    site.world.pays(&visit, DEPOSIT);
    let grant = site.world.grant(&visit).unwrap();
    assert_eq!(grant.handed_ms, None, "nobody has it yet");
    let page = site.browser().reads(&address);
    assert!(site.world.grant(&visit).unwrap().handed_ms.is_some());
    let carried = Grant::carried(&grant.token).unwrap();
    assert!(page.contains(&format!("http://192.168.4.1:8088/g/{carried}")));
    assert!(page.contains("class=\"qr\""));
    let digits = page.split("class=\"digits\">").nth(1).unwrap();
    let digits = digits.split('<').next().unwrap();
    let gateway = site.world.gateway("norte").clone();
    let secret = SharedSecret::between(&gateway.key, &site.world.keys.public());
    let read = secret.read_release_code(digits, 0, &[grant.bay], site.world.now);
    assert_eq!(read.unwrap().grant, grant.id);
    let english = site.browser().reads(&format!("{address}?lang=en"));
    assert!(english.contains("Open bay 1 with your phone"));
    let api = site.browser().reads(&format!("/api/v1/rentals/{TOKEN}"));
    assert!(api.contains(&carried) && api.contains("\"code\""));
}

/// Shown once, it may have been used: the page neither promises a refund nor shows it again.
#[test]
fn a_page_says_that_the_dock_has_not_told_and_what_to_do() {
    let mut site = Site::new();
    site.world.now = now().plus(-DAY);
    site.world.reports("norte");
    site.world.advance(60 * SECOND);
    let visit = known_visit(&mut site);
    site.world.bank_makes_charge(&visit);
    site.world.pays(&visit, DEPOSIT);
    let address = format!("/r/{TOKEN}");
    let page = site.browser().reads(&address);
    assert!(page.contains("O ponto ainda não respondeu"), "{page}");
    assert!(page.contains("Devolva em qualquer ponto") && page.contains("Fale com a loja"));
    assert!(!page.contains("class=\"qr\""));
    let english = site.browser().reads(&format!("{address}?lang=en"));
    assert!(
        english.contains("The point has not answered yet") && english.contains("Nothing is lost")
    );
    let mut ana = site.signed_in("ana", Role::Manager);
    let page = ana.reads(&format!("/manage/rentals/{}", visit.rental));
    assert!(page.contains("o carrinho pode estar fora"), "{page}");
}

#[test]
fn a_bay_that_does_not_answer_can_be_opened_by_the_phone_too() {
    let mut site = Site::new();
    site.world.now = now().plus(-5 * SECOND);
    site.world.waits(0);
    let visit = known_visit(&mut site);
    site.world.pays(&visit, DEPOSIT);
    let address = format!("/r/{TOKEN}");
    assert!(!site.browser().reads(&address).contains("class=\"qr\""));
    let rental = visit.rental.to_string();
    let connection = rusqlite::Connection::open(site.world.file()).unwrap();
    connection
        .execute(
            "UPDATE rental SET paid_ms = paid_ms - 6000 WHERE id = ?1",
            [rental],
        )
        .unwrap();
    let page = site.browser().reads(&address);
    assert!(page.contains("A vaga ainda não respondeu"));
    assert!(page.contains("class=\"qr\""));
    assert!(
        !page.contains("class=\"digits\""),
        "a code would outlive the grant"
    );
}

#[test]
fn a_receipt_is_shown_first_and_brought_once() {
    let mut site = Site::new();
    let (visit, tag) = out(&mut site);
    site.world.docks("norte", 1, tag);
    let carried = carried(&mut site, "norte");
    let address = format!("/r/{carried}");
    let looks = |site: &Site, says: &str| {
        let page = site.browser().reads(&address);
        assert!(page.contains(says), "{says}: {page}");
        assert!(!page.contains(TOKEN) && !page.contains(&visit.rental.to_string()));
        page
    };
    let before = site.world.everything();
    assert!(looks(&site, "Registrar a devolução").contains("method=\"post\""));
    assert_eq!(site.world.everything(), before, "a look changes nothing");
    assert_eq!(site.world.state(&visit), "out");
    let reply = site.browser().post(&address, &[]);
    assert_eq!(reply.location(), address);
    assert_eq!(site.world.state(&visit), "returned");
    assert!(!looks(&site, "Devolução registrada").contains("method=\"post\""));
    site.browser().post(&address, &[]);
    assert_eq!(site.world.refunds(&visit), ["1 requested 1000"]);
    assert_eq!(site.world.reports("norte"), ["already_applied"]);
    looks(&site, "Devolução registrada");
    assert!(
        site.browser()
            .reads(&format!("/r/{TOKEN}"))
            .contains("Carrinho devolvido")
    );
}

/// Brought before its rental was known; then the dock told both.
#[test]
fn a_receipts_page_follows_what_became_of_it() {
    let mut site = Site::new();
    let visit = known_visit(&mut site);
    site.world.pays(&visit, DEPOSIT);
    let tag = site.world.pulls(&visit);
    site.world.docks("sul", 1, tag);
    let address = format!("/r/{}", carried(&mut site, "sul"));
    site.browser().post(&address, &[]);
    let says = |site: &Site, text: &str| {
        let page = site.browser().reads(&address);
        assert!(page.contains(text), "{text}: {page}");
    };
    says(&site, "ainda não contou a retirada");
    assert_eq!(site.world.reports("sul"), ["not_rented"]);
    says(&site, "O ponto já contou esta devolução");
    let held = rusqlite::Connection::open(site.world.file()).unwrap();
    let (rental, gateway) = (visit.rental.to_string(), site.world.gateway("sul").id);
    let sql = "UPDATE receipt SET outcome = 'held', rental_id = ?1 WHERE gateway_id = ?2";
    held.execute(sql, [rental, gateway.to_string()]).unwrap();
    says(&site, "em conferência");
    site.world.reports("norte");
    assert_eq!(site.world.state(&visit), "returned");
    says(&site, "Devolução registrada");
}

#[test]
fn a_forged_receipt_is_nobodys() {
    let mut site = Site::new();
    let (visit, tag) = out(&mut site);
    site.world.docks("norte", 1, tag);
    let genuine = carried(&mut site, "norte");
    let stranger = {
        let read = site.world.receipt("norte");
        let signed = read.signed.unwrap();
        let receipt = Receipt {
            v: 1,
            gateway: read.place.gateway,
            seq: read.place.seq,
            hash: signed.hash,
            bay: signed.bay,
            tag: read.tag,
            wall_ms: signed.wall_ms,
        };
        receipt.carried(&SigningKey::from_bytes(&[77; 32]))
    };
    let altered = genuine.replacen(
        &genuine[150..151],
        if &genuine[150..151] == "A" { "B" } else { "A" },
        1,
    );
    for forged in [stranger, altered, "A".repeat(240), genuine[..200].into()] {
        let address = format!("/r/{forged}");
        let look = site.browser().get(&address);
        assert_eq!(look.status, StatusCode::NOT_FOUND, "{forged}");
        let reply = site.browser().post(&address, &[]);
        assert!(reply.status.is_client_error(), "{forged}");
    }
    assert_eq!(site.world.state(&visit), "out");
    let own = site.browser().post(&format!("/r/{TOKEN}"), &[]);
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn a_code_typed_on_the_rentals_page_ends_it_and_guessing_is_slow() {
    let mut site = Site::new();
    let (visit, tag) = out(&mut site);
    site.world.docks("norte", 1, tag);
    let gateway = site.world.gateway("norte").clone();
    let secret = SharedSecret::between(&gateway.key, &site.world.keys.public());
    let code = secret.receipt_code(gateway.head().seq, &tag);
    let other = secret.receipt_code(gateway.head().seq, &cart(99));
    let types = |site: &Site, code: &str| {
        let address = format!("/r/{TOKEN}/returned");
        site.browser().post(&address, &[("code", code)])
    };
    assert!(
        site.browser()
            .reads(&format!("/r/{TOKEN}"))
            .contains("ainda aparece aberto")
    );
    for wrong in ["", "nonsense", &other, &"1".repeat(500)] {
        let reply = types(&site, wrong);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(reply.body.contains("id=\"code-error\""));
    }
    let spelled = format!("{}-{} ", &code[..6].to_lowercase(), &code[6..]);
    assert_eq!(types(&site, &spelled).location(), format!("/r/{TOKEN}"));
    assert_eq!(site.world.state(&visit), "returned");
    let statuses: Vec<_> = (0..4).map(|_| types(&site, &other).status).collect();
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
}

#[test]
fn a_card_rental_is_told_as_one() {
    let mut site = Site::new();
    site.world.puts_card("7000 0001", None, CardState::Active);
    let visit = site.world.opens_by_card("norte", 1, "7000 0001");
    site.world.pulls_by_card(&visit);
    site.world.reports("norte");
    let mut ana = site.signed_in("ana", Role::Viewer);
    let page = ana.reads(&format!("/manage/rentals/{}", visit.rental));
    assert!(page.contains("Vaga aberta por cartão") && page.contains("Carrinho saiu"));
    assert!(page.contains("cartão") && !page.contains("Retirada pedida"));
    assert!(
        ana.reads("/manage/rentals?state=out")
            .contains("<td class=\"n\">cartão</td>")
    );
    let held = ana.reads("/manage/rentals?state=held");
    assert!(
        !held.contains(&visit.rental.to_string()),
        "no deposit is held"
    );
}

#[test]
fn a_request_of_a_gateway_needs_no_origin_and_a_body_is_required() {
    let site = Site::new();
    let request = Request::post("/gateway/v1/allowance")
        .body(Body::empty())
        .unwrap();
    assert_eq!(site.send(request).status(), StatusCode::BAD_REQUEST);
}
