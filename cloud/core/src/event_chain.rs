//! How a batch of a gateway's journal continues what the cloud already holds (decision D8).

use shared::chain::{Hash, Head};

/// A batch as its place in the chain, its events already verified among themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    pub first_seq: u64,
    pub count: u64,
    /// Hash the first event claims to follow; with no events, of the journal's last line.
    pub prev: Hash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuation {
    /// The first `known` events are those the cloud holds; the rest are new.
    Continues { known: u64 },
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

#[cfg(test)]
mod tests {
    use super::*;

    fn h(n: u64) -> Hash {
        Hash::of_line(&n.to_string())
    }

    #[test]
    fn a_batch_continues_leaves_a_gap_or_forks() {
        let head = Head { seq: 5, hash: h(5) };
        let honest = |i: u64, first: u64| h(first + i);
        let forged = |i: u64, first: u64| h(1_000 + first + i);
        use Continuation::{Continues, Fork, Gap};
        let rows = [
            ("next", 6, 3, h(5), true, Continues { known: 0 }),
            ("all known", 3, 3, h(2), true, Continues { known: 3 }),
            ("partly known", 4, 4, h(3), true, Continues { known: 2 }),
            ("known, shorter", 2, 2, h(1), true, Continues { known: 2 }),
            ("question", 6, 0, h(5), true, Continues { known: 0 }),
            ("gap", 7, 1, h(6), true, Gap),
            ("journal shorter than ours", 4, 0, h(3), true, Gap),
            ("question of a clone", 6, 0, h(99), true, Fork { seq: 5 }),
            ("other past", 6, 1, h(99), true, Fork { seq: 5 }),
            ("other present", 4, 2, h(3), false, Fork { seq: 5 }),
            ("other present, longer", 5, 9, h(4), false, Fork { seq: 5 }),
        ];
        for (name, first_seq, count, prev, genuine, expected) in rows {
            let hash_at = |i| {
                if genuine {
                    honest(i, first_seq)
                } else {
                    forged(i, first_seq)
                }
            };
            let batch = Batch {
                first_seq,
                count,
                prev,
            };
            let got = place(head, batch, hash_at, |seq| Ok::<_, ()>(Some(h(seq))));
            assert_eq!(got, Ok(expected), "{name}");
        }
    }
}
