//! What a customer does: take, pay, give up, come back; and how far a visit has come.

use super::{DEPOSIT, World, cart, done, manager, refusal};
use cloud::actions::cancel_rental::by_customer;
use cloud::actions::take_cart::{NewPerson, TakeCart};
use cloud::actions::{Outcome, Rejection, approve_return, claim_entry, expire_charge, take_cart};
use cloud::entropy::Entropy;
use shared::document::Cpf;
use shared::event::Contradiction;
use shared::ids::{BayNo, PersonId, RentalId};

/// One rental from the outside.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) rental: RentalId,
    pub(crate) txid: String,
    pub(crate) dock: &'static str,
    /// The bay that was promised.
    pub(crate) bay: BayNo,
}

/// How far a visit has come, by the shortest way there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Awaiting,
    Paid,
    Out,
    Review,
    Returned,
    Closed,
    Expired,
    Cancelled,
}

pub(crate) const STAGES: [Stage; 8] = [
    Stage::Awaiting,
    Stage::Paid,
    Stage::Out,
    Stage::Review,
    Stage::Returned,
    Stage::Closed,
    Stage::Expired,
    Stage::Cancelled,
];

impl World {
    pub(crate) fn person(&mut self, cpf: &str) -> NewPerson {
        let cpf: Cpf = cpf.parse().expect("a good CPF");
        let id = PersonId::new(self.born_ms(), self.serial());
        NewPerson::of(&self.keys, &cpf, id, &mut Entropy::default())
    }

    pub(crate) fn wish(&mut self, dock: &str) -> TakeCart {
        let entropy = self.serial();
        let rental = RentalId::new(self.born_ms(), entropy);
        let mut token_hash = [0; 32];
        token_hash[..10].copy_from_slice(&entropy);
        TakeCart {
            dock_code: dock.into(),
            wished: None,
            rental,
            token_hash,
            txid: rental.simple(),
            person: None,
        }
    }

    pub(crate) fn tries(&mut self, dock: &'static str, wish: &TakeCart) -> Outcome<Visit> {
        let (now, wish) = (self.now, wish.clone());
        let (rental, txid) = (wish.rental, wish.txid.clone());
        let taken = self.act(move |tx| take_cart::run(tx, now, &wish))?;
        assert_eq!(taken.gateway, self.gateway(dock).id);
        Ok(Visit {
            rental,
            txid,
            dock,
            bay: taken.bay,
        })
    }

    #[track_caller]
    pub(crate) fn take(&mut self, dock: &'static str) -> Visit {
        let wish = self.wish(dock);
        done(self.tries(dock, &wish))
    }

    #[track_caller]
    pub(crate) fn take_with_cpf(&mut self, dock: &'static str, cpf: &str) -> Visit {
        let person = Some(self.person(cpf));
        let wish = TakeCart {
            person,
            ..self.wish(dock)
        };
        done(self.tries(dock, &wish))
    }

    #[track_caller]
    pub(crate) fn refused(&mut self, dock: &'static str) -> Rejection {
        let wish = self.wish(dock);
        refusal(self.tries(dock, &wish))
    }

    pub(crate) fn gives_up(&self, visit: &Visit) -> Outcome<()> {
        let (now, rental) = (self.now, visit.rental);
        self.act(move |tx| by_customer(tx, now, &rental))
    }

    pub(crate) fn expires(&self, visit: &Visit) -> Outcome<()> {
        let (now, txid) = (self.now, visit.txid.clone());
        self.act(move |tx| expire_charge::run(tx, now, &txid))
    }

    pub(crate) fn claims(&mut self, visit: &Visit, cpf: &str) -> Outcome<()> {
        let (now, rental, person) = (self.now, visit.rental, self.person(cpf));
        self.act(move |tx| claim_entry::run(tx, now, &rental, &person))
    }

    pub(crate) fn approves(&self, visit: &Visit) -> Outcome<()> {
        let (now, rental) = (self.now, visit.rental);
        self.act(move |tx| approve_return::run(tx, now, &rental, &manager()))
    }

    /// Paid, granted, pulled and reported.
    #[track_caller]
    pub(crate) fn goes_out(&mut self, dock: &'static str) -> (Visit, shared::ids::TagUid) {
        let visit = self.take(dock);
        self.bank_makes_charge(&visit);
        assert_eq!(self.pays(&visit, DEPOSIT), "deposit");
        let tag = self.pulls(&visit);
        self.reports(dock);
        (visit, tag)
    }

    #[track_caller]
    pub(crate) fn at(&mut self, stage: Stage) -> Visit {
        if matches!(stage, Stage::Awaiting | Stage::Expired | Stage::Cancelled) {
            let visit = self.take("norte");
            self.bank_makes_charge(&visit);
            match stage {
                Stage::Expired => done(self.expires(&visit)),
                Stage::Cancelled => done(self.gives_up(&visit)),
                _ => {}
            }
            return visit;
        }
        if stage == Stage::Paid {
            let visit = self.take("norte");
            self.bank_makes_charge(&visit);
            self.pays(&visit, DEPOSIT);
            return visit;
        }
        let (visit, tag) = self.goes_out("norte");
        assert_eq!(tag, cart(1));
        match stage {
            Stage::Review => {
                self.contradicts("norte", 1, Some(tag), Contradiction::BoltNotEngaged);
                self.reports("norte");
            }
            Stage::Returned | Stage::Closed => {
                self.docks("sul", 1, tag);
                self.reports("sul");
            }
            _ => {}
        }
        if stage == Stage::Closed {
            self.bank_settles(&visit);
        }
        visit
    }
}
