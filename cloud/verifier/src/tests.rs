//! Good bundles of each stage hold; every changed byte and every lie is refused by the check that is named.

#[path = "../tests/support/bundle.rs"]
mod bundle;

#[path = "../tests/support/lies.rs"]
mod lies;

use super::{Report, check};
use bundle::Maker;
use std::time::{SystemTime, UNIX_EPOCH};

const FLIPS: usize = 2_000;

fn told(report: &Report) -> String {
    report.text()
}

#[test]
fn good_bundles_of_each_stage_hold() {
    for (name, text, pending) in lies::good() {
        let report = check(text.as_bytes(), None);
        assert_eq!(report.first(super::REFUSED), None, "{name}: {}", told(&report));
        let waits = report.0.iter().any(|(_, stands, _)| *stands == super::PENDING);
        assert_eq!(waits, pending, "{name}: {}", told(&report));
    }
}

#[test]
fn every_lie_is_refused_by_its_check() {
    for (name, text, refusing) in lies::lies() {
        let report = check(text.as_bytes(), None);
        assert_eq!(report.first(super::REFUSED), Some(refusing), "{name}: {}", told(&report));
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.subsec_nanos()) | 1;
    println!("seed {seed}");
    let mut state = u64::from(seed);
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 11).unwrap()
    };
    let text = Maker::accounted(lies::N).text();
    for _ in 0..FLIPS {
        let (at, by) = (random() % text.len(), 1 + random() % 255);
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= u8::try_from(by).unwrap();
        assert!(check(&bytes, None).first(super::REFUSED).is_some(), "seed {seed}: byte {at} by {by:02x}");
    }
}

#[test]
fn every_receipt_finds_its_entry_and_no_other_does() {
    for text in [Maker::committed(lies::N).text(), Maker::drawn(lies::N).text()] {
        for index in 0..lies::N {
            let report = check(text.as_bytes(), Some(bundle::receipt(index).to_string().as_bytes()));
            assert_eq!(report.first(super::REFUSED), None, "{index}: {}", told(&report));
        }
        let mut other = bundle::receipt(0);
        other["campaign_id"] = serde_json::json!("c1".repeat(16));
        for receipt in [bundle::receipt(lies::N).to_string(), other.to_string(), "{}".to_owned(), String::new()] {
            assert_eq!(check(text.as_bytes(), Some(receipt.as_bytes())).first(super::REFUSED), Some("Recibo"));
        }
    }
}

#[test]
fn receipts_hold_or_are_refused_whatever_they_are() {
    let text = Maker::accounted(lies::N).text();
    for (name, receipt, holds) in lies::receipts() {
        let report = check(text.as_bytes(), Some(receipt.as_bytes()));
        assert_eq!(report.first(super::REFUSED), (!holds).then_some("Recibo"), "{name}: {}", told(&report));
    }
}

#[test]
fn texts_that_are_no_text_are_refused() {
    for bytes in [b"\xff\xfe".as_slice(), b"{\"beacon\":\"\xc3\x28\"}", &[0; 64], &[b'['; 1_000_000]] {
        assert_eq!(check(bytes, None).first(super::REFUSED), Some("Formato"));
    }
}

#[test]
fn the_example_of_the_method_gives_its_numbers() {
    let record = serde_json::json!({"prizes": bundle::PRIZES});
    assert_eq!(super::combinations(&record), [5_230_769, 8_694_127]);
    assert_eq!(super::number_of(2, 5), "5999999");
    let leaf = |text: &str| super::hash(&[&[0], &hex::decode(text).unwrap()]);
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(leaf);
    let root = hex::encode(super::merkle_root(&leaves));
    assert_eq!(root, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}
