use crate::common::{TXID, TestBank, cob, kind, properties, txid};
use serde_json::{Value, json};

fn with(pointer: &str, value: Value) -> Value {
    let mut body = cob("10.00");
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[field] = value;
    body
}

fn without(field: &str) -> Value {
    let mut body = cob("10.00");
    body.as_object_mut().unwrap().remove(field);
    body
}

#[tokio::test]
async fn a_new_charge() {
    let bank = TestBank::start().await;
    let mut body = cob("37.00");
    body["devedor"] = json!({"cpf": "52998224725", "nome": "Fulana de Tal"});
    body["infoAdicionais"] = json!([{"nome": "Doca", "valor": "3"}]);
    let answer = bank
        .pix("PUT", &format!("/cob/{TXID}"), Some(body.clone()))
        .await;
    assert_eq!(answer.status, 201);
    let created = answer.body;
    for field in ["devedor", "infoAdicionais", "chave", "solicitacaoPagador"] {
        assert_eq!(created[field], body[field], "{field}");
    }
    assert_eq!(created["status"], "ATIVA");
    assert_eq!(created["revisao"], 0);
    assert_eq!(created["calendario"]["expiracao"], 900);
    assert_eq!(created["loc"]["location"], created["location"]);
    let location = created["location"].as_str().unwrap();
    assert!(
        location.starts_with(&format!("{}/qr/v2/", bank.running.address())),
        "{location}"
    );
    let code = created["pixCopiaECola"].as_str().unwrap();
    assert!(code.is_ascii() && code.contains(location), "{code}");

    let payload: Value = bank
        .http
        .get(format!("http://{location}"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(payload["valor"]["original"], "37.00");
    let nowhere = bank
        .http
        .get(bank.url("/qr/v2/nowhere"))
        .send()
        .await
        .unwrap();
    assert_eq!(nowhere.status(), 404);

    let company = with(
        "/devedor",
        json!({"cnpj": "12ABC34501DE35", "nome": "Empresa"}),
    );
    assert_eq!(
        bank.pix("PUT", &format!("/cob/{}", txid(2)), Some(company))
            .await
            .status,
        201
    );
    let default = with("/calendario", json!({}));
    let answer = bank
        .pix("PUT", &format!("/cob/{}", txid(3)), Some(default))
        .await;
    assert_eq!(answer.body["calendario"]["expiracao"], 86_400);
}

#[rustfmt::skip]
#[tokio::test]
async fn every_violation_of_a_charge() {
    let bank = TestBank::start().await;
    let other_loc = bank.create(&txid(7)).await["loc"]["id"].clone();
    let long = |chars: usize| Value::from("á".repeat(chars));
    let info =
        |nome: usize, valor: usize| json!([{"nome": "n".repeat(nome), "valor": "v".repeat(valor)}]);
    for (txid, body, expected) in [
        ("short", cob("10.00"), vec!["txid"]),
        (&"x".repeat(36), cob("10.00"), vec!["txid"]),
        ("7d9f0335-8dcc-4054-9bf9-0dbd61d36906", cob("10.00"), vec!["txid"]),
        (TXID, json!([]), vec!["cob"]),
        (TXID, without("calendario"), vec!["cob.calendario"]),
        (TXID, with("/calendario", json!(900)), vec!["cob.calendario"]),
        (TXID, with("/calendario/expiracao", json!(0)), vec!["cob.calendario.expiracao"]),
        (TXID, with("/calendario/expiracao", json!(-1)), vec!["cob.calendario.expiracao"]),
        (TXID, with("/calendario/expiracao", json!("900")), vec!["cob.calendario.expiracao"]),
        (TXID, with("/calendario/expiracao", json!(2_147_483_648_u32)), vec!["cob.calendario.expiracao"]),
        (TXID, without("valor"), vec!["cob.valor"]),
        (TXID, with("/valor", json!("10.00")), vec!["cob.valor"]),
        (TXID, with("/valor/original", json!("10,00")), vec!["cob.valor.original"]),
        (TXID, with("/valor/original", json!(10)), vec!["cob.valor.original"]),
        (TXID, with("/valor/original", json!("0.00")), vec!["cob.valor.original"]),
        (TXID, with("/valor/modalidadeAlteracao", json!(2)), vec!["cob.valor.modalidadeAlteracao"]),
        (TXID, with("/valor/retirada", json!({})), vec!["cob.valor.retirada"]),
        (TXID, with("/devedor", json!({"cpf": "52998224725"})), vec!["cob.devedor"]),
        (TXID, with("/devedor", json!({"nome": "Ana"})), vec!["cob.devedor"]),
        (TXID, with("/devedor", json!({"cpf": "52998224724", "nome": "Ana"})), vec!["cob.devedor"]),
        (TXID, with("/devedor", json!({"cpf": "529.982.247-25", "nome": "Ana"})), vec!["cob.devedor"]),
        (TXID, with("/devedor", json!({"cpf": "52998224725", "cnpj": "12ABC34501DE35", "nome": "Ana"})), vec!["cob.devedor"]),
        (TXID, without("chave"), vec!["cob.chave"]),
        (TXID, with("/chave", json!("")), vec!["cob.chave"]),
        (TXID, with("/chave", long(78)), vec!["cob.chave"]),
        (TXID, with("/chave", json!("outra@loja.test")), vec!["cob.chave"]),
        (TXID, with("/solicitacaoPagador", long(141)), vec!["cob.solicitacaoPagador"]),
        (TXID, with("/infoAdicionais", info(51, 1)), vec!["cob.infoAdicionais"]),
        (TXID, with("/infoAdicionais", info(1, 201)), vec!["cob.infoAdicionais"]),
        (TXID, with("/infoAdicionais", json!(vec![json!({"nome": "n", "valor": "v"}); 51])), vec!["cob.infoAdicionais"]),
        (TXID, with("/loc", json!({"id": "1"})), vec!["cob.loc.id"]),
        (TXID, with("/loc", json!({"id": 999, "tipoCob": "cob"})), vec!["cob.loc.id"]),
        (TXID, with("/loc", json!({"id": other_loc, "tipoCob": "cob"})), vec!["cob.loc.id"]),
        ("short", json!({"calendario": {"expiracao": 0}, "valor": {"original": "x"}, "chave": "?"}), vec!["txid", "cob.calendario.expiracao", "cob.valor.original", "cob.chave"]),
    ] {
        let answer = bank
            .pix("PUT", &format!("/cob/{txid}"), Some(body.clone()))
            .await;
        assert_eq!(
            (answer.status, kind(&answer.body)),
            (400, "CobOperacaoInvalida"),
            "{body}"
        );
        assert_eq!(properties(&answer.body), expected, "{body}");
        assert!(
            !answer.body.to_string().contains("Ana"),
            "a name is in {}",
            answer.body
        );
    }
    let answer = bank.pix("GET", &format!("/cob/{TXID}"), None).await;
    assert_eq!(
        (answer.status, kind(&answer.body)),
        (404, "CobNaoEncontrado")
    );
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let bank = TestBank::start().await;
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("\u{0}", 400),
        (&"[".repeat(10_000), 400),
        (&"1".repeat(70_000), 413),
    ] {
        let request = bank.http.put(bank.url(&format!("/v2/cob/{TXID}")));
        let answer = request
            .bearer_auth(&bank.token)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(kind(&problem), "RequisicaoInvalida");
    }
}
