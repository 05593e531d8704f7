//! Who gets what when somebody docks a cart.

use crate::policy::Policy;
use shared::money::Centavos;
use shared::time::UnixMs;

/// A CPF or a Pix key as a blind index: equal ones can be told, nobody can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(pub [u8; 32]);

/// Who paid the deposit, as far as is known.
#[derive(Debug, Clone, Copy)]
pub struct Payer<'a> {
    pub cpf: Option<Mark>,
    pub keys: &'a [Mark],
}

/// How the cart came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insertion {
    Customer,
    /// By staff or a technician, in the dock's service mode.
    Service,
}

/// A cart that was docked, and all that decides about its deposit.
#[derive(Debug, Clone, Copy)]
pub struct Docking<'a> {
    pub deposit: Centavos,
    pub payer: Payer<'a>,
    /// When the rental was called abandoned, if it was.
    pub abandoned_ms: Option<UnixMs>,
    pub docked_ms: UnixMs,
    pub insertion: Insertion,
    /// Tag, bolt and presence said the same.
    pub sensors_agree: bool,
    /// The bank took of this very Pix, or is about to (MED): nobody is paid from it meanwhile.
    pub disputed: bool,
    pub claim: Option<Claim>,
}

/// Somebody typed the code that the dock showed.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    pub at_ms: UnixMs,
    pub by: Claimant,
}

#[derive(Debug, Clone, Copy)]
pub enum Claimant {
    /// Whoever has the secret of the rental.
    Payer,
    Finder(Finder),
}

#[derive(Debug, Clone, Copy)]
pub struct Finder {
    pub cpf: Mark,
    pub reward: Reward,
    /// The CPF is of somebody who works here.
    pub staff: bool,
    pub record: Record,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reward {
    Key(Mark),
    Voucher,
}

/// What this finder did before, by CPF or key whichever is more.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    pub rewards_today_of_cpf: u16,
    pub rewards_today_of_key: u16,
    /// Rewards for carts of this very payer within the pair's window.
    pub rewards_of_pair: u16,
    /// Objections of payers within that window that are open or were upheld.
    pub objections: u16,
}

/// Why a docking does not make its docker a finder, in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The sensors of the bay contradict each other: a tag is not a cart.
    SensorsDisagree,
    /// The deposit is the payer's, whoever pushes the cart home.
    NotAbandoned,
    ServiceMode,
    NoClaim,
    ClaimLate,
    Staff,
    /// The finder is the payer.
    SameCpf,
    /// The finder would be paid where the payer was.
    SameKey,
    CapOfCpf,
    CapOfKey,
    /// This finder found carts of this payer too often.
    PairTooOften,
    /// Other payers object to what this finder found.
    ObjectedTo,
    /// The bank took of the deposit, or is about to.
    Disputed,
}

impl Refusal {
    pub const ALL: [Self; 13] = [
        Self::SensorsDisagree,
        Self::NotAbandoned,
        Self::ServiceMode,
        Self::NoClaim,
        Self::ClaimLate,
        Self::Staff,
        Self::SameCpf,
        Self::SameKey,
        Self::CapOfCpf,
        Self::CapOfKey,
        Self::PairTooOften,
        Self::ObjectedTo,
        Self::Disputed,
    ];

    /// The code's name in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SensorsDisagree => "sensors_disagree",
            Self::NotAbandoned => "not_abandoned",
            Self::ServiceMode => "service_mode",
            Self::NoClaim => "no_claim",
            Self::ClaimLate => "claim_late",
            Self::Staff => "staff",
            Self::SameCpf => "same_cpf",
            Self::SameKey => "same_key",
            Self::CapOfCpf => "cap_of_cpf",
            Self::CapOfKey => "cap_of_key",
            Self::PairTooOften => "pair_too_often",
            Self::ObjectedTo => "objected_to",
            Self::Disputed => "disputed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Back before it was abandoned: the deposit goes back whole.
    InTime,
    /// The payer brought it late: the deposit goes back whole.
    Late,
    /// The finder's part leaves from this moment on, unless the payer objects.
    Rescued { pay_from_ms: UnixMs },
    /// The cart is welcome, nobody is paid, and the payer may still object.
    Unclaimed,
    /// A person decides.
    Review,
}

/// Whose raffle entry this return makes. One return makes at most one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Payer,
    Finder,
    Nobody,
}

/// Where every centavo of the deposit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    pub payer: Centavos,
    pub finder: Centavos,
    pub prize_fund: Centavos,
    /// Stays where it is until somebody decides.
    pub held: Centavos,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    pub entry: Entry,
    pub split: Split,
    /// Everything that speaks against a finder, the deciding reason first.
    pub refusals: Vec<Refusal>,
}

