//! The Pix client against odd answers over real HTTP. The bank sandbox has tests of its own.

#[path = "pix_client/stub.rs"]
mod stub;

#[path = "pix_client/listing.rs"]
mod listing;

#[path = "pix_client/payouts.rs"]
mod payouts;

#[path = "pix_client/resolving.rs"]
mod resolving;

#[path = "pix_client/tokens.rs"]
mod tokens;

use cloud::pix::{
    ChargeRequest, ChargeStatus, NotSentCause, Outcome, Payer, PixClient, PixError, UnknownCause,
};
use serde_json::{Value, json};
use shared::money::Centavos;
use shared::time::UnixMs;
use std::time::Duration;
use stub::{Bank, Reply};

pub(crate) const TXID: &str = "0199aaaabbbb7cccddddeeeeffff0000";
pub(crate) const E2E: &str = "E12345678202009091221abcdef12345";

pub(crate) fn asked() -> ChargeRequest {
    ChargeRequest {
        amount: Centavos::new(1_000),
        expires_in_s: 600,
        payer: None,
        description: None,
    }
}

pub(crate) fn charge(status: &str, valor: &str, pix: &Value) -> Value {
    json!({
        "txid": TXID, "revisao": 0, "status": status, "chave": "+5511",
        "calendario": {"criacao": "2026-11-20T12:00:00.000Z", "expiracao": 600},
        "location": "pix.example.com/qr/v2/1", "valor": {"original": valor}, "pix": pix,
    })
}

pub(crate) fn paid(n: u32) -> Value {
    json!({"endToEndId": format!("E{n:031}"), "txid": TXID, "valor": "10.00",
        "horario": format!("2026-11-20T12:00:{:02}Z", n % 60)})
}

fn problem(kind: &str, status: u16) -> Value {
    json!({"type": format!("https://pix.bcb.gov.br/api/v2/error/{kind}"),
        "title": kind, "status": status})
}

fn unknown(cause: UnknownCause) -> Result<ChargeStatus, String> {
    Err(format!("{:?}", PixError::Unknown { cause }))
}

#[tokio::test]
async fn each_answer_to_a_charge_has_one_meaning() {
    let good = charge("ATIVA", "10.00", &json!([]));
    let html = "<html><body>Bad gateway</body></html>".to_owned();
    let mut other = good.clone();
    other["txid"] = json!("f".repeat(32));
    let mut undated = good.clone();
    undated["calendario"]["criacao"] = json!("ontem");
    let lost = || unknown(UnknownCause::ConnectionLost);
    let not_json = || unknown(UnknownCause::NotJson);
    let status = |status| unknown(UnknownCause::Status { status });
    let huge = format!("\"{}\"", "x".repeat(3_000_000));
    for (reply, expected) in [
        (Reply::Json(201, good.clone()), Ok(ChargeStatus::Active)),
        (Reply::Json(200, good.clone()), Ok(ChargeStatus::Active)),
        (
            Reply::Raw(201, "text/plain", good.to_string()),
            Ok(ChargeStatus::Active),
        ),
        (Reply::Raw(200, "text/html", html.clone()), not_json()),
        (
            Reply::Raw(200, "application/json", "[".repeat(1_000)),
            not_json(),
        ),
        (
            Reply::Raw(202, "application/json", String::new()),
            not_json(),
        ),
        (Reply::Header(204, "x-a", "b"), not_json()),
        (
            Reply::Json(201, other),
            unknown(UnknownCause::Mismatch { field: "txid" }),
        ),
        (
            Reply::Json(201, undated),
            unknown(UnknownCause::Unreadable {
                field: "calendario.criacao",
            }),
        ),
        (
            Reply::Raw(201, "application/json", huge),
            unknown(UnknownCause::TooLarge {
                limit: 2 * 1024 * 1024,
            }),
        ),
        (Reply::Cut(201), lost()),
        (
            Reply::Header(307, "location", "http://127.0.0.1:9/"),
            status(307),
        ),
        (Reply::Json(408, json!({})), status(408)),
        (
            Reply::Json(500, problem("ErroInternoDoServidor", 500)),
            status(500),
        ),
        (Reply::Raw(502, "text/html", html), status(502)),
        (
            Reply::Json(503, problem("ServicoIndisponivel", 503)),
            status(503),
        ),
        (Reply::Json(504, json!(null)), status(504)),
    ] {
        let name = format!("{reply:?}");
        let client = Bank::with(vec![reply]).await.client();
        let answer = client.put_charge(TXID, &asked()).await;
        let answer = answer
            .map(|charge| charge.status)
            .map_err(|error| format!("{error:?}"));
        assert_eq!(
            answer,
            expected,
            "{}",
            name.chars().take(200).collect::<String>()
        );
    }
}

