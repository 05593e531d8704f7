//! What is known of persons: under whose key it is, how it ends, and what outlives it.

use crate::world::{Visit, World, done, manager, refusal};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use cloud::actions::erase_person::{self, ErasePerson};
use cloud::actions::{Outcome, Rejection};
use cloud::keys::{Keys, SealedCpf};
use cloud::persons::{self, Erased, PersonsError};
use cloud::store::{backup, person};
use cloud_core::refund::{BankWord, Next, Refusal};
use cloud_core::rental::Step;
use shared::document::Cpf;
use shared::ids::PersonId;
use std::path::{Path, PathBuf};

const CPF: &str = "111.444.777-35";
const OTHER: &str = "529.982.247-25";

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime on this thread");
    runtime.block_on(future)
}

fn cpf(text: &str) -> Cpf {
    text.parse().expect("a good CPF")
}

fn list_file(w: &World) -> PathBuf {
    w.file().with_file_name("cloud.erased")
}

fn list(w: &World) -> Erased {
    Erased::beside(&w.file().with_file_name("cloud.key"))
}

/// As every start does.
fn starts(w: &World) -> Result<(), PersonsError> {
    run(persons::bring_up(&w.store, &w.keys, &list(w)))
}

fn person_of(w: &World, visit: &Visit) -> PersonId {
    w.row(visit).person.expect("taken with a CPF")
}

fn sealed(w: &World, id: PersonId) -> Option<SealedCpf> {
    w.read(move |tx| person::sealed_cpf(tx, &id))
}

fn known(w: &World, text: &str) -> Option<PersonId> {
    run(persons::find(&w.store, &w.keys, &cpf(text))).expect("a read")
}

fn wish(id: PersonId, n: u8) -> ErasePerson {
    ErasePerson {
        person: id,
        by: Some(manager()),
        audit_id: format!("{n}"),
    }
}

fn tries(w: &World, id: PersonId, n: u8) -> Outcome<Step<()>> {
    let (now, wish) = (w.now, wish(id, n));
    w.act(move |tx| erase_person::run(tx, now, &wish))
}

/// A whole visit with a CPF, settled; the person.
fn closed(w: &mut World, cpf: &str) -> (Visit, PersonId) {
    let visit = w.take_with_cpf("norte", cpf);
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("norte", visit.bay.get(), tag);
    w.reports("norte");
    w.bank_settles(&visit);
    assert_eq!(w.state(&visit), "closed");
    let person = person_of(w, &visit);
    (visit, person)
}

#[test]
fn a_person_is_erased_when_nothing_is_out_and_nothing_is_owed() {
    let mut w = World::new();
    let nobody = PersonId::new(9, [9; 10]);
    assert_eq!(refusal(tries(&w, nobody, 0)), Rejection::UnknownPerson);
    let visit = w.take_with_cpf("norte", CPF);
    let id = person_of(&w, &visit);
    assert_eq!(
        refusal(tries(&w, id, 1)),
        Rejection::MoneyOwed,
        "to be paid"
    );
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    assert_eq!(refusal(tries(&w, id, 2)), Rejection::CartOut, "paid");
    let tag = w.pulls(&visit);
    w.reports("norte");
    assert_eq!(refusal(tries(&w, id, 3)), Rejection::CartOut, "out");
    w.docks("norte", visit.bay.get(), tag);
    w.reports("norte");
    assert_eq!(
        refusal(tries(&w, id, 4)),
        Rejection::MoneyOwed,
        "refund ordered"
    );
    assert!(sealed(&w, id).is_some(), "refusals change nothing");
    w.bank_settles(&visit);
    assert_eq!(done(tries(&w, id, 5)), Step::Executed(()));
    assert_eq!(done(tries(&w, id, 6)), Step::AlreadyApplied);
    assert_eq!(
        w.count("SELECT count(*) FROM audit WHERE action = 'erase_person'"),
        1
    );
}

