//! Bundles of every stage that must hold, and lies of an operator who holds the key, each with the check that tells.

use super::bundle::{EXTRACTION_MS, HOUR_MS, Maker, NO_PRIZES, PRIZES, entry, jcs, receipt};
use serde_json::{Value, json};

pub const N: usize = 61;

/// A name, the text, and whether stages are still to come.
pub fn good() -> Vec<(&'static str, String, bool)> {
    let mut absent = Maker::committed(N);
    absent.b["beacon"] = json!({"round": 657_413, "absent_ms": EXTRACTION_MS - 2 * HOUR_MS});
    absent.result("result", None, 5_900, PRIZES, "");
    absent.award();
    let mut undecided = Maker::shuffled(N);
    undecided.result("result", None, 5_900, NO_PRIZES, "");
    let mut next = undecided.clone();
    next.result("next", None, 5_901, PRIZES, "Nenhuma combinação serviu");
    next.award();
    let mut later = Maker::shuffled(N);
    later.result("result", None, 5_902, PRIZES, "Sem extração no dia");
    later.award();
    let mut rectified = Maker::shuffled(N);
    rectified.result("result", None, 5_900, NO_PRIZES, "");
    rectified.result("rectification", Some(1), 5_900, PRIZES, "Erro de digitação");
    rectified.award();
    let mut few = Maker::drawn(4);
    few.b["witnesses"] = json!([]);
    let mut early = Maker::shuffled(N);
    early.disqualify(3, "before");
    vec![
        ("committed", Maker::committed(N).text(), true),
        ("single", Maker::drawn(1).text(), true),
        ("few", few.text(), true),
        ("shuffled", Maker::shuffled(N).text(), true),
        ("early", early.text(), true),
        ("absent", absent.text(), true),
        ("undecided", undecided.text(), true),
        ("next", next.text(), true),
        ("later", later.text(), true),
        ("rectified", rectified.text(), true),
        ("drawn", Maker::drawn(N).text(), true),
        ("accounted", Maker::accounted(N).text(), false),
    ]
}

/// A name, the text, and the check that must refuse it. Every signature is valid unless the name says otherwise.
pub fn lies() -> Vec<(&'static str, String, &'static str)> {
    [structure(), list(), commitment(), beacon(), results(), people()].concat()
}

type Lies = Vec<(&'static str, String, &'static str)>;

fn told(start: &Maker, name: &'static str, refusing: &'static str, lie: impl FnOnce(&mut Maker)) -> (&'static str, String, &'static str) {
    let mut maker = start.clone();
    lie(&mut maker);
    (name, maker.text(), refusing)
}

