//! Making the next version of a policy, as a browser meets it.

use crate::site::{Browser, Reply, Site};
use crate::world::shop;
use axum::http::StatusCode;
use cloud::app::now;
use cloud::config::Role;
use cloud::store::policy;
use cloud_core::policy::Policy;
use shared::ids::StoreId;
use shared::money::Centavos;

const CHAIN: &str = "/manage/policies/chain";

fn store_path() -> String {
    format!("/manage/policies/{}", shop())
}

/// What the form sends when nobody touches it, read from the page itself.
fn filled(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
        Some(rest.split('"').next()?.to_owned())
    };
    let form = page.split("class=\"fields\"").nth(1).expect("a form");
    let tags = form.split("<input").skip(1);
    tags.map(|tag| tag.split('>').next().unwrap_or_default())
        .filter(|tag| !tag.contains("type=\"radio\"") || tag.contains(" checked"))
        .map(|tag| {
            let name = attribute(tag, "name").expect("a named field");
            (name, attribute(tag, "value").unwrap_or_default())
        })
        .collect()
}

/// Sends the form of a place with these fields typed over.
fn sends(browser: &mut Browser<'_>, path: &str, over: &[(&str, &str)]) -> Reply {
    let page = browser.reads(&format!("{path}/new"));
    typed_over(browser, path, filled(&page), over)
}

fn typed_over(
    browser: &mut Browser<'_>,
    path: &str,
    mut form: Vec<(String, String)>,
    over: &[(&str, &str)],
) -> Reply {
    for (name, value) in over {
        let field = form.iter_mut().find(|(found, _)| found == name);
        field.expect("a field of the form").1 = (*value).to_owned();
    }
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(path, &form)
}

fn in_force(site: &Site) -> (i64, Policy) {
    let row = site.world.read(|tx| policy::at(tx, &shop(), now()));
    let row = row.expect("a policy");
    (row.version, row.policy)
}

#[test]
fn a_manager_makes_the_next_version_and_it_decides_at_once() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let reply = sends(
        &mut ana,
        &store_path(),
        &[
            ("deposit", "12,50"),
            ("closes-at", "22:00"),
            ("finder-share", "33,33"),
        ],
    );
    assert_eq!(reply.location(), store_path());
    let (version, made) = in_force(&site);
    let expected = Policy {
        deposit_centavos: Centavos::new(1_250),
        closes_at_minute: Some(22 * 60),
        finder_share_basis_points: 3_333,
        ..Policy::DEFAULT
    };
    assert_eq!((version, made), (2, expected));
    let page = ana.reads(&store_path());
    for says in [
        "R$\u{a0}10,00 → R$\u{a0}12,50",
        "não fecha → 22:00",
        "50 % → 33,33 %",
        ", por ana",
        "em vigor",
        "valeu",
        "na instalação",
        "versão 2 própria",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    let chain = ana.reads(CHAIN);
    assert!(chain.contains("Nenhuma versão ainda."), "{chain}");
    let english = ana.reads(&format!("{}?lang=en", store_path()));
    assert!(english.contains("does not close → 22:00"), "{english}");
    assert!(english.contains("R$10.00 → R$12.50"), "{english}");
}

