//! Telling the payer: once a kind and channel, kept for a visit, readable by nobody else.

use crate::world::{DAY, Stage, Visit, World, done, manager, refusal};
use cloud::actions::erase_person::{self, ErasePerson};
use cloud::actions::put_contact::{self, PutContact};
use cloud::actions::settle_notice::{self, Settled};
use cloud::actions::tell::{self, Notice, Reach};
use cloud::actions::{Outcome, Rejection, forget_contacts, watch_notices};
use cloud::entropy::Entropy;
use cloud::keys::Keys;
use cloud::notices::{Address, Contact};
use cloud::persons::{self, Erased};
use cloud::store::alarm::{self, AlarmKind};
use cloud::store::notification::NotificationRow;
use cloud::store::{backup, contact, notification};
use cloud_core::notice::{Channel, Ended, Kind, State};
use cloud_core::rental::InvalidTransition;
use cloud_core::rescue::Told;
use shared::time::UnixMs;
use std::sync::Arc;

const MAIL: &str = "canario.payer@loja.example";
const PHONE: &str = "+5581912345678";
const TOKEN: &str = "q7ZrVb2hYw0XkLm5TnPd3g";

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime on this thread");
    runtime.block_on(future)
}

fn gives(w: &World, visit: &Visit, address: Address) -> Outcome<()> {
    let channel = match &address {
        Address::Mail(_) => Channel::Mail,
        Address::Push(_) => Channel::Push,
        Address::Phone(_) => Channel::Messenger,
    };
    let contact = Contact {
        token: TOKEN.into(),
        lang: "pt".into(),
        address,
    };
    let mut entropy = Entropy::default();
    let put = PutContact {
        rental: visit.rental,
        channel,
        address: contact.to_bytes(),
        fresh: w.keys.new_contact_key(&visit.rental, &mut entropy),
        nonce: entropy.bytes(),
    };
    let (keys, now) = (Arc::clone(&w.keys), w.now);
    w.act(move |tx| put_contact::run(tx, now, &keys, &put))
}

fn mail() -> Address {
    Address::Mail(MAIL.into())
}

fn phone() -> Address {
    Address::Phone(PHONE.into())
}

fn tells(w: &World, visit: &Visit, notice: Notice) -> Reach {
    let (now, rental) = (w.now, visit.rental);
    done(w.act(move |tx| tell::run(tx, now, &rental, notice)))
}

fn rows(w: &World, visit: &Visit) -> Vec<NotificationRow> {
    let rental = visit.rental;
    w.read(move |tx| notification::of_rental(tx, &rental))
}

fn settles(w: &World, row: &NotificationRow, settled: Settled) {
    let (now, row) = (w.now, row.clone());
    done(w.act(move |tx| {
        settle_notice::begin(tx, now, &row)?;
        settle_notice::run(tx, now, &row, &settled)
    }));
}

fn standing(w: &World, visit: &Visit, kind: Kind) -> Told {
    let rental = visit.rental;
    w.read(move |tx| notification::standing(tx, &rental, kind))
}

fn channels(w: &World, visit: &Visit) -> Vec<Channel> {
    let rental = visit.rental;
    w.read(move |tx| contact::channels(tx, &rental))
}

fn waiting(w: &World) -> i64 {
    w.count("SELECT count(*) FROM outbox WHERE kind = 'send_notice' AND done_ms IS NULL")
}

#[test]
fn a_rental_is_told_once_a_kind_and_channel() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    let near = Notice::AbandonmentNear {
        at_ms: w.now.plus(DAY),
    };
    assert_eq!(tells(&w, &visit, near), Reach::NoChannel);
    assert_eq!(standing(&w, &visit, Kind::AbandonmentNear), Told::NoChannel);
    done(gives(&w, &visit, mail()));
    assert_eq!(standing(&w, &visit, Kind::AbandonmentNear), Told::NotYet);
    for _ in 0..2 {
        assert_eq!(tells(&w, &visit, near), Reach::Channels(1));
    }
    done(gives(&w, &visit, phone()));
    assert_eq!(tells(&w, &visit, near), Reach::Channels(2));
    assert_eq!(tells(&w, &visit, Notice::Abandoned), Reach::Channels(2));
    let all = rows(&w, &visit);
    let told: Vec<_> = all.iter().map(|row| (row.kind, row.channel)).collect();
    assert_eq!(
        told,
        [
            (Kind::Abandoned, Channel::Mail),
            (Kind::Abandoned, Channel::Messenger),
            (Kind::AbandonmentNear, Channel::Mail),
            (Kind::AbandonmentNear, Channel::Messenger),
        ]
    );
    assert_eq!(waiting(&w), 4);
    let about: Vec<_> = all.iter().map(|row| row.about_ms).collect();
    let at = Some(w.now.plus(DAY));
    assert_eq!(about, [None, None, at, at]);
}

