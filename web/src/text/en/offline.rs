use crate::customer::{CarryWhy, ReceiptCodeError, ReceiptStage};
use crate::manager::{CardError, CardFilter, TechnicianError};
use crate::text::offline::{BroughtText, CardsText, CarryText, TechniciansText};

pub(super) const CARRY: CarryText = CarryText {
    dock_dark_title: "This point has no internet",
    dock_dark_text: "You can take a cart all the same: after the Pix your phone shows the code that opens the bay. Returning works as always.",
    pay_dark: "This point has no internet, so no light blinks now. Check this site’s address and the payee before you pay.",
    why: |why| match why {
        CarryWhy::Dark => "This point has no internet. Your phone carries the permission there.",
        CarryWhy::Slow => {
            "The bay has not answered yet. You can carry the permission there yourself."
        }
    },
    title: |bay| format!("Open bay {bay} with your phone"),
    scan: "Show this code to the point’s reader.",
    scan_label: "QR code that opens the bay",
    type_code: "Or type it on the point’s keypad or page:",
    open_link: "Open over the point’s network",
    open_link_help: "Join this point’s Wi-Fi first. This page stays here.",
    until: |clock| format!("Valid until {clock}, and opens once."),
    safe: |amount| {
        format!(
            "If nothing opens, {amount} goes back by itself as soon as the point tells that it stayed shut."
        )
    },
    returned: "I took the cart and gave it back",
    returned_text: "This page changes once the point has internet: then it tells of both, and the Pix goes back by itself. Keep the code or QR that the point showed until then.",
};

pub(super) const BROUGHT: BroughtText = BroughtText {
    still_open: "I returned it, but it still shows as open",
    code_help: "The point may have no internet. Type the code that its screen showed, or scan the receipt’s QR code.",
    code_label: "Receipt code",
    code_button: "Record the return",
    code_error: |error| match error {
        ReceiptCodeError::Wrong => {
            "This code does not fit this rental’s cart. Check its 12 letters and digits."
        }
        ReceiptCodeError::NotYet => {
            "The point has not told of your rental yet. It tells of both once it has internet; keep the code until then."
        }
        ReceiptCodeError::TooFast => "Too many attempts. Wait a minute and try again.",
    },
    page_title: "Receipt of the point",
    stage_title: |stage| match stage {
        ReceiptStage::Fresh => "Record the return",
        ReceiptStage::Honoured => "Return recorded",
        ReceiptStage::Held => "Return received, being checked",
        ReceiptStage::Waiting => "Receipt received",
        ReceiptStage::Older => "This receipt is of another return",
        ReceiptStage::Told => "The point has told of this return",
        ReceiptStage::Contradicted => "The store will check this receipt",
    },
    stage_text: |stage| match stage {
        ReceiptStage::Fresh => {
            "The point signed this receipt without internet. Tap to record it now; otherwise the point tells it itself when the internet is back."
        }
        ReceiptStage::Honoured => {
            "The deposit’s Pix goes back to the account that paid. There is nothing more to do."
        }
        ReceiptStage::Held => {
            "The cart counts as returned. The Pix leaves when the point has internet again, or sooner if the store checks."
        }
        ReceiptStage::Waiting => {
            "The point has not told of this cart’s rental yet. When the internet is back the return records itself."
        }
        ReceiptStage::Older => {
            "The cart has left again since. Nothing changed for the rental of now."
        }
        ReceiptStage::Told => {
            "Your rental’s page shows what became of the deposit. If it still says open, the point where you took the cart has not told yet; nothing is lost."
        }
        ReceiptStage::Contradicted => {
            "The receipt and the point’s record do not say the same. The store has been told; keep this receipt."
        }
    },
    button: "Record the return",
    button_again: "Try again",
    at: "Point",
    bay: "Bay",
    cart: "Cart",
    when: "By the point’s clock",
    mine: "My carts",
};

