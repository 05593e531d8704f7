use crate::cloud::{Cloud, Mood};
use crate::program::{Place, mode_of};

#[tokio::test]
async fn a_code_makes_a_device_a_gateway_once() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the first start", |book| book.count("gateway_started") == 1)
        .await;
    for name in ["device.key", "enrolment.signed"] {
        assert_eq!(mode_of(&place.file(name)), 0o600, "{name}");
    }
    let key = std::fs::read(place.file("device.key")).unwrap();
    assert!(!gateway.log().contains("broker-password"));
    assert_eq!(gateway.terminate().await, Some(0));
    let wal = place.file("journal.db-wal");
    assert!(
        !wal.exists() || wal.metadata().unwrap().len() == 0,
        "one file to copy"
    );

    let _again = place.start(&[("VOLTA_GATEWAY_ENROLMENT_CODE", "used-up")]);
    cloud
        .until("the second start", |book| {
            book.count("gateway_started") == 2
        })
        .await;
    assert_eq!(cloud.book().enrolments, 1);
    assert_eq!(cloud.book().boots(), 2);
    assert_eq!(std::fs::read(place.file("device.key")).unwrap(), key);
}

#[tokio::test]
async fn it_asks_until_the_cloud_itself_answers() {
    let cloud = Cloud::start().await;
    for mood in [Mood::Portal, Mood::WrongKey] {
        let place = Place::new(&cloud);
        cloud.book().mood = mood;
        cloud.book().device = None;
        let asked = cloud.book().enrolments;
        let gateway = place.start(&[]);
        cloud
            .until("two askings", |book| book.enrolments >= asked + 2)
            .await;
        assert!(!place.file("enrolment.signed").exists(), "{mood:?}");
        assert!(!place.file("journal.db").exists(), "{mood:?}");
        cloud.book().mood = Mood::Honest;
        let boots = cloud.count("gateway_started");
        cloud.book().device = None;
        cloud.book().forget_after(0);
        cloud
            .until("a start", |book| book.count("gateway_started") == 1)
            .await;
        assert!(boots <= 1);
        gateway.kill().await;
    }
}

#[tokio::test]
async fn a_refused_code_is_said_in_the_clouds_words() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut gateway = place.start(&[("VOLTA_GATEWAY_ENROLMENT_CODE", "WRONG-1")]);
    let line = gateway.logged("refused: code_unknown").await;
    assert!(line.contains("in a test"), "{line}");
    assert!(!line.contains("WRONG-1"), "{line}");
    assert!(!place.file("journal.db").exists());
    assert_eq!(gateway.terminate().await, Some(0));
}

#[tokio::test]
async fn without_a_code_it_waits_and_stops_when_told() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut gateway = place.start(&[("VOLTA_GATEWAY_ENROLMENT_CODE", "")]);
    gateway.logged("page.address").await;
    assert_eq!(gateway.terminate().await, Some(0));
    assert_eq!(cloud.book().enrolments, 0);
}

#[tokio::test]
async fn a_lost_enrolment_with_its_key_and_journal_costs_a_code_only() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let both = ["enrolment.signed", "enrolment.signed.kept"].map(|name| place.file(name));
    let remove = || {
        for file in &both {
            std::fs::remove_file(file).unwrap();
        }
    };
    let gateway = place.start(&[]);
    cloud
        .until("a start", |book| book.count("gateway_started") == 1)
        .await;
    gateway.kill().await;
    // A power cut between journal and enrolment, or empty files that a person removed as told.
    remove();
    let again = place.start(&[]);
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
    again.kill().await;
    for file in &both {
        std::fs::write(file, "").unwrap();
    }
    let (_, text) = place.refusal(&[]).await;
    assert!(text.contains("remove these two files only"), "{text}");
    remove();
    let _third = place.start(&[]);
    cloud
        .until("a third start", |book| book.count("gateway_started") == 3)
        .await;
    assert_eq!(cloud.book().enrolments, 3);
    assert_eq!(cloud.book().boots(), 3, "one journal");
}
