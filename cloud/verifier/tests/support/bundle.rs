//! A maker of bundles for tests, written from the method's text and from none of the programs it tests.
//! It holds every key, so that it can also lie as an operator would: with valid signatures.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The drand round 657413 and its signature are real; the list closes half an hour before it.
const T_CLOSE_MS: u64 = 1_694_773_803_000;
pub const EXTRACTION_MS: u64 = T_CLOSE_MS + 72 * HOUR_MS;
pub const HOUR_MS: u64 = 3_600_000;
const ROUND: u64 = 657_413;
const BEACON: &str = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be\
                      41076862b98fad56e91a6b85b89cd97b";
const KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c\
                   8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb\
                   5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
const CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
pub const PRIZES: [&str; 5] = ["71953", "08420", "35187", "90266", "44719"];
/// Both combinations are 9999999, which no list but that of 10^7's divisors gives out.
pub const NO_PRIZES: [&str; 5] = ["00999"; 5];

pub fn hash(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// `serde_json` sorts keys, writes no space and escapes as RFC 8785 does; `canonical_text` looks after it.
pub fn jcs(value: &Value) -> String {
    value.to_string()
}

#[derive(Clone)]
pub struct Maker {
    operator: SigningKey,
    pub b: Value,
}

impl Maker {
    /// A bundle in the stage "committed", with two witnesses.
    pub fn committed(n: usize) -> Self {
        let operator = SigningKey::from_bytes(&[7; 32]);
        let entries: Vec<Value> = (0..n).map(|index| json!(entry(index % n.div_ceil(3), index))).collect();
        let b = json!({
            "format": "SA1/bundle/1", "rules": rules(&operator), "entries": entries,
            "commit": {"n": n, "root": "", "rules_hash": "", "committed_ms": T_CLOSE_MS + 600_000, "signature": ""},
            "witnesses": [], "beacon": null, "results": [], "disqualified": [], "winners": [],
            "made_ms": EXTRACTION_MS + 900 * HOUR_MS, "signature": ""
        });
        let mut maker = Self { operator, b };
        maker.commit();
        maker.witness();
        maker
    }

    pub fn shuffled(n: usize) -> Self {
        let mut maker = Self::committed(n);
        maker.b["beacon"] = json!({"round": ROUND, "signature": BEACON});
        maker
    }

    pub fn drawn(n: usize) -> Self {
        let mut maker = Self::shuffled(n);
        maker.result("result", None, 5_900, PRIZES, "");
        maker.award();
        maker
    }

    /// With one entry out before the draw, and a winner and an alternate after it.
    pub fn accounted(n: usize) -> Self {
        let mut maker = Self::drawn(n);
        let first = maker.b["winners"][0]["position"].as_u64().unwrap();
        maker.disqualify((first + 1) % n as u64, "before");
        maker.award();
        let second = maker.b["winners"][1]["position"].as_u64().unwrap();
        maker.disqualify(second, "after");
        maker.award();
        let taken = maker.b["winners"][1]["position"].as_u64().unwrap();
        maker.disqualify(taken, "after");
        maker.award();
        for (index, delivery) in ["delivered", "expired", "delivered"].into_iter().enumerate() {
            maker.b["winners"][index]["delivery"] = json!(delivery);
            maker.b["winners"][index]["delivery_ms"] = json!(EXTRACTION_MS + 90 * HOUR_MS);
        }
        maker.b["winners"][0]["name"] = json!("M. da S. ção \u{7f}\"\\\u{1}");
        maker
    }

    /// Sorts the list, takes its root and the rules' hash, and signs the commitment anew.
    pub fn commit(&mut self) {
        let campaign = unhex(&self.b["rules"]["campaign_id"]);
        let mut entries: Vec<(Vec<u8>, Value)> = Vec::new();
        for entry in self.b["entries"].as_array().unwrap() {
            entries.push((hash(&[&[0, 1], &campaign, &unhex(entry)]), entry.clone()));
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        self.b["entries"] = entries.iter().map(|(_, entry)| entry.clone()).collect();
        let leaves: Vec<Vec<u8>> = entries.into_iter().map(|(leaf, _)| leaf).collect();
        self.b["commit"]["n"] = json!(leaves.len());
        self.b["commit"]["root"] = json!(hex::encode(root(&leaves)));
        self.b["commit"]["rules_hash"] = json!(hex::encode(hash(&[b"SA1/rules\0", jcs(&self.b["rules"]).as_bytes()])));
        self.sign_commitment();
    }

    pub fn sign_commitment(&mut self) {
        let signature = self.operator.sign(&self.commitment());
        self.b["commit"]["signature"] = json!(hex::encode(signature.to_bytes()));
    }

    fn commitment(&self) -> Vec<u8> {
        let commit = &self.b["commit"];
        let n = commit["n"].as_u64().unwrap().to_be_bytes();
        let campaign = unhex(&self.b["rules"]["campaign_id"]);
        [b"SA1/commit".as_slice(), &campaign, &unhex(&commit["rules_hash"]), &n, &unhex(&commit["root"])].concat()
    }

    pub fn witness(&mut self) {
        let one = |number: u8, seen_ms: u64| {
            let key = SigningKey::from_bytes(&[number; 32]);
            let message = [b"SA1/witness".as_slice(), &self.commitment(), &seen_ms.to_be_bytes()].concat();
            json!({
                "gateway": format!("0190f3a2-0000-7000-8000-0000000000{number:02}"), "name": format!("Entrada {number}"),
                "public_key": hex::encode(key.verifying_key().to_bytes()), "seen_ms": seen_ms,
                "signature": hex::encode(key.sign(&message).to_bytes())
            })
        };
        let witnesses = json!([one(11, T_CLOSE_MS + 700_000), one(12, EXTRACTION_MS + 5)]);
        self.b["witnesses"] = witnesses;
    }

    pub fn result(&mut self, kind: &str, replaces: Option<u64>, number: u64, prizes: [&str; 5], reason: &str) {
        let at_ms = EXTRACTION_MS + (number - 5_900) * 72 * HOUR_MS;
        let sequence = self.b["results"].as_array().unwrap().len() + 1;
        let digest = "ab".repeat(32);
        self.b["results"].as_array_mut().unwrap().push(json!({
            "sequence": sequence, "kind": kind, "replaces": replaces, "prizes": prizes, "reason": reason,
            "extraction": {"number": format!("{number:05}"), "date": "2023-09-18", "at_ms": at_ms},
            "sources": [{"name": "caixa", "digest": digest}, {"name": "jornal", "digest": digest}],
            "entered_ms": at_ms + 1_000 + sequence as u64 * 80 * HOUR_MS, "signature": ""
        }));
        self.sign_results();
    }

    pub fn sign_results(&mut self) {
        let campaign = unhex(&self.b["rules"]["campaign_id"]);
        for record in self.b["results"].as_array_mut().unwrap() {
            record.as_object_mut().unwrap().remove("signature");
            let message = [b"SA1/result".as_slice(), &campaign, &hash(&[jcs(record).as_bytes()])].concat();
            record["signature"] = json!(hex::encode(self.operator.sign(&message).to_bytes()));
        }
    }

    /// Index of the entry at each position.
    fn order(&self) -> Vec<usize> {
        let campaign = unhex(&self.b["rules"]["campaign_id"]);
        let beacon = self.b["beacon"]["signature"].as_str().map_or(vec![0; 32], |text| hash(&[&hex::decode(text).unwrap()]));
        let root = unhex(&self.b["commit"]["root"]);
        let entries = self.b["entries"].as_array().unwrap();
        let leaf = |entry: &Value| hash(&[&[0, 1], &campaign, &unhex(entry)]);
        let mut keys: Vec<(Vec<u8>, usize)> =
            entries.iter().map(|entry| hash(&[b"SA1/order", &root, &beacon, &leaf(entry)])).zip(0..).collect();
        keys.sort();
        keys.into_iter().map(|(_, entry)| entry).collect()
    }

    pub fn pid_at(&self, position: u64) -> String {
        let entry = self.order()[usize::try_from(position).unwrap()];
        self.b["entries"][entry].as_str().unwrap()[..32].to_owned()
    }

    pub fn disqualify(&mut self, position: u64, stage: &str) {
        let sequence = self.b["disqualified"].as_array().unwrap().len() + 1;
        let decided_ms = if stage == "before" { EXTRACTION_MS - HOUR_MS } else { EXTRACTION_MS + 85 * HOUR_MS };
        let pid = self.pid_at(position);
        self.b["disqualified"].as_array_mut().unwrap().push(json!({
            "sequence": sequence, "position": position, "pid": pid, "code": "staff", "stage": stage, "decided_ms": decided_ms
        }));
    }

    /// Fills in the winners that the last record and the disqualifications give.
    pub fn award(&mut self) {
        let (order, n) = (self.order(), self.b["entries"].as_array().unwrap().len() as u64);
        let q = 10_000_000 / n;
        let drawn = self.b["results"].as_array().unwrap().last().unwrap()["prizes"].clone();
        let digits: Vec<Vec<u64>> =
            (0..5).map(|prize| drawn[prize].as_str().unwrap().bytes().map(|c| u64::from(c - b'0')).collect()).collect();
        let (u, t, h) = (4, 3, 2);
        let c1 = [digits[0][t], digits[1][t], digits[0][u], digits[1][u], digits[2][u], digits[3][u], digits[4][u]];
        let c2 = [digits[2][t], digits[3][t], digits[0][h], digits[1][h], digits[2][h], digits[3][h], digits[4][h]];
        let value = |c: [u64; 7]| c.into_iter().fold(0, |sum, digit| sum * 10 + digit);
        let Some(c) = [c1, c2].map(value).into_iter().find(|c| *c < q * n) else { return };
        let out = |stage: &str| -> Vec<u64> {
            let records = self.b["disqualified"].as_array().unwrap().iter();
            records.filter(|record| record["stage"] == stage).map(|record| record["position"].as_u64().unwrap()).collect()
        };
        let (before, after) = (out("before"), out("after"));
        let mut walk: Vec<u64> = Vec::new();
        for position in (0..n).map(|step| (c / q + step) % n) {
            let taken = walk.iter().any(|other| self.pid_at_in(&order, *other) == self.pid_at_in(&order, position));
            if !taken && !before.contains(&position) && walk.len() < 7 {
                walk.push(position);
            }
        }
        let mut alternates = walk.split_off(walk.len().min(3)).into_iter();
        let mut prizes: Vec<Option<u64>> = (0..3).map(|rank| walk.get(rank).copied()).collect();
        for (index, position) in after.iter().enumerate() {
            if let Some(rank) = prizes.iter().position(|holder| *holder == Some(*position)) {
                prizes[rank] = alternates.find(|next| !after[..index].contains(next));
            }
        }
        let row = |rank: usize| {
            let position = prizes[rank];
            json!({
                "rank": rank + 1, "position": position, "number": position.map(|p| format!("{:07}", (p + 1) * q - 1)),
                "pid": position.map(|p| self.pid_at_in(&order, p)), "name": null, "delivery": "pending", "delivery_ms": null
            })
        };
        let winners = json!([row(0), row(1), row(2)]);
        self.b["winners"] = winners;
    }

    fn pid_at_in(&self, order: &[usize], position: u64) -> String {
        self.b["entries"][order[usize::try_from(position).unwrap()]].as_str().unwrap()[..32].to_owned()
    }

    /// The text, signed as it now stands.
    pub fn text(&self) -> String {
        let mut b = self.b.clone();
        b.as_object_mut().unwrap().remove("signature");
        let message = [b"SA1/bundle".as_slice(), &hash(&[jcs(&b).as_bytes()])].concat();
        b["signature"] = json!(hex::encode(self.operator.sign(&message).to_bytes()));
        jcs(&b)
    }
}

/// The receipt of the entry that was made with `index`.
pub fn receipt(index: usize) -> Value {
    json!({
        "format": "SA1/receipt/1", "campaign_id": "c0".repeat(16), "event": event(index), "salt": hex::encode(salt(index))
    })
}

fn event(index: usize) -> String {
    format!("{{\"seq\":{index},\"kind\":\"returned\",\"vaga\":\"ção \\\"A\\\\\"}}")
}

fn salt(index: usize) -> Vec<u8> {
    hash(&[b"salt", &index.to_be_bytes()])[..16].to_vec()
}

pub fn entry(person: usize, index: usize) -> String {
    let pid = &hash(&[b"pid", &person.to_be_bytes()])[..16];
    let ev = hash(&[&hash(&[event(index).as_bytes()]), &salt(index)]);
    hex::encode([pid, &ev].concat())
}

fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    if let [leaf] = leaves {
        return leaf.clone();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    hash(&[&[1], &root(left), &root(right)])
}

fn rules(operator: &SigningKey) -> Value {
    json!({
        "method": "SA-1", "campaign_id": "c0".repeat(16), "name": "Volta premiada",
        "promoter": {"name": "Mercado Exemplo", "cnpj": "12ABC34501DE35"}, "certificate": "04.000001/2026", "stores": ["Norte", "Sul"],
        "opens_ms": T_CLOSE_MS - 900 * HOUR_MS, "closes_ms": T_CLOSE_MS - 72 * HOUR_MS, "t_close_ms": T_CLOSE_MS,
        "entries_per_person_max": 3, "minimum_age": 18,
        "drand": {"chain": CHAIN, "public_key": KEY, "genesis_s": 1_692_803_367, "period_s": 3, "round": ROUND},
        "extraction": {"number": "05900", "date": "2023-09-18", "at_ms": EXTRACTION_MS},
        "prizes": [
            {"rank": 1, "name": "Vale-compras", "value_centavos": 50_000}, {"rank": 2, "name": "Cesta", "value_centavos": 20_000},
            {"rank": 3, "name": "Cesta", "value_centavos": 20_000}
        ],
        "alternates": 4, "claim_days": 180, "disqualification_codes": [{"code": "staff", "text": "Funcionário"}],
        "fallback": "Extração seguinte", "text": "Regulamento…", "operator_key": hex::encode(operator.verifying_key().to_bytes())
    })
}
