//! What a decision was made of, in a form that is stored with it and from which it can be made again.
//! It names nobody: that finder and payer are one is a yes or no.

use super::decision::{
    Claim, Claimant, Decision, Docking, Entry, Finder, Insertion, Mark, Outcome, Payer, Record,
    Reward, decide,
};
use crate::policy::Policy;
use serde::{Deserialize, Serialize};
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    pub deposit_centavos: Centavos,
    pub abandoned_ms: Option<UnixMs>,
    pub docked_ms: UnixMs,
    pub service_mode: bool,
    pub sensors_agree: bool,
    pub disputed: bool,
    pub claim: Option<ClaimInputs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimInputs {
    pub at_ms: UnixMs,
    /// None: the payer claims.
    pub finder: Option<FinderInputs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinderInputs {
    pub staff: bool,
    pub payer_is_known: bool,
    pub same_cpf: bool,
    pub voucher: bool,
    pub same_key: bool,
    pub rewards_today_of_cpf: u16,
    pub rewards_today_of_key: u16,
    pub rewards_of_pair: u16,
    pub objections: u16,
}

const PAYER: Mark = Mark([1; 32]);
const PAYER_KEY: Mark = Mark([2; 32]);
const FINDER: Mark = Mark([3; 32]);
const FINDER_KEY: Mark = Mark([4; 32]);

impl Inputs {
    pub fn of(docking: &Docking<'_>) -> Self {
        Self {
            deposit_centavos: docking.deposit,
            abandoned_ms: docking.abandoned_ms,
            docked_ms: docking.docked_ms,
            service_mode: docking.insertion == Insertion::Service,
            sensors_agree: docking.sensors_agree,
            disputed: docking.disputed,
            claim: docking.claim.map(|claim| ClaimInputs {
                at_ms: claim.at_ms,
                finder: match claim.by {
                    Claimant::Payer => None,
                    Claimant::Finder(finder) => Some(FinderInputs::of(&docking.payer, &finder)),
                },
            }),
        }
    }

    /// The decision that `policy` makes of these inputs, each time.
    pub fn decide(&self, policy: &Policy) -> Decision {
        let known = self.claim.and_then(|claim| claim.finder);
        let by = |claim: ClaimInputs| Claim {
            at_ms: claim.at_ms,
            by: match claim.finder {
                None => Claimant::Payer,
                Some(finder) => Claimant::Finder(finder.finder()),
            },
        };
        let docking = Docking {
            deposit: self.deposit_centavos,
            payer: Payer {
                cpf: known.is_none_or(|f| f.payer_is_known).then_some(PAYER),
                keys: &[PAYER_KEY],
            },
            abandoned_ms: self.abandoned_ms,
            docked_ms: self.docked_ms,
            insertion: match self.service_mode {
                true => Insertion::Service,
                false => Insertion::Customer,
            },
            sensors_agree: self.sensors_agree,
            disputed: self.disputed,
            claim: self.claim.map(by),
        };
        decide(policy, &docking)
    }
}

impl FinderInputs {
    fn of(payer: &Payer<'_>, finder: &Finder) -> Self {
        let same_key = match finder.reward {
            Reward::Key(key) => payer.keys.contains(&key),
            Reward::Voucher => false,
        };
        Self {
            staff: finder.staff,
            payer_is_known: payer.cpf.is_some(),
            same_cpf: payer.cpf == Some(finder.cpf),
            voucher: finder.reward == Reward::Voucher,
            same_key,
            rewards_today_of_cpf: finder.record.rewards_today_of_cpf,
            rewards_today_of_key: finder.record.rewards_today_of_key,
            rewards_of_pair: finder.record.rewards_of_pair,
            objections: finder.record.objections,
        }
    }

    fn finder(self) -> Finder {
        Finder {
            cpf: if self.same_cpf { PAYER } else { FINDER },
            reward: match (self.voucher, self.same_key) {
                (true, _) => Reward::Voucher,
                (false, true) => Reward::Key(PAYER_KEY),
                (false, false) => Reward::Key(FINDER_KEY),
            },
            staff: self.staff,
            record: Record {
                rewards_today_of_cpf: self.rewards_today_of_cpf,
                rewards_today_of_key: self.rewards_today_of_key,
                rewards_of_pair: self.rewards_of_pair,
                objections: self.objections,
            },
        }
    }
}

/// A decision as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub outcome: String,
    pub entry: String,
    pub payer_centavos: Centavos,
    pub finder_centavos: Centavos,
    pub prize_centavos: Centavos,
    pub held_centavos: Centavos,
    /// The deciding reason first.
    pub refusals: Vec<String>,
    pub pay_from_ms: Option<UnixMs>,
}

impl Decided {
    pub fn of(decision: &Decision) -> Self {
        let (outcome, pay_from_ms) = match decision.outcome {
            Outcome::InTime => ("in_time", None),
            Outcome::Late => ("late", None),
            Outcome::Rescued { pay_from_ms } => ("rescued", Some(pay_from_ms)),
            Outcome::Unclaimed => ("unclaimed", None),
            Outcome::Review => ("review", None),
        };
        let entry = match decision.entry {
            Entry::Payer => "payer",
            Entry::Finder => "finder",
            Entry::Nobody => "nobody",
        };
        let refusals = decision.refusals.iter();
        Self {
            outcome: outcome.to_owned(),
            entry: entry.to_owned(),
            payer_centavos: decision.split.payer,
            finder_centavos: decision.split.finder,
            prize_centavos: decision.split.prize_fund,
            held_centavos: decision.split.held,
            refusals: refusals.map(|why| why.as_str().to_owned()).collect(),
            pay_from_ms,
        }
    }
}
