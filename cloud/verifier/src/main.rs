//! Recomputes everything of a bundle of Sorteio Aberto (SA-1) from its bytes alone: no network, no clock, no crate of
//! Volta. The checks stand in the order in which they are made and told. Invariant:
//! whatever the file holds, the answer is a report; nothing here panics or waits.

use drand_verify::{G2PubkeyRfc, Pubkey};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

#[cfg(test)]
mod tests;
type Hash = [u8; 32];
const HELP: &str = "verifier PACOTE.json [RECIBO.json]
Refaz as contas de um pacote do Sorteio Aberto (SA-1), sem internet; com um recibo, procura a sua participação.
Saída: 0 = tudo confere (etapas futuras ficam pendentes), 1 = algo foi recusado, 2 = não deu para ler.";
const NOT_KNOWN_HERE: &str = "O arquivo sozinho não mostra se a sua devolução está na lista (confira com o recibo), se o compromisso foi
publicado antes (compare a raiz com a do ponto de coleta) nem se os prêmios são os da Caixa (compare com a extração).";
const ENTRIES_MAX: usize = 1_000_000; // SA-1: more are split into campaigns
const FILE_BYTES_MAX: u64 = 150_000_000; // a million entries take a hundred
const NUMBERS: u64 = 10_000_000; // 100 series of 100,000
const HOUR_MS: u64 = 3_600_000;
const QUICKNET_GENESIS_S: u64 = 1_692_803_367;
const QUICKNET_PERIOD_S: u64 = 3;
const QUICKNET_CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
const QUICKNET_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451\
    0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

fn main() -> ExitCode {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    let asked = paths.iter().any(|path| path == "--help");
    if asked || paths.is_empty() || paths.len() > 2 {
        println!("{HELP}");
        return ExitCode::from(if asked { 0 } else { 2 });
    }
    let read = |path: &std::ffi::OsString| {
        let mut bytes = Vec::new(); // of a file beyond the limit, enough to refuse it
        let read = std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
        read.map(|_| bytes).inspect_err(|why| eprintln!("Não deu para ler {}: {why}", path.display())).ok()
    };
    let Some(files) = paths.iter().map(read).collect::<Option<Vec<_>>>() else { return ExitCode::from(2) };
    let report = check(&files[0], files.get(1).map(Vec::as_slice));
    let _ = writeln!(std::io::stdout(), "{}\n{NOT_KNOWN_HERE}", report.text()); // whoever read it may be gone; the code stands
    ExitCode::from(u8::from(report.first(REFUSED).is_some()))
}

/// Every check, in order, up to the first that refuses.
fn check(bundle: &[u8], receipt: Option<&[u8]>) -> Report {
    let mut report = Report(Vec::new());
    let mut checks = || {
        let b = &report.step("Formato", canonical_bundle(bundle))?;
        report.step("Assinatura", signed_as_a_whole(b))?;
        report.step("Regras", rules_hold(b))?;
        let leaves = report.step("Lista", list_of_leaves(b))?;
        let commitment = report.step("Compromisso", commitment_holds(b, &leaves))?;
        report.step("Testemunhas", witnesses_hold(b, &commitment))?;
        let beacon = report.step("Embaralhamento", beacon_holds(b))?;
        let order = report.step("Números", numbered(b, &leaves, beacon))?;
        let drawn = report.step("Apuração", results_hold(b, &order))?;
        let lost = report.step("Desclassificações", disqualified_hold(b, &order))?;
        report.step("Ganhadores", winners_hold(b, &order, drawn, &lost))?;
        report.step("Datas", dates_hold(b))?;
        report.step("Recibo", receipt_inside(b, receipt?, &order))
    };
    let _ = checks();
    report
}

