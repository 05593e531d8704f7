//! Money as a double-entry ledger of immutable transfers.
//!
//! Shape: a store has seven accounts. `Bank` mirrors what the store's bank holds for us, `Held` is
//! what customers will get back when their cart returns, `Owed` is what is on its way back, `Stray`
//! is what came without a charge of ours and waits for a person, `Payable` is what finders will be
//! paid, `Prize` is the fund of the raffle, `Shop` is what became the shop's own.
//!
//! ```text
//! deposit paid        Bank ← Held
//! cart back/cancelled Held ← Owed       (the debt becomes due)
//! paid without a use  Bank ← Owed       (late, second or wrong payment)
//! devolução settled   Owed ← Bank
//! paid without charge Bank ← Stray
//! released            Stray ← Owed      (at once, or by a manager)
//! back without us     Stray ← Bank      (a devolução made at the bank itself)
//! the bank's own one  Owed ← Bank, or Held ← Bank while the cart is out
//! rescued             Held ← Payable    (the finder's share)
//!                     Held ← Prize      (the rest)
//! payer was right     Payable ← Owed, Prize ← Owed
//! payout settled      Payable ← Bank    (a voucher redeemed: Payable ← Shop)
//! voucher not used    Payable ← Prize
//! payout came back    Bank ← Payable
//! owed, by payout     Owed ← Bank       (came back: Bank ← Owed)
//! ```
//!
//! A stray Pix names no charge, so it names no store; the bank account is the chain's. It is booked
//! with the chain's first store, the house: the choice is stored with the Pix and so never moves,
//! each store's books stay balanced alone, and the sum over the stores is what the bank holds.
//!
//! Invariant: Bank is the sum of the six others per store, because every transfer debits one account
//! by what it credits another. A transfer has one amount, so it cannot be unbalanced. Corrections are
//! new transfers.

use serde::{Deserialize, Serialize};
use shared::ids::StoreId;
use shared::money::Centavos;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Bank,
    Held,
    Owed,
    Stray,
    Payable,
    Prize,
    Shop,
}

impl AccountKind {
    pub const ALL: [Self; 7] = [
        Self::Bank,
        Self::Held,
        Self::Owed,
        Self::Stray,
        Self::Payable,
        Self::Prize,
        Self::Shop,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Held => "held",
            Self::Owed => "owed",
            Self::Stray => "stray",
            Self::Payable => "payable",
            Self::Prize => "prize",
            Self::Shop => "shop",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    pub kind: AccountKind,
    pub store: StoreId,
}

impl Account {
    /// The account's id in storage: `held:<store>`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.kind.as_str(), self.store)
    }
}

/// Why money moved. With the reference it is moved for, a kind happens at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TransferKind {
    /// A deposit was paid for a rental. Reference: the Pix.
    Deposit,
    /// The deposit became due to its payer. Reference: the Pix.
    Due,
    /// Money arrived that buys nothing. Reference: the Pix.
    Surplus,
    /// The bank settled a devolução. Reference: the refund.
    Refund,
    /// Money arrived that no charge explains. Reference: the Pix.
    Stray,
    /// A stray Pix became due to its payer. Reference: the Pix.
    StrayDue,
    /// The bank itself gave back of a stray Pix. Reference: the Pix, `/`, the bank's id.
    StrayReturn,
    /// The bank settled one that it or its app made of money that was owed. Reference: the Pix and
    /// the bank's id.
    BankReturn,
    /// The same, of a deposit whose cart is out.
    BankReturnHeld,
    /// A finder's part of a forfeited deposit. Reference: the rental.
    FinderShare,
    /// The rest of it. Reference: the rental.
    PrizeShare,
    /// The payer was right after all: the finder's part, and the rest. Reference: the rental.
    FinderShareBack,
    PrizeShareBack,
    /// The bank settled a finder's payout. Reference: the payout.
    Payout,
    /// The receiving bank sent it back. Reference: the payout, `/`, the bank's id.
    PayoutBack,
    /// The same two, of a deposit that no devolução could bring.
    OwedPayout,
    OwedPayoutBack,
    /// The shop gave goods for a finder's voucher. Reference: the rental.
    VoucherRedeemed,
    /// Nobody came with it while it was good. Reference: the rental.
    VoucherExpired,
}

