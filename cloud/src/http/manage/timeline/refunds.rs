//! The steps of a rental that give money back: our orders, and what the bank did by itself.

use super::{Placed, Told, placed};
use crate::store::bank_return::{ReturnRow, ReturnState};
use crate::store::refund::RefundRow;
use cloud_core::refund::{RefundState, Refusal};
use web::manager::{RefundObstacle, ReturnNature, Source, Step, StepKind};

impl Told<'_> {
    pub(super) fn orders(&self) -> Vec<Placed> {
        let orders = self.story.refunds.iter();
        orders.map(|o| (o.ordered_ms, self.order(o))).collect()
    }

    pub(super) fn outcomes(&self) -> Vec<Placed> {
        let orders = self.story.refunds.iter();
        let own = orders.filter_map(|order| self.outcome(order));
        let by_bank = self.story.returns.iter().filter_map(|r| self.by_bank(r));
        own.chain(by_bank).collect()
    }

    fn order(&self, order: &RefundRow) -> Step {
        let mut sources = vec![
            Source::Refund(order.id.simple()),
            Source::EndToEndId(order.e2eid.clone()),
        ];
        if order.order_no == 1 {
            sources.extend(self.proofs.booked(&["due"], &order.e2eid));
        }
        let unsent = matches!(
            order.state,
            RefundState::Requested
                | RefundState::Owed
                | RefundState::Covered
                | RefundState::PaidOut
        );
        let kind = if unsent {
            StepKind::RefundRequested
        } else {
            StepKind::RefundSent
        };
        let mut step = placed(order.ordered_ms, kind, sources).1;
        if order.state.is_under_way() {
            step.detail = order.reason.map(|why| self.obstacle(why).to_owned());
        }
        step
    }

    /// A refusal has no time of its own here: it stands with its order.
    fn outcome(&self, order: &RefundRow) -> Option<Placed> {
        let returned = order.return_id.clone().map(Source::ReturnId);
        let mut sources: Vec<Source> = returned.into_iter().collect();
        match (order.state, order.settled_ms) {
            (RefundState::Settled, Some(at)) => {
                let reference = order.id.to_string();
                sources.extend(self.proofs.booked(&["refund"], &reference));
                let (_, step) = placed(at, StepKind::RefundSettled, sources);
                // By the bank's clock it may stand before its own order.
                Some((at.max(order.ordered_ms), step))
            }
            (RefundState::Covered, Some(at)) => {
                let (_, step) = placed(at, StepKind::RefundCovered, vec![]);
                Some((at.max(order.ordered_ms), step))
            }
            (RefundState::Refused, _) => {
                let (at, mut step) = placed(order.ordered_ms, StepKind::RefundRefused, sources);
                step.detail = self.why(order);
                Some((at, step))
            }
            (RefundState::Owed, _) => {
                let (at, mut step) = placed(order.ordered_ms, StepKind::RefundOwed, sources);
                step.detail = self.why(order);
                Some((at, step))
            }
            _ => None,
        }
    }

    /// In the reader's words, then in the bank's.
    fn why(&self, order: &RefundRow) -> Option<String> {
        let known = order.reason.filter(|why| *why != Refusal::Other);
        let ours = known.map(|why| self.obstacle(why));
        match (ours, &order.refusal) {
            (Some(ours), Some(theirs)) => Some(format!("{ours} ({theirs})")),
            (Some(ours), None) => Some(ours.to_owned()),
            (None, theirs) => theirs.clone(),
        }
    }

    /// One that the bank gave up moved nothing and is not shown.
    fn by_bank(&self, row: &ReturnRow) -> Option<Placed> {
        let kind = match row.state {
            ReturnState::Processing => StepKind::BankReturning,
            ReturnState::Settled => StepKind::BankReturned,
            ReturnState::Refused => return None,
        };
        let mut sources = vec![Source::Refund(row.id.clone())];
        sources.extend(row.return_id.clone().map(Source::ReturnId));
        sources.push(Source::EndToEndId(row.e2eid.clone()));
        let kinds = ["bank_return", "bank_return_held"];
        sources.extend(self.proofs.booked(&kinds, &row.reference()));
        let at = row.settled_ms.unwrap_or(row.heard_ms);
        let (_, mut step) = placed(at, kind, sources);
        let nature = (self.text.manager.detail.nature)(&nature(&row.nature));
        step.detail = Some(format!("{}: {nature}", row.amount));
        Some((row.heard_ms, step))
    }

    fn obstacle(&self, why: Refusal) -> &'static str {
        let obstacle = match why {
            Refusal::InfractionOpen => RefundObstacle::InfractionOpen,
            Refusal::WindowOver => RefundObstacle::WindowOver,
            Refusal::NoBalance => RefundObstacle::NoBalance,
            Refusal::AboveAmount => RefundObstacle::AboveAmount,
            Refusal::AccountGone => RefundObstacle::AccountGone,
            Refusal::AccountBlocked => RefundObstacle::AccountBlocked,
            Refusal::NotReturnable => RefundObstacle::NotReturnable,
            Refusal::TimedOut => RefundObstacle::TimedOut,
            Refusal::Duplicate => RefundObstacle::Duplicate,
            Refusal::Fraud => RefundObstacle::Fraud,
            Refusal::Other => RefundObstacle::Other,
        };
        (self.text.manager.detail.refusal)(&obstacle)
    }
}

fn nature(named: &str) -> ReturnNature {
    match named {
        "ORIGINAL" => ReturnNature::Original,
        "MED_FRAUDE" => ReturnNature::MedFraud,
        "MED_OPERACIONAL" => ReturnNature::MedOperational,
        "MED_PIX_AUTOMATICO" => ReturnNature::MedRecurring,
        _ => ReturnNature::Other,
    }
}
