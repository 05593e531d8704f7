//! What must hold for every page, in every stage and both languages, on the gallery's samples.
#![cfg(feature = "cloud")]

#[path = "../examples/gallery/customer.rs"]
mod customer;
#[path = "../examples/gallery/manager.rs"]
mod manager;
#[path = "../examples/gallery/raffle.rs"]
mod raffle;

use std::collections::BTreeSet;
use web::ui::{Lang, csp};

/// A first page this long compresses to well under 6 kB (measured: a third).
const DOCK_PAGE_BYTES_MAX: usize = 16_000;
/// The pay page carries a QR code, the receipt another.
const PAGE_BYTES_MAX: usize = 26_000;
/// A campaign shows its managers every form of its stage; here one of them with all its errors.
const CAMPAIGN_BYTES_MAX: usize = 34_000;

struct Page {
    name: String,
    lang: Lang,
    html: String,
    csp: &'static str,
}

fn all() -> Vec<Page> {
    let mut pages = Vec::new();
    for lang in [Lang::Pt, Lang::En] {
        let customers = customer::pages(lang)
            .into_iter()
            .map(|page| (page, web::customer::csp()));
        let managers = manager::pages(lang)
            .into_iter()
            .map(|page| (page, web::manager::csp()));
        pages.extend(customers.chain(managers).map(|((name, html), csp)| Page {
            name: format!("{name}.{}", lang.code()),
            lang,
            html,
            csp,
        }));
    }
    pages
}

/// Every text between `open` and `close`.
fn between<'a>(html: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(open)
        .skip(1)
        .map(move |rest| rest.split(close).next().unwrap_or_default())
}

#[test]
fn the_policy_names_every_inline_text_and_no_handler_is_inline() {
    for page in all() {
        let mut inline = 0;
        for tag in ["<style>", "<script type=\"module\">", "<script nomodule>"] {
            let close = if tag == "<style>" {
                "</style>"
            } else {
                "</script>"
            };
            for text in between(&page.html, tag, close) {
                let hash = csp::policy(&[text], &[]);
                let hash = hash
                    .split("style-src ")
                    .nth(1)
                    .unwrap()
                    .split(';')
                    .next()
                    .unwrap();
                assert!(page.csp.contains(hash), "{}: {tag} {hash}", page.name);
                inline += 1;
            }
        }
        let tags = page.html.matches("<style").count() + page.html.matches("<script").count();
        assert_eq!(inline, tags, "{}", page.name);
        for refused in [
            " style=",
            " onclick=",
            " onload=",
            "javascript:",
            "https://fonts",
        ] {
            assert!(!page.html.contains(refused), "{}: {refused}", page.name);
        }
    }
}

#[test]
fn a_page_has_one_language_one_heading_and_each_id_once() {
    for page in all() {
        let lang = format!("<html lang=\"{}\">", page.lang.tag());
        assert!(page.html.contains(&lang), "{}", page.name);
        assert_eq!(page.html.matches("<h1").count(), 1, "{}", page.name);
        let ids: Vec<&str> = between(&page.html, " id=\"", "\"").collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), once.len(), "{}: {ids:?}", page.name);
        let link = format!("?lang={}\"", page.lang.other().code());
        assert!(page.html.contains(&link), "{}", page.name);
    }
}

#[test]
fn what_people_type_stays_text() {
    for page in all() {
        assert!(!page.html.contains("36\"><b>"), "{}", page.name);
        assert!(!page.html.contains("& \"27"), "{}", page.name);
    }
}

#[test]
fn pages_stay_small() {
    for page in all() {
        let limit = match &page.name {
            name if name.starts_with("dock-") => DOCK_PAGE_BYTES_MAX,
            name if name.starts_with("m-campaign-") => CAMPAIGN_BYTES_MAX,
            _ => PAGE_BYTES_MAX,
        };
        assert!(
            page.html.len() <= limit,
            "{}: {} bytes",
            page.name,
            page.html.len()
        );
    }
}