#[test]
fn who_is_owed_money_that_no_devolucao_can_bring_is_not_forgotten() {
    let mut w = World::new();
    let visit = w.take_with_cpf("norte", CPF);
    let id = person_of(&w, &visit);
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    w.now = w.grant(&visit).unwrap().lapse_ms;
    assert_eq!(w.lapses(), 1);
    let order = w.last_order(&visit).id;
    let gone = BankWord::Refused(Refusal::AccountGone);
    assert_eq!(
        done(w.bank_says(order, gone, 1)),
        Next::Owe(Refusal::AccountGone)
    );
    assert_eq!(w.state(&visit), "cancelled:grant_lapsed");
    assert_eq!(refusal(tries(&w, id, 1)), Rejection::MoneyOwed);
    let later = w.now.plus(2 * 366 * 24 * 3_600 * 1_000);
    let idle = |w: &World| w.read(move |tx| person::idle(tx, later, later, 9));
    assert!(idle(&w).is_empty(), "its turn would never come up");
    done(w.bank_says(order, BankWord::Settled, 2));
    assert_eq!(idle(&w), [id]);
    assert_eq!(done(tries(&w, id, 2)), Step::Executed(()));
}

#[test]
fn what_was_earned_and_booked_outlives_the_person() {
    let mut w = World::new();
    let (visit, id) = closed(&mut w, CPF);
    let outlives = |w: &World| {
        let entry = w.entry(&visit).map(|entry| (entry.id, entry.person));
        (w.books(), w.refunds(&visit), w.state(&visit), entry)
    };
    let before = outlives(&w);
    assert_eq!(before.3.expect("an entry").1, Some(id));
    assert_eq!(w.keys.open_cpf(&sealed(&w, id).unwrap()), Some(cpf(CPF)));
    done(tries(&w, id, 1));
    assert_eq!(outlives(&w), before);
    assert_eq!((sealed(&w, id), known(&w, CPF)), (None, None));
    // Who comes back is somebody new.
    let again = w.take_with_cpf("norte", CPF);
    assert_ne!(person_of(&w, &again), id);
    assert_eq!(known(&w, CPF), Some(person_of(&w, &again)));
}

/// Writes a person as versions before persons' keys did: one secret for all, in the row itself.
fn make_old(w: &World, id: PersonId, text: &str, secret: u8) {
    let (place, cpf) = (id.to_string(), cpf(text));
    let payload = Payload {
        msg: cpf.digits().as_bytes(),
        aad: place.as_bytes(),
    };
    let nonce = [5; 24];
    let message = XChaCha20Poly1305::new(&Key::from([secret; 32]))
        .encrypt(&XNonce::from(nonce), payload)
        .expect("our own files and rows");
    let file = rusqlite::Connection::open(w.file()).expect("our own files and rows");
    for table in ["person_key", "person_field", "person_index"] {
        let sql = format!("DELETE FROM {table} WHERE person_id = ?1");
        file.execute(&sql, [&place])
            .expect("our own files and rows");
    }
    let index = w.keys.cpf_index(&cpf);
    let sealed = [nonce.as_slice(), &message].concat();
    let sql = "UPDATE person SET cpf_index = ?1, cpf_sealed = ?2 WHERE id = ?3";
    file.execute(sql, rusqlite::params![index, sealed, place])
        .expect("our own files and rows");
}

#[test]
fn persons_of_an_older_version_are_moved_under_keys_of_their_own() {
    let mut w = World::new();
    let (_, first) = closed(&mut w, CPF);
    let (_, second) = closed(&mut w, OTHER);
    make_old(&w, first, CPF, 7);
    make_old(&w, second, OTHER, 7);
    assert_eq!(known(&w, CPF), None);
    // A start that was cut off had moved one of them.
    let mut entropy = cloud::entropy::Entropy::default();
    let index = w.keys.cpf_index(&cpf(CPF));
    let moved = w.keys.seal_cpf(&cpf(CPF), first, &mut entropy);
    done(w.act(move |tx| Ok(person::bring_up(tx, &index, &moved)?)));
    for _ in 0..2 {
        starts(&w).unwrap();
        assert_eq!(
            (known(&w, CPF), known(&w, OTHER)),
            (Some(first), Some(second))
        );
        for (id, text) in [(first, CPF), (second, OTHER)] {
            assert_eq!(w.keys.open_cpf(&sealed(&w, id).unwrap()), Some(cpf(text)));
        }
    }
    let left = "SELECT count(*) FROM person WHERE length(cpf_sealed) > 0";
    assert_eq!(w.count(left), 0);
    let (_, again) = closed(&mut w, OTHER);
    assert_eq!(again, second, "found again by the moved index");
}