/// What later checks need, how the check stands and what a person reads; or why the bundle is refused.
type Found<T> = Result<(T, &'static str, String), String>;
const HELD: &str = "   ok   ";
const PENDING: &str = "pendente";
const REFUSED: &str = "RECUSADO";
struct Report(Vec<(&'static str, &'static str, String)>);

impl Report {
    fn step<T>(&mut self, name: &'static str, found: Found<T>) -> Option<T> {
        let (value, stands, told) = found.map_or_else(|why| (None, REFUSED, why), |(value, stands, told)| (Some(value), stands, told));
        self.0.push((name, stands, told.replace(|c: char| c.is_control() && c != '\n', "?"))); // nothing steers the terminal
        value
    }

    fn first(&self, mark: &str) -> Option<&'static str> {
        self.0.iter().find(|(_, stands, _)| *stands == mark).map(|(name, ..)| *name)
    }

    fn text(&self) -> String {
        let line = |(name, stands, told): &(_, _, String)| format!("[{stands}] {name}: {}\n", told.replace('\n', "\n           "));
        let verdict = match (self.first(REFUSED), self.first(PENDING)) {
            (Some(name), _) => format!("RECUSADO no passo \"{name}\". O que vem depois dele não foi conferido.\n"),
            (None, Some(_)) => "CONFERE ATÉ AQUI. Há etapas pendentes.\n".to_owned(),
            (None, None) => "CONFERE. Tudo foi refeito e bate.\n".to_owned(),
        };
        self.0.iter().map(line).collect::<String>() + "RESULTADO: " + &verdict
    }
}
fn need(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

// ---- Formato: exactly these keys, these kinds of values, and the one spelling that RFC 8785 allows.
/// A list of one shape is a list of such values, a list of several is a choice; `?` stands for "or null".
/// hex N = so many lower-case characters; like: h = hexadecimal, d = digit, A = digit or capital letter.
const BUNDLE: &str = r#"{"format": "word SA1/bundle/1",
  "rules": {
    "method": "word SA-1", "campaign_id": "hex 32", "name": "text", "certificate": "text", "stores": ["text"], "fallback": "text",
    "promoter": {"name": "text", "cnpj": "like AAAAAAAAAAAAdd"}, "opens_ms": "int", "closes_ms": "int", "t_close_ms": "int",
    "entries_per_person_max": "int", "minimum_age": "int", "alternates": "int", "claim_days": "int", "operator_key": "hex 64",
    "drand": {"chain": "hex 64", "public_key": "hex 192", "genesis_s": "int", "period_s": "int", "round": "int"}, "text": "text",
    "extraction": {"number": "number", "date": "like dddd-dd-dd", "at_ms": "int"},
    "prizes": [{"rank": "int", "name": "text", "value_centavos": "int"}], "disqualification_codes": [{"code": "text", "text": "text"}]},
  "entries": ["hex 96"],
  "commit": {"n": "int", "root": "hex 64", "rules_hash": "hex 64", "committed_ms": "int", "signature": "hex 128"},
  "witnesses": [{"gateway": "like hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "name": "text", "public_key": "hex 64", "seen_ms": "int",
    "signature": "hex 128"}],
  "beacon": [null, {"round": "int", "signature": "hex 96"}, {"round": "int", "absent_ms": "int"}],
  "results": [{"sequence": "int", "kind": "word result|next|rectification", "replaces": "int?", "reason": "text", "entered_ms": "int",
    "extraction": {"number": "number", "date": "like dddd-dd-dd", "at_ms": "int"},
    "prizes": ["like ddddd"], "sources": [{"name": "text", "digest": "hex 64"}], "signature": "hex 128"}],
  "disqualified": [{"sequence": "int", "position": "int", "pid": "hex 32", "code": "text",
    "stage": "word before|after", "decided_ms": "int"}],
  "winners": [{"rank": "int", "position": "int?", "number": "like ddddddd?", "pid": "hex 32?", "name": "text?",
    "delivery": "word pending|delivered|expired", "delivery_ms": "int?"}],
  "made_ms": "int", "signature": "hex 128"}"#;
const RECEIPT: &str = r#"{"format": "word SA1/receipt/1", "campaign_id": "hex 32", "event": "text", "salt": "hex 32"}"#;