#[test]
fn told_is_the_first_moment_a_channel_accepted_it() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    done(gives(&w, &visit, mail()));
    done(gives(&w, &visit, phone()));
    tells(&w, &visit, Notice::Abandoned);
    let kind = Kind::Abandoned;
    let all = rows(&w, &visit);
    let later = Settled::Later {
        due: w.now.plus(5_000),
        trouble: Some("mail_451".into()),
    };
    settles(&w, &all[0], later);
    assert_eq!(standing(&w, &visit, kind), Told::NotYet);
    let row = rows(&w, &visit).remove(0);
    assert_eq!(
        (row.attempts, row.trouble.as_deref()),
        (1, Some("mail_451"))
    );
    w.advance(7_000);
    let first = w.now;
    settles(&w, &all[1], Settled::Told);
    w.advance(9_000);
    settles(&w, &all[0], Settled::Told);
    assert_eq!(standing(&w, &visit, kind), Told::At(first));
    let rental = visit.rental;
    let told = w.read(move |tx| notification::told(tx, &rental, kind));
    assert_eq!((told, waiting(&w)), (Some(first), 0));
    settles(&w, &all[0], Settled::Ended(Ended::TooOld));
    assert_eq!(
        standing(&w, &visit, kind),
        Told::At(first),
        "told stays told"
    );
}

#[test]
fn an_address_that_does_not_exist_is_not_kept() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    done(gives(&w, &visit, mail()));
    tells(&w, &visit, Notice::Abandoned);
    let row = rows(&w, &visit).remove(0);
    settles(&w, &row, Settled::Ended(Ended::Unreachable));
    assert_eq!(channels(&w, &visit), []);
    assert_eq!(w.count("SELECT count(*) FROM contact_key"), 0);
    assert_eq!(standing(&w, &visit, Kind::Abandoned), Told::NoChannel);
}

#[test]
fn contacts_are_of_a_paid_rental_that_is_not_over() {
    for (stage, refused) in [
        (Stage::Awaiting, Some(InvalidTransition::NotPaid)),
        (Stage::Paid, None),
        (Stage::Out, None),
        (Stage::Review, None),
        (Stage::Returned, None),
        (Stage::Closed, Some(InvalidTransition::Over)),
        (Stage::Expired, Some(InvalidTransition::Over)),
        (Stage::Cancelled, Some(InvalidTransition::Over)),
    ] {
        let mut w = World::new();
        let visit = w.at(stage);
        let given = gives(&w, &visit, mail());
        match refused {
            Some(why) => assert_eq!(refusal(given), Rejection::Transition(why), "{stage:?}"),
            None => done(given),
        }
    }
}

#[test]
fn what_waits_ends_with_the_contact() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    done(gives(&w, &visit, mail()));
    tells(&w, &visit, Notice::Abandoned);
    let (now, rental) = (w.now, visit.rental);
    done(w.act(move |tx| forget_contacts::run(tx, now, &rental)));
    let why = Ended::ContactGone;
    assert_eq!(rows(&w, &visit)[0].state, State::Ended { why });
    assert_eq!((channels(&w, &visit), waiting(&w)), (vec![], 0));
    assert_eq!(standing(&w, &visit, Kind::Abandoned), Told::NoChannel);
}

#[test]
fn a_channel_that_fails_for_a_quarter_of_an_hour_is_an_alarm() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    done(gives(&w, &visit, mail()));
    tells(&w, &visit, Notice::Abandoned);
    let looks = |w: &World| {
        let now = w.now;
        let standing = done(w.act(move |tx| watch_notices::run(tx, now)));
        let open = w.read(|tx| alarm::is_open(tx, AlarmKind::NoticeFailing, "mail"));
        (standing, open)
    };
    w.advance(DAY);
    assert_eq!(
        looks(&w),
        (0, false),
        "never tried: it waits for the morning"
    );
    let row = rows(&w, &visit).remove(0);
    let later = |w: &World| Settled::Later {
        due: w.now,
        trouble: Some("mail_no_connection".into()),
    };
    settles(&w, &row, later(&w));
    w.advance(watch_notices::ALARM_AFTER_MS - 1);
    settles(&w, &row, later(&w));
    assert_eq!(looks(&w), (0, false));
    w.advance(1);
    assert_eq!(looks(&w), (1, true));
    settles(&w, &row, Settled::Told);
    assert_eq!(looks(&w), (0, false));
}

