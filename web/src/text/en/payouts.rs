use crate::customer::{PayoutError, PayoutStage};
use crate::manager::{PayoutPurpose, PayoutState};
use crate::text::payouts::PayoutsText;

pub(super) const PAYOUTS: PayoutsText = PayoutsText {
    title: "Be paid to a Pix key",
    owed: "Amount that is yours",
    stage: |stage| match stage {
        PayoutStage::AskKey { .. } => {
            "The bank cannot return the deposit’s Pix any more. Give a Pix key of yours and the money goes there."
        }
        PayoutStage::Held => "On record. The store checks the request before it is sent.",
        PayoutStage::OnItsWay => "On record. The Pix is on its way to your key.",
        PayoutStage::Paid { .. } => "Sent to your key.",
        PayoutStage::Nothing => "There is nothing to receive here.",
    },
    again: "The key you gave did not receive the Pix. Check it and give another.",
    cpf_label: "CPF of the key’s owner",
    key_label: "Pix key",
    key_help: "CPF, e-mail, mobile phone with area code, or random key, of an account of this CPF.",
    button: "Be paid",
    privacy: "CPF and key serve this Pix alone and are kept secret.",
    back: "Back to the rental",
    error: |error| match error {
        PayoutError::Cpf => "Check the CPF: it has 11 digits, and the last two do not match.",
        PayoutError::Key => {
            "This is not a Pix key. A phone is written with its area code, such as +55 11 98765-4321."
        }
        PayoutError::KeyOfOther => {
            "This key is somebody else’s or a company’s. If it is a phone, write it with +55."
        }
        PayoutError::TooMany => "Too many wrong keys for today. Try again tomorrow.",
    },
    link: "Give a Pix key to be paid",
    manager_title: "Pix sent",
    manager_text: "What was sent, or waits to be sent, to a person’s key: the part of who found a cart, and the deposit that the bank cannot return any more.",
    off: "This bank’s way of sending Pix is not known, or is turned off. Each request waits for a person to pay.",
    none: "Nothing was sent.",
    ordered: "Ordered",
    purpose_head: "Reason",
    key_head: "Key",
    decide: "Decide",
    came_back: |amount| format!("{amount} came back"),
    state: |state| match state {
        PayoutState::Waiting => "waits for its time",
        PayoutState::HeldByObjection => "held: the payer objects",
        PayoutState::HeldAboveLimit => "held: above the limit",
        PayoutState::HeldAboveDayLimit => "held: above the day’s limit",
        PayoutState::HeldForReview => "held: needs a look",
        PayoutState::AtBank => "at the bank",
        PayoutState::Settled => "sent",
        PayoutState::NeedsKey => "refused: needs another key",
        PayoutState::Refused => "refused",
        PayoutState::Replaced => "replaced by another order",
        PayoutState::Returned => "came back",
        PayoutState::Void => "called off",
    },
    purpose: |purpose| match purpose {
        PayoutPurpose::Finder => "found a cart",
        PayoutPurpose::Owed => "deposit owed",
    },
    release: "Release",
    repeat: "Send again",
    void: "Call off",
};
