//! Canaries: a person's data is driven through every door of the real programs, with all that they
//! can log, and then searched for in every byte they left behind, however it is spelt.
//!
//! Known and left out: the bank of the sandbox, which is not ours; the holder's name of a member card,
//! which is the shop's own label and stands in the cloud's database.

#[path = "canaries/spellings.rs"]
mod spellings;

use serde_json::json;
use spellings::{Canary, CanaryKind};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use system_tests::{
    Answer, CLOUD, FORM, NORTE, Options, Staff, System, between, cookie_of, eventually, form, get,
    post, send, send_with,
};

const JSON: &str = "application/json";

const CPF: &str = "111.444.777-35";
const OTHER_CPF: &str = "123.456.789-09";
const NAME: &str = "Marialva Canário Quintela";
const HOLDER: &str = "Deolinda Canário Furtado";
const EMAIL: &str = "marialva.canario@example.com";
const PIX_KEY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const PHONE: &str = "+5511987650123";
const CARD: &str = "4477000199887766";
const PASSWORD: &str = "um carrinho volta sempre";

fn canaries() -> Vec<Canary> {
    vec![
        Canary::new(CanaryKind::Cpf, CPF),
        Canary::new(CanaryKind::Cpf, OTHER_CPF),
        Canary::new(CanaryKind::Text, NAME),
        Canary::new(CanaryKind::Text, HOLDER),
        Canary::new(CanaryKind::Text, EMAIL),
        Canary::new(CanaryKind::Text, PIX_KEY),
        Canary::new(CanaryKind::Text, PHONE),
        Canary::new(CanaryKind::Text, CARD),
        Canary::new(CanaryKind::Text, PASSWORD),
    ]
}

/// What a bank says of somebody it refuses.
fn quoted() -> String {
    format!("Titular {NAME}, CPF {CPF}, chave {EMAIL} ou {PIX_KEY}, fone {PHONE}")
}

#[test]
fn no_text_log_nor_file_knows_a_person() {
    everything_stays_dark("text");
}

#[test]
fn no_json_log_nor_file_knows_a_person() {
    everything_stays_dark("json");
}

fn everything_stays_dark(format: &str) {
    let loud = |ours: &[&str]| {
        let ours: Vec<String> = ours.iter().map(|name| format!("{name}=trace")).collect();
        format!("info,rumqttd=off,rumqttc=off,{}", ours.join(","))
    };
    let gateway = loud(&["edge", "edge_core", "hardware", "shared", "volta_gateway"]);
    let options = Options::new()
        .env(
            CLOUD,
            "RUST_LOG",
            &loud(&["cloud", "cloud_core", "shared", "volta_cloud"]),
        )
        .env(CLOUD, "VOLTA_CLOUD_LOG", format)
        .env(NORTE, "VOLTA_GATEWAY_LOG", &gateway)
        .env(NORTE, "VOLTA_GATEWAY_LOG_FORMAT", format);
    let mut system = System::start(&options);
    let mut answers = Vec::new();
    at_the_desk(&system, &mut answers);
    a_whole_journey(&system);
    the_bank_talks(&system);
    strangers_call(&system, &mut answers);
    answers.push(get(&format!("{}/metrics", system.ops_url())));
    answers.push(diagnostics(&system));
    // What a crash leaves: the files as they are, and a start that reads them again.
    system.kill9(CLOUD);
    search(&system, &answers);
    system.restart(CLOUD);
    let backup = system.folder().join("copy.db");
    system.volta_cloud(&["backup", "--to", &backup.display().to_string()]);
    assert!(backup.is_file());
    system.terminate(NORTE);
    system.terminate(CLOUD);
    search(&system, &answers);
}

/// A manager puts a card with name and CPF on the list, looks people up, and hands data over.
fn at_the_desk(system: &System, answers: &mut Vec<Answer>) {
    let staff = Staff::enters(system, PASSWORD);
    let card = form(&[
        ("number", CARD),
        ("holder", HOLDER),
        ("cpf", CPF),
        ("what", "allow"),
    ]);
    assert_eq!(staff.posts("/manage/cards", &card).status, 303);
    for cpf in [CPF, OTHER_CPF, "111.444.777-36"] {
        let found = staff.posts("/manage/persons", &form(&[("cpf", cpf)]));
        assert!(matches!(found.status, 200 | 422), "{}", found.body);
        answers.push(found);
    }
    let found = staff.posts("/manage/persons", &form(&[("cpf", CPF)]));
    let id = between(&found.body, "/manage/persons/", "/page");
    // The person's own copy: the one answer that may hold it, and it does.
    let export = staff.posts(&format!("/manage/persons/{id}/export"), "");
    assert!(export.body.contains("11144477735"), "{}", export.body);
    assert_eq!(
        staff
            .posts(&format!("/manage/persons/{id}/page"), "")
            .status,
        200
    );
}

