//! Who connects to the callback's listener and says nothing, or says it slowly, holds nobody up.

use super::bench::{Signed, browser};
use super::callbacks::{Door, patient_door};
use cloud::pix::BankProfile;
use cloud::tls::Patience;
use reqwest::StatusCode;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A hang guard, not an expectation.
const HANG: Duration = Duration::from_secs(30);

/// So long that no test ends because somebody's time was up.
const NEVER: Duration = Duration::from_secs(3_600);

const WITHOUT_END: Patience = Patience {
    handshake: NEVER,
    silence: NEVER,
    request: NEVER,
};

fn address(door: &Door) -> String {
    door.url.trim_start_matches("https://").to_owned()
}

async fn calls_back(door: &Door) -> StatusCode {
    let bank = browser(&door.authority, Some(&door.authority.signs("bank.test")));
    let call = bank
        .post(format!("{}/volta/pix", door.url))
        .body(r#"{"pix": []}"#)
        .timeout(HANG)
        .send();
    call.await.expect("an answer").status()
}

/// A connection as the bank opens it, with nothing said yet.
async fn opened(door: &Door, shown: &Signed) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(door.authority.pem.as_bytes()).expect("our own");
    roots.add(root).expect("our own");
    let chain = CertificateDer::from_pem_slice(shown.certificate.as_bytes()).expect("our own");
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).expect("our own");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config
                .with_root_certificates(roots)
                .with_client_auth_cert(vec![chain], key)
        })
        .expect("our own");
    let stream = TcpStream::connect(address(door)).await.expect("a door");
    let name = ServerName::try_from("127.0.0.1").expect("an address");
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await.expect("let in")
}

/// Awaits that the other side hangs up.
async fn is_hung_up_on(mut stream: TlsStream<TcpStream>, name: &str) {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(HANG, stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "{name}: nobody hung up");
}

#[tokio::test]
async fn a_callback_gets_through_a_crowd_that_says_nothing() {
    let door = patient_door(BankProfile::Standard, WITHOUT_END).await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        let silent = TcpStream::connect(address(&door)).await.expect("a door");
        crowd.push(silent);
    }
    assert_eq!(calls_back(&door).await, StatusCode::OK);
    // Nor do those who begin a handshake and leave it there.
    for silent in &mut crowd {
        // Some were shown out by now.
        let _ = silent.write_all(&[0x16, 0x03, 0x01, 0x02]).await;
    }
    assert_eq!(calls_back(&door).await, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_dawdles_is_hung_up_on() {
    let short = Duration::from_millis(100);
    let bound = |silence, request| Patience {
        handshake: NEVER,
        silence,
        request,
    };
    let head = "POST /volta/pix HTTP/1.1\r\nhost: loja.test\r\ncontent-length: 11\r\n";
    for (name, patience, said) in [
        ("silence", bound(short, NEVER), String::new()),
        ("half a head", bound(NEVER, short), head.to_owned()),
        (
            "half a body",
            bound(NEVER, short),
            format!("{head}\r\n{{\"pix\""),
        ),
        (
            "silence after an answer",
            bound(short, NEVER),
            format!("{head}\r\n{{\"pix\": []}}"),
        ),
    ] {
        let door = patient_door(BankProfile::Standard, patience).await;
        let bank = door.authority.signs("bank.test");
        let mut stream = opened(&door, &bank).await;
        stream.write_all(said.as_bytes()).await.expect("open");
        is_hung_up_on(stream, name).await;
    }
}

#[tokio::test]
async fn a_drip_does_not_buy_time() {
    let patience = Patience {
        request: Duration::from_millis(100),
        ..WITHOUT_END
    };
    let door = patient_door(BankProfile::Standard, patience).await;
    let bank = door.authority.signs("bank.test");
    let mut stream = opened(&door, &bank).await;
    let drips = async {
        stream.write_all(b"POST /volta/pix HTTP/1.1\r\n").await?;
        loop {
            stream.write_all(b"x: y\r\n").await?;
            stream.flush().await?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let ended: Result<std::io::Result<()>, _> = tokio::time::timeout(HANG, drips).await;
    assert!(matches!(ended, Ok(Err(_))), "nobody hung up");
}

#[tokio::test]
async fn one_address_keeps_only_so_many_connections() {
    let door = patient_door(BankProfile::Standard, WITHOUT_END).await;
    let bank = door.authority.signs("bank.test");
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(opened(&door, &bank).await);
    }
    is_hung_up_on(opened(&door, &bank).await, "one too many").await;
    open.clear();
    // Places come back as soon as the listener sees that the connections have gone.
    for _ in 0..200 {
        let bank = browser(&door.authority, Some(&bank));
        let call = bank.post(format!("{}/volta/pix", door.url)).body("");
        if call
            .send()
            .await
            .is_ok_and(|it| it.status() == StatusCode::OK)
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the places never came back");
}
