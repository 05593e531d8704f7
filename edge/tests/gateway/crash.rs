use crate::cloud::Cloud;
use crate::program::Place;
use shared::event::Fact;

const CRASH_AT: &str = "VOLTA_GATEWAY_CRASH_AT";

#[tokio::test]
async fn a_fact_is_told_once_however_often_the_gateway_dies_around_it() {
    for point in ["cart_docked:after_commit", "cart_docked:before_report"] {
        let cloud = Cloud::start().await;
        let place = Place::new(&cloud);
        place.start(&[(CRASH_AT, point)]).crashed().await;
        assert_eq!(cloud.count("cart_docked"), 0, "{point}: not told yet");
        let again = place.start(&[]);
        cloud
            .until("the cart", |book| book.count("cart_docked") == 1)
            .await;
        again.kill().await;
        let _third = place.start(&[]);
        cloud.until("a third start", |book| book.boots() == 3).await;
        assert_eq!(cloud.count("cart_docked"), 1, "{point}");
    }
}

#[tokio::test]
async fn a_release_survives_death_between_commit_and_bolt() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let point = "release_started:after_commit";
    let gateway = place.start(&[(CRASH_AT, point)]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    let grant = cloud.grant(1);
    cloud.book().grants.push(grant);
    gateway.crashed().await;
    assert_eq!(cloud.count("release_started"), 0);

    let mut again = place.start(&[]);
    cloud
        .until("the release", |book| book.count("release_started") == 1)
        .await;
    // The machine itself did not start anew, so the bolt opens for the customer who waits.
    again.pull(1).await;
    cloud
        .until("the cart to be out", |book| book.count("cart_pulled") == 1)
        .await;
    assert_eq!(cloud.count("release_started"), 1);
}

#[tokio::test]
async fn killed_at_any_moment_the_chain_goes_on() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    for boot in 1..=5u32 {
        let gateway = place.start(&[]);
        cloud.until("a start", |book| book.boots() == boot).await;
        gateway.kill().await;
    }
    let _last = place.start(&[]);
    cloud
        .until("the last start", |book| book.count("gateway_started") == 6)
        .await;
}

#[tokio::test]
async fn a_cart_pulled_just_before_death_is_pulled_once() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut gateway = place.start(&[(CRASH_AT, "cart_pulled:before_report")]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    let grant = cloud.grant(1);
    cloud.book().grants.push(grant);
    gateway.pull(1).await;
    gateway.crashed().await;
    assert_eq!(cloud.count("cart_pulled"), 0, "not told yet");

    let again = place.start(&[]);
    cloud
        .until("the cart to be out", |book| book.count("cart_pulled") == 1)
        .await;
    again.kill().await;
    let _third = place.start(&[]);
    cloud.until("a third start", |book| book.boots() == 3).await;
    let pulled = Fact::CartPulled {
        bay: grant.bay,
        grant: grant.id,
        rental: grant.rental,
        tag: "04a1b2c3".parse().unwrap(),
    };
    let of_release: Vec<Fact> = cloud
        .facts()
        .into_iter()
        .filter(|fact| fact.rental().is_some() || fact.kind() == "cart_left")
        .collect();
    let begun = Fact::ReleaseStarted {
        bay: grant.bay,
        grant: grant.id,
        rental: grant.rental,
    };
    assert_eq!(of_release, [begun, pulled]);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_opens_nothing() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    let other = rusqlite::Connection::open(place.file("journal.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let grant = cloud.grant(1);
    cloud.book().grants.push(grant);
    let (code, text) = gateway.ended().await;
    assert_eq!(code, Some(1));
    assert!(
        text.contains("journal.db") && text.contains("disk"),
        "{text}"
    );
    other.execute_batch("ROLLBACK").unwrap();

    let mut again = place.start(&[]);
    cloud
        .until("the release", |book| book.count("release_started") == 1)
        .await;
    again.pull(1).await;
    cloud
        .until("the cart to be out", |book| book.count("cart_pulled") == 1)
        .await;
}
