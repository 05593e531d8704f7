use super::*;
use serde_json::json;

const E2E: &str = "E12345678202009091221abcdef12345";

#[test]
fn money_is_read_leniently_but_never_guessed() {
    for (value, expected) in [
        (json!("140.45"), Some(14_045)),
        (json!("140,45"), Some(14_045)),
        (json!(140.45), Some(14_045)),
        (json!(140.4), Some(14_040)),
        (json!(10), Some(1_000)),
        (json!("0.07"), Some(7)),
        (json!("1.234,56"), None),
        (json!("1.000"), None),
        (json!(1e15), None),
        (json!(-1), None),
        (json!(null), None),
    ] {
        let read = amount(&json!({ "valor": value }), "/valor", "valor");
        assert_eq!(read.ok(), expected.map(Centavos::new), "{value}");
    }
}

#[test]
fn trap_23_spec_examples_a_charge_with_every_published_oddity_is_read() {
    let charge = charge(&json!({
        "txid": "t".repeat(26), "status": "ARQUIVADA", "novidade": {"x": 1},
        "calendario": {"criacao": "2020-09-09T17:15:00.358-03:00", "expiracao": "3600"},
        "loc": {"location": "pix.example.com/qr/1"}, "valor": {"original": "10.00"},
        "pix": {"endToEndId": E2E, "valor": "10.00", "horario": "2020-09-09T20:15:01Z",
            "devolucoes": {"id": "1", "rtrId": "D1", "valor": "4.00", "status": "NOVO"}},
    }))
    .unwrap();
    assert_eq!(charge.status, ChargeStatus::Unknown("ARQUIVADA".into()));
    assert_eq!(charge.created_ms, UnixMs(1_599_682_500_358));
    assert_eq!(charge.expires_ms(), UnixMs(1_599_686_100_358));
    assert_eq!(charge.location.as_deref(), Some("pix.example.com/qr/1"));
    let pix = &charge.pix[0];
    assert_eq!(pix.refunds[0].status, RefundStatus::Unknown("NOVO".into()));
    assert_eq!(pix.refundable(), Centavos::new(600));
}

#[test]
fn trap_17_clock_a_charge_ends_by_what_the_bank_wrote_in_whatever_zone() {
    for created in [
        "2020-09-09T20:15:00Z",
        "2020-09-09T17:15:00-03:00",
        "2020-09-10T01:15:00.000+05:00",
    ] {
        let charge = charge(&json!({
            "txid": "t".repeat(26), "status": "ATIVA", "valor": {"original": "10.00"},
            "calendario": {"criacao": created, "expiracao": 300},
        }));
        let ends = charge.unwrap().expires_ms();
        assert_eq!(ends, UnixMs(1_599_682_800_000), "{created}");
    }
    // The minute inside an end-to-end id is no time: it may be half a day off.
    let pix = json!({"endToEndId": "E12345678197001010000abcdef12345", "valor": "1.00",
        "horario": "2020-09-09T20:15:01Z"});
    assert_eq!(
        received(&pix).unwrap().settled_ms,
        UnixMs(1_599_682_501_000)
    );
}

#[test]
fn trap_20_payer_a_pix_is_the_same_whether_the_bank_names_its_payer_or_not() {
    let without = json!({"endToEndId": E2E, "valor": "1.00", "horario": "2020-09-09T20:15:01Z"});
    let mut with = without.clone();
    with["pagador"] = json!({"cpf": "52998224725", "nome": "Fulano de Tal"});
    assert_eq!(received(&with), received(&without));
}

#[test]
fn trap_22_unknown_enums_are_kept_as_unknown_and_move_no_money() {
    let pix = json!({"endToEndId": E2E, "valor": "10.00", "horario": "2020-09-09T20:15:01Z",
        "devolucoes": [{"id": "1", "valor": "4.00", "status": "EM_ANALISE",
            "natureza": "MED_DE_AMANHA"}]});
    let pix = received(&pix).unwrap();
    let refund = &pix.refunds[0];
    assert_eq!(refund.status, RefundStatus::Unknown("EM_ANALISE".into()));
    // What may yet go back is not given a second time.
    assert_eq!(pix.refundable(), Centavos::new(600));
    assert_eq!(
        ChargeStatus::from("SUSPENSA"),
        ChargeStatus::Unknown("SUSPENSA".into())
    );
}

#[test]
fn what_is_missing_is_named() {
    let good = json!({"endToEndId": E2E, "valor": "1.00", "horario": "2020-09-09T20:15:01Z"});
    assert!(received(&good).is_ok());
    for field in ["endToEndId", "valor", "horario"] {
        let mut bad = good.clone();
        bad[field] = json!("?");
        assert_eq!(received(&bad), Err(UnknownCause::Unreadable { field }));
    }
    assert_eq!(parse(b"<html>"), Err(UnknownCause::NotJson));
    assert_eq!(parse("[".repeat(17).as_bytes()), Err(UnknownCause::NotJson));
}

#[test]
fn refused_refunds_free_their_amount_and_surplus_ones_do_not_go_negative() {
    let refund = |status: &str, valor: &str| json!({"id": "1", "valor": valor, "status": status});
    let pix = |refunds: Value| {
        let pix = json!({"endToEndId": E2E, "valor": "10.00",
            "horario": "2020-09-09T20:15:01Z", "devolucoes": refunds});
        received(&pix).unwrap().refundable()
    };
    let refused = refund("NAO_REALIZADO", "10.00");
    assert_eq!(
        pix(json!([refused, refund("EM_PROCESSAMENTO", "2.50")])),
        Centavos::new(750)
    );
    assert_eq!(pix(json!([refund("DEVOLVIDO", "11.00")])), Centavos::ZERO);
}