#[test]
fn a_key_file_of_another_database_stops_the_start() {
    let mut w = World::new();
    let (_, id) = closed(&mut w, CPF);
    make_old(&w, id, CPF, 8);
    let before = w.everything();
    let refused = starts(&w);
    assert!(matches!(refused, Err(PersonsError::OtherKeys(of)) if of == id));
    assert_eq!(w.everything(), before);
}

#[test]
fn a_newer_secret_takes_over_at_the_next_start() {
    let mut w = World::new();
    let (_, id) = closed(&mut w, CPF);
    let path = w.file().with_extension("key");
    let mut bytes = vec![7; 96];
    std::fs::write(&path, &bytes).unwrap();
    rustix::fs::chmod(&path, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    assert_eq!(Keys::add_person_seal(&path).unwrap(), 2);
    let newer = Keys::open(&path, true).unwrap();
    assert_eq!(newer.open_cpf(&sealed(&w, id).unwrap()), Some(cpf(CPF)));
    run(persons::bring_up(&w.store, &newer, &list(&w))).unwrap();
    let row = sealed(&w, id).unwrap();
    assert_eq!((row.key.seal, newer.open_cpf(&row)), (2, Some(cpf(CPF))));
    assert_eq!(
        w.keys.open_cpf(&row),
        None,
        "the old file alone opens nothing"
    );
    bytes.truncate(90);
    std::fs::write(&path, &bytes).unwrap();
    assert!(Keys::add_person_seal(&path).is_err());
}

/// The spellings in which eleven digits may leak.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let digits = cpf(text).digits().to_owned();
    let packed = digits
        .parse::<u64>()
        .expect("our own files and rows")
        .to_be_bytes();
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD;
    vec![
        digits.clone().into_bytes(),
        text.as_bytes().to_vec(),
        base64.encode(&digits).into_bytes(),
        base64.encode(text).into_bytes(),
        hex::encode(&digits).into_bytes(),
        packed[3..].to_vec(),
        digits.chars().rev().collect::<String>().into_bytes(),
    ]
}

