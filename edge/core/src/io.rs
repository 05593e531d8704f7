//! What goes into the brain and what comes out.

use serde::{Deserialize, Serialize};
use shared::allowance::{Allowance, CardKey, CardLimits};
use shared::chain::Head;
use shared::dock::{Observation, Signal};
use shared::enrol::BayLayout;
use shared::event::{BayFault, Fact, Technician, TechnicianAction, TestVerdict};
use shared::grant::Grant;
use shared::ids::{BayNo, CampaignId, GrantId, RentalId, TagUid};
use shared::money::Centavos;
use shared::offline::SharedSecret;
use shared::time::{ClockQuality, MonoMs, UnixMs};
use shared::voucher::VoucherKey;
use shared::witness::{Shown, WitnessKey, Witnessed};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Time and chance at one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    pub mono: MonoMs,
    /// The machine's own wall clock, not yet corrected.
    pub wall: UnixMs,
    /// Fresh random bits, used only to spread retries.
    pub random: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Once, before anything else.
    Started {
        software: String,
    },
    Observed(Observation),
    /// A genuine grant for this gateway, from the downlink or an acknowledgement.
    Granted(Grant),
    /// A genuine grant that a phone carried here: scanned, or opened on the gateway's own page.
    Carried(Grant),
    Locate {
        bay: BayNo,
        duration_ms: u32,
    },
    /// The cloud, or a technician, asks for a sync now.
    Wake,
    /// A card was held to the dock's card reader; the ids serve if it opens a bay.
    CardShown {
        card: CardKey,
        grant: GrantId,
        rental: RentalId,
    },
    /// Ten digits were typed, or sent from the gateway's own page.
    CodeTyped {
        code: String,
        from: Source,
    },
    /// Somebody signed in typed a voucher's code. `redeem` names them when the goods are handed over;
    /// without it they only look.
    Voucher {
        key: VoucherKey,
        from: Source,
        redeem: Option<Technician>,
    },
    /// A list newer than the one before, already checked.
    AllowanceLoaded(Arc<Allowance>),
    /// Of the card rentals begun here, these are over.
    CardsClosed(Vec<RentalId>),
    /// A raffle's commitment in an acknowledgement, the cloud's signature on it already checked.
    CommitmentShown(Box<Shown>),
    /// How much room the disk has; told at the start and when it changes.
    Storage(StorageLevel),
    /// Somebody signed in at the gateway's page did something.
    Technician {
        by: Technician,
        order: TechnicianOrder,
    },
    /// The cloud committed everything up to `acked`.
    Synced {
        acked: Head,
        server_ms: UnixMs,
        /// When the request left, to bound the age of `server_ms`.
        sent: MonoMs,
        /// The cloud is busy and wants no history for so long.
        pause_ms: Option<u64>,
    },
    SyncFailed {
        failure: SyncFailure,
        retry_after_ms: Option<u64>,
    },
    /// The deadline of the last output passed.
    Tick,
}

/// Who guesses: wrong codes of one make nobody else wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The dock's own scanner, keypad or card reader.
    Reader,
    /// A phone on the dock's network.
    Phone(IpAddr),
}

/// Room for records. Telemetry stops first, releases next, returns last.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageLevel {
    #[default]
    Ample,
    /// No telemetry.
    Low,
    /// Returns only.
    Full,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TechnicianOrder {
    /// Only to be recorded: signed in, signed out, diagnostics taken, enrolled anew.
    Note(TechnicianAction),
    Locate {
        bay: BayNo,
    },
    SyncNow,
    BeginService,
    EndService,
    /// Begins the guided test of a bay; the dock must be in service.
    BeginTest {
        bay: BayNo,
    },
    /// The technician's answer to the step that asks for one: saw the lamp, heard the sound.
    Confirm {
        bay: BayNo,
        works: bool,
    },
    AbandonTest {
        bay: BayNo,
    },
}

/// Where a guided test stands, for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestView {
    pub bay: BayNo,
    pub step: TestStep,
    /// By then the step counts as failed.
    pub until: MonoMs,
    /// The verdict, once the test is over.
    pub verdict: Option<TestVerdict>,
}

/// In this order. Lamp and sound ask the technician; the others watch the sensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestStep {
    Lamp,
    Sound,
    /// The coil is driven; the bolt must leave its closed position and come back.
    Bolt,
    /// Something is put before the presence sensor and taken away.
    Presence,
    /// A tag is read.
    Reader,
    Done,
}

/// What this gateway risks in its running day, for the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureView {
    pub spent: Centavos,
    pub limit: Centavos,
    /// Cards that have a cart of this gateway out.
    pub open_cards: usize,
    /// The version of the allowance list in use; 0 for none.
    pub allowance: u64,
}

/// What became of a card, a code or a carried grant, for the customer at the dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorAnswer {
    Opening { bay: BayNo },
    Refused(DoorRefusal),
}

/// In the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoorRefusal {
    InService,
    StorageFull,
    /// Too many wrong codes, or cards that nobody knows; wait.
    LockedOut,
    /// Without a time to go by, a code may be an old one.
    ClockUnknown,
    CodeWrong,
    /// Used already, or too old.
    GrantUsed,
    NoList,
    CardUnknown,
    CardDenied,
    /// This card has a cart out.
    CardOut,
    CardLimit,
    /// The gateway's own limit of the day.
    ExposureReached,
    NoCart,
}

/// What became of a voucher's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherAnswer {
    /// It may be redeemed; `clock` says what its validity was judged by.
    Good {
        amount: Centavos,
        lapses_ms: UnixMs,
        clock: ClockQuality,
    },
    /// Now, with the records of this output.
    Done {
        amount: Centavos,
    },
    Refused(VoucherRefusal),
}

