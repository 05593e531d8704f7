//! Everything the database knows about one rental, or one dock, in one read.

use super::bank_return::ReturnRow;
use super::campaign::{EntryRow, LifeRow, LifeState};
use super::charge::ChargeRow;
use super::db::{DbError, Tx};
use super::dock::DockRow;
use super::gateway::{GatewayRow, GatewayState};
use super::gateway_event::EventRow;
use super::grant::GrantRow;
use super::payment::PaymentRow;
use super::prize_voucher::PrizeVoucherRow;
use super::refund::RefundRow;
use super::rental::RentalRow;
use super::rescue::RescueRow;
use super::{
    bank_return, bay, campaign, charge, contact, dock, frozen_entry, gateway, gateway_event, grant,
    payment, person, policy, prize_voucher, refund, rescue,
};
use crate::keys::SealedCpf;
use cloud_core::notice::Channel;
use cloud_core::placement::DARK_AFTER_MS;
use cloud_core::policy::Policy;
use cloud_core::raffle::campaign::Campaign;
use shared::ids::{DockId, RentalId};
use shared::sync::BaySnapshot;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct RentalStory {
    pub rental: RentalRow,
    pub at: DockRow,
    /// The gateway that serves the dock now.
    pub gateway: Option<GatewayRow>,
    pub charge: Option<ChargeRow>,
    pub payments: Vec<PaymentRow>,
    pub refunds: Vec<RefundRow>,
    /// What the bank gave back by itself.
    pub returns: Vec<ReturnRow>,
    pub grant: Option<GrantRow>,
    /// The release's events, and the return's, as far as they are known.
    pub events: Vec<EventRow>,
    pub returned_at: Option<DockRow>,
    pub entry: Option<EntryRow>,
    /// The campaign of the entry.
    pub raffle: Option<RaffleStory>,
    /// Over what the payer is told.
    pub contacts: Vec<Channel>,
    /// With the sealed CPF of the person.
    pub person: Option<SealedCpf>,
    /// Where the cart was abandoned and brought.
    pub rescue: Option<RescueRow>,
    /// Whether its payer could still say something against that.
    pub may_object: bool,
    /// When the cart counts as abandoned, where whoever reads it was told.
    pub abandon_ms: Option<UnixMs>,
}

#[derive(Debug, Clone)]
pub struct DockStory {
    pub dock: DockRow,
    pub gateway: Option<GatewayRow>,
    pub bays: Vec<BaySnapshot>,
}

impl DockStory {
    /// Whether there is a gateway that could open a bay, heard of lately or not.
    pub fn serves(&self) -> bool {
        let active = |g: &GatewayRow| g.state == GatewayState::Active;
        self.gateway.as_ref().is_some_and(active)
    }

    /// Heard of lately, and trusted.
    pub fn online(&self, now: UnixMs) -> bool {
        self.gateway.as_ref().is_some_and(|g| {
            g.state == GatewayState::Active && now.since(g.seen_ms) < DARK_AFTER_MS
        })
    }
}

pub fn of_rental(tx: &Tx<'_>, rental: RentalRow) -> Result<Option<RentalStory>, DbError> {
    let Some(at) = dock::by_id(tx, &rental.dock)? else {
        return Ok(None);
    };
    let mut events = gateway_event::of_rental(tx, &rental.id)?;
    let mut returned_at = None;
    if let Some(place) = rental.returned {
        events.extend(gateway_event::at(tx, &place.gateway, place.seq)?);
        if let Some(gateway) = gateway::by_id(tx, &place.gateway)? {
            returned_at = dock::by_id(tx, &gateway.dock)?;
        }
    }
    let person = match rental.person {
        Some(id) => person::sealed_cpf(tx, &id)?,
        None => None,
    };
    let entry = campaign::entry_of(tx, &rental.id)?;
    let rescue = rescue::of_rental(tx, &rental.id)?;
    let may_object = match &rescue {
        Some(of) => rescue::may_object(tx, of)?,
        None => false,
    };
    Ok(Some(RentalStory {
        rescue,
        may_object,
        abandon_ms: None,
        gateway: gateway::of_dock(tx, &at.id)?,
        at,
        charge: charge::by_rental(tx, &rental.id)?,
        payments: payment::of_rental(tx, &rental.id)?,
        refunds: refund::of_rental(tx, &rental.id)?,
        returns: bank_return::of_rental(tx, &rental.id)?,
        grant: grant::by_rental(tx, &rental.id)?,
        raffle: raffle_of(tx, entry.as_ref(), &rental.id)?,
        entry,
        contacts: contact::channels(tx, &rental.id)?,
        events,
        returned_at,
        person,
        rental,
    }))
}