fn structure() -> Lies {
    let start = &Maker::drawn(N);
    let text = start.text();
    let swapped = text.replacen("\"made_ms\":", "\"made_ms\": ", 1);
    let twice = text.replacen("{\"beacon\":", "{\"beacon\":null,\"beacon\":", 1);
    let float = text.replacen("\"alternates\":4", "\"alternates\":4.0", 1);
    let huge = text.replacen("\"alternates\":4", "\"alternates\":9007199254740992", 1);
    let vast = text.replacen("\"alternates\":4", &format!("\"alternates\":1{}", "0".repeat(400)), 1);
    let exponent = text.replacen("\"alternates\":4", "\"alternates\":4e0", 1);
    let endless = text.replacen("\"alternates\":4", "\"alternates\":1e999", 1);
    let first = text.replacen("{\"beacon\":", "{\"winners\":[[[[]]]],\"beacon\":", 1);
    let named = text.replacen("{\"beacon\":", &format!("{{\"{}\":1,\"beacon\":", "\u{9b}31m".repeat(200_000)), 1);
    let minus = text.replacen("\"alternates\":4", "\"alternates\":-0", 1);
    let deep = text.replacen("\"alternates\":4", &format!("\"alternates\":{}{}", "[".repeat(100_000), "]".repeat(100_000)), 1);
    let shallow = text.replacen("\"alternates\":4", &format!("\"alternates\":{}{}", "[".repeat(100), "]".repeat(100)), 1);
    let escaped = text.replacen("Mercado", "\\u004dercado", 1);
    let lone = text.replacen("Mercado", "\\ud800", 1);
    let unsorted =
        text.replacen("\"name\":\"caixa\"}", "}", 1).replacen("{\"digest\":", "{\"name\":\"caixa\",\"digest\":", 1).replacen(",}", "}", 1);
    assert_eq!(unsorted.len(), text.len());
    let texts = [
        ("keys out of order", unsorted),
        ("a space", swapped),
        ("a key twice", twice),
        ("a key twice with another value", first),
        ("a float", float),
        ("an exponent", exponent),
        ("an endless number", endless),
        ("a huge number", huge),
        ("a vast number", vast),
        ("minus zero", minus),
        ("a deep nest", deep),
        ("a nest", shallow),
        ("another escape", escaped),
        ("half a character", lone),
        ("nothing", String::new()),
        ("half of it", text[..text.len() / 2].to_owned()),
        ("a line more", format!("{text}\n")),
        ("a line of Windows more", format!("{text}\r\n")),
        ("a mark of order", format!("\u{feff}{text}")),
        ("no JSON", "<!doctype html>".to_owned()),
        ("a name without an end", named),
        ("values without an end", format!("[{}0]", "[0],".repeat(1_000_001))),
        ("a list", "[]".to_owned()),
        ("null", "null".to_owned()),
        ("a number", "1".to_owned()),
        ("a string", "\"SA-1\"".to_owned()),
        ("no object", "{}".to_owned()),
        ("a prototype", "{\"__proto__\":null}".to_owned()),
    ];
    // Under a key of small order, the neutral point and a zero are a signature of everything.
    let forged = |key: String| {
        let mut b = start.b.clone();
        (b["rules"]["operator_key"], b["signature"]) = (json!(key), json!(format!("01{}", "00".repeat(63))));
        jcs(&b)
    };
    let mut lies: Lies = texts.into_iter().map(|(name, text)| (name, text, "Formato")).collect();
    lies.extend([
        told(start, "an unknown key", "Formato", |m| m.b["rules"]["extra"] = json!(1)),
        told(start, "a missing key", "Formato", |m| drop(m.b["rules"].as_object_mut().unwrap().remove("prizes"))),
        told(start, "a wrong type", "Formato", |m| m.b["entries"] = json!({})),
        told(start, "an entry that is null", "Formato", |m| m.b["entries"][3] = json!(null)),
        told(start, "upper-case digits", "Formato", |m| m.b["commit"]["root"] = json!("AB".repeat(32))),
        told(start, "another format", "Formato", |m| m.b["format"] = json!("SA1/bundle/2")),
        told(start, "another operator's key", "Assinatura", |m| m.b["rules"]["operator_key"] = json!("58".repeat(32))),
        ("a key of order one", forged(format!("01{}", "00".repeat(31))), "Assinatura"),
        ("a key of order one in another spelling", forged(format!("ee{}7f", "ff".repeat(30))), "Assinatura"),
        ("a key of order one with a sign", forged(format!("01{}80", "00".repeat(30))), "Assinatura"),
        ("a key of order two", forged(format!("ec{}7f", "ff".repeat(30))), "Assinatura"),
        ("a key of order four", forged("00".repeat(32)), "Assinatura"),
    ]);
    lies
}

