//! How a batch of a gateway's journal continues what the cloud already holds (decision D8).

use shared::chain::{Hash, Head};

/// A batch as its place in the chain, its events already verified among themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    pub first_seq: u64,
    pub count: u64,
    /// Hash the first event claims to follow; with no events, of the journal's last line.
    pub prev: Hash,
    /// The first event says that the journal was put together again after damage.
    pub salvaged: Option<Salvaged>,
    /// The line before the oldest one that the gateway keeps, where it says that the cloud's last line
    /// is older still.
    pub kept_after: Option<Head>,
    /// It shows our own word that we held that line.
    pub kept_proved: bool,
}

/// What a salvaged journal says of itself: it holds everything up to `last`; numbers from there to
/// `uncertain_to` may have been used and lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salvaged {
    pub last: Head,
    pub uncertain_to: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuation {
    /// The first `known` events are those the cloud holds; the rest are new.
    Continues { known: u64 },
    /// All are new, and what lies between the cloud's last line and `after` is on neither side any
    /// more: the gateway dropped it when the cloud held it, and the cloud was set back.
    Beyond { after: u64 },
    /// The same claim without proof. Whoever could make it true by saying so could leave out of the
    /// books whatever he likes: only a gateway that differs from what we held, or lost our word, does.
    Unproved { after: u64 },
    /// The batch starts after an event the cloud has not seen, or the journal is shorter than the
    /// cloud's: send from the cloud's head.
    Gap,
    /// One number, two hashes: the gateway was cloned or restored. `seq` is the first that differs
    /// as far as the batch can tell.
    Fork { seq: u64 },
}

/// `held` answers the hash the cloud stores for a number, the genesis hash for 0. `hash_at` gives
/// the batch's own hash of the event at an index.
pub fn place<E>(
    head: Head,
    batch: Batch,
    hash_at: impl Fn(u64) -> Hash,
    mut held: impl FnMut(u64) -> Result<Option<Hash>, E>,
) -> Result<Continuation, E> {
    let before = batch.first_seq - 1;
    if let Some(kept) = batch.kept_after
        && kept.seq > head.seq
        && follows(&batch, kept)
    {
        let after = kept.seq;
        return Ok(match batch.kept_proved {
            true => Continuation::Beyond { after },
            false => Continuation::Unproved { after },
        });
    }
    if let Some(salvaged) = batch.salvaged
        && head.seq <= before
    {
        return after_salvage(head, batch, salvaged, held);
    }
    if before > head.seq || (batch.count == 0 && before < head.seq) {
        return Ok(Continuation::Gap);
    }
    let known = batch.count.min(head.seq - before);
    // The chain inside the batch makes one comparison at its last known place vouch for the rest.
    let (seq, claimed) = if known == 0 {
        (before, batch.prev)
    } else {
        (before + known, hash_at(known - 1))
    };
    let stored = if seq == head.seq {
        Some(head.hash)
    } else {
        held(seq)?
    };
    Ok(if stored == Some(claimed) {
        Continuation::Continues { known }
    } else {
        Continuation::Fork { seq }
    })
}

/// The oldest line that is kept may be the first after a gap of its own.
fn follows(batch: &Batch, kept: Head) -> bool {
    let before = batch.first_seq - 1;
    let over_a_gap = batch
        .salvaged
        .is_some_and(|s| s.last == kept && s.uncertain_to == before);
    kept.hash == batch.prev && (kept.seq == before || over_a_gap)
}

/// A salvaged journal goes on beyond what it may have lost. What is held of that range stays: it was
/// signed before the damage.
fn after_salvage<E>(
    head: Head,
    batch: Batch,
    salvaged: Salvaged,
    mut held: impl FnMut(u64) -> Result<Option<Hash>, E>,
) -> Result<Continuation, E> {
    let Salvaged { last, uncertain_to } = salvaged;
    let itself = uncertain_to == batch.first_seq - 1 && last.hash == batch.prev;
    if !itself || last.seq > head.seq {
        return Ok(Continuation::Gap);
    }
    let stored = match last.seq == head.seq {
        true => Some(head.hash),
        false => held(last.seq)?,
    };
    Ok(match stored == Some(last.hash) {
        true => Continuation::Continues { known: 0 },
        false => Continuation::Fork { seq: last.seq },
    })
}

#[cfg(test)]
mod tests;
