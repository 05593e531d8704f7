//! What happens beside the journal: receipts that customers carry, cards, codes.

use super::{Visit, World, bay, chain, done, manager};
use cloud::actions::honour_receipt::{self, Brought, SignedPart, Verdict};
use cloud::actions::put_card::{self, PutCard};
use cloud::actions::{Outcome, extend_grant};
use cloud::store::gateway;
use cloud::store::member_card::CardState;
use cloud::store::rental::Place;
use shared::allowance::CardKey;
use shared::event::Fact;
use shared::ids::{GrantId, RentalId, TagUid};
use shared::money::Centavos;
use shared::offline::SharedSecret;
use shared::receipt::Receipt;
use shared::signed::{PublicKey, text_of};

pub(crate) fn card_key(world: &World, number: &str) -> CardKey {
    CardKey::of(&world.keys.card_salt(&chain()), number)
}

impl World {
    /// The dock was answered this list and goes by it from now on.
    pub(crate) fn takes_list(&mut self, dock: &str, version: u64) {
        let id = self.gateway(dock).id;
        done(self.act(move |tx| Ok(gateway::answered_list(tx, &id, version, Centavos::ZERO)?)));
        self.gateway(dock).offline.allowance = version;
    }

    /// The receipt of the last docking that a gateway recorded, as its QR code carries it.
    pub(crate) fn receipt(&mut self, dock: &str) -> Brought {
        let gateway = self.gateway(dock);
        let (off_ms, last) = (gateway.clock.1, gateway.last().clone());
        let event: shared::event::Envelope =
            serde_json::from_str(text_of(&last.line).expect("a signed line")).expect("an event");
        let Fact::CartDocked { bay, tag } = event.fact else {
            panic!("receipts are of dockings");
        };
        assert_eq!(off_ms, event.at.wall_ms.since(self.now), "of this moment");
        let receipt = Receipt {
            v: 1,
            gateway: event.gateway,
            seq: event.seq,
            hash: last.head.hash,
            bay,
            tag,
            wall_ms: event.at.wall_ms,
        };
        let gateway = self.gateway(dock);
        let text = receipt.carried(&gateway.key);
        let read = Receipt::from_carried(&text, &PublicKey::of(&gateway.key));
        brought(&read.expect("our own receipt"))
    }

    /// The same return by the code that somebody types on the page of `only`.
    pub(crate) fn code(&mut self, dock: &str, tag: &TagUid, only: &Visit) -> Brought {
        let gateway = self.gateway(dock).clone();
        let cloud = self.keys.public();
        let theirs = SharedSecret::between(&gateway.key, &cloud);
        let typed = theirs.receipt_code(gateway.head().seq, tag);
        let key = PublicKey::of(&gateway.key);
        let ours = SharedSecret::between(self.keys.signing(), &key);
        Brought {
            place: Place {
                gateway: gateway.id,
                seq: ours.read_receipt_code(&typed, tag).expect("our own code"),
            },
            tag: *tag,
            signed: None,
            only: Some(only.rental),
        }
    }

    pub(crate) fn brings(&self, brought: &Brought) -> Outcome<Verdict> {
        let (now, brought) = (self.now, *brought);
        self.act(move |tx| honour_receipt::run(tx, now, &brought))
    }

    pub(crate) fn puts_card(&mut self, number: &str, cpf: Option<&str>, state: CardState) {
        let put = PutCard {
            chain: chain(),
            key: card_key(self, number),
            ending: "0001".into(),
            holder: "Ana".parse().expect("a name"),
            person: cpf.map(|cpf| self.person(cpf)),
            state,
            audit_id: format!(
                "audit-{}",
                u64::from_be_bytes(self.serial()[2..].try_into().expect("eight"))
            ),
        };
        let now = self.now;
        super::done(self.act(move |tx| put_card::run(tx, now, &put, &manager())));
    }

    /// A member's card opens a bay while its dock is dark; nothing is reported.
    pub(crate) fn opens_by_card(&mut self, dock: &'static str, number: u16, card: &str) -> Visit {
        let rental = RentalId::new(self.born_ms(), self.serial());
        let grant = GrantId::new(self.born_ms(), self.serial());
        let card = card_key(self, card);
        self.tells(
            dock,
            Fact::CardReleaseStarted {
                bay: bay(number),
                grant,
                rental,
                card,
                allowance: 1,
            },
        );
        Visit {
            rental,
            txid: grant.to_string(),
            dock,
            bay: bay(number),
        }
    }

    /// The cart at the mouth leaves by a card's release.
    pub(crate) fn pulls_by_card(&mut self, visit: &Visit) -> TagUid {
        let grant = visit.txid.parse().expect("a card's visit keeps its grant");
        let tag = self.bay(visit.dock, visit.bay.get()).carts.pop();
        let tag = tag.expect("a cart to pull");
        let (bay, rental) = (visit.bay, visit.rental);
        self.tells(
            visit.dock,
            Fact::CartPulled {
                bay,
                grant,
                rental,
                tag,
            },
        );
        tag
    }

    pub(crate) fn extends(&self) -> usize {
        let (now, keys) = (self.now, std::sync::Arc::clone(&self.keys));
        super::done(self.act(move |tx| extend_grant::run(tx, now, &keys)))
    }
}

fn brought(receipt: &Receipt) -> Brought {
    Brought {
        place: Place {
            gateway: receipt.gateway,
            seq: receipt.seq,
        },
        tag: receipt.tag,
        signed: Some(SignedPart {
            hash: receipt.hash,
            bay: receipt.bay,
            wall_ms: receipt.wall_ms,
        }),
        only: None,
    }
}
