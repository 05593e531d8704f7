//! What will happen when.

use super::{CampaignMode, CampaignStage, CampaignTerms};
use shared::time::UnixMs;

/// The list stands at least this long before the extraction.
const COMMIT_LEAD_MS: i64 = 24 * 60 * 60_000;

/// From the end with its grace to the public random value.
const SHUFFLE_LAG_MS: i64 = 30 * 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    Published,
    Opens,
    Closes,
    Freeze,
    /// At the latest, until it is done.
    Commit,
    Shuffle,
    Extraction,
    ClaimEnds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub kind: MomentKind,
    pub at_ms: UnixMs,
    pub done: bool,
}

impl CampaignTerms {
    /// The latest moment for the list.
    pub fn commit_by_ms(&self) -> Option<UnixMs> {
        self.draw_ms().map(|at| at.plus(-COMMIT_LEAD_MS))
    }

    /// In order of time; nothing of a draw that nobody may promise.
    pub(crate) fn moments(
        &self,
        now: UnixMs,
        committed_ms: Option<UnixMs>,
        claim_until_ms: Option<UnixMs>,
    ) -> Vec<Moment> {
        if !self.stage.promises() {
            return Vec::new();
        }
        let passed = |kind, at_ms: Option<UnixMs>| {
            at_ms.map(|at_ms| Moment {
                kind,
                at_ms,
                done: now >= at_ms,
            })
        };
        let mut all = vec![
            passed(MomentKind::Published, self.published_ms),
            passed(MomentKind::Opens, Some(self.opens_ms)),
            passed(MomentKind::Closes, Some(self.closes_ms)),
        ];
        if self.mode == CampaignMode::Draw {
            all.push(passed(MomentKind::Freeze, Some(self.freeze_ms)));
            all.push(committed_ms.or(self.commit_by_ms()).map(|at_ms| Moment {
                kind: MomentKind::Commit,
                at_ms,
                done: committed_ms.is_some(),
            }));
            let shuffled = self.freeze_ms.plus(SHUFFLE_LAG_MS);
            all.push(passed(MomentKind::Shuffle, Some(shuffled)));
            all.push(self.draw_ms().map(|at_ms| Moment {
                kind: MomentKind::Extraction,
                at_ms,
                done: self.stage >= CampaignStage::Drawn,
            }));
        }
        all.push(passed(MomentKind::ClaimEnds, claim_until_ms));
        let mut moments: Vec<Moment> = all.into_iter().flatten().collect();
        moments.sort_by_key(|moment| moment.at_ms);
        moments
    }
}
