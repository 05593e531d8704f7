//! What a manager sees of the Pix that are sent to persons, and decides.

use crate::site::Site;
use crate::world::{Stage, World, done};
use axum::http::StatusCode;
use cloud::actions::name_key;
use cloud::config::Role;
use cloud::entropy::Entropy;
use cloud::store::payout::{self, PayoutRow};
use cloud_core::payout::{Hold, PayoutState};
use cloud_core::refund::{BankWord, Refusal};
use shared::ids::RentalId;
use shared::pix_key::PixKey;

const KEY: &str = "ana@exemplo.com";

/// A deposit that may be back already, and somebody who asks for it.
fn asks(w: &mut World) -> RentalId {
    let visit = w.at(Stage::Returned);
    let word = BankWord::Refused(Refusal::Duplicate);
    done(w.bank_says(w.last_order(&visit).id, word, 1));
    let (new, now, rental) = (w.person("529.982.247-25"), w.now, visit.rental);
    let (person, own) = done(w.act(move |tx| name_key::know(tx, now, &new)));
    let key: PixKey = KEY.parse().expect("a good key");
    let sealed = w
        .keys
        .seal_pix_key(&key, person, &own, &mut Entropy::default());
    let sealed = sealed.expect("our own key file");
    done(w.act(move |tx| name_key::owed(tx, now, &rental, &sealed)));
    rental
}

fn only(w: &World, rental: RentalId) -> PayoutRow {
    let mut orders = w.read(move |tx| payout::of_rental(tx, &rental));
    assert_eq!(orders.len(), 1);
    orders.remove(0)
}

#[test]
fn a_payout_waits_for_a_managers_word_and_shows_no_key() {
    let mut site = Site::new();
    let rental = asks(&mut site.world);
    let order = only(&site.world, rental);
    assert_eq!(order.state, PayoutState::Held(Hold::Review));
    let release = format!("/manage/payouts/{}/release", order.id);
    let mut viewer = site.signed_in("rui", Role::Viewer);
    let page = viewer.reads("/manage/payouts");
    for shown in [
        "parado: precisa de conferência",
        "a***@e***.com",
        "caução devida",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains(KEY) && !page.contains(&release));
    assert_eq!(viewer.post(&release, &[]).status, StatusCode::FORBIDDEN);
    assert_eq!(
        only(&site.world, rental).state,
        PayoutState::Held(Hold::Review)
    );
    let mut ana = site.signed_in("ana", Role::Manager);
    assert!(ana.reads("/manage/payouts").contains(&release));
    assert!(ana.reads("/manage/alarms").contains("/manage/payouts"));
    assert_eq!(ana.post(&release, &[]).status, StatusCode::SEE_OTHER);
    assert_eq!(only(&site.world, rental).state, PayoutState::Waiting);
    assert!(
        ana.reads("/manage/payouts?lang=en")
            .contains("waits for its time")
    );
    let nothing = "/manage/payouts/0199aaaa-bbbb-8ccc-8ddd-eeeeffff0000/release";
    assert_eq!(ana.post(nothing, &[]).status, StatusCode::NOT_FOUND);
    let odd = format!("/manage/payouts/{}/pay", order.id);
    assert_eq!(ana.post(&odd, &[]).status, StatusCode::NOT_FOUND);
}
