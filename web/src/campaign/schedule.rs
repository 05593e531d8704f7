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

/// What has happened that no clock tells.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub committed_ms: Option<UnixMs>,
    pub shuffled: bool,
    pub claim_until_ms: Option<UnixMs>,
}

impl CampaignTerms {
    /// The latest moment for the list.
    pub fn commit_by_ms(&self) -> Option<UnixMs> {
        self.draw_ms().map(|at| at.plus(-COMMIT_LEAD_MS))
    }

    /// In order of time; nothing of a draw that nobody may promise.
    pub(crate) fn moments(&self, now: UnixMs, so_far: &Progress) -> Vec<Moment> {
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
            let committed = so_far.committed_ms;
            all.push(committed.or(self.commit_by_ms()).map(|at_ms| Moment {
                kind: MomentKind::Commit,
                at_ms,
                done: committed.is_some(),
            }));
            all.push(Some(Moment {
                kind: MomentKind::Shuffle,
                at_ms: self.freeze_ms.plus(SHUFFLE_LAG_MS),
                done: so_far.shuffled,
            }));
            all.push(self.draw_ms().map(|at_ms| Moment {
                kind: MomentKind::Extraction,
                at_ms,
                done: self.stage >= CampaignStage::Drawn,
            }));
        }
        all.push(passed(MomentKind::ClaimEnds, so_far.claim_until_ms));
        let mut moments: Vec<Moment> = all.into_iter().flatten().collect();
        moments.sort_by_key(|moment| moment.at_ms);
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::PlannedExtraction;

    const HOUR_MS: i64 = 60 * 60_000;

    fn terms(stage: CampaignStage, mode: CampaignMode) -> CampaignTerms {
        let at = |hours: i64| UnixMs(hours * HOUR_MS);
        CampaignTerms {
            id: "x".into(),
            name: "Natal".into(),
            mode,
            stage,
            promoter: "Mercado".into(),
            promoter_document: String::new(),
            stores: vec![],
            certificate: None,
            published_ms: Some(at(0)),
            opens_ms: at(1),
            closes_ms: at(100),
            freeze_ms: at(172),
            extraction: Some(PlannedExtraction {
                number: "06017".into(),
                at_ms: at(220),
            }),
            prizes: vec![],
            entries_per_person: 1,
            minimum_age: 18,
            alternates: 20,
            claim_days: 180,
            rules_hash: None,
        }
    }

    #[test]
    fn moments_come_in_order_and_the_list_a_day_before_the_extraction() {
        use MomentKind as K;
        let terms = terms(CampaignStage::Open, CampaignMode::Draw);
        let moments = terms.moments(UnixMs(50 * HOUR_MS), &Progress::default());
        let told: Vec<(MomentKind, i64, bool)> = moments
            .iter()
            .map(|moment| (moment.kind, moment.at_ms.0 / HOUR_MS, moment.done))
            .collect();
        assert_eq!(
            told,
            [
                (K::Published, 0, true),
                (K::Opens, 1, true),
                (K::Closes, 100, false),
                (K::Freeze, 172, false),
                (K::Shuffle, 172, false),
                (K::Commit, 196, false),
                (K::Extraction, 220, false),
            ]
        );
    }

    #[test]
    fn what_a_clock_does_not_tell_is_not_said_to_be_done() {
        let terms = terms(CampaignStage::Pending, CampaignMode::Draw);
        let late = UnixMs(1_000 * HOUR_MS);
        let open = |moments: Vec<Moment>| -> Vec<MomentKind> {
            let waiting = moments.into_iter().filter(|moment| !moment.done);
            waiting.map(|moment| moment.kind).collect()
        };
        assert_eq!(
            open(terms.moments(late, &Progress::default())),
            [
                MomentKind::Shuffle,
                MomentKind::Commit,
                MomentKind::Extraction
            ]
        );
        let listed = Progress {
            committed_ms: Some(UnixMs(173 * HOUR_MS)),
            shuffled: true,
            claim_until_ms: None,
        };
        assert_eq!(open(terms.moments(late, &listed)), [MomentKind::Extraction]);
    }

    #[test]
    fn nothing_is_told_of_a_draw_that_is_not_promised_or_not_held() {
        let draft = terms(CampaignStage::Draft, CampaignMode::Draw);
        assert!(draft.moments(UnixMs(0), &Progress::default()).is_empty());
        let certain = terms(CampaignStage::Open, CampaignMode::Certain);
        let kinds = certain.moments(UnixMs(0), &Progress::default());
        assert!(kinds.iter().all(|moment| moment.kind < MomentKind::Freeze));
        assert_eq!(kinds.len(), 3);
    }
}
