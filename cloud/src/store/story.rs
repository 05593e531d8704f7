//! Everything the database knows about one rental, or one dock, in one read.

use super::bank_return::ReturnRow;
use super::campaign::EntryRow;
use super::charge::ChargeRow;
use super::db::{DbError, Tx};
use super::dock::DockRow;
use super::gateway::{GatewayRow, GatewayState};
use super::gateway_event::EventRow;
use super::grant::GrantRow;
use super::payment::PaymentRow;
use super::refund::RefundRow;
use super::rental::RentalRow;
use super::rescue::RescueRow;
use super::{
    bank_return, bay, campaign, charge, contact, dock, gateway, gateway_event, grant, payment,
    person, policy, refund, rescue,
};
use crate::keys::SealedCpf;
use cloud_core::notice::Channel;
use cloud_core::placement::DARK_AFTER_MS;
use cloud_core::policy::Policy;
use shared::ids::DockId;
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
        entry: campaign::entry_of(tx, &rental.id)?,
        contacts: contact::channels(tx, &rental.id)?,
        events,
        returned_at,
        person,
        rental,
    }))
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
    pub campaign: Option<super::campaign::CampaignRow>,
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
        campaign: campaign::running(tx, &row.chain, now)?,
        available: cloud_core::placement::available(&bays),
        here: of_dock(tx, row)?,
        policy: decided.policy,
    }))
}

/// The bays of one dock for a live plan.
pub fn bays(tx: &Tx<'_>, id: &DockId) -> Result<Option<(DockRow, Vec<BaySnapshot>)>, DbError> {
    let Some(row) = dock::by_id(tx, id)? else {
        return Ok(None);
    };
    Ok(Some((row, bay::of_dock(tx, id)?)))
}
