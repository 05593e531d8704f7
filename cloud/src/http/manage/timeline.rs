//! A rental's story, each step with what proves it: a signed event, an id of the bank, a transfer.

mod notices;
mod refunds;

pub(super) use notices::channel_of;

use super::super::story::cancel_reason;
use crate::store::bank_return::ReturnRow;
use crate::store::gateway_event::EventRow;
use crate::store::ledger::{self, TransferRow};
use crate::store::notification::{self, NotificationRow};
use crate::store::payment::PaymentRow;
use crate::store::staff::{self, AuditRow};
use crate::store::story::RentalStory;
use crate::store::{DbError, Tx};
use cloud_core::raffle::entry_code;
use cloud_core::rental::{Backing, Rental, Review};
use shared::event::{Envelope, Fact};
use shared::signed::text_of;
use shared::time::UnixMs;
use web::manager::{LedgerAccount, Source, Step, StepKind};
use web::text::Text;
use web::ui::Lang;

/// What stands outside the rental's own rows.
pub struct Proofs {
    transfers: Vec<TransferRow>,
    audits: Vec<AuditRow>,
    notices: Vec<NotificationRow>,
}

impl Proofs {
    pub fn read(tx: &Tx<'_>, story: &RentalStory) -> Result<Self, DbError> {
        let payments = story.payments.iter().map(|payment| payment.e2eid.clone());
        let refunds = story.refunds.iter().map(|refund| refund.id.to_string());
        let returns = story.returns.iter().map(ReturnRow::reference);
        let mut transfers = Vec::new();
        let own = [story.rental.id.to_string()];
        for reference in payments.chain(refunds).chain(returns).chain(own) {
            transfers.extend(ledger::of_reference(tx, &reference)?);
        }
        Ok(Self {
            transfers,
            audits: staff::audit_of(tx, &story.rental.id.to_string())?,
            notices: notification::of_rental(tx, &story.rental.id)?,
        })
    }

    fn booked(&self, kinds: &[&str], reference: &str) -> Vec<Source> {
        self.transfers
            .iter()
            .filter(|transfer| transfer.reference == reference)
            .filter(|transfer| kinds.contains(&transfer.kind.as_str()))
            .map(|transfer| Source::Transfer {
                id: format!("{}:{}", transfer.kind, transfer.reference),
                from: account(&transfer.debit),
                to: account(&transfer.credit),
                amount: transfer.amount,
            })
            .collect()
    }
}

fn account(id: &str) -> LedgerAccount {
    match id.split(':').next() {
        Some("bank") => LedgerAccount::Bank,
        Some("held") => LedgerAccount::Held,
        Some("payable") => LedgerAccount::Payable,
        Some("prize") => LedgerAccount::Prize,
        Some("shop") => LedgerAccount::Shop,
        _ => LedgerAccount::Owed,
    }
}

/// Oldest first; steps of one moment stand in the order of cause and effect.
pub fn steps(story: &RentalStory, proofs: &Proofs, lang: Lang) -> Vec<Step> {
    let told = Told {
        story,
        proofs,
        text: lang.text(),
    };
    let mut steps = told.request();
    steps.extend(story.payments.iter().map(|payment| told.payment(payment)));
    steps.extend(told.grant());
    steps.extend(story.events.iter().filter_map(|event| told.event(event)));
    steps.extend(told.abandoned());
    steps.extend(told.end());
    steps.extend(proofs.audits.iter().filter_map(|audit| told.audit(audit)));
    steps.extend(told.orders());
    steps.extend(told.entry());
    steps.extend(told.outcomes());
    steps.extend(told.notices());
    steps.sort_by_key(|(order_ms, _)| *order_ms);
    steps.into_iter().map(|(_, step)| step).collect()
}

/// A step and the moment of ours by which it is ordered: other clocks may differ.
type Placed = (UnixMs, Step);

struct Told<'a> {
    story: &'a RentalStory,
    proofs: &'a Proofs,
    text: &'static Text,
}

