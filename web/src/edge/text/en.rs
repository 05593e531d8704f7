use super::Text;
use shared::dock::{Lamp, Sound};
use shared::event::{BayFault, Contradiction};
use shared::sync::BayState;

pub(super) static TEXT: Text = Text {
    skip: "Skip to content",
    live: "live",
    reconnecting: "reconnecting…",
    customer_page: "Open the customer's page",
    customer_qr: "QR code of the customer's page of this dock",
    technician_page: "Technician's page",
    simulator_page: "Open this dock's simulator",

    simulator_title: "Dock simulator",
    simulator_lead: "Pay on the customer's page; when the bay opens, pull the cart. \
        Then push it into any bay, here or at another dock.",
    not_enrolled_yet: "This dock is not enrolled in the cloud yet.",
    bay: "Bay",
    slot: "place for one cart",
    lane: |carts, capacity| format!("lane: {carts} of {capacity} carts"),
    empty: "vacant",
    rolling: "the next cart is rolling to the front",
    cart: "Cart",
    pull: "Pull",
    push_here: "Push in here",
    full: "Full",
    bolt_closed: "locked",
    bolt_open: "open",
    sensor_cart: "sensor sees a cart",
    sensor_none: "sensor sees no cart",
    in_hand: "In your hands",
    hands_empty: "Nothing yet. A cart that you pull appears here.",
    choose_cart: "Cart to push",
    take_to: |name| format!("Take to {name}"),
    foreign: "Foreign cart",
    bring_foreign: "Bring an unknown cart",
    arrived: |cart| format!("You arrived with cart {cart}."),
    put_down: "Bring it to this dock",
    sound_on: "Sound: on",
    sound_off: "Sound: off",
    drag_hint: "You can drag the carts, too.",
    faults: "Faults and mischief",
    faults_lead: "Break something and see what the dock does.",
    fault_kind: "Fault",
    fault_tag: "Tag to show (only for “tag” faults)",
    inject: "Break",
    clear: "Mend",
    force: "Pull by force",
    force_lead: "Pulls the cart although the bay is locked.",
    clone: "Bring a copy",
    clone_lead: "Brings a second cart with the same tag.",
    active_faults: "Active faults",
    cable: "The dock loses its internet, as when the provider fails. Carts come in as ever; who \
        paid carries the QR or the code to the dock.",
    unplug: "Cut the internet",
    unplugged: "This dock has no internet: its cable was pulled out.",
    plug: "Plug it in again",
    lamp,
    sound,
    refused,

    status_title: "Dock status",
    problems: "What needs attention",
    connection: "Connection to the cloud",
    connected: "Connected",
    not_yet: "No answer yet since the start.",
    failing: |since, attempts| format!("Without success since {since} ({attempts} attempts)."),
    unreachable: "The cloud does not answer, or the answer is not its own. Check the dock's \
        internet; nothing is lost, events are kept here.",
    cloud_error: "The cloud answered with an error of its own. The dock retries by itself.",
    gap: "The cloud is elsewhere in the journal; sending continues from there.",
    fork: "The cloud holds another journal under this gateway's name (cloned card or old copy?). \
        If another device runs with a copy of this card, switch one of them off. Then enrol this \
        device again under “Configuration”, with a new code from the managers' site.",
    revoked: "The cloud does not accept this gateway any more. Ask for a new enrolment code.",
    batch_refused: "The cloud refused this batch; it is kept and offered again.",
    last_ack: "Last acknowledgement",
    never: "never",
    downlink: "Fast channel (MQTT)",
    downlink_up: "up",
    downlink_down: "down: releases arrive with the sync, a little more slowly",
    backlog: "Waiting to be sent",
    backlog_none: "nothing",
    backlog_some: |events, since| match events {
        1 => format!("1 event since {since}"),
        _ => format!("{events} events, the oldest of {since}"),
    },
    quarantined: "Events that the cloud set aside for review",
    device: "Device",
    enrol_code_missing: "The code is missing: create one on the managers' site and type it here, \
        or set VOLTA_GATEWAY_ENROLMENT_CODE.",
    enrol_asking: "Asking the cloud for enrolment…",
    enrol_unreachable: |url| format!("The cloud ({url}) does not answer. The request repeats."),
    enrol_refused: "The cloud refused the enrolment",
    clock: "Clock",
    version: "Version",
    boot: "Start no.",
    gateway: "Gateway",
    key: "Public key",
    cloud: "Cloud",
    bays: "Bays",
    carts: "Carts",
    tag: "Tag",
    state: "State",
    shows: "Shows",
    event: "Event",
    at: "Time",
    bay_state,
    bay_fault,
    contradiction,
    event_kind,
};

