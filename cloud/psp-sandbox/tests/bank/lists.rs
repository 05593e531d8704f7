use crate::common::{TestBank, kind, properties, txid};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::{Value, json};

const ALWAYS: &str = "inicio=2020-01-01T00:00:00Z&fim=2999-01-01T00:00:00Z";

fn ids<'a>(list: &'a Value, items: &str, id: &str) -> Vec<&'a str> {
    let items = list[items].as_array().unwrap();
    items
        .iter()
        .map(|item| item[id].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn charges_by_page_and_filter() {
    let bank = TestBank::start().await;
    let txids: Vec<String> = (0..5).map(txid).collect();
    for txid in &txids {
        bank.create(txid).await;
    }
    let mut with_debtor = crate::common::cob("10.00");
    with_debtor["devedor"] = json!({"cpf": "52998224725", "nome": "Ana"});
    bank.pix("PUT", &format!("/cob/{}", txids[1]), Some(with_debtor))
        .await;
    bank.pay(&txids[3]).await;

    let all: Vec<&str> = txids.iter().map(String::as_str).collect();
    for (query, expected, pages, total) in [
        ("", all.clone(), 1, 5),
        ("&paginacao.itensPorPagina=2", all[..2].to_vec(), 3, 5),
        (
            "&paginacao.itensPorPagina=2&paginacao.paginaAtual=2",
            all[4..].to_vec(),
            3,
            5,
        ),
        (
            "&paginacao.itensPorPagina=2&paginacao.paginaAtual=3",
            vec![],
            3,
            5,
        ),
        ("&status=CONCLUIDA", vec![all[3]], 1, 1),
        ("&status=REMOVIDA_PELO_PSP", vec![], 1, 0),
        ("&cpf=52998224725", vec![all[1]], 1, 1),
        ("&cnpj=12ABC34501DE35", vec![], 1, 0),
        ("&locationPresente=true", all.clone(), 1, 5),
        ("&locationPresente=false", vec![], 1, 0),
    ] {
        let answer = bank
            .pix("GET", &format!("/cob?{ALWAYS}{query}"), None)
            .await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(ids(&answer.body, "cobs", "txid"), expected, "{query}");
        let paging = &answer.body["parametros"]["paginacao"];
        assert_eq!(paging["quantidadeDePaginas"], pages, "{query}");
        assert_eq!(paging["quantidadeTotalDeItens"], total, "{query}");
    }
}

#[tokio::test]
async fn both_ends_of_a_span_are_inside() {
    let bank = TestBank::start().await;
    let created = bank.create(&txid(1)).await["calendario"]["criacao"].clone();
    let at = created.as_str().unwrap().to_owned();
    bank.pay(&txid(1)).await;
    bank.advance_seconds(1).await;
    bank.create(&txid(2)).await;
    let one = bank
        .pix("GET", &format!("/cob?inicio={at}&fim={at}"), None)
        .await;
    assert_eq!(ids(&one.body, "cobs", "txid"), [txid(1)]);
    let later = at.replace('Z', "1Z");
    let none = bank
        .pix("GET", &format!("/cob?inicio={later}&fim={later}"), None)
        .await;
    assert_eq!(none.body["cobs"], json!([]));
    // The same instant, written in São Paulo.
    let answer = bank.pix("GET", &format!("/pix?{ALWAYS}"), None).await;
    let horario = answer.body["pix"][0]["horario"]
        .as_str()
        .unwrap()
        .to_owned();
    let instant: jiff::Timestamp = horario.parse().unwrap();
    let local = instant
        .in_tz("America/Sao_Paulo")
        .unwrap()
        .strftime("%Y-%m-%dT%H:%M:%S.%3f%:z")
        .to_string();
    let found = bank
        .pix("GET", &format!("/pix?inicio={local}&fim={local}"), None)
        .await;
    assert_eq!(found.body["pix"].as_array().unwrap().len(), 1, "{local}");
}

#[tokio::test]
async fn received_pix_by_page_and_filter() {
    let bank = TestBank::start().await;
    let mut all = Vec::new();
    for number in 0..3 {
        // A second apart, so that their order is that of their times.
        bank.advance_seconds(1).await;
        all.push(bank.paid(&txid(number)).await);
    }
    bank.advance_seconds(1).await;
    let by_key = json!({"chave": DEFAULT_CHAVE, "valor": "5.00"});
    let answer = bank.control("POST", "/pay", Some(by_key)).await;
    all.push(answer.body["e2eid"].as_str().unwrap().to_owned());
    assert_eq!(bank.refund(&all[1], "volta1", "4.00").await.status, 201);

    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let by_txid = format!("&txid={}", txid(2));
    for (query, expected) in [
        ("", all.clone()),
        (by_txid.as_str(), vec![all[2]]),
        ("&txid=unknown", vec![]),
        ("&txIdPresente=true", all[..3].to_vec()),
        ("&txIdPresente=false", all[3..].to_vec()),
        ("&devolucaoPresente=true", vec![all[1]]),
        ("&devolucaoPresente=false", vec![all[0], all[2], all[3]]),
        ("&cpf=52998224725", vec![]),
        (
            "&paginacao.itensPorPagina=3&paginacao.paginaAtual=1",
            all[3..].to_vec(),
        ),
    ] {
        let answer = bank
            .pix("GET", &format!("/pix?{ALWAYS}{query}"), None)
            .await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(ids(&answer.body, "pix", "endToEndId"), expected, "{query}");
    }
    let one = bank.pix("GET", &format!("/pix/{}", all[1]), None).await;
    assert_eq!(one.body["devolucoes"][0]["id"], "volta1");
    assert_eq!(one.body["txid"], txid(1));
    let unknown = bank
        .pix("GET", "/pix/E9999901020260101120012345678901", None)
        .await;
    assert_eq!(
        (unknown.status, kind(&unknown.body)),
        (404, "PixNaoEncontrado")
    );
}

#[rustfmt::skip]
#[tokio::test]
async fn every_violation_of_a_listing() {
    let bank = TestBank::start().await;
    let every = ["/cob", "/pix", "/webhook"];
    let spanned = ["/cob", "/pix"];
    let cob = ["/cob"];
    let pix = ["/pix"];
    for (paths, query, expected) in [
        (&spanned[..], "", vec!["inicio", "fim"]),
        (&spanned, "inicio=2020-01-01T00:00:00Z", vec!["fim"]),
        (&every, "inicio=2020-01-01&fim=2999-01-01T00:00:00Z", vec!["inicio"]),
        (&every, "inicio=2020-01-01T00:00:00&fim=2999-01-01T00:00:00Z", vec!["inicio"]),
        (&every, "inicio=2020-01-01T00:00:01Z&fim=2020-01-01T00:00:00Z", vec!["fim"]),
        (&every, "ALWAYS&paginacao.paginaAtual=-1", vec!["paginacao.paginaAtual"]),
        (&every, "ALWAYS&paginacao.itensPorPagina=0", vec!["paginacao.itensPorPagina"]),
        (&every, "ALWAYS&paginacao.itensPorPagina=1001", vec!["paginacao.itensPorPagina"]),
        (&every, "ALWAYS&paginacao.itensPorPagina=-1", vec!["paginacao.itensPorPagina"]),
        (&spanned, "ALWAYS&cpf=52998224725&cnpj=12ABC34501DE35", vec!["cpf"]),
        (&spanned, "ALWAYS&cpf=52998224724", vec!["cpf"]),
        (&spanned, "ALWAYS&cnpj=12abc34501de35", vec!["cnpj"]),
        (&cob, "ALWAYS&status=PAGA", vec!["status"]),
        (&cob, "ALWAYS&locationPresente=sim", vec!["locationPresente"]),
        (&pix, "ALWAYS&txid=a-b", vec!["txid"]),
        (&pix, "ALWAYS&txIdPresente=1", vec!["txIdPresente"]),
        (&pix, "ALWAYS&devolucaoPresente=", vec!["devolucaoPresente"]),
    ] {
        for path in paths {
            let query = query.replace("ALWAYS", ALWAYS);
            let answer = bank.pix("GET", &format!("{path}?{query}"), None).await;
            assert_eq!(answer.status, 400, "{path}?{query}");
            assert!(
                kind(&answer.body).ends_with("ConsultaInvalida"),
                "{}",
                answer.body
            );
            assert_eq!(properties(&answer.body), expected, "{path}?{query}");
        }
    }
}
