use crate::cloud::{Cloud, Mood, gateway};
use crate::program::Place;
use shared::event::Fact;

/// Facts of one start with a cart in slot 1: the start, and the cart once it has settled.
const FIRST_FACTS: usize = 2;

#[tokio::test]
async fn only_the_clouds_own_answer_moves_the_acknowledgement() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("a start", |book| book.count("gateway_started") == 1)
        .await;
    gateway.kill().await;
    for mood in [
        Mood::Portal,
        Mood::WrongNonce,
        Mood::WrongKey,
        Mood::Endless,
        Mood::Busy,
        Mood::LosesAnswer,
    ] {
        cloud.book().mood = mood;
        let before = cloud.book().offers.len();
        let gateway = place.start(&[]);
        cloud
            .until("three offers", |book| book.offers.len() >= before + 3)
            .await;
        gateway.kill().await;
        let offers = cloud.book().offers.split_off(before);
        assert!(
            offers.iter().all(|seq| *seq == offers[0]),
            "{mood:?}: {offers:?}"
        );
    }
    cloud.book().mood = Mood::Honest;
    let _gateway = place.start(&[]);
    cloud
        .until("every start", |book| book.count("gateway_started") == 8)
        .await;
    let head = cloud.book().head.seq;
    cloud
        .until("an offer behind them", |book| {
            book.offers.last() > Some(&head)
        })
        .await;
}

#[tokio::test]
async fn a_lost_answer_applies_nothing_twice() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    cloud.book().mood = Mood::LosesAnswer;
    let gateway = place.start(&[]);
    cloud
        .until("both facts", |book| book.events.len() == FIRST_FACTS)
        .await;
    let before = cloud.book().exchanges;
    cloud
        .until("a repetition", |book| book.exchanges > before)
        .await;
    gateway.kill().await;
    cloud.book().mood = Mood::Honest;
    let _again = place.start(&[]);
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
    assert_eq!(cloud.count("cart_docked"), 1);
}

#[tokio::test]
async fn a_cloud_that_was_restored_from_a_backup_gets_the_rest_again() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the first facts", |book| book.events.len() == FIRST_FACTS)
        .await;
    let head = cloud.book().head;
    gateway.kill().await;
    cloud.book().forget_after(1);
    let _again = place.start(&[]);
    cloud
        .until("the whole journal", |book| {
            book.count("gateway_started") == 2
        })
        .await;
    assert_eq!(cloud.book().events[FIRST_FACTS - 1].0, head.hash);
}

#[tokio::test]
async fn a_fork_is_said_and_nothing_is_thrown_away() {
    for mood in [Mood::Quarantine, Mood::AcksAnotherLine] {
        let cloud = Cloud::start().await;
        let place = Place::new(&cloud);
        let gateway = place.start(&[]);
        cloud
            .until("the first facts", |book| book.events.len() == FIRST_FACTS)
            .await;
        gateway.kill().await;
        cloud.book().mood = mood;
        let mut gateway = place.start(&[]);
        gateway.logged("Fork").await;
        gateway.kill().await;
        cloud.book().mood = Mood::Honest;
        let _again = place.start(&[]);
        cloud
            .until("all three starts", |book| {
                book.count("gateway_started") == 3
            })
            .await;
    }
}

#[tokio::test]
async fn a_journal_that_was_set_back_is_a_fork() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the first facts", |book| book.events.len() == FIRST_FACTS)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    let old = std::fs::read(place.file("journal.db")).unwrap();
    let gateway = place.start(&[]);
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    for name in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(place.file(name));
    }
    std::fs::write(place.file("journal.db"), old).unwrap();
    let before = cloud.book().head;
    let mut gateway = place.start(&[]);
    gateway.logged("Fork").await;
    assert_eq!(cloud.book().head, before);
}

#[tokio::test]
async fn a_grant_in_an_acknowledgement_opens_its_bay_once() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let _gateway = place.start(&[]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    let grant = cloud.grant(1);
    cloud.book().grants.push(grant);
    cloud
        .until("the release", |book| book.count("release_started") == 1)
        .await;
    let started = cloud.facts().into_iter().find_map(|fact| match fact {
        Fact::ReleaseStarted { grant, rental, .. } => Some((grant, rental)),
        _ => None,
    });
    assert_eq!(started, Some((grant.id, grant.rental)));
    assert!(
        cloud
            .book()
            .events
            .iter()
            .all(|(_, e)| e.gateway == gateway())
    );
}

#[tokio::test]
async fn a_damaged_line_holds_up_the_uplink_but_not_the_dock() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    cloud.book().mood = Mood::Busy;
    // Two starts, for the last line of a journal must be whole.
    for _ in 0..2 {
        let before = cloud.book().offers.len();
        let gateway = place.start(&[]);
        cloud
            .until("an offer", |book| book.offers.len() > before)
            .await;
        gateway.kill().await;
    }
    let journal = rusqlite::Connection::open(place.file("journal.db")).unwrap();
    let swap = |from: &str, to: &str| {
        let sql = "UPDATE event SET line = replace(line, ?1, ?2) WHERE seq = 1";
        assert_eq!(journal.execute(sql, [from, to]).unwrap(), 1);
    };
    swap("gateway_started", "gateway_stopped");
    cloud.book().mood = Mood::Honest;
    let mut gateway = place.start(&[]);
    gateway.logged("events cannot be shown").await;
    gateway.logged("the journal cannot be read out").await;
    gateway.logged("Refused").await;
    assert_eq!(cloud.book().events.len(), 0);
    swap("gateway_stopped", "gateway_started");
    cloud
        .until("every start", |book| book.count("gateway_started") == 3)
        .await;
}