fn canonical_bundle(bytes: &[u8]) -> Found<Value> {
    let value = shaped(bytes, BUNDLE, "pacote")?;
    let canonical = value.to_string();
    if canonical.as_bytes() != bytes {
        let at = canonical.bytes().zip(bytes).take_while(|(a, b)| a == *b).count();
        let near = String::from_utf8_lossy(&bytes[at.min(bytes.len())..bytes.len().min(at + 24)]);
        return Err(format!("o texto não está na forma canônica (RFC 8785) a partir do byte {at}, perto de {near:?}"));
    }
    Ok((value, HELD, format!("{} bytes na forma canônica, com todos os campos e só eles.", bytes.len())))
}
fn shaped(bytes: &[u8], shape: &str, name: &str) -> Result<Value, String> {
    need(bytes.len() as u64 <= FILE_BYTES_MAX, &format!("o arquivo passa do limite de {FILE_BYTES_MAX} bytes"))?;
    let values = bytes.iter().filter(|byte| b",[{".contains(byte)).count(); // for each, at least
    need(values <= 2 * ENTRIES_MAX, "o arquivo tem mais valores do que um pacote pode ter")?;
    let text = std::str::from_utf8(bytes).map_err(|error| format!("não é texto UTF-8 a partir do byte {}", error.valid_up_to()))?;
    let not_json = |error: serde_json::Error| format!("não é JSON: linha {}, coluna {}", error.line(), error.column());
    let value = serde_json::from_str(text).map_err(not_json)?;
    fits(&serde_json::from_str(shape).map_err(not_json)?, &value, name)?;
    Ok(value)
}
fn fits(shape: &Value, value: &Value, path: &str) -> Result<(), String> {
    match (shape, value) {
        (Value::Object(wanted), Value::Object(found)) => {
            let missing = wanted.keys().find(|key| !found.contains_key(*key));
            missing.map_or(Ok(()), |key| Err(format!("falta o campo {path}.{key}")))?;
            found.iter().try_for_each(|(key, value)| match wanted.get(key) {
                Some(shape) => fits(shape, value, &format!("{path}.{key}")),
                None => Err(format!("campo desconhecido em {path}: {:?}", key.chars().take(40).collect::<String>())),
            })
        }
        (Value::Array(shapes), Value::Array(found)) if shapes.len() == 1 => {
            let bad = |value: &Value| fits(&shapes[0], value, "").is_err();
            let Some(index) = found.iter().position(bad) else { return Ok(()) };
            fits(&shapes[0], &found[index], &format!("{path}[{index}]"))
        }
        (Value::Array(shapes), _) if shapes.len() > 1 && shapes.iter().any(|shape| fits(shape, value, path).is_ok()) => Ok(()),
        (Value::String(kind), Value::Null) if kind.ends_with('?') => Ok(()),
        (Value::String(kind), Value::Number(number)) if kind.starts_with("int") && number.as_u64().is_some_and(|n| n < 1 << 53) => Ok(()),
        (Value::String(kind), Value::String(text)) if fits_text(kind.trim_end_matches('?'), text) => Ok(()),
        (Value::Null, Value::Null) => Ok(()),
        _ => Err(format!("{path} não tem a forma certa: {shape}")),
    }
}
fn fits_text(kind: &str, text: &str) -> bool {
    let is = |class: u8, c: u8| match class {
        b'h' => matches!(c, b'0'..=b'9' | b'a'..=b'f'),
        b'd' => c.is_ascii_digit(),
        b'A' => c.is_ascii_digit() || c.is_ascii_uppercase(),
        _ => class == c,
    };
    match kind.split_once(' ').unwrap_or((kind, "")) {
        ("text", _) => true,
        ("number", _) => (1..=9).contains(&text.len()) && text.bytes().all(|c| is(b'd', c)),
        ("word", words) => words.split('|').any(|word| word == text),
        ("hex", length) => length.parse() == Ok(text.len()) && text.bytes().all(|c| is(b'h', c)),
        ("like", pattern) => pattern.len() == text.len() && pattern.bytes().zip(text.bytes()).all(|(p, c)| is(p, c)),
        _ => false,
    }
}

// ---- Reading values whose shape was checked.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
fn int(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
fn bytes(value: &Value) -> Vec<u8> {
    let digit = |c: u8| (c & 15) + 9 * (c >> 6); // of 0-9 and a-f without a branch to guess
    text(value).as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
fn hash(parts: &[&[u8]]) -> Hash {
    parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part)).finalize().into()
}
fn hash_without_signature(value: &Value) -> Hash {
    let signed: BTreeMap<_, _> = value.as_object().into_iter().flatten().filter(|(key, _)| *key != "signature").collect();
    hash(&[&serde_json::to_vec(&signed).expect("a part of a JSON text is one")])
}
/// What `work` gives for each, in their order, half of them in another thread: hashes take nearly all the time.
fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let half = |items: &[T]| items.iter().map(&work).collect::<Vec<R>>();
    let (first, last) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(last));
        half(first).into_iter().chain(other.join().expect("hashes do not panic")).collect()
    })
}
fn signed(key: &Value, message: &[&[u8]], signature: &Value) -> bool {
    let key = bytes(key).try_into().ok().and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = Signature::from_slice(&bytes(signature)).ok();
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(&message.concat(), &signature).is_ok())
}
fn counted(records: &Value, field: &str) -> Result<(), String> {
    let right = (1..).zip(list(records)).all(|(number, record)| int(&record[field]) == number);
    need(right, &format!("os registros não contam 1, 2, 3… em {field}"))
}

