use super::*;
use crate::limits::{
    BACKOFF_MS_BASE, BACKOFF_MS_MAX, BATCH_EVENTS_MIN, NEWS_SPACING_MS, PAUSE_MS_MAX,
    RETRY_AFTER_MS_MAX, STABLE_MS, SYNC_IDLE_MS, WAKE_SPACING_MS,
};
use SyncFailure::{CloudError, Fork, Gap, NotEnrolled, Refused, Unreachable};
use shared::chain::Hash;
use shared::ids::GatewayId;
use shared::time::UnixMs;

/// What happens; `Records` is the new head of the journal.
#[derive(Debug, Clone, Copy)]
enum Event {
    Started,
    Records(u64),
    Acked(u64),
    /// Acknowledged up to here, with a pause for history.
    Paused(u64, u64),
    Failed(SyncFailure),
    FailedFor(u64),
    Woken,
    Tick,
}
use Event::{Acked, Failed, FailedFor, Paused, Records, Started, Tick, Woken};

struct Line {
    uplink: Uplink,
    head_seq: u64,
}

impl Line {
    fn new(head_seq: u64, acked: u64) -> Self {
        let uplink = Uplink::new(head(acked));
        Self { uplink, head_seq }
    }

    /// The sequence a sync continues after, if one leaves.
    fn step(&mut self, at: u64, event: Event) -> Option<u64> {
        let now = now(at, 0);
        match event {
            Started => self.uplink.start(now.mono),
            Records(head_seq) => self.head_seq = head_seq,
            Acked(seq) => self.uplink.synced(head(seq), None, self.head_seq, now),
            Paused(seq, ms) => self.uplink.synced(head(seq), Some(ms), self.head_seq, now),
            Failed(failure) => self.uplink.failed(failure, None, self.head_seq, now),
            FailedFor(ms) => {
                let wish = Some(ms);
                self.uplink.failed(Unreachable, wish, self.head_seq, now);
            }
            Woken => self.uplink.wake(now.mono),
            Tick => {}
        }
        match self.uplink.poll(now.mono, self.head_seq) {
            Some(Command::Sync { after, .. }) => Some(after.seq),
            _ => None,
        }
    }

    fn next(&self) -> Option<u64> {
        self.uplink.next_attempt().map(|at| at.0)
    }
}

/// Runs (at, event, sync that leaves, next attempt) with a random source that draws zero.
fn play(head_seq: u64, acked: u64, steps: &[(u64, Event, Option<u64>, Option<u64>)]) -> Uplink {
    let mut line = Line::new(head_seq, acked);
    for (at, event, sync, next) in steps {
        let left = line.step(*at, *event);
        assert_eq!((left, line.next()), (*sync, *next), "{event:?} at {at}");
    }
    line.uplink
}

#[test]
fn syncs_leave_one_at_a_time_and_at_once_while_there_is_news() {
    let idle = |at| Some(at + SYNC_IDLE_MS);
    play(
        4_500,
        0,
        &[
            (0, Tick, None, None),
            (10, Started, Some(0), None),
            (20, Records(4_501), None, None),
            (30, Woken, None, None),
            (50, Acked(2_000), Some(2_000), None),
            (60, Acked(4_000), Some(4_000), None),
            (70, Acked(4_501), None, idle(70)),
            (80, Records(4_502), Some(4_501), None),
            (90, Records(4_503), None, None),
            (95, Acked(4_502), Some(4_502), None),
            (99, Acked(4_503), None, idle(99)),
            (200, Woken, Some(4_503), None),
            (210, Acked(4_503), None, idle(210)),
            (5_209, Tick, None, idle(210)),
            (5_210, Tick, Some(4_503), None),
            (5_220, Woken, None, None),
            (5_230, Acked(4_503), Some(4_503), None),
        ],
    );
}

#[test]
fn an_answer_that_commits_nothing_is_not_asked_for_again_at_once() {
    play(
        9,
        3,
        &[
            (0, Started, Some(3), None),
            (10, Acked(3), None, Some(10 + SYNC_IDLE_MS)),
            (20, Records(10), None, Some(10 + SYNC_IDLE_MS)),
            (5_010, Tick, Some(3), None),
            (5_020, Acked(10), None, Some(5_020 + SYNC_IDLE_MS)),
        ],
    );
}

#[test]
fn while_it_fails_only_wakes_hurry_and_not_often() {
    play(
        1,
        0,
        &[
            (0, Started, Some(0), None),
            (10, FailedFor(30_000), None, Some(30_010)),
            (20, Records(2), None, Some(30_010)),
            (30, Woken, None, Some(30_010)),
            (30_010, Tick, Some(0), None),
            (30_020, Failed(NotEnrolled), None, Some(60_021)),
            (30_030, Woken, None, Some(30_010 + WAKE_SPACING_MS)),
            (31_010, Tick, Some(0), None),
            (31_020, Woken, None, None),
            (31_030, Failed(NotEnrolled), None, Some(32_010)),
            (40_000, Tick, Some(0), None),
            (
                40_010,
                FailedFor(u64::MAX),
                None,
                Some(40_010 + RETRY_AFTER_MS_MAX),
            ),
        ],
    );
}

