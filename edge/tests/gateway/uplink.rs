use crate::cloud::{Cloud, Mood, gateway};
use crate::program::Place;
use shared::event::Fact;
use shared::sync::{BaySnapshot, BayState};

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
    // The whole card, as a backup holds it: the copy of the lines too.
    let names = ["journal.db", "journal.lines-0000000000000001"];
    let old = names.map(|name| std::fs::read(place.file(name)).unwrap());
    let gateway = place.start(&[]);
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    for name in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(place.file(name));
    }
    for (name, old) in names.into_iter().zip(old) {
        std::fs::write(place.file(name), old).unwrap();
    }
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

/// Drops the oldest lines as a quiet day does, up to the last that the cloud gave its word for.
fn prune(journal: &std::path::Path) -> u64 {
    let journal = rusqlite::Connection::open(journal).unwrap();
    let pruned = "UPDATE state SET base_seq = (SELECT max(seq) FROM held),
        base_hash = (SELECT hash FROM event WHERE seq = (SELECT max(seq) FROM held))
        RETURNING base_seq";
    let base: i64 = journal.query_row(pruned, [], |row| row.get(0)).unwrap();
    journal
        .execute("DELETE FROM event WHERE seq <= ?1", [base])
        .unwrap();
    u64::try_from(base).unwrap()
}

#[tokio::test]
async fn a_restored_cloud_that_is_busy_is_heard_and_then_told_what_it_forgot() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    let head = cloud.book().head.seq;
    cloud
        .until("an offer behind them", |book| {
            book.offers.last() > Some(&head)
        })
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    let base = prune(&place.file("journal.db"));
    // Set back to before all that is kept, and without time for history.
    cloud.book().forget_after(0);
    cloud.book().mood = Mood::LiveOnly;
    let grant = cloud.grant(1);
    cloud.book().grants.push(grant);
    let before = cloud.book().offers.len();
    let _gateway = place.start(&[]);
    cloud
        .until("the bay to open", |book| {
            let open = |bay: &BaySnapshot| bay.state == BayState::Releasing;
            book.bays.iter().any(open)
        })
        .await;
    // One request learns of it, one tells of the open bay: who does not heed the pause asks on and on.
    let asked = cloud.book().offers.len() - before;
    assert!(asked <= 4, "{asked} requests");
    cloud.book().mood = Mood::Honest;
    cloud
        .until("what is left of the history", |book| {
            book.count("release_started") == 1
        })
        .await;
    let first = cloud.book().events[0].1.seq;
    assert_eq!(first, base + 1, "on the cloud's own word");
}

#[tokio::test]
async fn a_line_damaged_under_way_holds_up_the_uplink_until_the_next_start_heals_it() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    cloud.book().mood = Mood::Busy;
    let mut gateway = place.start(&[]);
    cloud
        .until("an offer", |book| !book.offers.is_empty())
        .await;
    let journal = rusqlite::Connection::open(place.file("journal.db")).unwrap();
    let sql =
        "UPDATE event SET line = replace(line, 'gateway_started', 'gateway_stopped') WHERE seq = 1";
    assert_eq!(journal.execute(sql, []).unwrap(), 1);
    drop(journal);
    cloud.book().mood = Mood::Honest;
    gateway.logged("the journal cannot be read out").await;
    gateway.logged("Refused").await;
    assert_eq!(cloud.book().events.len(), 0);
    assert_eq!(gateway.terminate().await, Some(0), "the dock goes on");
    let mut again = place.start(&[]);
    again.logged("the journal is salvaged whole").await;
    cloud
        .until("every start", |book| book.count("gateway_started") == 2)
        .await;
    assert_eq!(cloud.count("journal_salvaged"), 0, "nothing was lost");
}
