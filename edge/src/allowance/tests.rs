use super::*;
use shared::allowance::{AllowanceHeader, CardKey, CardLimits, Listed};
use shared::ids::GatewayId;
use shared::money::Centavos;
use shared::signed::PublicKey;
use shared::time::UnixMs;
use std::fs;
use std::path::Path;

fn cloud() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn shelf(dir: &Path, floor: u64) -> Shelf {
    Shelf {
        path: dir.join("allowance.signed"),
        peer: Peer {
            gateway: GatewayId::new(1, [1; 10]),
            cloud_key: PublicKey::of(&cloud()),
        },
        floor,
    }
}

fn text(version: u64, key: &SigningKey) -> String {
    let header = AllowanceHeader {
        v: 1,
        gateway: GatewayId::new(1, [1; 10]),
        version,
        issued_ms: UnixMs(1),
        salt: "salt".into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 2,
            gateway_centavos_per_day: Centavos::new(10_000),
        },
        technicians: vec![],
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let card = |n: u64| CardKey::of("salt", &n.to_string());
    Allowance::encode(key, header, vec![card(1), card(2)], vec![card(3)])
}

fn version(list: Option<Arc<Allowance>>) -> Option<u64> {
    list.map(|list| list.header.version)
}

fn half(text: &str) -> String {
    text[..text.len() / 2].to_owned()
}

#[test]
fn a_list_goes_up_and_never_down() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = shelf(dir.path(), 3);
    assert_eq!(version(shelf.load()), None);
    let stranger = SigningKey::from_bytes(&[9; 32]);
    // The list before, the text that comes, the version in the file after it.
    for (have, text, stored) in [
        (0, text(2, &cloud()), None),
        (0, text(3, &cloud()), Some(3)),
        (3, text(3, &cloud()), Some(3)),
        (3, text(2, &cloud()), Some(3)),
        (3, text(9, &stranger), Some(3)),
        (3, text(9, &cloud()).replacen("\n", "\n0", 1), Some(3)),
        (3, half(&text(9, &cloud())), Some(3)),
        (3, "<html>Wi-Fi</html>\n".to_owned(), Some(3)),
        (3, text(5, &cloud()), Some(5)),
    ] {
        let taken = shelf.take(&text, have).map(|list| list.header.version).ok();
        assert_eq!(taken, stored.filter(|stored| *stored > have), "{text}");
        assert_eq!(version(shelf.load()), stored, "{text}");
    }
}

#[test]
fn a_file_that_is_no_list_of_now_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = shelf(dir.path(), 0).path;
    let whole = text(4, &cloud());
    for (bytes, floor, used) in [
        (whole.as_bytes().to_vec(), 0, true),
        (whole.as_bytes().to_vec(), 4, true),
        // A restored data directory, and a brain that went by a later list.
        (whole.as_bytes().to_vec(), 5, false),
        (whole.as_bytes()[..whole.len() - 3].to_vec(), 0, false),
        (whole.as_bytes()[..100].to_vec(), 0, false),
        (vec![], 0, false),
        (vec![0xff; 64], 0, false),
        (vec![b'x'; FILE_BYTES_MAX + 1], 0, false),
    ] {
        fs::write(&path, &bytes).unwrap();
        assert_eq!(
            shelf(dir.path(), floor).load().is_some(),
            used,
            "{} bytes",
            bytes.len()
        );
    }
}

#[test]
fn an_update_that_is_cut_short_keeps_the_list_before() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = shelf(dir.path(), 0);
    shelf.take(&text(1, &cloud()), 0).unwrap();
    // Power went while the next one was written: its half lies beside.
    fs::write(shelf.path.with_extension("new"), half(&text(2, &cloud()))).unwrap();
    assert_eq!(version(shelf.load()), Some(1));
    shelf.take(&text(2, &cloud()), 1).unwrap();
    assert_eq!(version(shelf.load()), Some(2));
    // Nothing can be written beside: the file's own place is not touched either.
    fs::create_dir(shelf.path.with_extension("new")).unwrap();
    assert!(matches!(
        shelf.take(&text(3, &cloud()), 2),
        Err(Unusable::Io(_))
    ));
    assert_eq!(version(shelf.load()), Some(2));
}

#[test]
fn the_longest_list_fits() {
    let card = |n: u64| CardKey::of("s", &n.to_string());
    let dir = tempfile::tempdir().unwrap();
    let first = text(1, &cloud());
    let list = shelf(dir.path(), 0).decode(&first).unwrap();
    let deny = (0..100_000).map(card).collect();
    let many = Allowance::encode(&cloud(), list.header.clone(), vec![card(100_001)], deny);
    let many = shelf(dir.path(), 0).take(&many, 0).unwrap();
    assert_eq!(many.listed(card(77_777)), Listed::Denied);
    assert_eq!(many.listed(card(100_001)), Listed::Allowed);
    assert_eq!(many.listed(card(100_002)), Listed::Unknown);
}

#[test]
fn a_newer_list_is_asked_for_at_a_random_moment_and_the_first_at_once() {
    for _ in 0..50 {
        assert_eq!(pause_before(0, 0), Duration::ZERO);
        assert_eq!(pause_before(7, 1), Duration::ZERO);
        assert!(pause_before(7, 0) <= SPREAD);
    }
    let pauses: std::collections::BTreeSet<_> = (0..50).map(|_| pause_before(7, 0)).collect();
    assert!(pauses.len() > 10, "{pauses:?}");
}

/// Where nobody hurries, this waits for an hour and is ended.
#[tokio::test]
async fn a_list_that_somebody_waits_for_does_not_wait_for_its_turn() {
    let (told, mut wanted) = watch::channel(Wanted {
        version: 2,
        now: false,
    });
    let hour = Duration::from_secs(3_600);
    let turn = tokio::spawn(async move { its_turn(&mut wanted, hour).await });
    tokio::task::yield_now().await;
    assert!(!turn.is_finished());
    told.send_replace(Wanted {
        version: 3,
        now: true,
    });
    turn.await.unwrap();
}