/// Taken with a CPF by API and by form, claimed with one, presented as a card, brought back.
fn a_whole_journey(system: &System) {
    let dock = system.dock(NORTE);
    let rental = system.take_with(NORTE, &json!({ "cpf": CPF }));
    system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    let (words, motivo) = (quoted(), quoted().chars().take(130).collect::<String>());
    let refused = json!({"kind": "devolucao_refused", "motivo": motivo, "times": 1});
    system.bank().fault(&refused);
    dock.push(4, &tag);
    rental.until(&["closed", "returned"]);
    await_words(system, 1);
    let anonymous = system.take_with(NORTE, &json!({}));
    system.pay(&anonymous);
    let tag = system.pull(&anonymous, NORTE);
    system.bank().fault(
        &json!({"kind": "error_before", "status": 400, "words": words,
        "operation": "devolucao.put", "times": 1}),
    );
    dock.push(4, &tag);
    anonymous.until(&["closed", "returned"]);
    await_words(system, 2);
    let url = format!("{}/r/{}/claim-entry", system.cloud_url(), anonymous.token);
    let claimed = send("POST", &url, FORM, &form(&[("cpf", OTHER_CPF)]));
    assert!(matches!(claimed.status, 303 | 409), "{}", claimed.body);
    let given_up = system.take_with(NORTE, &json!({ "cpf": OTHER_CPF }));
    given_up.until(&["awaiting_payment"]);
    assert_eq!(given_up.try_cancel().status, 204);
    let scan = format!("{}/simulator/api/scan", dock.url);
    for text in [CARD, CPF] {
        let heard = post(&scan, &json!({ "line": text }));
        assert!(heard.status < 500, "{}", heard.body);
    }
}

/// Until so many of the bank's refusals were kept, in the words that are kept of them.
fn await_words(system: &System, refusals: i64) {
    let sql = "SELECT (SELECT count(*) FROM refund WHERE refusal IS NOT NULL) \
        + (SELECT count(*) FROM outbox WHERE last_error IS NOT NULL)";
    eventually("the bank's words were read", || {
        let kept: i64 = system.cloud_db().one(sql, &[]);
        (kept >= refusals).then_some(())
    });
}

/// Callbacks that carry what banks know of a payer, and a token that is refused with a name.
fn the_bank_talks(system: &System) {
    let rental = system.take_with(NORTE, &json!({}));
    rental.until(&["awaiting_payment"]);
    let (txid, url) = (
        system.txid(&rental),
        system.cloud_url() + "/pix/callback/pix",
    );
    let pix = json!({
        "endToEndId": "E9999901020261121005000000000001", "txid": txid, "valor": "10.00",
        "chave": PIX_KEY, "infoPagador": quoted(), "horario": "2026-11-21T00:50:00Z",
        "pagador": {"cpf": CPF, "nome": NAME, "email": EMAIL},
    });
    post(&url, &json!({ "pix": [pix] })).ok();
    for garbage in [format!("{{\"pix\": [{}", quoted()), quoted()] {
        assert_eq!(send("POST", &url, JSON, &garbage).status, 400);
    }
    let fault = |operation: &str| {
        json!({"kind": "error_before", "status": 403, "words": quoted(),
            "operation": operation, "times": 1})
    };
    for operation in ["cob.patch", "cob.get", "cob.put", "token"] {
        let armed = post(&(system.bank().url + "/control/faults"), &fault(operation));
        assert!(armed.status < 300 || operation == "token", "{}", armed.body);
    }
    assert_eq!(rental.try_cancel().status, 204);
    let next = system.take_with(NORTE, &json!({ "cpf": CPF }));
    next.until(&["awaiting_payment", "cancelled", "expired"]);
    let _ = next.try_cancel();
}

