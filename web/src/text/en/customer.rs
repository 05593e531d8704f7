use crate::customer::{
    CancelReason, CpfError, DelayReason, ErrorKind, MineState, RefundState, TakeRefusal,
};
use crate::text::customer::{CommonText, DockText, PagesText, ReceiptText, RentalText};
use shared::enrol::BayKind;
use shared::sync::BayState;

pub(super) const COMMON: CommonText = CommonText {
    skip: "Skip to content",
    home: "Home",
    mine: "My carts",
    help: "Help",
    privacy: "Privacy",
    busy: "One moment…",
    deposit: "Deposit",
    carts_ready: |n| match n {
        0 => "no carts".into(),
        1 => "1 cart ready".into(),
        n => format!("{n} carts ready"),
    },
    places_free: |n| match n {
        0 => "no room to return".into(),
        1 => "1 free place".into(),
        n => format!("{n} free places"),
    },
    metres: |m| format!("{m} m"),
    bay: |n| format!("Bay {n}"),
    bay_kind: |kind| match kind {
        BayKind::Slot => "bay",
        BayKind::Lane => "lane",
    },
    bay_state: |state| match state {
        BayState::Vacant => "free",
        BayState::Docking => "taking a cart in",
        BayState::Occupied => "has a cart",
        BayState::Releasing => "opening",
        BayState::Faulted => "out of order",
        BayState::Service => "in service",
    },
    carts: |n| match n {
        1 => "1 cart".into(),
        n => format!("{n} carts"),
    },
    offline: "offline",
    to_start: "Back to the start",
};

pub(super) const DOCK: DockText = DockText {
    no_cart: "No carts here right now",
    deposit_comes_back: "Comes back in full by Pix when you return the cart.",
    how: "How it works",
    how_pay: |deposit| format!("Pay the {deposit} deposit by Pix. The bay opens by itself."),
    how_use: "Pull the cart out and do your shopping.",
    how_return: "Return it at any collection point. The Pix comes back at once.",
    take: "Release a cart",
    cpf_label: "CPF (optional)",
    cpf_help: "A CPF ties the return to you where a promotion runs. Without it, everything works the same.",
    cpf_help_campaign: |campaign, date| {
        format!(
            "With a CPF, the return earns one entry in “{campaign}”, drawn on {date}. Without it, everything works the same."
        )
    },
    cpf_error: |error| match error {
        CpfError::Malformed => "A CPF has 11 digits. Correct it, or leave the field empty.",
        CpfError::CheckDigits => {
            "This CPF does not exist: check the digits, or leave the field empty."
        }
    },
    error_title: "One field needs correcting",
    refusal: |refusal| match refusal {
        TakeRefusal::NoCart => "The last cart has just left. Nothing was charged.",
        TakeRefusal::DockOffline => "This point has just gone offline. Nothing was charged.",
        TakeRefusal::TooManyRentals => {
            "You already have as many carts as one person may. Return one to take another. Nothing was charged."
        }
        TakeRefusal::BankUnavailable => {
            "The bank did not answer. Nothing was charged: try again in a moment."
        }
        TakeRefusal::TooFast => "Too many tries in a row. Wait a minute and try again.",
    },
    check_title: "Check before you pay",
    check_payee: "In your bank’s app the payee is",
    check_host: |host| {
        format!(
            "This site’s address is {host}. If a sticker took you to another address, do not pay."
        )
    },
    bays: "Bays at this point",
    nearest: "Other points nearby",
    offline_title: "This point is offline",
    offline_text: "To take a cart, use another point or try again in a few minutes. Returning works as always: push the cart into a bay until the light confirms.",
    privacy_line: "No account, no app. We keep only what it takes to give your Pix back.",
    privacy_link: "Privacy",
    rentals_here: |n| match n {
        1 => "You have 1 cart in progress on this phone".into(),
        n => format!("You have {n} carts in progress on this phone"),
    },
};

