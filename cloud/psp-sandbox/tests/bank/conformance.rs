//! Holds exchanges against the OpenAPI document of API Pix 2.9.0, which is never committed: it is
//! looked for at `$VOLTA_PIX_SPEC` or at `../shared/data` beside the repository.
//!
//! Self-contained (jsonschema, serde_json, serde_norway): other packages may include it by path.

#[path = "traps.rs"]
pub(crate) mod traps;

use self::traps::TRAPS;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    /// Below `/v2`, with its query.
    pub(crate) path: &'a str,
    pub(crate) request: Option<&'a Value>,
    pub(crate) status: u16,
    pub(crate) content_type: &'a str,
    pub(crate) response: Option<&'a Value>,
}

pub(crate) struct Spec {
    document: Value,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// `None` where the file is absent; then nothing is checked and the test that asks says so.
pub(crate) fn spec() -> Option<&'static Spec> {
    static SPEC: OnceLock<Option<Spec>> = OnceLock::new();
    SPEC.get_or_init(|| Some(Spec::mended(raw()?))).as_ref()
}

pub(crate) fn raw() -> Option<Value> {
    let text = std::fs::read_to_string(location()).ok()?;
    Some(serde_norway::from_str(&text).expect("the specification is YAML"))
}

pub(crate) fn location() -> PathBuf {
    std::env::var_os("VOLTA_PIX_SPEC").map_or_else(
        || {
            let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .ancestors()
                .find(|at| at.join("Cargo.lock").exists())
                .expect("the package lies in a workspace")
                .to_owned();
            repository.join("../shared/data/bacen-pix-openapi.yaml")
        },
        PathBuf::from,
    )
}

impl Spec {
    fn mended(mut document: Value) -> Self {
        for (_, mend) in TRAPS {
            mend(&mut document);
        }
        Self {
            document,
            validators: Mutex::default(),
        }
    }

    /// Everything wrong with one exchange; empty when it conforms.
    pub(crate) fn check(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let (path, query) = exchange.path.split_once('?').unwrap_or((exchange.path, ""));
        let Some((template, operation)) = self.operation(exchange.method, path) else {
            return vec![format!(
                "{} {path} is not in the specification",
                exchange.method
            )];
        };
        let mut wrong = Vec::new();
        let succeeded = exchange.status < 300;
        if succeeded {
            wrong.extend(self.unknown_parameters(operation, query));
            if let Some(body) = exchange.request {
                let schema = json_schema(self.resolved(&operation["requestBody"]));
                let name = format!("{template} {} request", exchange.method);
                wrong.extend(self.validate(&name, schema, body));
            }
        }
        let declared = &operation["responses"][exchange.status.to_string()];
        let declared = self.resolved(declared);
        match (declared, exchange.response) {
            // 401 is RFC 6750's business, and the 400 of listings stands in the prose only.
            (Value::Null, Some(body)) if !succeeded => {
                wrong.extend(self.check_problem(exchange, body));
            }
            (Value::Null, _) => wrong.push(format!("status {} is not declared", exchange.status)),
            (_, Some(body)) if !succeeded => wrong.extend(self.check_problem(exchange, body)),
            (declared, body) => {
                let schema = json_schema(declared);
                match (schema, body) {
                    (None, None) => {}
                    (Some(schema), Some(body)) => {
                        let name = format!("{template} {} {}", exchange.method, exchange.status);
                        wrong.extend(self.validate(&name, Some(schema), body));
                    }
                    _ => wrong.push("a body is there and not declared, or the reverse".to_owned()),
                }
            }
        }
        wrong
    }

    /// Everything wrong with the body of a callback.
    pub(crate) fn check_callback(&self, body: &Value) -> Vec<String> {
        let callbacks = &self.document["paths"]["/webhook/{chave}"]["put"]["callbacks"];
        let operation = &callbacks["listaPix"]["{$request.body#/webhookUrl}/pix"]["post"];
        let schema = json_schema(self.resolved(&operation["requestBody"]));
        self.validate("callback", schema, body)
    }

    fn check_problem(&self, exchange: &Exchange<'_>, body: &Value) -> Vec<String> {
        let schema = json!({"$ref": "#/components/schemas/Problema"});
        let mut wrong = self.validate("Problema", Some(&schema), body);
        if exchange.content_type != "application/problem+json" {
            wrong.push(format!("an error came as {}", exchange.content_type));
        }
        if body["status"] != exchange.status {
            wrong.push("the problem's status is not the answer's".to_owned());
        }
        wrong
    }

    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let wanted: Vec<&str> = path.split('/').collect();
        let paths = self.document["paths"].as_object()?;
        paths.iter().find_map(|(template, item)| {
            let segments: Vec<&str> = template.split('/').collect();
            let fits = segments.len() == wanted.len()
                && segments
                    .iter()
                    .zip(&wanted)
                    .all(|(s, w)| s == w || s.starts_with('{'))
                && segments[1] == wanted[1];
            fits.then_some(())?;
            Some((template.as_str(), item.get(method.to_lowercase())?))
        })
    }

    fn unknown_parameters(&self, operation: &Value, query: &str) -> Vec<String> {
        let declared: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|parameter| self.resolved(parameter)["name"].as_str())
            .collect();
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(name, _)| !declared.contains(name))
            .map(|(name, _)| format!("the query parameter {name} is not declared"))
            .collect()
    }

    fn validate(&self, name: &str, schema: Option<&Value>, body: &Value) -> Vec<String> {
        let Some(schema) = schema else {
            return vec![format!("{name}: the specification declares no body")];
        };
        let mut validators = self.validators.lock().unwrap();
        let validator = validators
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(self.validator(schema)))
            .clone();
        drop(validators);
        validator
            .iter_errors(body)
            .map(|error| format!("{name}: at {}: {error}", error.instance_path()))
            .collect()
    }

    /// With just the components it refers to, and refusing fields nobody declared.
    fn validator(&self, schema: &Value) -> Validator {
        let mut names = BTreeSet::new();
        self.referenced(schema, &mut names);
        let components: Map<String, Value> = names
            .into_iter()
            .map(|name| {
                (
                    name.clone(),
                    self.document["components"]["schemas"][&name].clone(),
                )
            })
            .collect();
        let root = json!({
            "allOf": [schema],
            "unevaluatedProperties": false,
            "components": {"schemas": components},
        });
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&root)
            .expect("the mended specification is a valid schema")
    }

    fn referenced(&self, schema: &Value, names: &mut BTreeSet<String>) {
        match schema {
            Value::Array(items) => items.iter().for_each(|item| self.referenced(item, names)),
            Value::Object(fields) => {
                let reference = fields.get("$ref").and_then(Value::as_str);
                let name = reference.and_then(|r| r.strip_prefix("#/components/schemas/"));
                if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
                    self.referenced(&self.document["components"]["schemas"][name], names);
                }
                fields
                    .values()
                    .for_each(|value| self.referenced(value, names));
            }
            _ => {}
        }
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self
                .document
                .pointer(reference.trim_start_matches('#'))
                .expect("references of the specification lead somewhere"),
            None => value,
        }
    }
}

fn json_schema(declared: &Value) -> Option<&Value> {
    declared
        .get("content")?
        .get("application/json")?
        .get("schema")
}
