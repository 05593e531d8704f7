//! A deposit that no devolução can bring: its customer names a key, and the money arrives there once,
//! whenever the cloud dies and whatever answer is lost.

use serde_json::{Value, json};
use system_tests::{CLOUD, CPF, NORTE, Options, Rental, System, eventually, get, post, send};

const KEY: &str = "ana@exemplo.com";

fn options() -> Options {
    Options::new().env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1")
}

/// A cart is back, and the payer's account is closed.
fn owed(options: &Options) -> (System, Rental) {
    let system = System::start(options);
    let rental = system.take(NORTE);
    system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    system.bank().fault(&json!({
        "kind": "devolucao_refused", "motivo": "Conta encerrada (AC07)", "times": 1,
    }));
    system.dock(NORTE).push(4, &tag);
    await_count(
        &system,
        "the deposit is owed",
        1,
        "SELECT count(*) FROM refund WHERE state = 'owed'",
    );
    (system, rental)
}

fn await_count(system: &System, what: &str, count: i64, sql: &str) {
    eventually(what, || {
        (system.cloud_db().one::<i64>(sql, &[]) == count).then_some(())
    });
}

fn page_of(system: &System, rental: &Rental) -> String {
    format!("{}/r/{}/payout", system.cloud_url(), rental.token)
}

/// The customer types CPF and key; the page that follows.
fn types(system: &System, rental: &Rental, key: &str) -> (u16, String) {
    let form = format!(
        "cpf={CPF}&key={}",
        key.replace('@', "%40").replace('+', "%2B")
    );
    let kind = "application/x-www-form-urlencoded";
    let answer = send("POST", &page_of(system, rental), kind, &form);
    (answer.status, answer.body)
}

fn sent(system: &System) -> Vec<Value> {
    let book = system.bank().book();
    book["envios"].as_array().cloned().unwrap_or_default()
}

/// Ledger, the bank's list as we read it, and the bank's own book.
fn three_books_agree(system: &System, at_bank: i64) {
    let book = system.bank().book();
    assert_eq!(book["balance_centavos"], at_bank, "{book}");
    let sum = "SELECT coalesce(sum(CASE WHEN debit_account LIKE ?1 THEN amount_centavos ELSE 0 END \
               - CASE WHEN credit_account LIKE ?1 THEN amount_centavos ELSE 0 END), 0) \
               FROM ledger_transfer";
    let ours: i64 = system.cloud_db().one(sum, &[&"bank:%"]);
    assert_eq!(ours, at_bank);
    let owed: i64 = system.cloud_db().one(sum, &[&"owed:%"]);
    assert_eq!(owed, -at_bank, "what is here is owed");
    let date = "SELECT date(max(settled_ms) / 1000, 'unixepoch', '-3 hours') FROM payment";
    let day: String = system.cloud_db().one(date, &[]);
    let even = system.volta_cloud(&["check-books", "--day", &day]);
    assert!(even.contains("no difference"), "{even}");
}

fn arrived_once(system: &System, rental: &Rental) {
    await_count(
        system,
        "the payout is settled",
        1,
        "SELECT count(*) FROM payout WHERE state = 'settled'",
    );
    rental.until(&["closed"]);
    let sent = sent(system);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0]["status"], "REALIZADO");
    assert_eq!(
        (&sent[0]["chave"], &sent[0]["valor_centavos"]),
        (&json!(KEY), &json!(1_000))
    );
    await_count(
        system,
        "nothing waits",
        0,
        "SELECT count(*) FROM outbox WHERE done_ms IS NULL",
    );
    let open = "SELECT count(*) FROM alarm WHERE cleared_ms IS NULL";
    assert_eq!(system.cloud_db().one::<i64>(open, &[]), 0);
    three_books_agree(system, 0);
}

#[test]
fn a_customer_names_a_key_and_the_money_arrives() {
    let (system, rental) = owed(&options());
    let asked = get(&page_of(&system, &rental)).body;
    assert!(
        asked.contains("R$\u{a0}10,00") || asked.contains("10,00"),
        "{asked}"
    );
    // What can be known without the bank costs the bank nothing.
    for (wrong, said) in [
        ("ana@exemplo", "não é uma chave Pix"),
        ("111.444.777-35", "é de outra pessoa"),
        ("12ABC34501DE35", "é de outra pessoa"),
    ] {
        let (status, page) = types(&system, &rental, wrong);
        assert_eq!(status, 422, "{page}");
        assert!(page.contains(said), "{wrong}: {page}");
    }
    assert_eq!(system.bank().succeeded("envio.put"), 0);
    types(&system, &rental, KEY);
    // A second tap, or another phone.
    types(&system, &rental, KEY);
    arrived_once(&system, &rental);
    assert!(
        get(&page_of(&system, &rental))
            .body
            .contains("Enviado para a sua chave")
    );
    let log = system.log(CLOUD);
    assert!(
        !log.contains("exemplo.com") && !log.contains("52998224725"),
        "{log}"
    );
}

#[test]
fn killed_before_and_after_it_is_sent_it_arrives_once() {
    for point in ["before_payout_sent", "after_payout_sent"] {
        let (mut system, rental) = owed(&options().env(CLOUD, "VOLTA_CLOUD_CRASH_AT", point));
        types(&system, &rental, KEY);
        system.crash_and_return(CLOUD);
        arrived_once(&system, &rental);
        assert_eq!(system.bank().succeeded("envio.put"), 1, "{point}");
    }
}

#[test]
fn an_answer_that_is_lost_does_not_send_it_twice() {
    for fault in [
        json!({"kind": "error_after_success", "operation": "envio.put", "times": 1}),
        json!({"kind": "timeout_after_success", "hold_ms": 10_000, "operation": "envio.put", "times": 1}),
    ] {
        let (system, rental) = owed(&options());
        system.bank().fault(&fault);
        types(&system, &rental, KEY);
        arrived_once(&system, &rental);
        assert_eq!(system.bank().succeeded("envio.put"), 1, "{fault}");
    }
}

#[test]
fn a_key_that_nobody_has_is_asked_for_again() {
    let (system, rental) = owed(&options());
    types(&system, &rental, "ana@inexistente.example");
    let refused = "SELECT count(*) FROM payout WHERE state = 'refused' AND reason = 'key_unknown'";
    await_count(&system, "the key is refused", 1, refused);
    assert!(get(&page_of(&system, &rental)).body.contains("diga outra"));
    types(&system, &rental, KEY);
    arrived_once(&system, &rental);
}

#[test]
fn what_comes_back_is_owed_again_although_its_callback_is_lost() {
    let (system, rental) = owed(&options());
    types(&system, &rental, KEY);
    arrived_once(&system, &rental);
    system
        .bank()
        .fault(&json!({"kind": "callback_never", "operation": "callback.envio"}));
    let id = sent(&system)[0]["idEnvio"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let url = format!("{}/control/envios/{id}/devolucao", system.bank().url);
    post(&url, &json!({"valor": "4.00"})).ok();
    let owed = "SELECT count(*) FROM refund WHERE state = 'owed'";
    await_count(&system, "it is owed again", 1, owed);
    let told = "SELECT count(*) FROM alarm WHERE kind = 'payout_returned' AND cleared_ms IS NULL";
    await_count(&system, "a person is told", 1, told);
    three_books_agree(&system, 400);
}