#[test]
fn pages_link_only_to_routes_that_exist() {
    let mut seen = BTreeSet::new();
    for page in all() {
        let links =
            between(&page.html, " href=\"", "\"").chain(between(&page.html, " action=\"", "\""));
        for link in links.filter(|link| link.starts_with('/')) {
            let path = link.split(['?', '#']).next().unwrap();
            let parts: Vec<&str> = path.split('/').skip(1).collect();
            seen.insert(match parts.as_slice() {
                ["d", _] => "/d/{code}".to_owned(),
                ["d", _, verb] => format!("/d/{{code}}/{verb}"),
                ["r", _] => "/r/{token}".to_owned(),
                ["r", _, verb] => format!("/r/{{token}}/{verb}"),
                ["r", _, verb, deed] => format!("/r/{{token}}/{verb}/{deed}"),
                ["manage", "books", _] => "/manage/books/{day}".to_owned(),
                ["manage", "books", _, "csv"] => "/manage/books/{day}/csv".to_owned(),
                ["manage", "books", "pix", _, verb] => {
                    format!("/manage/books/pix/{{e2eid}}/{verb}")
                }
                ["sorteio", "verificar.html"] => path.to_owned(),
                ["sorteio", _] => "/sorteio/{id}".to_owned(),
                ["sorteio", _, part] => format!("/sorteio/{{id}}/{part}"),
                ["premio", _] => "/premio/{code}".to_owned(),
                ["premio", _, verb] => format!("/premio/{{code}}/{verb}"),
                ["manage", "campaigns", "new"] => path.to_owned(),
                ["manage", "campaigns", _] => "/manage/campaigns/{id}".to_owned(),
                ["manage", "campaigns", _, part] => format!("/manage/campaigns/{{id}}/{part}"),
                ["manage", "cards", _, _] => "/manage/cards/{key}/{verb}".to_owned(),
                ["manage", "docks", _, verb] => format!("/manage/docks/{{code}}/{verb}"),
                ["manage", "payouts", _, _] => "/manage/payouts/{id}/{verdict}".to_owned(),
                ["manage", "policies", _] => "/manage/policies/{scope}".to_owned(),
                ["manage", "policies", _, verb] => format!("/manage/policies/{{scope}}/{verb}"),
                ["manage", "persons", _, verb] => format!("/manage/persons/{{id}}/{verb}"),
                ["found", _] => "/found/{proof}".to_owned(),
                ["found", _, verb] => format!("/found/{{proof}}/{verb}"),
                ["manage", "rescues", _] => "/manage/rescues/{id}".to_owned(),
                ["manage", "rentals", _] => "/manage/rentals/{id}".to_owned(),
                ["manage", "rentals", _, verb] => format!("/manage/rentals/{{id}}/{verb}"),
                _ => path.to_owned(),
            });
        }
    }
    let routes = [
        "/",
        "/d/{code}",
        "/d/{code}/take",
        "/found",
        "/found/{proof}",
        "/found/{proof}/mine",
        "/help",
        "/manage",
        "/manage/alarms",
        "/manage/books",
        "/manage/books/pix/{e2eid}/refund",
        "/manage/books/{day}",
        "/manage/books/{day}/csv",
        "/manage/cards",
        "/manage/cards/{key}/{verb}",
        "/manage/docks",
        "/manage/docks/{code}/enrolment-code",
        "/manage/login",
        "/manage/logout",
        "/manage/password",
        "/manage/persons",
        "/manage/persons/{id}/erase",
        "/manage/persons/{id}/export",
        "/manage/persons/{id}/page",
        "/manage/payouts",
        "/manage/payouts/{id}/{verdict}",
        "/manage/policies",
        "/manage/policies/{scope}",
        "/manage/policies/{scope}/follow",
        "/manage/policies/{scope}/new",
        "/manage/rentals",
        "/manage/rentals/{id}",
        "/manage/rentals/{id}/approve",
        "/manage/rescues",
        "/manage/rescues/{id}",
        "/manage/technicians",
        "/manage/technicians/answer",
        "/manage/technicians/revoke",
        "/manage/vouchers",
        "/manage/vouchers/free",
        "/mine",
        "/mine/forget",
        "/privacy",
        "/r/{token}",
        "/r/{token}/cancel",
        "/r/{token}/claim-entry",
        "/r/{token}/contest",
        "/r/{token}/data",
        "/r/{token}/data.json",
        "/r/{token}/payout",
        "/r/{token}/notices",
        "/r/{token}/notices/forget",
        "/r/{token}/returned",
        "/manage/campaigns",
        "/manage/campaigns/new",
        "/manage/campaigns/{id}",
        "/manage/campaigns/{id}/account",
        "/manage/campaigns/{id}/approve",
        "/manage/campaigns/{id}/ata",
        "/manage/campaigns/{id}/authorise",
        "/manage/campaigns/{id}/contas",
        "/manage/campaigns/{id}/contas.csv",
        "/manage/campaigns/{id}/deliver",
        "/manage/campaigns/{id}/disqualify",
        "/manage/campaigns/{id}/draft",
        "/manage/campaigns/{id}/extraction",
        "/manage/campaigns/{id}/give-up",
        "/manage/campaigns/{id}/lista",
        "/manage/campaigns/{id}/lista.csv",
        "/manage/campaigns/{id}/nao-retirados",
        "/manage/campaigns/{id}/open",
        "/manage/campaigns/{id}/rectify",
        "/manage/campaigns/{id}/shuffle",
        "/manage/campaigns/{id}/shuffle-absent",
        "/premio/{code}",
        "/premio/{code}/nome",
        "/r/{token}/comprovante.json",
        "/r/{token}/sorteio",
        "/sorteio",
        "/sorteio/verificar.html",
        "/sorteio/{id}",
        "/sorteio/{id}/conferir",
        "/sorteio/{id}/pacote.json",
        "/sorteio/{id}/regras",
    ];
    assert_eq!(seen, routes.map(str::to_owned).into());
}

