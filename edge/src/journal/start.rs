//! Opening a journal: fast however long it is, healed where it is damaged, and in step with its copy.
//!
//! What is checked before the first tap: head, schema, state, the last lines with their hashes, and
//! the end of the copy. The rest is checked in the background (see `check`).

use super::copy::text::{Mark, Reading};
use super::copy::{Copy, Found};
use super::line::{Jump, Line, head_of, of_row};
use super::place::Place;
use super::salvage::{self, Salvaged};
use super::stored::{Stored, insert, insert_jump};
use super::{Journal, JournalFault, Placed, copy_memory, schema};
use ed25519_dalek::SigningKey;
use edge_core::io::{Memory, Now};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use shared::chain::Head;
use shared::ids::GatewayId;

/// Lines at the end that are checked at every start: what a power cut can have touched.
const LAST_CHECKED: u64 = 64;

/// Lines that are read at once to bring the copy up.
const CATCH_UP_LINES: usize = 2_000;

/// Opens the journal; where it is damaged, salvages it once and opens that.
pub(super) fn open(
    place: &Place,
    gateway: GatewayId,
    key: &SigningKey,
    now: Now,
) -> Result<Journal, JournalFault> {
    salvage::take_place(place)?;
    let fault = match whole(place, gateway, key, None) {
        Ok(journal) => return Ok(journal),
        Err(fault) if fault.may_be_salvaged() => fault,
        Err(fault) => return Err(fault),
    };
    tracing::error!(%fault, "the journal is damaged; putting it together again");
    let salvaged = salvage::salvage(place, gateway, key, now, fault)?;
    match salvaged.uncertain_to {
        None => tracing::warn!(
            journal.head = salvaged.last.seq,
            "the journal is salvaged whole"
        ),
        Some(uncertain_to) => tracing::error!(
            journal.head = salvaged.last.seq,
            journal.uncertain_to = uncertain_to,
            "the journal is salvaged; events after the last may be lost"
        ),
    }
    whole(place, gateway, key, Some(salvaged))
}

fn whole(
    place: &Place,
    gateway: GatewayId,
    key: &SigningKey,
    salvaged: Option<Salvaged>,
) -> Result<Journal, JournalFault> {
    if place.there(&place.with(Journal::SUSPECT))? {
        return Err(JournalFault::Damaged("the background check"));
    }
    let connection = schema::open(place)?;
    let state = connection.query_row(
        "UPDATE state SET boot = boot + 1
         RETURNING gateway, boot, acked_seq, acked_hash, memory, base_seq, base_hash",
        [],
        State::of_row,
    )?;
    match state.gateway.parse::<GatewayId>() {
        Ok(owner) if owner == gateway => {}
        Ok(owner) => return Err(JournalFault::OtherGateway(owner.to_string())),
        Err(_) => return Err(JournalFault::Damaged("owner")),
    }
    let memory =
        serde_json::from_str(&state.memory).map_err(|_| JournalFault::Damaged("memory"))?;
    let base = head_or_empty(state.base, &gateway)?;
    let last = connection
        .query_row(
            "SELECT seq, hash, line FROM event ORDER BY seq DESC LIMIT 1",
            [],
            of_row,
        )
        .optional()?;
    let head = last.transpose()?.map_or(base, |line| line.head);
    let mut stored = Stored {
        jumps: jumps(&connection)?,
        connection,
        place: place.clone(),
        gateway,
        key: key.clone(),
        boot: state.boot,
        base,
        head,
        acked: head_or_empty(state.acked, &gateway)?,
        memory,
    };
    stored.check_end()?;
    let copy = stored.in_step()?;
    Ok(stored.with(copy, salvaged))
}

impl Stored {
    /// The last lines must follow each other, be ours, and know the acknowledged one.
    fn check_end(&self) -> Result<(), JournalFault> {
        let from = self
            .head
            .seq
            .saturating_sub(LAST_CHECKED)
            .max(self.base.seq);
        let mut after = match self.jumps.last() {
            Some(jump) if from < jump.first_seq => jump.last.seq,
            _ => from,
        };
        let mut before: Option<Head> = (after == self.base.seq).then_some(self.base);
        while after < self.head.seq {
            let lines = self.lines_after(after, LAST_CHECKED as usize)?;
            for line in &lines {
                let (claimed, prev) = Line::claimed(&line.text, &self.gateway)
                    .ok_or(JournalFault::Damaged("last events"))?;
                let follows = before.is_none_or(|head| line.follows(prev, head));
                if claimed != *line || !follows {
                    return Err(JournalFault::Damaged("last events"));
                }
                before = Some(line.head);
                after = line.head.seq;
            }
        }
        match self.placed(self.acked)? {
            Placed::Here | Placed::Lost => Ok(()),
            Placed::Pruned | Placed::Elsewhere => Err(JournalFault::Damaged("acknowledgement")),
        }
    }

    /// Brings copy and database to the same line.
    fn in_step(&mut self) -> Result<Copy, JournalFault> {
        let (copy, reading) = match Copy::open(&self.place)? {
            Found::Nothing => return self.copy_anew(),
            Found::Broken => {
                tracing::error!("the journal's copy cannot be read; it is made anew");
                return self.copy_anew();
            }
            Found::Open(open) => *open,
        };
        if reading.gateway != self.gateway {
            return Err(JournalFault::OtherGateway(reading.gateway.to_string()));
        }
        match self.placed(reading.end)? {
            Placed::Here => self.copy_behind(copy, &reading),
            _ if reading.end.seq > self.head.seq => {
                self.copy_ahead(&reading)?;
                Ok(copy)
            }
            _ => {
                tracing::error!("the journal's copy tells of another past; it is made anew");
                self.copy_anew()
            }
        }
    }