impl TransferKind {
    pub const ALL: [Self; 19] = [
        Self::Deposit,
        Self::Due,
        Self::Surplus,
        Self::Refund,
        Self::Stray,
        Self::StrayDue,
        Self::StrayReturn,
        Self::BankReturn,
        Self::BankReturnHeld,
        Self::FinderShare,
        Self::PrizeShare,
        Self::FinderShareBack,
        Self::PrizeShareBack,
        Self::Payout,
        Self::PayoutBack,
        Self::OwedPayout,
        Self::OwedPayoutBack,
        Self::VoucherRedeemed,
        Self::VoucherExpired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Due => "due",
            Self::Surplus => "surplus",
            Self::Refund => "refund",
            Self::Stray => "stray",
            Self::StrayDue => "stray_due",
            Self::StrayReturn => "stray_return",
            Self::BankReturn => "bank_return",
            Self::BankReturnHeld => "bank_return_held",
            Self::FinderShare => "finder_share",
            Self::PrizeShare => "prize_share",
            Self::FinderShareBack => "finder_share_back",
            Self::PrizeShareBack => "prize_share_back",
            Self::Payout => "payout",
            Self::PayoutBack => "payout_back",
            Self::OwedPayout => "owed_payout",
            Self::OwedPayoutBack => "owed_payout_back",
            Self::VoucherRedeemed => "voucher_redeemed",
            Self::VoucherExpired => "voucher_expired",
        }
    }

    fn legs(self) -> (AccountKind, AccountKind) {
        match self {
            Self::Deposit => (AccountKind::Bank, AccountKind::Held),
            Self::Due => (AccountKind::Held, AccountKind::Owed),
            Self::Surplus => (AccountKind::Bank, AccountKind::Owed),
            Self::Stray => (AccountKind::Bank, AccountKind::Stray),
            Self::StrayDue => (AccountKind::Stray, AccountKind::Owed),
            Self::StrayReturn => (AccountKind::Stray, AccountKind::Bank),
            Self::Refund | Self::BankReturn | Self::OwedPayout => {
                (AccountKind::Owed, AccountKind::Bank)
            }
            Self::OwedPayoutBack => (AccountKind::Bank, AccountKind::Owed),
            Self::FinderShare => (AccountKind::Held, AccountKind::Payable),
            Self::PrizeShare => (AccountKind::Held, AccountKind::Prize),
            Self::FinderShareBack => (AccountKind::Payable, AccountKind::Owed),
            Self::PrizeShareBack => (AccountKind::Prize, AccountKind::Owed),
            Self::Payout => (AccountKind::Payable, AccountKind::Bank),
            Self::PayoutBack => (AccountKind::Bank, AccountKind::Payable),
            Self::VoucherRedeemed => (AccountKind::Payable, AccountKind::Shop),
            Self::VoucherExpired => (AccountKind::Payable, AccountKind::Prize),
            Self::BankReturnHeld => (AccountKind::Held, AccountKind::Bank),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a transfer moves at least one centavo")]
pub struct NothingToMove;

/// One immutable movement of one amount between two accounts of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    kind: TransferKind,
    store: StoreId,
    amount: Centavos,
}

impl Transfer {
    pub fn new(
        kind: TransferKind,
        store: StoreId,
        amount: Centavos,
    ) -> Result<Self, NothingToMove> {
        if amount.is_positive() {
            Ok(Self {
                kind,
                store,
                amount,
            })
        } else {
            Err(NothingToMove)
        }
    }

    pub fn kind(&self) -> TransferKind {
        self.kind
    }

    pub fn amount(&self) -> Centavos {
        self.amount
    }

    pub fn debit(&self) -> Account {
        Account {
            kind: self.kind.legs().0,
            store: self.store,
        }
    }

    pub fn credit(&self) -> Account {
        Account {
            kind: self.kind.legs().1,
            store: self.store,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn store() -> StoreId {
        StoreId::new(1, [1; 10])
    }

    #[test]
    fn nothing_and_less_than_nothing_do_not_move() {
        for centavos in [0, -1, i64::MIN] {
            let amount = Centavos::new(centavos);
            assert_eq!(
                Transfer::new(TransferKind::Due, store(), amount),
                Err(NothingToMove)
            );
        }
    }

    #[test]
    fn a_deposit_goes_in_and_comes_back() {
        let mut balance: BTreeMap<AccountKind, i64> = BTreeMap::new();
        let expected = [
            (TransferKind::Deposit, [1_000, -1_000, 0, 0]),
            (TransferKind::Due, [1_000, 0, -1_000, 0]),
            (TransferKind::Refund, [0, 0, 0, 0]),
            (TransferKind::Surplus, [1_000, 0, -1_000, 0]),
            (TransferKind::Refund, [0, 0, 0, 0]),
            (TransferKind::Stray, [1_000, 0, 0, -1_000]),
            (TransferKind::StrayDue, [1_000, 0, -1_000, 0]),
            (TransferKind::Refund, [0, 0, 0, 0]),
            (TransferKind::Stray, [1_000, 0, 0, -1_000]),
            (TransferKind::StrayReturn, [0, 0, 0, 0]),
            (TransferKind::Surplus, [1_000, 0, -1_000, 0]),
            (TransferKind::BankReturn, [0, 0, 0, 0]),
            (TransferKind::Deposit, [1_000, -1_000, 0, 0]),
            (TransferKind::BankReturnHeld, [0, 0, 0, 0]),
        ];
        let expected = expected
            .map(|(kind, [bank, held, owed, stray])| (kind, [bank, held, owed, stray, 0, 0, 0]));
        let rescued = [
            (TransferKind::Deposit, [1_000, -1_000, 0, 0, 0, 0, 0]),
            (TransferKind::FinderShare, [1_000, 0, 0, 0, -1_000, 0, 0]),
            (
                TransferKind::FinderShareBack,
                [1_000, 0, -1_000, 0, 0, 0, 0],
            ),
            (TransferKind::OwedPayout, [0; 7]),
            (TransferKind::OwedPayoutBack, [1_000, 0, -1_000, 0, 0, 0, 0]),
            (TransferKind::Refund, [0; 7]),
            (TransferKind::Deposit, [1_000, -1_000, 0, 0, 0, 0, 0]),
            (TransferKind::PrizeShare, [1_000, 0, 0, 0, 0, -1_000, 0]),
            (TransferKind::PrizeShareBack, [1_000, 0, -1_000, 0, 0, 0, 0]),
            (TransferKind::Refund, [0; 7]),
            (TransferKind::Deposit, [1_000, -1_000, 0, 0, 0, 0, 0]),
            (TransferKind::FinderShare, [1_000, 0, 0, 0, -1_000, 0, 0]),
            (TransferKind::Payout, [0; 7]),
            (TransferKind::PayoutBack, [1_000, 0, 0, 0, -1_000, 0, 0]),
            (
                TransferKind::VoucherRedeemed,
                [1_000, 0, 0, 0, 0, 0, -1_000],
            ),
            (TransferKind::Deposit, [2_000, -1_000, 0, 0, 0, 0, -1_000]),
            (
                TransferKind::FinderShare,
                [2_000, 0, 0, 0, -1_000, 0, -1_000],
            ),
            (
                TransferKind::VoucherExpired,
                [2_000, 0, 0, 0, 0, -1_000, -1_000],
            ),
        ];
        for (kind, after) in expected.into_iter().chain(rescued) {
            let transfer = Transfer::new(kind, store(), Centavos::new(1_000)).unwrap();
            *balance.entry(transfer.debit().kind).or_default() += transfer.amount().get();
            *balance.entry(transfer.credit().kind).or_default() -= transfer.amount().get();
            let now = AccountKind::ALL.map(|k| balance.get(&k).copied().unwrap_or(0));
            assert_eq!(now, after, "{kind:?}");
        }
    }

    proptest! {
        #[test]
        fn every_transfer_leaves_the_books_at_zero(
            moves in prop::collection::vec((0usize..TransferKind::ALL.len(), 1i64..1_000_000_000), 0..50)
        ) {
            let mut balance: BTreeMap<AccountKind, i64> = BTreeMap::new();
            for (kind, amount) in moves {
                let t = Transfer::new(TransferKind::ALL[kind], store(), Centavos::new(amount)).unwrap();
                prop_assert_ne!(t.debit(), t.credit());
                *balance.entry(t.debit().kind).or_default() += amount;
                *balance.entry(t.credit().kind).or_default() -= amount;
            }
            prop_assert_eq!(balance.values().sum::<i64>(), 0);
        }
    }
}