#[test]
fn a_rental_page_contains_its_live_fragment_and_waits_unless_it_is_over() {
    let mut keys = BTreeSet::new();
    for (name, rental) in customer::rentals(Lang::Pt) {
        let html = rental.render();
        let key = rental.state_key();
        assert!(html.contains(&rental.render_live()), "{name}");
        assert!(html.contains(&format!("data-state=\"{key}\"")), "{name}");
        let path = &rental.frame.path;
        let waits = [2, 15]
            .map(|seconds| format!("content=\"{seconds};url={path}?visto={key}\""))
            .iter()
            .any(|refresh| html.contains(refresh));
        assert_eq!(waits, !rental.is_final(), "{name}");
        assert_eq!(
            rental.render_live().contains(" data-final"),
            rental.is_final(),
            "{name}"
        );
        assert_eq!(
            html.contains("<script nomodule>"),
            !rental.is_final(),
            "{name}"
        );
        assert!(
            key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
            "{key}"
        );
        assert!(keys.insert(key), "{name}: a state another stage has too");
    }
}

#[test]
fn a_final_stage_is_one_where_the_money_has_come_to_rest() {
    let over: Vec<&str> = customer::rentals(Lang::Pt)
        .into_iter()
        .filter(|(_, rental)| rental.is_final())
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with("entry-"))
        .collect();
    assert_eq!(over, ["closed", "expired-paid", "cancelled"]);
}

/// Nobody may promise a prize without a permit.
#[test]
fn what_was_never_authorised_promises_nothing() {
    let silent = ["raffle-draft.", "raffle-no-draw."];
    let mut seen = 0;
    for page in all() {
        if silent.iter().any(|name| page.name.starts_with(name)) {
            for promise in [
                "R$",
                "Loteria",
                "04.044574",
                "/conferir",
                "pacote.json",
                "data-left",
            ] {
                assert!(!page.html.contains(promise), "{}: {promise}", page.name);
            }
            seen += 1;
        }
        if page.name.starts_with("raffle-rules-draft.") {
            for promise in ["R$", "06017"] {
                assert!(!page.html.contains(promise), "{}: {promise}", page.name);
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn every_wrong_field_names_its_error_and_every_label_has_its_field() {
    for page in all() {
        let ids: BTreeSet<&str> = between(&page.html, " id=\"", "\"").collect();
        let labels = between(&page.html, " for=\"", "\"");
        let described = between(&page.html, " aria-describedby=\"", "\"");
        let jumps = between(&page.html, " href=\"#", "\"");
        for id in labels
            .chain(described.flat_map(str::split_whitespace))
            .chain(jumps)
        {
            assert!(ids.contains(id), "{}: {id}", page.name);
        }
    }
}

/// The numbers of a campaign's page stand for themselves without colour.
#[test]
fn digits_that_count_are_marked_and_lead_to_the_winner() {
    let pages = all();
    let html = |name: &str| {
        let page = pages.iter().find(|page| page.name == name);
        &page.expect("a sample of the gallery").html
    };
    let drawn = html("raffle-drawn.pt");
    assert_eq!(between(drawn, "<td><mark>", "<").count(), 7);
    assert!(drawn.contains("<mark>série 52 nº 30769</mark>"));
    assert!(drawn.contains("5230769 ÷ 8103 = <b>645</b>"));
    assert!(drawn.contains("série 52 nº 34537"));
    let troubled = html("raffle-troubled.pt");
    assert!(troubled.contains("5394127 ÷ 8103 = <b>665</b>"));
    assert!(troubled.contains("Registro 1, extração 06017: retificado"));
    assert!(troubled.contains("Motivo: Terceiro prêmio digitado errado &#38; &#34;27"));
    let again = html("raffle-again.pt");
    assert_eq!(between(again, "<td><mark>", "<").count(), 0);
    assert!(again.contains("Resultado pendente"));
    let minutes = html("m-minutes.pt");
    assert_eq!(between(minutes, "<td><mark>", "<").count(), 7);
    assert!(minutes.contains("04.044574/2026"));
}
