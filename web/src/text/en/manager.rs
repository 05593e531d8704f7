use crate::manager::{
    AlarmKind, LedgerAccount, LoginError, PasswordError, ProblemKind, RefundObstacle, RentalFilter,
    RentalState, ReturnNature, Role, StepKind,
};
use crate::text::manager::{DashboardText, DetailText, ManagerText, SignInText};
use shared::event::{BayFault, Contradiction, GrantRefusal};

pub(super) const MANAGER: ManagerText = ManagerText {
    nav_label: "Sections",
    now: "Now",
    rentals: "Rentals",
    docks: "Docks",
    alarms: "Alarms",
    cards: "Cards",
    technicians: "Technicians",
    persons: "People",
    policies: "Policies",
    password: "Password",
    sign_out: "Sign out",
    role: |role| match role {
        Role::Viewer => "viewer",
        Role::Manager => "manager",
        Role::Administrator => "administrator",
    },
    customer_site: "Customers’ page",
    sign_in: SIGN_IN,
    dashboard: DASHBOARD,
    detail: DETAIL,
};

const SIGN_IN: SignInText = SignInText {
    title: "Sign in for stores",
    login: "User",
    password: "Password",
    enter: "Sign in",
    login_error: |error| match error {
        LoginError::TooMany => "Too many tries. Wait a minute and try again.",
        LoginError::BadCredentials => "User or password is not right.",
        LoginError::SessionEnded => "Your session has ended. Sign in again to go on.",
    },
    forgot: "Forgot the password? Ask whoever administers the system for a new one.",
    change_title: "Change password",
    first_title: "Choose your password",
    first_text: "The one-time password has done its work. Choose your own now, so that only you know it.",
    current: "Current password",
    new: "New password",
    new_help: |chars| {
        format!("At least {chars} characters. A sentence will do; you may paste from your manager.")
    },
    repeat: "Repeat the new password",
    save: "Save password",
    password_error: |error| match error {
        PasswordError::WrongCurrent => "The current password is not right.",
        PasswordError::TooShort => "The new password is too short.",
        PasswordError::TooLong => "The new password is too long.",
        PasswordError::SameAsOld => "The new password must differ from the current one.",
        PasswordError::Mismatch => "The two new passwords are not the same.",
    },
};

const DASHBOARD: DashboardText = DashboardText {
    title: "Now",
    all_well: "All is well now",
    all_well_text: "No refund delayed, no dock down, no alarm.",
    wrong: "Needs somebody",
    problem: |kind, n| match (kind, n) {
        (ProblemKind::RefundsDelayed, 1) => "1 Pix refund delayed".into(),
        (ProblemKind::RefundsDelayed, n) => format!("{n} Pix refunds delayed"),
        (ProblemKind::ReturnsInReview, 1) => "1 cart waits for a check".into(),
        (ProblemKind::ReturnsInReview, n) => format!("{n} carts wait for a check"),
        (ProblemKind::DocksOffline, 1) => "1 dock offline".into(),
        (ProblemKind::DocksOffline, n) => format!("{n} docks offline"),
        (ProblemKind::BaysFaulted, 1) => "1 faulty bay".into(),
        (ProblemKind::BaysFaulted, n) => format!("{n} faulty bays"),
        (ProblemKind::Alarms, 1) => "1 open alarm".into(),
        (ProblemKind::Alarms, n) => format!("{n} open alarms"),
    },
    oldest: |when| format!("the oldest since {when}"),
    changed: "This list has changed.",
    refresh: "Refresh",
    updated_at: |clock| format!("Updated at {clock}"),
    updated_ago: "Updated {} s ago",
    reconnecting: "No news from the server, reconnecting…",
    figures: "Figures of the moment",
    carts_out: "Carts out",
    held: "Deposits held",
    refundable: "To refund",
    refunded_today: "Refunded today",
    rentals: |n| match n {
        1 => "1 rental".into(),
        n => format!("{n} rentals"),
    },
    plan: "Docks and bays",
    plan_link: |dock| format!("{dock}: drawing of the bays, opens the dock’s details"),
    table: "Show table",
    bay: "Bay",
    kind: "Kind",
    state: "State",
    carts: "Carts",
    online: "online",
    seen: |when| format!("seen: {when}"),
    never_seen: "never seen",
    gateway: "Gateway",
    software: "Version",
    acked: "Last event received",
    backlog: "Events to send",
    not_enrolled: "No gateway is enrolled at this dock.",
    no_docks: "No collection point yet.",
    recent: "Recent rentals",
    all_rentals: "All rentals",
    no_rentals: "No rental yet.",
};