#[test]
fn the_clock_forgets_contacts_when_the_rental_is_over_and_nothing_is_owed() {
    let mut w = World::new();
    let stays_out = w.at(Stage::Out);
    done(gives(&w, &stays_out, mail()));
    w.waits(1_000);
    let visit = w.take_with_cpf("norte", "111.444.777-35");
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    done(gives(&w, &visit, mail()));
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("norte", visit.bay.get(), tag);
    w.reports("norte");
    let forgets = |w: &World, at: UnixMs| run(persons::forget_contacts(&w.store, at)).unwrap();
    let kept_ms = DAY * i64::try_from(persons::CONTACTS_KEPT_DAYS).unwrap();
    assert_eq!(
        forgets(&w, w.now.plus(3 * kept_ms)),
        0,
        "a refund is on its way"
    );
    w.bank_settles(&visit);
    let ended = w.row(&visit).ended_ms.unwrap();
    assert_eq!(forgets(&w, ended.plus(kept_ms)), 0);
    assert_eq!(forgets(&w, ended.plus(kept_ms + 1)), 1);
    assert_eq!(
        (channels(&w, &visit), channels(&w, &stays_out)),
        (vec![], vec![Channel::Mail])
    );
    assert_eq!(
        forgets(&w, w.now.plus(181 * DAY)),
        1,
        "nothing is kept for ever"
    );
}

#[test]
fn no_file_holds_an_address_and_none_a_destroyed_key() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    done(gives(&w, &visit, mail()));
    done(gives(&w, &visit, phone()));
    tells(&w, &visit, Notice::Abandoned);
    let copy = w.file().with_file_name("copy.db");
    backup::backup(&w.file(), &copy).unwrap();
    let folder = w.file().parent().unwrap().to_owned();
    let holds = |needle: &[u8]| {
        let files = std::fs::read_dir(&folder).unwrap();
        files
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    };
    for secret in [MAIL, PHONE, TOKEN, "canario", "912345678"] {
        for spelling in [secret.to_owned(), hex::encode(secret)] {
            assert!(!holds(spelling.as_bytes()), "{spelling}");
        }
    }
    let rental = visit.rental;
    let sealed = w
        .read(move |tx| contact::sealed(tx, &rental, Channel::Mail))
        .unwrap();
    assert!(
        holds(&sealed.key.sealed) && holds(&sealed.sealed),
        "or nothing is shown"
    );
    std::fs::remove_file(&copy).unwrap();
    let now = w.now;
    done(w.act(move |tx| forget_contacts::run(tx, now, &rental)));
    assert!(run(w.store.scrub()).unwrap());
    assert!(!holds(&sealed.key.sealed), "the key lingers");
    assert!(!holds(&sealed.sealed), "the address lingers");
}

#[test]
fn contacts_die_with_the_person_and_open_under_a_newer_secret() {
    let mut w = World::new();
    let visit = w.take_with_cpf("norte", "111.444.777-35");
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    done(gives(&w, &visit, mail()));
    let path = w.file().with_extension("key");
    std::fs::write(&path, [7; 96]).unwrap();
    rustix::fs::chmod(&path, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    Keys::add_person_seal(&path).unwrap();
    let newer = Keys::open(&path, true).unwrap();
    run(persons::bring_up(&w.store, &newer, &Erased::beside(&path))).unwrap();
    let rental = visit.rental;
    let row = w
        .read(move |tx| contact::sealed(tx, &rental, Channel::Mail))
        .unwrap();
    assert_eq!(row.key.seal, 2);
    let opens = |keys: &Keys| keys.open_contact(&row.key, (&rental, Channel::Mail), &row.sealed);
    let contact = Contact::read(&opens(&newer).unwrap()).unwrap();
    assert!(contact.address == mail() && contact.token == TOKEN);
    assert!(opens(&w.keys).is_none(), "the old file alone opens nothing");
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("norte", visit.bay.get(), tag);
    w.reports("norte");
    w.bank_settles(&visit);
    let wish = ErasePerson {
        person: w.row(&visit).person.unwrap(),
        by: Some(manager()),
        audit_id: "1".into(),
    };
    let now = w.now;
    done(w.act(move |tx| erase_person::run(tx, now, &wish)));
    assert_eq!(channels(&w, &visit), []);
    assert_eq!(w.count("SELECT count(*) FROM contact_key"), 0);
}