#[tokio::test]
async fn trap_16_errors_refusals_are_read_in_every_dialect() {
    for (reply, outcome, kind) in [
        (
            Reply::Json(400, problem("CobOperacaoInvalida", 400)),
            Outcome::Refused,
            Some("CobOperacaoInvalida"),
        ),
        (
            Reply::Json(409, json!({"nome": "txid_duplicado", "mensagem": "Em uso"})),
            Outcome::Refused,
            Some("txid_duplicado"),
        ),
        (
            Reply::Raw(403, "text/html", "<p>403".into()),
            Outcome::Refused,
            None,
        ),
        (
            Reply::Raw(400, "application/problem+json", String::new()),
            Outcome::Refused,
            None,
        ),
        (
            Reply::Raw(422, "text/html", "x".repeat(3_000_000)),
            Outcome::Refused,
            None,
        ),
        (
            Reply::Json(404, problem("NaoEncontrado", 404)),
            Outcome::Absent,
            Some("NaoEncontrado"),
        ),
        (
            Reply::Raw(404, "text/plain", "404".into()),
            Outcome::Absent,
            None,
        ),
        (
            Reply::Header(429, "retry-after", "7"),
            Outcome::NotDone,
            None,
        ),
    ] {
        let name: String = format!("{reply:?}").chars().take(200).collect();
        let client = Bank::with(vec![reply]).await.client();
        let error = client.put_charge(TXID, &asked()).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{name}");
        let read = match &error {
            PixError::Refused { problem } | PixError::NotFound { problem } => problem.kind.clone(),
            _ => None,
        };
        assert_eq!(read.as_deref(), kind, "{name}");
        if name.contains("retry-after") {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }
}

#[tokio::test]
async fn trap_02_timeout_silence_and_lost_connections_leave_the_outcome_unknown() {
    let bank = Bank::with(vec![Reply::Hang]).await;
    let mut settings = bank.settings();
    settings.total_timeout = stub::SHORT;
    let client = PixClient::new(settings).unwrap();
    let error = client.get_charge(TXID).await.unwrap_err();
    assert_eq!(
        error,
        PixError::Unknown {
            cause: UnknownCause::TimedOut
        }
    );

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hang_up = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
    });
    let bank = Bank::with(vec![]).await;
    let token_url = bank.settings().token_url;
    let client = PixClient::new(stub::settings(&format!("http://{address}"), &token_url)).unwrap();
    let error = client
        .put_refund(E2E, "r1", Centavos::new(1))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        PixError::Unknown {
            cause: UnknownCause::ConnectionLost
        }
    );
    hang_up.await.unwrap();
}

#[tokio::test]
async fn a_refused_connection_is_known_not_to_have_reached_the_bank() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bank = Bank::with(vec![]).await;
    let client = PixClient::new(stub::settings(&nobody, &bank.settings().token_url)).unwrap();
    let error = client.put_charge(TXID, &asked()).await.unwrap_err();
    assert_eq!(
        error,
        PixError::NotSent {
            cause: NotSentCause::NoConnection
        }
    );
}

