//! What the pages show, and that figures and rows agree.

use crate::site::{Browser, Site};
use crate::world::{DEPOSIT, Stage, Visit, cart, done};
use cloud::actions::watch_certificate::{self, Ending};
use cloud::config::Role;
use cloud::store::Tx;
use cloud_core::refund::{BankWord, Refusal};
use shared::event::Contradiction;
use shared::money::Centavos;
use web::manager::RentalFilter;
use web::ui::Lang;

const CPF: &str = "52998224725";

/// The ids that a list shows, in its order.
fn listed(browser: &mut Browser<'_>, query: &str) -> Vec<String> {
    let page = browser.reads(&format!("/manage/rentals?{query}"));
    let rows = page.split("href=\"/manage/rentals/").skip(1);
    rows.map(|row| row[..36].to_owned()).collect()
}

fn figure(page: &str, key: &str) -> (String, Option<String>) {
    let marked = format!("data-figure=\"{key}\"");
    let figure = page.split(&marked).nth(1).expect("a figure");
    let figure = figure.split("</a>").next().unwrap_or_default();
    let within = |tag: &str| {
        let rest = figure.split(&format!("<{tag}>")).nth(1)?;
        Some(rest.split('<').next()?.to_owned())
    };
    (within("b").expect("its value"), within("i"))
}

fn closed_visit(site: &mut Site) -> Visit {
    let w = &mut site.world;
    let visit = w.take_with_cpf("norte", CPF);
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    w.delivers_grant(&visit);
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("sul", 1, tag);
    w.reports("sul");
    w.bank_settles(&visit);
    visit
}

#[test]
fn every_page_has_a_policy_and_no_inline_handler() {
    let mut site = Site::new();
    let visit = closed_visit(&mut site);
    let mut ana = site.signed_in("ana", Role::Administrator);
    let detail = format!("/manage/rentals/{}", visit.rental);
    for path in [
        "/manage",
        "/manage?lang=en",
        "/manage/docks",
        "/manage/rentals",
        &detail,
        "/manage/policies",
        "/manage/policies/chain",
        "/manage/policies/chain/new",
        "/manage/alarms",
        "/manage/login",
        "/manage/password",
        "/manage/rentals/nonsense",
    ] {
        let reply = ana.get(path);
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        let markup = reply.body.split("<script").next().unwrap();
        for handler in [
            " onclick=",
            " onload=",
            " onchange=",
            " style=",
            "javascript:",
        ] {
            assert!(!markup.contains(handler), "{path}: {handler}");
        }
        let scripts = reply.body.matches("<script").count();
        assert!(scripts <= 1, "{path}");
        assert!(!reply.body.contains("script src"), "{path}");
    }
}

#[test]
fn a_rental_shows_the_whole_chain_of_its_proofs() {
    let mut site = Site::new();
    let visit = closed_visit(&mut site);
    let (row, grant) = (site.world.row(&visit), site.world.grant(&visit).unwrap());
    let order = site.world.last_order(&visit);
    let mut ana = site.signed_in("ana", Role::Viewer);
    let page = ana.reads(&format!("/manage/rentals/{}", visit.rental));
    let e2eid = row.e2eid.clone().unwrap();
    let place = row.returned.unwrap();
    let event = site
        .world
        .read(move |tx| cloud::store::gateway_event::at(tx, &place.gateway, place.seq))
        .unwrap();
    for proof in [
        visit.txid.as_str(),
        &e2eid,
        &grant.id.to_string(),
        &event.hash.to_string(),
        &format!("evento {} do gateway {}", place.seq, place.gateway),
        &order.id.simple(),
        &order.return_id.unwrap(),
        &format!("deposit:{e2eid}"),
        &format!("due:{e2eid}"),
        &format!("refund:{}", order.id),
        "banco → guardado",
        "guardado → a devolver",
        "a devolver → banco",
    ] {
        assert!(page.contains(proof), "{proof} is not in {page}");
    }
    let steps = [
        "Retirada pedida",
        "Cobrança criada",
        "Pix recebido",
        "Autorização enviada",
        "Carrinho saiu",
        "Carrinho devolvido",
        "Devolução enviada ao banco",
        "Pix devolvido",
    ];
    let timeline = page.split("class=\"timeline\"").nth(1).unwrap();
    let at: Vec<_> = steps.map(|step| timeline.find(step)).into();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?}");
    assert!(page.contains("***.982.247-**"));
    for secret in [CPF, "529.982.247-25", "copy_paste", &grant.token] {
        assert!(!page.contains(secret), "{secret}");
    }
    let list = ana.reads("/manage/rentals");
    assert!(list.contains("***.982.247-**") && !list.contains(CPF));
}

