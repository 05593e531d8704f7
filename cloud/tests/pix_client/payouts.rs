use super::E2E;
use super::stub::{self, Bank, Reply};
use cloud::pix::payout::{PayoutOutcome, ensure_payout};
use cloud::pix::{EfiSender, PayoutProvider as _, SendRequest};
use serde_json::{Value, json};
use shared::money::Centavos;
use shared::time::UnixMs;

const ID: &str = "4f1c0f5a2b8e8d9ca1b2c3d4e5f60718";
const AMOUNT: Centavos = Centavos::new(500);

fn request() -> SendRequest {
    SendRequest {
        amount: AMOUNT,
        key: "ana@exemplo.com".parse().expect("a good key"),
        owner: "52998224725".parse().expect("a good CPF"),
        description: "Supermercado Volta: carrinho encontrado".into(),
    }
}

async fn sender(bank: &Bank) -> EfiSender {
    let mut settings = bank.settings();
    settings.total_timeout = stub::SHORT;
    EfiSender::new(&settings, &bank.url).expect("sound settings")
}

/// The outcome in a word, and the calls that were made to find it.
async fn sent(replies: Vec<Reply>, already_attempted: bool) -> (String, String) {
    let bank = Bank::with(replies).await;
    let sender = sender(&bank).await;
    let word = match ensure_payout(&sender, ID, &request(), already_attempted).await {
        PayoutOutcome::Settled { .. } => "settled".to_owned(),
        PayoutOutcome::Processing { .. } => "processing".to_owned(),
        PayoutOutcome::NotDone { reason } => format!("not done: {}", reason.unwrap_or_default()),
        PayoutOutcome::Rejected { problem } => format!("rejected: {}", problem.status),
        PayoutOutcome::StillUnknown { cause } => format!("unknown: {:?}", cause.outcome()),
        PayoutOutcome::Conflict { standing, .. } => format!("conflict: {}", standing.get()),
    };
    let calls = bank.requests();
    let calls = calls.iter().filter_map(|line| line.split(' ').next());
    (word, calls.collect::<Vec<_>>().join(" "))
}

fn shows(status: &str, valor: &str) -> Reply {
    Reply::Json(
        200,
        json!({"idEnvio": ID, "endToEndId": E2E, "valor": valor, "status": status,
            "motivo": "Saldo insuficiente (AM04)",
            "horario": {"solicitacao": "2026-11-20T12:00:00Z"}}),
    )
}

fn taken(status: &str) -> Reply {
    Reply::Json(
        201,
        json!({"idEnvio": ID, "e2eId": E2E, "valor": "5.00", "status": status,
            "horario": {"solicitacao": "2026-11-20T12:00:00Z"}}),
    )
}

fn bad(status: u16, razao: &str) -> Reply {
    let violation = json!({"razao": razao, "propriedade": "favorecido.chave"});
    Reply::Json(
        status,
        json!({"title": "Envio inválido", "violacoes": [violation]}),
    )
}

#[tokio::test]
async fn a_payout_is_asked_about_before_it_is_repeated() {
    let absent = || bad(404, "Envio não encontrado");
    let down = || Reply::Json(500, json!({}));
    let html = |status| Reply::Raw(status, "text/html", "<h1>?</h1>".into());
    for (attempted, replies, word, calls) in [
        (false, vec![taken("EM_PROCESSAMENTO")], "processing", "PUT"),
        (false, vec![taken("REALIZADO")], "settled", "PUT"),
        (
            false,
            vec![shows("NAO_REALIZADO", "5.00")],
            "not done: Saldo insuficiente (AM04)",
            "PUT",
        ),
        // Lost answers: asked for, never sent again in the same breath.
        (
            false,
            vec![down(), shows("REALIZADO", "5.00")],
            "settled",
            "PUT GET",
        ),
        (
            false,
            vec![Reply::Hang, shows("EM_PROCESSAMENTO", "5.00")],
            "processing",
            "PUT GET",
        ),
        (
            false,
            vec![Reply::Cut(201), absent()],
            "unknown: Unknown",
            "PUT GET",
        ),
        (false, vec![down(), absent()], "unknown: Unknown", "PUT GET"),
        // Asked before it is repeated.
        (true, vec![shows("REALIZADO", "5.00")], "settled", "GET"),
        (
            true,
            vec![absent(), taken("REALIZADO")],
            "settled",
            "GET PUT",
        ),
        (true, vec![down()], "unknown: Unknown", "GET"),
        // A page of a proxy is no word of the bank's: nothing is sent on it.
        (true, vec![html(404)], "unknown: Absent", "GET"),
        // A refusal is final only if nothing stands under the id and the bank said so itself.
        (
            false,
            vec![bad(400, "Chave não encontrada."), absent()],
            "rejected: 400",
            "PUT GET",
        ),
        (
            false,
            vec![
                bad(400, "Chave não encontrada."),
                shows("REALIZADO", "5.00"),
            ],
            "settled",
            "PUT GET",
        ),
        (
            false,
            vec![html(400), absent()],
            "unknown: Refused",
            "PUT GET",
        ),
        (
            false,
            vec![bad(409, "id_envio_duplicado"), absent()],
            "unknown: Refused",
            "PUT GET",
        ),
        (
            false,
            vec![
                bad(409, "id_envio_duplicado"),
                shows("EM_PROCESSAMENTO", "5.00"),
            ],
            "processing",
            "PUT GET",
        ),
        // Another amount under our id is nobody's success.
        (
            true,
            vec![shows("REALIZADO", "7.00")],
            "conflict: 700",
            "GET",
        ),
        (
            true,
            vec![shows("AGUARDANDO_APROVACAO", "5.00")],
            "unknown: Unknown",
            "GET",
        ),
    ] {
        let case = format!("{replies:?} {attempted}");
        let found = sent(replies, attempted).await;
        assert_eq!(found, (word.to_owned(), calls.to_owned()), "{case}");
    }
}

