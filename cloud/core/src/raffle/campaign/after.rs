//! From the draw to the accounts.

use super::{Accounted, Campaign, Drawn, Rejection};
use crate::raffle::rules::day::DAY_MS;
use crate::raffle::winners::{Delivery, Winner};
use shared::time::UnixMs;

impl Campaign {
    /// The winner of `rank` has the prize.
    pub fn deliver(self, rank: u32, at_ms: UnixMs) -> Result<Self, Rejection> {
        self.settle(rank, Delivery::Delivered, at_ms)
    }

    /// Nobody claimed the prize of `rank` in time.
    pub fn expire(self, rank: u32, at_ms: UnixMs) -> Result<Self, Rejection> {
        self.settle(rank, Delivery::Expired, at_ms)
    }

    /// The winner of `rank` consents to a name, which must be masked already. None takes it back, at any
    /// time: nothing else changes.
    pub fn consent(mut self, rank: u32, masked: Option<String>) -> Result<Self, Rejection> {
        let drawn = match &mut self {
            Self::Drawn(drawn) | Self::Delivered(drawn) => drawn,
            Self::Accounted(accounted) => &mut accounted.drawn,
            _ => return Err(Rejection::WrongStage),
        };
        drawn.winner_mut(rank)?.name = masked;
        Ok(self)
    }

    /// Every prize is settled, or nobody won it.
    pub fn finish(self) -> Result<Self, Rejection> {
        let Self::Drawn(drawn) = self else {
            return Err(Rejection::WrongStage);
        };
        let is_open =
            |winner: &Winner| winner.position.is_some() && winner.delivery == Delivery::Pending;
        if drawn.winners.iter().any(is_open) {
            return Err(Rejection::Unsettled);
        }
        Ok(Self::Delivered(drawn))
    }

    /// The accounts are with the authority under `protocol`.
    pub fn account(self, protocol: &str, at_ms: UnixMs) -> Result<Self, Rejection> {
        let Self::Delivered(drawn) = self else {
            return Err(Rejection::WrongStage);
        };
        if protocol.trim().is_empty() {
            return Err(Rejection::ProtocolMissing);
        }
        Ok(Self::Accounted(Accounted {
            drawn,
            protocol: protocol.trim().to_owned(),
            accounted_ms: at_ms,
        }))
    }

    fn settle(self, rank: u32, how: Delivery, at_ms: UnixMs) -> Result<Self, Rejection> {
        let Self::Drawn(mut drawn) = self else {
            return Err(Rejection::WrongStage);
        };
        let claim_ends_ms = drawn.claim_ends_ms();
        let is_over = at_ms >= claim_ends_ms;
        if at_ms < drawn.drawn_ms || how == Delivery::Expired && !is_over {
            return Err(Rejection::TooEarly);
        }
        if how == Delivery::Delivered && is_over {
            return Err(Rejection::TooLate);
        }
        let winner = drawn.winner_mut(rank)?;
        if winner.delivery != Delivery::Pending {
            return Err(Rejection::AlreadySettled);
        }
        winner.delivery = how;
        winner.delivery_ms = Some(at_ms);
        Ok(Self::Drawn(drawn))
    }
}

impl Drawn {
    /// The first moment at which a prize is not claimed in time.
    pub fn claim_ends_ms(&self) -> UnixMs {
        let days = self.entered.committed.terms.rules.claim_days;
        self.drawn_ms.plus(i64::from(days) * DAY_MS)
    }

    fn winner_mut(&mut self, rank: u32) -> Result<&mut Winner, Rejection> {
        let mut all = self.winners.iter_mut();
        let winner = all
            .find(|winner| winner.rank == rank)
            .ok_or(Rejection::UnknownPrize)?;
        if winner.position.is_none() {
            return Err(Rejection::NoWinner);
        }
        Ok(winner)
    }
}
