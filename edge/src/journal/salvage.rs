//! A damaged journal is put together again, from the copy and from whatever the database still gives.
//!
//! Shape: collect every line that proves itself into a fresh database; keep the longest chain that
//! goes on from what the cloud acknowledged; judge whether its end is certain; bring the brain's
//! memory along; set the damaged files aside and take their place. When lines may be missing at the
//! end, the first new line says so and jumps over their numbers (`Fact::JournalSalvaged`), so that no
//! number ever means two things. Nothing the old files hold is changed before the new one is durable.

mod chain;
mod evidence;

use super::disk::{directory_of, rename_durably};
use super::line::{Jump, Line, of_row, seq_to_sql};
use super::place::Place;
use super::rebuild::Rebuild;
use super::schema::{self, FirstState};
use super::stored::insert_jump;
use super::{Journal, JournalFault};
use chain::Chain;
use ed25519_dalek::SigningKey;
use edge_core::io::{Memory, Now};
use evidence::Evidence;
use rusqlite::Connection;
use shared::chain::{self as signing, Head};
use shared::event::Fact;
use shared::ids::GatewayId;
use shared::time::{ClockQuality, Stamp};

/// Numbers that are skipped when the end of a journal is not certain: four months of the busiest
/// dock, far more than two copies can both have lost, and small enough for four thousand million
/// salvages below the highest number there may be.
pub const SALVAGE_SKIP: u64 = 1_000_000;

/// Of this many last lines the used grants are remembered again; a grant lives for hours at most.
const USED_LINES_MAX: u64 = 10_000;

/// What a salvage found, for the technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// What was wrong.
    pub why: String,
    /// The last line that was saved.
    pub last: Head,
    /// Lines after `last`, numbered up to here, may have been written and lost; `None`: none is.
    pub uncertain_to: Option<u64>,
    /// The damaged files end in `.damaged-` and this number.
    pub aside: u32,
}

/// Builds the journal anew. The error is `why` when there is nothing to build it from.
pub(super) fn salvage(
    place: &Place,
    gateway: GatewayId,
    key: &SigningKey,
    now: Now,
    why: JournalFault,
) -> Result<Salvaged, JournalFault> {
    let building = place.with("-new");
    let connection = schema::begin(place, &building)?;
    connection.execute_batch("BEGIN")?;
    let evidence = evidence::collect(place, &gateway, key, &connection)?;
    // A card that gives neither may give both after a moment: nothing is set aside on its word.
    let hopeless = why.is_unreadable() && !evidence.has_copy();
    let chain = match hopeless {
        true => None,
        false => chain::choose(&connection, &evidence, &gateway)?,
    };
    let Some(chain) = chain else {
        drop(connection);
        place.disk.remove(&building)?;
        return Err(why);
    };
    let certain = evidence.ends_at(chain.end);
    let mut memory = memory(&connection, &evidence, &chain, now)?;
    let mut boot = evidence.boot();
    let uncertain_to = match certain {
        true => None,
        false => {
            boot += 1;
            let whose = (gateway, key);
            let to = jump(&connection, &chain, &evidence, whose, boot, now)?;
            // A voucher may have been redeemed in what is lost: the cloud must know of the gap first.
            memory.till.honoured_from = to + 1;
            Some(to)
        }
    };
    let state = FirstState {
        gateway,
        boot,
        acked: chain.acked,
        base: chain.base,
        memory: &memory,
    };
    schema::put_state(&connection, &state)?;
    connection.execute_batch("COMMIT")?;
    let copy_serves = certain && evidence.copy_is_whole();
    let named = place.with(if copy_serves {
        SALVAGED
    } else {
        SALVAGED_ALONE
    });
    schema::finish(place, connection, &building, &named)?;
    let aside = take_place(place)?.unwrap_or_default();
    Ok(Salvaged {
        why: why.to_string(),
        last: chain.end,
        uncertain_to,
        aside,
    })
}

