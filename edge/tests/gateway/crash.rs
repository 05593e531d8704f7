use crate::cloud::Cloud;
use crate::program::Place;

const CRASH_AT: &str = "VOLTA_GATEWAY_CRASH_AT";

#[tokio::test]
async fn a_fact_is_told_once_however_often_the_gateway_dies_around_it() {
    for point in ["cart_docked:after_commit", "cart_docked:before_report"] {
        let cloud = Cloud::start().await;
        let place = Place::new(&cloud);
        place.start(&[(CRASH_AT, point)]).crashed().await;
        assert_eq!(cloud.count("cart_docked"), 0, "{point}: not told yet");
        let _again = place.start(&[]);
        cloud
            .until("the cart", |book| book.count("cart_docked") == 1)
            .await;
        let exchanges = cloud.book().exchanges;
        cloud
            .until("two syncs", |book| book.exchanges >= exchanges + 2)
            .await;
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

    let _again = place.start(&[]);
    cloud
        .until("the release", |book| book.count("release_started") == 1)
        .await;
    cloud
        .until("an open bay", |book| {
            book.bays
                .iter()
                .any(|bay| bay.bay.get() == 1 && bay.state == shared::sync::BayState::Releasing)
        })
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