fn signed_as_a_whole(b: &Value) -> Found<()> {
    let key = &b["rules"]["operator_key"];
    let holds = signed(key, &[b"SA1/bundle", &hash_without_signature(b)], &b["signature"]);
    need(holds, "a assinatura do pacote não é da chave do promotor (rules.operator_key)")?;
    Ok(((), HELD, format!("o pacote inteiro foi assinado pela chave {}.", text(key))))
}

fn rules_hold(b: &Value) -> Found<()> {
    let (rules, drand) = (&b["rules"], &b["rules"]["drand"]);
    let [opens, closes, t_close] = ["opens_ms", "closes_ms", "t_close_ms"].map(|field| int(&rules[field]));
    need(opens < closes && closes <= t_close, "abertura, fim e fechamento da lista não estão em ordem")?;
    counted(&rules["prizes"], "rank").and(need(!list(&rules["prizes"]).is_empty(), "não há prêmios"))?;
    let same = [text(&drand["chain"]), text(&drand["public_key"])] == [QUICKNET_CHAIN, QUICKNET_KEY];
    let times = [int(&drand["genesis_s"]), int(&drand["period_s"])] == [QUICKNET_GENESIS_S, QUICKNET_PERIOD_S];
    need(same && times, "rules.drand não é a rede quicknet")?;
    let round = (t_close.div_ceil(1000) + 1800).saturating_sub(QUICKNET_GENESIS_S).div_ceil(QUICKNET_PERIOD_S) + 1;
    need(int(&drand["round"]) == round, &format!("rules.drand.round devia ser {round}, meia hora depois do fechamento"))?;
    let [name, certificate, extraction] = [&rules["name"], &rules["certificate"], &rules["extraction"]["number"]];
    Ok(((), HELD, format!("{name}, certificado {certificate}, extração prevista {extraction}, rodada {round} do drand.")))
}

fn list_of_leaves(b: &Value) -> Found<Vec<Hash>> {
    let (entries, campaign) = (list(&b["entries"]), bytes(&b["rules"]["campaign_id"]));
    let n = entries.len();
    need((1..=ENTRIES_MAX).contains(&n), &format!("entries tem {n} participações; o método aceita de 1 a {ENTRIES_MAX}"))?;
    let leaves = each(entries, |entry| hash(&[&[0, 1], &campaign, &bytes(entry)]));
    if let Some(at) = leaves.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(format!("entries[{}] está repetida ou fora da ordem", at + 1));
    }
    let returns: HashSet<&str> = entries.iter().map(|entry| &text(entry)[32..]).collect();
    need(returns.len() == n, "entries: uma devolução está repetida")?;
    let mut persons = HashMap::<&str, u64>::new();
    entries.iter().for_each(|entry| *persons.entry(&text(entry)[..32]).or_default() += 1);
    let cap = int(&b["rules"]["entries_per_person_max"]);
    let (count, pid) = persons.iter().map(|(pid, count)| (*count, *pid)).max().unwrap_or_default();
    need(count <= cap, &format!("a pessoa {pid} tem {count} participações; o limite é {cap}"))?;
    Ok((leaves, HELD, format!("{n} participações de {} pessoas, em ordem e sem repetição; ninguém passa de {cap}.", persons.len())))
}

