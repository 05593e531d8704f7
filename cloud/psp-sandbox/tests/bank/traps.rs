//! The faults of the specification itself, mended before anything is held against it.

use serde_json::{Map, Value, json};

/// Answers how many places it mended.
pub(crate) type Mend = fn(&mut Value) -> usize;

/// Each fault by name, with its patch.
pub(crate) const TRAPS: [(&str, Mend); 9] = [
    ("CPF pattern is written with literal slashes", cpf_slashes),
    (
        "a received txid of 1 to 35 characters is also held to 26 to 35",
        received_txid,
    ),
    (
        "PixConsultados requires `cobs` but has `pix`",
        pix_consultados_cobs,
    ),
    (
        "CobGerada.loc requires a `txid` that no location has",
        loc_txid,
    ),
    (
        "CobsConsultadas requires an `idCob` that no charge has",
        id_cob,
    ),
    (
        "a location has no scheme yet is declared a URI",
        location_uri,
    ),
    (
        "infoAdicionais is an array limited by `maximum`",
        info_maximum,
    ),
    (
        "WebhookCompleto lost `chave`, which its own example has",
        webhook_chave,
    ),
    ("patterns are not anchored", unanchored),
];

/// Visits every object below `value`, counting what `mend` changed.
fn everywhere(value: &mut Value, mend: &mut impl FnMut(&mut Map<String, Value>) -> bool) -> usize {
    match value {
        Value::Array(items) => items.iter_mut().map(|item| everywhere(item, mend)).sum(),
        Value::Object(fields) => {
            let here = usize::from(mend(fields));
            here + fields
                .values_mut()
                .map(|v| everywhere(v, mend))
                .sum::<usize>()
        }
        _ => 0,
    }
}

fn cpf_slashes(document: &mut Value) -> usize {
    everywhere(document, &mut |fields| {
        let wrong = fields.get("pattern").is_some_and(|p| p == r"/^\d{11}$/");
        if wrong {
            fields.insert("pattern".to_owned(), json!(r"^\d{11}$"));
        }
        wrong
    })
}

fn received_txid(document: &mut Value) -> usize {
    everywhere(document, &mut |fields| {
        let contradictory = json!([
            {"$ref": "#/components/schemas/TxId"},
            {"pattern": "[a-zA-Z0-9]{1,35}"},
        ]);
        let wrong = fields.get("allOf") == Some(&contradictory);
        if wrong {
            fields.insert(
                "allOf".to_owned(),
                json!([{"pattern": "[a-zA-Z0-9]{1,35}"}]),
            );
        }
        wrong
    })
}

fn pix_consultados_cobs(document: &mut Value) -> usize {
    let required = &mut document["components"]["schemas"]["PixConsultados"]["required"];
    let wrong = *required == json!(["parametros", "cobs"]);
    *required = json!(["parametros", "pix"]);
    usize::from(wrong)
}

fn loc_txid(document: &mut Value) -> usize {
    let schema = &mut document["components"]["schemas"]["CobGerada"];
    everywhere(schema, &mut |fields| {
        drop_required(fields, "txid", &["tipoCob"])
    })
}

fn id_cob(document: &mut Value) -> usize {
    let schema = &mut document["components"]["schemas"]["CobsConsultadas"];
    everywhere(schema, &mut |fields| drop_required(fields, "idCob", &[]))
}

/// Where `also` are required too, so that only the meant list changes.
fn drop_required(fields: &mut Map<String, Value>, name: &str, also: &[&str]) -> bool {
    let Some(Value::Array(required)) = fields.get_mut("required") else {
        return false;
    };
    let before = required.len();
    if also.iter().all(|other| required.iter().any(|r| r == other)) {
        required.retain(|r| r != name);
    }
    required.len() < before
}

fn location_uri(document: &mut Value) -> usize {
    everywhere(document, &mut |fields| {
        let location = fields.get_mut("location").and_then(Value::as_object_mut);
        location.is_some_and(|schema| schema.remove("format").is_some_and(|f| f == "uri"))
    })
}

fn info_maximum(document: &mut Value) -> usize {
    everywhere(document, &mut |fields| {
        let array = fields.get("type").is_some_and(|t| t == "array");
        let maximum = if array {
            fields.remove("maximum")
        } else {
            None
        };
        let wrong = maximum.is_some();
        if let Some(maximum) = maximum {
            fields.insert("maxItems".to_owned(), maximum);
        }
        wrong
    })
}

fn webhook_chave(document: &mut Value) -> usize {
    let schemas = &mut document["components"]["schemas"];
    let properties = &mut schemas["WebhookCompleto"]["properties"];
    let wrong = properties.get("chave").is_none();
    properties["chave"] = json!({"type": "string", "maxLength": 77});
    usize::from(wrong)
}

fn unanchored(document: &mut Value) -> usize {
    everywhere(document, &mut |fields| {
        let Some(pattern) = fields.get("pattern").and_then(Value::as_str) else {
            return false;
        };
        let wrong = !pattern.starts_with('^');
        if wrong {
            fields.insert("pattern".to_owned(), json!(format!("^(?:{pattern})$")));
        }
        wrong
    })
}
