use crate::campaign;
use crate::customer::OutsideReason;
use shared::time::UnixMs;

/// What becomes of a receipt's entry, beside its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRaffle {
    /// 32 hexadecimal digits.
    pub campaign_id: String,
    pub stage: EntryStage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryStage {
    /// The return counts; no draw is promised (a draft, or no permit).
    Noted,
    /// The list is not published yet.
    Waiting {
        closes_ms: UnixMs,
        /// At the latest.
        list_by_ms: UnixMs,
        draw_ms: UnixMs,
    },
    /// In the published list; the number comes with the shuffle.
    Listed {
        /// Seven digits.
        number: Option<String>,
        draw_ms: UnixMs,
    },
    /// The extraction is over and no result stands.
    Pending {
        number: Option<String>,
    },
    Outside(OutsideReason),
    /// The prize's page is `/premio/{code}`.
    Won {
        rank: u32,
        prize: String,
        code: String,
    },
    /// In reserve, from 1.
    Alternate {
        order: u32,
    },
    NotThisTime {
        number: Option<String>,
    },
    /// A certain prize is ready: its page is `/premio/{code}`.
    Certain {
        code: String,
    },
    WithoutDraw,
}

impl EntryRaffle {
    /// The proof and the receipt file are there.
    pub(crate) fn has_proof(&self) -> bool {
        matches!(
            self.stage,
            EntryStage::Listed { .. }
                | EntryStage::Pending { .. }
                | EntryStage::Won { .. }
                | EntryStage::Alternate { .. }
                | EntryStage::NotThisTime { .. }
        )
    }

    /// Series and order.
    pub(crate) fn number(&self) -> Option<(&str, &str)> {
        match &self.stage {
            EntryStage::Listed { number, .. }
            | EntryStage::Pending { number }
            | EntryStage::NotThisTime { number } => {
                number.as_deref().map(campaign::series_and_order)
            }
            _ => None,
        }
    }

    pub(crate) fn key(&self) -> &'static str {
        match &self.stage {
            EntryStage::Noted => "noted",
            EntryStage::Waiting { .. } => "waiting",
            EntryStage::Listed { number: None, .. } => "listed",
            EntryStage::Listed { .. } => "numbered",
            EntryStage::Pending { .. } => "pending",
            EntryStage::Outside(_) => "outside",
            EntryStage::Won { .. } => "won",
            EntryStage::Alternate { .. } => "alternate",
            EntryStage::NotThisTime { .. } => "over",
            EntryStage::Certain { .. } => "certain",
            EntryStage::WithoutDraw => "nodraw",
        }
    }
}
