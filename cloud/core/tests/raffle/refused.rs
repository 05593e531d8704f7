//! Every field that rules may not have so, by name.

use crate::sample::{DAY_MS, EXTRACTION_MS, T_CLOSE_MS, rules};
use cloud_core::raffle::canonical;
use cloud_core::raffle::rules::{Prize, Refused, Rules, Why};
use shared::octets::Octets;
use shared::time::UnixMs;

type Change = fn(&mut Rules);

/// A change that spoils one field, and how it is named.
fn table() -> Vec<(Change, &'static str, Why)> {
    use Why::*;
    vec![
        (|r| r.name.clear(), "name", Empty),
        (|r| r.name = "é".repeat(121), "name", TooLong),
        (|r| r.name = "a\nb".into(), "name", Malformed),
        (|r| r.name = " a".into(), "name", Malformed),
        (|r| r.promoter.name.clear(), "promoter.name", Empty),
        (
            |r| r.promoter.cnpj = "12ABC34501DE36".into(),
            "promoter.cnpj",
            Malformed,
        ),
        (
            |r| r.promoter.cnpj = "12.ABC.345/01DE-35".into(),
            "promoter.cnpj",
            Malformed,
        ),
        (
            |r| r.promoter.cnpj = "12abc34501de35".into(),
            "promoter.cnpj",
            Malformed,
        ),
        (|r| r.certificate.clear(), "certificate", Empty),
        (|r| r.certificate = "1".repeat(41), "certificate", TooLong),
        (|r| r.stores.clear(), "stores", Empty),
        (|r| r.stores = vec!["a".into(); 2], "stores.1", Duplicate),
        (|r| r.stores[1].clear(), "stores.1", Empty),
        (|r| r.opens_ms = r.closes_ms, "closes_ms", TooEarly),
        (|r| r.opens_ms = r.closes_ms.plus(1), "closes_ms", TooEarly),
        (
            |r| r.opens_ms = r.closes_ms.plus(-367 * DAY_MS),
            "closes_ms",
            TooLate,
        ),
        (
            |r| r.closes_ms = r.t_close_ms.plus(1),
            "t_close_ms",
            TooEarly,
        ),
        (
            |r| {
                r.closes_ms = r.t_close_ms.plus(-31 * DAY_MS);
            },
            "t_close_ms",
            TooLate,
        ),
        (
            |r| r.entries_per_person_max = 0,
            "entries_per_person_max",
            OutOfRange,
        ),
        (
            |r| r.entries_per_person_max = 1_001,
            "entries_per_person_max",
            OutOfRange,
        ),
        (|r| r.minimum_age = 17, "minimum_age", Mismatch),
        (|r| r.drand.chain = Octets([0; 32]), "drand.chain", Mismatch),
        (
            |r| r.drand.public_key.0[0] ^= 1,
            "drand.public_key",
            Mismatch,
        ),
        (|r| r.drand.genesis_s += 1, "drand.genesis_s", Mismatch),
        (|r| r.drand.period_s = 30, "drand.period_s", Mismatch),
        (|r| r.drand.round += 1, "drand.round", Mismatch),
        (
            |r| r.extraction.number.clear(),
            "extraction.number",
            Malformed,
        ),
        (
            |r| r.extraction.number = "5801-2".into(),
            "extraction.number",
            Malformed,
        ),
        (
            |r| r.extraction.number = "1234567890".into(),
            "extraction.number",
            Malformed,
        ),
        (
            |r| r.extraction.date = "2023-09-21".into(),
            "extraction.date",
            Mismatch,
        ),
        (
            |r| {
                // Ten hours before the next day: 13 hours after the end of the list.
                r.extraction.at_ms = T_CLOSE_MS.plus(DAY_MS / 2);
                r.extraction.date = "2023-09-15".into();
            },
            "extraction.at_ms",
            TooEarly,
        ),
        (|r| r.prizes.clear(), "prizes", Empty),
        (
            |r| {
                let first = r.prizes[0].clone();
                let ranked = (1..=501).map(|rank| Prize {
                    rank,
                    ..first.clone()
                });
                r.prizes = ranked.collect();
            },
            "prizes",
            TooMany,
        ),
        (|r| r.prizes[1].rank = 3, "prizes.1.rank", Mismatch),
        (|r| r.prizes[0].name.clear(), "prizes.0.name", Empty),
        (
            |r| r.prizes[2].value_centavos = 0,
            "prizes.2.value_centavos",
            OutOfRange,
        ),
        (|r| r.alternates = 1_001, "alternates", OutOfRange),
        (|r| r.claim_days = 90, "claim_days", Mismatch),
        (
            |r| r.disqualification_codes.clear(),
            "disqualification_codes",
            Empty,
        ),
        (
            |r| r.disqualification_codes[0].code = "Menor!".into(),
            "disqualification_codes.0.code",
            Malformed,
        ),
        (
            |r| r.disqualification_codes[1].code.clear(),
            "disqualification_codes.1.code",
            Empty,
        ),
        (
            |r| r.disqualification_codes[2].code = "menor".into(),
            "disqualification_codes.2.code",
            Duplicate,
        ),
        (
            |r| r.disqualification_codes[0].text.clear(),
            "disqualification_codes.0.text",
            Empty,
        ),
        (|r| r.fallback.clear(), "fallback", Empty),
        (|r| r.text.clear(), "text", Empty),
        (|r| r.text = "a".repeat(100_001), "text", TooLong),
        (
            |r| r.operator_key = Octets([0; 32]),
            "operator_key",
            Malformed,
        ),
    ]
}

