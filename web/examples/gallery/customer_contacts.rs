//! The page that asks where to tell the payer.

use super::frame;
use web::customer::{ContactError, ContactField, ContactsPage, PushOffer};
use web::ui::Lang;

const TOKEN: &str = "q7ZrVb2hYw0XkLm5TnPd3g";

fn asked(lang: Lang) -> ContactsPage {
    ContactsPage {
        frame: frame(lang, &format!("/r/{TOKEN}/notices")),
        token: TOKEN.into(),
        lead_minutes: 30,
        kept_days: 30,
        open: true,
        mail: ContactField::Asked,
        phone: ContactField::Asked,
        push: PushOffer::Asked {
            key: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8".into(),
        },
        saved: false,
        error: None,
        typed: String::new(),
    }
}

pub(super) fn pages(lang: Lang) -> Vec<(String, String)> {
    let wrong = ContactsPage {
        error: Some(ContactError::Mail),
        typed: "ana@".into(),
        ..asked(lang)
    };
    let given = ContactsPage {
        mail: ContactField::Given("a***@l***.example".into()),
        phone: ContactField::Given("(81) *****-**78".into()),
        push: PushOffer::Given,
        saved: true,
        ..asked(lang)
    };
    let over = ContactsPage {
        open: false,
        phone: ContactField::Off,
        push: PushOffer::Off,
        ..asked(lang)
    };
    vec![
        ("contacts".into(), asked(lang).render()),
        ("contacts-wrong".into(), wrong.render()),
        ("contacts-given".into(), given.render()),
        ("contacts-over".into(), over.render()),
    ]
}
