//! What a decision is made of, read from the books.

use crate::actions::{Outcome, Rejection};
use crate::keys::Keys;
use crate::store::bank_return::ReturnState;
use crate::store::rental::RentalRow;
use crate::store::rescue::{Asked, RescueRow};
use crate::store::{Tx, bank_return, payment, person, policy, rescue};
use cloud_core::policy::Policy;
use cloud_core::rescue::{
    Claim, Decision, Docking, Inputs, Insertion, Mark, Payer, Record, decide,
};
use shared::ids::PersonId;
use shared::money::Centavos;
use shared::pix_key::PixKey;
use shared::time::UnixMs;

const DAY_MS: i64 = 24 * 3_600_000;

/// A docking with everything about it but the claim.
pub(in crate::actions) struct Case {
    deposit: Centavos,
    abandoned_ms: Option<UnixMs>,
    docked_ms: UnixMs,
    service: bool,
    sensors_agree: bool,
    disputed: bool,
    payer: Option<Mark>,
    keys: Vec<Mark>,
}

impl Case {
    /// Where nobody claims, nobody's CPF or key matters.
    pub(in crate::actions) fn of_docking(
        tx: &Tx<'_>,
        row: &RentalRow,
        found: &RescueRow,
    ) -> Outcome<Self> {
        let e2eid = row.e2eid.as_deref().unwrap_or_default();
        let paid = payment::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownRental)?;
        let taken = bank_return::of_pix(tx, e2eid)?;
        Ok(Self {
            deposit: bank_return::remaining(tx, e2eid, paid.amount)?.left,
            abandoned_ms: row.abandoned_ms,
            docked_ms: found.docked_ms,
            service: found.service,
            sensors_agree: found.doubt.is_none(),
            disputed: taken.iter().any(|r| r.state != ReturnState::Refused),
            payer: None,
            keys: Vec::new(),
        })
    }

    /// With what is known of the payer.
    pub(in crate::actions) fn of_claim(
        tx: &Tx<'_>,
        keys: &Keys,
        row: &RentalRow,
        found: &RescueRow,
    ) -> Outcome<Self> {
        let mut case = Self::of_docking(tx, row, found)?;
        let Some(payer) = row.person else {
            return Ok(case);
        };
        let used = rescue::keys_of(tx, &payer)?;
        case.keys = used.into_iter().map(Mark).collect();
        if let Some(sealed) = person::sealed_cpf(tx, &payer)?
            && let Some(cpf) = keys.open_cpf(&sealed)
        {
            case.payer = Some(Mark(keys.cpf_index(&cpf)));
            case.keys.push(Mark(keys.pix_key_index(&PixKey::Cpf(cpf))));
        }
        Ok(case)
    }

    pub(in crate::actions) fn inputs(&self, claim: Option<Claim>) -> Inputs {
        Inputs::of(&self.docking(claim))
    }

    pub(in crate::actions) fn decide(&self, claim: Option<Claim>, policy: &Policy) -> Decision {
        decide(policy, &self.docking(claim))
    }

    pub(in crate::actions) fn deposit(&self) -> Centavos {
        self.deposit
    }

    fn docking(&self, claim: Option<Claim>) -> Docking<'_> {
        Docking {
            deposit: self.deposit,
            payer: Payer {
                cpf: self.payer,
                keys: &self.keys,
            },
            abandoned_ms: self.abandoned_ms,
            docked_ms: self.docked_ms,
            insertion: match self.service {
                true => Insertion::Service,
                false => Insertion::Customer,
            },
            sensors_agree: self.sensors_agree,
            disputed: self.disputed,
            claim,
        }
    }
}

/// The policy that the rental was begun under.
pub(super) fn policy_of(tx: &Tx<'_>, row: &RentalRow) -> Outcome<Policy> {
    let decided = policy::by_id(tx, &row.policy)?.ok_or(Rejection::UnknownRental)?;
    Ok(decided.policy)
}

/// The row of a rental whose cart was brought.
pub(in crate::actions) fn back(tx: &Tx<'_>, row: &RentalRow) -> Outcome<RescueRow> {
    Ok(rescue::of_rental(tx, &row.id)?.ok_or(Rejection::UnknownRescue)?)
}

/// What this finder did before.
pub(in crate::actions) fn record_of(
    tx: &Tx<'_>,
    (row, policy): (&RentalRow, &Policy),
    (finder, key_index): (&PersonId, Option<&[u8; 32]>),
    (now, today_ms): (UnixMs, UnixMs),
) -> Outcome<Record> {
    let window_ms = i64::from(policy.pair_window_days) * DAY_MS;
    let asked = Asked {
        finder,
        key_index,
        payer: row.person.as_ref(),
        but: &row.id,
        today_ms,
        window_ms: now.plus(-window_ms),
    };
    Ok(rescue::record(tx, &asked)?)
}
