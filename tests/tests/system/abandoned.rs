//! The abandoned cart over the real programs: the payer is told by mail, somebody else brings the cart
//! to the other dock and says who they are by its word, and every centavo goes where the rules say.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use system_tests::{
    Answer, CLOUD, CPF, FORM, MailServer, NORTE, Options, Rental, SUL, Staff, System, between,
    eventually, form, get, send,
};

const FINDER: &str = "111.444.777-35";
const KEY: &str = "ana@exemplo.com";
const MAIL: &str = "payer@loja.example";

/// A shop that calls a cart abandoned after a minute, as soon as its payer was told.
fn shop(mail: &MailServer, payout_delay_hours: i64) -> System {
    let options = Options::new()
        .env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1")
        .env(CLOUD, "VOLTA_CLOUD_SMTP_URL", &mail.url())
        .env(
            CLOUD,
            "VOLTA_CLOUD_NOTICE_FROM",
            "Volta <avisos@loja.example>",
        )
        .policy("abandon_after_minutes", 1)
        .policy("notice_lead_minutes", 0)
        .policy("payout_delay_hours", payout_delay_hours);
    System::start(&options)
}

/// A payer of this CPF whose cart is out, and who left an address; the cart's tag.
fn goes_out(system: &System, cpf: &str) -> (Rental, String) {
    let rental = system.take_with(NORTE, &json!({ "cpf": cpf }));
    system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    let kept = types(system, &rental, "/notices", &[("mail", MAIL)]);
    assert_eq!(kept.status, 303, "{}", kept.body);
    (rental, tag)
}

fn types(system: &System, rental: &Rental, what: &str, fields: &[(&str, &str)]) -> Answer {
    let url = format!("{}/r/{}{what}", system.cloud_url(), rental.token);
    send("POST", &url, FORM, &form(fields))
}

fn await_state(system: &System, rental: &Rental, state: &str) {
    eventually(&format!("the rental is {state}"), || {
        (system.stored_state(rental) == state).then_some(())
    });
}

fn await_count(system: &System, what: &str, count: i64, sql: &str) {
    eventually(what, || {
        (system.cloud_db().one::<i64>(sql, &[]) == count).then_some(())
    });
}

/// Somebody pushes the cart into a bay of the other dock; the code that this dock shows.
fn brought(system: &System, tag: &str, bay: u16) -> String {
    let sul = system.dock(SUL);
    let before: i64 = system.cloud_db().one("SELECT count(*) FROM rescue", &[]);
    system.dock(NORTE).hand_over(tag, &sul);
    sul.push(bay, tag);
    let docked = "SELECT count(*) FROM rescue";
    await_count(system, "the cloud knows of the docking", before + 1, docked);
    let page = get(&format!("{}/dock", sul.url)).body;
    between(&page, "class=\"code\">", "</p>").replace(' ', "")
}

/// The finder says who they are; the page that follows.
fn claims(system: &System, code: &str, wanted: &str) -> Answer {
    let url = format!("{}/found/{code}", system.cloud_url());
    let fields = [("cpf", FINDER), ("key", KEY), ("wanted", wanted)];
    send("POST", &url, FORM, &form(&fields))
}

fn sent(system: &System) -> Vec<Value> {
    let book = system.bank().book();
    book["envios"].as_array().cloned().unwrap_or_default()
}

/// The messages to the payers. One that was sent as the cloud died is sent once more under its own id,
/// by which a mailbox shows it once.
fn messages(mail: &MailServer) -> BTreeSet<String> {
    let to_payer = |mail: &String| mail.contains(MAIL);
    let id = |mail: String| between(&mail, "Message-ID: <", ">");
    let mails = mail.mails().into_iter();
    mails.filter(to_payer).map(id).collect()
}