#[test]
fn figures_are_the_totals_of_the_lists_behind_them() {
    let mut site = Site::new();
    let w = &mut site.world;
    w.at(Stage::Closed);
    let (review, tag) = w.goes_out("norte");
    w.contradicts("norte", 1, Some(tag), Contradiction::BoltNotEngaged);
    w.reports("norte");
    let (back, tag) = w.goes_out("norte");
    w.docks("sul", 2, tag);
    w.reports("sul");
    w.bank_says(w.last_order(&back).id, BankWord::Refused(Refusal::Other), 1)
        .unwrap();
    w.goes_out("norte");
    let paid = w.take("sul");
    w.bank_makes_charge(&paid);
    w.pays(&paid, DEPOSIT);
    let [_, held, owed] = w.books();
    assert_eq!((held, owed), (3_000, 1_000));

    let mut ana = site.signed_in("ana", Role::Viewer);
    let page = ana.reads("/manage");
    let money = |centavos| web::ui::money::money(Centavos::new(centavos), Lang::Pt);
    for (key, filter, value, rows) in [
        ("out", RentalFilter::Out, "1".to_owned(), 1),
        ("held", RentalFilter::Held, money(held), 3),
        ("refundable", RentalFilter::Refunding, money(owed), 1),
        ("refunded", RentalFilter::RefundedToday, money(1_000), 1),
    ] {
        let (shown, count) = figure(&page, key);
        assert_eq!(shown, value, "{key}");
        let found = listed(&mut ana, &format!("state={}", filter.key()));
        assert_eq!(found.len(), rows, "{key}");
        if let Some(count) = count {
            assert!(count.starts_with(&rows.to_string()), "{key}: {count}");
        }
        assert!(
            page.contains(&format!("href=\"{}\"", filter.href())),
            "{key}"
        );
    }
    let in_review = listed(&mut ana, "state=review");
    assert_eq!(in_review, [review.rental.to_string()]);
    let delayed = listed(&mut ana, "state=refund-delayed");
    assert_eq!(delayed, [back.rental.to_string()]);
    for says in [
        "1 carrinho espera conferência",
        "1 devolução de Pix atrasada",
    ] {
        assert!(page.contains(says), "{says}");
    }
    assert_eq!(listed(&mut ana, "state=all").len(), 5);
    assert_eq!(listed(&mut ana, "state=closed").len(), 1);
    assert_eq!(listed(&mut ana, "state=abandoned").len(), 0);
}

#[test]
fn a_rental_is_found_by_whatever_one_has_in_hand() {
    let mut site = Site::new();
    let visit = closed_visit(&mut site);
    let (other, tag) = site.world.goes_out("norte");
    let row = site.world.row(&visit);
    let order = site.world.last_order(&visit);
    let mut ana = site.signed_in("ana", Role::Viewer);
    let id = visit.rental.to_string();
    for typed in [
        id.clone(),
        format!("  {id}"),
        visit.txid,
        row.e2eid.unwrap(),
        order.return_id.unwrap(),
        order.id.simple(),
        cart(1).to_string(),
        cart(1).to_string().to_uppercase(),
    ] {
        let query = format!("q={}", web::ui::url::query_value(&typed));
        assert_eq!(
            listed(&mut ana, &query),
            std::slice::from_ref(&id),
            "{typed}"
        );
        assert_eq!(listed(&mut ana, &format!("state=closed&{query}")).len(), 1);
        assert_eq!(listed(&mut ana, &format!("state=out&{query}")).len(), 0);
    }
    let label = &tag.to_string()[4..];
    let found = listed(&mut ana, &format!("q={label}"));
    assert_eq!(
        found,
        [other.rental.to_string()],
        "by the label of a cart out"
    );
}