/// In the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherRefusal {
    /// Too many codes that are none of this gateway's; wait.
    LockedOut,
    /// Here, before.
    Redeemed(Redeemed),
    NoList,
    /// The journal was damaged, and the cloud has not yet said which vouchers still serve.
    Salvaged,
    /// Not lent to this gateway.
    Unknown,
    /// At this moment.
    Lapsed(UnixMs),
    StorageFull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncFailure {
    /// No answer, or an answer that the cloud did not sign.
    Unreachable,
    /// The cloud answered with an error of its own.
    CloudError,
    /// The cloud's head is elsewhere: continue after it.
    Gap { cloud_head: Head },
    /// The cloud holds another journal under this gateway's name; a person must look.
    Fork,
    /// The cloud does not accept this gateway any more.
    NotEnrolled,
    /// The cloud refused this batch for what it says; it is kept and offered again.
    Refused,
}

/// Everything an input leads to. `records` and the brain's memory are committed in one durable
/// transaction before the first command is carried out.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Output {
    pub records: Vec<Fact>,
    pub commands: Vec<Command>,
    /// The answer to a card, a code or a carried grant, when the input was one.
    pub answer: Option<DoorAnswer>,
    /// The answer to a voucher's code.
    pub voucher: Option<VoucherAnswer>,
    /// When to send [`Input::Tick`] unless another input comes first.
    pub deadline: Option<MonoMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Drive the coil for at most `pulse_ms`; the hardware ends the pulse by itself.
    Unlock {
        bay: BayNo,
        pulse_ms: u32,
    },
    /// Cut the coil.
    Lock {
        bay: BayNo,
    },
    Show {
        bay: BayNo,
        signal: Signal,
    },
    /// Send the journal lines after `after`, at most `events_max`, with the live snapshot.
    Sync {
        after: Head,
        events_max: usize,
    },
}

/// What the brain must still know after a power cut. Stored with every commit.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Carts in each bay, the one a release would let go last.
    pub carts: BTreeMap<BayNo, Vec<TagUid>>,
    /// Releases begun and not yet ended.
    pub releasing: BTreeMap<BayNo, Releasing>,
    /// Bays out of service; a bolt that stuck before a power cut is not trusted after it.
    #[serde(default)]
    pub faults: BTreeMap<BayNo, BayFault>,
    /// Grants already decided, kept until they could not be accepted anyway.
    pub used_grants: BTreeMap<GrantId, UnixMs>,
    /// The latest time the cloud vouched for, kept against clocks that fall back. Moves in steps of
    /// minutes.
    #[serde(default)]
    pub clock_floor_ms: UnixMs,
    /// Releases without the cloud's word, and what they may still cost.
    #[serde(default)]
    pub exposure: Exposure,
    /// The dock is in service; an insertion is nobody's return, also after a power cut.
    #[serde(default)]
    pub service: Option<Technician>,
    /// Vouchers redeemed here.
    #[serde(default)]
    pub till: Till,
    /// The one commitment of each raffle that this gateway stands witness for.
    #[serde(default)]
    pub commitments: BTreeMap<CampaignId, Witnessed>,
}

/// What must not be redeemed again.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Till {
    pub redeemed: BTreeMap<VoucherKey, Redeemed>,
    /// Lists count that the cloud wrote when it had this line; a salvage lifts it.
    pub honoured_from: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// As its record says; worth what the clock was.
    pub at_ms: UnixMs,
    pub amount: Centavos,
    /// Not below the record's number.
    pub seq: u64,
}

/// What this gateway released on its own account in its running day, and the cards that have a cart
/// of it out. A day is 24 hours of running time, so that no clock can shorten it.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// Running time of the day so far, as of the last commit.
    pub elapsed_ms: u64,
    pub centavos: i64,
    /// Releases of each card in the running day.
    pub releases: BTreeMap<CardKey, u16>,
    /// Rentals of cards not known to be over.
    pub open: BTreeMap<RentalId, CardKey>,
    /// The list that may not be older; a gateway goes only up.
    pub allowance: u64,
    /// The highest serial seen on a grant.
    pub serial: u32,
    /// The carts that went out with the rentals of `open`: the one that docks here again is over.
    #[serde(default)]
    pub carts: BTreeMap<RentalId, TagUid>,
    /// What that list allowed, for as long as it is not loaded again.
    #[serde(default)]
    pub limits: Option<CardLimits>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Releasing {
    pub grant: GrantId,
    pub rental: RentalId,
    pub tag: TagUid,
    /// When it began, by the machine's own clock, so that hours later nobody's cart is set free.
    #[serde(default)]
    pub started_ms: UnixMs,
    /// Which boot of the machine it began in: after a power cut that clock may say anything.
    #[serde(default)]
    pub machine_boot: String,
    /// It was taken up again after the process had died; that happens once.
    #[serde(default)]
    pub resumed: bool,
}

/// Where the journal and the uplink stand when the process starts.
#[derive(Debug, Clone)]
pub struct Start {
    /// Counts the starts of the process.
    pub boot: u32,
    /// Which boot of the machine this is; empty where the system does not tell, and then never the
    /// same as any other.
    pub machine_boot: String,
    pub head: Head,
    pub acked: Head,
    pub memory: Memory,
    pub bays: Vec<BayLayout>,
    /// Checks release codes; none where the gateway has no cloud yet.
    pub secret: Option<SharedSecret>,
    /// Co-signs commitments.
    pub witness: WitnessKey,
}
