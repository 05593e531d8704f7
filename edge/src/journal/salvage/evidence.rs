//! What copy and database still say, each as far as it can be believed.

use crate::journal::copy::{self, text};
use crate::journal::line::{Line, head_of, of_row, seq_to_sql};
use crate::journal::place::Place;
use crate::journal::{JournalFault, KEPT_ACKED_LINES, held, schema};
use ed25519_dalek::SigningKey;
use edge_core::io::Memory;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};
use shared::chain::Head;
use shared::ids::{GatewayId, GrantId};
use shared::time::UnixMs;

#[derive(Default)]
pub(super) struct Evidence {
    copy: Option<CopySays>,
    database: DatabaseSays,
    /// The highest number of any line that proved itself.
    pub(super) highest: u64,
}

struct CopySays {
    base: Head,
    /// The end of its last whole frame.
    end: Head,
    mark: text::Mark,
    /// Every segment follows the one before, and nothing torn ends it.
    whole: bool,
}

#[derive(Default)]
struct DatabaseSays {
    boot: Option<u32>,
    acked: Option<Head>,
    base: Option<Head>,
    memory: Option<Memory>,
    /// The last line that proved itself.
    end: u64,
}

/// Reads both, and stores every line that proves itself with `building`.
pub(super) fn collect(
    place: &Place,
    gateway: &GatewayId,
    key: &SigningKey,
    building: &Connection,
) -> Result<Evidence, JournalFault> {
    let mut evidence = Evidence {
        copy: copy_says(place, gateway, key, building)?,
        ..Evidence::default()
    };
    // Where the copy is whole, only what it may lack is asked of the database.
    let known_to = match &evidence.copy {
        Some(copy) if copy.whole => Some(copy.end.seq),
        _ => None,
    };
    let copy_acked = evidence.copy.as_ref().map_or(0, |copy| copy.mark.acked);
    if let Ok(damaged) = open_damaged(place) {
        let says = &mut evidence.database;
        if read_state(&damaged, gateway, says) {
            let acked = says.acked.map_or(0, |head| head.seq).max(copy_acked);
            let floor = known_to.unwrap_or(acked.saturating_sub(KEPT_ACKED_LINES));
            says.end = copy_lines(&damaged, gateway, floor, building)?;
            held::carry_over(&damaged, building)?;
        }
    }
    let highest: Option<i64> =
        building.query_row("SELECT max(seq) FROM event", [], |row| row.get(0))?;
    evidence.highest = u64::try_from(highest.unwrap_or(0)).unwrap_or(0);
    Ok(evidence)
}

/// Stores a line unless its number is taken.
pub(super) fn insert(building: &Connection, line: &Line) -> Result<(), JournalFault> {
    building
        .prepare_cached("INSERT OR IGNORE INTO event (seq, hash, line) VALUES (?1, ?2, ?3)")?
        .execute(params![
            seq_to_sql(line.head.seq),
            line.head.hash.as_bytes(),
            line.text
        ])?;
    Ok(())
}

impl Evidence {
    /// Whether nothing can have been written after `end`: a whole copy ends there, and the copy is
    /// never behind the database.
    pub(super) fn ends_at(&self, end: Head) -> bool {
        self.copy_is_whole()
            && self.highest <= end.seq
            && self.copy.as_ref().is_some_and(|copy| copy.end == end)
    }

    /// At least one segment of the copy could be read.
    pub(super) fn has_copy(&self) -> bool {
        self.copy.is_some()
    }

    pub(super) fn copy_is_whole(&self) -> bool {
        self.copy.as_ref().is_some_and(|copy| copy.whole)
    }

    pub(super) fn boot(&self) -> u32 {
        let copy = self.copy.as_ref().map_or(0, |copy| copy.mark.boot);
        self.database.boot.unwrap_or(0).max(copy)
    }

    /// Number of the last line that the cloud is known to hold.
    pub(super) fn acked_seq(&self) -> u64 {
        let copy = self.copy.as_ref();
        let copy = copy.map_or(0, |copy| copy.mark.acked.max(copy.base.seq));
        self.database.acked.map_or(0, |head| head.seq).max(copy)
    }

    /// Heads that are known without their lines, the highest first.
    pub(super) fn bare_heads(&self) -> Vec<Head> {
        let copy_base = self.copy.as_ref().map(|copy| copy.base);
        let mut heads: Vec<Head> = [self.database.acked, self.database.base, copy_base]
            .into_iter()
            .flatten()
            .collect();
        heads.sort_by_key(|head| std::cmp::Reverse(head.seq));
        heads
    }