/// A CPF where none belongs, at every door.
fn strangers_call(system: &System, answers: &mut Vec<Answer>) {
    let (cloud, dock) = (system.cloud_url(), system.dock(NORTE).url);
    let digits = "11144477735";
    for path in [
        format!("/d/{digits}"),
        format!("/r/{digits}"),
        format!("/r/{digits}/data.json"),
        format!("/{digits}?cpf={CPF}"),
        format!("/api/v1/docks/{digits}"),
        format!("/api/v1/rentals/{digits}?cpf={CPF}"),
        format!("/manage/persons/{digits}/page"),
        format!("/pix/callback?cpf={CPF}"),
    ] {
        answers.push(get(&(cloud.clone() + &path)));
    }
    let begin = cloud.clone() + "/api/v1/docks/norte/rentals";
    for body in [
        json!({ "bay": CPF }),
        json!({ "cpf": 11_144_477_735_u64 }),
        json!({ CPF: NAME }),
        json!({ "cpf": format!("{CPF} {NAME}") }),
        json!(quoted()),
    ] {
        answers.push(post(&begin, &body));
    }
    for path in [
        "/gateway/v1/enrol",
        "/gateway/v1/sync",
        "/gateway/v1/allowance",
    ] {
        let line = format!("{} {{\"v\": \"{CPF}\"}}", "A".repeat(86));
        for body in [line, quoted(), json!({ "v": CPF }).to_string()] {
            answers.push(send("POST", &(cloud.clone() + path), JSON, &body));
        }
    }
    let typed = form(&[("login", EMAIL), ("password", PASSWORD)]);
    let mut refused = send("POST", &(cloud + "/manage/login"), FORM, &typed);
    // A form gives back to whoever typed it what was typed.
    refused.body.clear();
    answers.push(refused);
    for path in [
        format!("/dock?aviso={CPF}"),
        format!("/g/{digits}"),
        format!("/{digits}"),
    ] {
        answers.push(get(&(dock.clone() + &path)));
    }
    answers.push(send(
        "POST",
        &(dock.clone() + "/dock/code"),
        FORM,
        &form(&[("code", CPF)]),
    ));
    answers.push(post(
        &(dock + "/simulator/api/push"),
        &json!({ "bay": CPF, "tag": CPF }),
    ));
}

/// The technician's bundle of a dock, after a real sign-in.
fn diagnostics(system: &System) -> Answer {
    let dock = system.dock(NORTE).url;
    let page = get(&(dock.clone() + "/sign-in")).body;
    let challenge = between(&page, "data-challenge=\"", "\"");
    let answer = system.technician_answer(NORTE, &challenge);
    let fields = form(&[("challenge", &challenge), ("answer", &answer)]);
    let signed = send("POST", &(dock.clone() + "/sign-in"), FORM, &fields);
    let cookie = cookie_of(&signed);
    let headers = [("content-type", FORM), ("cookie", cookie.as_str())];
    let bundle = send_with("POST", &(dock + "/tech/bundle"), &headers, "");
    assert_eq!(bundle.headers["content-type"], "application/x-tar");
    assert!(bundle.body.contains("log.txt") && bundle.body.len() > 10_000);
    bundle
}

/// Fails with every place where something is known, and says how it was spelt there.
fn search(system: &System, answers: &[Answer]) {
    let mut places: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in files(system.folder()) {
        let name = file
            .strip_prefix(system.folder())
            .expect("below it")
            .display()
            .to_string();
        // Read while programs write: what vanishes meanwhile is gone.
        places.insert(name, fs::read(&file).unwrap_or_default());
    }
    for answer in answers {
        let headers: Vec<String> = answer.headers.values().cloned().collect();
        let text = format!("{}\n{}", headers.join("\n"), answer.body);
        places.insert(format!("the answer to {}", answer.asked), text.into_bytes());
    }
    // A log without what was done last would show nothing.
    for (log, last) in [
        ("cloud.log", "entry claimed"),
        ("norte.log", "technician_acted"),
    ] {
        let said = String::from_utf8_lossy(&places[log]);
        assert!(said.contains(last), "{log} does not tell the story: {said}");
    }
    assert!(places.keys().any(|name| name.ends_with("journal.db")));
    let mut found = Vec::new();
    for canary in canaries() {
        for (place, bytes) in &places {
            let page = place.starts_with("the answer");
            let cloud = ["cloud.db", "copy.db"]
                .iter()
                .any(|name| place.starts_with(name));
            let label = canary.plain == HOLDER && cloud;
            if place.starts_with("bank.") || label {
                continue;
            }
            found.extend(
                canary
                    .in_bytes(bytes, page)
                    .map(|how| format!("{place}: {how}")),
            );
        }
    }
    assert!(
        found.is_empty(),
        "personal data at rest:\n{}",
        found.join("\n")
    );
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of this test");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