#[tokio::test]
async fn what_api_pix_cannot_take_is_not_sent() {
    let bank = Bank::with(vec![]).await;
    let client = bank.client();
    let one = Centavos::new(1);
    let free = ChargeRequest {
        amount: Centavos::ZERO,
        ..asked()
    };
    let expired = ChargeRequest {
        expires_in_s: 0,
        ..asked()
    };
    let nameless = Payer {
        cpf: "52998224725".parse().unwrap(),
        name: " ".into(),
    };
    let anonymous = ChargeRequest {
        payer: Some(nameless),
        ..asked()
    };
    for (error, field) in [
        (client.get_charge("short").await.err(), "txid"),
        (client.cancel_charge(&"a/".repeat(15)).await.err(), "txid"),
        (client.put_charge(TXID, &free).await.err(), "valor"),
        (
            client.put_charge(TXID, &expired).await.err(),
            "calendario.expiracao",
        ),
        (
            client.put_charge(TXID, &anonymous).await.err(),
            "devedor.nome",
        ),
        (client.get_pix("../../cob").await.err(), "endToEndId"),
        (client.get_refund(E2E, "a b").await.err(), "id"),
        (
            client.put_refund(E2E, &"x".repeat(36), one).await.err(),
            "id",
        ),
        (
            client.put_refund(E2E, "r1", Centavos::new(-1)).await.err(),
            "valor",
        ),
        (
            client.list_pix(UnixMs(i64::MIN), UnixMs(0)).await.err(),
            "inicio/fim",
        ),
        (
            client.put_webhook("volta.test/pix").await.err(),
            "webhookUrl",
        ),
    ] {
        let cause = NotSentCause::Input { field };
        assert_eq!(error, Some(PixError::NotSent { cause }));
    }
    assert_eq!((bank.requests(), bank.token_requests()), (vec![], vec![]));
}

#[tokio::test]
async fn requests_are_those_of_the_standard() {
    let removed = charge("REMOVIDA_PELO_USUARIO_RECEBEDOR", "10.00", &json!(null));
    let refund = json!({"id": "r1", "rtrId": "D1", "valor": "4.50", "status": "EM_PROCESSAMENTO"});
    let bank = Bank::with(vec![
        Reply::Json(201, charge("ATIVA", "10.00", &json!([]))),
        Reply::Json(200, removed),
        Reply::Json(201, refund),
        Reply::Header(200, "content-length", "0"),
        Reply::Header(204, "x-a", "b"),
    ])
    .await;
    let client = bank.client();
    let full = ChargeRequest {
        payer: Some(Payer {
            cpf: "529.982.247-25".parse().unwrap(),
            name: " Ana ".into(),
        }),
        description: Some("ç".repeat(200)),
        ..asked()
    };
    client.put_charge(TXID, &full).await.unwrap();
    let removed = client.cancel_charge(TXID).await.unwrap();
    assert_eq!(removed.status, ChargeStatus::RemovedByPayee);
    client
        .put_refund(E2E, "r1", Centavos::new(450))
        .await
        .unwrap();
    client
        .put_webhook("https://volta.test/pix?a=1")
        .await
        .unwrap();
    client.put_webhook("https://volta.test/").await.unwrap();

    let requests = bank.requests();
    let (line, body) = requests[0].split_once(" {").unwrap();
    assert_eq!(line, format!("PUT /v2/cob/{TXID}"));
    assert_eq!(
        serde_json::from_str::<Value>(&format!("{{{body}")).unwrap(),
        json!({"calendario": {"expiracao": 600}, "valor": {"original": "10.00"}, "chave": "+5511",
            "devedor": {"cpf": "52998224725", "nome": "Ana"},
            "solicitacaoPagador": "ç".repeat(140)})
    );
    assert_eq!(
        requests[1..4],
        [
            format!("PATCH /v2/cob/{TXID} {{\"status\":\"REMOVIDA_PELO_USUARIO_RECEBEDOR\"}}"),
            format!("PUT /v2/pix/{E2E}/devolucao/r1 {{\"valor\":\"4.50\"}}"),
            "PUT /v2/webhook/+5511 {\"webhookUrl\":\"https://volta.test/pix?a=1\"}".to_owned(),
        ]
    );
    assert!(!format!("{full:?}{client:?}").contains("52998224725"));
}

#[tokio::test]
async fn a_charge_without_a_code_gets_one_from_its_location() {
    let mut altered = charge("ATIVA", "10.00", &json!([]));
    altered["pixCopiaECola"] = json!("00020126580014br.gov.bcb.pix6304FFFF");
    for reply in [altered, charge("ATIVA", "10.00", &json!([]))] {
        let client = Bank::with(vec![Reply::Json(200, reply)]).await.client();
        let code = client
            .get_charge(TXID)
            .await
            .unwrap()
            .br_code("Volta", "Campinas")
            .unwrap();
        assert!(code.contains("2523pix.example.com/qr/v2/1"), "{code}");
    }
}