/// What the operator and every witness signed, and the root in it.
fn commitment_holds(b: &Value, leaves: &[Hash]) -> Found<Vec<u8>> {
    let (commit, rules) = (&b["commit"], &b["rules"]);
    let (n, root, rules_hash) = (leaves.len() as u64, merkle_root(leaves), hash(&[b"SA1/rules\0", rules.to_string().as_bytes()]));
    need(int(&commit["n"]) == n, &format!("commit.n devia ser {n}"))?;
    need(bytes(&commit["root"]) == root, &format!("a raiz desta lista é {}, e não commit.root", hex::encode(root)))?;
    need(bytes(&commit["rules_hash"]) == rules_hash, "commit.rules_hash não é o resumo destas regras")?;
    let message = [b"SA1/commit".as_slice(), &bytes(&rules["campaign_id"]), &rules_hash, &n.to_be_bytes(), &root].concat();
    need(signed(&rules["operator_key"], &[&message], &commit["signature"]), "commit.signature não é da chave do promotor")?;
    need(int(&commit["committed_ms"]) >= int(&rules["t_close_ms"]), "o compromisso é de antes do fechamento da lista")?;
    let when = if earliest_ms(b) > int(&rules["extraction"]["at_ms"]) { "tarde: vale uma extração posterior" } else { "a tempo" };
    let [rules_hash, root] = [rules_hash, root].map(hex::encode);
    Ok((message, HELD, format!("{n} participações, assinadas {when}.\nRegras: {rules_hash}\nRaiz da lista: {root}")))
}
/// The planned extraction decides, or one that is at least 24 hours after the commitment.
fn earliest_ms(b: &Value) -> u64 {
    int(&b["rules"]["extraction"]["at_ms"]).max(int(&b["commit"]["committed_ms"]) + 24 * HOUR_MS)
}
/// RFC 6962: pairing level by level, with an odd last node carried up, is the split at powers of two.
fn merkle_root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        let pairs: Vec<&[Hash]> = level.chunks(2).collect();
        level = each(&pairs, |pair| if let [l, r] = pair { hash(&[&[1], l, r]) } else { pair[0] });
    }
    level[0]
}

fn witnesses_hold(b: &Value, commitment: &[u8]) -> Found<()> {
    let witnesses = list(&b["witnesses"]);
    let ascending = witnesses.windows(2).all(|pair| text(&pair[0]["gateway"]) < text(&pair[1]["gateway"]));
    need(ascending, "witnesses: fora de ordem ou repetidas")?;
    for witness in witnesses {
        let seen: &[&[u8]] = &[b"SA1/witness", commitment, &int(&witness["seen_ms"]).to_be_bytes()];
        let holds = signed(&witness["public_key"], seen, &witness["signature"]);
        need(holds, &format!("{} não assinou este compromisso", witness["name"]))?;
    }
    let before = witnesses.iter().filter(|witness| int(&witness["seen_ms"]) < int(&b["rules"]["extraction"]["at_ms"])).count();
    Ok(((), HELD, format!("{} ponto(s) de coleta assinaram este compromisso, {before} antes da extração.", witnesses.len())))
}

/// The 32 bytes that shuffle, once they are known.
fn beacon_holds(b: &Value) -> Found<Option<Hash>> {
    let (beacon, rules) = (&b["beacon"], &b["rules"]);
    if beacon.is_null() {
        return Ok((None, PENDING, "o número público do drand ainda não está no pacote.".to_owned()));
    }
    let round = int(&beacon["round"]);
    need(round == int(&rules["drand"]["round"]), &format!("a rodada {round} não é a das regras"))?;
    if let Some(absent_ms) = beacon["absent_ms"].as_u64() {
        need(absent_ms + 2 * HOUR_MS >= earliest_ms(b), "a falta do drand foi declarada mais de 2 horas antes da extração")?;
        return Ok((Some([0; 32]), HELD, format!("a rodada {round} faltou até 2 horas antes da extração: valem zeros.")));
    }
    let signature = bytes(&beacon["signature"]);
    let key = bytes(&rules["drand"]["public_key"]).try_into().ok().and_then(|key| G2PubkeyRfc::from_fixed(key).ok());
    let holds = key.is_some_and(|key| key.verify(round, b"", &signature).unwrap_or(false));
    need(holds, &format!("a assinatura BLS da rodada {round} não é da rede quicknet"))?;
    let known_ms = (QUICKNET_GENESIS_S + (round - 1) * QUICKNET_PERIOD_S) * 1000;
    let when = if int(&b["commit"]["committed_ms"]) < known_ms { "antes" } else { "depois" };
    let told = format!("rodada {round} do drand, com assinatura BLS certa; o compromisso é de {when} dela.");
    Ok((Some(hash(&[&signature])), HELD, told))
}