fn holds(files: &[PathBuf], needle: &[u8]) -> bool {
    assert!(needle.len() >= 5, "too short to mean anything");
    files.iter().any(|path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

/// The database with all that stands beside it.
fn files_of(w: &World) -> Vec<PathBuf> {
    let folder = w
        .file()
        .parent()
        .map(Path::to_owned)
        .expect("our own files and rows");
    let entries = std::fs::read_dir(folder).expect("our own files and rows");
    entries
        .map(|entry| entry.expect("our own files and rows").path())
        .collect()
}

#[test]
fn no_file_holds_a_cpf_and_none_a_destroyed_key() {
    let mut w = World::new();
    starts(&w).unwrap();
    for text in [OTHER, "123.456.789-09"] {
        closed(&mut w, text);
    }
    let (_, id) = closed(&mut w, CPF);
    let backup_file = w.file().with_file_name("copy.db");
    backup::backup(&w.file(), &backup_file).unwrap();
    let files = files_of(&w);
    assert!(files.len() >= 3, "database, log and backup: {files:?}");
    for (n, spelling) in spellings(CPF).iter().enumerate() {
        assert!(!holds(&files, spelling), "spelling {n}");
    }
    let row = sealed(&w, id).unwrap();
    let index = w.keys.cpf_index(&cpf(CPF));
    let secrets = [row.key.sealed.as_slice(), &row.sealed, &index];
    for secret in secrets {
        assert!(
            holds(&files, secret),
            "it is there before, or nothing is shown"
        );
    }
    std::fs::remove_file(&backup_file).unwrap();
    let erased = run(persons::erase(&w.store, &list(&w), wish(id, 1))).unwrap();
    assert_eq!(erased, Step::Executed(()));
    let files = files_of(&w);
    for (n, secret) in secrets.iter().enumerate() {
        assert!(!holds(&files, secret), "secret {n} lingers");
    }
}

#[test]
fn a_restored_backup_brings_nobody_back_who_was_erased() {
    let mut w = World::new();
    starts(&w).unwrap();
    let (_, id) = closed(&mut w, CPF);
    let (_, stays) = closed(&mut w, OTHER);
    let copy = w.file().with_file_name("copy.db");
    backup::backup(&w.file(), &copy).unwrap();
    run(persons::erase(&w.store, &list(&w), wish(id, 1))).unwrap();
    w.restores(&copy);
    assert_eq!(
        known(&w, CPF),
        Some(id),
        "the backup is older than the erasure"
    );
    starts(&w).unwrap();
    assert_eq!((known(&w, CPF), sealed(&w, id)), (None, None));
    assert_eq!(known(&w, OTHER), Some(stays));
}

#[test]
fn the_list_learns_what_a_power_cut_kept_from_it() {
    let mut w = World::new();
    starts(&w).unwrap();
    let (_, id) = closed(&mut w, CPF);
    done(tries(&w, id, 1));
    assert_eq!(list(&w).all().unwrap(), [].into());
    starts(&w).unwrap();
    assert_eq!(list(&w).all().unwrap(), [id].into());
    starts(&w).unwrap();
    let text = std::fs::read_to_string(list_file(&w)).unwrap();
    assert_eq!(text.matches(&id.to_string()).count(), 1, "once");
}

#[test]
fn a_list_that_was_lost_is_never_taken_for_nobody() {
    let mut w = World::new();
    starts(&w).unwrap();
    let (_, first) = closed(&mut w, CPF);
    let (_, second) = closed(&mut w, OTHER);
    let old = w.file().with_file_name("old.db");
    backup::backup(&w.file(), &old).unwrap();
    let erases = |w: &World, id, n| run(persons::erase(&w.store, &list(w), wish(id, n)));
    erases(&w, first, 1).unwrap();
    let older_list = std::fs::read(list_file(&w)).unwrap();
    erases(&w, second, 2).unwrap();
    let newer = w.file().with_file_name("newer.db");
    backup::backup(&w.file(), &newer).unwrap();
    // A backup from before any erasure, without the list; a newer one, with an older list.
    for (copy, lost) in [(&old, None), (&newer, None), (&newer, Some(&older_list))] {
        w.restores(copy);
        match lost {
            None => std::fs::remove_file(list_file(&w)).unwrap(),
            Some(list) => std::fs::write(list_file(&w), list).unwrap(),
        }
        let before = w.everything();
        for _ in 0..2 {
            assert!(matches!(starts(&w), Err(PersonsError::ListLost { .. })));
        }
        assert_eq!(w.everything(), before);
        assert_eq!(list_file(&w).exists(), lost.is_some(), "nothing is begun");
        std::fs::write(list_file(&w), &older_list).unwrap();
    }
    // Nor by an erasure that would begin a list of its own.
    std::fs::remove_file(list_file(&w)).unwrap();
    let (_, third) = closed(&mut w, "123.456.789-09");
    assert!(matches!(
        erases(&w, third, 3),
        Err(PersonsError::ListLost { .. })
    ));
    // No copy is left: a person says so, and what the database knows is the list.
    let now = w.now;
    assert_eq!(run(list(&w).renew(&w.store, now)).unwrap(), 3);
    starts(&w).unwrap();
    assert_eq!(list(&w).all().unwrap(), [first, second, third].into());
    let told = "SELECT count(*) FROM audit WHERE action = 'renew_erased_list'";
    assert_eq!(w.count(told), 1);
}

#[test]
fn a_person_is_told_all_that_leads_back_to_the_cpf() {
    let mut w = World::new();
    let (visit, id) = closed(&mut w, CPF);
    closed(&mut w, OTHER);
    let known = run(persons::export(&w.store, &w.keys, id))
        .unwrap()
        .unwrap();
    let told = serde_json::to_value(&known).unwrap();
    assert_eq!(told["cpf"], "11144477735");
    assert_eq!(told["rentals"].as_array().map(Vec::len), Some(1));
    let rental = &told["rentals"][0];
    assert_eq!(rental["id"], visit.rental.to_string());
    assert_eq!(rental["state"], "closed");
    assert_eq!(rental["payments"][0]["amount_centavos"], 1_000);
    assert_eq!(rental["refunds"][0]["state"], "settled");
    assert!(rental["raffle_entry"]["code"].is_string(), "{rental}");
    done(tries(&w, id, 1));
    let after = run(persons::export(&w.store, &w.keys, id))
        .unwrap()
        .unwrap();
    assert!(after.cpf.is_none() && after.erased.is_some());
    let nobody = PersonId::new(9, [9; 10]);
    assert!(
        run(persons::export(&w.store, &w.keys, nobody))
            .unwrap()
            .is_none()
    );
}

#[test]
fn the_clock_forgets_whom_nothing_depends_on() {
    use crate::world::{CAMPAIGN_CLOSES, DAY, START};
    use shared::time::UnixMs;
    let mut w = World::new();
    starts(&w).unwrap();
    let (_, plays) = closed(&mut w, CPF);
    let given_up = w.take_with_cpf("norte", OTHER);
    w.bank_makes_charge(&given_up);
    done(w.gives_up(&given_up));
    let took = person_of(&w, &given_up);
    let unpaid = w.take_with_cpf("norte", "123.456.789-09");
    let waits = person_of(&w, &unpaid);
    let forget = |w: &World, at: UnixMs| run(persons::forget(&w.store, &list(w), at)).unwrap();
    let is_known = |w: &World, id| sealed(w, id).is_some();
    let rental_over = START.plus(persons::KEPT_AFTER_RENTAL_MS);
    assert_eq!(forget(&w, rental_over.plus(-DAY)), 0);
    // The campaign closes before its month and its claims would be over, so the rental decides.
    assert!(CAMPAIGN_CLOSES.plus(persons::KEPT_AFTER_CAMPAIGN_MS) < rental_over);
    let extended = CAMPAIGN_CLOSES.0 + 30 * DAY;
    let sql = "UPDATE campaign SET closes_ms = $1";
    done(w.act(move |tx| Ok(tx.execute(sql, &[extended.into()]).map(drop)?)));
    assert_eq!(forget(&w, rental_over.plus(DAY)), 1, "who never played");
    assert_eq!(
        [plays, took, waits].map(|id| is_known(&w, id)),
        [true, false, true]
    );
    let claims_over = UnixMs(extended).plus(persons::KEPT_AFTER_CAMPAIGN_MS + DAY);
    assert_eq!(forget(&w, claims_over), 1);
    assert_eq!(
        [plays, waits].map(|id| is_known(&w, id)),
        [false, true],
        "a payment may come"
    );
    assert_eq!(list(&w).all().unwrap(), [took, plays].into());
}

#[test]
fn a_member_card_of_an_erased_person_names_nobody_and_opens_nothing() {
    use cloud::actions::put_card::{self, PutCard};
    use cloud::store::member_card::{self, CardState};
    let mut w = World::new();
    let person = w.person(CPF);
    let id = person.cpf.person;
    let put = PutCard {
        chain: crate::world::chain(),
        key: crate::world::card_key(&w, "0001"),
        ending: "0001".into(),
        holder: "Maria Canária".parse().expect("a name"),
        person: Some(person),
        state: CardState::Active,
        audit_id: "put".into(),
    };
    let (now, key) = (w.now, put.key);
    done(w.act(move |tx| put_card::run(tx, now, &put, &manager())));
    assert_eq!(done(tries(&w, id, 1)), Step::Executed(()));
    let card = w.read(move |tx| member_card::by_key(tx, &crate::world::chain(), &key));
    let card = card.unwrap();
    assert!(card.holder.is_none() && card.person.is_none());
    assert_eq!(card.state, CardState::Denied);
    run(w.store.scrub()).unwrap();
    assert!(!holds(&files_of(&w), "Maria Can".as_bytes()));
}
