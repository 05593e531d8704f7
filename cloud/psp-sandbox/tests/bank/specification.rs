use crate::conformance::traps::TRAPS;
use crate::conformance::{Exchange, location, raw, spec};
use serde_json::json;

#[test]
fn the_specification_still_has_the_traps_we_mend() {
    let Some(mut document) = raw() else {
        println!(
            "SKIPPED: {} is absent, so no exchange of these tests was held against API Pix 2.9.0",
            location().display()
        );
        return;
    };
    assert_eq!(document["info"]["version"], "2.9.0");
    for (name, mend) in TRAPS {
        assert!(
            mend(&mut document) > 0,
            "mended upstream, drop the patch: {name}"
        );
    }
}

#[test]
fn the_checker_is_not_blind() {
    let Some(spec) = spec() else {
        println!("SKIPPED: {} is absent", location().display());
        return;
    };
    let good = json!({"pix": [{"endToEndId": "E9999901020260101120012345678901",
        "valor": "10.00", "horario": "2026-01-01T12:00:00.000Z"}]});
    assert_eq!(spec.check_callback(&good), Vec::<String>::new());
    for (pointer, wrong) in [
        ("/pix/0/valor", json!("10.0")),
        ("/pix/0/valor", json!(10)),
        (
            "/pix/0/endToEndId",
            json!("E99999010202601011200123456789012"),
        ),
        ("/pix/0/horario", json!("ontem")),
        ("/pix", json!({})),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = wrong;
        assert!(!spec.check_callback(&body).is_empty(), "{body}");
    }
    let exchange = Exchange {
        method: "GET",
        path: "/webhook/abc",
        request: None,
        status: 200,
        content_type: "application/json",
        response: Some(
            &json!({"webhookUrl": "https://a.test", "cnpj": "12ABC34501DE35",
            "criacao": "2026-01-01T12:00:00Z", "invented": 1}),
        ),
    };
    assert!(
        !spec.check(&exchange).is_empty(),
        "an undeclared field passes"
    );
}