    fn copy_behind(&mut self, mut copy: Copy, reading: &Reading) -> Result<Copy, JournalFault> {
        let theirs: Option<Memory> = serde_json::from_value(reading.mark.memory.clone()).ok();
        let level = reading.end == self.head;
        if level && theirs.as_ref() == Some(&self.memory) {
            return Ok(copy);
        }
        if let (true, false, Some(theirs)) = (level, reading.torn, theirs) {
            // The last commit reached the copy only: nobody was told, and nothing contradicts it.
            self.adopt(&[], reading, theirs)?;
            return Ok(copy);
        }
        let memory = copy_memory(&self.memory)?;
        let mut after = reading.end.seq;
        loop {
            let lines = self.lines_after(after, CATCH_UP_LINES)?;
            copy.catch_up(&lines, self.boot, self.acked.seq, &memory)?;
            match lines.last() {
                Some(line) if line.head.seq < self.head.seq => after = line.head.seq,
                _ => return Ok(copy),
            }
        }
    }

    /// The copy has lines that the database lacks: those of a commit that a power cut ended, or of a
    /// lost write-ahead log.
    fn copy_ahead(&mut self, reading: &Reading) -> Result<(), JournalFault> {
        let known = reading.lines.iter().position(|line| line.head == self.head);
        let first = match known {
            Some(index) => index + 1,
            None if reading.base == self.head => 0,
            None => return Err(JournalFault::Damaged("the database ends before its copy")),
        };
        let memory = serde_json::from_value(reading.mark.memory.clone())
            .map_err(|_| JournalFault::Damaged("memory of the copy"))?;
        self.adopt(&reading.lines[first..], reading, memory)
    }

    fn adopt(
        &mut self,
        lines: &[Line],
        reading: &Reading,
        memory: Memory,
    ) -> Result<(), JournalFault> {
        tracing::warn!(
            journal.head = reading.end.seq,
            lines = lines.len(),
            "the last commit is taken over from the journal's copy"
        );
        let boot = self.boot.max(reading.mark.boot + 1);
        let transaction = self.connection.transaction()?;
        for line in lines {
            insert(&transaction, line)?;
            if let Some(last) = line.jump() {
                let first_seq = line.head.seq;
                insert_jump(&transaction, Jump { last, first_seq })?;
                self.jumps.push(Jump { last, first_seq });
            }
        }
        let text = serde_json::to_string(&memory).map_err(|_| JournalFault::Damaged("memory"))?;
        transaction.execute(
            "UPDATE state SET memory = ?1, boot = ?2",
            params![text, boot],
        )?;
        transaction.commit()?;
        (self.boot, self.memory, self.head) = (boot, memory, reading.end);
        Ok(())
    }

    /// A new copy of everything that the cloud does not hold yet.
    fn copy_anew(&mut self) -> Result<Copy, JournalFault> {
        let memory = copy_memory(&self.memory)?;
        let base = match self.placed(self.acked)? {
            Placed::Here => self.acked,
            _ => self.jumps.last().map_or(self.base, |jump| jump.last),
        };
        if !self.place.segments()?.is_empty() {
            // What the database cannot give, a salvage may still find in the old copy.
            self.can_read_after(base)?;
            self.place.set_segments_aside(self.place.next_aside()?)?;
            self.place.drop_asides(false)?;
        }
        let mark = Mark {
            boot: self.boot,
            acked: self.acked.seq,
            memory,
        };
        let copy = Copy::begin(&self.place, self.gateway, base, mark.clone())?;
        if base == self.head {
            return Ok(copy);
        }
        let reading = Reading {
            gateway: self.gateway,
            base,
            end: base,
            mark,
            lines: Vec::new(),
            whole_bytes: 0,
            torn: true,
        };
        self.copy_behind(copy, &reading)
    }
}

impl Stored {
    /// An error unless every line after `base` is there.
    fn can_read_after(&self, base: Head) -> Result<(), JournalFault> {
        let mut after = base.seq;
        while after < self.head.seq {
            let lines = self.lines_after(after, CATCH_UP_LINES)?;
            let Some(line) = lines.last() else {
                return Err(JournalFault::Damaged("event"));
            };
            after = line.head.seq;
        }
        Ok(())
    }
}

fn jumps(connection: &Connection) -> Result<Vec<Jump>, JournalFault> {
    let mut statement =
        connection.prepare("SELECT first_seq, last_seq, last_hash FROM jump ORDER BY first_seq")?;
    let mut rows = statement.query([])?;
    let mut jumps = Vec::new();
    while let Some(row) = rows.next()? {
        let first: i64 = row.get(0)?;
        let hash: Vec<u8> = row.get(2)?;
        jumps.push(Jump {
            last: head_of(row.get(1)?, &hash)?,
            first_seq: u64::try_from(first).map_err(|_| JournalFault::Damaged("number"))?,
        });
    }
    Ok(jumps)
}

struct State {
    gateway: String,
    boot: u32,
    acked: (i64, Vec<u8>),
    memory: String,
    base: (i64, Vec<u8>),
}

impl State {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            gateway: row.get(0)?,
            boot: row.get(1)?,
            acked: (row.get(2)?, row.get(3)?),
            memory: row.get(4)?,
            base: (row.get(5)?, row.get(6)?),
        })
    }
}

fn head_or_empty((seq, hash): (i64, Vec<u8>), gateway: &GatewayId) -> Result<Head, JournalFault> {
    match seq {
        0 => Ok(Head::empty(gateway)),
        _ => head_of(seq, &hash),
    }
}