#[tokio::test]
async fn the_owner_goes_with_the_key_and_the_token_has_its_own_scopes() {
    let bank = Bank::with(vec![taken("EM_PROCESSAMENTO")]).await;
    let sent = sender(&bank).await.send(ID, &request()).await.unwrap();
    assert_eq!(sent.end_to_end_id.as_deref(), Some(E2E));
    let requests = bank.requests();
    let body = requests[0]
        .strip_prefix(&format!("PUT /v3/gn/pix/{ID} "))
        .expect("Efí's path");
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = json!({
        "valor": "5.00",
        "pagador": {"chave": "+5511", "infoPagador": "Supermercado Volta: carrinho encontrado"},
        "favorecido": {"chave": "ana@exemplo.com", "cpf": "52998224725"},
    });
    assert_eq!(body, expected);
    let token = &bank.token_requests()[0];
    assert!(token.contains("pix.send"), "{token}");
    assert!(
        !token.contains("cob.write"),
        "receiving is another token's: {token}"
    );
    let shown = format!("{:?}", request());
    assert!(!shown.contains("ana") && !shown.contains("529"), "{shown}");
}

#[tokio::test]
async fn a_list_is_read_page_by_page_with_what_came_back() {
    let page = |items: Value| {
        Reply::Json(
            200,
            json!({"parametros": {"paginacao": {"quantidadeDePaginas": 2}}, "pix": items}),
        )
    };
    let one = |id: &str, returns: Value| {
        json!({"idEnvio": id, "endToEndId": E2E, "valor": "5.00", "status": "REALIZADO",
            "horario": {"liquidacao": "2026-11-20T12:00:01Z"}, "devolucoes": returns})
    };
    let back = json!([
        {"rtrId": "D1", "valor": "2.00", "status": "DEVOLVIDO",
            "horario": {"liquidacao": "2026-11-21T12:00:00Z"}},
        {"rtrId": "D2", "valor": "1.00", "status": "EM_PROCESSAMENTO"},
    ]);
    let bank = Bank::with(vec![
        page(json!([one("a", Value::Null), {"idEnvio": "b"}])),
        page(json!([one("c", back)])),
    ])
    .await;
    let list = sender(&bank)
        .await
        .list(UnixMs(1_790_000_000_000), UnixMs(1_790_000_060_000))
        .await
        .unwrap();
    let ids: Vec<&str> = list.sent.iter().map(|sent| sent.id.as_str()).collect();
    assert_eq!(
        (ids, list.unreadable, list.complete),
        (vec!["a", "c"], 1, true)
    );
    let returns = &list.sent[1].returns;
    assert_eq!(returns.len(), 1, "what is not settled has not come back");
    assert_eq!(
        (returns[0].id.as_str(), returns[0].amount),
        ("D1", Centavos::new(200))
    );
    let asked = &bank.requests()[0];
    assert!(
        asked.starts_with("GET /v2/gn/pix/enviados?inicio=2026-"),
        "{asked}"
    );
}
