use super::Shop;
use super::stubs::{MailServer, Mood};
use cloud::app::now;
use cloud::config::Role;
use cloud_core::notice::{Ended, State};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;

const ADDRESS: &str = "canario.payer@loja.example";
const FROM: &str = "Volta <avisos@volta.example>";

fn shop(server: &MailServer) -> Shop {
    let shop = Shop::with(&["--smtp-url", &server.url(), "--notice-from", FROM]);
    shop.gives(&[("mail", ADDRESS)]);
    shop
}

fn message_id(mail: &str) -> &str {
    let line = mail.lines().find(|line| line.starts_with("Message-ID:"));
    line.expect("every mail has one")
}

/// Everything that is logged, of every crate.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_payer_is_told_by_mail_once_and_no_log_knows_whom() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .try_init()
        .expect("each test is a process of its own");
    let runtime = Runtime::new().unwrap();
    let moods = [Mood::Rcpt(
        "451 4.7.1 <canario.payer@loja.example> greylisted",
    )];
    let server = MailServer::start(&runtime, &moods);
    let shop = shop(&server);
    shop.near();
    shop.sends();
    let row = shop.troubled(1);
    assert_eq!(row.trouble.as_deref(), Some("mail_451"));
    assert!(row.due_ms > now(), "not at once again");
    shop.hastens(&row);
    let row = shop.told();
    assert_eq!(row.attempts, 2);
    shop.near();
    let mails = server.mails();
    assert_eq!(mails.len(), 1, "once");
    let mail = &mails[0];
    for part in [
        "From: Volta <avisos@volta.example>",
        "To: canario.payer@loja.example",
        "Auto-Submitted: auto-generated",
        "Content-Language: pt-BR",
        "multipart/alternative",
        &format!("Message-ID: <{}@volta.example>", row.id.simple()),
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    let link = mail.replace("=\r\n", "").replace("=3D", "=");
    assert!(link.contains(&format!("/r/{}", shop.token)), "{link}");
    assert!(!mail.contains("List-"), "no list");
    let page = shop
        .site
        .signed_in("ana", Role::Viewer)
        .reads(&format!("/manage/rentals/{}", shop.visit.rental));
    assert!(page.contains("Aviso antes do abandono · E-mail"), "{page}");
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a payer was told") && logged.contains("mail_451"));
    for secret in [ADDRESS, "canario", shop.token.as_str()] {
        assert!(!logged.contains(secret), "{secret}");
        assert!(!page.contains(secret), "{secret} on a manager's page");
    }
}

#[test]
fn what_no_server_takes_waits_and_what_nobody_reads_ends() {
    let runtime = Runtime::new().unwrap();
    let no_such_box = Mood::Rcpt("550 5.1.1 no such user here");
    let moods = [
        Mood::Hang,
        Mood::Silent,
        Mood::Rcpt("554 5.7.1 policy"),
        no_such_box,
    ];
    let server = MailServer::start(&runtime, &moods);
    let shop = shop(&server);
    shop.near();
    shop.sends();
    for trouble in ["mail_timeout", "mail_no_connection", "mail_554"] {
        let row = shop.becomes(|row| row.trouble.as_deref() == Some(trouble));
        shop.hastens(&row);
    }
    let row = shop.becomes(|row| row.state != State::Waiting);
    let why = Ended::Unreachable;
    assert_eq!(row.state, State::Ended { why });
    let page = shop.site.browser().reads(&shop.notices());
    assert!(page.contains("id=\"mail\""), "asked for again: {page}");
}

#[test]
fn a_server_without_tls_gets_neither_password_nor_mail() {
    let runtime = Runtime::new().unwrap();
    let server = MailServer::start(&runtime, &[]);
    let url = format!("smtp://user:secret@127.0.0.1:{}", server.port);
    let shop = Shop::with(&["--smtp-url", &url, "--notice-from", FROM]);
    shop.gives(&[("mail", ADDRESS)]);
    shop.near();
    shop.sends();
    let row = shop.troubled(1);
    assert_ne!(row.trouble.as_deref(), Some("mail_timeout"));
    assert_eq!(server.mails(), [""; 0]);
    let said = server.commands().concat().to_ascii_uppercase();
    assert!(said.starts_with("EHLO"), "{said}");
    assert!(
        !said.contains("AUTH") && !said.contains("MAIL FROM"),
        "{said}"
    );
}

#[test]
fn a_cart_that_is_back_ends_the_warning() {
    let runtime = Runtime::new().unwrap();
    let server = MailServer::start(&runtime, &[]);
    let mut shop = shop(&server);
    shop.near();
    let tag = crate::world::cart(1);
    shop.site.world.docks("norte", 1, tag);
    shop.site.world.reports("norte");
    shop.sends();
    let row = shop.becomes(|row| row.state != State::Waiting);
    let why = Ended::Overtaken;
    assert_eq!((row.state, row.attempts), (State::Ended { why }, 0));
    assert_eq!(server.mails(), [""; 0]);
}

#[test]
fn a_process_that_dies_in_the_middle_tells_again_under_the_same_id() {
    let runtime = Runtime::new().unwrap();
    let server = MailServer::start(&runtime, &[]);
    let shop = shop(&server);
    shop.near();
    let database = shop.site.world.file();
    let starts = |crash: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_volta-cloud"));
        command
            .env_clear()
            .arg("--database")
            .arg(&database)
            .arg("--key-file")
            .arg(database.with_extension("key"))
            .args(["--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"])
            .args(["--mqtt-listen", "127.0.0.1:0", "--callback-url", ""])
            .args(["--smtp-url", &server.url(), "--notice-from", FROM])
            .args(crash)
            .stderr(Stdio::null());
        command.spawn().expect("our own program")
    };
    for point in ["before_notice_sent", "after_notice_sent"] {
        let died = starts(&["--crash-at", point])
            .wait()
            .expect("a child of ours");
        assert!(!died.success());
    }
    assert_eq!(server.mails().len(), 1, "sent, and nobody knows");
    assert_eq!(
        (shop.rows()[0].state, shop.rows()[0].attempts),
        (State::Waiting, 2)
    );
    shop.sends();
    assert_eq!(shop.told().attempts, 3);
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(message_id(&mails[0]), message_id(&mails[1]));
}

#[test]
fn no_mail_goes_to_a_server_that_does_not_encrypt() {
    let runtime = Runtime::new().unwrap();
    let server = MailServer::start(&runtime, &[]);
    let url = server.url().replace("?tls=none", "");
    let shop = Shop::with(&["--smtp-url", &url, "--notice-from", FROM]);
    shop.gives(&[("mail", ADDRESS)]);
    shop.near();
    shop.sends();
    shop.troubled(1);
    assert!(server.mails().is_empty(), "in the clear");
}
