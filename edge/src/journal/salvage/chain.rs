//! Which of the collected lines are the journal: an unbroken chain that goes on from what the cloud
//! acknowledged, the longest where nothing is known of that.

use super::evidence::Evidence;
use crate::journal::JournalFault;
use crate::journal::line::{Jump, Line, of_row, seq_to_sql};
use crate::journal::stored::{head_at, insert_jump};
use rusqlite::Connection;
use shared::chain::Head;
use shared::ids::GatewayId;

#[derive(Debug, Clone)]
pub(super) struct Chain {
    /// The line before the first.
    pub base: Head,
    pub end: Head,
    pub acked: Head,
}

#[derive(Debug)]
struct Run {
    base: Head,
    end: Head,
    count: u64,
    jumps: Vec<Jump>,
}

/// Leaves exactly the chain in `building`. `None`: there is nothing to go on from.
pub(super) fn choose(
    building: &Connection,
    evidence: &Evidence,
    gateway: &GatewayId,
) -> Result<Option<Chain>, JournalFault> {
    let acked_seq = evidence.acked_seq();
    let covers = |run: &Run| run.base.seq <= acked_seq && acked_seq <= run.end.seq;
    let (mut covering, others): (Vec<Run>, Vec<Run>) =
        runs(building, gateway)?.into_iter().partition(covers);
    let known = evidence.bare_heads().into_iter().next().map(Run::empty);
    // Lines above a hole lead nowhere: the cloud could never take them.
    let below = others.into_iter().filter(|run| run.end.seq < acked_seq);
    let without = below.chain(known).max_by_key(|run| run.end.seq);
    covering.sort_by_key(|run| run.count);
    let Some(run) = covering.pop().or(without) else {
        return Ok(None);
    };
    let (first, last) = (seq_to_sql(run.base.seq), seq_to_sql(run.end.seq));
    building.execute(
        "DELETE FROM event WHERE seq <= ?1 OR seq > ?2",
        [first, last],
    )?;
    for jump in &run.jumps {
        insert_jump(building, *jump)?;
    }
    Ok(Some(Chain {
        acked: acked(building, evidence, &run, acked_seq)?,
        base: run.base,
        end: run.end,
    }))
}

/// The acknowledged line, or the nearest one before it whose hash is known: the cloud corrects it.
fn acked(
    building: &Connection,
    evidence: &Evidence,
    run: &Run,
    seq: u64,
) -> Result<Head, JournalFault> {
    if let Some(head) = head_at(building, seq)? {
        return Ok(head);
    }
    let bare = evidence.bare_heads().into_iter();
    let gap = run.jumps.iter().map(|jump| jump.last);
    let mut heads: Vec<Head> = bare.chain(gap).filter(|head| head.seq <= seq).collect();
    heads.sort_by_key(|head| head.seq);
    Ok(match heads.pop() {
        Some(head) if head.seq >= run.base.seq => head,
        _ => run.base,
    })
}

impl Run {
    fn empty(head: Head) -> Self {
        Self {
            base: head,
            end: head,
            count: 0,
            jumps: Vec::new(),
        }
    }
}

fn runs(building: &Connection, gateway: &GatewayId) -> Result<Vec<Run>, JournalFault> {
    let mut statement = building.prepare("SELECT seq, hash, line FROM event ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut runs: Vec<Run> = Vec::new();
    while let Some(row) = rows.next()? {
        let line = of_row(row)??;
        let Some((_, prev)) = Line::claimed(&line.text, gateway) else {
            continue;
        };
        let jumped = line.jump();
        if let Some(run) = runs.last_mut().filter(|run| line.follows(prev, run.end)) {
            if let Some(last) = jumped {
                run.jumps.push(Jump {
                    last,
                    first_seq: line.head.seq,
                });
            }
            run.end = line.head;
            run.count += 1;
            continue;
        }
        let base = jumped.unwrap_or(Head {
            seq: line.head.seq - 1,
            hash: prev,
        });
        let jumps = jumped.map(|last| Jump {
            last,
            first_seq: line.head.seq,
        });
        runs.push(Run {
            base,
            end: line.head,
            count: 1,
            jumps: jumps.into_iter().collect(),
        });
    }
    Ok(runs)
}
