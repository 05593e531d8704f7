use super::{Outcome, Rejection};
use crate::entropy::Entropy;
use crate::keys::{Keys, SealedCpf};
use crate::store::gateway::GatewayState;
use crate::store::outbox::EffectKind;
use crate::store::rental::NewRental;
use crate::store::{Tx, bay, charge, dock, gateway, outbox, person, policy, rental};
use cloud_core::placement;
use shared::document::Cpf;
use shared::ids::{BayNo, GatewayId, PersonId, RentalId};
use shared::time::UnixMs;

#[derive(Clone)]
pub struct TakeCart {
    pub dock_code: String,
    pub wished: Option<BayNo>,
    pub rental: RentalId,
    pub token_hash: [u8; 32],
    pub txid: String,
    pub person: Option<NewPerson>,
}

/// Who owns the rental; `cpf` is used if the person is new.
#[derive(Clone)]
pub struct NewPerson {
    pub cpf_index: [u8; 32],
    pub cpf: SealedCpf,
}

impl NewPerson {
    /// `id` names the person if nobody is known by this CPF yet.
    pub fn of(keys: &Keys, cpf: &Cpf, id: PersonId, entropy: &mut Entropy) -> Self {
        Self {
            cpf_index: keys.cpf_index(cpf),
            cpf: keys.seal_cpf(cpf, id, entropy),
        }
    }
}

pub struct Taken {
    pub gateway: GatewayId,
    pub bay: BayNo,
}

/// Begins a rental: a bay is promised, a charge is ordered at the bank. A dock that is silent serves
/// too, by what it last said of its bays: the customer's phone carries the grant there.
pub fn run(tx: &Tx<'_>, now: UnixMs, take: &TakeCart) -> Outcome<Taken> {
    let dock = dock::by_code(tx, &take.dock_code)?.ok_or(Rejection::UnknownDock)?;
    let gateway = gateway::of_dock(tx, &dock.id)?
        .filter(|g| g.state == GatewayState::Active)
        .ok_or(Rejection::DockDark)?;
    let bays = bay::candidates(tx, &dock.id)?;
    let bay = placement::choose(&bays, take.wished).ok_or(Rejection::NoCart)?;
    let decided = policy::at(tx, &dock.store, now)?.ok_or(Rejection::UnknownDock)?;
    let policy = decided.policy;
    let person = take
        .person
        .as_ref()
        .map(|new| recognise(tx, new, now))
        .transpose()?;
    let new = NewRental {
        id: take.rental,
        token_hash: take.token_hash,
        store: dock.store,
        dock: dock.id,
        bay,
        policy: decided.id,
        person,
        deposit: policy.deposit_centavos,
    };
    rental::insert(tx, &new, now)?;
    let expires = now.plus(i64::from(policy.payment_window_seconds) * 1_000);
    charge::insert(
        tx,
        &take.txid,
        &take.rental,
        policy.deposit_centavos,
        now,
        expires,
    )?;
    outbox::add(tx, EffectKind::CreateCharge, &take.txid, now, now)?;
    tx.touch(crate::live::Topic::Dock(dock.id));
    Ok(Taken {
        gateway: gateway.id,
        bay,
    })
}

pub(super) fn recognise(tx: &Tx<'_>, new: &NewPerson, now: UnixMs) -> Outcome<PersonId> {
    if let Some(known) = person::by_index(tx, &new.cpf_index)? {
        return Ok(known);
    }
    person::insert(tx, &new.cpf_index, &new.cpf, now)?;
    Ok(new.cpf.person)
}
