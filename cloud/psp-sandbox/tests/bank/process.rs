//! The book across restarts, and the program as an operator meets it.

use crate::common::{Receiver, TXID, TestBank, txid};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

#[tokio::test]
async fn the_book_survives_a_restart() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    bank.refund(&e2eid, "volta", "4.00").await;
    bank.create(&txid(2)).await;
    bank.arm(json!([{"kind": "pay_late"}])).await;
    bank.advance_seconds(60).await;
    let before = bank.book().await;
    let old_token = bank.token.clone();

    let bank = bank.restart().await;
    assert_eq!(bank.book().await, before);
    assert_eq!(
        bank.control("GET", "/faults", None).await.body,
        json!({"faults": []})
    );
    let refused = bank
        .pix_as(&old_token, "GET", &format!("/cob/{TXID}"), None)
        .await;
    assert_eq!(refused.status, 401, "tokens do not survive");
    assert_eq!(bank.refund(&e2eid, "volta", "4.00").await.status, 400);
    assert_eq!(bank.refund(&e2eid, "rest", "6.00").await.status, 201);
    bank.pay(&txid(2)).await;
}

#[tokio::test]
async fn what_was_pending_is_done_after_a_restart() {
    let bank = TestBank::start_with(|config| config.devolucao_delay_ms = 400_000).await;
    let mut receiver = Receiver::start(&[]).await;
    bank.listen(&receiver).await;
    bank.arm(json!([{"kind": "callback_late", "late_ms": 100_000}]))
        .await;
    let e2eid = bank.paid(TXID).await;
    bank.control("DELETE", "/faults", None).await;
    bank.refund(&e2eid, "volta", "10.00").await;

    let bank = bank.restart().await;
    bank.advance_seconds(100).await;
    assert!(receiver.next().await.get("devolucoes").is_none());
    let bank = bank.restart().await;
    bank.advance_seconds(300).await;
    assert_eq!(
        receiver.next().await["devolucoes"][0]["status"],
        "DEVOLVIDO"
    );
    assert_eq!(bank.book().await["balance_centavos"], 0);
}

fn refused(variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_volta-bank"))
        .envs(variables.iter().copied())
        .env("VOLTA_BANK_LOG", "off")
        .output()
        .unwrap()
}

#[test]
fn a_wrong_start_is_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let garbage = directory.path().join("notes.txt");
    std::fs::write(
        &garbage,
        "this is a shopping list, not a book\n".repeat(100),
    )
    .unwrap();
    let foreign = directory.path().join("foreign.db");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    let under_a_file = garbage.join("bank.db");
    for (listen, database, expected) in [
        (
            taken.as_str(),
            directory.path().join("a.db"),
            "VOLTA_BANK_LISTEN",
        ),
        (
            "127.0.0.1:0",
            garbage.clone(),
            "is not a database of volta-bank",
        ),
        ("127.0.0.1:0", foreign, "is not a database of volta-bank"),
        ("127.0.0.1:0", under_a_file, "VOLTA_BANK_DATABASE"),
    ] {
        let output = refused(&[
            ("VOLTA_BANK_LISTEN", listen),
            ("VOLTA_BANK_DATABASE", database.to_str().unwrap()),
        ]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(expected), "{error}");
    }
    assert!(
        std::fs::read_to_string(&garbage)
            .unwrap()
            .starts_with("this is"),
        "left as it was"
    );
}

#[test]
fn a_wrong_value_names_its_variable() {
    for (variable, value) in [
        ("VOLTA_BANK_LISTEN", "8090"),
        ("VOLTA_BANK_CLIENT_ID", "a:b"),
        ("VOLTA_BANK_CLIENT_SECRET", ""),
        ("VOLTA_BANK_PUBLIC_URL", "bank.test"),
        (
            "VOLTA_BANK_PUBLIC_URL",
            "http://a-host-name-that-is-too-long-for-a-br-code.test",
        ),
        ("VOLTA_BANK_CHAVES", "a,,b"),
        ("VOLTA_BANK_PAYEE_NAME", "Ação"),
        ("VOLTA_BANK_PAYEE_CITY", "SAO JOSE DOS CAMPOS"),
        ("VOLTA_BANK_CNPJ", "12ABC34501DE36"),
        ("VOLTA_BANK_ISPB", "123"),
        ("VOLTA_BANK_DEVOLUCAO_DELAY_MS", "-1"),
        ("VOLTA_BANK_TOKEN_SECONDS", "1h"),
        ("VOLTA_BANK_CALLBACK_ATTEMPTS", "many"),
    ] {
        let output = refused(&[(variable, value)]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{variable}={value}");
        assert!(error.contains(variable), "{variable}={value}: {error}");
    }
}

struct Program {
    child: Child,
    url: String,
}

impl Program {
    /// On a port of its own choosing. Nobody reads its log after the first line: it must not care.
    fn start(database: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_volta-bank"))
            .env("VOLTA_BANK_LISTEN", "127.0.0.1:0")
            .env("VOLTA_BANK_DATABASE", database)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("bank.address=")?.1.to_owned()));
        let url = format!("http://{}", address.unwrap());
        Self { child, url }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone when the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_killed_bank_loses_nothing_it_answered() {
    let bank = TestBank::start().await;
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("deep/er/bank.db");
    let program = Program::start(&database);
    let pay = json!({"chave": DEFAULT_CHAVE, "valor": "12.34"});
    let url = format!("{}/control/pay", program.url);
    let paid = bank.http.post(url).json(&pay).send().await.unwrap();
    assert_eq!(paid.status(), 201);
    drop(program);

    let mut program = Program::start(&database);
    let url = format!("{}/control/book", program.url);
    let book = bank.http.get(url).send().await.unwrap();
    let book: Value = book.json().await.unwrap();
    assert_eq!(book["balance_centavos"], 1_234);
    let pid = program.child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    let ended = program.child.wait().unwrap();
    assert_eq!(ended.code(), Some(0), "SIGTERM is an orderly end");
}