fn list() -> Lies {
    let start = &Maker::drawn(N);
    vec![
        told(start, "no network that we know", "Regras", |m| m.b["rules"]["drand"]["chain"] = json!("11".repeat(32))),
        told(start, "another round in the rules", "Regras", |m| m.b["rules"]["drand"]["round"] = json!(657_414)),
        told(start, "a list that closes before it opens", "Regras", |m| m.b["rules"]["opens_ms"] = json!(EXTRACTION_MS)),
        told(start, "no prizes", "Regras", |m| m.b["rules"]["prizes"] = json!([])),
        told(start, "prizes out of order", "Regras", |m| m.b["rules"]["prizes"][0]["rank"] = json!(2)),
        told(start, "an empty list", "Lista", |m| m.b["entries"] = json!([])),
        told(start, "two entries swapped", "Lista", |m| m.b["entries"].as_array_mut().unwrap().swap(4, 5)),
        told(start, "a leaf twice", "Lista", |m| {
            let twin = m.b["entries"][7].clone();
            m.b["entries"].as_array_mut().unwrap().push(twin);
            m.commit();
        }),
        told(start, "a return for two persons", "Lista", |m| {
            let ev = m.b["entries"][7].as_str().unwrap()[32..].to_owned();
            m.b["entries"].as_array_mut().unwrap().push(json!(format!("{}{ev}", "ee".repeat(16))));
            m.commit();
        }),
        told(start, "a cap exceeded", "Lista", |m| {
            m.b["entries"].as_array_mut().unwrap().push(json!(entry(0, 4_000)));
            m.commit();
        }),
    ]
}

fn commitment() -> Lies {
    let start = &Maker::drawn(N);
    vec![
        told(start, "an entry dropped", "Compromisso", |m| drop(m.b["entries"].as_array_mut().unwrap().remove(9))),
        told(start, "another root", "Compromisso", |m| {
            m.b["commit"]["root"] = json!("11".repeat(32));
            m.sign_commitment();
        }),
        told(start, "another count", "Compromisso", |m| {
            m.b["commit"]["n"] = json!(N + 1);
            m.sign_commitment();
        }),
        told(start, "other rules", "Compromisso", |m| m.b["rules"]["alternates"] = json!(0)),
        told(start, "a commitment that nobody signed", "Compromisso", |m| m.b["commit"]["signature"] = json!("00".repeat(64))),
        told(start, "an early commitment", "Compromisso", |m| {
            m.b["commit"]["committed_ms"] = json!(m.b["rules"]["t_close_ms"].as_u64().unwrap() - 1);
        }),
        told(start, "a late commitment", "Apuração", |m| m.b["commit"]["committed_ms"] = json!(EXTRACTION_MS - 24 * HOUR_MS + 1)),
        told(start, "witnesses of another root", "Testemunhas", |m| {
            m.b["entries"].as_array_mut().unwrap().remove(9);
            m.commit();
        }),
        told(start, "a witness twice", "Testemunhas", |m| m.b["witnesses"][1] = m.b["witnesses"][0].clone()),
        told(start, "a witness at another time", "Testemunhas", |m| m.b["witnesses"][1]["seen_ms"] = json!(1)),
    ]
}

