//! A certain prize's vouchers over the real programs: the till asks a dock that is there, a dock in the
//! dark redeems by itself, and nobody redeems twice.

use serde_json::json;
use system_tests::{
    Answer, CLOUD, CPF, FORM, NORTE, Options, SUL, Staff, System, between, cookie_of, eventually,
    form, get, send, send_with,
};

const CPFS: [&str; 3] = [CPF, "111.444.777-35", "123.456.789-09"];

/// Turns the month that runs into a certain prize of R$ 2,00, and publishes it.
fn promises(system: &System, staff: &Staff) {
    let one = |sql: &str| -> String { system.cloud_db().one(sql, &[]) };
    let id = one("SELECT replace(id, '-', '') FROM campaign ORDER BY opens_ms LIMIT 1");
    let local = |column: &str| {
        one(&format!(
            "SELECT strftime('%Y-%m-%dT%H:%M', ({column} - 1) / 60000 * 60, 'unixepoch', '-3 hours') \
             FROM campaign ORDER BY opens_ms LIMIT 1"
        ))
    };
    let page = format!("/manage/campaigns/{id}");
    let (opens, closes) = (local("opens_ms + 60000"), local("closes_ms"));
    let fields = form(&[
        ("seen", &seen(staff, &format!("{page}/draft"))),
        ("name", "Prêmio certo"),
        ("mode", "certain"),
        ("opens_at", &opens),
        ("closes_at", &closes),
        ("prizes", "Vale; 2,00"),
        ("entries_max", "3"),
    ]);
    let kept = staff.posts(&format!("{page}/draft"), &fields);
    assert_eq!(kept.status, 303, "{}", kept.body);
    let fields = form(&[("seen", &seen(staff, &page)), ("confirm", "1")]);
    let opened = staff.posts(&format!("{page}/open"), &fields);
    assert_eq!(opened.status, 200, "{}", opened.body);
}

/// The revision that a page's form speaks of.
fn seen(staff: &Staff, page: &str) -> String {
    between(&staff.reads(page), "name=\"seen\" value=\"", "\"")
}

/// Takes a cart and brings it to the southern dock; the voucher's code.
fn earns(system: &System, cpf: &str, from: &str, bay: Option<u16>) -> String {
    let rental = system.take_with(from, &json!({ "cpf": cpf }));
    system.pay(&rental);
    let tag = system.pull(&rental, from);
    let sul = system.dock(SUL);
    if from != SUL {
        system.dock(from).hand_over(&tag, &sul);
    }
    sul.push(bay.unwrap_or_else(|| rental.bay()), &tag);
    rental.until(&["closed"]);
    let receipt = get(&format!("{}/r/{}", system.cloud_url(), rental.token)).body;
    let prize = between(&receipt, "href=\"/premio/", "\"");
    let page = get(&format!("{}/premio/{prize}", system.cloud_url())).body;
    between(&page, "<p class=\"voucher\">", "</p>")
}

/// Somebody of the store who is signed in at a dock's own page.
struct AtDock {
    url: String,
    cookie: String,
}

impl AtDock {
    fn enters(system: &System, dock: &str) -> Self {
        let url = system.dock(dock).url;
        let challenge = between(
            &get(&format!("{url}/sign-in")).body,
            "data-challenge=\"",
            "\"",
        );
        let answer = system.technician_answer(dock, &challenge);
        let fields = form(&[("challenge", &challenge), ("answer", &answer)]);
        let entered = send("POST", &format!("{url}/sign-in"), FORM, &fields);
        Self {
            cookie: cookie_of(&entered),
            url,
        }
    }

    fn posts(&self, path: &str, code: &str) -> String {
        let headers = [("content-type", FORM), ("cookie", self.cookie.as_str())];
        let fields = form(&[("code", code)]);
        send_with("POST", &format!("{}{path}", self.url), &headers, &fields).body
    }

    fn looks(&self, code: &str) -> String {
        self.posts("/tech/vouchers", code)
    }

    fn redeems(&self, code: &str) -> String {
        self.posts("/tech/vouchers/redeem", code)
    }
}

fn till(staff: &Staff, code: &str) -> Answer {
    let answer = staff.posts("/manage/vouchers", &form(&[("code", code)]));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

#[test]
fn a_voucher_serves_once_at_the_till_or_at_a_dock_in_the_dark() {
    let mut system = System::start(&Options::new());
    let staff = Staff::enters(&system, "um carrinho volta sempre");
    promises(&system, &staff);
    let first = earns(&system, CPFS[0], NORTE, Some(1));
    let second = earns(&system, CPFS[1], NORTE, Some(3));
    let third = earns(&system, CPFS[2], SUL, None);
    let lent = "SELECT count(*) FROM voucher_loan l JOIN gateway g ON g.id = l.gateway_id \
                WHERE l.state = 'lent' AND g.allowance_version = g.list_version";
    eventually("all three are lent to the dock that goes by that", || {
        (system.cloud_db().one::<i64>(lent, &[]) == 3).then_some(())
    });

    let accepted = till(&staff, &first).body;
    assert!(accepted.contains("Aceito: R$"), "at once: {accepted}");
    assert!(till(&staff, &first).body.contains("já foi usado"));

    // In the dark, over a power cut.
    let at_dock = AtDock::enters(&system, SUL);
    system.kill9(CLOUD);
    assert!(!at_dock.looks(&first).contains("id=\"redeem\""));
    assert!(at_dock.looks(&second).contains("id=\"redeem\""));
    assert!(at_dock.redeems(&second).contains("id=\"done\""));
    system.restart(SUL);
    system.restart(CLOUD);
    let refused = till(&staff, &second).body;
    assert!(refused.contains("já foi usado"), "{refused}");

    // The dock is gone: no till redeems what it may redeem.
    system.kill9(SUL);
    let held = till(&staff, &third).body;
    assert!(held.contains("id=\"held\""), "{held}");
    let freed = staff.posts(
        "/manage/vouchers/free",
        &form(&[("code", &third), ("sure", "1")]),
    );
    assert!(freed.body.contains("id=\"held\""), "it may come back");
    system.restart(SUL);
    let accepted = till(&staff, &third).body;
    assert!(accepted.contains("Aceito: R$"), "{accepted}");
    let at_dock = AtDock::enters(&system, SUL);
    for code in [&first, &second, &third] {
        let page = at_dock.redeems(code);
        assert!(page.contains("id=\"refused\""), "{page}");
    }
    let used = "SELECT count(*) FROM prize_voucher WHERE redeemed_ms IS NOT NULL";
    assert_eq!(system.cloud_db().one::<i64>(used, &[]), 3);
    let told = "SELECT count(*) FROM gateway_event WHERE kind = 'voucher_redeemed'";
    assert_eq!(system.cloud_db().one::<i64>(told, &[]), 1);
    let alarms = "SELECT coalesce(group_concat(kind), '') FROM alarm WHERE cleared_ms IS NULL";
    assert_eq!(system.cloud_db().one::<String>(alarms, &[]), "");
}