pub(super) const RENTAL: RentalText = RentalText {
    steps_label: "Progress",
    steps: ["Pay", "Pull", "Use", "Return"],
    reconnecting: "Reconnecting… nothing is lost.",
    refresh: "Refresh",
    place: |dock, store| format!("{dock} · {store}"),
    preparing: "Preparing your charge",
    preparing_help: "This takes a moment. There is no need to reload.",
    pay: |amount| format!("Pay {amount} by Pix"),
    payee: "Payee",
    copy: "Copy Pix code",
    copied: "Copied",
    copied_say: "Pix code copied. Open your bank’s app.",
    code_label: "Pix copy-and-paste code",
    pay_steps: [
        "Copy the code.",
        "In your bank’s app choose Pix copia e cola.",
        "Check the payee, pay and come back here.",
    ],
    valid_until: |clock| format!("Valid until {clock}"),
    remaining: "left:",
    two_minutes: "2 minutes left to pay.",
    half_minute: "30 seconds left to pay.",
    time_is_up: "Time is up. Checking with the bank…",
    late_is_safe: "If you pay after that, the money comes back by itself.",
    other_phone: "Pay with another phone",
    other_phone_help: "Scan the code with your bank’s app.",
    qr_label: "QR code of the Pix",
    lamp_blinks: |bay| format!("Is the light of bay {bay} blinking?"),
    lamp_dark: "If another light blinks, or none, do not pay: this sticker may not be ours.",
    cancel: "Cancel",
    cancel_help: "Nothing has been charged yet.",
    paid: "Payment confirmed",
    paid_opening: |bay| format!("Opening bay {bay}"),
    paid_opening_any: "Opening your bay",
    paid_wait: "Stay at the point. If the bay does not open, the Pix comes back by itself.",
    silent: "The point has not answered yet",
    silent_safe: |amount| {
        format!(
            "Nothing is lost: {amount} is kept here. The point still has to tell whether the bay opened."
        )
    },
    silent_steps: [
        "You have the cart? Return it at any point and keep the code or QR of the receipt. The Pix comes back when the point has told.",
        "Nothing opened? You need not do anything. The Pix comes back by itself as soon as the point has told.",
        "You would rather not wait? Ask the store: it looks at the bay and can send the Pix back.",
    ],
    open: |bay| format!("Bay {bay} is open"),
    open_do: "Pull the cart now",
    open_until: |clock| {
        format!(
            "The bay stays open until {clock}. If you do not pull, it locks and the Pix comes back."
        )
    },
    stuck: "The lock did not open?",
    stuck_steps: [
        "Push the cart in a little and pull again.",
        "Make sure it is the bay with the fast blinking light.",
    ],
    stuck_refund: |amount| {
        format!(
            "If it stays stuck, do nothing: the bay locks and {amount} goes back to your account."
        )
    },
    stuck_refund_any: "If it stays stuck, ask the store: the deposit is on record here.",
    out: "The cart is with you",
    out_since: |when| format!("Since {when}"),
    out_cart: |label| format!("Cart {label}"),
    out_promise: |amount| format!("{amount} comes back as soon as you return it."),
    out_how: [
        "Take it to any collection point of the chain.",
        "Push the cart into a bay until it clicks.",
        "Green light and sound: returned. The Pix leaves at once.",
    ],
    out_abandon: |when| {
        format!(
            "Return it by {when}. After that the cart counts as abandoned, and whoever finds it may receive part of the deposit."
        )
    },
    out_nearest: "Where to return",
    out_keep: "You may close this page. Returning does not need the phone.",
    abandoned: "Cart not returned",
    abandoned_text: |when| format!("The time limit was {when}."),
    abandoned_still: |amount| {
        format!("If you return it before somebody else does, {amount} still comes back to you.")
    },
    returned: "Cart returned. Thank you!",
    closed: |amount| format!("{amount} back in your account"),
    refund_going: |amount| format!("Pix of {amount} on its way to the account that paid"),
    refund_held: |amount| format!("Pix of {amount} waits for the store’s check"),
    refund_state: |state| match state {
        RefundState::Requested => "on record",
        RefundState::Processing => "sent to the bank",
        RefundState::Settled => "done",
        RefundState::Delayed { .. } => "delayed",
        RefundState::HeldForReview => "being checked by the store",
    },
    refund_delay: |why| match why {
        DelayReason::BankSlow => "The bank is slow to confirm. We keep trying.",
        DelayReason::BankRefused => {
            "The bank refused the refund. The store has been told and will settle it with you."
        }
        DelayReason::BalanceShort => {
            "The refund waits for the store’s balance. The store has been told."
        }
        DelayReason::BankReview => {
            "The bank examines this Pix and gives nothing back until it is done. The store has been told."
        }
        DelayReason::NeedsPayout => {
            "The bank gives this Pix back no more. Give a Pix key of yours and the money goes there."
        }
        DelayReason::Unknown => "The refund is not confirmed yet. We are checking with the bank.",
    },
    refund_safe: "Keep this receipt: the amount is on record and it is yours.",
    review: "The bay’s sensors did not agree. The store checks the cart and releases the Pix; you need not stay.",
    expired: "The time to pay is over",
    expired_text: "Nothing was charged. Ask for a new code if you still want a cart.",
    expired_refund: "Your payment arrived late and is being given back.",
    try_again: "Start again",
    cancelled: |reason| match reason {
        CancelReason::ByCustomer => "Cancelled",
        CancelReason::NotTaken => "The cart was not pulled in time",
        CancelReason::BayFault => "The bay did not open",
        CancelReason::NoCart => "There was no cart in the bay",
        CancelReason::DockSilent => "The point did not answer",
    },
    cancelled_unpaid: "Nothing was charged.",
    cancelled_refund: |amount| format!("{amount} goes back to the account that paid."),
    receipt: "Receipt",
    receipt_rows: ReceiptText {
        deposit: "Deposit paid",
        refund: "Pix refund",
        store: "Store",
        store_document: "CNPJ",
        taken_at: "Taken from",
        returned_at: "Returned to",
        cart: "Cart",
        paid: "Paid",
        taken: "Taken",
        returned: "Returned",
        refunded: "Pix refunded",
        requested: "Refund requested",
        paid_id: "Id of the Pix paid",
        refund_id: "Id of the refund",
        entry: "Raffle entry",
        cpf: "CPF",
        rental: "Rental",
    },
    receipt_qr: "QR of this receipt",
    receipt_qr_help: "Opens this receipt on another device. Whoever has the address sees the receipt.",
    print: "Print or save",
    entry_title: "You are in the raffle",
    entry_text: |campaign, date| format!("{campaign}, drawn on {date}."),
    entry_text_no_date: |campaign| format!("{campaign}."),
    claim_title: "Enter the raffle",
    claim_text: "This return earns one entry. Give your CPF; adults only.",
    claim_button: "Enter",
    new_cart: "Take another cart",
};