/// Position by position, the index of its entry; empty before the beacon.
fn numbered(b: &Value, leaves: &[Hash], beacon: Option<Hash>) -> Found<Vec<usize>> {
    let Some(beacon) = beacon else {
        return Ok((Vec::new(), PENDING, "a ordem e os números vêm depois do número do drand.".to_owned()));
    };
    let start = Sha256::new_with_prefix([b"SA1/order", bytes(&b["commit"]["root"]).as_slice(), &beacon].concat());
    let mut keyed: Vec<_> = each(leaves, |leaf| start.clone().chain_update(leaf).finalize()).into_iter().zip(0..).collect();
    keyed.sort_unstable();
    let (n, q) = (leaves.len(), NUMBERS / leaves.len() as u64);
    let told = format!("q = 10.000.000 ÷ {n} = {q}: a posição p tem o número (p + 1) × {q} - 1, e ganha com {q} dos dez milhões.");
    Ok((keyed.into_iter().map(|(_, entry)| entry).collect(), HELD, told))
}
fn number_of(position: u64, n: u64) -> String {
    format!("{:07}", (position + 1) * (NUMBERS / n) - 1)
}

/// Records are judged in the order of their entry; a rectification takes the slot of what it replaces.
fn results_hold(b: &Value, order: &[usize]) -> Found<Option<u64>> {
    let records = list(&b["results"]);
    need(records.is_empty() || !order.is_empty(), "há resultado antes do número do drand")?;
    if records.is_empty() {
        return Ok((None, PENDING, "o resultado da Loteria Federal ainda não está no pacote.".to_owned()));
    }
    counted(&b["results"], "sequence")?;
    let (q, limit) = (NUMBERS / order.len() as u64, NUMBERS / order.len() as u64 * order.len() as u64);
    let decides = |record: &Value| combinations(record).into_iter().find(|c| *c < limit);
    let mut slots: Vec<&Value> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        record_holds(b, record, index).map_err(|why| format!("results[{index}]: {why}"))?;
        let (kind, decided) = (text(&record["kind"]), slots.iter().any(|slot| decides(slot).is_some()));
        need(kind != "result" || slots.is_empty(), "results: um sorteio nunca se repete")?;
        need(kind != "next" || !slots.is_empty() && !decided, "results: outra extração sem precisar, porque a anterior decide")?;
        let slot = slots.iter().position(|slot| slot["sequence"] == record["replaces"]).unwrap_or(slots.len());
        need(kind != "rectification" || slot < slots.len(), "results: retificação de um registro que não vale")?;
        slots.splice(slot..slots.len().min(slot + 1), [record]);
    }
    // The planned extraction or a later one, and then each later than the one before.
    let number = |extraction: &Value| text(&extraction["number"]).parse::<u64>().unwrap_or_default();
    let row: Vec<&Value> = slots.iter().map(|slot| &slot["extraction"]).collect();
    for (index, (last, this)) in std::iter::once(&&b["rules"]["extraction"]).chain(&row).zip(&row).enumerate() {
        let later = number(this) > number(last) && int(&this["at_ms"]) > int(&last["at_ms"]);
        need(later || index == 0 && number(this) == number(last), "results: uma extração que não é a prevista nem vem depois")?;
    }
    let mut told = String::new();
    for slot in slots {
        let [c1, c2] = combinations(slot);
        let prizes = list(&slot["prizes"]).iter().map(text).collect::<Vec<_>>().join(", ");
        told += &format!("Extração {}, prêmios {prizes}. {}\n", text(&slot["extraction"]["number"]), slot["reason"]);
        told += &format!("c1 = dezenas do 1º e 2º e unidades = {c1:07}; c2 = dezenas do 3º e 4º e centenas = {c2:07}; limite {limit}.\n");
        if let Some(c) = decides(slot) {
            let number = number_of(c / q, order.len() as u64);
            return Ok((Some(c / q), HELD, format!("{told}Vale {c:07}: posição ⌊{c} ÷ {q}⌋ = {}, número {number}.", c / q)));
        }
        told += "Nenhuma serve: vale a extração seguinte.\n";
    }
    Ok((None, PENDING, told + "Ela ainda não está no pacote."))
}

