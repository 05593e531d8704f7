use super::*;
use ed25519_dalek::SigningKey;
use shared::ids::BayNo;
use shared::offline::SharedSecret;
use shared::signed::PublicKey;
use shared::time::MonoMs;

#[test]
fn a_carried_grant_lives_exactly_as_long_as_its_code() {
    let cloud = SigningKey::from_bytes(&[1; 32]);
    let gateway = PublicKey::of(&SigningKey::from_bytes(&[2; 32]));
    let secret = SharedSecret::between(&cloud, &gateway);
    let bay = BayNo::new(2).unwrap();
    for offset in [0, 1, 17_000, CODE_PERIOD_MS - 1] {
        let issued = UnixMs(1_790_000_100_000 / CODE_PERIOD_MS * CODE_PERIOD_MS + offset);
        let code = secret.release_code(7, bay, issued);
        let until = carried_until(issued);
        let taken = |at| secret.read_release_code(&code, 7, &[bay], at).is_some();
        assert!(taken(until.plus(-1)), "{offset}");
        assert!(!taken(until), "{offset}");
        assert!(until.since(issued) > CODE_PERIODS_VALID * CODE_PERIOD_MS);
    }
}

#[test]
fn numbers_and_contacts_prove_and_clocks_only_speak_where_they_are_silent() {
    use ClockQuality::{Floor, Server, Unset};
    let base = Docking {
        one_journal: None,
        drained_ms: UnixMs(100),
        out_ms: UnixMs(500),
        issued_ms: UnixMs(400),
        claim: Claim::None,
    };
    let stamped = |at, clock| Docking {
        claim: Claim::Stamped(UnixMs(at), clock),
        ..base
    };
    let bare = |at| Docking {
        claim: Claim::Bare(UnixMs(at)),
        ..base
    };
    let journal = |docked, pulled, of| Docking {
        one_journal: Some((docked, pulled)),
        ..of
    };
    let drained = |at, of| Docking {
        drained_ms: UnixMs(at),
        ..of
    };
    for (name, of, expected) in [
        ("one journal, later", journal(8, 7, bare(1)), Order::After),
        (
            "one journal, earlier",
            journal(6, 7, drained(900, stamped(900, Server))),
            Order::Before,
        ),
        (
            "silent until after the pull",
            drained(500, bare(1)),
            Order::After,
        ),
        ("silent since before it", drained(499, base), Order::Unknown),
        ("good clock, later", stamped(400, Server), Order::After),
        ("good clock, earlier", stamped(399, Server), Order::Before),
        ("not before, later", stamped(400, Floor), Order::After),
        ("not before, earlier", stamped(1, Floor), Order::Unknown),
        ("no clock", stamped(900, Unset), Order::Unknown),
        ("receipt, later", bare(900), Order::Unknown),
        ("receipt, earlier", bare(399), Order::Before),
        ("code", base, Order::Unknown),
    ] {
        assert_eq!(order(of), expected, "{name}");
    }
}

#[test]
fn within_one_boot_the_age_is_known_whatever_the_clock_says() {
    use ClockQuality::{Floor, Server, Unset};
    let stamp = |boot, mono, wall, clock| Stamp {
        boot,
        mono_ms: MonoMs(mono),
        wall_ms: UnixMs(wall),
        clock,
    };
    let sent = stamp(3, 9_000, 77, Unset);
    let now = UnixMs(100_000);
    for (name, at, worth) in [
        ("no clock", stamp(3, 2_000, 5, Unset), (93_000, Server)),
        ("a kept time", stamp(3, 2_000, 5, Floor), (93_000, Server)),
        ("a good clock", stamp(3, 2_000, 5, Server), (5, Server)),
        ("an earlier boot", stamp(2, 2_000, 5, Unset), (5, Unset)),
        ("after it was sent", stamp(3, 9_001, 5, Unset), (5, Unset)),
    ] {
        let (wall, clock) = worth;
        let expected = Claim::Stamped(UnixMs(wall), clock);
        assert_eq!(Claim::of(&at, Some(&sent), now), expected, "{name}");
    }
    let at = stamp(3, 2_000, 5, Unset);
    let alone = Claim::Stamped(UnixMs(5), Unset);
    assert_eq!(Claim::of(&at, None, now), alone);
}

#[test]
fn a_docks_own_address_is_plain() {
    for (told, taken) in [
        ("http://192.168.4.1", Some("http://192.168.4.1")),
        ("http://dock.local:8088/", Some("http://dock.local:8088")),
        (
            "https://[fe80::1]:8443/dock",
            Some("https://[fe80::1]:8443/dock"),
        ),
        ("ftp://dock.local", None),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http:///x", None),
        ("http://:80", None),
        ("http://ana:senha@dock.local", None),
        ("http://dock.local?x=1", None),
        ("http://dock.local#x", None),
        ("http://dock.local/\"onclick=", None),
        ("http://dock local", None),
        ("", None),
    ] {
        assert_eq!(local_url(told), taken, "{told}");
    }
    let long = format!("http://{}", "a".repeat(LOCAL_URL_CHARS_MAX));
    assert_eq!(local_url(&long), None);
}
