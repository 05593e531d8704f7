use super::Words;
use crate::edge::technician::trial::Step;
use shared::dock::Part;
use shared::event::{TechnicianAction, TestVerdict};

pub(super) static WORDS: Words = Words {
    menu: "Sections",
    state: "State",
    bays: "Bays",
    vouchers: "Vouchers",
    journal: "Journal",
    system: "System",
    settings: "Configuration",
    sign_in: "Sign in as technician",
    sign_out: "Sign out",
    in_service: "In service: carts that go in or out are nobody's return and nobody's rental.",
    in_service_short: "in service",
    begin_service: "Begin service",
    begin_service_lead: "In service the dock releases no carts, and what is pushed in is not a \
        return. It ends by itself when nobody does anything for long.",
    end_service: "End service",
    told,

    sign_in_lead: "This page asks for a code that serves once. There is no factory password.",
    challenge: "Challenge",
    by_site: "Type the challenge on this dock's page of the managers' site (or dictate it to \
        somebody who has access). The site shows eight digits.",
    by_key: "Or, with an enrolled key: run volta-gateway technician-answer with the key's file \
        and the challenge, and paste the whole line here. The line holds for one gateway \
        alone, by its id; here it is:",
    answer: "Answer",
    answer_hint: "Eight digits or the signed line. The challenge is good for 10 minutes.",
    new_challenge: "New challenge",
    refused,
    closed: |seconds| match seconds {
        1 => "Too many wrong answers: the sign-in stays closed for 1 more second.".to_owned(),
        _ => format!(
            "Too many wrong answers: the sign-in stays closed for {seconds} more seconds. Wait, then \
             ask for the answer to a new challenge."
        ),
    },

    reader: "Reader",
    reader_reads: "works",
    reader_deaf: "does not answer",
    reader_failures: |failures| match failures {
        1 => "1 failure since the start".to_owned(),
        _ => format!("{failures} failures since the start"),
    },
    bolt: "Bolt",
    presence: "Presence",
    no_tag: "none",
    unknown: "has not told",
    part_failing,
    blink: "Blink",
    test: "Test",
    test_going_on: "Test going on",

    test_title: |bay| format!("Test of bay {bay}"),
    test_lead: "Five steps, less than two minutes: lamp, sound, bolt, presence and reader. Have a \
        cart or a tag at hand.",
    test_needs_service: "The test needs the dock in service.",
    test_begin: "Begin the test",
    test_again: "Test again",
    test_abandon: "Abandon the test",
    test_elsewhere: |bay| format!("A test is going on in bay {bay}. Finish it first."),
    steps: "Steps",
    step,
    step_todo,
    step_done: "well",
    step_failed: "failed",
    step_now: "now",
    step_waits: "later",
    works: "Yes",
    fails: "No",
    seconds_left: "seconds for this step",
    passed: "The bay is well.",
    failed: "The bay did not pass.",
    verdict,
    back_to_bays: "Back to the bays",

    search: "Search",
    search_lead: "From the newest to the oldest. Leave empty what does not matter.",
    kind: "Event",
    any: "any",
    from_no: "From no.",
    to_no: "Up to no.",
    found_none: "Nothing found.",
    searched_down_to: |seq| format!("Searched down to no. {seq}."),
    older: "Older ones",
    details: "Details",
    action,
    unreadable_field: |field| format!("This cannot be searched for. Check the field “{field}”."),
    tag_hint: "whole, as in Bays",
    damaged: "Damaged line",
    journal_unreadable: "The journal could not be read just now. Try again; if it stays so, take \
        the diagnostics bundle.",

    sync: "Sync",
    sync_now: "Sync now",
    last_number: "Last event",
    acked_number: "Last acknowledged",
    clock_quality: "Quality",
    clock_unset: "never set since the start: connect the dock to the cloud",
    clock_floor: "not before this time: the machine's clock stood behind",
    clock_server: "set by the cloud",
    clock_offset: "Correction",
    clock_known_since: "Stored floor",
    clock_now: "The dock's time",
    storage: "Storage",
    storage_level: "Level",
    storage_ample: "ample",
    storage_low: "low: no telemetry",
    storage_full: "full: only returns are recorded. Make room",
    storage_free: "Free",
    storage_journal: "Journal",
    network: "Network",
    no_address: "No address: check cable or Wi-Fi.",
    offline: "Without internet",
    list_version: "Allowance list",
    list_none: "none: member cards open no bays",
    list_cards: |allow, deny| match allow {
        "1" => format!("1 card allowed, {deny} denied"),
        _ => format!("{allow} cards allowed, {deny} denied"),
    },
    exposure: "Today's risk",
    exposure_of: |spent, limit| format!("{spent} of {limit}"),
    open_cards: "Carts out by card",
    technicians: "Technicians with a key",

    values: "Values",
    settings_lead: "Values of this start. To change one, edit the service's configuration and \
        restart it.",
    masked: "hidden",
    empty: "empty",
    bundle: "Diagnostics bundle",
    bundle_lead: "State, configuration, latest events and log lines, without secrets or personal \
        data. At most 10 MB.",
    bundle_take: "Download bundle",
    enrol: "Enrol this dock",
    enrol_lead: "Ask for a code on the managers' site.",
    enrol_code: "Enrolment code",
    enrol_hint: "Letters, digits and dashes, as the site shows them.",
    enrol_send: "Enrol",
    renew: "Enrol again",
    renew_lead: "With a new code this device gets a new key and a new journal. What is here today \
        is kept in a dated subfolder. The cloud must be within reach; until it accepts, nothing \
        changes.",
    renew_unsent: |events| match events {
        1 => "1 event is not sent yet and would stay in the old folder only.".to_owned(),
        _ => format!("{events} events are not sent yet and would stay in the old folder only."),
    },
    renew_confirm: |events| match events {
        1 => "Leave 1 event in the old folder only".to_owned(),
        _ => format!("Leave {events} events in the old folder only"),
    },
    renew_send: "Enrol again",
    renew_state: |state| format!("Last request: {state}"),
};

