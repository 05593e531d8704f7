//! The service manager's side of the gateway's socket.

use crate::cloud::Cloud;
use crate::manager::Manager;
use crate::program::Place;

#[tokio::test]
async fn a_known_gateway_is_ready_when_its_start_is_committed() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let first = place.start(&[]);
    cloud
        .until("a start", |book| book.count("gateway_started") == 1)
        .await;
    first.kill().await;

    let manager = Manager::new();
    let socket = manager.path();
    // Dies right behind the commit of its start: had it been ready before, that would be heard.
    let crash = [
        ("NOTIFY_SOCKET", socket.as_str()),
        ("VOLTA_GATEWAY_CRASH_AT", "gateway_started:after_commit"),
    ];
    place.start(&crash).crashed().await;
    let mut buffer = [0; 1024];
    while let Ok(length) = manager.socket.try_recv(&mut buffer) {
        let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(!said.contains("READY"), "{said}");
    }

    let watched = [
        ("NOTIFY_SOCKET", socket.as_str()),
        ("WATCHDOG_USEC", "300000"),
    ];
    let gateway = place.start(&watched);
    manager.hear("READY=1").await;
    for _ in 0..3 {
        manager.hear("WATCHDOG=1").await;
    }
    let words = manager.hear("STATUS=serves").await;
    let words = words.last().unwrap();
    assert!(words.starts_with("STATUS=serves 3 bays; "), "{words}");
    assert_eq!(gateway.terminate().await, Some(0));
    manager.hear("STOPPING=1").await;
}

#[tokio::test]
async fn a_loop_that_hangs_gives_no_sign_of_life() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let manager = Manager::new();
    let socket = manager.path();
    let _gateway = place.start(&[
        ("NOTIFY_SOCKET", socket.as_str()),
        // Looked at every second, which a thread of the dock goes round in.
        ("WATCHDOG_USEC", "3000000"),
        ("VOLTA_GATEWAY_CRASH_AT", "cart_docked:hangs"),
    ]);
    manager.hear("READY=1").await;
    // One late look may be this machine's doing; three in a row, and no sign between, are not.
    let mut in_a_row = 0;
    for _ in 0..10 {
        let heard = manager.hear("STATUS=hangs: event loop").await;
        let alive = heard.iter().any(|said| said.contains("WATCHDOG"));
        in_a_row = if alive { 1 } else { in_a_row + 1 };
        if in_a_row == 3 {
            return;
        }
    }
    panic!("signs of life from a loop that hangs");
}

#[tokio::test]
async fn a_gateway_without_a_code_is_up_for_its_technician() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let manager = Manager::new();
    let socket = manager.path();
    let _gateway = place.start(&[
        ("NOTIFY_SOCKET", socket.as_str()),
        ("WATCHDOG_USEC", "300000"),
        ("VOLTA_GATEWAY_ENROLMENT_CODE", ""),
    ]);
    manager.hear("READY=1").await;
    manager.hear("WATCHDOG=1").await;
    manager.hear("STATUS=not enrolled: no code").await;
    manager.hear("WATCHDOG=1").await;
}

#[tokio::test]
async fn without_a_limit_there_are_words_and_no_signs_of_life() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let manager = Manager::new();
    let socket = manager.path();
    let gateway = place.start(&[("NOTIFY_SOCKET", socket.as_str())]);
    let mut heard = manager.hear("READY=1").await;
    cloud
        .until("a start", |book| book.count("gateway_started") == 1)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    heard.extend(manager.hear("STOPPING=1").await);
    assert!(manager.has_heard_nothing_more());
    assert!(
        !heard.iter().any(|said| said.contains("WATCHDOG")),
        "{heard:#?}"
    );
}

#[tokio::test]
async fn what_runs_after_its_end_takes_neither_its_port_nor_its_journal() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut command = place.command(&[]);
    let output = command.arg("--coils-off").output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        !place.data().exists() && !said.contains("page.address"),
        "{said}"
    );
}
