use super::Outcome;
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm};
use shared::time::UnixMs;

/// How long before its end a certificate is called for: banks take days to issue one, and some end
/// it by hand alone.
pub const NOTICE_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// A certificate without which the bank is not reached, or does not reach us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What it is for, the same from one certificate to the next.
    pub subject: &'static str,
    /// The host it is shown to, or that shows it.
    pub host: String,
    pub not_after_ms: UnixMs,
}

/// Every subject there may be an alarm of.
pub const SUBJECTS: [&str; 2] = ["bank", "callback"];

/// Raises the alarm from 30 days before the end on; ends it when a newer certificate is in use, or
/// none. Answers how many alarms stand.
pub fn run(tx: &Tx<'_>, now: UnixMs, endings: &[Ending]) -> Outcome<usize> {
    let kind = AlarmKind::BankCertificateEnding;
    let mut standing = 0;
    for subject in SUBJECTS {
        let ending = endings.iter().find(|ending| ending.subject == subject);
        match ending.filter(|ending| ending.not_after_ms.since(now) <= NOTICE_MS) {
            Some(ending) => {
                let detail = format!("{} {}", ending.not_after_ms.0, ending.host);
                alarm::raise(tx, kind, subject, &detail, now)?;
                standing += 1;
            }
            None => alarm::clear(tx, kind, subject, now)?,
        }
    }
    Ok(standing)
}
