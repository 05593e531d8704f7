use super::Outcome;
use crate::store::alarm::AlarmKind;
use crate::store::statement::Content;
use crate::store::{Tx, alarm, statement};
use shared::time::UnixMs;

/// Stores what was found of a day, as a new version where it is not what the last one says, and
/// tells a person of differences. Answers the version that stands.
pub fn run(tx: &Tx<'_>, now: UnixMs, day: &str, found: &Content) -> Outcome<u32> {
    let last = statement::versions(tx, day)?.into_iter().next();
    let standing = match &last {
        Some(last) if statement::content(tx, last)? == *found => last.version,
        last => {
            let version = last.as_ref().map_or(0, |last| last.version) + 1;
            statement::insert(tx, (day, version), found, now)?;
            version
        }
    };
    let differences = found.statement.differences.len();
    if differences == 0 {
        alarm::clear(tx, AlarmKind::BooksDiffer, day, now)?;
    } else {
        let detail = format!("differences: {differences}");
        alarm::raise(tx, AlarmKind::BooksDiffer, day, &detail, now)?;
    }
    Ok(standing)
}
