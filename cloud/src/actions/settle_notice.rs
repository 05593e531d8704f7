use super::Outcome;
use crate::live::Topic;
use crate::store::notification::NotificationRow;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, contact, notification, outbox};
use cloud_core::notice::Ended;
use shared::time::UnixMs;

/// What became of a notice that was looked at, or handed to its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The channel took it.
    Told,
    /// Again at `due`: it is quiet, or the channel failed with `trouble`, a code without any address.
    Later {
        due: UnixMs,
        trouble: Option<String>,
    },
    Ended(Ended),
}

/// Counts an attempt before it is made: what follows may have happened even if nobody comes back.
pub fn begin(tx: &Tx<'_>, now: UnixMs, row: &NotificationRow) -> Outcome<()> {
    Ok(notification::count_try(tx, &row.id, now)?)
}

pub fn run(tx: &Tx<'_>, now: UnixMs, row: &NotificationRow, settled: &Settled) -> Outcome<()> {
    let (effect, subject) = (EffectKind::SendNotice, row.id.to_string());
    match settled {
        Settled::Later { due, trouble } => {
            let trouble = trouble.as_deref();
            notification::set_waiting(tx, &row.id, *due, trouble)?;
            outbox::postpone(tx, effect, &subject, *due, trouble.unwrap_or("quiet"))?;
            return Ok(());
        }
        Settled::Told => notification::set_told(tx, &row.id, now)?,
        Settled::Ended(why) => {
            notification::set_ended(tx, &row.id, *why)?;
            // A dead address is not kept.
            if *why == Ended::Unreachable {
                contact::delete(tx, &row.rental, row.channel)?;
            }
        }
    }
    outbox::finish(tx, effect, &subject, now)?;
    tx.touch(Topic::Rental(row.rental));
    Ok(())
}
