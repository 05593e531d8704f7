use crate::manager::{
    PolicyFieldError, PolicyFormError, PolicyGroup, PolicyNumber as N, PolicyStanding, Unit,
};
use crate::text::policies::PoliciesText;

pub(super) const POLICIES: PoliciesText = PoliciesText {
    title: "Policies",
    intro: "How much the deposit is, when a cart counts as abandoned, and what whoever brings it back gets. A version is never changed: a new one takes its place, and each rental keeps the one that it began under.",
    whole_chain: "Whole chain",
    scope: "Where",
    decides: "In force now",
    own: |version| format!("its own version {version}"),
    follows: |version| format!("follows the chain (version {version})"),
    nothing: "nothing",
    since: "Since",
    deposit: "Deposit",
    waiting: "Waiting",
    version_from: |version, when| format!("version {version}, from {when}"),
    title_of: |scope| format!("Policies: {scope}"),
    follows_text: "This store follows the chain. A version of its own takes the place of the chain's as a whole.",
    own_text: "This store has policies of its own: what changes in the chain does not change here.",
    chain_text: "In force in every store that has none of its own.",
    nothing_text: "Nothing is in force here yet.",
    change: "Make a new version",
    in_force: "In force",
    group: |group| match group {
        PolicyGroup::Taking => "Taking a cart",
        PolicyGroup::Offline => "Without internet",
        PolicyGroup::Abandoning => "When a cart counts as abandoned",
        PolicyGroup::Finding => "Whoever brings an abandoned cart",
    },
    label: |number| match number {
        N::Deposit => "Deposit",
        N::PaymentWindow => "Time to pay",
        N::GrantValid => "Time to open the bay",
        N::DarkGrantWait => "Patience with a silent dock",
        N::CardReleases => "Releases a card and day",
        N::GatewayExposure => "Limit of a dock a day",
        N::AbandonAfter => "Abandoned after",
        N::ClosesAt => "The store closes at",
        N::ClosingGrace => "Grace after closing",
        N::NoticeLead => "Told before",
        N::FinderShare => "The finder's share",
        N::ClaimValid => "Time to say who one is",
        N::ClaimsPerCpf => "Rewards a CPF and day",
        N::ClaimsPerKey => "Rewards a Pix key and day",
        N::PayoutDelay => "Wait before paying",
        N::PairReturns => "Same pair without review",
        N::PairWindow => "Window of the same pair",
    },
    help: |number| match number {
        N::Deposit => {
            "The Pix that is held while the cart is out and goes back whole with its return."
        }
        N::PaymentWindow => "How long the Pix charge stays open.",
        N::GrantValid => "How long the bay waits, after the payment, for somebody to use it.",
        N::DarkGrantWait => {
            "A dock without internet that does not say what happened: after this the Pix goes back."
        }
        N::CardReleases => {
            "How often one card opens bays on a day when the dock has no internet. 0 opens none."
        }
        N::GatewayExposure => "The most in deposits that a dock without internet risks in a day.",
        N::AbandonAfter => {
            "Time out, counted from the taking. Time in which a dock of the store had no internet does not count."
        }
        N::ClosesAt => "By the clock of the shop's time zone. Empty: the store does not close.",
        N::ClosingGrace => {
            "A cart still out this long after closing counts as abandoned, if that comes sooner."
        }
        N::NoticeLead => "How long before the customer is told. Less than the time to abandonment.",
        N::FinderShare => {
            "The part of the forfeited deposit for whoever brought the cart; the rest goes to the prize fund. Never 100 %: else two who agree would lose nothing."
        }
        N::ClaimValid => "How long the code that the dock shows to whoever docked is good for.",
        N::ClaimsPerCpf => "How many rewards one CPF gets in a day. 0 pays nobody.",
        N::ClaimsPerKey => "How many rewards one Pix key gets in a day. 0 pays nobody.",
        N::PayoutDelay => "The time the customer has to object before the reward leaves.",
        N::PairReturns => {
            "How often the same person may bring carts of the same customer; the next one is looked at."
        }
        N::PairWindow => "In how many days those pairs are counted.",
    },
    unit: |unit| match unit {
        Unit::Money => "R$",
        Unit::Percent => "%",
        Unit::Clock => "h:min",
        Unit::Seconds => "s",
        Unit::Minutes => "min",
        Unit::Hours => "h",
        Unit::Days => "d",
        Unit::Times => "times",
    },
    never: "does not close",
    bounds: |min, max| format!("From {min} to {max}."),
    history: "History",
    no_history: "No version yet.",
    version: "Version",
    standing_title: "State",
    standing: |standing| match standing {
        PolicyStanding::InForce => "in force",
        PolicyStanding::Waiting => "waiting",
        PolicyStanding::Past => "was in force",
        PolicyStanding::Overtaken => "overtaken",
    },
    from: "From",
    made: "Made",
    made_by: |when, who| format!("{when}, by {who}"),
    set_up: "with the set-up",
    changes: "What changed",
    first: "first version",
    becomes: |before, after| format!("{before} → {after}"),
    as_chain: "follows the chain",
    follow: "Go back to the chain’s rules",
    follow_title: |scope| format!("Back to the chain’s rules: {scope}"),
    follow_text: "From the chosen moment on the chain’s rules hold here, and what changes in them changes here too. The store’s own versions stay in the history, and rentals that have begun keep theirs.",
    follow_save: "Follow the chain",
    form_title: |scope| format!("New version: {scope}"),
    form_text: "The fields hold what is in force now. Rentals that have begun keep their version.",
    form_waiting: |version, when| {
        format!(
            "Version {version} waits for {when}. If this one comes before it, that one never does; if after, that one decides until then."
        )
    },
    form_from_chain: "This store follows the chain. With this version it no longer does: changes of the chain will not reach it.",
    wrong: |n| match n {
        1 => "Nothing was changed: 1 thing needs correcting.".into(),
        n => format!("Nothing was changed: {n} things need correcting."),
    },
    field_error: |error| match error {
        PolicyFieldError::NotANumber => {
            "This cannot be read: write only the number, in the unit beside it."
        }
        PolicyFieldError::OutOfBounds => "Out of bounds.",
        PolicyFieldError::NoticeBeforeStart => {
            "The notice must come after the taking: less than the time to abandonment."
        }
    },
    form_error: |error| match error {
        PolicyFormError::NotAMoment => "Give date and time, such as 2026-12-01T08:00.",
        PolicyFormError::InPast => "This moment has passed. A policy never reaches back.",
        PolicyFormError::TooFar => "That is more than a year away.",
        PolicyFormError::Moved => {
            "Somebody made a version while this page was open. Look at the history and check the fields before sending again."
        }
        PolicyFormError::Unchanged => "The newest version says the same already.",
        PolicyFormError::NoChain => "The chain has no rules at that moment.",
    },
    when: "From when",
    now: "From now on",
    later: "From a moment on",
    moment: "Date and time",
    moment_help: "By the clock of the shop's time zone.",
    save: "Make the new version",
    back: "Back without a change",
};