fn beacon() -> Lies {
    let start = &Maker::drawn(N);
    vec![
        told(start, "another round", "Embaralhamento", |m| m.b["beacon"]["round"] = json!(657_414)),
        told(start, "a beacon that is no point", "Embaralhamento", |m| m.b["beacon"]["signature"] = json!("b7".repeat(48))),
        told(start, "the point at infinity", "Embaralhamento", |m| {
            m.b["beacon"]["signature"] = json!(format!("c0{}", "00".repeat(47)));
        }),
        told(start, "the other half of the curve", "Embaralhamento", |m| {
            let flipped = m.b["beacon"]["signature"].as_str().unwrap().replacen("b7", "97", 1);
            m.b["beacon"]["signature"] = json!(flipped);
        }),
        told(start, "a point that is no signature", "Embaralhamento", |m| {
            // The generator of G1.
            m.b["beacon"]["signature"] =
                json!("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
        }),
        told(start, "a point outside the group", "Embaralhamento", |m| {
            m.b["beacon"]["signature"] = json!(format!("80{}04", "00".repeat(46)));
        }),
        told(start, "an absence declared early", "Embaralhamento", |m| {
            m.b["beacon"] = json!({"round": 657_413, "absent_ms": EXTRACTION_MS - 2 * HOUR_MS - 1});
        }),
        told(start, "zeros for the beacon", "Ganhadores", |m| {
            m.b["beacon"] = json!({"round": 657_413, "absent_ms": EXTRACTION_MS - HOUR_MS});
        }),
        told(start, "a result before the beacon", "Apuração", |m| m.b["beacon"] = json!(null)),
    ]
}

fn results() -> Lies {
    let start = &Maker::drawn(N);
    let signed = |name, lie: fn(&mut Maker)| {
        told(start, name, "Apuração", |m| {
            lie(m);
            m.sign_results();
        })
    };
    vec![
        told(start, "prizes that nobody signed", "Apuração", |m| m.b["results"][0]["prizes"][0] = json!("71954")),
        signed("four prizes", |m| drop(m.b["results"][0]["prizes"].as_array_mut().unwrap().pop())),
        signed("one source", |m| drop(m.b["results"][0]["sources"].as_array_mut().unwrap().pop())),
        signed("one source twice", |m| m.b["results"][0]["sources"][1]["name"] = json!("caixa")),
        signed("a count that starts at 2", |m| m.b["results"][0]["sequence"] = json!(2)),
        signed("an earlier extraction", |m| {
            m.b["results"][0]["extraction"]["number"] = json!("05899");
            m.b["results"][0]["reason"] = json!("Sim");
        }),
        signed("a later extraction without a reason", |m| m.b["results"][0]["extraction"]["number"] = json!("05901")),
        signed("a reason for nothing", |m| m.b["results"][0]["reason"] = json!("Sim")),
        signed("a result before the extraction", |m| m.b["results"][0]["entered_ms"] = json!(EXTRACTION_MS - 1)),
        signed("an extraction soon after the commitment", |m| {
            m.b["results"][0]["extraction"]["at_ms"] = json!(m.b["commit"]["committed_ms"].as_u64().unwrap() + 24 * HOUR_MS - 1);
            m.b["results"][0]["reason"] = json!("Sim");
        }),
        told(start, "a redraw", "Apuração", |m| m.result("result", None, 5_901, NO_PRIZES, "De novo")),
        told(start, "a next extraction without need", "Apuração", |m| {
            m.result("next", None, 5_901, PRIZES, "De novo");
            m.award();
        }),
        told(start, "a next extraction first", "Apuração", |m| {
            m.b["results"] = json!([]);
            m.result("next", None, 5_901, PRIZES, "De novo");
            m.award();
        }),
        told(start, "a next extraction of the same day", "Apuração", |m| {
            m.b["results"] = json!([]);
            m.result("result", None, 5_900, NO_PRIZES, "");
            m.result("next", None, 5_900, PRIZES, "De novo");
            m.award();
        }),
        told(start, "a rectification of nothing", "Apuração", |m| {
            m.result("rectification", Some(4), 5_900, PRIZES, "Erro");
        }),
        told(start, "a rectification without a reason", "Apuração", |m| {
            m.result("rectification", Some(1), 5_900, PRIZES, "");
        }),
        told(start, "a rectification after the delivery", "Datas", |m| {
            m.result("rectification", Some(1), 5_900, PRIZES, "Erro");
            m.b["winners"][0]["delivery"] = json!("delivered");
            m.b["winners"][0]["delivery_ms"] = json!(EXTRACTION_MS + 90 * HOUR_MS);
        }),
        told(start, "a result of tomorrow", "Datas", |m| m.b["made_ms"] = json!(EXTRACTION_MS)),
    ]
}

fn people() -> Lies {
    let start = &Maker::drawn(N);
    let out = &Maker::accounted(N);
    vec![
        told(start, "a winner swapped", "Ganhadores", |m| {
            let (mut first, mut second) = (m.b["winners"][0].clone(), m.b["winners"][1].clone());
            (first["rank"], second["rank"]) = (json!(2), json!(1));
            m.b["winners"] = json!([second, first, m.b["winners"][2]]);
        }),
        told(start, "a second prize for one person", "Ganhadores", |m| {
            m.b["winners"][1] = m.b["winners"][0].clone();
            m.b["winners"][1]["rank"] = json!(2);
        }),
        told(start, "a winner too few", "Ganhadores", |m| drop(m.b["winners"].as_array_mut().unwrap().pop())),
        told(start, "no winners", "Ganhadores", |m| m.b["winners"] = json!([])),
        told(start, "another number", "Ganhadores", |m| m.b["winners"][0]["number"] = json!("0000001")),
        told(start, "a delivery without a day", "Ganhadores", |m| m.b["winners"][0]["delivery"] = json!("delivered")),
        told(start, "winners before a result", "Ganhadores", |m| m.b["results"] = json!([])),
        told(out, "a disqualification before the draw left out", "Ganhadores", |m| {
            m.b["disqualified"].as_array_mut().unwrap().remove(0);
            for index in 0..2 {
                m.b["disqualified"][index]["sequence"] = json!(index + 1);
            }
        }),
        told(out, "a disqualification after the draw ignored", "Ganhadores", |m| {
            m.b["winners"] = Maker::drawn(N).b["winners"].clone();
        }),
        told(out, "a disqualification for no published reason", "Desclassificações", |m| {
            m.b["disqualified"][1]["code"] = json!("other");
        }),
        told(out, "a disqualification of another person", "Desclassificações", |m| {
            m.b["disqualified"][1]["pid"] = json!("ee".repeat(16));
        }),
        told(out, "the winner out before the draw, after it", "Desclassificações", |m| {
            m.b["disqualified"][1]["stage"] = json!("before");
        }),
        told(out, "a position out twice", "Desclassificações", |m| {
            let mut again = m.b["disqualified"][1].clone();
            again["sequence"] = json!(4);
            m.b["disqualified"].as_array_mut().unwrap().push(again);
        }),
        told(out, "a position that there is not", "Desclassificações", |m| {
            m.b["disqualified"][1]["position"] = json!(9_007_199_254_740_991_u64);
        }),
    ]
}

/// A name, a receipt for the entry that was made with 3, and whether it holds.
pub fn receipts() -> Vec<(&'static str, String, bool)> {
    let receipt = receipt(3);
    let (text, event, salt) = (receipt.to_string(), receipt["event"].to_string(), receipt["salt"].to_string());
    let with = |first: &str| text.replacen('{', &format!("{{{first},"), 1);
    let changed = |field: &str, value: Value| {
        let mut receipt = receipt.clone();
        receipt[field] = value;
        receipt.to_string()
    };
    vec![
        ("as it was given", text.clone(), true),
        ("laid out by Windows", serde_json::to_string_pretty(&receipt).unwrap().replace('\n', "\r\n"), true),
        ("in another spelling", text.replacen("\"event\"", "\"\\u0065vent\"", 1), true),
        ("of another entry", changed("event", json!("x")), false),
        ("of another campaign", changed("campaign_id", json!("c1".repeat(16))), false),
        ("with a number", text.replacen(&salt, "1e3", 1), false),
        ("with another key", changed("name", json!("x")), false),
        ("with a deep nest", with(&format!("\"x\":{}{}", "[".repeat(10_000), "]".repeat(10_000))), false),
        ("with half a character", text.replacen(&event, "\"\\ud800\"", 1), false),
        ("with a key twice", with(&format!("\"salt\":{salt}")), false),
        ("with a key in two spellings", with(&format!("\"s\\u0061lt\":{salt}")), false),
        ("with a key that held a nest", with(&format!("\"salt\":{}{}", "[".repeat(200), "]".repeat(200))), false),
        ("with a key that held too much", with("\"salt\":1e999"), false),
        ("with a key that held half a character", with("\"salt\":\"\\ud800\""), false),
        ("with a mark of order", format!("\u{feff}{text}"), false),
        ("with values without an end", format!("[{}0]", "[0],".repeat(1_000_001)), false),
        ("that is no JSON", "recibo".to_owned(), false),
        ("that is empty", String::new(), false),
    ]
}
