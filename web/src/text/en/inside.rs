use crate::customer::{EntryStage, InsideError, Side};
use crate::text::{InsideText, PrizeText};

pub(super) const INSIDE: InsideText = InsideText {
    form_title: "Is my entry inside?",
    form_text: "Type the entry code, which is on the receipt of the return, or paste the link of the receipt.",
    form_label: "Code or link of the receipt",
    form_help: "The code has 12 letters and digits, such as 7K3M-Q9TB-2WXF.",
    form_button: "Check",
    error: |case| match case {
        InsideError::Empty => "Type the code or paste the link.",
        InsideError::Unknown => "No receipt has this code or link: check it letter by letter.",
        InsideError::Elsewhere => "This receipt is of another campaign: open its page.",
        InsideError::TooFast => "Too many tries in a row. Wait a minute.",
    },
    code: "Entry",
    inside_title: "Your entry is in the list",
    not_yet_title: "Your entry counts; the list is not published yet",
    certain_title: "Your return counts",
    outside_title: "This return is not in the list",
    number_title: "Your lucky number",
    place: |a, b| format!("Place {a} of {b} in the order of the draw."),
    number_later: "The lucky number comes with the public shuffle, after the list is published.",
    proof_title: "The proof",
    proof_text: "From your entry alone and the neighbours below, one arrives at the published code. Were one item of the list missing or changed, one would not.",
    proof_broken: "These steps do not lead to the published code. Keep this page and speak to the store.",
    proof_leaf: |a, b| format!("Your entry is leaf {a} of {b}:"),
    proof_alone: "It is the only one of the list: the leaf is the code of the list itself.",
    proof_steps: |count| match count {
        1 => "Show the only step".into(),
        n => format!("Show the {n} steps"),
    },
    step: |case| match case {
        Side::Left => "Neighbour on the left:",
        Side::Right => "Neighbour on the right:",
    },
    step_gives: "SHA-256 of both together:",
    proof_root: "Code of the list:",
    receipt_file: "My receipt file",
    receipt_file_help: "For the verifier, with the network off. Whoever has the file can show the return: keep it.",
    verify_help: "File of the draw and verifier",
    not_yet_text: |x| {
        format!("The list is published {x} at the latest. Come back then: the proof appears here.")
    },
    certain_text: |x| {
        format!("Nothing is drawn: the prize is the same for all. The campaign lasts until {x}.")
    },
    not_yet_closes: |x| format!("Entries until {x}."),
    outside_help: "Do you think this is wrong? Show the receipt at the desk of the store before the extraction.",
    another: "Check another code",
    no_cpf: "No CPF was given, and so there is no entry.",
    no_cpf_until: |x| {
        format!(
            "The CPF is missing. Open the receipt and give it until {x}: the return can still take part."
        )
    },
    over_cap: |x| {
        format!(
            "This person has the {x} entries already that the rules allow. The first ones count."
        )
    },
    late: "Word of this return came after the list was closed. It joins the next campaign.",
    late_next: |x| {
        format!(
            "Word of this return came after the list was closed. It joins the next campaign, “{x}”."
        )
    },
    under_review: "The store is still checking this return. If it is accepted in time, it counts.",
    withdrawn: "The entry was withdrawn at the wish of the person.",
    not_honoured: "The return came after its time or by another person: the entry belongs to who brought the cart in time.",
    outside_period: "The return was outside of the campaign’s period.",
    entry_title: |case| match case {
        EntryStage::Noted => "Return noted",
        EntryStage::Waiting { .. } | EntryStage::Pending { .. } => "You are in the raffle",
        EntryStage::Listed { .. } => "You are in the list of the raffle",
        EntryStage::Outside(_) => "No raffle entry",
        EntryStage::Won { .. } => "You won!",
        EntryStage::Alternate { .. } => "You are an alternate",
        EntryStage::NotThisTime { .. } => "Not this time",
        EntryStage::Certain { .. } => "Your prize is ready",
        EntryStage::WithoutDraw => "A campaign without draw",
    },
    entry_text: |case| match case {
        EntryStage::Noted => "No draw is promised for now.",
        EntryStage::Pending { .. } => "The extraction is over and the result is not confirmed yet.",
        EntryStage::NotThisTime { .. } => {
            "The raffle has been drawn. Every new return counts for the next campaign."
        }
        EntryStage::WithoutDraw => "This campaign had no permit, and nothing is drawn.",
        EntryStage::Waiting { .. }
        | EntryStage::Listed { .. }
        | EntryStage::Outside(_)
        | EntryStage::Won { .. }
        | EntryStage::Alternate { .. }
        | EntryStage::Certain { .. } => "",
    },
    entry_waiting: |x| format!("Your entry in “{x}” is kept. What comes:"),
    entry_closes: |x| format!("Entries until {x}"),
    entry_list: |x| format!("The list and your number, at the latest {x}"),
    entry_draw: |x| format!("Extraction of the Loteria Federal: {x}"),
    entry_alternate: |x| {
        format!(
            "You are alternate {x}: if somebody before you is disqualified, the prize may come to you. We tell you here."
        )
    },
    to_prize: "See my prize",
    to_proof: "See the proof that I am in the list",
    to_campaign: |x| format!("All about “{x}”"),
};

pub(super) const PRIZE: PrizeText = PrizeText {
    won_title: "You won!",
    certain_title: "Your prize is ready",
    redeemed_title: "Prize handed over",
    expired_title: "The time for this prize is over",
    lost_title: "This prize went to the alternate",
    voucher_title: "Shopping voucher",
    voucher_text: "Show the code or the QR at the till. It serves only once; whoever has it can use it.",
    qr_label: "QR code of the voucher",
    valid_until: "Valid until",
    where_to: "Where to use or collect it",
    at_desk: "Collect it at the desk of the store, with a photo ID and your CPF.",
    claim_until: "Collect it until",
    claim_text: |x| {
        format!(
            "The prize can be collected for {x} days after the draw. After that its value goes to the Union, as the law demands."
        )
    },
    no_money: "The prize is not exchanged for money. The deposit goes back apart from it.",
    certain_claim: "A promotional voucher: it is not exchanged for money. The deposit goes back apart from it.",
    redeemed_text: |a, b| format!("{a}, {b}."),
    expired_text: |x| format!("The prize could be collected until {x}."),
    expired_law: "The value of prizes that nobody collected goes to the Union, as the law demands.",
    expired_certain: "It serves at no till any more.",
    lost_text: |x| {
        format!(
            "Reason of the rules: {x}. If this is wrong, speak to the store with this address at hand."
        )
    },
    consent_title: "May we publish your name?",
    consent_saved: "Saved.",
    consent_text: "Only if you like, and with letters hidden. The prize is yours all the same, and you can change your mind here.",
    consent_as: |x| format!("It would read: {x}"),
    name_label: "Your name",
    name_missing: "To publish it, type your name.",
    consent_label: "I agree to publishing my name with letters hidden",
    consent_button: "Save",
    keep_secret: "Keep this address like cash: it is your prize.",
};
