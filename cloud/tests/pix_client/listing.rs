use super::paid;
use super::stub::{Bank, Reply};
use serde_json::{Value, json};
use shared::time::UnixMs;

fn page(pages: &Value, pix: &Value) -> Reply {
    let parameters = json!({"paginacao": {"quantidadeDePaginas": pages}});
    Reply::Json(200, json!({"parametros": parameters, "pix": pix}))
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page() {
    let bank = Bank::with(vec![
        page(&json!(3), &json!([paid(9), paid(2)])),
        page(&json!("3"), &json!([paid(2), {"valor": "10.00"}])),
        page(&json!(3), &json!([paid(1)])),
    ])
    .await;
    let list = bank
        .client()
        .list_pix(UnixMs(0), UnixMs(1_500))
        .await
        .unwrap();
    let ends: Vec<&str> = list
        .pix
        .iter()
        .map(|pix| &pix.end_to_end_id[30..])
        .collect();
    assert_eq!(
        (ends, list.unreadable, list.complete),
        (vec!["01", "02", "09"], 1, true)
    );
    let query = "inicio=1970-01-01T00%3A00%3A00Z&fim=1970-01-01T00%3A00%3A01.5Z";
    let last = format!("{query}&paginacao.paginaAtual=2&paginacao.itensPorPagina=100");
    assert_eq!(bank.requests()[2], format!("GET /v2/pix?{last}"));

    for (reply, complete, requests) in [
        (Reply::Json(200, json!({"pix": null})), true, 1),
        (Reply::Json(200, json!({})), true, 1),
        (page(&json!(0), &json!([])), true, 1),
        (page(&json!(4_000_000_000_u32), &json!([])), false, 200),
    ] {
        let bank = Bank::with(vec![reply]).await;
        let list = bank.client().list_pix(UnixMs(0), UnixMs(1)).await.unwrap();
        assert_eq!((list.complete, bank.requests().len()), (complete, requests));
    }
}
