use crate::campaign::{CampaignMode, CampaignStage, Delivery, MomentKind};
use crate::customer::PendingReason;
use crate::text::RaffleText;

pub(super) const RAFFLE: RaffleText = RaffleText {
    list_title: "Raffles",
    list_text: "Every cart brought back in time earns one entry. Here is all that was and all that is to come.",
    list_none: "There is no campaign now. Bringing the cart back returns the deposit all the same.",
    list_code: "Your entry is on the receipt of the return.",
    running: "Running",
    waiting: "Waiting for the extraction",
    done: "Over",
    line_opens: |x| format!("begins on {x}"),
    line_open: |a, b| format!("until {a}; drawn on {b}"),
    line_certain: |x| format!("until {x}; everybody wins"),
    line_draw: |x| format!("extraction {x}"),
    line_drawn: |x| format!("extraction of {x}"),
    line_closed: |x| format!("ended on {x}"),
    mode: |mode| match mode {
        CampaignMode::Draw => "Draw",
        CampaignMode::Certain => "Certain prize for everybody",
    },
    stage: |mode, stage| match (mode, stage) {
        (CampaignMode::Certain, CampaignStage::Open) => "certain prize: open",
        (CampaignMode::Certain, CampaignStage::WithoutDraw) => "cancelled",
        (_, CampaignStage::Draft) => "draft",
        (_, CampaignStage::Authorised) => "authorised",
        (_, CampaignStage::Open) => "open",
        (_, CampaignStage::Closed) => "closed",
        (_, CampaignStage::Committed) => "list published",
        (_, CampaignStage::Pending) => "result pending",
        (_, CampaignStage::Drawn) => "drawn",
        (_, CampaignStage::Delivered) => "prizes handed over",
        (_, CampaignStage::Accounted) => "accounts rendered",
        (_, CampaignStage::WithoutDraw) => "no draw",
    },
    prizes_in_all: |x| format!("{x} in prizes"),
    prizes_each: |x| format!("{x} for each return"),
    check_certain: "Does my return count?",
    certificate: |x| format!("Permit {x}"),
    unpromised: "This campaign has no draw.",
    unpromised_text: "A draw needs a permit of the Ministry of Finance, and this campaign has none. Returns are noted; no prize is promised.",
    lead_certain: "Bring the cart back in time and you win. The same voucher for everybody, nothing is drawn.",
    lead_draw: "The Loteria Federal decides who wins. The list is fixed and published before, and anybody can do the sums again.",
    left: "in",
    pending_title: "Result pending",
    pending: |case| match case {
        PendingReason::NoList => {
            "The list was not published in time. There is no result, and none is made up: the promoter says here what follows."
        }
        PendingReason::NotEntered => {
            "The extraction is over, and the result has not been checked in two sources yet."
        }
        PendingReason::SourcesDiffer => {
            "Two sources gave different numbers. The result stands only when they agree."
        }
        PendingReason::NextExtraction(_) => "",
        PendingReason::Suspended => {
            "Extractions are suspended. The promoter asks the Ministry of Finance and tells here."
        }
    },
    pending_next: |x| {
        format!(
            "The extraction gave no number of the list, or did not happen. As the rules say, the next one counts: {x}."
        )
    },
    dark: |count| match count {
        1 => "1 dock was out of reach. Its returns still count, until the list is closed.".into(),
        n => format!(
            "{n} docks were out of reach. Their returns still count, until the list is closed."
        ),
    },
    check_button: "Is my entry inside?",
    prizes_title: "Prizes",
    prizes_certain: "The same for every return, up to the limit for each person.",
    rank: |x| format!("Prize {x}"),
    who_title: "Who takes part",
    who_return: "Every cart brought back in time, with a CPF given, earns one entry.",
    who_cap: |count| match count {
        1 => "At most 1 entry for each CPF.".into(),
        n => format!("At most {n} entries for each CPF."),
    },
    who_age: |x| format!("Only people aged {x} or more."),
    who_free: "It is free: nothing has to be bought.",
    who_stores: |x| format!("Stores: {x}."),
    every_store: "Every store of the chain",
    entries: "Entries:",
    returns_so_far: "Returns noted so far, with or without a CPF:",
    when_title: "What happens when",
    moment: |case| match case {
        MomentKind::Published => "Rules published",
        MomentKind::Opens => "Entries begin",
        MomentKind::Closes => "Entries end",
        MomentKind::Freeze => "The list closes: the last chance for docks out of reach",
        MomentKind::Commit => "List published, at the latest",
        MomentKind::Shuffle => "Public shuffle of the order (drand)",
        MomentKind::Extraction => "Extraction of the Loteria Federal",
        MomentKind::ClaimEnds => "Last day to collect a prize",
    },
    moment_committed: "List published",
    moment_done: "done",
    how_title: "How the result comes about",
    how: [
        "After closing, the list is published with a code. One letter changed in the list would change the whole code.",
        "A public, unpredictable value (drand) shuffles the list. Each entry gets a lucky number, all with the same chance.",
        "The five prizes of the Loteria Federal make a number of seven digits, out of units, tens and hundreds only.",
        "Whoever has that number, or the first one above it, wins. The further prizes go to the next in the order.",
    ],
    winners_title: "Winners",
    name_kept: "Name not published",
    was_alternate: |x| format!("was alternate {x}"),
    nobody: "No winner: no alternate was left.",
    delivery: |case| match case {
        Delivery::Pending => "waiting to be collected",
        Delivery::Delivered(_) => "handed over",
        Delivery::Expired(_) => "not collected in time",
    },
    claim: |a, b| format!("Prizes can be collected until {a} ({b} days)."),
    spares_title: "Alternates",
    spares_text: "If a winner is disqualified, the prize goes to the first alternate. There is never a second draw.",
    spare_called: "called",
    list_fixed_title: "The fixed list",
    list_fixed: |x| format!("Closed, signed and published ({x}). Nothing in it has changed since."),
    list_entries: "Entries",
    list_share: "Numbers for each entry, of 10 million",
    root: "Code of the list (root):",
    witness_none: "No dock has confirmed the list yet.",
    witnesses: |a, b| format!("{a} of {b} docks kept and signed the same code."),
    witness_compare: "Compare it with the one shown at the dock.",
    witness_list: "Show the docks",
    shuffle_waiting: |a, b| {
        format!("The order comes from drand round {a}, {b}. Nobody knows it before.")
    },
    shuffle_taken: |a, b| {
        format!("The order came from drand round {a} ({b}), after the list was published.")
    },
    shuffle_absent: "drand gave no value in time. As the rules say, zeros stand for it: the order comes from the list alone.",
    list_later: |x| {
        format!(
            "The list is not closed yet. It is published here {x} at the latest, a day before the extraction."
        )
    },
    result_title: "The result, step by step",
    step_extraction: |a, b| {
        format!("Extraction {a} of the Loteria Federal ({b}). The marked digits count:")
    },
    step_reason: |x| format!("Reason: {x}"),
    step_first: "The tens of the first two prizes and the units of all five make the number:",
    step_second: "The first number is above the last one given out. So the tens of prizes 3 and 4 and the hundreds of all five count:",
    first_number: "First number",
    second_number: "Second number",
    step_share: |a, b| {
        format!(
            "With {a} entries, each one has {b} numbers of 10 million. Divide, without the rest:"
        )
    },
    step_position: |x| {
        format!(
            "Position {x} of the order (counted from zero) takes prize 1: it has that number, or the first one above it."
        )
    },
    step_next: "The further prizes and the alternates are the next positions. Whoever won already is passed over: one prize for each person.",
    sources_title: "Sources of the result",
    entered: |x| format!("Recorded and signed: {x}."),
    other_nothing: |a, b| format!("Record {a}, extraction {b}: gave no number of the list"),
    other_replaced: |a, b| format!("Record {a}, extraction {b}: rectified"),
    replaced_by: |x| format!("Record {x} stands instead"),
    digits_caption: "The five prizes of the extraction; the digits that count are marked",
    places: [
        ("TT", "ten thousands"),
        ("Th", "thousands"),
        ("H", "hundreds"),
        ("T", "tens"),
        ("U", "units"),
    ],
    prize_of: |x| format!("Prize {x}"),
    out_title: "Disqualifications",
    out_text: "Only for the reasons written in the rules. The place stays empty, and the next in the order is called.",
    out_after: "after the extraction",
    verify_title: "How to check at home, with the network off",
    verify_text: "Download the file of the draw and the verifier to a computer. Switch the network off, open the verifier and choose the file. It does all the sums again, says in plain Portuguese what it checked, and with your receipt file shows whether you are in the list.",
    bundle: "File of the draw",
    bundle_help: "Rules, list without names, signatures and result, in one JSON",
    bundle_later: "The file of the draw appears here when the list is published.",
    verifier: "Verifier",
    verifier_help: "A page that works without network",
    rules: "Full rules",
    rules_help: "Prizes, dates, method, and what happens without an extraction",
    rules_help_certain: "Who gets it, how much and until when",
    promoter: |a, b| format!("Promoter: {a}, CNPJ {b}."),
    rules_of: |x| format!("Rules of {x}"),
    rules_published: |x| format!("Published {x}, before the first entry."),
    rules_unpublished: "A draft: it may still change and promises no prize.",
    rule_promoter: "Promoter",
    rule_certificate: "Permit",
    rule_stores: "Stores",
    rule_period: "Entries count",
    rule_freeze: "List closes",
    rule_extraction: "Extraction of the Loteria Federal",
    rule_alternates: "Alternates",
    rule_cap: "Entries for each CPF, at most",
    rule_age: "Least age",
    rule_claim: "Time to collect a prize",
    days: |x| format!("{x} days"),
    rules_binding: "The Portuguese text is the one that binds.",
    rule_fallback: "If there is no extraction",
    rule_codes: "Reasons for disqualification",
    rule_hash: "Code of the rules",
    rule_hash_text: "SHA-256 of the exact text of the rules. The file of the draw has the same.",
    back: "Back to the campaign",
    number: |a, b| format!("series {a} no. {b}"),
};
