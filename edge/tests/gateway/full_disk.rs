//! The real gateway on a file system that is really full: one of the test's own, in a mount namespace
//! that needs no rights.

use crate::cloud::{Book, Cloud, PATIENCE};
use crate::program::{Place, Running};
use rustix::fs::statvfs;
use serde_json::json;
use shared::grant::Grant;
use shared::sync::BayState;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// Above the edge of `Low`, which is at 256 MiB.
const AMPLE: u64 = 400 * MIB;
const LOW: u64 = 100 * MIB;
/// Too little to release a cart, and still something.
const FULL: u64 = 4 * MIB;

const PAGE: &str = "text/html";

const TRIES: usize = 50;

/// The data directory as a file system in memory, seen from outside.
struct Disk {
    gateway: u32,
    data: PathBuf,
}

impl Disk {
    /// Leaves `free` bytes, to the page.
    fn leave(&self, free: u64) {
        // The gateway may have written more between the look and the change.
        let changed = (0..TRIES).any(|_| self.resize(free));
        assert!(changed, "the disk cannot be made as small as that");
    }

    fn resize(&self, free: u64) -> bool {
        let stat = statvfs(self.file("")).unwrap();
        let used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize;
        let gateway = self.gateway.to_string();
        let mut command = Command::new("nsenter");
        command
            .args(["-t", &gateway, "-U", "-m", "--preserve-credentials"])
            .args(["mount", "-o", &format!("remount,size={}", used + free)])
            .arg(&self.data)
            .stderr(std::process::Stdio::null());
        command.status().unwrap().success()
    }

    fn file(&self, name: &str) -> PathBuf {
        let inside = self.data.strip_prefix("/").unwrap().join(name);
        PathBuf::from(format!("/proc/{}/root", self.gateway)).join(inside)
    }
}

/// None, and said aloud, where this machine does not let a test mount anything.
fn on_a_small_disk(place: &Place) -> Option<(Running, Disk)> {
    let data = place.data();
    std::fs::create_dir(&data).unwrap();
    let mount = format!(
        "mount -t tmpfs -o size={AMPLE},mode=700 none '{}'",
        data.display()
    );
    let tried = Command::new("unshare")
        .args(["-rm", "sh", "-c", &mount])
        .output();
    if !tried.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no user namespace with a mount on this machine, so no disk was filled");
        return None;
    }
    let program = place.command(&[]);
    let gateway = program.as_std().get_program().to_owned();
    let mut command = tokio::process::Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", &format!("{mount} && exec \"$0\"")])
        .arg(gateway)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(
            program
                .as_std()
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    let running = Running::of(command);
    // It becomes the shell, and that the gateway: one process.
    let gateway = running.id();
    Some((running, Disk { gateway, data }))
}

/// Asks for an exchange until the cloud sees this.
async fn until_seen(
    gateway: &mut Running,
    cloud: &Cloud,
    what: &str,
    seen: impl Fn(&Book) -> bool,
) {
    let asking = async {
        while !seen(&cloud.book()) {
            gateway.hand("sync", json!({})).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let patient = tokio::time::timeout(PATIENCE, asking).await;
    patient.unwrap_or_else(|_| panic!("the cloud never saw {what}"));
}

fn is_faulted(book: &Book, bay: usize) -> bool {
    book.bays
        .get(bay - 1)
        .is_some_and(|bay| bay.state == BayState::Faulted)
}

/// A cart from elsewhere is given back.
async fn give_back(gateway: &mut Running, bay: u16, tag: &str) {
    for (verb, body) in [
        ("bring", json!({ "tag": tag })),
        ("push", json!({ "bay": bay, "tag": tag })),
    ] {
        assert_eq!(gateway.hand(verb, body).await, 200, "{verb} {tag}");
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_costs_telemetry_first_returns_never_and_heals() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let Some((mut gateway, disk)) = on_a_small_disk(&place) else {
        return;
    };
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    assert!(disk.file("reserve").exists(), "laid in while there is room");

    // It can be removed by no plain means, as on a card that takes no more writes.
    std::fs::create_dir(disk.file("journal.db.damaged-1")).unwrap();

    // Little room: telemetry happens, and is not recorded.
    disk.leave(LOW);
    gateway.logged("\"storage.level\":\"Low\"").await;
    gateway.logged("damaged files cannot be given up").await;
    gateway
        .hand("inject", json!({ "bay": 2, "fault": "switches_fail" }))
        .await;
    until_seen(&mut gateway, &cloud, "the fault", |book| {
        is_faulted(book, 2)
    })
    .await;
    gateway.hand("clear", json!({ "bay": 2 })).await;
    until_seen(&mut gateway, &cloud, "the bay healed", |book| {
        !is_faulted(book, 2)
    })
    .await;
    assert_eq!(cloud.count("bay_faulted"), 0, "telemetry stops first");

    // Hardly any: no cart is released, and every one is taken.
    disk.leave(FULL);
    gateway.logged("\"storage.level\":\"Full\"").await;
    let grant = cloud.grant(1);
    let path = format!("/g/{}", Grant::carried(&Cloud::token(&grant)).unwrap());
    assert_eq!(gateway.post(&path, &[]).await, "/dock?aviso=storage_full");
    let (_, page) = gateway.ask("/dock?aviso=storage_full", PAGE).await;
    assert!(page.contains("só recebe carrinhos agora"), "{page}");
    give_back(&mut gateway, 2, "04aa0002").await;
    cloud
        .until("a return", |book| book.count("cart_docked") == 2)
        .await;
    assert!(disk.file("reserve").exists(), "not needed yet");

    // None at all: the reserve is there for returns.
    let mut given = 2;
    while disk.file("reserve").exists() {
        disk.leave(0);
        given += 1;
        give_back(&mut gateway, 3, &format!("04aa{given:04}")).await;
        cloud
            .until("a return", |book| book.count("cart_docked") == given)
            .await;
        assert!(given < 8, "returns that need no room on the disk");
    }
    assert!(gateway.log().contains("the reserve is given up"));

    // Not even that: the dock stands still with what it was about to record.
    while !gateway.log().contains("the dock stands still") {
        disk.leave(0);
        given += 1;
        assert!(given < 9, "returns that need no room on the disk");
        give_back(&mut gateway, 3, &format!("04aa{given:04}")).await;
        let recorded = async {
            while cloud.count("cart_docked") < given
                && !gateway.log().contains("the dock stands still")
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, recorded).await.unwrap();
    }
    assert_eq!(cloud.count("release_started"), 0);

    // Room again: nothing is lost, and telemetry is back.
    disk.leave(AMPLE);
    gateway.logged("there is room again").await;
    cloud
        .until("every return", |book| book.count("cart_docked") == given)
        .await;
    gateway.logged("\"storage.level\":\"Ample\"").await;
    assert!(disk.file("reserve").exists(), "laid in again");
    gateway
        .hand("inject", json!({ "bay": 2, "fault": "switches_fail" }))
        .await;
    cloud
        .until("telemetry", |book| book.count("bay_faulted") == 1)
        .await;
    cloud.book().grants.push(grant);
    cloud
        .until("the release", |book| book.count("release_started") == 1)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
}
