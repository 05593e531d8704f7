use crate::cloud::{Cloud, key};
use crate::program::Place;
use ed25519_dalek::SigningKey;
use shared::commitment::Commitment;
use shared::event::Fact;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::witness::{Promise, Shown, short};

const CRASH_AT: &str = "VOLTA_GATEWAY_CRASH_AT";

fn commitment() -> Commitment {
    Commitment {
        campaign: CampaignId::from_bytes([7; 16]),
        rules_hash: Octets([1; 32]),
        n: 1_234,
        root: Octets([0xab; 32]),
    }
}

fn shown(commitment: Commitment, by: &SigningKey) -> Shown {
    Shown {
        name: "Sorteio de dezembro".to_owned(),
        promise: Promise::new(commitment, by),
    }
}

/// What the cloud holds of this gateway's words about commitments.
fn words(cloud: &Cloud) -> Vec<Fact> {
    let is_word = |fact: &Fact| {
        let kinds = ["commitment_witnessed", "commitment_contradicted"];
        kinds.contains(&fact.kind())
    };
    cloud.facts().into_iter().filter(is_word).collect()
}

#[tokio::test]
async fn a_commitment_is_witnessed_once_however_often_the_gateway_dies_around_it() {
    for point in [
        "commitment_witnessed:after_commit",
        "commitment_witnessed:before_report",
    ] {
        let cloud = Cloud::start().await;
        cloud.book().commitments = vec![shown(commitment(), &key())];
        let place = Place::new(&cloud);
        place.start(&[(CRASH_AT, point)]).crashed().await;
        assert_eq!(words(&cloud), [], "{point}: not told yet");
        let again = place.start(&[]);
        cloud
            .until("the witness", |book| {
                book.count("commitment_witnessed") == 1
            })
            .await;
        again.kill().await;
        let _third = place.start(&[]);
        cloud.until("a third start", |book| book.boots() == 3).await;
        let told = words(&cloud);
        let [
            Fact::CommitmentWitnessed {
                promise,
                seen_ms,
                witness,
                ..
            },
        ] = told.as_slice()
        else {
            panic!("{point}: {told:?}");
        };
        assert_eq!(*promise, shown(commitment(), &key()).promise);
        let device = cloud.book().device.unwrap();
        let device = Octets(*device.as_bytes());
        assert!(commitment().is_witnessed(&device, *seen_ms, witness));
        let known = cloud.book().offline.commitments.clone();
        assert_eq!(known, Some(vec![short(&commitment())]), "{point}");
    }
}

#[tokio::test]
async fn a_cloud_that_shows_two_roots_is_found_out() {
    let cloud = Cloud::start().await;
    cloud.book().commitments = vec![shown(commitment(), &key())];
    let place = Place::new(&cloud);
    let mut gateway = place.start(&[]);
    cloud
        .until("the witness", |book| {
            book.count("commitment_witnessed") == 1
        })
        .await;
    let page = gateway.get("/dock").await;
    assert!(
        page.contains("Sorteio de dezembro") && page.contains("1.234"),
        "{page}"
    );
    assert!(!page.contains("role=\"alert\""), "{page}");
    gateway.kill().await;

    let other = Commitment {
        root: Octets([0xcd; 32]),
        ..commitment()
    };
    cloud.book().commitments = vec![shown(other, &key())];
    let mut again = place.start(&[]);
    cloud
        .until("the contradiction", |book| {
            book.count("commitment_contradicted") == 1
        })
        .await;
    // Nobody needs the cloud to see it: the dock's own page says so, also after a restart.
    let page = again.get("/dock").await;
    for word in ["role=\"alert\"", "abab abab", "cdcd cdcd"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    again.kill().await;
    let mut third = place.start(&[]);
    cloud.until("a third start", |book| book.boots() == 3).await;
    let asked = cloud.book().exchanges;
    cloud
        .until("more syncs", |book| book.exchanges >= asked + 2)
        .await;
    let told = words(&cloud);
    let [
        Fact::CommitmentWitnessed { promise, .. },
        Fact::CommitmentContradicted { held, shown, .. },
    ] = told.as_slice()
    else {
        panic!("one word each: {told:?}");
    };
    assert_eq!(promise, held);
    assert_eq!((held.commitment, shown.commitment), (commitment(), other));
    assert!(third.get("/dock").await.contains("role=\"alert\""));
}

#[tokio::test]
async fn a_commitment_that_the_cloud_did_not_sign_is_no_commitment() {
    let cloud = Cloud::start().await;
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let genuine = Commitment {
        campaign: CampaignId::from_bytes([8; 16]),
        ..commitment()
    };
    cloud.book().commitments = vec![shown(commitment(), &stranger), shown(genuine, &key())];
    let place = Place::new(&cloud);
    let _gateway = place.start(&[]);
    cloud
        .until("the witness", |book| book.count("commitment_witnessed") > 0)
        .await;
    let known = |book: &crate::cloud::Book| book.offline.commitments.clone();
    cloud
        .until("its name", |book| {
            known(book) == Some(vec![short(&genuine)])
        })
        .await;
    let told = words(&cloud);
    let [Fact::CommitmentWitnessed { promise, .. }] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(promise.commitment, genuine);
}