/// Ledger, the bank's list as we read it, and the bank's own book, with so much left there.
fn three_books_agree(system: &System, at_bank: i64) {
    let book = system.bank().book();
    assert_eq!(book["balance_centavos"], at_bank, "{book}");
    let sum = "SELECT coalesce(sum(CASE WHEN debit_account LIKE ?1 THEN amount_centavos ELSE 0 END \
               - CASE WHEN credit_account LIKE ?1 THEN amount_centavos ELSE 0 END), 0) \
               FROM ledger_transfer";
    let ours: i64 = system.cloud_db().one(sum, &[&"bank:%"]);
    assert_eq!(ours, at_bank);
    let waiting = "SELECT kind, subject, last_error FROM outbox WHERE done_ms IS NULL";
    assert_eq!(system.cloud_db().show(waiting), "");
    let date = "SELECT date(max(settled_ms) / 1000, 'unixepoch', '-3 hours') FROM payment";
    let day: String = system.cloud_db().one(date, &[]);
    let even = system.volta_cloud(&["check-books", "--day", &day]);
    assert!(even.contains("no difference"), "{even}");
}

#[test]
fn the_finder_gets_half_and_the_entry_whenever_the_cloud_dies_and_the_late_payer_the_deposit() {
    let mail = MailServer::start();
    let mut system = shop(&mail, 0);
    let (left, tag) = goes_out(&system, CPF);
    let (late, other_tag) = goes_out(&system, "123.456.789-09");
    for rental in [&left, &late] {
        await_state(&system, rental, "abandoned");
    }
    let code = brought(&system, &tag, 1);
    let asked = get(&format!("{}/found/{code}", system.cloud_url())).body;
    assert!(asked.contains("5,00"), "{asked}");
    let thanks = claims(&system, &code, "key");
    assert_eq!(thanks.status, 303, "{}", thanks.body);
    // A second tap, and the cloud dies with the money on its way.
    claims(&system, &code, "key");
    system.restart(CLOUD);
    let settled = "SELECT count(*) FROM payout WHERE state = 'settled'";
    await_count(&system, "the finder's share has arrived", 1, settled);
    let envios = sent(&system);
    assert_eq!(envios.len(), 1, "{envios:?}");
    assert_eq!(
        (&envios[0]["chave"], &envios[0]["valor_centavos"]),
        (&json!(KEY), &json!(500))
    );
    assert_eq!(system.stored_state(&left), "rescued");
    let of_finder = "SELECT count(*) FROM entry e JOIN rescue x ON x.rental_id = e.rental_id \
                     WHERE e.person_id = x.finder_id";
    assert_eq!(system.cloud_db().one::<i64>(of_finder, &[]), 1);
    let told = get(&format!("{}/r/{}", system.cloud_url(), left.token)).body;
    assert!(!told.contains("ana@"), "the payer learns no key: {told}");

    // The other payer comes back late: the money, and no entry.
    let code = brought(&system, &other_tag, 3);
    let own = types(&system, &late, "/returned", &[("code", &code)]);
    assert_eq!(own.status, 303, "{}", own.body);
    late.until(&["closed"]);
    let entries = "SELECT count(*) FROM entry";
    assert_eq!(system.cloud_db().one::<i64>(entries, &[]), 1);
    eventually("each payer was told before, at, and after", || {
        (messages(&mail).len() == 6).then_some(())
    });
    three_books_agree(&system, 500);
    assert!(!system.log(CLOUD).contains("ana@exemplo"));
}

#[test]
fn an_objection_stops_the_finders_money_and_a_manager_gives_the_deposit_back() {
    let mail = MailServer::start();
    let system = shop(&mail, 24);
    let (rental, tag) = goes_out(&system, CPF);
    await_state(&system, &rental, "abandoned");
    let code = brought(&system, &tag, 1);
    assert_eq!(claims(&system, &code, "key").status, 303);
    assert_eq!(system.stored_state(&rental), "rescued");
    let objects = types(&system, &rental, "/contest", &[]);
    assert_eq!(objects.status, 303, "{}", objects.body);
    let staff = Staff::enters(&system, "um carrinho volta sempre");
    let queue = staff.reads("/manage/rescues");
    let id = system.id(&rental);
    assert!(queue.contains(&id) && !queue.contains("111.444.777-35"));
    let judged = staff.posts(&format!("/manage/rescues/{id}"), "judgement=payer");
    assert_eq!(judged.status, 303, "{}", judged.body);
    rental.until(&["closed"]);
    assert!(sent(&system).is_empty(), "nothing went to the finder");
    let voucher = claims(&system, &code, "voucher");
    assert_ne!(voucher.status, 200, "what was decided is not claimed again");
    three_books_agree(&system, 0);
}