fn record_holds(b: &Value, record: &Value, index: usize) -> Result<(), String> {
    let (rules, extraction) = (&b["rules"], &record["extraction"]);
    let message = [b"SA1/result".as_slice(), &bytes(&rules["campaign_id"]), &hash_without_signature(record)];
    need(signed(&rules["operator_key"], &message, &record["signature"]), "a assinatura não é da chave do promotor")?;
    need(list(&record["prizes"]).len() == 5, "não são cinco prêmios")?;
    let sources: HashSet<&str> = list(&record["sources"]).iter().map(|source| text(&source["name"])).collect();
    need(sources.len() >= 2 && sources.len() == list(&record["sources"]).len(), "não há duas fontes diferentes")?;
    let as_planned = text(&record["kind"]) == "result" && *extraction == rules["extraction"];
    need(as_planned == text(&record["reason"]).is_empty(), "o motivo falta, ou sobra")?;
    need((text(&record["kind"]) == "rectification") != record["replaces"].is_null(), "replaces é só da retificação")?;
    let entered_ms = int(&record["entered_ms"]);
    let last_ms = index.checked_sub(1).map_or(0, |last| int(&b["results"][last]["entered_ms"]));
    need(entered_ms >= int(&extraction["at_ms"]).max(last_ms), "é de antes da extração, ou do registro anterior")?;
    let earliest_ms = int(&b["commit"]["committed_ms"]) + 24 * HOUR_MS;
    need(int(&extraction["at_ms"]) >= earliest_ms, "a extração é de menos de 24 horas depois do compromisso")
}
/// c1 of tens and units, c2 of tens and hundreds: 7 digits each, none in both.
fn combinations(record: &Value) -> [u64; 2] {
    let pick = |(prize, place): &(usize, usize)| text(&record["prizes"][*prize]).as_bytes().get(*place).map_or(0, |c| u64::from(c - b'0'));
    let (hundreds, tens, units) = (2, 3, 4);
    let c1 = [(0, tens), (1, tens), (0, units), (1, units), (2, units), (3, units), (4, units)];
    let c2 = [(2, tens), (3, tens), (0, hundreds), (1, hundreds), (2, hundreds), (3, hundreds), (4, hundreds)];
    [c1, c2].map(|digits| digits.iter().map(pick).fold(0, |c, digit| c * 10 + digit))
}

/// Positions out of the draw before it, and after it in the order of the decisions.
fn disqualified_hold(b: &Value, order: &[usize]) -> Found<[Vec<u64>; 2]> {
    counted(&b["disqualified"], "sequence")?;
    let (first_ms, codes) = (b["results"][0]["extraction"]["at_ms"].as_u64(), list(&b["rules"]["disqualification_codes"]));
    let (mut lost, mut seen) = ([Vec::new(), Vec::new()], HashSet::new());
    for (index, record) in list(&b["disqualified"]).iter().enumerate() {
        let need = |holds, why: &str| need(holds, &format!("disqualified[{index}]: {why}"));
        let position = int(&record["position"]);
        need(pid_at(b, order, position) == Some(text(&record["pid"])), "a posição não é dessa pessoa")?;
        need(codes.iter().any(|code| code["code"] == record["code"]), "o motivo não está nas regras")?;
        need(seen.insert(position), "a posição está repetida")?;
        let late = first_ms.is_some_and(|at_ms| int(&record["decided_ms"]) >= at_ms);
        need(late == (text(&record["stage"]) == "after"), "a data não é da etapa (antes ou depois da extração)")?;
        lost[usize::from(late)].push(position);
    }
    Ok((lost, HELD, format!("{} pessoa(s), por motivos das regras.", seen.len())))
}
fn pid_at<'b>(b: &'b Value, order: &[usize], position: u64) -> Option<&'b str> {
    text(&b["entries"][*order.get(usize::try_from(position).ok()?)?]).get(..32)
}