#[test]
fn a_manager_leads_a_store_back_to_its_chain() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let follow = format!("{}/follow", store_path());
    assert!(
        !ana.reads(CHAIN).contains("/follow"),
        "a chain follows nobody"
    );
    assert_eq!(ana.get(&format!("{CHAIN}/follow")).status.as_u16(), 404);
    let page = ana.reads(&store_path());
    assert!(page.contains(&format!("href=\"{follow}\"")), "{page}");
    let post = |ana: &mut Browser<'_>, seen: &str, when: &str, moment: &str| {
        ana.post(
            &follow,
            &[("seen", seen), ("when", when), ("moment", moment)],
        )
    };
    // Nothing to follow yet, and the page says so.
    let reply = post(&mut ana, "1", "now", "");
    assert_eq!(reply.status.as_u16(), 422);
    assert!(
        reply.body.contains("A rede não tem regra"),
        "{}",
        reply.body
    );
    sends(&mut ana, CHAIN, &[("deposit", "20,00")]);
    for (seen, when, moment, status, says) in [
        ("1", "later", "2020-01-01T08:00", 422, "Este momento"),
        ("7", "now", "", 409, "value=\"1\""),
    ] {
        let reply = post(&mut ana, seen, when, moment);
        assert_eq!(reply.status.as_u16(), status, "{seen} {when}");
        assert!(reply.body.contains(says), "{}", reply.body);
    }
    assert_eq!(post(&mut ana, "1", "now", "").location(), store_path());
    let (version, made) = in_force(&site);
    assert_eq!((version, made.deposit_centavos), (1, Centavos::new(2_000)));
    let page = ana.reads(&store_path());
    for says in [
        "segue a rede (versão 1)",
        "<td class=\"changes\">segue a rede</td>",
        ", por ana",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("/follow"), "it follows already: {page}");
    let mut viewer = site.signed_in("bia", Role::Viewer);
    assert_eq!(viewer.get(&follow).status.as_u16(), 403);
    assert_eq!(post(&mut viewer, "2", "now", "").status.as_u16(), 403);
}

#[test]
fn a_store_follows_its_chain_until_it_has_its_own() {
    let site = Site::new();
    let (other, chain) = (StoreId::new(1, [4; 10]), crate::world::chain());
    site.act(move |tx| {
        cloud::store::dock::insert_store(tx, &other, &chain, "Loja & Filha", "Recife").unwrap();
    });
    let mut ana = site.signed_in("ana", Role::Manager);
    let path = format!("/manage/policies/{other}");
    assert!(ana.reads(&path).contains("Nenhuma regra vale aqui ainda."));
    assert_eq!(
        sends(&mut ana, CHAIN, &[("deposit", "20,00")]).location(),
        CHAIN
    );
    let list = ana.reads("/manage/policies");
    for says in [
        "Rede inteira",
        "versão 1 própria",
        "Loja &#38; Filha",
        "segue a rede (versão 1)",
    ] {
        assert!(list.contains(says), "{says}: {list}");
    }
    let form = ana.reads(&format!("{path}/new"));
    assert!(form.contains("Com esta versão ela deixa de seguir"));
    assert!(form.contains("value=\"20,00\""), "starts with the chain's");
    // To decide the same by oneself is a decision.
    assert_eq!(sends(&mut ana, &path, &[]).location(), path);
    assert!(ana.reads(&path).contains("Esta loja tem regras próprias"));
}

#[test]
fn what_is_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let path = store_path();
    for (field, typed, why) in [
        ("deposit", "0", "Fora dos limites."),
        ("deposit", "500,01", "Fora dos limites."),
        ("deposit", "dez", "Isto não se lê"),
        ("deposit", "", "Isto não se lê"),
        ("finder-share", "100", "Fora dos limites."),
        ("finder-share", "101%", "Fora dos limites."),
        ("closes-at", "24:00", "Isto não se lê"),
        ("notice-lead", "240", "use menos do que o tempo de abandono"),
        ("claims-per-key", "21", "Fora dos limites."),
        ("pair-window", "<b>30</b>", "Isto não se lê"),
        ("moment", "ontem", "Diga a data e a hora"),
        ("moment", "2020-01-01T00:00", "Este momento já passou"),
        ("moment", "2099-01-01T00:00", "mais de um ano"),
    ] {
        let mut form = filled(&ana.reads(&format!("{path}/new")));
        if field == "moment" {
            form.retain(|(name, _)| name != "when");
            form.push(("when".into(), "later".into()));
        }
        let reply = typed_over(&mut ana, &path, form, &[(field, typed)]);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        let page = &reply.body;
        let error = page.split(&format!("id=\"{field}-error\"")).nth(1);
        let error = error.unwrap_or_else(|| panic!("{field} {typed}: {page}"));
        assert!(error.split("</p>").next().unwrap().contains(why), "{field}");
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}");
        assert_eq!(page.matches("aria-invalid=").count(), 1, "{field} {typed}");
        let kept = filled(page).into_iter().find(|(name, _)| name == field);
        let shown = typed.replace('<', "&#60;").replace('>', "&#62;");
        assert_eq!(kept.unwrap().1, shown, "{field}");
    }
    assert_eq!(in_force(&site), (1, Policy::DEFAULT), "nothing was made");
    let all = sends(&mut ana, &path, &[("deposit", "x"), ("pair-returns", "-1")]);
    assert!(all.body.contains("falta corrigir 2 coisas"), "{}", all.body);
}

