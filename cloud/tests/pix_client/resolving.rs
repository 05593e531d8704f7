use super::stub::{self, Bank, Reply};
use super::{E2E, TXID, asked, charge, paid};
use cloud::pix::resolve::{
    CancelOutcome, ChargeOutcome, RefundOutcome, RefundRefusal, ensure_cancelled, ensure_charge,
    ensure_refund,
};
use cloud::pix::{Outcome, PixClient};
use serde_json::{Value, json};
use shared::money::Centavos;

const AMOUNT: Centavos = Centavos::new(1_000);

/// The outcome in a word, and the methods that were used to find it.
async fn refunded(replies: Vec<Reply>, already_attempted: bool) -> (String, String) {
    let bank = Bank::with(replies).await;
    let mut settings = bank.settings();
    settings.total_timeout = stub::SHORT;
    let client = PixClient::new(settings).expect("sound settings");
    let word = match ensure_refund(&client, E2E, "r1", AMOUNT, already_attempted).await {
        RefundOutcome::Settled { .. } => "settled".to_owned(),
        RefundOutcome::Processing { .. } => "processing".to_owned(),
        RefundOutcome::Refused {
            reason: RefundRefusal::NotDone { reason },
        } => {
            format!("not done: {}", reason.unwrap_or_default())
        }
        RefundOutcome::Refused {
            reason: RefundRefusal::Rejected { problem },
        } => {
            format!("rejected: {}", problem.status)
        }
        RefundOutcome::StillUnknown { cause } => format!("unknown: {:?}", cause.outcome()),
        RefundOutcome::Conflict { standing, .. } => {
            format!("conflict: {}", standing.amount.get())
        }
    };
    (word, methods(&bank))
}

fn methods(bank: &Bank) -> String {
    let requests = bank.requests();
    let methods: Vec<&str> = requests
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    methods.join(" ")
}

fn refund(status: &str, valor: &str) -> Reply {
    let refund = json!({"id": "r1", "rtrId": "D12345678202009091000abcde123456", "valor": valor,
        "horario": {"solicitacao": "2026-11-20T12:00:00Z"}, "status": status, "motivo": "sem saldo"});
    Reply::Json(200, refund)
}

fn html(status: u16) -> Reply {
    Reply::Raw(status, "text/html", "<h1>?</h1>".into())
}

fn bad(status: u16, razao: &str) -> Reply {
    let violation = json!({"razao": razao, "propriedade": "devolucao"});
    Reply::Json(
        status,
        json!({"title": "Inválida", "violacoes": [violation]}),
    )
}