const SALVAGED: &str = "-salvaged";
const SALVAGED_ALONE: &str = "-salvaged-alone";

/// Sets the damaged files aside and gives the salvaged database its name, also where a power cut
/// ended that half-way. `None`: there was nothing to do.
pub(super) fn take_place(place: &Place) -> Result<Option<u32>, JournalFault> {
    let disk = place.disk();
    let alone = place.there(&place.with(SALVAGED_ALONE))?;
    let salvaged = place.with(if alone { SALVAGED_ALONE } else { SALVAGED });
    if !place.there(&salvaged)? {
        return Ok(None);
    }
    let aside = place.next_aside()?;
    let moved = |from: &std::path::Path, suffix: &str| -> std::io::Result<()> {
        match place.there(from)? {
            true => disk.rename(from, &place.with(&format!(".damaged-{aside}{suffix}"))),
            false => Ok(()),
        }
    };
    if alone {
        place.set_segments_aside(aside)?;
    }
    // The log first: a new database must never find an old one's log beside it.
    moved(&place.with("-wal"), "-wal")?;
    disk.remove(&place.with("-shm"))?;
    disk.sync_directory(directory_of(&place.path))?;
    moved(&place.path, "")?;
    disk.remove(&place.with(Journal::SUSPECT))?;
    rename_durably(disk, &salvaged, &place.path)?;
    place.drop_asides(false)?;
    Ok(Some(aside))
}

/// The first line after the gap, signed like every other.
fn jump(
    connection: &Connection,
    chain: &Chain,
    evidence: &Evidence,
    (gateway, key): (GatewayId, &SigningKey),
    boot: u32,
    now: Now,
) -> Result<u64, JournalFault> {
    let last = chain.end;
    let uncertain_to = last.seq.max(evidence.highest).max(chain.acked.seq) + SALVAGE_SKIP;
    let before = Head {
        seq: uncertain_to,
        hash: last.hash,
    };
    let at = Stamp {
        boot,
        mono_ms: now.mono,
        wall_ms: now.wall,
        clock: ClockQuality::Unset,
    };
    let fact = Fact::JournalSalvaged { last, uncertain_to };
    let made = signing::append(key, gateway, before, at, fact);
    let line = Line {
        head: made.head,
        text: made.line,
    };
    evidence::insert(connection, &line)?;
    let first_seq = line.head.seq;
    insert_jump(connection, Jump { last, first_seq })?;
    Ok(uncertain_to)
}

/// The newest memory there is, brought over the lines that came after it. Whatever else is
/// believed, a grant that any source shows as used stays used.
fn memory(
    connection: &Connection,
    evidence: &Evidence,
    chain: &Chain,
    now: Now,
) -> Result<Memory, JournalFault> {
    let (mut memory, known_to) = evidence.newest_memory(chain.base.seq);
    if memory == Memory::default() {
        // What was redeemed in lines that are not kept is known to the cloud.
        memory.till.honoured_from = known_to;
    }
    let mut rebuild = Rebuild::of(memory, now.wall);
    let mut statement =
        connection.prepare("SELECT seq, hash, line FROM event WHERE seq > ?1 ORDER BY seq")?;
    let recent = chain
        .end
        .seq
        .saturating_sub(USED_LINES_MAX)
        .max(chain.base.seq);
    let mut rows = statement.query([seq_to_sql(recent.min(known_to))])?;
    while let Some(row) = rows.next()? {
        let line = of_row(row)??;
        if line.head.seq > known_to {
            rebuild.fold(&line);
        }
        if !evidence.copy_is_whole() && line.head.seq > recent {
            rebuild.remember_used(&line);
        }
    }
    let mut memory = rebuild.done();
    for (grant, until) in evidence.all_used_grants() {
        memory.used_grants.entry(grant).or_insert(until);
    }
    Ok(memory)
}
