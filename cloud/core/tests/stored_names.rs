//! The names under which databases hold what the core decides. A database outlives the program: a
//! name may be added, never changed.

use cloud_core::ledger::{Account, AccountKind, TransferKind};
use cloud_core::notice::{Channel, Kind};
use cloud_core::payment::SurplusReason;
use cloud_core::payout::{self, Hold, PayoutState};
use cloud_core::raffle;
use cloud_core::refund::{RefundState, Refusal};
use cloud_core::rental::{Backing, CancelReason};
use cloud_core::rescue;
use cloud_core::statement::DifferenceKind;
use cloud_core::stray::{HoldReason, Stray};
use shared::ids::StoreId;

#[test]
fn of_money() {
    assert_eq!(
        AccountKind::ALL.map(AccountKind::as_str).join(" "),
        "bank held owed stray payable prize shop"
    );
    assert_eq!(
        TransferKind::ALL.map(TransferKind::as_str).join(" "),
        "deposit due surplus refund stray stray_due stray_return bank_return bank_return_held \
         finder_share prize_share finder_share_back prize_share_back payout payout_back owed_payout \
         owed_payout_back voucher_redeemed voucher_expired"
    );
    let store = StoreId::new(1, [1; 10]);
    let held = Account {
        kind: AccountKind::Held,
        store,
    };
    assert_eq!(held.id(), format!("held:{store}"));
    let surplus = [
        SurplusReason::SecondPayment,
        SurplusReason::TooLate,
        SurplusReason::WrongAmount,
    ];
    assert_eq!(
        surplus.map(SurplusReason::as_str).join(" "),
        "second_payment too_late wrong_amount"
    );
}

#[test]
fn of_what_the_bank_said() {
    assert_eq!(
        RefundState::ALL.map(RefundState::as_str).join(" "),
        "requested processing settled refused owed covered paid_out"
    );
    let refusals = Refusal::ALL.map(Refusal::as_str);
    assert_eq!(
        refusals.join(" "),
        "infraction_open window_over no_balance above_amount account_gone account_blocked \
         not_returnable timed_out duplicate fraud other"
    );
    assert_eq!(
        DifferenceKind::ALL.map(DifferenceKind::as_str).join(" "),
        "pix_not_in_ledger pix_not_at_bank pix_amount refund_not_in_ledger refund_unknown \
         refund_not_at_bank refund_amount payout_not_in_ledger payout_not_at_bank payout_amount \
         another_day unreadable uneven"
    );
    assert_eq!(
        HoldReason::ALL.map(HoldReason::as_str).join(" "),
        "return_under_way key_not_named long_ago above_limit"
    );
    let strays = [
        Stray::Held(HoldReason::AboveLimit),
        Stray::Due,
        Stray::Returned,
    ];
    assert_eq!(strays.map(Stray::state).join(" "), "held due returned");
}

#[test]
fn of_rentals_and_rescues() {
    assert_eq!(Backing::ALL.map(Backing::as_str).join(" "), "deposit card");
    assert_eq!(
        CancelReason::ALL.map(CancelReason::as_str).join(" "),
        "by_customer no_charge no_bay not_taken bay_fault grant_refused grant_lapsed by_staff"
    );
    assert_eq!(
        rescue::Refusal::ALL.map(rescue::Refusal::as_str).join(" "),
        "sensors_disagree not_abandoned service_mode no_claim claim_late staff same_cpf same_key \
         cap_of_cpf cap_of_key pair_too_often objected_to disputed"
    );
}

#[test]
fn of_payouts_and_notices() {
    let states = [
        PayoutState::Waiting,
        PayoutState::Held(Hold::Review),
        PayoutState::Requested,
        PayoutState::Processing,
        PayoutState::Settled,
        PayoutState::Refused(payout::Refusal::Other),
        PayoutState::Returned,
        PayoutState::Void,
    ];
    assert_eq!(
        states.map(|state| state.as_str()).join(" "),
        "waiting held requested processing settled refused returned void"
    );
    assert_eq!(
        Hold::ALL.map(Hold::as_str).join(" "),
        "objection above_limit above_day_limit review"
    );
    assert_eq!(
        payout::Refusal::ALL.map(payout::Refusal::as_str).join(" "),
        "budget key_unknown owner_differs no_balance bank_limit account_gone account_blocked \
         timed_out duplicate fraud other"
    );
    assert_eq!(
        Kind::ALL.map(Kind::as_str).join(" "),
        "abandonment_near abandoned late_return_refunded cart_back_unclaimed rescued contest_upheld \
         contest_refused payout_key_needed prize_won"
    );
    assert_eq!(
        Channel::ALL.map(Channel::as_str).join(" "),
        "mail push messenger"
    );
}

#[test]
fn of_the_raffle() {
    assert_eq!(
        raffle::campaign::CancelReason::ALL
            .map(raffle::campaign::CancelReason::as_str)
            .join(" "),
        "withdrawn authority no_entries"
    );
}