#[test]
fn those_who_were_told_the_same_do_not_come_back_at_the_same_moment() {
    let nexts = [0, 1, 1_999, 2_000, 5_432].map(|random| {
        let mut line = Line::new(1, 0);
        line.step(0, Started);
        let wish = Some(2_000);
        line.uplink.failed(CloudError, wish, 1, now(10, random));
        line.step(20, Woken);
        line.step(30, Records(2));
        line.next()
    });
    assert_eq!(nexts, [2_010, 2_011, 4_009, 2_010, 3_442].map(Some));
}

#[test]
fn news_hurries_a_failing_link_now_and_then() {
    let mut line = Line::new(1, 0);
    line.step(0, Started);
    line.uplink.failures = 20;
    line.uplink.failed(Unreachable, None, 1, now(10, 59_999));
    assert_eq!(line.next(), Some(60_010));
    let spaced = NEWS_SPACING_MS;
    for (at, event, sync, next) in [
        (20, Woken, None, Some(WAKE_SPACING_MS)),
        (1_000, Tick, Some(0), None),
    ] {
        let left = line.step(at, event);
        assert_eq!((left, line.next()), (sync, next), "{event:?} at {at}");
    }
    line.uplink.failed(Unreachable, None, 1, now(1_010, 59_999));
    line.uplink.poll(MonoMs(1_020), 1);
    assert_eq!(line.next(), Some(61_010), "nothing is new");
    line.step(1_030, Records(2));
    assert_eq!(line.next(), Some(1_000 + spaced));
    assert_eq!(line.step(1_000 + spaced, Tick), Some(0));
    // A person is waited for, whatever happens at the dock.
    line.uplink.failed(Fork, None, 2, now(12_000, 0));
    let slow = line.next();
    line.step(40_000, Records(3));
    assert_eq!(line.next(), slow);
}

#[test]
fn while_the_cloud_wants_no_history_it_hears_of_the_bays() {
    let idle = |at| Some(at + SYNC_IDLE_MS);
    let mut line = Line::new(5_000, 0);
    assert_eq!(line.step(0, Started), Some(0));
    line.step(10, Paused(0, 12_000));
    assert_eq!(line.next(), idle(10));
    let live = Some(Command::Sync {
        after: head(0),
        events_max: 0,
    });
    assert_eq!(line.uplink.poll(MonoMs(5_010), 5_000), live);
    line.step(5_020, Acked(0));
    assert_eq!(
        line.next(),
        idle(5_020),
        "a live answer does not end the pause"
    );
    line.step(5_030, Records(5_001));
    assert_eq!(line.next(), idle(5_020));
    assert_eq!(line.uplink.poll(MonoMs(10_020), 5_001), live);
    line.step(10_030, Acked(0));
    assert_eq!(
        line.next(),
        Some(12_010),
        "history goes on when the pause is over"
    );
    let history = Some(Command::Sync {
        after: head(0),
        events_max: BATCH_EVENTS_MAX,
    });
    assert_eq!(line.uplink.poll(MonoMs(12_010), 5_001), history);
    line.step(12_020, Acked(2_000));
    assert_eq!(line.next(), None, "and then at once");
    for (asked_ms, kept_ms) in [(0, 1), (u64::MAX, PAUSE_MS_MAX)] {
        line.step(12_030, Paused(2_000, asked_ms));
        assert_eq!(line.uplink.history_from, MonoMs(12_030 + kept_ms));
    }
}

#[test]
fn a_gap_is_continued_at_once_and_a_second_one_later() {
    let gap = |seq| {
        Failed(Gap {
            cloud_head: head(seq),
        })
    };
    let uplink = play(
        9,
        7,
        &[
            (0, Started, Some(7), None),
            (10, gap(4), Some(4), None),
            (20, gap(7), None, Some(21)),
            (21, Tick, Some(7), None),
            (30, Acked(9), None, Some(30 + SYNC_IDLE_MS)),
            (5_030, Tick, Some(9), None),
            (5_040, gap(10), None, Some(5_040 + BACKOFF_MS_MAX / 2 + 1)),
        ],
    );
    let since = MonoMs(5_040);
    let failure = Fork;
    let status = uplink.status(9);
    assert_eq!(status.link, Link::Failing { since, failure });
    assert_eq!((status.acked, status.head_seq), (head(9), 9));
}

#[test]
fn an_acknowledgement_of_what_never_was_is_a_fork() {
    let uplink = play(
        9,
        9,
        &[
            (0, Started, Some(9), None),
            (10, Acked(12), None, Some(10 + BACKOFF_MS_MAX / 2 + 1)),
            (20, Woken, None, Some(WAKE_SPACING_MS)),
        ],
    );
    assert_eq!(uplink.status(9).acked, head(9));
}