#[tokio::test]
async fn a_refund_is_asked_about_before_it_is_repeated() {
    let settled = || refund("DEVOLVIDO", "10.00");
    let processing = || refund("EM_PROCESSAMENTO", "10.00");
    let absent = || bad(404, "Devolução não encontrada");
    let down = || Reply::Json(500, json!({}));
    let used = || bad(400, "id já utilizado por outra devolução");
    let excess = || bad(400, "excede o valor do Pix");
    for (first_time, replies, expected, methods) in [
        (true, vec![processing()], "processing", "PUT"),
        (true, vec![settled()], "settled", "PUT"),
        (
            true,
            vec![refund("NAO_REALIZADO", "10.00")],
            "not done: sem saldo",
            "PUT",
        ),
        (
            true,
            vec![refund("DEVOLVIDO", "4.00")],
            "conflict: 400",
            "PUT",
        ),
        (
            true,
            vec![refund("NOVIDADE", "10.00")],
            "unknown: Unknown",
            "PUT",
        ),
        // The bank did the work and said otherwise.
        (true, vec![down(), settled()], "settled", "PUT GET"),
        (
            true,
            vec![Reply::Hang, processing()],
            "processing",
            "PUT GET",
        ),
        (
            true,
            vec![Reply::Cut(201), processing()],
            "processing",
            "PUT GET",
        ),
        (
            true,
            vec![Reply::Header(202, "x-a", "b"), settled()],
            "settled",
            "PUT GET",
        ),
        (true, vec![used(), settled()], "settled", "PUT GET"),
        (
            true,
            vec![bad(409, ""), refund("DEVOLVIDO", "1.00")],
            "conflict: 100",
            "PUT GET",
        ),
        // Not there yet is not the same as never.
        (true, vec![down(), absent()], "unknown: Unknown", "PUT GET"),
        (true, vec![used(), absent()], "unknown: Refused", "PUT GET"),
        (true, vec![down()], "unknown: Unknown", "PUT GET"),
        (true, vec![excess(), down()], "unknown: Unknown", "PUT GET"),
        // Plain refusals.
        (true, vec![excess(), absent()], "rejected: 400", "PUT GET"),
        (true, vec![absent()], "rejected: 404", "PUT"),
        (
            true,
            vec![bad(403, "sem permissão")],
            "unknown: Refused",
            "PUT",
        ),
        (
            true,
            vec![Reply::Header(429, "retry-after", "1")],
            "unknown: NotDone",
            "PUT",
        ),
        // A proxy's word is not the bank's.
        (true, vec![html(404)], "unknown: Absent", "PUT"),
        (
            true,
            vec![html(400), absent()],
            "unknown: Refused",
            "PUT GET",
        ),
        // An earlier attempt may have arrived.
        (false, vec![settled()], "settled", "GET"),
        (
            false,
            vec![refund("NAO_REALIZADO", "10.00")],
            "not done: sem saldo",
            "GET",
        ),
        (
            false,
            vec![refund("DEVOLVIDO", "4.00")],
            "conflict: 400",
            "GET",
        ),
        (false, vec![down(), settled()], "unknown: Unknown", "GET"),
        (
            false,
            vec![bad(403, ""), settled()],
            "unknown: Refused",
            "GET",
        ),
        (false, vec![absent(), processing()], "processing", "GET PUT"),
        (
            false,
            vec![absent(), used(), settled()],
            "settled",
            "GET PUT GET",
        ),
        (
            false,
            vec![absent(), down(), settled()],
            "settled",
            "GET PUT GET",
        ),
    ] {
        let name = format!("{replies:?}");
        let found = refunded(replies, !first_time).await;
        assert_eq!(
            (found.0.as_str(), found.1.as_str()),
            (expected, methods),
            "{name}"
        );
    }
}

#[tokio::test]
async fn trap_01_devolucao_retry_every_attempt_at_a_refund_names_the_same_id() {
    let down = Reply::Json(500, json!({}));
    let absent = bad(404, "Devolução não encontrada");
    let bank = Bank::with(vec![
        down.clone(),
        absent.clone(),
        absent,
        down.clone(),
        down,
    ])
    .await;
    let client = bank.client();
    for already_attempted in [false, true, true] {
        ensure_refund(&client, E2E, "r1", AMOUNT, already_attempted).await;
    }
    let path = format!("/v2/pix/{E2E}/devolucao/r1");
    assert_eq!(methods(&bank), "PUT GET GET PUT GET GET");
    assert!(
        bank.requests()
            .iter()
            .all(|line| line.split(' ').nth(1) == Some(&*path))
    );
}

fn cob(status: &str, valor: &str, pix: &Value) -> Reply {
    Reply::Json(200, charge(status, valor, pix))
}