fn lamp(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "off",
        Lamp::Ready => "ready",
        Lamp::Locate => "it is this one",
        Lamp::Open => "open: pull",
        Lamp::Reading => "reading…",
        Lamp::Accepted => "returned",
        Lamp::Attention => "attention",
        Lamp::OutOfService => "out of service",
    }
}

fn sound(sound: Sound) -> &'static str {
    match sound {
        Sound::Open => "two rising tones: you can pull",
        Sound::Accepted => "one long bright tone: returned",
        Sound::Attention => "three short low tones: look at the lamp",
    }
}

fn refused(code: &str) -> &'static str {
    match code {
        "unknown_bay" => "There is no such bay at this dock.",
        "unknown_cart" => "This cart is not in your hands.",
        "already_here" => "This cart is here already.",
        "bay_full" => "The bay is full. Choose another one.",
        "bay_empty" => "The bay is empty.",
        "cart_rolling" => "The next cart is still rolling to the front. Wait a moment.",
        "locked" => "The bay is locked. It opens when the deposit is paid.",
        "tag_missing" => "This fault shows a tag: name one.",
        "unknown_neighbour" => "This dock is not among the neighbours.",
        "invalid_field" => "Something in the request is not right.",
        "not_found" => "There is no such page.",
        "too_many_readers" => "Too many pages are open; close one.",
        _ => "That was not possible.",
    }
}

fn bay_state(state: BayState) -> &'static str {
    match state {
        BayState::Vacant => "vacant",
        BayState::Docking => "docking",
        BayState::Occupied => "occupied",
        BayState::Releasing => "releasing",
        BayState::Faulted => "faulted",
        BayState::Service => "in service",
    }
}

fn bay_fault(fault: BayFault) -> &'static str {
    match fault {
        BayFault::BoltStuckClosed => "The bolt does not open. Check pin and coil.",
        BayFault::BoltStuckOpen => "The bolt does not close. Check pin and spring.",
        BayFault::ReaderDeaf => "The tag reader does not answer. Check its cable.",
        BayFault::LockFailed => "The lock's driver reports an error.",
        BayFault::SensorFailed => "A sensor reports an error.",
        BayFault::Unreliable => "A part fails and heals again and again. Test the bay.",
    }
}

fn contradiction(contradiction: Contradiction) -> &'static str {
    match contradiction {
        Contradiction::TagWithoutCart => "tag without cart",
        Contradiction::CartWithoutTag => "cart without tag",
        Contradiction::BoltNotEngaged => "bolt not engaged",
        Contradiction::TagInTwoBays => "same tag in two bays",
    }
}

fn event_kind(kind: &str) -> &'static str {
    match kind {
        "gateway_started" => "Gateway started",
        "journal_salvaged" => "Journal salvaged",
        "card_release_started" => "Release by card",
        "cart_placed" => "Cart put in during service",
        "cart_taken" => "Cart taken out during service",
        "technician_acted" => "A technician acted",
        "release_started" => "Release started",
        "cart_pulled" => "Cart pulled",
        "release_expired" => "Nobody pulled: locked again",
        "release_failed" => "The bay did not open",
        "release_unclear" => "Release unclear",
        "grant_refused" => "Grant refused",
        "cart_docked" => "Cart returned",
        "docking_contradicted" => "Sensors disagree",
        "cart_left" => "Cart left without a release",
        "bay_faulted" => "Bay faulted",
        "bay_recovered" => "Bay recovered",
        "voucher_redeemed" => "Voucher used",
        "commitment_witnessed" => "Raffle list seen and signed",
        "commitment_contradicted" => "Two lists for one raffle",
        _ => "Event of a newer version",
    }
}
