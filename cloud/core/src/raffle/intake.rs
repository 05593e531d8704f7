//! Which campaign a return takes part in.
//!
//! A gateway's clock decides nothing: the cloud knows only that an event happened after the head
//! that the gateway had told before, and before it arrived.

use shared::time::UnixMs;

/// When campaigns of one store take entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub opens_ms: UnixMs,
    /// The last moment of a return that counts.
    pub closes_ms: UnixMs,
    /// The last moment at which it may become known.
    pub t_close_ms: UnixMs,
}

/// What the cloud knows of an event's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// When it took the gateway's head before this event. None: there was none.
    pub after_ms: Option<UnixMs>,
    pub arrived_ms: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Index among the windows.
    pub window: usize,
    /// It may belong to an earlier campaign, and became known too late for it.
    pub is_late: bool,
}

/// Of `windows`, ascending by opening and without overlap: the first that the return may have
/// happened in and that still takes it; what is too late for one joins the next. In doubt the
/// customer's word stands. None: no campaign takes it.
pub fn joins(windows: &[Window], known: Known) -> Option<Joined> {
    let mut is_late = false;
    for (index, window) in windows.iter().enumerate() {
        let may_be_before_its_end = known.after_ms.is_none_or(|after| after <= window.closes_ms);
        if !may_be_before_its_end {
            continue;
        }
        if known.arrived_ms > window.t_close_ms {
            is_late = true;
        } else if is_late || known.arrived_ms >= window.opens_ms {
            return Some(Joined {
                window: index,
                is_late,
            });
        } else {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_joins_the_first_campaign_that_can_still_take_it() {
        let window = |opens_ms, closes_ms, t_close_ms| Window {
            opens_ms: UnixMs(opens_ms),
            closes_ms: UnixMs(closes_ms),
            t_close_ms: UnixMs(t_close_ms),
        };
        // May, June, and after a pause August.
        let windows = [
            window(100, 200, 230),
            window(201, 300, 330),
            window(400, 500, 530),
        ];
        for (after, arrived, expected) in [
            // Plain.
            (Some(150), 151, Some((0, false))),
            (None, 150, Some((0, false))),
            // The bounds.
            (Some(100), 100, Some((0, false))),
            (Some(99), 99, None),
            (Some(200), 230, Some((0, false))),
            // Arrived in the grace, and may have happened before the end.
            (Some(199), 229, Some((0, false))),
            // Arrived in the grace, and surely happened after the end.
            (Some(201), 229, Some((1, false))),
            // Dark for too long: the next campaign.
            (Some(150), 231, Some((1, true))),
            (Some(150), 331, Some((2, true))),
            (Some(290), 390, Some((2, true))),
            // In the pause.
            (Some(340), 350, None),
            // After everything.
            (Some(150), 531, None),
            (Some(520), 525, None),
        ] {
            let known = Known {
                after_ms: after.map(UnixMs),
                arrived_ms: UnixMs(arrived),
            };
            let joined = joins(&windows, known).map(|joined| (joined.window, joined.is_late));
            assert_eq!(joined, expected, "{after:?} {arrived}");
        }
        assert_eq!(
            joins(
                &[],
                Known {
                    after_ms: None,
                    arrived_ms: UnixMs(1)
                }
            ),
            None
        );
    }
}
