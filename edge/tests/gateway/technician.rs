//! A technician at the real program: every action is a signed event that the cloud gets.

use crate::cloud::lists::header;
use crate::cloud::{CODE, Cloud, Mood, PATIENCE, gateway, key};
use crate::program::{Place, Running};
use ed25519_dalek::SigningKey;
use shared::allowance::{Allowance, AllowanceHeader, TechnicianKey};
use shared::event::{Fact, Technician, TechnicianAction, TestVerdict};
use shared::ids::BayNo;
use shared::signed::PublicKey;
use std::time::Duration;

const TAG: &str = "04a1b2c4";

/// A browser that is signed in.
pub(crate) struct Browser {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

impl Browser {
    /// Opens the sign-in page and answers its challenge.
    pub(crate) async fn enter(running: &mut Running, answer: impl Fn(&str) -> String) -> Self {
        let page = running.get("/sign-in").await;
        let (_, rest) = page.split_once("data-challenge=\"").unwrap();
        let challenge = &rest[..8];
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let base = running.url("").await;
        let form = [("challenge", challenge), ("answer", &answer(challenge))];
        let sent = client.post(format!("{base}/sign-in")).form(&form).send();
        let answer = sent.await.unwrap();
        assert_eq!(answer.headers()["location"], "/tech");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self {
            client,
            base,
            cookie: format!("{cookie}; lang=en"),
        }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> String {
        let post = self.client.post(format!("{}{path}", self.base));
        let sent = post.header("cookie", &self.cookie).form(form).send();
        let answer = sent.await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// The page that a form leads to at once.
    pub(crate) async fn submit(
        &self,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<String, reqwest::Error> {
        let post = self.client.post(format!("{}{path}", self.base));
        let sent = post.header("cookie", &self.cookie).form(form).send();
        sent.await?.text().await
    }

    async fn get(&self, path: &str) -> String {
        let get = self.client.get(format!("{}{path}", self.base));
        let sent = get.header("cookie", &self.cookie).send();
        sent.await.unwrap().text().await.unwrap()
    }

    async fn take(&self, path: &str) -> String {
        let post = self.client.post(format!("{}{path}", self.base));
        let answer = post.header("cookie", &self.cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned()
    }

    /// Waits for a page to say something.
    async fn until(&self, path: &str, words: &str) {
        self.until_so(path, words, |page| page.contains(words))
            .await;
    }

    async fn until_either(&self, path: &str, words: &[&str]) {
        let said = |page: &str| words.iter().any(|it| page.contains(it));
        self.until_so(path, &words.join(" or "), said).await;
    }

    async fn until_so(&self, path: &str, what: &str, so: impl Fn(&str) -> bool) {
        let said = async {
            while !so(&self.get(path).await) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let patient = tokio::time::timeout(PATIENCE, said).await;
        patient.unwrap_or_else(|_| panic!("{path} never said {what}"));
    }

    async fn hand(&self, verb: &str, body: serde_json::Value) {
        let url = format!("{}/simulator/api/{verb}", self.base);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{verb} {body}");
    }
}

fn acted(by: Technician, action: TechnicianAction) -> Fact {
    Fact::TechnicianActed { by, action }
}

fn list_with(name: &str, technician: &SigningKey) -> String {
    let header = AllowanceHeader {
        technicians: vec![TechnicianKey {
            name: name.into(),
            key: PublicKey::of(technician),
        }],
        ..header(1)
    };
    Allowance::encode(&key(), header, Vec::new(), Vec::new())
}

#[tokio::test]
async fn a_bay_is_tested_in_service_and_every_step_is_signed() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut running = place.start(&[]);
    cloud
        .until("the cart in bay 1", |book| book.count("cart_docked") == 1)
        .await;
    let secret = cloud.secret();
    let browser = Browser::enter(&mut running, |it| secret.technician_answer(it)).await;
    let two = [("bay", "2")];
    browser.post("/tech/do/begin-service", &[]).await;
    browser.until("/tech", "In service:").await;
    browser.post("/tech/do/begin-test", &two).await;
    for question in ["lamp blinking", "Did you hear"] {
        browser.until("/tech/bay/2", question).await;
        let yes = [("bay", "2"), ("works", "true")];
        browser.post("/tech/do/confirm", &yes).await;
    }
    browser.until("/tech/bay/2", "Put a cart").await;
    browser
        .hand("bring", serde_json::json!({ "tag": TAG }))
        .await;
    let push = serde_json::json!({ "bay": 2, "tag": TAG });
    browser.hand("push", push.clone()).await;
    let both = |page: &str| page.matches("sensor sees a cart").count() == 2;
    browser.until_so("/tech", "a cart in both bays", both).await;
    browser.hand("force", serde_json::json!({ "bay": 2 })).await;
    // Unless the tag of the cart that was just taken away still counts.
    browser
        .until_either("/tech/bay/2", &["Hold a tag", "The bay is well."])
        .await;
    browser.hand("push", push).await;
    browser.until("/tech/bay/2", "The bay is well.").await;
    browser.post("/tech/do/end-service", &[]).await;
    browser.post("/sign-out", &[]).await;
    let signed_out = acted(Technician::Code, TechnicianAction::SignedOut);
    cloud
        .until("the sign-out", |book| {
            book.events.iter().any(|(_, it)| it.fact == signed_out)
        })
        .await;
    let bay = BayNo::new(2).unwrap();
    let verdict = TestVerdict::Passed;
    let steps: Vec<Fact> = cloud
        .facts()
        .into_iter()
        .filter(|fact| fact.kind() == "technician_acted")
        .collect();
    let expected = [
        TechnicianAction::SignedIn,
        TechnicianAction::ServiceBegan,
        TechnicianAction::TestBegan { bay },
        TechnicianAction::TestEnded { bay, verdict },
        TechnicianAction::ServiceEnded,
        TechnicianAction::SignedOut,
    ];
    assert_eq!(steps, expected.map(|it| acted(Technician::Code, it)));
    assert_eq!(cloud.count("cart_docked"), 1, "a test is nobody's return");
}

#[tokio::test]
async fn an_enrolled_key_opens_the_door_without_internet() {
    let cloud = Cloud::start().await;
    let technician = SigningKey::from_bytes(&[42; 32]);
    cloud.book().allowance = (1, list_with("Ana", &technician));
    let place = Place::new(&cloud);
    let mut running = place.start(&[]);
    cloud
        .until("the list", |book| book.offline.allowance == 1)
        .await;
    cloud.book().mood = Mood::Portal;
    let browser = Browser::enter(&mut running, |challenge| {
        edge::technician::answer(&technician, gateway(), challenge.to_owned())
    })
    .await;
    browser.post("/tech/do/locate", &[("bay", "1")]).await;
    let found = browser.get("/tech/journal?kind=technician_acted").await;
    assert_eq!(found.matches("<tr><td>").count(), 2);
    cloud.book().mood = Mood::Honest;
    browser.post("/tech/do/sync", &[]).await;
    let located = TechnicianAction::BayLocated {
        bay: BayNo::new(1).unwrap(),
    };
    let located = acted(Technician::Key("Ana".into()), located);
    cloud
        .until("the blink", |book| {
            book.events.iter().any(|(_, it)| it.fact == located)
        })
        .await;
}

#[tokio::test]
async fn a_code_typed_into_the_page_enrols_and_is_asked_with_after_a_restart() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let none = [("VOLTA_GATEWAY_ENROLMENT_CODE", "")];
    cloud.book().mood = Mood::Portal;
    let mut running = place.start(&none);
    assert_eq!(
        running.post("/enrol", &[("code", CODE)]).await,
        "/?aviso=enrol"
    );
    cloud.until("it asks", |book| book.enrolments > 0).await;
    running.kill().await;
    cloud.book().mood = Mood::Honest;
    let running = place.start(&none);
    cloud
        .until("the first start", |book| book.count("gateway_started") == 1)
        .await;
    assert!(!place.file("enrolment.code").exists(), "used up");
    assert!(!running.log().contains(CODE));
}

/// The cloud says yes, and the power fails before anybody hears it: the code is used up, and the next
/// start finishes what it was for.
#[tokio::test]
async fn a_change_whose_answer_a_power_cut_took_is_finished_by_the_next_start() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut running = place.start(&[]);
    cloud
        .until("the cart in bay 1", |book| book.count("cart_docked") == 1)
        .await;
    let secret = cloud.secret();
    let browser = Browser::enter(&mut running, |it| secret.technician_answer(it)).await;
    let device = std::fs::read(place.file("device.key")).unwrap();
    let refused = "WRONG-CODE-7731";
    cloud.book().mood = Mood::RepeatsCodes;
    browser
        .post("/tech/renew", &[("code", refused), ("leave", "9")])
        .await;
    browser.until("/tech/settings", "code_unknown").await;
    let bundle = browser.take("/tech/bundle").await;
    assert!(bundle.contains("code_unknown") && !bundle.contains(refused));
    let asked = cloud.book().enrolments;
    cloud.book().mood = Mood::YesUnheard;
    browser
        .post("/tech/renew", &[("code", CODE), ("leave", "9")])
        .await;
    cloud.until("the yes", |book| book.enrolments > asked).await;
    let new_key = cloud.book().device.expect("enrolled");
    running.kill().await;
    assert_eq!(std::fs::read(place.file("device.key")).unwrap(), device);
    // The router takes longer than the gateway: the first tries reach nothing.
    cloud.book().mood = Mood::Portal;
    let asked = cloud.book().enrolments;
    let _running = place.start(&[]);
    cloud
        .until("another try", |book| book.enrolments > asked + 1)
        .await;
    cloud.book().mood = Mood::Honest;
    cloud.book().forget_after(0);
    cloud
        .until("the new journal", |book| book.count("gateway_started") == 1)
        .await;
    assert_eq!(
        cloud.book().device,
        Some(new_key),
        "the key that was asked with"
    );
    assert_ne!(std::fs::read(place.file("device.key")).unwrap(), device);
    assert!(!place.file("next").exists() && !place.file("asked.json").exists());
}

#[tokio::test]
async fn becoming_another_gateway_keeps_the_old_one_aside() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut running = place.start(&[]);
    cloud
        .until("the cart in bay 1", |book| book.count("cart_docked") == 1)
        .await;
    let secret = cloud.secret();
    let browser = Browser::enter(&mut running, |it| secret.technician_answer(it)).await;
    let device = std::fs::read(place.file("device.key")).unwrap();
    // The cloud takes this device for a clone, and its manager made a new code.
    cloud.book().mood = Mood::Quarantine;
    browser.post("/tech/do/locate", &[("bay", "1")]).await;
    browser.until("/tech/settings", "name=\"leave\"").await;
    let page = browser.get("/tech/settings").await;
    let (_, rest) = page.split_once("name=\"leave\" value=\"").unwrap();
    let leave = rest.split_once('"').unwrap().0.to_owned();
    browser
        .post("/tech/renew", &[("code", "WRONG"), ("leave", &leave)])
        .await;
    browser.until("/tech/settings", "code_unknown").await;
    assert_eq!(std::fs::read(place.file("device.key")).unwrap(), device);
    cloud.book().device = None;
    cloud.book().forget_after(0);
    browser
        .post("/tech/renew", &[("code", CODE), ("leave", &leave)])
        .await;
    cloud
        .until("the new key", |book| {
            book.device.is_some() && book.mood == Mood::Quarantine
        })
        .await;
    let old = || {
        let entries = std::fs::read_dir(place.data()).unwrap().flatten();
        let mut names = entries.map(|entry| entry.path());
        names.find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("old-")
        })
    };
    let moved = async {
        while old().is_none_or(|old| !old.join("journal.db").exists()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, moved)
        .await
        .expect("it starts anew");
    cloud.book().mood = Mood::Honest;
    cloud
        .until("the new journal", |book| book.count("gateway_started") == 1)
        .await;
    let old = old().unwrap();
    assert_eq!(std::fs::read(old.join("device.key")).unwrap(), device);
    assert_ne!(std::fs::read(place.file("device.key")).unwrap(), device);
    assert_eq!(cloud.book().boots(), 1, "a new journal");
}