#[test]
fn each_spoilt_field_is_named_alone() {
    assert_eq!(rules().check(), Ok(()));
    for (spoil, field, why) in table() {
        let mut spoilt = rules();
        spoil(&mut spoilt);
        let refused = Refused {
            field: field.to_owned(),
            why,
        };
        assert_eq!(spoilt.check(), Err(vec![refused]), "{field} {why:?}");
    }
}

#[test]
fn several_are_named_in_the_order_of_the_document() {
    let mut spoilt = rules();
    spoilt.text.clear();
    spoilt.claim_days = 1;
    spoilt.name.clear();
    let fields: Vec<String> = spoilt
        .check()
        .unwrap_err()
        .into_iter()
        .map(|refused| refused.field)
        .collect();
    assert_eq!(fields, ["name", "claim_days", "text"]);
}

#[test]
fn a_moment_out_of_this_world_is_refused_and_does_not_overflow() {
    for at_ms in [i64::MIN, -1, i64::MAX] {
        let mut spoilt = rules();
        spoilt.opens_ms = UnixMs(at_ms);
        spoilt.closes_ms = UnixMs(at_ms);
        spoilt.t_close_ms = UnixMs(at_ms);
        spoilt.extraction.at_ms = UnixMs(at_ms);
        let fields: Vec<String> = spoilt
            .check()
            .unwrap_err()
            .into_iter()
            .map(|refused| refused.field)
            .collect();
        for field in ["opens_ms", "closes_ms", "t_close_ms", "extraction.at_ms"] {
            assert!(fields.iter().any(|f| f == field), "{at_ms} {field}");
        }
    }
}

#[test]
fn only_a_draft_may_be_without_certificate() {
    let mut draft = rules();
    draft.certificate.clear();
    assert_eq!(draft.check_draft(), Ok(()));
    assert!(draft.check().is_err());
}

#[test]
fn the_hash_covers_every_field_and_the_text_is_one() {
    let (base, text) = (rules().hash(), rules().text_to_publish());
    assert_eq!(canonical::read::<Rules>(&text), Ok(rules()));
    assert!(text.starts_with(r#"{"alternates":20,"campaign_id":"cacaca"#));
    let mut hashes = vec![base];
    for (change, field, _) in table() {
        let mut other = rules();
        change(&mut other);
        assert_ne!(other.hash(), base, "{field}");
        hashes.push(other.hash());
    }
    let mut other = rules();
    other.extraction.at_ms = EXTRACTION_MS.plus(1);
    hashes.push(other.hash());
    let all = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), all);
}
