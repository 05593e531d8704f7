//! A raffle over the real processes, whose clocks go by September 2023: what the cloud serves to
//! everybody is checked by the program that everybody can run.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use system_tests::{
    CLOUD, FORM, Fate, Options, Program, Raffle, Rental, Staff, System, eventually, form, get,
    later, planned, returns, run_to_its_end, send,
};

/// What a stranger is told of files: whether all is well, and in which words.
fn verdict(files: &[&Path]) -> (bool, String) {
    let files: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let args: Vec<_> = files.iter().map(String::as_str).collect();
    let output = run_to_its_end(Program::Verifier, &args, &[]);
    let told = String::from_utf8(output.stdout).expect("it speaks Portuguese in UTF-8");
    let result = told.lines().find(|line| line.starts_with("RESULTADO: "));
    let result = result.unwrap_or_else(|| panic!("no result in {told}"));
    (output.status.success(), format!("{result}\n{told}"))
}

#[track_caller]
fn holds(files: &[&Path], word: &str) {
    let (is_well, told) = verdict(files);
    let result = format!("RESULTADO: {word}");
    assert!(is_well && told.starts_with(&result), "{told}");
}

fn kept(system: &System, name: &str, text: &str) -> PathBuf {
    let file = system.folder().join(name);
    std::fs::write(&file, text).expect("the test's own folder");
    file
}

/// The same file with another bit at `place` thousandths of its way.
fn spoiled(system: &System, bundle: &str, place: usize) -> PathBuf {
    let mut bytes = bundle.as_bytes().to_vec();
    let at = bytes.len() * place / 1_000;
    bytes[at] ^= 1;
    let file = system.folder().join(format!("spoiled-{place}.json"));
    std::fs::write(&file, bytes).expect("the test's own folder");
    file
}

