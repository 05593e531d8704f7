use crate::customer::ContactError;
use crate::notice::{Facts, NoticeChannel, NoticeEnded, NoticeKind, Said};
use crate::text::NoticesText;

pub(super) const NOTICES: NoticesText = NoticesText {
    said,
    channel: |channel| match channel {
        NoticeChannel::Mail => "E-mail",
        NoticeChannel::Push => "Browser notification",
        NoticeChannel::Messenger => "The shop's messenger",
    },
    kind: |kind| match kind {
        NoticeKind::AbandonmentNear { .. } => "Warning before abandonment",
        NoticeKind::Abandoned => "Told of the abandonment",
        NoticeKind::LateReturnRefunded => "Told of the late return",
        NoticeKind::CartBackUnclaimed => "Told that the cart came back",
        NoticeKind::Rescued => "Told of the rescue",
        NoticeKind::ContestUpheld => "Objection accepted",
        NoticeKind::ContestRefused => "Objection refused",
        NoticeKind::PayoutKeyNeeded => "Asked for a Pix key",
        NoticeKind::PrizeWon => "Told of a prize",
    },
    ended: |why| match why {
        NoticeEnded::Overtaken => "no longer of use",
        NoticeEnded::TooOld => "too old",
        NoticeEnded::ContactGone => "contact deleted",
        NoticeEnded::Unreachable => "address exists no more",
    },
    open_page: "Open the page of your rental",
    mail_why: |days| {
        format!(
            "You get this because you asked for it on the page of your rental. The contact is deleted {days} days after it ends. You can delete it there at once."
        )
    },
    invite: "Shall we warn you before your deposit is at risk?",
    invite_help: "By e-mail or on this phone, only if needed.",
    given: "We will tell you",
    given_help: "See or delete the contact.",
    title: "Notices",
    lead: |minutes| {
        format!(
            "We tell you {minutes} minutes before your deposit is at risk, and if anything happens to it. No advertising."
        )
    },
    not_now: "There is nothing left to tell about this rental.",
    saved: "Done, the contact is kept.",
    mail_label: "Your e-mail",
    mail_help: "Optional.",
    mail_button: "Tell me by e-mail",
    mail_given: |address| format!("E-mail: {address}"),
    phone_label: "Your mobile number, with area code",
    phone_help: "Optional. The shop sends the message; the number serves for nothing else.",
    phone_button: "Tell me by message",
    phone_given: |number| format!("Mobile: {number}"),
    push_title: "On this device",
    push_help: "The browser asks whether it may show notifications.",
    push_button: "Tell me on this device",
    push_given: "Notifications on this device",
    push_denied: "The browser did not allow it. You can change that in its settings, or use e-mail.",
    push_failed: "That did not work now. Try again, or use e-mail.",
    error_title: "Check the contact",
    error: |error| match error {
        ContactError::Mail => "Write the whole e-mail address, like name@example.com.",
        ContactError::Phone => "Write area code and number, like 81 91234-5678.",
    },
    kept: |days| format!("We delete the contact {days} days after the rental ends."),
    forget: "Delete my contacts now",
    back: "Back to my rental",
};

fn said(kind: &NoticeKind, facts: &Facts<'_>) -> Said {
    match kind {
        NoticeKind::AbandonmentNear { .. } => abandonment_near(facts),
        NoticeKind::Abandoned => abandoned(facts),
        NoticeKind::LateReturnRefunded => late_return_refunded(facts),
        NoticeKind::CartBackUnclaimed => cart_back_unclaimed(facts),
        NoticeKind::Rescued => rescued(facts),
        NoticeKind::ContestUpheld => contest_upheld(facts),
        NoticeKind::ContestRefused => contest_refused(facts),
        NoticeKind::PayoutKeyNeeded => payout_key_needed(facts),
        NoticeKind::PrizeWon => prize_won(facts),
    }
}

fn abandonment_near(facts: &Facts<'_>) -> Said {
    let Facts {
        deposit,
        store,
        when,
    } = facts;
    Said {
        subject: format!("Return the cart by {when}"),
        lines: vec![
                format!("Your cart from {store} is not back yet. From {when} on it counts as abandoned, and who brings it may get a part of your deposit of {deposit}."),
                "Leave it at any collection point of the chain before that, and the whole Pix comes back.".to_owned(),
            ],
    }
}

fn abandoned(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: "Your cart counts as abandoned".to_owned(),
        lines: vec![
            format!("The time is over and the cart from {store} is not back."),
            format!(
                "If you return it before anybody else does, the {deposit} still come back to you, without a raffle entry."
            ),
        ],
    }
}

fn late_return_refunded(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: format!("Cart returned: {deposit} on its way"),
        lines: vec![
            format!(
                "You returned the cart from {store} after its time. The deposit of {deposit} goes back to the account that paid."
            ),
            "Because it was late, this return earns no raffle entry.".to_owned(),
        ],
    }
}

fn cart_back_unclaimed(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: "Your abandoned cart was brought back".to_owned(),
        lines: vec![
            format!(
                "Somebody brought the cart from {store} and did not say who they are. Nothing was paid to anybody."
            ),
            format!(
                "If it was you, or if you disagree, object on the rental's page: the deposit of {deposit} is still kept."
            ),
        ],
    }
}

fn rescued(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: "Somebody else brought your cart".to_owned(),
        lines: vec![
            format!(
                "After its time, somebody else returned the cart you took from {store}. A part of the deposit of {deposit} rewards who brought it; the rest goes to the raffle's prizes. The entry belongs to who brought it."
            ),
            "The times and the reasons are on the rental's page, and there you may object."
                .to_owned(),
        ],
    }
}

fn contest_upheld(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: format!("Objection accepted: {deposit} on its way"),
        lines: vec![format!(
            "The shop {store} looked into it and decided in your favour. The deposit of {deposit} comes back to you."
        )],
    }
}

fn contest_refused(facts: &Facts<'_>) -> Said {
    let Facts { store, .. } = facts;
    Said {
        subject: "Objection looked into".to_owned(),
        lines: vec![format!(
            "The shop {store} looked into it and the decision stands. The reasons are on the rental's page."
        )],
    }
}

fn payout_key_needed(facts: &Facts<'_>) -> Said {
    let Facts { deposit, .. } = facts;
    Said {
        subject: format!("A Pix key is missing to give {deposit} back"),
        lines: vec![
            format!(
                "The bank can no longer send the deposit of {deposit} back to the account it came from."
            ),
            "Open the rental's page and give a Pix key of yours.".to_owned(),
        ],
    }
}

fn prize_won(facts: &Facts<'_>) -> Said {
    let Facts { store, .. } = facts;
    Said {
        subject: "You won a prize in the raffle".to_owned(),
        lines: vec![
            format!(
                "The entry of your return at {store} was drawn. The prize and the code to collect it are on the rental's page."
            ),
            "Nobody from the shop asks for a password, a payment or a Pix to hand over a prize."
                .to_owned(),
        ],
    }
}
