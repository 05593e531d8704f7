use crate::campaign::ExtractionKind;
use crate::manager::{
    CampaignAlarm, CheckItem, CheckState, FieldError, FieldKey, FormAction, FormError, NextStep,
};
use crate::text::CampaignsText;

pub(super) const CAMPAIGNS: CampaignsText = CampaignsText {
    nav: "Raffles",
    title: "Campaigns and raffles",
    text: "Every campaign has one next step and a date. What comes out of order or time is refused.",
    none: "No campaign yet. A draft promises nothing to anybody.",
    new_title: "New campaign",
    draft_title: |x| format!("Draft of {x}"),
    back: "Back",
    name: "Campaign",
    state: "State",
    next_step: "Next step",
    by: "By when",
    entries: "Entries",
    period: "Period",
    alarms: |count| match count {
        1 => "1 alarm".into(),
        n => format!("{n} alarms"),
    },
    step: |case| match case {
        NextStep::Authorise => "record the permit",
        NextStep::Open => "publish the rules",
        NextStep::WaitEnd => "wait for the end of the period",
        NextStep::WaitGrace => "wait for docks out of reach",
        NextStep::Approve => "approve the list",
        NextStep::ApproveSecond => "second approval of the list",
        NextStep::Shuffle => "store the public value (drand)",
        NextStep::WaitExtraction => "wait for the extraction",
        NextStep::EnterExtraction => "enter the extraction",
        NextStep::EnterSecond => "a second person enters the extraction",
        NextStep::Deliver => "hand over the prizes",
        NextStep::Account => "render the accounts",
        NextStep::Nothing => "nothing to do",
    },
    step_help: |case| match case {
        NextStep::Authorise => {
            "With the permit of the Ministry of Finance (SCPC) and the proof that the prizes are owned at hand."
        }
        NextStep::Open => {
            "Once published, the rules never change. Only returns from then on count."
        }
        NextStep::WaitEnd => "Entries come by themselves, with every return.",
        NextStep::WaitGrace => {
            "What a dock tells until the list closes still counts; later it joins the next campaign."
        }
        NextStep::Approve => {
            "Two different people check the number of entries and the code of the list. With the second approval the list is signed and published."
        }
        NextStep::ApproveSecond => "Another person, who has not approved yet, is missing.",
        NextStep::Shuffle => {
            "Paste the signature of the round, from any drand page. It is verified before it is taken."
        }
        NextStep::WaitExtraction => {
            "The list and the order are published. Nothing can change any more."
        }
        NextStep::EnterExtraction => {
            "Two people type the five prizes, each from a source of their own, without seeing what the other typed."
        }
        NextStep::EnterSecond => {
            "Type it from your own source. If it differs from the first, both are dropped."
        }
        NextStep::Deliver => {
            "Check ID and CPF, have the receipt signed, and record it here. Vouchers used at a till are recorded by themselves."
        }
        NextStep::Account => {
            "Send the minutes, the receipts and the payments in SCPC, and record the protocol number here."
        }
        NextStep::Nothing => "This campaign is over.",
    },
    if_missed: |case| match case {
        NextStep::Authorise => {
            "Without a permit there is no draw, and the public pages promise none."
        }
        NextStep::Open => "The beginning moves to the moment they are published.",
        NextStep::WaitEnd => "",
        NextStep::WaitGrace => "",
        NextStep::Approve => {
            "Without a list published 24 hours before the extraction there is no result: the extraction passes, and the Ministry of Finance must be asked."
        }
        NextStep::ApproveSecond => {
            "Without a list published 24 hours before the extraction there is no result."
        }
        NextStep::Shuffle => {
            "If there is none two hours before the extraction, zeros stand for it, as the rules say."
        }
        NextStep::WaitExtraction => "",
        NextStep::EnterExtraction => "The public page says “result pending” until both agree.",
        NextStep::EnterSecond => "The public page says “result pending” until both agree.",
        NextStep::Deliver => {
            "After 180 days the prize lapses: its value goes to the Union by DARF 0394 within 45 days."
        }
        NextStep::Account => "There are 30 days for it.",
        NextStep::Nothing => "",
    },
    missed_label: "If the time passes:",
    action: |case| match case {
        FormAction::Draft => "Draft",
        FormAction::Authorise => "Record the permit",
        FormAction::Open => "Publish the rules",
        FormAction::Approve => "Approve the list",
        FormAction::Shuffle => "Store the drand value",
        FormAction::ShuffleAbsent => "Record that drand is missing",
        FormAction::Extraction => "Enter the extraction",
        FormAction::Rectify => "Rectify a record",
        FormAction::Disqualify => "Disqualify an entry",
        FormAction::Deliver => "Record a prize handed over",
        FormAction::Account => "Record the accounts",
        FormAction::GiveUp => "End it without a draw",
    },
    done: |case| match case {
        FormAction::Draft => "Draft saved.",
        FormAction::Authorise => "Permit recorded.",
        FormAction::Open => "Rules published.",
        FormAction::Approve => "Your approval was recorded.",
        FormAction::Shuffle => "Value verified and stored.",
        FormAction::ShuffleAbsent => "Recorded: zeros stand for drand.",
        FormAction::Extraction => "Your reading of the extraction was recorded.",
        FormAction::Rectify => "Rectification recorded; the wrong record stays visible.",
        FormAction::Disqualify => "Disqualification recorded and published.",
        FormAction::Deliver => "Recorded as handed over.",
        FormAction::Account => "Accounts recorded.",
        FormAction::GiveUp => "Ended without a draw.",
    },
    button: |case| match case {
        FormAction::Draft => "Save draft",
        FormAction::Authorise => "Record the permit",
        FormAction::Open => "Publish for good",
        FormAction::Approve => "Approve this list",
        FormAction::Shuffle => "Verify and store",
        FormAction::ShuffleAbsent => "Record that it is missing",
        FormAction::Extraction => "Enter the extraction",
        FormAction::Rectify => "Record the rectification",
        FormAction::Disqualify => "Disqualify",
        FormAction::Deliver => "Record it",
        FormAction::Account => "Record the accounts",
        FormAction::GiveUp => "End without a draw",
    },
    action_help: |case| match case {
        FormAction::Draft => "Nothing here is public until the rules are published.",
        FormAction::Authorise => "",
        FormAction::Open => "",
        FormAction::Approve => "",
        FormAction::Shuffle => "",
        FormAction::ShuffleAbsent => "Allowed only in the two hours before the extraction.",
        FormAction::Extraction => "",
        FormAction::Rectify => {
            "For a result typed wrongly. The list and the order never change, and after a prize was handed over nothing is rectified."
        }
        FormAction::Disqualify => {
            "Only for a reason of the rules. It is published with its code; the prize goes to the first alternate, there is never a second draw."
        }
        FormAction::Deliver => "",
        FormAction::Account => "",
        FormAction::GiveUp => "The public pages then say that there is no draw, and why.",
    },
    tick: |case| match case {
        FormAction::Open => "I read the rules in full. I know that they never change again.",
        FormAction::Approve => "I checked the number of entries and the code of the list above.",
        FormAction::ShuffleAbsent => {
            "I looked for the drand value in more than one place and there is none."
        }
        FormAction::Disqualify => {
            "I checked the reason. I know that it is published and cannot be undone."
        }
        FormAction::GiveUp => "I know that this cannot be undone.",
        FormAction::Draft
        | FormAction::Authorise
        | FormAction::Shuffle
        | FormAction::Extraction
        | FormAction::Rectify
        | FormAction::Deliver
        | FormAction::Account => "I confirm.",
    },
    label: |case| match case {
        FieldKey::Name => "Name of the campaign",
        FieldKey::Mode => "Kind",
        FieldKey::Stores => "Stores",
        FieldKey::OpensAt => "Beginning",
        FieldKey::ClosesAt => "End",
        FieldKey::GraceHours => "Grace for docks out of reach (hours)",
        FieldKey::ExtractionNumber => "Number of the extraction",
        FieldKey::ExtractionAt => "Date and time of the extraction",
        FieldKey::Prizes => "Prizes",
        FieldKey::EntriesMax => "Entries for each CPF, at most",
        FieldKey::Alternates => "Alternates",
        FieldKey::PromoterName => "Name of the promoter",
        FieldKey::PromoterDocument => "CNPJ of the promoter",
        FieldKey::Certificate => "Number of the permit",
        FieldKey::OwnershipOn => "Date of the proof of ownership",
        FieldKey::OwnershipDocument => "Document of the proof",
        FieldKey::Confirm => "Confirmation",
        FieldKey::Signature => "Signature of the drand round",
        FieldKey::PrizeOne => "Prize 1",
        FieldKey::PrizeTwo => "Prize 2",
        FieldKey::PrizeThree => "Prize 3",
        FieldKey::PrizeFour => "Prize 4",
        FieldKey::PrizeFive => "Prize 5",
        FieldKey::Source => "Source",
        FieldKey::Evidence => "Evidence",
        FieldKey::Replaces => "Record to replace",
        FieldKey::Reason => "Reason",
        FieldKey::Position => "Position in the order",
        FieldKey::Code => "Reason of the rules",
        FieldKey::Rank => "Prize",
        FieldKey::DeliveredOn => "Day it was handed over",
        FieldKey::Document => "Signed receipt",
        FieldKey::Protocol => "Protocol number of the accounts",
        FieldKey::DarfDocument => "Receipt of DARF 0394",
    },
    help: |case| match case {
        FieldKey::Name => "As the public reads it.",
        FieldKey::Mode => {
            "A draw needs a permit. With a certain prize everybody gets the same voucher, without permit."
        }
        FieldKey::Stores => "None ticked: all.",
        FieldKey::OpensAt => "Not before the rules are published.",
        FieldKey::ClosesAt => "At most 12 months after the beginning.",
        FieldKey::GraceHours => "72 hours are recommended.",
        FieldKey::ExtractionNumber => "Of the Loteria Federal. Empty for a certain prize.",
        FieldKey::ExtractionAt => {
            "Wednesdays and Saturdays at 20:00, but for holidays. Leave at least a day after the grace. Empty for a certain prize."
        }
        FieldKey::Prizes => {
            "One a line, from the first to the last: name; value. Example: Shopping voucher; 500.00. Never money."
        }
        FieldKey::EntriesMax => "The first ones count.",
        FieldKey::Alternates => "20 are recommended. Empty for a certain prize.",
        FieldKey::PromoterName => "The company of the permit.",
        FieldKey::PromoterDocument => "With or without dots; letters are fine.",
        FieldKey::Certificate => "As in SCPC, for example 04.044574/2026.",
        FieldKey::OwnershipOn => "At least 8 days before the extraction.",
        FieldKey::OwnershipDocument => "Invoice, or the declaration of own stock, with its number.",
        FieldKey::Confirm => "",
        FieldKey::Signature => "96 digits from 0 to f, without blanks.",
        FieldKey::PrizeOne => "Five digits, with leading zeros.",
        FieldKey::PrizeTwo => "Five digits.",
        FieldKey::PrizeThree => "Five digits.",
        FieldKey::PrizeFour => "Five digits.",
        FieldKey::PrizeFive => "Five digits.",
        FieldKey::Source => {
            "The site, newspaper or slip you read it from. Each person uses their own."
        }
        FieldKey::Evidence => {
            "Paste the text of the page or its address. It is kept, and its SHA-256 stands in the public file."
        }
        FieldKey::Replaces => "It stays visible, with a note of what stands.",
        FieldKey::Reason => {
            "It is published. When entering an extraction, only if it is not the planned one."
        }
        FieldKey::Position => "Counted from zero, as in the list of winners.",
        FieldKey::Code => "The code is published.",
        FieldKey::Rank => "Only those not handed over yet.",
        FieldKey::DeliveredOn => "The day of the signature.",
        FieldKey::Document => {
            "Its number, or where it is kept. Above R$ 10,000 with a copy of ID and CPF."
        }
        FieldKey::Protocol => "Of SCPC.",
        FieldKey::DarfDocument => "Only if a prize was not collected.",
    },
    field_error: |case| match case {
        FieldError::Missing => "Fill this in.",
        FieldError::TooLong => "The text is too long.",
        FieldError::NotANumber => "This is not a number.",
        FieldError::OutOfBounds => "Out of bounds.",
        FieldError::NotAMoment => "Not a date or time.",
        FieldError::InPast => "That is over already.",
        FieldError::BeforeOpening => "The end must come after the beginning.",
        FieldError::PeriodTooLong => "The period is longer than 12 months.",
        FieldError::ExtractionTooSoon => "The extraction must be at least a day after the grace.",
        FieldError::NotADocument => "There is no such CNPJ: check it.",
        FieldError::PrizeLine => "Every line is “name; value”, with a value above zero.",
        FieldError::OnePrize => "A certain prize is one, the same for all.",
        FieldError::NotFiveDigits => "It takes five digits, zeros included.",
        FieldError::OwnershipTooLate => {
            "The proof must be at least 8 days older than the extraction."
        }
        FieldError::NotConfirmed => "Tick the confirmation.",
        FieldError::BadSignature => {
            "This signature is not of the round: check the round and copy it again."
        }
        FieldError::SameSource => "The first person used the same source: use another.",
        FieldError::NotPlanned => "This is not the planned extraction: say why.",
        FieldError::Unknown => "There is none in this campaign.",
    },
    form_error: |case| match case {
        FormError::Moved => "Something changed since you opened the page. Check it and send again.",
        FormError::SamePerson => "Two different people are needed, and you did your part already.",
        FormError::NotYet => "It is not time for this step yet.",
        FormError::TooLate => "The time for this step is over.",
        FormError::Differ => "The two readings differ and were dropped. Both people type again.",
        FormError::Delivered => "A prize was handed over: nothing is rectified any more.",
        FormError::AtDock => {
            "A dock may hand this prize over too, for the voucher. It was asked to give the voucher back: try again in a minute."
        }
        FormError::Doubtful => {
            "A dock that lost a part of its journal may have taken this prize’s voucher. Type its code under Vouchers and decide there."
        }
    },
    alarms_title: "Wants attention",
    alarm: |case, x| {
        match case { CampaignAlarm::OwnershipNear(_) => format!("The proof that the prizes are owned is missing, until {x}."), CampaignAlarm::OwnershipMissed => "The proof of ownership was not recorded 8 days before: the planned extraction is no good any more.".into(), CampaignAlarm::DarkDocks(_) => format!("Docks out of reach at the closing: {x}. Bring them online before the list closes."), CampaignAlarm::NoEntries => "The period ended without any entry.".into(), CampaignAlarm::ListNear(_) => format!("The list needs two approvals until {x}."), CampaignAlarm::ListMissed => "The list was not published 24 hours before the extraction.".into(), CampaignAlarm::AnotherRoot(_) => format!("The dock {x} keeps another code. Stop: somebody showed two lists."), CampaignAlarm::NoShuffle => "The drand value has not come.".into(), CampaignAlarm::SourcesDiffer => "The two readings of the extraction did not agree and were dropped.".into(), CampaignAlarm::ResultOverdue(_) => format!("The extraction was {x}, and the result is not recorded."), CampaignAlarm::ClaimsEnd(_) => format!("The time to collect prizes ends {x}."), CampaignAlarm::UnclaimedDue(_) => format!("Pay the unclaimed value to the Union (DARF 0394) until {x}."), CampaignAlarm::AccountsDue(_) => format!("Render the accounts until {x}."), }
    },
    until: |x| format!("Until {x}."),
    at: |x| format!("{x}."),
    left: |x| format!("In {x}."),
    late: |x| format!("It is {x} over."),
    root: "Code of the list (root)",
    approved: "Approved by",
    first_entry: |a, b| format!("{a} has entered their reading ({b})."),
    first_source: |x| format!("Source: {x}."),
    facts_title: "The campaign",
    freeze: "List closes",
    extraction: "Extraction",
    stores: "Stores",
    caps: "Who takes part",
    caps_text: |a, b| format!("up to {a} entries for each CPF, aged {b} or more"),
    prizes: "Prizes",
    prizes_text: |a, b| format!("{a}, in all {b}"),
    promoter: "Promoter",
    rules_hash: "Code of the rules",
    to_public: "Public page",
    change_draft: "Change the draft",
    dark_title: "Docks out of reach",
    dark_text: "What they tell until the list closes still counts.",
    told: |x| format!("Has told everything until {x}."),
    told_never: "Has told nothing yet.",
    witnesses_title: "Witnesses",
    checks_title: "What must be in order",
    check: |case| match case {
        CheckItem::Certificate => "Permit",
        CheckItem::Ownership => "Proof that the prizes are owned, 8 days before",
        CheckItem::Rules => "Rules published before the first entry",
        CheckItem::Grace => "Grace for docks out of reach",
        CheckItem::List => "List approved by two people, 24 hours before",
        CheckItem::Witnesses => "Docks that signed the list",
        CheckItem::Shuffle => "Public drand value",
        CheckItem::Result => "Result of two sources",
        CheckItem::Deliveries => "Prizes handed over in 180 days",
        CheckItem::IncomeTax => "Income tax on the prizes (DARF 0916)",
        CheckItem::Unclaimed => "Unclaimed value paid to the Union (DARF 0394), 45 days",
        CheckItem::Accounts => "Accounts, 30 days",
    },
    check_state: |case| match case {
        CheckState::Done(_) => "done",
        CheckState::Due(None) => "not yet",
        CheckState::Due(Some(_)) => "until",
        CheckState::Late(_) => "late since",
        CheckState::Missed(_) => "missed",
    },
    record: "Record",
    five: "Five prizes",
    number: "Number",
    sources: "Sources",
    record_kind: |case| match case {
        ExtractionKind::Result { .. } => "result",
        ExtractionKind::Next => "next extraction",
        ExtractionKind::Rectification { .. } => "rectification",
    },
    no_number: "none of the list",
    prize: "Prize",
    value: "Value",
    position: "Position",
};