#[test]
fn what_is_typed_is_only_ever_text() {
    let mut site = Site::new();
    let visit = closed_visit(&mut site);
    let mut ana = site.signed_in("ana", Role::Viewer);
    let long = "x".repeat(10_000);
    for typed in [
        "' OR 1=1 --",
        "'; DROP TABLE rental; --",
        "%",
        "%%%%",
        "____",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        &long,
    ] {
        let query = format!("q={}", web::ui::url::query_value(typed));
        assert_eq!(listed(&mut ana, &query), [""; 0], "{typed}");
        let page = ana.reads(&format!("/manage/rentals?{query}"));
        assert!(!page.contains("<script>alert") && !page.contains("<img"));
    }
    for query in [
        "page=0",
        "page=-1",
        "page=99999999999",
        "page=x",
        "state=%27",
    ] {
        let all = [visit.rental.to_string()];
        assert_eq!(listed(&mut ana, query), all, "{query}");
    }
    assert_eq!(listed(&mut ana, "q=%ff%fe").len(), 0, "no text at all");
    assert_eq!(listed(&mut ana, "q=%00%0d%0a").len(), 1, "nothing typed");
}

#[test]
fn a_list_has_pages_of_fifty() {
    let mut site = Site::new();
    for _ in 0..26 {
        for dock in ["norte", "sul"] {
            let visit = site.world.take(dock);
            site.world.advance(1);
            site.world.gives_up(&visit).unwrap();
        }
    }
    let mut ana = site.signed_in("ana", Role::Viewer);
    let first = listed(&mut ana, "state=cancelled");
    let second = listed(&mut ana, "state=cancelled&page=2");
    assert_eq!((first.len(), second.len()), (50, 2));
    assert!(first.iter().all(|id| !second.contains(id)));
    assert!(first.is_sorted_by(|a, b| a > b), "the newest first");
    assert_eq!(listed(&mut ana, "state=cancelled&page=3"), second);
}

#[test]
fn alarms_say_where_to_look() {
    let mut site = Site::new();
    let visit = site.world.at(Stage::Review);
    site.world.tells(
        "sul",
        shared::event::Fact::CartLeft {
            bay: shared::ids::BayNo::new(3).unwrap(),
            tag: cart(5),
        },
    );
    site.world.reports("sul");
    let mut ana = site.signed_in("ana", Role::Manager);
    let page = ana.reads("/manage/alarms");
    assert!(page.contains(&format!("/manage/rentals/{}", visit.rental)));
    assert!(page.contains("/manage/docks#at-sul"));
    assert!(page.contains("Carrinho saiu sem autorização"));
    assert!(ana.reads("/manage").contains("2 alarmes abertos"));
    ana.post(&format!("/manage/rentals/{}/approve", visit.rental), &[]);
    let page = ana.reads("/manage/alarms");
    assert!(page.contains("Encerrados"));
}

#[test]
fn a_certificate_near_its_end_is_named_with_its_day() {
    let site = Site::new();
    let now = site.world.now;
    let end = now.plus(20 * 24 * 3_600 * 1_000);
    let endings = [Ending {
        subject: "bank",
        host: "pix.bank.test".into(),
        not_after_ms: end,
    }];
    let store = site.world.store.clone();
    let near = store.write(move |tx: &Tx<'_>| watch_certificate::run(tx, now, &endings));
    assert_eq!(done(site.runtime.block_on(near)), 1);
    let mut ana = site.signed_in("ana", Role::Viewer);
    let page = ana.reads("/manage/alarms");
    assert!(page.contains("Certificado da ligação com o banco perto do fim"));
    assert!(page.contains("pix.bank.test, "), "{page}");
    assert!(!page.contains(&end.0.to_string()), "a day, not a number");
}

#[test]
fn an_alarm_about_a_list_names_dock_and_raffle() {
    let mut site = Site::new();
    let list = |root| shared::commitment::Commitment {
        campaign: shared::ids::CampaignId::new(1, [1; 10]),
        rules_hash: shared::octets::Octets([1; 32]),
        n: 7,
        root: shared::octets::Octets([root; 32]),
    };
    let key = site.world.keys.signing().clone();
    let promise = |root| shared::witness::Promise::new(list(root), &key);
    let fact = shared::event::Fact::CommitmentContradicted {
        held: promise(1),
        shown: promise(2),
        seen_ms: site.world.now,
    };
    site.world.tells("norte", fact);
    assert_eq!(site.world.reports("norte"), ["contradicted"]);
    let mut ana = site.signed_in("ana", Role::Manager);
    let page = ana.reads("/manage/alarms");
    assert!(page.contains("Um ponto viu duas listas para o mesmo sorteio"));
    assert!(page.contains("norte, setembro"), "{page}");
}
