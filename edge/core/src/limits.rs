//! Every time and bound of the brain, with its reason.

use shared::allowance::CardLimits;
use shared::money::Centavos;

/// Tag, bolt and presence must agree this long: a tag held to the reader and withdrawn earns nothing.
pub const SETTLE_MS: u64 = 2_000;

/// A customer needs seconds to push a cart home; signs that still disagree now need a person.
pub const CONTRADICTION_MS: u64 = 8_000;

/// Long enough to look up from the cart to the lamp.
pub const ACCEPTED_MS: u64 = 6_000;

/// A tag at the edge of the field is missed this long without having moved.
pub const TAG_BLIP_MS: u64 = 1_000;

/// Presence and tag must both be gone this long: a cart that is shaken does not leave.
pub const LEFT_GRACE_MS: u64 = 1_500;

/// In a lane the next cart has rolled to the mouth by then.
pub const FEED_MS: u64 = 5_000;

/// Moves any bolt of ours and stays far below what a coil endures.
pub const PULSE_MS: u32 = 500;

/// A slow bolt takes half of this.
pub const UNLOCK_CONFIRM_MS: u64 = 3_000;

/// A third pulse frees a cart that leans on its bolt; a fourth only heats the coil.
pub const UNLOCK_PULSES_MAX: u8 = 3;

/// An open bolt that closes again over a cart that was not pulled is driven again after this.
pub const RELATCH_MS: u64 = 1_000;

/// How long a customer has to pull; promised on the page.
pub const RELEASE_WINDOW_MS: u64 = 60_000;

/// A bolt that is not back by then is held open by something.
pub const BOLT_RETURN_MS: u64 = 5_000;

/// A driver tells its first levels within a second of its start.
pub const FIRST_SIGHT_MS: u64 = 5_000;

/// A process that is back later than this finds the customer gone, and a bay that opens then frees a
/// cart for nobody.
pub const RESUME_MS_MAX: i64 = 120_000;

/// The cloud's own blink lasts as long as a payment takes; more is a mistake.
pub const LOCATE_MS_MAX: u32 = 300_000;

/// Redeemed vouchers that are remembered for the page's sake alone: a day of a busy store. They are
/// written with every commit.
pub const REDEEMED_KEPT_MAX: usize = 50;

/// Grants that wait for one bay. More than a queue of customers; the cloud offers the rest again.
pub const GRANTS_WAITING_MAX: usize = 8;

/// A used grant is remembered this long after it expired, against clocks that are slow; older ones
/// are ignored.
pub const GRANT_MEMORY_MS: i64 = 86_400_000;

/// Events in a batch when nothing larger gets through: some eight kilobytes.
pub const BATCH_EVENTS_MIN: usize = 16;

/// Between two syncs that have nothing to send: presence and open grants come from them.
pub const SYNC_IDLE_MS: u64 = 5_000;

/// The first retry comes within this.
pub const BACKOFF_MS_BASE: u64 = 500;

/// A gateway retries at least once in this, for ever: 5,000 of them are 170 small questions a second.
pub const BACKOFF_MS_MAX: u64 = 60_000;

/// Between attempts that new records cause while the link fails or the cloud wants no history: a
/// customer who has just brought a cart back waits no longer than this for a link that is well again.
pub const NEWS_SPACING_MS: u64 = 10_000;

/// A longer pause for history is a mistake.
pub const PAUSE_MS_MAX: u64 = 600_000;

/// A longer wish is a mistake or not our cloud speaking: a captive portal answers too.
pub const RETRY_AFTER_MS_MAX: u64 = 600_000;

/// Retries begin small again only after the link held this long, or a flapping link is hammered.
pub const STABLE_MS: u64 = 30_000;

/// Between attempts that wake-ups cause while the link fails.
pub const WAKE_SPACING_MS: u64 = 1_000;

/// The clock's floor moves on its own this rarely: a commit wears the card it is written on.
pub const FLOOR_STEP_MS: i64 = 600_000;

/// With a commit that is due anyway the floor moves in steps of this.
pub const FLOOR_STEP_MS_MIN: i64 = 60_000;

/// A machine clock that stands further after the floor is wrong: no gateway lies in a drawer longer.
pub const CLOCK_AHEAD_MS_MAX: i64 = 400 * 86_400_000;

/// A day of limits: 24 hours of running time.
pub const DAY_MS: u64 = 86_400_000;

/// Until the first allowance list says what a cart is worth here: twenty ordinary deposits.
pub const UNLISTED_LIMITS: CardLimits = CardLimits {
    deposit_centavos: Centavos::new(1_000),
    card_releases_per_day: 0,
    gateway_centavos_per_day: Centavos::new(20_000),
};

/// Different cards in a running day: more than a dock of 64 bays turns over.
pub const CARDS_PER_DAY_MAX: usize = 2_000;

/// Wrong codes and unknown cards of one source before it rests.
pub const GUESSES_MAX: u32 = 5;

/// Wrong codes of all phones together before they all rest: whoever has many addresses has no more
/// guesses. At the longest rest, 20 in a quarter of an hour find a code for a dock of 64 bays once in
/// 160 days, of four bays once in seven years.
pub const PHONES_GUESSES_MAX: u32 = 20;

/// A source's first rest; each further one is twice as long. At the longest, five guesses in a quarter
/// of an hour find a code for a dock of 64 bays once in two years.
pub const GUESS_REST_MS: u64 = 30_000;
pub const GUESS_REST_MS_MAX: u64 = 900_000;

/// Phones whose guesses are counted one by one; the one that has been quiet longest makes room.
pub const PHONES_COUNTED_MAX: usize = 64;

/// A code that was used is remembered at least this long: the periods it counts, and those beside.
pub const CODE_MEMORY_MS: i64 =
    shared::offline::CODE_PERIOD_MS * (shared::offline::CODE_PERIODS_VALID + 2);

/// A commitment is remembered at least this long: prizes are claimed within 180 days of a draw, and a
/// year covers the objections.
pub const COMMITMENT_KEPT_MS: i64 = 400 * 86_400_000;

/// Service ends by itself this long after the last order: a dock that was forgotten opens again.
pub const SERVICE_IDLE_MS: u64 = 3_600_000;

/// What a technician looks for blinks this long.
pub const TECHNICIAN_LOCATE_MS: u32 = 30_000;

/// Time to look up, or to listen, and to answer.
pub const TEST_ASK_MS: u64 = 20_000;

/// The test's sound is repeated, for whoever stood at the page.
pub const TEST_SOUND_AGAIN_MS: u64 = 5_000;

/// Three pulses and the bolt's return, with room.
pub const TEST_BOLT_MS: u64 = 20_000;

/// Time to push something in and pull it out, or to find a tag.
pub const TEST_SENSE_MS: u64 = 25_000;

/// A part may fail and heal this often in [`RELIABLE_MS`]; once more, and its bay rests.
pub const PART_FAILURES_MAX: usize = 3;

/// The span in which failures count, and how long a bay rests after the last.
pub const RELIABLE_MS: u64 = 3_600_000;

/// Transitions of one bay at one moment; the longest real chain has four.
pub(crate) const STEPS_MAX: usize = 8;