pub(super) const PAGES: PagesText = PagesText {
    home_title: "Take a cart, return it, get everything back",
    home_text: "Choose a collection point, or scan the QR code on it.",
    home_none: "No collection point has been installed yet.",
    home_managers: "For stores",
    mine_none: "No carts on this phone.",
    mine_text: "Carts taken with this phone.",
    mine_state: |state| match state {
        MineState::AwaitingPayment => "waiting for payment",
        MineState::Paid => "bay opening",
        MineState::Out => "with you",
        MineState::Refunding => "returned, Pix on its way",
        MineState::Closed => "Pix given back",
        MineState::Expired => "time over, nothing charged",
        MineState::Cancelled => "cancelled",
        MineState::Rescued => "brought by somebody else",
        MineState::Abandoned => "not returned",
    },
    mine_forget: "Forget on this phone",
    mine_forget_help: "Clears this list only. Receipts and refunds stay valid.",
    help_title: "Help",
    help_items: [
        (
            "When do I get my Pix back?",
            "As soon as the cart clicks into any collection point of the chain. Usually within seconds, to the account that paid.",
        ),
        (
            "The bay did not open",
            "Push the cart in a little and pull again. If it is not out within a minute, the bay locks and the Pix comes back by itself.",
        ),
        (
            "I paid too late",
            "The money goes back to your account by itself.",
        ),
        (
            "I returned it and nothing happened",
            "Push until it clicks. A point that is offline records the return too, and reports it as soon as it can.",
        ),
        (
            "I lost the receipt page",
            "Open “My carts” on the same phone. With the Pix id from your bank statement the store finds it as well.",
        ),
        (
            "What if I do not return it?",
            "After the time shown on the page the cart counts as abandoned, and whoever brings it back may receive part of the deposit.",
        ),
    ],
    privacy_title: "Privacy",
    privacy_items: [
        (
            "What we keep",
            "Times, point, bay, cart and the numbers of your Pix. Your CPF and a contact for notices only if you give them; the contact for a short time.",
        ),
        (
            "What for",
            "To give the Pix back, to prove what happened and, with a CPF, for the raffle.",
        ),
        (
            "Cookies",
            "One, to remember your carts and language on this phone. Nothing from third parties.",
        ),
        (
            "Your rights",
            "Each rental’s link leads to “My data”, with what we keep of it. Access to everything, correction or deletion: at the store’s desk, with a document. What tax law requires is kept for as long as it says.",
        ),
    ],
    error_title: |kind| match kind {
        ErrorKind::NotFound => "Page not found",
        ErrorKind::UnknownDock => "There is no such collection point",
        ErrorKind::UnknownRental => "There is no such rental",
        ErrorKind::BadForm => "We did not understand what was sent",
        ErrorKind::CrossSite => "Request refused",
        ErrorKind::Forbidden => "Your role does not allow this",
        ErrorKind::NotNow => "This is no longer possible",
        ErrorKind::TooLarge => "Too large",
        ErrorKind::TooMany => "Too many requests",
        ErrorKind::Unavailable => "Come back in a moment",
        ErrorKind::Internal => "Our mistake",
    },
    error_detail: |kind| match kind {
        ErrorKind::NotFound => "The address may have been mistyped.",
        ErrorKind::UnknownDock => "Check the code on the point, or scan its QR code again.",
        ErrorKind::UnknownRental => {
            "Check the address, or open “My carts” on the phone that took the cart."
        }
        ErrorKind::BadForm => "Go back, check the fields and send again. Nothing was charged.",
        ErrorKind::CrossSite => {
            "The request came from another site. Open the page by the point’s QR code and try again."
        }
        ErrorKind::Forbidden => "Ask an administrator, or sign in with another account.",
        ErrorKind::NotNow => "The state changed while you were deciding. See how it stands now.",
        ErrorKind::TooLarge => "What was sent is beyond the limit.",
        ErrorKind::TooMany => "Wait a minute and try again.",
        ErrorKind::Unavailable => "The service is restarting or busy. Nothing is lost: try again.",
        ErrorKind::Internal => {
            "It has been recorded, and so has your money: try again in a moment."
        }
    },
    error_number: |status| format!("Code {status}"),
};
