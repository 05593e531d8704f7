//! A copy of the books, and what follows when it takes their place: gateways that know more than it,
//! and a bank that has paid what it believes to be owed.

use crate::world::{DEPOSIT, Deed, Visit, World, done, refusal};
use cloud::actions::Rejection;
use cloud::actions::accept_events::Answer;
use cloud::store::backup::{BackupError, backup};
use cloud::store::gateway::{self, GatewayState};
use shared::chain::Head;
use shared::held;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

fn copy_of(w: &World) -> PathBuf {
    let copy = w.file().with_file_name("copy.db");
    backup(&w.file(), &copy).expect("our own files and rows");
    copy
}

fn names(w: &World) -> Vec<String> {
    let folder = w
        .file()
        .parent()
        .expect("our own files and rows")
        .to_owned();
    let entries = std::fs::read_dir(folder).expect("our own files and rows");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("our own files and rows")
                .file_name()
                .into_string()
                .expect("our own files and rows")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_one_file_with_every_row_while_others_write() {
    let mut w = World::new();
    let (visit, _) = w.goes_out("norte");
    let before = w.everything();
    let copy = w.file().with_file_name("copy.db");
    let done = backup(&w.file(), &copy).unwrap();
    assert_eq!(done.bytes, std::fs::metadata(&copy).unwrap().len());
    assert!(done.rows > 20 && done.tables > 20, "{done:?}");
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let beside: Vec<_> = names(&w)
        .into_iter()
        .filter(|n| n.starts_with("copy"))
        .collect();
    assert_eq!(beside, ["copy.db"], "no log, no part");
    // What comes later is not in it, and what it was taken from goes on.
    let (later, _) = w.goes_out("norte");
    w.restores(&copy);
    assert_eq!(w.everything(), before);
    assert_eq!(w.state(&visit), "out");
    let rental = later.rental;
    let gone = w.read(move |tx| cloud::store::rental::by_id(tx, &rental));
    assert!(gone.is_none());
}

#[test]
fn a_backup_never_takes_the_place_of_anything() {
    let w = World::new();
    let before = w.everything();
    let copy = copy_of(&w);
    let bytes = std::fs::read(&copy).unwrap();
    for there in [copy.clone(), w.file()] {
        let refused = backup(&w.file(), &there);
        assert!(matches!(refused, Err(BackupError::Exists { .. })));
    }
    assert_eq!(std::fs::read(&copy).unwrap(), bytes);
    assert_eq!(w.everything(), before);
    let nowhere = w.file().with_file_name("none").join("copy.db");
    assert!(matches!(
        backup(&w.file(), &nowhere),
        Err(BackupError::File { .. })
    ));
    let missing = w.file().with_file_name("missing.db");
    let other = w.file().with_file_name("other.db");
    assert!(backup(&missing, &other).is_err());
    assert!(!missing.exists() && !other.exists());
    assert!(!names(&w).iter().any(|name| name.ends_with(".partial")));
}

#[test]
fn a_copy_that_is_not_whole_gets_no_name() {
    let mut w = World::new();
    let visit = w.take("norte");
    let good = copy_of(&w);
    let mut bytes = std::fs::read(&good).unwrap();
    // One letter of an id, in the table or in its index but not in both: every row can be counted.
    let id = visit.txid.as_bytes();
    let at = bytes.windows(id.len()).position(|window| window == id);
    bytes[at.expect("the charge is stored")] ^= 1;
    let bad = w.file().with_file_name("bad.db");
    std::fs::write(&bad, bytes).unwrap();
    let to = w.file().with_file_name("of-bad.db");
    assert!(matches!(backup(&bad, &to), Err(BackupError::NotWhole(_))));
    assert!(!to.exists() && !names(&w).iter().any(|name| name.ends_with(".partial")));
}

fn state(w: &mut World, dock: &str) -> GatewayState {
    let id = w.gateway(dock).id;
    w.read(move |tx| gateway::by_id(tx, &id))
        .expect("enrolled")
        .state
}

/// Out when the backup is taken; returned, refunded and settled after it.
fn returned_after_backup() -> (World, Visit, PathBuf) {
    let mut w = World::new();
    let (visit, tag) = w.goes_out("norte");
    let copy = copy_of(&w);
    w.docks("sul", 1, tag);
    w.reports("sul");
    w.bank_settles(&visit);
    assert_eq!(w.state(&visit), "closed");
    (w, visit, copy)
}

#[test]
fn gateways_tell_a_restored_cloud_what_it_forgot_and_the_debt_keeps_its_id() {
    let (mut w, visit, copy) = returned_after_backup();
    let paid = w.last_order(&visit);
    let head = w.gateway("sul").head();
    w.restores(&copy);
    assert_eq!(
        (w.state(&visit), w.books()),
        ("out".into(), [DEPOSIT, DEPOSIT, 0])
    );
    assert!(matches!(refusal(w.syncs("sul")), Rejection::Gap { .. }));
    assert_eq!(w.catches_up("sul").head, head);
    w.catches_up("norte");
    assert_eq!(w.state(&visit), "returned");
    for dock in ["norte", "sul"] {
        assert_eq!(state(&mut w, dock), GatewayState::Active, "{dock}");
    }
    assert_eq!(w.alarms(), [""; 0], "nobody is accused");
    // The bank knows this very order: asked again, it pays nothing.
    let order = w.last_order(&visit);
    assert_eq!((order.id, order.amount), (paid.id, paid.amount));
    w.bank_settles(&visit);
    assert_eq!((w.state(&visit), w.books()), ("closed".into(), [0, 0, 0]));
    assert_eq!(w.orders(&visit).len(), 1);
}

#[test]
fn an_order_that_took_a_refused_ones_place_keeps_its_id_too() {
    use cloud_core::refund::{BankWord, Refusal};
    let (mut w, tag, visit) = {
        let mut w = World::new();
        let (visit, tag) = w.goes_out("norte");
        (w, tag, visit)
    };
    let copy = copy_of(&w);
    w.docks("sul", 1, tag);
    w.reports("sul");
    let orders = |w: &mut World| {
        let first = w.last_order(&visit);
        done(w.bank_says(first.id, BankWord::Refused(Refusal::Other), 1));
        let second = w.last_order(&visit);
        assert_eq!((first.order_no, second.order_no), (1, 2));
        (first.id, second.id)
    };
    let before = orders(&mut w);
    assert_ne!(before.0, before.1);
    w.restores(&copy);
    w.catches_up("sul");
    assert_eq!(orders(&mut w), before);
}

#[test]
fn what_neither_side_holds_any_more_is_named_and_the_rest_goes_on() {
    let (mut w, visit, copy) = returned_after_backup();
    let (other, tag) = w.goes_out("norte");
    w.docks("sul", 2, tag);
    w.reports("sul");
    assert_eq!(w.state(&other), "returned");
    w.restores(&copy);
    let gateway = w.gateway("sul");
    let whole = gateway.events();
    assert!(whole >= 2, "two returns");
    // It keeps only its last line.
    let kept = gateway.set_back(whole - 1).head();
    let head = gateway.head();
    for wrong in [
        None,
        Some(Head {
            seq: kept.seq,
            hash: head.hash,
        }),
    ] {
        w.gateway("sul").kept_after = wrong;
        let refused = refusal(w.sends("sul", whole - 1..whole));
        assert!(matches!(refused, Rejection::Gap { .. }), "{wrong:?}");
    }
    w.gateway("sul").kept_after = Some(kept);
    w.gateway("sul").kept_proof = Some(w.word(kept));
    done(w.sends("sul", whole - 1..whole));
    let id = w.gateway("sul").id;
    let row = w.read(move |tx| gateway::by_id(tx, &id)).expect("enrolled");
    assert_eq!((row.head, row.state), (head, GatewayState::Active));
    assert_eq!(w.alarms(), ["events_forgotten"]);
    let named = w.read(|tx| cloud::store::alarm::open(tx, 9))[0]
        .subject
        .clone();
    assert_eq!(named, format!("{id}:1-{}", kept.seq));
    assert_eq!(w.state(&visit), "out", "its return is what was lost");
    // From here on it is as ever.
    w.gateway("sul").kept_after = None;
    done(w.sends("sul", whole..whole));
    assert_eq!(w.alarms(), ["events_forgotten"]);
}

#[test]
fn nobody_makes_the_books_forget_by_saying_that_they_did() {
    let (mut w, visit, copy) = returned_after_backup();
    let (_, tag) = w.goes_out("norte");
    w.docks("sul", 2, tag);
    w.reports("sul");
    let whole = w.gateway("sul").events();
    let kept = w.gateway("sul").set_back(whole - 1).head();
    let (norte, sul) = (w.gateway("norte").id, w.gateway("sul").clone());
    let of_another = held::vouch(w.keys.signing(), &norte, kept);
    let by_itself = held::vouch(&sul.key, &sul.id, kept);
    let (older, newer) = (w.word(sul.set_back(whole - 2).head()), w.word(sul.head()));
    for (name, proof) in [
        ("nothing", None),
        ("an older word", Some(older)),
        ("the word for another line", Some(newer)),
        ("another gateway's", Some(of_another)),
        ("its own", Some(by_itself)),
    ] {
        w.restores(&copy);
        let gateway = w.gateway("sul");
        (gateway.kept_after, gateway.kept_proof) = (Some(kept), proof);
        let answer = done(w.sends("sul", whole - 1..whole));
        assert!(
            matches!(answer, Answer::Forked { seq } if seq == kept.seq),
            "{name}"
        );
        assert_eq!(state(&mut w, "sul"), GatewayState::Quarantined, "{name}");
        assert_eq!(w.alarms(), ["gateway_forked"], "{name}");
        let id = w.gateway("sul").id;
        let row = w.read(move |tx| gateway::by_id(tx, &id)).expect("enrolled");
        assert!(row.head.seq < kept.seq, "{name}: nothing of it was taken");
        assert_eq!(w.state(&visit), "out", "{name}");
    }
}

#[test]
fn a_restored_cloud_gives_no_grant_the_number_of_a_used_one() {
    let mut w = World::new();
    let copy = copy_of(&w);
    let (first, _) = w.goes_out("norte");
    let (second, _) = w.goes_out("norte");
    let used = [&first, &second].map(|visit| w.grant(visit).expect("granted"));
    w.restores(&copy);
    let highest = used.iter().map(|grant| grant.serial).max().unwrap_or(0);
    w.gateway("norte").offline.grant_serial = highest;
    w.catches_up("norte");
    let visit = w.take("norte");
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    let fresh = w.grant(&visit).expect("granted");
    assert_eq!(fresh.serial, highest + 1);
    assert!(used.iter().all(|grant| grant.id != fresh.id));
    // One that lies beyond belief changes nothing.
    w.gateway("norte").offline.grant_serial = u32::MAX;
    w.records(&visit, Deed::NotTaken);
    w.reports("norte");
    let visit = w.take("norte");
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    assert_eq!(w.grant(&visit).expect("granted").serial, highest + 2);
}
