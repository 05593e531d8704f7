//! What a manager sees of refunds that do not simply settle.

use crate::site::Site;
use crate::world::{Stage, Visit, World, done};
use cloud::config::Role;
use cloud::store::bank_return::ReturnState;
use cloud_core::refund::{BankWord, Refusal};

fn says(w: &World, visit: &Visit, word: BankWord) {
    done(w.bank_says(w.last_order(visit).id, word, 1));
}

#[test]
fn every_obstacle_is_in_words_on_the_rental_and_among_the_alarms() {
    for (word, on_rental, alarm) in [
        (
            BankWord::Refused(Refusal::NoBalance),
            "sem saldo na conta",
            "Falta saldo para devolver",
        ),
        (
            BankWord::Rejected(Refusal::InfractionOpen),
            "infração aberta (MED)",
            "Devolução parada por infração aberta (MED)",
        ),
        (
            BankWord::Refused(Refusal::AccountGone),
            "conta do pagador não existe mais (why)",
            "Devolução impossível: falta pagar por outro meio",
        ),
        (
            BankWord::Refused(Refusal::TimedOut),
            "um banco no caminho não respondeu a tempo (why)",
            "Banco recusou uma devolução",
        ),
    ] {
        let mut site = Site::new();
        let visit = site.world.at(Stage::Returned);
        says(&site.world, &visit, word);
        let mut ana = site.signed_in("ana", Role::Viewer);
        let page = ana.reads(&format!("/manage/rentals/{}", visit.rental));
        assert!(page.contains(on_rental), "{word:?}: {on_rental}");
        let alarms = ana.reads("/manage/alarms");
        assert!(alarms.contains(alarm), "{word:?}: {alarm}");
        let delayed = ana.reads("/manage/rentals?state=refund-delayed");
        let row = format!("/manage/rentals/{}", visit.rental);
        assert!(delayed.contains(&row), "{word:?} is listed as delayed");
    }
}

#[test]
fn what_the_bank_gave_back_is_a_step_with_its_proofs() {
    let mut site = Site::new();
    let visit = site.world.at(Stage::Returned);
    let w = &site.world;
    w.bank_returns(&visit, ("bank1", 400), ReturnState::Settled);
    w.bank_returns(&visit, ("bank2", 600), ReturnState::Settled);
    let e2eid = w.row(&visit).e2eid.unwrap();
    let mut ana = site.signed_in("ana", Role::Viewer);
    let page = ana.reads(&format!("/manage/rentals/{}?lang=en", visit.rental));
    for proof in [
        "Bank gave money back by itself",
        "MED: fraud",
        "Nothing left to give back",
        "bank1",
        &format!("bank_return:{e2eid}/bank2"),
        "owed → bank",
    ] {
        assert!(page.contains(proof), "{proof}");
    }
}