const DETAIL: DetailText = DetailText {
    list_title: "Rentals",
    filter: "Show",
    search: "Search",
    search_help: "Cart, rental id or Pix id",
    show: "Show",
    found: |n, sum| format!("{n} rentals, {sum}"),
    page_of: |page, pages| format!("Page {page} of {pages}"),
    before: "Previous",
    after: "Next",
    filter_name: |filter| match filter {
        RentalFilter::All => "All",
        RentalFilter::AwaitingPayment => "Waiting for payment",
        RentalFilter::Paid => "Paid, cart in its bay",
        RentalFilter::Out => "Cart out",
        RentalFilter::Held => "Deposit held",
        RentalFilter::Refunding => "To refund",
        RentalFilter::RefundDelayed => "Refund delayed",
        RentalFilter::Review => "Being checked",
        RentalFilter::RefundedToday => "Refunded today",
        RentalFilter::Closed => "Closed",
        RentalFilter::Expired => "Not paid in time",
        RentalFilter::Cancelled => "Cancelled",
        RentalFilter::Rescued => "Rescued",
        RentalFilter::Abandoned => "Abandoned",
    },
    state_name: |state| match state {
        RentalState::AwaitingPayment => "awaits Pix",
        RentalState::Paid => "paid",
        RentalState::Out => "out",
        RentalState::Returned => "returned",
        RentalState::Closed => "closed",
        RentalState::Expired => "not paid",
        RentalState::Cancelled => "cancelled",
        RentalState::Rescued => "rescued",
        RentalState::Abandoned => "abandoned",
    },
    begun: "Begun",
    dock: "Dock",
    cart: "Cart",
    deposit: "Deposit",
    refund: "Pix refund",
    cpf: "CPF",
    rental: "Rental",
    none: "No rental matches this filter.",
    timeline: "What happened",
    no_steps: "Nothing recorded yet.",
    step: |kind| match kind {
        StepKind::Requested => "Rental requested",
        StepKind::ChargeCreated => "Charge made at the bank",
        StepKind::Paid => "Pix received",
        StepKind::PaidLate => "Pix received too late",
        StepKind::PaidTwice => "A second Pix for the same charge",
        StepKind::PaidWrongAmount => "A Pix of another amount",
        StepKind::GrantIssued => "Grant sent to the dock",
        StepKind::CardReleaseStarted => "Bay opened by a card",
        StepKind::GrantRefused => "Dock refused the grant",
        StepKind::ReleaseStarted => "Bay opening",
        StepKind::ReleaseExpired => "Nobody pulled; bay locked",
        StepKind::ReleaseFailed => "Bay did not open",
        StepKind::CartPulled => "Cart left",
        StepKind::CartDocked => "Cart returned",
        StepKind::ReturnInReview => "Sensors disagree; check",
        StepKind::ReturnApproved => "Return checked and honoured",
        StepKind::RefundRequested => "Refund recorded",
        StepKind::RefundSent => "Refund sent to the bank",
        StepKind::RefundSettled => "Pix given back",
        StepKind::RefundRefused => "Bank refused the refund",
        StepKind::RefundOwed => "No refund possible: to be paid in another way",
        StepKind::RefundCovered => "Nothing left to give back",
        StepKind::BankReturning => "Bank began a refund by itself",
        StepKind::BankReturned => "Bank gave money back by itself",
        StepKind::Expired => "Time to pay ran out",
        StepKind::Cancelled => "Cancelled",
        StepKind::Abandoned => "Cart abandoned",
        StepKind::EntryMade => "Raffle entry",
        StepKind::NoticeTold => "Customer told",
        StepKind::NoticeWaiting => "Notice to the customer waits",
        StepKind::NoticeEnded => "Notice to the customer not sent",
    },
    source_event: |seq, gateway| format!("event {seq} of gateway {gateway}"),
    source_hash: "hash",
    source_txid: "txid",
    source_e2e: "endToEndId",
    source_return: "rtrId",
    source_refund: "refund order",
    source_grant: "grant",
    source_entry: "entry",
    source_transfer: "transfer",
    account: |account| match account {
        LedgerAccount::Bank => "bank",
        LedgerAccount::Held => "held",
        LedgerAccount::Owed => "owed",
        LedgerAccount::Payable => "to finders",
        LedgerAccount::Prize => "prizes",
        LedgerAccount::Shop => "shop",
    },
    approve: "Honour the return",
    told_late: "told by a gateway that was replaced",
    unproven: "told by a receipt, before the dock’s record",
    by_card: "card",
    end_rental: "End and give the deposit back",
    end_release_warning: "The dock has not told whether the bay opened: the cart may be out. The Pix goes back all the same, and the cart is offered again. Look at the bay first.",
    end_rental_help: "Only when the dock will not tell any more: gateway replaced, tag broken, cart found or lost. Sends the Pix back, without a raffle entry.",
    approve_help: "Check that the cart really is in the bay. Honouring sends the Pix back and gives the raffle entry.",
    approved_by: |login| format!("by {login}"),
    fault: |fault| match fault {
        BayFault::BoltStuckClosed => "the bolt did not open",
        BayFault::BoltStuckOpen => "the bolt did not close",
        BayFault::ReaderDeaf => "the reader does not answer",
        BayFault::LockFailed => "the lock reported an error",
        BayFault::SensorFailed => "a sensor reported an error",
        BayFault::Unreliable => "a part fails and heals again and again",
    },
    contradiction: |contradiction| match contradiction {
        Contradiction::TagWithoutCart => "a tag without a cart",
        Contradiction::CartWithoutTag => "a cart without a tag",
        Contradiction::BoltNotEngaged => "the bolt did not engage",
        Contradiction::TagInTwoBays => "the same tag in two bays",
    },
    refusal: |refusal| match refusal {
        RefundObstacle::InfractionOpen => "an infraction (MED) is open",
        RefundObstacle::WindowOver => "the 90 days are over",
        RefundObstacle::NoBalance => "too little balance",
        RefundObstacle::AboveAmount => "above what is left of the Pix",
        RefundObstacle::AccountGone => "the payer’s account is gone",
        RefundObstacle::AccountBlocked => "the payer’s account is blocked",
        RefundObstacle::NotReturnable => "this Pix cannot be returned",
        RefundObstacle::TimedOut => "a bank on the way did not answer in time",
        RefundObstacle::Duplicate => "the bank says it is back already: check the statement",
        RefundObstacle::Fraud => "suspected fraud",
        RefundObstacle::Other => "another reason",
    },
    nature: |nature| match nature {
        ReturnNature::Original => "made in the bank’s app",
        ReturnNature::MedFraud => "MED: fraud",
        ReturnNature::MedOperational => "MED: operational failure",
        ReturnNature::MedRecurring => "MED: Pix Automático",
        ReturnNature::Other => "another nature",
    },
    pulled_again: "the cart left again before its return was seen",
    grant_refusal: |refusal| match refusal {
        GrantRefusal::UnknownBay => "unknown bay",
        GrantRefusal::Expired => "the grant had expired",
        GrantRefusal::BayFaulted => "faulty bay",
        GrantRefusal::BayEmpty => "empty bay",
        GrantRefusal::CartUnnamed => "no tag named the cart",
        GrantRefusal::InService => "dock in service",
        GrantRefusal::ExposureReached => "the day's limit without internet is reached",
        GrantRefusal::StorageFull => "the dock's disk is full",
    },
    alarms_title: "Alarms",
    alarms_none: "No alarm is open.",
    alarms_ended: "Ended",
    alarm: |kind| match kind {
        AlarmKind::LedgerMismatch => "The ledger disagrees with the bank",
        AlarmKind::RefundDelayed => "Pix refund delayed",
        AlarmKind::RefundRefused => "The bank refused a refund",
        AlarmKind::RefundNoBalance => "Too little balance to refund",
        AlarmKind::RefundBlocked => "Refund stopped by an open infraction (MED)",
        AlarmKind::RefundOwed => "No refund possible: to be paid in another way",
        AlarmKind::RefundExcess => "More went back than the Pix brought",
        AlarmKind::PayoutRefused => "A Pix to a person was refused or cannot leave",
        AlarmKind::PayoutLate => "A Pix to a person is late",
        AlarmKind::PayoutNoBalance => "Too little balance to send a Pix",
        AlarmKind::PayoutHeld => "A Pix to a person waits for a decision",
        AlarmKind::PayoutReturned => "A Pix that was sent came back",
        AlarmKind::PayoutExcess => "A Pix left that had been given up",
        AlarmKind::DepositTakenBack => "The bank took back the deposit of a cart that is out",
        AlarmKind::GatewayForked => "Gateway with two pasts",
        AlarmKind::EventQuarantined => "Event set aside for examination",
        AlarmKind::DockOffline => "Dock offline",
        AlarmKind::BayFaulted => "Faulty bay",
        AlarmKind::ReturnInReview => "Sensors disagree about a return",
        AlarmKind::UnknownCart => "Unknown cart returned",
        AlarmKind::CartOutWithoutDeposit => "A cart left without a deposit",
        AlarmKind::CartLeftUnreleased => "A cart left without a release",
        AlarmKind::PaymentUnmatched => "A Pix without a rental",
        AlarmKind::ReleaseUnresolved => "Paid, and no word from the dock",
        AlarmKind::RentedCartPlaced => "A rented cart was put in during service",
        AlarmKind::BayUnreliable => "A bay fails again and again",
        AlarmKind::JournalSalvaged => "A dock’s record was damaged",
        AlarmKind::ReceiptContradicted => "Receipt and record disagree",
        AlarmKind::CardNotAllowed => "A card that may not opened a bay",
        AlarmKind::ListAhead => "A dock knows a newer card list than this system",
        AlarmKind::JournalSetBack => "A dock’s record is older than what it told",
        AlarmKind::BankCertificateEnding => "A certificate between us and the bank is about to end",
        AlarmKind::EventsForgotten => "Records of a dock are lost after a restore",
        AlarmKind::NoticeFailing => "A channel for notices does not work",
        AlarmKind::Other => "Alarm",
    },
    alarm_cure: |kind| match kind {
        AlarmKind::LedgerMismatch => {
            "Open the day under Books: the differences are listed one by one. Look at each at the bank and call support."
        }
        AlarmKind::RefundDelayed => {
            "The system keeps trying. After a day, talk to the bank and name the id."
        }
        AlarmKind::RefundRefused => {
            "The system tries again by itself, with another order. See the reason in the rental."
        }
        AlarmKind::RefundNoBalance => {
            "Put money into the Pix account and see whether an automatic transfer empties it. The system tries again with each deposit, the oldest debt first."
        }
        AlarmKind::RefundBlocked => {
            "Answer the infraction at the bank, with the rental as evidence. While it is open the bank gives nothing back; afterwards the system goes on by itself. Do not pay in another way: the bank may refund too."
        }
        AlarmKind::RefundOwed => {
            "The bank gives this Pix back no more. See the reason in the rental and agree on another way with the customer. Check at the bank first that the money is not back already."
        }
        AlarmKind::RefundExcess => {
            "Compare the rental with the bank’s statement: the money may have gone back twice. Talk to the bank and name the ids."
        }
        AlarmKind::PayoutRefused => {
            "See why under Pix sent. If the key is wrong, the receiver must name another; if sending is off, pay in another way and note it."
        }
        AlarmKind::PayoutLate => {
            "The system keeps asking the bank and never sends twice. After a day, call the bank with the id."
        }
        AlarmKind::PayoutNoBalance => {
            "Put money into the Pix account. The system tries again by itself."
        }
        AlarmKind::PayoutHeld => "Open Pix sent, look, and release it or call it off.",
        AlarmKind::PayoutReturned => {
            "The receiver’s bank returned the money. Find out why before you send it again under Pix sent."
        }
        AlarmKind::PayoutExcess => {
            "Compare Pix sent with the bank’s statement: somebody may have been paid twice. Call the bank with the ids."
        }
        AlarmKind::DepositTakenBack => {
            "The cart is out without a deposit. Look for it and keep the rental as evidence for the bank."
        }
        AlarmKind::GatewayForked => {
            "The device was cloned or restored. Enrol it again with a new code, and keep the old memory card as evidence."
        }
        AlarmKind::EventQuarantined => "Everything else went on. Ask support to examine the event.",
        AlarmKind::DockOffline => "Check power and network. Returns go on and arrive later.",
        AlarmKind::BayFaulted => "Ask a technician to test lock and reader.",
        AlarmKind::ReturnInReview => "Go to the bay, check the cart and release the refund.",
        AlarmKind::UnknownCart => "Register the tag, or take the cart out of the bay.",
        AlarmKind::CartOutWithoutDeposit => {
            "Look for the cart; its Pix was given back or never came."
        }
        AlarmKind::CartLeftUnreleased => "Check the bay's lock and look for the cart.",
        AlarmKind::PaymentUnmatched => {
            "See at the bank who sent it, and give it back under Books: it returns to the account that paid."
        }
        AlarmKind::ReleaseUnresolved => {
            "Check the dock: if nobody pulled the cart, the refund follows by itself once it answers. If it never will, end the rental; the cart may be out by then."
        }
        AlarmKind::RentedCartPlaced => {
            "Staff brought the cart in. Check it and end the rental, which sends the Pix back."
        }
        AlarmKind::BayUnreliable => {
            "The bay rests. Ask a technician for the guided test of the bay."
        }
        AlarmKind::JournalSalvaged => {
            "Compare the dock with what stands here: returns of this range may be lost. Customers’ receipts count."
        }
        AlarmKind::ReceiptContradicted => {
            "The device may have been cloned or restored. Check the cart and keep the receipt as evidence."
        }
        AlarmKind::CardNotAllowed => {
            "The card is unknown or was blocked already. Look for the cart; the dock learns of a block with its next list."
        }
        AlarmKind::ListAhead => {
            "This system was set back to an older copy. Check the member cards: changes made since then are gone. The dock takes the next list by itself."
        }
        AlarmKind::JournalSetBack => {
            "Its memory card lost what it had told, or was restored or cloned. Enrol the device again with a new code, keep the old card, and compare the dock with what stands here."
        }
        AlarmKind::BankCertificateEnding => {
            "Ask whoever issued it for a new one, replace the file and restart the system. Without it the bank stops serving us on that day."
        }
        AlarmKind::EventsForgotten => {
            "This system was restored from a copy so old that the dock no longer keeps these records; if nothing was restored, the device left them out: enrol it again with a new code. Compare the bank’s statement and the dock with what stands here; customers’ receipts count."
        }
        AlarmKind::NoticeFailing => {
            "The notices wait and leave by themselves when the channel is back; until then nobody loses a deposit untold. Check the mail server, the push service or the messenger, and their settings."
        }
        AlarmKind::Other => "Open the item to see what to do.",
    },
    alarm_since: |when| format!("since {when}"),
    alarm_until: |when| format!("until {when}"),
};
