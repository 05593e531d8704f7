//! Every time and bound of the brain, with its reason.

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

/// Grants that wait for one bay. More than a queue of customers; the cloud offers the rest again.
pub const GRANTS_WAITING_MAX: usize = 8;

/// A used grant is remembered this long after it expired, against clocks that step back.
pub const GRANT_MEMORY_MS: i64 = 86_400_000;

/// Events in a batch when nothing larger gets through: some eight kilobytes.
pub const BATCH_EVENTS_MIN: usize = 16;

/// Between two syncs that have nothing to send: presence and open grants come from them.
pub const SYNC_IDLE_MS: u64 = 5_000;

/// The first retry comes within this.
pub const BACKOFF_MS_BASE: u64 = 500;

/// A gateway retries at least once in this, for ever; the load of a whole fleet stays small.
pub const BACKOFF_MS_MAX: u64 = 60_000;

/// A longer wish is a mistake or not our cloud speaking: a captive portal answers too.
pub const RETRY_AFTER_MS_MAX: u64 = 600_000;

/// Retries begin small again only after the link held this long, or a flapping link is hammered.
pub const STABLE_MS: u64 = 10_000;

/// Between attempts that wake-ups cause while the link fails.
pub const WAKE_SPACING_MS: u64 = 1_000;

/// Transitions of one bay at one moment; the longest real chain has four.
pub(crate) const STEPS_MAX: usize = 8;
