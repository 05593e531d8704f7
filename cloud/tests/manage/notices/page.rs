use super::Shop;
use crate::site::Site;
use axum::http::StatusCode;

const ALL: [&str; 10] = [
    "--smtp-url",
    "smtp://127.0.0.1:9?tls=none",
    "--notice-from",
    "avisos@volta.example",
    "--notice-webhook-url",
    "http://127.0.0.1:9/",
    "--notice-webhook-secret",
    "a secret of the shop",
    "--push-hosts",
    "push.example",
];

#[test]
fn what_is_not_configured_is_not_asked_for() {
    let shop = Shop::with(&["--push-hosts", ""]);
    let rental = shop.site.browser().reads(&format!("/r/{}", shop.token));
    assert!(!rental.contains("/notices"), "{rental}");
    let page = shop.site.browser().reads(&shop.notices());
    for field in ["id=\"mail\"", "id=\"phone\"", "id=\"push\""] {
        assert!(!page.contains(field), "{field}");
    }
    let reply = shop
        .site
        .browser()
        .post(&shop.notices(), &[("mail", "a@loja.example")]);
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn a_payer_gives_a_contact_sees_it_masked_and_takes_it_back() {
    let shop = Shop::with(&ALL);
    let rental = format!("/r/{}", shop.token);
    let invited = shop.site.browser().reads(&rental);
    assert!(invited.contains(&shop.notices()) && invited.contains("Quer ser avisado"));
    let page = shop.site.browser().reads(&shop.notices());
    for field in [
        "id=\"mail\"",
        "id=\"phone\"",
        "id=\"push\" hidden",
        "30 minutos antes",
    ] {
        assert!(page.contains(field), "{field}: {page}");
    }
    for (form, error) in [
        (("mail", "ana"), "Escreva o e-mail inteiro"),
        (("phone", "91234"), "Escreva o DDD"),
    ] {
        let reply = shop.site.browser().post(&shop.notices(), &[form]);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains(error), "{}", reply.body);
        assert!(
            reply.body.contains(&format!("value=\"{}\"", form.1)),
            "typed twice"
        );
    }
    shop.gives(&[("mail", "ana.canario@loja.example")]);
    shop.gives(&[("phone", "81 91234-5678")]);
    let page = shop.site.browser().reads(&shop.notices());
    assert!(
        page.contains("a***@l***.example") && page.contains("(81) *****-**78"),
        "{page}"
    );
    assert!(
        !page.contains("canario") && !page.contains("91234"),
        "{page}"
    );
    let given = shop.site.browser().reads(&rental);
    assert!(given.contains("Avisos combinados"), "{given}");
    let forget = format!("{}/forget", shop.notices());
    let reply = shop.site.browser().post(&forget, &[]);
    assert_eq!(reply.location(), shop.notices());
    let page = shop.site.browser().reads(&shop.notices());
    assert!(
        !page.contains("•••") && page.contains("id=\"mail\""),
        "{page}"
    );
}

#[test]
fn the_worker_is_served_to_this_site_alone() {
    let site = Site::new();
    let reply = site.browser().get("/sw.js");
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["content-type"], "text/javascript");
    assert!(reply.body.contains("showNotification"));
    let policy = site.browser().get("/help").headers["content-security-policy"].clone();
    assert!(policy.to_str().unwrap().ends_with("worker-src 'self'"));
}

#[test]
fn settings_that_cannot_work_are_named_at_the_start() {
    use clap::Parser as _;
    use cloud::config::Cli;
    use cloud::notices::Channels;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("cloud.key");
    let opened = |options: &[&str]| {
        let cli = Cli::parse_from(["volta-cloud"].iter().chain(options));
        Channels::open(&cli.config.notices, &key_file, "https://volta.example")
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(opened(&[]), Ok(()));
    assert_eq!(opened(&ALL), Ok(()));
    for (options, named) in [
        (
            vec!["--smtp-url", "smtps://mail.example"],
            "VOLTA_CLOUD_NOTICE_FROM",
        ),
        (
            vec!["--smtp-url", "mail.example", "--notice-from", "a@b.example"],
            "VOLTA_CLOUD_SMTP_URL",
        ),
        (
            vec![
                "--smtp-url",
                "smtps://mail.example",
                "--notice-from",
                "nobody",
            ],
            "VOLTA_CLOUD_NOTICE_FROM",
        ),
        (vec!["--push-hosts", "*"], "VOLTA_CLOUD_PUSH_HOSTS"),
        (
            vec!["--notice-webhook-url", "http://shop.example/"],
            "VOLTA_CLOUD_NOTICE_WEBHOOK_URL",
        ),
        (
            vec!["--notice-webhook-url", "https://shop.example/"],
            "VOLTA_CLOUD_NOTICE_WEBHOOK_SECRET",
        ),
    ] {
        let error = opened(&options).unwrap_err();
        assert!(error.contains(named), "{options:?}: {error}");
    }
}

#[test]
fn the_page_of_a_rentals_data_tells_what_was_given_masked_why_and_for_how_long() {
    let shop = Shop::with(&ALL);
    let data = format!("/r/{}/data", shop.token);
    let nothing = shop.site.browser().reads(&data);
    assert!(
        !nothing.contains("Contatos para avisos"),
        "only what there is"
    );
    shop.gives(&[("mail", "ana.canario@loja.example")]);
    shop.gives(&[("phone", "81 91234-5678")]);
    let pt = shop.site.browser().reads(&data);
    let en = shop.site.browser().reads(&format!("{data}?lang=en"));
    for (page, words) in [
        (
            &pt,
            [
                "Contatos para avisos",
                "30 dias depois do fim",
                "antes que a caução corra risco",
            ],
        ),
        (
            &en,
            [
                "Contacts for notices",
                "30 days after the rental",
                "before your deposit is at risk",
            ],
        ),
    ] {
        let masked = ["a***@l***.example", "(81) *****-**78"];
        for part in words.into_iter().chain(masked).chain([&*shop.notices()]) {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    let file = shop.site.browser().reads(&format!("{data}.json"));
    let known: serde_json::Value = serde_json::from_str(&file).expect("JSON");
    assert_eq!(known["contacts"][0]["channel"], "mail");
    assert_eq!(known["contacts"][0]["address_masked"], "a***@l***.example");
    assert_eq!(known["contacts"][1]["address_masked"], "(81) *****-**78");
    let kept = known["kept"].as_array().expect("a list");
    let contacts = kept
        .iter()
        .find(|part| part["what"] == "contacts for notices, sealed");
    let how_long = contacts.and_then(|part| part["how_long"].as_str());
    assert!(
        how_long.is_some_and(|text| text.starts_with("30 days")),
        "{file}"
    );
    for page in [&pt, &en, &file] {
        assert!(
            !page.contains("canario") && !page.contains("91234"),
            "{page}"
        );
    }
}