#[test]
fn a_later_moment_waits_and_the_page_says_so() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let path = store_path();
    let tomorrow = jiff::Timestamp::now()
        .to_zoned(site.app.zone.clone())
        .checked_add(jiff::Span::new().days(1))
        .unwrap();
    let typed = tomorrow.strftime("%Y-%m-%dT%H:%M").to_string();
    let mut form = filled(&ana.reads(&format!("{path}/new")));
    form.retain(|(name, _)| name != "when");
    form.push(("when".into(), "later".into()));
    let over = [("moment", typed.as_str()), ("deposit", "15,00")];
    assert_eq!(typed_over(&mut ana, &path, form, &over).location(), path);
    assert_eq!(in_force(&site), (1, Policy::DEFAULT));
    let when = tomorrow.strftime("%d/%m/%Y às %H:%M").to_string();
    for page in [&path, "/manage/policies", &format!("{path}/new")] {
        assert!(ana.reads(page).contains(&when), "{page}: {when}");
    }
    assert!(ana.reads(&path).contains("espera"));
    // The same as now, from now on: what waited never comes.
    assert_eq!(sends(&mut ana, &path, &[]).location(), path);
    assert!(ana.reads(&path).contains("ultrapassada"));
    assert_eq!(in_force(&site), (3, Policy::DEFAULT));
}

#[test]
fn two_managers_at_once_do_not_overwrite_each_other() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let mut bia = site.signed_in("bia", Role::Manager);
    let path = store_path();
    let hers = filled(&ana.reads(&format!("{path}/new")));
    let made = sends(&mut bia, &path, &[("deposit", "9,00")]);
    assert_eq!(made.location(), path);
    // A slip corrected on the way does not count as having seen it.
    let slip = typed_over(&mut ana, &path, hers, &[("deposit", "x")]);
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    let late = typed_over(&mut ana, &path, filled(&slip.body), &[("deposit", "8,00")]);
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Alguém fez uma versão"), "{}", late.body);
    assert_eq!(in_force(&site).1.deposit_centavos.get(), 900);
    let again = typed_over(&mut ana, &path, filled(&late.body), &[]);
    assert_eq!(again.location(), path, "having read it, she may");
    assert_eq!(in_force(&site).1.deposit_centavos.get(), 800);
    let twice = sends(&mut ana, &path, &[]);
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("já diz o mesmo"), "{}", twice.body);
}

#[test]
fn who_may_only_look_makes_nothing_and_no_other_place_is_shown() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let form = filled(&ana.reads(&format!("{}/new", store_path())));
    let mut caio = site.signed_in("caio", Role::Viewer);
    let page = caio.reads(&store_path());
    assert!(
        page.contains("Em vigor") && !page.contains("/new\""),
        "{page}"
    );
    let asked = caio.get(&format!("{}/new", store_path()));
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    let sent = typed_over(&mut caio, &store_path(), form.clone(), &[("deposit", "1")]);
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert_eq!(in_force(&site), (1, Policy::DEFAULT));
    for nobody in [
        "/manage/policies/nonsense".to_owned(),
        format!("/manage/policies/{}", StoreId::new(9, [9; 10])),
    ] {
        assert_eq!(ana.get(&nobody).status, StatusCode::NOT_FOUND);
        assert_eq!(
            ana.get(&format!("{nobody}/new")).status,
            StatusCode::NOT_FOUND
        );
        let sent = typed_over(&mut ana, &nobody, form.clone(), &[]);
        assert_eq!(sent.status, StatusCode::NOT_FOUND);
    }
    let mut stranger = site.browser();
    assert!(stranger.get(CHAIN).location().starts_with("/manage/login"));
}
