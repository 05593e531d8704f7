//! What was risked without the cloud's word in the running day, out of the lines.
//!
//! When the day began is not in them. So everything of the last 24 hours of running time counts, and
//! the day begins anew: the sum is never less than the true one, and is kept no shorter.

use edge_core::io::Exposure;
use edge_core::limits::DAY_MS;
use shared::allowance::CardKey;
use shared::event::Fact;
use shared::time::{ClockQuality, Stamp};
use std::collections::VecDeque;

/// Where no list says what a cart is worth here: the highest deposit a manager may ask for.
const PRICE_CENTAVOS_MAX: i64 = 50_000;

#[derive(Default)]
pub(super) struct Day {
    /// Running time between the lines. What passed between the last line of one start and the first
    /// of the next is left out: that only makes the day longer.
    running_ms: u64,
    last: Option<Stamp>,
    risks: VecDeque<Risk>,
}

struct Risk {
    at_ms: u64,
    card: Option<CardKey>,
}

impl Day {
    pub(super) fn passes(&mut self, at: Stamp, fact: &Fact) {
        if let Some(last) = self.last.replace(at).filter(|last| last.boot == at.boot) {
            self.running_ms += at.mono_ms.since(last.mono_ms);
        }
        let card = match fact {
            Fact::CardReleaseStarted { card, .. } => Some(*card),
            // With the cloud's time nothing is risked: the brain counts the same.
            Fact::ReleaseStarted { .. } if at.clock != ClockQuality::Server => None,
            _ => return,
        };
        let at_ms = self.running_ms;
        self.risks.push_back(Risk { at_ms, card });
        let is_over = |risk: &Risk| at_ms - risk.at_ms >= DAY_MS;
        while self.risks.front().is_some_and(is_over) {
            self.risks.pop_front();
        }
    }

    pub(super) fn count_into(self, exposure: &mut Exposure) {
        let price = exposure
            .limits
            .map_or(PRICE_CENTAVOS_MAX, |it| it.deposit_centavos.get().max(1));
        for risk in self.risks {
            if self.running_ms - risk.at_ms >= DAY_MS {
                continue;
            }
            exposure.centavos = exposure.centavos.saturating_add(price);
            if let Some(card) = risk.card {
                let today = exposure.releases.entry(card).or_default();
                *today = today.saturating_add(1);
            }
        }
    }
}
