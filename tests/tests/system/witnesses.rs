//! A raffle's commitment over real processes: every dock signs that it saw the list, and a cloud that
//! shows another one to whom it likes is found out, by the docks alone and in its own books.

use ed25519_dalek::SigningKey;
use shared::commitment::Commitment;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::witness::Promise;
use system_tests::{NORTE, Options, SUL, System, eventually, get};

const LISTS: &str = "SELECT count(*) FROM witness WHERE root = (SELECT root FROM commitment)";

/// What somebody who holds the cloud's key can sign.
fn promise(system: &System, campaign: CampaignId, root: u8) -> Promise {
    let file = std::fs::read(system.folder().join("cloud.key")).expect("the cloud made its keys");
    let secret = *file
        .first_chunk()
        .expect("the file begins with the signing key");
    let commitment = Commitment {
        campaign,
        rules_hash: Octets([1; 32]),
        n: 42,
        root: Octets([root; 32]),
    };
    Promise::new(commitment, &SigningKey::from_bytes(&secret))
}

fn campaign(system: &System) -> CampaignId {
    let sql = "SELECT id FROM campaign ORDER BY opens_ms LIMIT 1";
    let id = system.cloud_db().one::<String>(sql, &[]);
    id.parse().expect("a campaign's id")
}

fn count(system: &System, sql: &str) -> i64 {
    system.cloud_db().one(sql, &[])
}

fn until_witnessed(system: &System, docks: i64) {
    eventually("the docks' words", || {
        (count(system, LISTS) == docks).then_some(())
    });
}

fn page(system: &System, dock: &str) -> String {
    get(&format!("{}/dock", system.dock(dock).url)).body
}

fn alarms(system: &System) -> Vec<String> {
    let sql = "SELECT kind FROM alarm WHERE cleared_ms IS NULL ORDER BY kind";
    system.cloud_db().all(sql, &[], |row| row.get(0))
}

#[test]
fn a_cloud_that_shows_two_lists_is_found_out() {
    let mut system = System::start(&Options::new());
    let campaign = campaign(&system);
    let first = promise(&system, campaign, 0xab);
    // The southern dock is dark while the first list is out, and comes back to find another.
    system.terminate(SUL);
    system.plant(&format!(
        "INSERT INTO commitment (campaign_id, rules_hash, n, root, committed_ms, signature) \
         VALUES ('{campaign}', x'{}', {}, x'{}', 1, x'{}')",
        first.commitment.rules_hash, first.commitment.n, first.commitment.root, first.signature
    ));
    until_witnessed(&system, 1);
    assert!(!page(&system, NORTE).contains("role=\"alert\""));
    assert_eq!(alarms(&system), Vec::<String>::new());

    let second = promise(&system, campaign, 0xcd);
    system.plant(&format!(
        "UPDATE commitment SET root = x'{}', signature = x'{}'",
        second.commitment.root, second.signature
    ));
    system.restart(SUL);
    until_witnessed(&system, 1);
    eventually("the northern dock's alarm", || {
        let told = alarms(&system);
        (told == ["commitment_contradicted"]).then_some(())
    });
    // The two docks' words lie side by side, over two lists, each under its dock's own key.
    assert_eq!(
        count(&system, "SELECT count(DISTINCT root) FROM witness"),
        2
    );
    let north = page(&system, NORTE);
    for word in ["role=\"alert\"", "abab abab", "cdcd cdcd"] {
        assert!(north.contains(word), "{word}: {north}");
    }
    let south = page(&system, SUL);
    assert!(south.contains("cdcd cdcd") && !south.contains("role=\"alert\""));
    // Killed and started again, the northern dock still signs no other and says so no second time.
    system.kill9(NORTE);
    system.restart(NORTE);
    let boots = "SELECT count(*) FROM gateway_event WHERE kind = 'gateway_started'";
    eventually("its third boot", || {
        (count(&system, boots) >= 4).then_some(())
    });
    let words = "SELECT count(*) FROM gateway_event \
                 WHERE kind IN ('commitment_witnessed', 'commitment_contradicted')";
    assert_eq!(count(&system, words), 3);
    assert!(page(&system, NORTE).contains("role=\"alert\""));
    system.audit(&[]);
}