fn told(code: &str) -> &'static str {
    match code {
        "sync" => "Sync requested.",
        "locate" => "The bay's lamp is blinking.",
        "service" => "The dock is in service.",
        "served" => "Service ended.",
        "enrol" => "Code received; asking the cloud for enrolment.",
        "renew" => "Requested; see below what the cloud answers.",
        "unsent" => "Some events are not sent: sync first, or confirm that they stay behind.",
        "code" => "That is not an enrolment code.",
        "signed-out" => "You are signed out.",
        "expired" => "Your session is over. Sign in again.",
        "busy" => "The gateway is busy; try again.",
        _ => "",
    }
}

fn refused(code: &str) -> &'static str {
    match code {
        "wrong" => "Wrong answer. There is a new challenge below.",
        "used" => "This challenge is used up. Answer the new one.",
        "expired" => "This challenge is too old. Answer the new one.",
        "stranger" => "This key is not on this dock's list of technicians.",
        "locked" => "The sign-in is open again. Answer the challenge below.",
        "unready" => "This dock is not enrolled yet: there is nobody to ask.",
        _ => "",
    }
}

fn part_failing(part: Part) -> &'static str {
    match part {
        Part::Reader => "reader does not answer",
        Part::Lock => "lock driver reports an error",
        Part::BoltSensor => "bolt sensor reports an error",
        Part::PresenceSensor => "presence sensor reports an error",
        Part::Indicator => "lamp or sound reports an error",
    }
}

fn step(step: Step) -> &'static str {
    match step {
        Step::Lamp => "Lamp",
        Step::Sound => "Sound",
        Step::Bolt => "Bolt",
        Step::Presence => "Presence",
        Step::Reader => "Reader",
    }
}

fn step_todo(step: Step) -> &'static str {
    match step {
        Step::Lamp => "Is the bay's lamp blinking?",
        Step::Sound => "Did you hear the bay's sound?",
        Step::Bolt => "The bolt opens and closes by itself. Do not hold the pin.",
        Step::Presence => "Put a cart (or a hand) before the sensor and take it away.",
        Step::Reader => "Hold a tag to the reader.",
    }
}

fn verdict(verdict: TestVerdict) -> &'static str {
    match verdict {
        TestVerdict::Passed => "Lamp, sound, bolt, presence and reader work.",
        TestVerdict::Abandoned => "The test was abandoned.",
        TestVerdict::Lamp => "The lamp was not seen. Check its cable and the bulb.",
        TestVerdict::Sound => "The sound was not heard. Check the buzzer's cable.",
        TestVerdict::Bolt => "The bolt did not open and close in time. Check coil, pin and sensor.",
        TestVerdict::Presence => "The presence sensor did not change. Clean it, check its cable.",
        TestVerdict::Reader => "No tag was read. Check the reader and the distance.",
    }
}

fn action(action: &TechnicianAction) -> &'static str {
    match action {
        TechnicianAction::SignedIn => "signed in",
        TechnicianAction::SignedOut => "signed out",
        TechnicianAction::LockedOut => "sign-in closed after wrong answers",
        TechnicianAction::BayLocated { .. } => "made the bay blink",
        TechnicianAction::SyncAsked => "asked for a sync",
        TechnicianAction::ServiceBegan => "began service",
        TechnicianAction::ServiceEnded => "service ended",
        TechnicianAction::TestBegan { .. } => "began the test",
        TechnicianAction::TestEnded { .. } => "test ended",
        TechnicianAction::DiagnosticsTaken => "took the diagnostics",
        TechnicianAction::ReEnrolled => "enrolled again",
    }
}