/// The campaign of a rental's entry, with what the entry got there.
#[derive(Debug, Clone)]
pub struct RaffleStory {
    pub campaign: LifeRow,
    /// After the shuffle.
    pub position: Option<u32>,
    pub vouchers: Vec<PrizeVoucherRow>,
}

fn raffle_of(
    tx: &Tx<'_>,
    entry: Option<&EntryRow>,
    rental: &RentalId,
) -> Result<Option<RaffleStory>, DbError> {
    let Some(entry) = entry else {
        return Ok(None);
    };
    let Some(campaign) = campaign::life(tx, &entry.campaign.id)? else {
        return Ok(None);
    };
    let frozen = frozen_entry::of_rental(tx, rental)?;
    Ok(Some(RaffleStory {
        campaign,
        position: frozen.and_then(|row| row.position),
        vouchers: prize_voucher::of_rental(tx, rental)?,
    }))
}

impl RentalStory {
    /// When the draw of its entry is planned.
    pub fn draw_ms(&self) -> Option<UnixMs> {
        let raffle = self.raffle.as_ref()?;
        match &raffle.campaign.state {
            LifeState::Draw(Campaign::Draft(_) | Campaign::Cancelled(_)) => None,
            LifeState::Draw(draw) => Some(draw.rules().extraction.at_ms),
            LifeState::Plain | LifeState::Certain(_) => None,
        }
    }
}

pub fn of_dock(tx: &Tx<'_>, dock: DockRow) -> Result<DockStory, DbError> {
    Ok(DockStory {
        gateway: gateway::of_dock(tx, &dock.id)?,
        bays: bay::of_dock(tx, &dock.id)?,
        dock,
    })
}

pub fn all_docks(tx: &Tx<'_>) -> Result<Vec<DockStory>, DbError> {
    dock::all(tx)?.into_iter().map(|d| of_dock(tx, d)).collect()
}

/// The other docks of the store, where a cart may be returned as well.
pub fn neighbours(tx: &Tx<'_>, here: &DockRow) -> Result<Vec<DockStory>, DbError> {
    let others = dock::of_store(tx, &here.store)?;
    let others = others.into_iter().filter(|other| other.id != here.id);
    others.map(|other| of_dock(tx, other)).collect()
}

/// What a customer at a dock may be told: the dock, its neighbours, its prices, its raffle.
#[derive(Debug, Clone)]
pub struct Offer {
    pub here: DockStory,
    pub near: Vec<DockStory>,
    pub policy: Policy,
    /// Name and planned extraction of the campaign that runs. None: nobody may promise a draw.
    pub campaign: Option<(String, UnixMs)>,
    pub available: u16,
}

pub fn offer(tx: &Tx<'_>, code: &str, now: UnixMs) -> Result<Option<Offer>, DbError> {
    let Some(row) = dock::by_code(tx, code)? else {
        return Ok(None);
    };
    let Some(decided) = policy::at(tx, &row.store, now)? else {
        return Ok(None);
    };
    let bays = bay::candidates(tx, &row.id)?;
    Ok(Some(Offer {
        near: neighbours(tx, &row)?,
        campaign: promised(tx, &row, now)?,
        available: cloud_core::placement::available(&bays),
        here: of_dock(tx, row)?,
        policy: decided.policy,
    }))
}

fn promised(tx: &Tx<'_>, at: &DockRow, now: UnixMs) -> Result<Option<(String, UnixMs)>, DbError> {
    let Some(running) = campaign::running(tx, &at.chain, now)? else {
        return Ok(None);
    };
    let life = campaign::life(tx, &running.id)?;
    Ok(life.and_then(|row| match row.state {
        LifeState::Draw(Campaign::Open(terms)) => {
            let is_here = terms.rules.stores.contains(&at.store_name);
            is_here.then_some((terms.rules.name, terms.rules.extraction.at_ms))
        }
        _ => None,
    }))
}

/// The bays of one dock for a live plan.
pub fn bays(tx: &Tx<'_>, id: &DockId) -> Result<Option<(DockRow, Vec<BaySnapshot>)>, DbError> {
    let Some(row) = dock::by_id(tx, id)? else {
        return Ok(None);
    };
    Ok(Some((row, bay::of_dock(tx, id)?)))
}