/// Decides by the rental's own policy. Invariant: the parts of the split sum to the deposit.
pub fn decide(policy: &Policy, docking: &Docking<'_>) -> Decision {
    let refusals = refusals(policy, docking);
    let whole = docking.deposit;
    let (outcome, entry) = match (refusals.first(), docking.claim) {
        (Some(Refusal::NotAbandoned), _) => (Outcome::InTime, in_time(docking.insertion)),
        (Some(Refusal::SameCpf), _) => (Outcome::Late, Entry::Nobody),
        (
            Some(
                Refusal::SensorsDisagree
                | Refusal::PairTooOften
                | Refusal::ObjectedTo
                | Refusal::Disputed,
            ),
            _,
        ) => (Outcome::Review, Entry::Nobody),
        (Some(_), _) | (None, None) => (Outcome::Unclaimed, Entry::Nobody),
        (None, Some(claim)) => match claim.by {
            Claimant::Payer => (Outcome::Late, Entry::Nobody),
            Claimant::Finder(_) => {
                let delay_ms = i64::from(policy.payout_delay_hours) * 3_600_000;
                let pay_from_ms = claim.at_ms.plus(delay_ms);
                (Outcome::Rescued { pay_from_ms }, Entry::Finder)
            }
        },
    };
    let split = match outcome {
        Outcome::InTime | Outcome::Late => Split::to_payer(whole),
        Outcome::Rescued { .. } => Split::of_rescue(whole, policy.finder_share_basis_points),
        Outcome::Unclaimed | Outcome::Review => Split::kept(whole),
    };
    Decision {
        outcome,
        entry,
        split,
        refusals,
    }
}

impl Split {
    const NOTHING: Self = Self {
        payer: Centavos::ZERO,
        finder: Centavos::ZERO,
        prize_fund: Centavos::ZERO,
        held: Centavos::ZERO,
    };

    pub fn to_payer(deposit: Centavos) -> Self {
        Self {
            payer: deposit,
            ..Self::NOTHING
        }
    }

    pub fn kept(deposit: Centavos) -> Self {
        Self {
            held: deposit,
            ..Self::NOTHING
        }
    }

    /// The finder's share rounded down to a centavo, the rest to the prizes. A share that would be the
    /// whole, from a row that nobody should have written, is kept below it.
    pub fn of_rescue(deposit: Centavos, share_basis_points: u16) -> Self {
        let share = i128::from(share_basis_points.min(9_999));
        let finder = i128::from(deposit.get()) * share / 10_000;
        let finder = i64::try_from(finder).expect("a part of what fits");
        Self {
            finder: Centavos::new(finder),
            prize_fund: Centavos::new(deposit.get() - finder),
            ..Self::NOTHING
        }
    }

    pub fn total(&self) -> Centavos {
        [self.payer, self.finder, self.prize_fund, self.held]
            .into_iter()
            .sum()
    }
}

/// Work that staff did earns no entry.
fn in_time(insertion: Insertion) -> Entry {
    match insertion {
        Insertion::Customer => Entry::Payer,
        Insertion::Service => Entry::Nobody,
    }
}

fn refusals(policy: &Policy, docking: &Docking<'_>) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut add = |applies: bool, refusal| {
        if applies {
            found.push(refusal);
        }
    };
    let abandoned = docking.abandoned_ms;
    add(!docking.sensors_agree, Refusal::SensorsDisagree);
    // In the payer's favour where both happened at once.
    add(
        abandoned.is_none_or(|at| docking.docked_ms <= at),
        Refusal::NotAbandoned,
    );
    add(
        docking.insertion == Insertion::Service,
        Refusal::ServiceMode,
    );
    let Some(claim) = docking.claim else {
        add(true, Refusal::NoClaim);
        return found;
    };
    let valid_ms = i64::from(policy.claim_valid_minutes) * 60_000;
    add(
        claim.at_ms.since(docking.docked_ms) > valid_ms,
        Refusal::ClaimLate,
    );
    let Claimant::Finder(finder) = claim.by else {
        return found;
    };
    let key = match finder.reward {
        Reward::Key(key) => Some(key),
        Reward::Voucher => None,
    };
    let record = finder.record;
    add(finder.staff, Refusal::Staff);
    add(docking.payer.cpf == Some(finder.cpf), Refusal::SameCpf);
    add(
        key.is_some_and(|key| docking.payer.keys.contains(&key)),
        Refusal::SameKey,
    );
    add(
        record.rewards_today_of_cpf >= policy.claims_per_cpf_per_day,
        Refusal::CapOfCpf,
    );
    add(
        key.is_some() && record.rewards_today_of_key >= policy.claims_per_key_per_day,
        Refusal::CapOfKey,
    );
    add(
        record.rewards_of_pair >= policy.pair_returns_max,
        Refusal::PairTooOften,
    );
    add(record.objections > 0, Refusal::ObjectedTo);
    add(docking.disputed, Refusal::Disputed);
    found
}