#[test]
fn retries_spread_below_a_ceiling_that_doubles_to_its_cap() {
    let mut ceiling_ms = BACKOFF_MS_BASE;
    for failures in 0..40 {
        for (random, delay_ms) in [(0, 1), (ceiling_ms - 1, ceiling_ms), (ceiling_ms, 1)] {
            for failure in [Unreachable, CloudError, Refused] {
                let mut line = Line::new(1, 0);
                line.step(0, Started);
                line.uplink.failures = failures;
                line.uplink.failed(failure, None, 1, now(1_000, random));
                assert_eq!(
                    line.next(),
                    Some(1_000 + delay_ms),
                    "{failures} {failure:?}"
                );
            }
        }
        ceiling_ms = (ceiling_ms * 2).min(BACKOFF_MS_MAX);
    }
}

#[test]
fn a_person_is_waited_for_slowly() {
    for failure in [Fork, NotEnrolled] {
        for random in [0, 1, 29_999, 30_000, u64::MAX] {
            let mut line = Line::new(1, 0);
            line.step(0, Started);
            line.uplink.failed(failure, None, 1, now(0, random));
            let next = line.next().unwrap();
            assert!((BACKOFF_MS_MAX / 2..=BACKOFF_MS_MAX).contains(&next));
        }
    }
}

#[test]
fn only_a_link_that_held_makes_retries_small_again() {
    for (held_ms, failures) in [(0, 6), (STABLE_MS - 1, 6), (STABLE_MS, 1)] {
        let mut line = Line::new(1, 0);
        line.step(0, Started);
        line.uplink.failures = 5;
        line.step(100, Acked(1));
        line.step(100 + held_ms, Woken);
        line.step(100 + held_ms, Failed(Unreachable));
        assert_eq!(line.uplink.failures, failures, "held for {held_ms}");
    }
}

#[test]
fn the_status_tells_since_when() {
    let mut line = Line::new(1, 0);
    assert_eq!(line.uplink.status(1).link, Link::Unknown);
    line.step(0, Started);
    for (at, event, link) in [
        (100, Acked(1), Link::Connected { since: MonoMs(100) }),
        (200, Acked(1), Link::Connected { since: MonoMs(100) }),
        (300, Failed(Unreachable), failing(300, Unreachable)),
        (900, Failed(Fork), failing(300, Fork)),
        (950, Acked(1), Link::Connected { since: MonoMs(950) }),
    ] {
        line.step(at, event);
        assert_eq!(line.uplink.status(1).link, link);
    }
}

#[test]
fn a_batch_that_is_lost_is_offered_in_smaller_pieces_until_one_gets_through() {
    let mut line = Line::new(5_000, 0);
    let mut at = 0;
    let mut after = |event: Event| {
        line.uplink.start(MonoMs(at));
        let polled = line.uplink.poll(MonoMs(at), line.head_seq);
        at += 1;
        line.step(at, event);
        match polled {
            Some(Command::Sync { events_max, .. }) => events_max,
            _ => 0,
        }
    };
    for (events_max, event) in [
        (2_000, Failed(NotEnrolled)),
        (2_000, Failed(Refused)),
        (1_000, Failed(CloudError)),
        (500, FailedFor(0)),
        (250, Failed(Unreachable)),
        (125, Failed(Unreachable)),
        (62, Failed(Unreachable)),
        (31, Failed(Unreachable)),
        (BATCH_EVENTS_MIN, Failed(Unreachable)),
    ] {
        assert_eq!(after(event), events_max, "before {event:?}");
    }
    let mut acked = 0;
    for events_max in [16, 32, 64, 128, 256, 512, 1_024, BATCH_EVENTS_MAX] {
        acked += 1;
        line.uplink.start(MonoMs(at));
        let polled = line.uplink.poll(MonoMs(at), line.head_seq);
        let after = head(acked - 1);
        assert_eq!(polled, Some(Command::Sync { after, events_max }));
        line.uplink
            .synced(head(acked), None, line.head_seq, now(at, 0));
    }
    let mut idle = Line::new(0, 0);
    idle.step(0, Started);
    idle.step(1, Failed(Unreachable));
    assert_eq!(
        idle.uplink.events_max, BATCH_EVENTS_MAX,
        "nothing was offered"
    );
}

fn failing(since: u64, failure: SyncFailure) -> Link {
    let since = MonoMs(since);
    Link::Failing { since, failure }
}

fn head(seq: u64) -> Head {
    Head {
        seq,
        hash: Hash::genesis(&GatewayId::new(1, [0; 10])),
    }
}

fn now(at: u64, random: u64) -> Now {
    Now {
        mono: MonoMs(at),
        wall: UnixMs(0),
        random,
    }
}