fn winners_hold(b: &Value, order: &[usize], drawn: Option<u64>, lost: &[Vec<u64>; 2]) -> Found<()> {
    let winners = list(&b["winners"]);
    let Some(drawn) = drawn else {
        need(winners.is_empty(), "há ganhadores antes de um resultado que decida")?;
        return Ok(((), PENDING, "os ganhadores vêm depois da extração.".to_owned()));
    };
    let holders = holders(b, order, drawn, lost);
    need(winners.len() == holders.len(), &format!("deviam ser {} ganhadores", holders.len()))?;
    counted(&b["winners"], "rank")?;
    let mut told = Vec::new();
    for (index, (winner, position)) in winners.iter().zip(holders).enumerate() {
        let need = |holds, field: &str| need(holds, &format!("winners[{index}].{field} não é o que a apuração dá"));
        let pid = position.and_then(|position| pid_at(b, order, position));
        let number = position.map(|position| number_of(position, order.len() as u64));
        need(winner["position"].as_u64() == position, "position")?;
        need(winner["number"].as_str() == number.as_deref(), "number")?;
        need(winner["pid"].as_str() == pid, "pid")?;
        need(position.is_some() || winner["name"].is_null(), "name")?;
        need((text(&winner["delivery"]) == "pending") == winner["delivery_ms"].is_null(), "delivery_ms")?;
        let holder = number.zip(pid).map(|(number, pid)| format!("série {} nº {}, pessoa {pid}", &number[..2], &number[2..]));
        told.push(format!("{}º prêmio: {}.", index + 1, holder.as_deref().unwrap_or("sem ganhador")));
    }
    Ok(((), HELD, told.join("\n")))
}

/// Prize by prize, the position that holds it: neighbours from the drawn one on, one prize a person.
fn holders(b: &Value, order: &[usize], drawn: u64, [before, after]: &[Vec<u64>; 2]) -> Vec<Option<u64>> {
    let (n, prizes) = (order.len() as u64, list(&b["rules"]["prizes"]).len());
    let (before, mut persons) = (before.iter().collect::<HashSet<_>>(), HashSet::new());
    let mut walk = (0..n).map(|step| (drawn + step) % n).filter(|at| !before.contains(at) && persons.insert(pid_at(b, order, *at)));
    let mut holders: Vec<Option<u64>> = (0..prizes).map(|_| walk.next()).collect();
    let mut alternates = walk.take(usize::try_from(int(&b["rules"]["alternates"])).unwrap_or(usize::MAX));
    for (index, position) in after.iter().enumerate() {
        if let Some(holder) = holders.iter_mut().find(|holder| **holder == Some(*position)) {
            *holder = alternates.find(|alternate| !after[..index].contains(alternate));
        }
    }
    holders
}

fn dates_hold(b: &Value) -> Found<()> {
    let records = [std::slice::from_ref(&b["commit"]), list(&b["results"]), list(&b["disqualified"]), list(&b["winners"])].concat();
    let dates = ["committed_ms", "entered_ms", "decided_ms", "delivery_ms"];
    let dates = records.iter().flat_map(|record| dates.map(|field| int(&record[field])));
    need(dates.max() <= Some(int(&b["made_ms"])), "o pacote tem datas de depois dele mesmo (made_ms)")?;
    let with = |delivery: &'static str| list(&b["winners"]).iter().filter(move |winner| text(&winner["delivery"]) == delivery);
    let first_ms = with("delivered").map(|winner| int(&winner["delivery_ms"])).min().unwrap_or(u64::MAX);
    let late = |record: &Value| !record["replaces"].is_null() && int(&record["entered_ms"]) >= first_ms;
    need(!list(&b["results"]).iter().any(late), "há retificação depois da entrega de um prêmio")?;
    let waiting = with("pending").count();
    Ok(((), if waiting == 0 { HELD } else { PENDING }, format!("nada no pacote é de depois dele. Prêmios por entregar: {waiting}.")))
}

fn receipt_inside(b: &Value, receipt: &[u8], order: &[usize]) -> Found<()> {
    let quotes = String::from_utf8_lossy(receipt).replace(r"\\", "").replace(r#"\""#, "").matches('"').count();
    let receipt = shaped(receipt, RECEIPT, "recibo")?;
    need(quotes == 16, "um campo do recibo está repetido")?; // around four names and four texts
    need(receipt["campaign_id"] == b["rules"]["campaign_id"], "o recibo é de outra promoção")?;
    let ev = hex::encode(hash(&[&hash(&[text(&receipt["event"]).as_bytes()]), &bytes(&receipt["salt"])]));
    let entry = list(&b["entries"]).iter().position(|entry| text(entry).ends_with(&ev));
    let entry = entry.ok_or("a participação deste recibo NÃO está na lista")?;
    let place = order.iter().position(|at| *at == entry);
    let number = |place: usize| format!("posição {place}, número {}", number_of(place as u64, order.len() as u64));
    let told = place.map_or("o número sai depois do embaralhamento".to_owned(), number);
    Ok(((), HELD, format!("a sua participação está na lista (entries[{entry}]): {told}.")))
}
