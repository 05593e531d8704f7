use super::*;

const HOUR_MS: i64 = 60 * MINUTE_MS;
/// São Paulo, which has had no summer time since 2019.
const SAO_PAULO_MS: i64 = -3 * HOUR_MS;
/// Midnight at Greenwich.
const MIDNIGHT: UnixMs = UnixMs(20_000 * DAY_MS);

/// A moment by the clock on a wall in São Paulo.
fn wall(hour: i64, minute: i64) -> UnixMs {
    MIDNIGHT.plus(hour * HOUR_MS + minute * MINUTE_MS - SAO_PAULO_MS)
}

fn quiet(from: u16, until: u16) -> Quiet {
    Quiet {
        from_minute: from * 60,
        until_minute: until * 60,
    }
}

#[test]
fn what_rings_waits_for_the_morning() {
    let night = quiet(21, 8);
    let siesta = quiet(13, 15);
    for (hours, at, waits_until) in [
        (night, wall(20, 59), wall(20, 59)),
        (night, wall(21, 0), wall(32, 0)),
        (night, wall(23, 59), wall(32, 0)),
        (night, wall(24, 0), wall(32, 0)),
        (night, wall(31, 59), wall(32, 0)),
        (night, wall(32, 0), wall(32, 0)),
        (night, wall(12, 0), wall(12, 0)),
        (siesta, wall(12, 59), wall(12, 59)),
        (siesta, wall(13, 0), wall(15, 0)),
        (siesta, wall(14, 59), wall(15, 0)),
        (siesta, wall(15, 0), wall(15, 0)),
        (siesta, wall(2, 0), wall(2, 0)),
        // Until midnight, and from it.
        (quiet(21, 0), wall(22, 0), wall(24, 0)),
        (quiet(21, 0), wall(24, 0), wall(24, 0)),
        (quiet(0, 6), wall(0, 0), wall(6, 0)),
        (quiet(0, 6), wall(23, 59), wall(23, 59)),
        // None at all.
        (quiet(21, 21), wall(21, 0), wall(21, 0)),
        (quiet(0, 0), wall(3, 0), wall(3, 0)),
    ] {
        for channel in [Channel::Push, Channel::Messenger] {
            let due = due(at, SAO_PAULO_MS, channel, hours);
            assert_eq!(due, waits_until, "{channel:?} {hours:?} {}", at.0);
        }
        assert_eq!(due(at, SAO_PAULO_MS, Channel::Mail, hours), at);
    }
}

#[test]
fn quiet_hours_are_of_the_shops_clock() {
    // Half past nine in the evening at Greenwich is half past six in São Paulo.
    let at = MIDNIGHT.plus(21 * HOUR_MS + 30 * MINUTE_MS);
    let night = quiet(21, 8);
    assert_eq!(due(at, SAO_PAULO_MS, Channel::Push, night), at);
    let greenwich = due(at, 0, Channel::Push, night);
    assert_eq!(greenwich, MIDNIGHT.plus(32 * HOUR_MS));
    // East of Greenwich the same moment is long past midnight.
    let tokyo = due(at, 9 * HOUR_MS, Channel::Push, night);
    assert_eq!(tokyo, MIDNIGHT.plus(23 * HOUR_MS), "eight in Tokyo");
}

#[test]
fn a_warning_lives_as_long_as_its_danger_and_news_a_week() {
    let (then, later) = (MIDNIGHT, |ms| MIDNIGHT.plus(ms));
    for (kind, ahead, now, wanted) in [
        (Kind::AbandonmentNear, true, later(90 * DAY_MS), None),
        (Kind::AbandonmentNear, false, then, Some(Ended::Overtaken)),
        (Kind::Rescued, false, later(NEWS_MS), None),
        (Kind::Rescued, true, later(NEWS_MS + 1), Some(Ended::TooOld)),
    ] {
        assert_eq!(spent(kind, then, ahead, now), wanted, "{kind:?} {ahead}");
    }
}

#[test]
fn only_what_a_channel_accepted_is_told() {
    let told = |ms| State::Told { at_ms: UnixMs(ms) };
    let ended = State::Ended {
        why: Ended::Unreachable,
    };
    let waiting = State::Waiting;
    for (said, more, wanted) in [
        (vec![], false, Told::NoChannel),
        (vec![], true, Told::NotYet),
        (vec![waiting], false, Told::NotYet),
        (vec![waiting, ended], false, Told::NotYet),
        (vec![ended], false, Told::NoChannel),
        (vec![ended], true, Told::NotYet),
        (vec![waiting, told(9), told(7)], true, Told::At(UnixMs(7))),
        (vec![ended, told(9)], false, Told::At(UnixMs(9))),
    ] {
        assert_eq!(standing(&said, more), wanted, "{said:?} {more}");
    }
}

#[test]
fn names_are_stored_so_no_two_share_one() {
    use std::collections::BTreeSet;
    let kinds: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds.len(), Kind::ALL.len());
    let channels: BTreeSet<_> = Channel::ALL.iter().map(|c| c.as_str()).collect();
    assert_eq!(channels.len(), Channel::ALL.len());
    let reasons: BTreeSet<_> = Ended::ALL.iter().map(|why| why.as_str()).collect();
    assert_eq!(reasons.len(), Ended::ALL.len());
}

#[test]
fn a_warning_speaks_of_a_moment_and_news_of_a_week() {
    assert_eq!(NEWS_MS, 604_800_000);
    let at_ms = UnixMs(7);
    let warning = Notice::AbandonmentNear { at_ms };
    assert_eq!(warning.about_ms(), Some(at_ms));
    assert_eq!(Notice::Abandoned.about_ms(), None);
}