impl Told<'_> {
    fn request(&self) -> Vec<Placed> {
        let rental = &self.story.rental;
        // A card's rental was asked for at the dock alone.
        if rental.backing == Backing::Card {
            return Vec::new();
        }
        let mut steps = vec![placed(rental.created_ms, StepKind::Requested, vec![])];
        if let Some(charge) = &self.story.charge {
            let source = Source::Txid(charge.txid.clone());
            if charge.copy_paste.is_some() {
                let made = placed(charge.requested_ms, StepKind::ChargeCreated, vec![source]);
                steps.push(made);
            } else {
                steps[0].1.sources.push(source);
            }
        }
        steps
    }

    fn payment(&self, payment: &PaymentRow) -> Placed {
        let kind = match payment.verdict.as_str() {
            "deposit" => StepKind::Paid,
            "second_payment" => StepKind::PaidTwice,
            "wrong_amount" => StepKind::PaidWrongAmount,
            _ => StepKind::PaidLate,
        };
        let mut sources = vec![
            Source::EndToEndId(payment.e2eid.clone()),
            Source::Txid(payment.txid.clone()),
        ];
        let booked = self.proofs.booked(&["deposit", "surplus"], &payment.e2eid);
        sources.extend(booked);
        let step = Step {
            at_ms: payment.settled_ms,
            kind,
            detail: None,
            sources,
        };
        (payment.seen_ms, step)
    }

    fn grant(&self) -> Option<Placed> {
        let grant = self.story.grant.as_ref().filter(|g| !g.token.is_empty())?;
        let source = Source::Grant(grant.id.to_string());
        let (at, mut step) = placed(grant.issued_ms, StepKind::GrantIssued, vec![source]);
        step.detail = Some((self.text.common.bay)(&grant.bay));
        Some((at, step))
    }

    fn event(&self, event: &EventRow) -> Option<Placed> {
        let kind = match (event.outcome.as_str(), event.kind.as_str()) {
            ("held_for_review", _) => StepKind::ReturnInReview,
            (_, "release_started") => StepKind::ReleaseStarted,
            (_, "card_release_started") => StepKind::CardReleaseStarted,
            (_, "cart_pulled") => StepKind::CartPulled,
            (_, "release_expired") => StepKind::ReleaseExpired,
            (_, "release_failed" | "release_unclear") => StepKind::ReleaseFailed,
            (_, "grant_refused") => StepKind::GrantRefused,
            (_, "cart_docked") => StepKind::CartDocked,
            (_, "docking_contradicted") => StepKind::ReturnInReview,
            _ => return None,
        };
        let source = Source::Event {
            gateway: event.gateway.to_string(),
            seq: event.seq,
            hash: event.hash.to_string(),
        };
        let (at, mut step) = placed(event.received_ms, kind, vec![source]);
        step.detail = self.words(event);
        Some((at, step))
    }

    /// The bay, and what was wrong with it. Only lines whose signature was checked are stored.
    fn words(&self, event: &EventRow) -> Option<String> {
        let text = text_of(&event.line).ok()?;
        let fact = serde_json::from_str::<Envelope>(text).ok()?.fact;
        let bay = (self.text.common.bay)(&fact.bay()?);
        let w = &self.text.manager.detail;
        let why = match &fact {
            Fact::ReleaseFailed { fault, .. } | Fact::ReleaseUnclear { fault, .. } => {
                Some((w.fault)(fault))
            }
            Fact::GrantRefused { reason, .. } => Some((w.grant_refusal)(reason)),
            Fact::DockingContradicted { contradiction, .. } => {
                Some((w.contradiction)(contradiction))
            }
            Fact::CartDocked { .. } => self.review(),
            _ => None,
        };
        Some(match why {
            Some(why) => format!("{bay}: {why}"),
            None => bay,
        })
    }

    fn review(&self) -> Option<&'static str> {
        match self.story.rental.state {
            Rental::Returned {
                review: Some(review),
            } => Some(review_words(self.text, review)),
            _ => None,
        }
    }

    fn abandoned(&self) -> Option<Placed> {
        let at = self.story.rental.abandoned_ms?;
        let id = self.story.rental.id.to_string();
        let booked = self.proofs.booked(
            &[
                "finder_share",
                "prize_share",
                "finder_share_back",
                "prize_share_back",
                "voucher_redeemed",
                "voucher_expired",
            ],
            &id,
        );
        Some(placed(at, StepKind::Abandoned, booked))
    }

    fn end(&self) -> Option<Placed> {
        let at = self.story.rental.ended_ms?;
        match self.story.rental.state {
            Rental::Expired => Some(placed(at, StepKind::Expired, vec![])),
            Rental::Cancelled { reason } => {
                let (at, mut step) = placed(at, StepKind::Cancelled, vec![]);
                let words = (self.text.rental.cancelled)(&cancel_reason(reason));
                step.detail = Some(words.to_owned());
                Some((at, step))
            }
            _ => None,
        }
    }

    fn audit(&self, audit: &AuditRow) -> Option<Placed> {
        if audit.action != "approve_return" {
            return None;
        }
        let (at, mut step) = placed(audit.at_ms, StepKind::ReturnApproved, vec![]);
        let by = audit.login.as_ref();
        step.detail = by.map(|login| (self.text.manager.detail.approved_by)(login));
        Some((at, step))
    }

    fn entry(&self) -> Option<Placed> {
        let entry = self.story.entry.as_ref()?;
        let source = Source::Entry(entry_code(&entry.id));
        Some(placed(entry.created_ms, StepKind::EntryMade, vec![source]))
    }
}

/// Why nobody but a person can say that it is the cart.
pub(super) fn review_words(text: &Text, review: Review) -> &'static str {
    let w = &text.manager.detail;
    match review {
        Review::Contradicted(why) => (w.contradiction)(&why),
        Review::PulledAgain => w.pulled_again,
        Review::ToldLate => w.told_late,
        Review::Unproven => w.unproven,
    }
}

fn placed(at: UnixMs, kind: StepKind, sources: Vec<Source>) -> Placed {
    let step = Step {
        at_ms: at,
        kind,
        detail: None,
        sources,
    };
    (at, step)
}