pub(super) const CARDS: CardsText = CardsText {
    title: "Member cards",
    risk_title: "The worst possible loss",
    risk_text: "What the docks may have released by card alone without this system knowing yet, and the carts that left that way already, if nobody brings anything back. A dock’s day begins whenever its last one is over, so one more day counts than fits into its silence. Releases paid by Pix are not in it: their deposit stays held until the dock has told.",
    risk_dock: "Dock",
    risk_replaced: "device replaced",
    risk_untold: "Days not told yet",
    risk_days: |n| match n {
        0 => "none".into(),
        1 => "1 day".into(),
        n => format!("{n} days"),
    },
    risk_out: "Carts out by card",
    risk_sum: "At worst",
    risk_total: "All docks",
    risk_limit: "Limit a day",
    risk_list: "List at the dock",
    risk_no_list: "none: opens for no card",
    add_title: "Add or block a card",
    number: "Card number",
    number_help: "Type it, or read the card with a scanner on this computer. We keep only its ending.",
    holder: "Whose it is",
    cpf: "Member’s CPF (optional)",
    cpf_help: "With a CPF, each return with this card counts where a promotion runs.",
    add: "Allow card",
    deny_new: "Block card",
    error: |error| match error {
        CardError::Number => "The number needs 8 to 32 letters and digits.",
        CardError::Holder => "Say whose card it is, in at most 60 letters.",
        CardError::Cpf => "There is no such CPF: check the digits, or leave the field empty.",
        CardError::TooMany => "The chain has as many cards as the docks’ list can hold.",
    },
    list: "Cards",
    filter: |filter| match filter {
        CardFilter::All => "All",
        CardFilter::Active => "Allowed",
        CardFilter::Denied => "Blocked",
    },
    search: "Search",
    search_help: "Name, ending or whole number",
    found: |n| match n {
        1 => "1 card".into(),
        n => format!("{n} cards"),
    },
    none: "No card fits this.",
    ending: "Ending",
    state: "State",
    active: "allowed",
    denied: "blocked",
    person: "CPF",
    person_known: "given",
    changed: "Changed",
    change: "Change",
    deny: |holder| format!("Block the card of {holder}"),
    allow: |holder| format!("Allow the card of {holder}"),
    deny_short: "Block",
    allow_short: "Allow",
};

pub(super) const TECHNICIANS: TechniciansText = TechniciansText {
    title: "Technicians",
    answer_title: "Open a gateway’s page",
    answer_text: "The gateway’s page shows a challenge. Type it here and dictate the answer to whoever stands at the dock.",
    dock: "Dock",
    challenge: "Challenge",
    challenge_help: "Letters and digits as on the screen; spaces and hyphens do not count.",
    show_answer: "Show the answer",
    answer_for: |dock, challenge| format!("Answer for {dock}, challenge {challenge}"),
    answer_once: "Good for this challenge only, once. The request is on record under your name.",
    keys_title: "Technicians’ keys",
    keys_text: "Who has a key may enter any gateway of the chain, also without internet. A revoked key ends when each dock has the new list.",
    name: "Name",
    key: "Public key",
    key_help: "The line that “volta-gateway technician-key” prints: 43 letters and digits.",
    add: "Add technician",
    none: "No technician has been added.",
    since: "Since",
    state: "State",
    serves: "valid",
    revoked: |when| format!("revoked on {when}"),
    revoke: |name| format!("Revoke the key of {name}"),
    revoke_short: "Revoke",
    error: |error| match error {
        TechnicianError::Dock => "Choose a dock that has a gateway.",
        TechnicianError::Challenge => {
            "A challenge has 8 letters and digits. Copy it from the screen."
        }
        TechnicianError::TooFast => "Too many requests. Wait a minute.",
        TechnicianError::Name => "Say the name, in at most 60 letters.",
        TechnicianError::Key => "This is no public key: it has 43 letters, digits, - or _.",
        TechnicianError::Taken => "There is a technician with this name or this key already.",
        TechnicianError::TooMany => "The chain has as many technicians as it can.",
    },
    from_dock: "Open the gateway’s page",
    enrol: |dock| format!("New enrolment code for {dock}"),
    enrol_short: "New enrolment code",
    enrol_title: "Enrolment code",
    enrol_for: |dock| format!("For the gateway of {dock}"),
    enrol_until: |when| format!("Good once, until {when}. This page does not show it again."),
    enrol_steps: [
        "A new device: open its page on the dock’s network and type the code at “Enrol this dock”.",
        "A device that serves: sign in as a technician and type it in Settings, “Enrol again”. The old enrolment ends.",
        "The request is recorded under your name.",
    ],
};
