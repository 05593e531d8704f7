//! The OpenAPI document the cloud serves, held against what the cloud does.

use crate::journey::return_at;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use system_tests::{Answer, NORTE, Options, SUL, System, get, send};

const METHODS: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "HEAD"];

struct Document(Value);

impl Document {
    fn of(system: &System) -> Self {
        let answer = get(&(system.cloud_url() + "/api/v1/openapi.json"));
        assert_eq!(answer.headers["content-type"], "application/json");
        let document = answer.ok();
        assert!(
            document["openapi"]
                .as_str()
                .is_some_and(|v| v.starts_with("3.1"))
        );
        Self(document)
    }

    /// Every path with each of its methods, in upper case.
    fn operations(&self) -> BTreeSet<(String, String)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let of_path = |(path, methods): (&String, &Value)| {
            let methods = methods.as_object().cloned().unwrap_or_default();
            let path = path.clone();
            methods
                .into_iter()
                .map(move |(method, _)| (path.clone(), method.to_uppercase()))
        };
        paths.iter().flat_map(of_path).collect()
    }

    /// Fails unless the document describes this very answer.
    fn describes(&self, path: &str, method: &str, answer: &Answer) {
        let status = answer.status.to_string();
        let response = &self.0["paths"][path][method.to_lowercase()]["responses"][&status];
        assert!(
            response.is_object(),
            "{method} {path} answered {status}, which is not described"
        );
        let Some(content) = response["content"].as_object() else {
            assert_eq!(
                answer.body, "",
                "{method} {path} {status} is described as empty"
            );
            return;
        };
        let kind = answer.headers["content-type"].as_str();
        let kind = kind.split(';').next().unwrap_or_default();
        let media = content.get(kind);
        let media =
            media.unwrap_or_else(|| panic!("{method} {path} {status}: {kind}, not {content:?}"));
        if kind.ends_with("json") {
            self.validate(&media["schema"], &answer.json(), &answer.asked);
        }
    }

    fn validate(&self, schema: &Value, value: &Value, what: &str) {
        let mut whole = schema.clone();
        whole["components"] = self.0["components"].clone();
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        let errors: Vec<_> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}: {errors:#?} in {value}");
        // A document that allows everything describes nothing.
        let names = self.names_of(schema);
        if let (Some(object), false) = (value.as_object(), names.is_empty()) {
            let unknown: Vec<_> = object.keys().filter(|key| !names.contains(*key)).collect();
            assert!(unknown.is_empty(), "{what}: {unknown:?} are not described");
        }
    }

    fn names_of(&self, schema: &Value) -> BTreeSet<String> {
        let named = schema["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix("#/components/schemas/"))
            .map_or(schema, |name| &self.0["components"]["schemas"][name]);
        let properties = named["properties"].as_object().cloned().unwrap_or_default();
        properties.into_iter().map(|(name, _)| name).collect()
    }
}

fn url(system: &System, path: &str, token: &str) -> String {
    let path = path.replace("{code}", "norte").replace("{token}", token);
    system.cloud_url() + &path
}

#[test]
fn every_operation_of_the_document_is_served_and_no_other() {
    let system = System::start(&Options::new());
    let document = Document::of(&system);
    let operations = document.operations();
    let paths: BTreeSet<&String> = operations.iter().map(|(path, _)| path).collect();
    let expected = [
        "/api/v1/docks",
        "/api/v1/docks/{code}",
        "/api/v1/docks/{code}/rentals",
        "/api/v1/rentals/{token}",
        "/api/v1/rentals/{token}/cancel",
        "/api/v1/rentals/{token}/events",
    ];
    assert_eq!(paths.into_iter().collect::<Vec<_>>(), expected);
    for path in expected {
        for method in METHODS {
            let known = operations.contains(&(path.to_owned(), method.to_owned()));
            let answer = send(method, &url(&system, path, "unknown"), "", "");
            // HTTP gives a HEAD to every GET.
            let by_get = method == "HEAD" && operations.contains(&(path.to_owned(), "GET".into()));
            let served = answer.status != 405;
            assert_eq!(
                served,
                known || by_get,
                "{method} {path}: {}",
                answer.status
            );
            if known {
                document.describes(path, method, &answer);
            }
        }
    }
    for other in [
        "",
        "/",
        "/docks/",
        "/docks/norte/rentals/x",
        "/rentals",
        "/rentals/x/y",
        "/staff",
    ] {
        let answer = get(&format!("{}/api/v1{other}", system.cloud_url()));
        assert!(
            matches!(answer.status, 404 | 405),
            "/api/v1{other}: {}",
            answer.status
        );
    }
}

#[test]
fn every_answer_of_a_journey_is_described() {
    let system = System::start(&Options::new());
    let document = Document::of(&system);
    let rentals = "/api/v1/docks/{code}/rentals";
    let one = "/api/v1/rentals/{token}";
    let see = |token: &str| {
        let answer = get(&url(&system, one, token));
        document.describes(one, "GET", &answer);
        for path in ["/api/v1/docks", "/api/v1/docks/{code}"] {
            document.describes(path, "GET", &get(&url(&system, path, token)));
        }
    };
    for (body, status) in [(json!({"cpf": "1"}), 422), (json!({"bay": 1}), 201)] {
        let begun = send(
            "POST",
            &url(&system, rentals, ""),
            "application/json",
            &body.to_string(),
        );
        assert_eq!(begun.status, status);
        document.describes(rentals, "POST", &begun);
    }
    let rental = system.take(NORTE);
    see(&rental.token);
    rental.until(&["awaiting_payment"]);
    see(&rental.token);
    system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    see(&rental.token);
    let cancel = "/api/v1/rentals/{token}/cancel";
    let refused = send("POST", &url(&system, cancel, &rental.token), "", "");
    assert_eq!(refused.status, 409);
    document.describes(cancel, "POST", &refused);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    see(&rental.token);
    let unpaid = system.take(NORTE);
    let cancelled = send("POST", &url(&system, cancel, &unpaid.token), "", "");
    assert_eq!(cancelled.status, 204);
    document.describes(cancel, "POST", &cancelled);
    see(&unpaid.token);
    // A rental that is over ends its stream, so that it can be read to the end.
    let events = "/api/v1/rentals/{token}/events";
    let stream = get(&url(&system, events, &rental.token));
    document.describes(events, "GET", &stream);
    let data = stream
        .body
        .lines()
        .find_map(|line| line.strip_prefix("data: "));
    let told: Value = serde_json::from_str(data.expect("one event")).expect("JSON");
    assert_eq!(told, rental.status());
}