fn page(system: &System, path: &str) -> String {
    let answer = get(&format!("{}{path}", system.cloud_url()));
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

fn status(system: &System, path: &str) -> u16 {
    get(&format!("{}{path}", system.cloud_url())).status
}

/// The file that says whose an entry is, from the page of its receipt.
fn receipt_of(system: &System, rental: &Rental) -> PathBuf {
    let inside = page(system, &format!("/r/{}/sorteio", rental.token));
    let path = format!("/r/{}/comprovante.json", rental.token);
    assert!(inside.contains(&path), "{inside}");
    let file = page(system, &path);
    kept(system, &format!("receipt-{}.json", rental.token), &file)
}

#[test]
fn what_the_cloud_serves_of_a_raffle_holds_before_every_stranger() {
    let mut system = System::start(&Options::new().starting(Raffle::STARTS));
    let mut raffle = Raffle::drafted(&system);
    let public = raffle.public();
    // Nothing is promised without a permit.
    assert!(!page(&system, "/sorteio").contains(&raffle.id));
    assert_eq!(status(&system, &format!("{public}/regras")), 404);
    raffle.is_authorised(&system);
    let rules = page(&system, &format!("{public}/regras"));
    raffle.opens(&mut system);
    raffle.closes(&mut system);
    assert_eq!(status(&system, &format!("{public}/pacote.json")), 404);
    // One person, twice, is not two.
    let root = raffle.offered(&system);
    raffle.approves(&system, 0, &root);
    raffle.approves(&system, 0, &root);
    raffle.await_stage(&system, "closed");
    raffle.is_committed(&system);
    assert_eq!(page(&system, &format!("{public}/regras")), rules);

    // Killed between the commitment and the draw, it says the same: only the moment at which it says
    // so, and the signature over it, are others.
    let before = raffle.bundle(&system);
    system.kill9(CLOUD);
    system.restart(CLOUD);
    assert_eq!(told_by(&raffle.bundle(&system)), told_by(&before));
    holds(&[&kept(&system, "committed.json", &before)], "CONFERE ATÉ");
    raffle.is_shuffled(&mut system);
    let shuffled: Value = serde_json::from_str(&raffle.bundle(&system)).expect("JSON");
    assert_eq!(shuffled["beacon"]["round"], 657_413);
    raffle.is_drawn(&mut system);

    let bundle = raffle.bundle(&system);
    nobody_is_named_in(&system, &raffle, &bundle);
    let file = kept(&system, "drawn.json", &bundle);
    holds(&[&file], "CONFERE");
    for place in [0, 137, 500, 731, 999] {
        let (is_well, told) = verdict(&[&spoiled(&system, &bundle, place)]);
        assert!(
            !is_well && told.starts_with("RESULTADO: RECUSADO"),
            "{told}"
        );
    }
    let (with_cpf, without) = raffle.returned.split_at(3);
    for rental in with_cpf {
        holds(&[&file, &receipt_of(&system, rental)], "CONFERE");
    }
    // Whoever gave no CPF is told so, and another's bundle has nothing to prove with.
    let outside = page(&system, &format!("/r/{}/sorteio", without[0].token));
    assert!(!outside.contains("comprovante.json") && outside.contains("CPF"));
    // What was fixed stayed as it was.
    let (then, now): (Value, Value) = (
        serde_json::from_str(&before).expect("JSON"),
        serde_json::from_str(&bundle).expect("JSON"),
    );
    for part in ["rules", "commit", "witnesses"] {
        assert_eq!(then[part], now[part], "{part}");
    }
    assert_eq!(now["winners"].as_array().map(Vec::len), Some(2));
    let fates: Vec<_> = raffle
        .returned
        .iter()
        .map(|it| (it, Fate::Closed))
        .collect();
    system.audit(&fates);
}

fn told_by(bundle: &str) -> Value {
    let mut told: Value = serde_json::from_str(bundle).expect("JSON");
    let whole = told.as_object_mut().expect("an object");
    for moment in ["made_ms", "signature"] {
        whole.remove(moment).expect("each bundle has it");
    }
    told
}

/// Neither a person nor what leads to one: CPFs, rentals, and the secrets in their addresses.
fn nobody_is_named_in(system: &System, raffle: &Raffle, bundle: &str) {
    let rows = system.cloud_db().all(
        "SELECT id FROM rental UNION SELECT id FROM person UNION SELECT id FROM staff",
        &[],
        |row| row.get::<_, String>(0),
    );
    assert_eq!(rows.len(), 4 + 3 + 2, "{rows:?}");
    let plain = rows.iter().map(|id| id.replace('-', ""));
    let tokens = raffle.returned.iter().map(|rental| rental.token.clone());
    let cpfs = ["52998224725", "11144477735", "12345678909"].map(str::to_owned);
    for secret in rows.iter().cloned().chain(plain).chain(tokens).chain(cpfs) {
        assert!(!bundle.contains(&secret), "{secret} is in the bundle");
    }
}

/// The codes of vouchers that a receipt's page leads to.
fn voucher_of(system: &System, rental: &Rental) -> String {
    eventually("the prize's voucher", || {
        let path = format!("{}/r/{}", system.cloud_url(), rental.token);
        let body = get(&path).body;
        let rest = body.split("/premio/").nth(1)?;
        Some(rest.split('"').next().unwrap_or_default().to_owned())
    })
}

#[test]
fn a_certain_prize_is_everybodys_and_redeemed_once() {
    let mut system = System::start(&Options::new().starting(Raffle::STARTS));
    let staff = Staff::enters(&system, "um carrinho volta sempre");
    let id = planned(
        &staff,
        &form(&[
            ("name", "Vale certo"),
            ("mode", "certain"),
            ("opens_at", "2023-09-01T09:30"),
            ("closes_at", "2023-09-30T22:00"),
            ("prizes", "Vale-compras; 2,00"),
            ("entries_max", "2"),
        ]),
    );
    let published = staff.posts(&format!("/manage/campaigns/{id}/open"), "confirm=1");
    assert_eq!(published.status, 200, "{}", published.body);
    later(&mut system, Raffle::STARTS.plus(31 * 60_000));
    let open = "SELECT count(*) FROM campaign WHERE stage = 'open'";
    eventually("it is open", || {
        (system.cloud_db().one::<i64>(open, &[]) == 1).then_some(())
    });
    let public = page(&system, &format!("/sorteio/{id}"));
    assert!(public.contains("Vale certo") && !public.contains("Loteria"));

    let rental = returns(&system, &json!({ "cpf": system_tests::CPF }));
    let code = voucher_of(&system, &rental);
    let prize = page(&system, &format!("/premio/{code}"));
    assert!(prize.contains("2,00"), "{prize}");
    // At the till, twice: the cloud dies in between, and the second time is worth nothing.
    let staff = Staff::signs_in(&system, "gerencia", "um carrinho volta sempre");
    let body = form(&[("code", &code)]);
    let first = staff.posts("/manage/vouchers", &body);
    assert_eq!(first.status, 200, "{}", first.body);
    system.restart(CLOUD);
    let second = staff.posts("/manage/vouchers", &body);
    assert!(second.body.contains("id=\"code-error\""), "{}", second.body);
    let used = "SELECT count(*) FROM prize_voucher WHERE redeemed_ms IS NOT NULL";
    assert_eq!(system.cloud_db().one::<i64>(used, &[]), 1);
    let nobody = send(
        "POST",
        &format!("{}/manage/vouchers", system.cloud_url()),
        FORM,
        &body,
    );
    assert_ne!(nobody.status, 200, "{}", nobody.body);
    system.audit(&[(&rental, Fate::Closed)]);
}
