//! The bank's callback, read as a hint: which charge or payment to look at, nothing else.
//!
//! Invariant: no amount, state or time leaves this file. Anybody with an account at the same bank
//! can make real payments to themselves arrive here.

use super::ids;
use serde_json::Value;
use shared::json::{Unbounded, check_bounds};

/// Largest body worth reading; a Pix with refunds is about 1 kB.
pub const CALLBACK_BYTES_MAX: usize = 256 * 1024;
/// Hints taken from one body. The rest is left to the poll.
pub const HINTS_MAX: usize = 200;
const DEPTH_MAX: usize = 16;

/// Something may have happened to one of these. At least one is present.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hint {
    pub txid: Option<String>,
    pub end_to_end_id: Option<String>,
    /// The id of a Pix that we sent, in an entry about one; then nothing else is taken from it.
    pub payout_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("callback body: {0}")]
    Unbounded(#[from] Unbounded),
    #[error("callback body is not JSON: expected {{\"pix\": [...]}}")]
    NotJson,
}

/// The hints of one body, each once, in the bank's order. Bodies without `pix` (a bank trying out
/// the address) and entries without a usable id give none.
pub fn parse(body: &[u8]) -> Result<Vec<Hint>, CallbackError> {
    check_bounds(body, CALLBACK_BYTES_MAX, DEPTH_MAX)?;
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| CallbackError::NotJson)?;
    let entries = match value.get("pix").unwrap_or(&value) {
        Value::Array(entries) => entries.as_slice(),
        one @ Value::Object(_) => std::slice::from_ref(one),
        _ => &[],
    };
    let mut hints: Vec<Hint> = Vec::new();
    for hint in entries.iter().filter_map(hint) {
        if hints.len() == HINTS_MAX {
            break;
        }
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    Ok(hints)
}

fn hint(entry: &Value) -> Option<Hint> {
    let sent = entry.pointer("/gnExtras/idEnvio").or(entry.get("idEnvio"));
    let sent = sent
        .and_then(Value::as_str)
        .filter(|id| ids::is_refund_id(id));
    if let Some(id) = sent {
        return Some(Hint {
            txid: None,
            end_to_end_id: None,
            payout_id: Some(id.to_owned()),
        });
    }
    let field = |name: &str, usable: fn(&str) -> bool| {
        let text = entry.get(name)?.as_str()?;
        usable(text).then(|| text.to_owned())
    };
    let hint = Hint {
        txid: field("txid", ids::is_received_txid),
        end_to_end_id: field("endToEndId", ids::is_end_to_end_id),
        payout_id: None,
    };
    (hint.txid.is_some() || hint.end_to_end_id.is_some()).then_some(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const E2E: &str = "E12345678202009091221abcdef12345";

    fn hints(body: &Value) -> Vec<(Option<String>, Option<String>)> {
        let hints = parse(body.to_string().as_bytes()).unwrap();
        hints
            .into_iter()
            .map(|hint| (hint.txid, hint.end_to_end_id))
            .collect()
    }

    #[test]
    fn only_ids_are_taken() {
        let both = (Some("abc123".to_owned()), Some(E2E.to_owned()));
        let pix = json!({"endToEndId": E2E, "txid": "abc123", "valor": "10.00",
            "horario": "2020-09-09T20:15:01Z", "devolucoes": {"id": "1"}});
        for (body, expected) in [
            (json!({"pix": [pix, pix]}), vec![both.clone()]),
            (json!({"pix": pix}), vec![both.clone()]),
            (json!([pix]), vec![both.clone()]),
            (
                json!({"pix": [{"txid": "abc123"}, {"endToEndId": E2E}]}),
                vec![(both.0.clone(), None), (None, both.1)],
            ),
            (
                json!({"pix": [{"txid": "../x", "endToEndId": 7}, null, "x", []]}),
                vec![],
            ),
            (json!({"pix": []}), vec![]),
            (json!({"evento": "teste_webhook"}), vec![]),
            (json!(null), vec![]),
        ] {
            assert_eq!(hints(&body), expected, "{body}");
        }
        assert_eq!(parse(b" \n"), Ok(vec![]));
    }

    #[test]
    fn an_entry_about_what_we_sent_wakes_a_read_of_that_alone() {
        let sent = json!({"pix": [
            {"endToEndId": E2E, "tipo": "SOLICITACAO", "status": "REALIZADO", "valor": "5.00",
                "gnExtras": {"idEnvio": "4f1c0f5a2b8e8d9ca1b2c3d4e5f60718"}},
            {"gnExtras": {"idEnvio": "../x"}},
        ]});
        let hints = parse(sent.to_string().as_bytes()).unwrap();
        let only = Hint {
            txid: None,
            end_to_end_id: None,
            payout_id: Some("4f1c0f5a2b8e8d9ca1b2c3d4e5f60718".into()),
        };
        assert_eq!(hints, [only]);
    }

    #[test]
    fn hostile_bodies_cost_little() {
        assert_eq!(parse(b"<html>"), Err(CallbackError::NotJson));
        assert_eq!(parse(&[0xff, 0xfe]), Err(CallbackError::NotJson));
        let long = vec![b' '; CALLBACK_BYTES_MAX + 1];
        assert!(matches!(parse(&long), Err(CallbackError::Unbounded(_))));
        let deep = "[".repeat(DEPTH_MAX + 1);
        assert!(matches!(
            parse(deep.as_bytes()),
            Err(CallbackError::Unbounded(_))
        ));
        let many: Vec<Value> = (0..1_000).map(|n| json!({"txid": n.to_string()})).collect();
        assert_eq!(hints(&json!({ "pix": many })).len(), HINTS_MAX);
    }
}
