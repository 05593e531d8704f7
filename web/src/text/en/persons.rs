use crate::customer::DataKind;
use crate::manager::PersonError;
use crate::text::{DataText, PersonsText};

pub(super) const PERSONS: PersonsText = PersonsText {
    title: "Personal data",
    text: "For a person who asks what we know, or asks to be forgotten. Look at a photo document first: whoever is in front of you must be the owner of the CPF. Each look-up, copy and erasure is recorded under your name.",
    cpf: "The person’s CPF",
    cpf_help: "11 digits. It goes neither into the page’s address nor into the record.",
    find: "Look up",
    since: "Known since",
    rentals: "Rentals",
    refunds: "Refunds",
    entries: "Raffle entries",
    cards: "Member cards",
    none: "None.",
    latest: "The latest. The person’s copy has them all.",
    when: "When",
    amount: "Amount",
    state: "State",
    export: "A copy for the person",
    export_help: "Everything that leads to this CPF, unmasked. Hand it to that person only.",
    export_page: "Show to read or print",
    export_json: "Download as JSON",
    export_title: "What we know of you",
    export_text: "A copy the person asked for (LGPD, art. 18). It holds unmasked data: hand it to that person only.",
    made: "Made at",
    cut: "There is more than fits here: ask whoever runs the system for the rest.",
    paid: "Paid",
    taken: "Taken",
    returned: "Returned",
    pix_in: "Pix received",
    pix_back: "Pix given back",
    found: "Abandoned carts you brought",
    found_docked: "Brought",
    found_claimed: "You said who you are",
    found_share: "Your part",
    found_nothing: "nothing promised",
    found_by: "How you wanted to be paid",
    by_key: "by Pix, to your key",
    by_voucher: "in a voucher",
    voucher: |amount, when| format!("Voucher of {amount}, given {when}"),
    voucher_redeemed: |when| format!("used {when}"),
    voucher_expired: |when| format!("ended unused {when}"),
    voucher_until: |date| format!("good until {date}"),
    payouts: "Pix sent to keys of yours",
    payouts_text: "Your part of carts you brought, and deposits that the bank no longer gives back. A key that the bank said is another person’s is masked.",
    pix_key: "Pix key",
    settled: "Sent",
    not_here: "Telephone numbers, e-mail addresses and notices on a phone are not here: they were given at the address of one rental, not with the CPF, which anybody can type. That rental’s page “My data” shows them, and they are erased soon after it is over.",
    back: "Back to personal data",
    erase: "Erase this person’s data",
    erase_help: "The key that opens the data is destroyed: nobody reads it again, not in backups either. The person’s member cards open no bay any more. Should they win a raffle, nobody can tell them.",
    survives: "What stays leads to nobody: amounts and times in the ledger, the numbers of the Pix, the proofs of returns, and entries that were made.",
    blocked: "Not yet: this has to end first.",
    erase_open: "Erase…",
    sure: "The person asked for it, and I checked who they are.",
    erase_now: "Erase for ever",
    erased: "Erased. Nothing here leads to this person any more.",
    error: |error| match error {
        PersonError::Cpf => "There is no such CPF: check the digits.",
        PersonError::Unknown => "Nobody is known by this CPF.",
        PersonError::TooFast => "Too many look-ups. Wait a minute.",
        PersonError::CartOut => "This person has a cart out. Erase after it came back.",
        PersonError::MoneyOwed => "A payment or a refund is under way. Erase after it ended.",
        PersonError::NotConfirmed => {
            "Tick that the person asked and that you checked who they are."
        }
    },
};

pub(super) const DATA: DataText = DataText {
    link: "My data",
    title: "Your data in this rental",
    text: "What we keep of this rental, what for and for how long.",
    what: |kind| match kind {
        DataKind::Course => "Store, point, bay, cart and times",
        DataKind::Money => "Deposit, numbers of the Pix and refunds",
        DataKind::Cpf => "CPF",
        DataKind::Contacts => "Contacts for notices",
        DataKind::Entry => "Raffle entry",
        DataKind::Card => "Member card",
        DataKind::Device => "This page’s address, on this phone",
    },
    why: "What for",
    why_of: |kind| match kind {
        DataKind::Course => "To do what we agreed on, and to prove what happened.",
        DataKind::Money => {
            "To give your Pix back to the account it came from, and to keep accounts as the law demands. We keep neither the key nor the account it came from."
        }
        DataKind::Cpf => {
            "To tie the raffle entry to you. It is encrypted with a key of your own, and masked on pages."
        }
        DataKind::Contacts => {
            "To tell you before your deposit is at risk, and what becomes of it. For nothing else. They are encrypted with a key of this rental alone, not with your CPF."
        }
        DataKind::Entry => "To tell and to check who won. In the public draw it has no name.",
        DataKind::Card => "To release the cart without a deposit.",
        DataKind::Device => {
            "To find your rentals again. It is a cookie; “Forget on this phone” removes it."
        }
    },
    how_long: "For how long",
    how_long_of: |kind| match kind {
        DataKind::Course => {
            "At least 5 years, with the accounts. Without the CPF they lead to nobody."
        }
        DataKind::Money => "At least 5 years: tax law demands it.",
        DataKind::Entry => {
            "As long as the campaign and the winners’ time last; then it stays without a name."
        }
        DataKind::Card => "As long as the card opens bays.",
        DataKind::Cpf | DataKind::Contacts | DataKind::Device => "",
    },
    how_long_cpf: |rental, campaign| {
        format!(
            "Until {rental} days after your last rental, or {campaign} days after the campaign’s end, whichever is later. Earlier if you ask for it."
        )
    },
    how_long_device: |days| format!("{days} days."),
    how_long_contacts: |days| {
        format!(
            "{days} days after the rental’s end; longer only while a Pix of it is under way. You can erase them sooner."
        )
    },
    contacts_link: "See or erase my contacts",
    here: "In this rental",
    download: "Download this rental’s data (JSON)",
    download_help: "One file with everything this page sums up. The CPF stays masked: whoever is given this link does not learn yours.",
    rest_title: "See everything, correct or erase",
    rest: [
        "Come to the store’s desk with a photo document. Once it is clear that the CPF is yours, you get a copy of everything that leads to it at once, on paper or as a file.",
        "There you also ask for erasure: the key of your data is destroyed, and amounts and entries stay without a name. With a cart out or a Pix under way, only after that has ended.",
        "This link does not do so on purpose: anybody can type another person’s CPF at a collection point, and must not see or erase their life with it.",
    ],
    back: "Back to the rental",
};
