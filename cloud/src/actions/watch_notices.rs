use super::Outcome;
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, notification};
use cloud_core::notice::Channel;
use shared::time::UnixMs;

/// A channel may fail for so long before a person hears of it. Some mail servers put strangers off for
/// a few minutes as a matter of course.
pub const ALARM_AFTER_MS: i64 = 15 * 60_000;

/// Raises an alarm for each channel that has not taken a notice for a quarter of an hour, and ends it
/// when nothing tried waits there any more. How many stand.
pub fn run(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let mut standing = 0;
    for channel in Channel::ALL {
        let (kind, subject) = (AlarmKind::NoticeFailing, channel.as_str());
        let since = notification::failing_since(tx, channel)?;
        if since.is_some_and(|since| now.since(since) >= ALARM_AFTER_MS) {
            let detail = "not accepted within a quarter of an hour";
            alarm::raise(tx, kind, subject, detail, now)?;
            standing += 1;
        } else if since.is_none() {
            alarm::clear(tx, kind, subject, now)?;
        }
    }
    Ok(standing)
}