#[tokio::test]
async fn a_charge_is_found_out_about() {
    let none = json!([]);
    let active = || cob("ATIVA", "10.00", &none);
    let down = || Reply::Json(504, json!({}));
    let absent = || bad(404, "Cobrança não encontrada");
    for (replies, expected, used) in [
        (vec![active()], "standing: Active 0", "PUT"),
        (vec![cob("ATIVA", "9.00", &none)], "conflict: 900", "PUT"),
        (vec![down(), active()], "standing: Active 0", "PUT GET"),
        (
            vec![bad(409, ""), active()],
            "standing: Active 0",
            "PUT GET",
        ),
        // Paid before the repeated PUT: the standard refuses it, the charge stands.
        (
            vec![
                bad(400, "cobrança não está ATIVA"),
                cob("CONCLUIDA", "10.00", &json!([paid(1)])),
            ],
            "standing: Concluded 1",
            "PUT GET",
        ),
        (
            vec![bad(409, ""), cob("ATIVA", "9.00", &none)],
            "conflict: 900",
            "PUT GET",
        ),
        (
            vec![bad(400, "chave inválida"), absent()],
            "refused: 400",
            "PUT GET",
        ),
        (vec![absent()], "refused: 404", "PUT"),
        (vec![down(), absent()], "unknown: Unknown", "PUT GET"),
        (vec![bad(409, ""), absent()], "unknown: Refused", "PUT GET"),
        (vec![bad(403, "")], "unknown: Refused", "PUT"),
        (
            vec![Reply::Header(429, "x-a", "b")],
            "unknown: NotDone",
            "PUT",
        ),
    ] {
        let name = format!("{replies:?}");
        let bank = Bank::with(replies).await;
        let word = match ensure_charge(&bank.client(), TXID, &asked()).await {
            ChargeOutcome::Standing(charge) => {
                format!("standing: {:?} {}", charge.status, charge.pix.len())
            }
            ChargeOutcome::Conflict { standing, .. } => format!("conflict: {}", standing.get()),
            ChargeOutcome::Refused { problem } => format!("refused: {}", problem.status),
            ChargeOutcome::StillUnknown { cause } => format!("unknown: {:?}", cause.outcome()),
        };
        assert_eq!(
            (word.as_str(), methods(&bank).as_str()),
            (expected, used),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_cancelled_charge_may_turn_out_to_be_paid() {
    let none = json!([]);
    let removed = || cob("REMOVIDA_PELO_USUARIO_RECEBEDOR", "10.00", &none);
    let paid_at_last = || {
        cob(
            "REMOVIDA_PELO_USUARIO_RECEBEDOR",
            "10.00",
            &json!([paid(1)]),
        )
    };
    let not_active = || bad(400, "cobrança não está ATIVA");
    let down = || Reply::Json(500, json!({}));
    for (replies, expected, used) in [
        (vec![removed()], "removed", "PATCH"),
        (vec![paid_at_last()], "paid", "PATCH"),
        (
            vec![not_active(), cob("CONCLUIDA", "10.00", &none)],
            "paid",
            "PATCH GET",
        ),
        // A bank's read side lags: the Pix is there before the status says so.
        (
            vec![not_active(), cob("ATIVA", "10.00", &json!([paid(1)]))],
            "paid",
            "PATCH GET",
        ),
        (vec![not_active(), removed()], "removed", "PATCH GET"),
        (vec![down(), removed()], "removed", "PATCH GET"),
        (
            vec![down(), cob("ATIVA", "10.00", &none)],
            "unknown: Unknown",
            "PATCH GET",
        ),
        (vec![down()], "unknown: Unknown", "PATCH GET"),
        (vec![bad(404, "")], "absent", "PATCH"),
        (vec![down(), bad(404, "")], "absent", "PATCH GET"),
        (vec![html(404)], "unknown: Absent", "PATCH"),
        (vec![bad(403, "")], "unknown: Refused", "PATCH"),
    ] {
        let name = format!("{replies:?}");
        let bank = Bank::with(replies).await;
        let word = match ensure_cancelled(&bank.client(), TXID).await {
            CancelOutcome::Removed(_) => "removed".to_owned(),
            CancelOutcome::Paid(_) => "paid".to_owned(),
            CancelOutcome::Absent => "absent".to_owned(),
            CancelOutcome::StillUnknown { cause } => format!("unknown: {:?}", cause.outcome()),
        };
        assert_eq!(
            (word.as_str(), methods(&bank).as_str()),
            (expected, used),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_bank_that_cannot_be_reached_leaves_everything_as_it_was() {
    let bank = Bank::with(vec![]).await;
    bank.answer_tokens_with(vec![Reply::Json(500, json!({})); 2]);
    let client = bank.client();
    let refund = ensure_refund(&client, E2E, "r1", AMOUNT, false).await;
    let RefundOutcome::StillUnknown { cause } = refund else {
        panic!("{refund:?}")
    };
    assert_eq!(
        (cause.outcome(), bank.requests().len()),
        (Outcome::NotDone, 0)
    );
}