    /// The newest memory, and the number of the last line it knows of.
    pub(super) fn newest_memory(&self, base_seq: u64) -> (Memory, u64) {
        let copy = self.copy.as_ref().and_then(|copy| {
            let memory = serde_json::from_value(copy.mark.memory.clone()).ok()?;
            Some((memory, copy.end.seq))
        });
        let database = self.database.memory.clone();
        let database = database.map(|memory| (memory, self.database.end));
        match (copy, database) {
            (Some(copy), _) if self.copy_is_whole() => copy,
            (Some(copy), Some(database)) if copy.1 > database.1 => copy,
            (_, Some(database)) => database,
            (Some(copy), None) => copy,
            (None, None) => (Memory::default(), base_seq),
        }
    }

    pub(super) fn all_used_grants(&self) -> Vec<(GrantId, UnixMs)> {
        if self.copy_is_whole() {
            return Vec::new();
        }
        let of_copy = self
            .copy
            .as_ref()
            .and_then(|copy| serde_json::from_value::<Memory>(copy.mark.memory.clone()).ok());
        let memories = self.database.memory.clone().into_iter().chain(of_copy);
        memories.flat_map(|memory| memory.used_grants).collect()
    }
}

fn copy_says(
    place: &Place,
    gateway: &GatewayId,
    key: &SigningKey,
    building: &Connection,
) -> Result<Option<CopySays>, JournalFault> {
    let mut says: Option<CopySays> = None;
    let mut whole = true;
    let mut before: Option<u64> = None;
    for (base_seq, packed) in place.segments()? {
        let bytes = copy::segment_text(place, base_seq, packed).unwrap_or_default();
        let reading = text::read(&bytes).filter(|reading| reading.gateway == *gateway);
        let Some(reading) = reading else {
            whole = false;
            for line in text::loose(&bytes, gateway, key) {
                insert(building, &line)?;
            }
            continue;
        };
        for line in &reading.lines {
            insert(building, line)?;
        }
        if reading.torn {
            for line in text::loose(&bytes[reading.whole_bytes..], gateway, key) {
                insert(building, &line)?;
            }
        }
        // A power cut while a segment is packed leaves it twice.
        let twin = before == Some(base_seq);
        before = Some(base_seq);
        let follows = says.as_ref().is_none_or(|says| says.end == reading.base);
        whole &= (follows || twin) && !reading.torn;
        says = Some(CopySays {
            base: says.map_or(reading.base, |says| says.base),
            end: reading.end,
            mark: reading.mark,
            whole: false,
        });
    }
    Ok(says.map(|says| CopySays { whole, ..says }))
}

/// Opens the damaged database so that looking changes it as little as can be.
fn open_damaged(place: &Place) -> Result<Connection, JournalFault> {
    if place.disk.size(&place.path)?.unwrap_or(0) == 0 {
        return Err(JournalFault::NotADatabase);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = schema::connect(place, &place.path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA wal_autocheckpoint = 0")?;
    Ok(connection)
}

/// False: the database is another gateway's, and says nothing about this one.
fn read_state(damaged: &Connection, gateway: &GatewayId, says: &mut DatabaseSays) -> bool {
    let text = |column: &str| -> Option<String> {
        let sql = format!("SELECT {column} FROM state");
        damaged.query_row(&sql, [], |row| row.get(0)).ok()
    };
    let head = |name: &str| -> Option<Head> {
        let sql = format!("SELECT {name}_seq, {name}_hash FROM state");
        let row = damaged.query_row(&sql, [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        let (seq, hash) = row.ok()?;
        head_of(seq, &hash).ok()
    };
    let owner = text("gateway").and_then(|text| text.parse::<GatewayId>().ok());
    if owner.is_some_and(|owner| owner != *gateway) {
        return false;
    }
    let boot = damaged.query_row("SELECT boot FROM state", [], |row| row.get(0));
    says.boot = boot.ok();
    says.acked = head("acked");
    says.base = head("base");
    says.memory = text("memory").and_then(|text| serde_json::from_str(&text).ok());
    true
}

/// Copies the lines after `floor`: forward to the first damage, then backward to the last. Answers
/// the highest number.
fn copy_lines(
    damaged: &Connection,
    gateway: &GatewayId,
    floor: u64,
    building: &Connection,
) -> Result<u64, JournalFault> {
    let (mut highest, mut reached) = (0, floor);
    for (direction, sql) in [
        "SELECT seq, hash, line FROM event WHERE seq > ?1 ORDER BY seq",
        "SELECT seq, hash, line FROM event WHERE seq > ?1 ORDER BY seq DESC",
    ]
    .into_iter()
    .enumerate()
    {
        let Ok(mut statement) = damaged.prepare(sql) else {
            continue;
        };
        let Ok(mut rows) = statement.query([seq_to_sql(reached)]) else {
            continue;
        };
        while let Ok(Some(row)) = rows.next() {
            let Ok(Ok(line)) = of_row(row) else { continue };
            let claims = Line::claimed(&line.text, gateway).map(|(claimed, _)| claimed);
            if claims.as_ref() != Some(&line) {
                continue;
            }
            insert(building, &line)?;
            highest = highest.max(line.head.seq);
            if direction == 0 {
                reached = line.head.seq;
            }
        }
    }
    Ok(highest)
}
