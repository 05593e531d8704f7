//! Who knocks, and how many: a place for each connection, bounded in all and by address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::AbortHandle;

/// Handshakes under way. One takes a few round trips; a bank begins a handful at once.
const HANDSHAKES_MAX: usize = 256;

/// Of one address, so that who is silent often holds up nobody else.
const HANDSHAKES_PER_ADDRESS_MAX: usize = 32;

/// Connections that a bank's certificate opened: a bank keeps a few, and each may cost a body.
const CONNECTIONS_MAX: usize = 256;
const CONNECTIONS_PER_ADDRESS_MAX: usize = 64;

/// The handshakes under way and the open connections of one listener.
#[derive(Clone, Default)]
pub(super) struct Crowd(Arc<Mutex<Places>>);

#[derive(Default)]
struct Places {
    /// By arrival.
    handshakes: BTreeMap<u64, (IpAddr, AbortHandle)>,
    arrived: u64,
    open: BTreeMap<IpAddr, usize>,
}

impl Crowd {
    /// The number of a newcomer.
    pub(super) fn number(&self) -> u64 {
        let mut places = self.places();
        places.arrived += 1;
        places.arrived
    }

    /// Takes a handshake in. Where there is no place, the one that has been at it longest leaves: an
    /// honest one takes no time, so that is whoever says nothing.
    pub(super) fn begin(&self, number: u64, address: IpAddr, handshake: AbortHandle) {
        let mut places = self.places();
        let of_address = |(_, (other, _)): &(&u64, &(IpAddr, AbortHandle))| *other == address;
        let here = places.handshakes.iter().filter(of_address).count();
        let oldest = match here >= HANDSHAKES_PER_ADDRESS_MAX {
            true => places.handshakes.iter().find(of_address).map(|(n, _)| *n),
            false if places.handshakes.len() >= HANDSHAKES_MAX => {
                places.handshakes.keys().next().copied()
            }
            false => None,
        };
        if let Some((_, oldest)) = oldest.and_then(|n| places.handshakes.remove(&n)) {
            tracing::info!("a TLS client was silent while others knocked");
            oldest.abort();
        }
        places.handshakes.insert(number, (address, handshake));
    }

    pub(super) fn end(&self, number: u64) {
        self.places().handshakes.remove(&number);
    }

    /// A place for an open connection, if there is one.
    pub(super) fn open(&self, address: IpAddr) -> Option<Place> {
        let mut places = self.places();
        let all: usize = places.open.values().sum();
        let here = places.open.get(&address).copied().unwrap_or(0);
        if all >= CONNECTIONS_MAX || here >= CONNECTIONS_PER_ADDRESS_MAX {
            return None;
        }
        places.open.insert(address, here + 1);
        Some(Place {
            crowd: self.clone(),
            address,
        })
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Given back when it is dropped.
pub(super) struct Place {
    crowd: Crowd,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.crowd.places();
        let here = places.open.get(&self.address).copied().unwrap_or(0);
        match here {
            0 | 1 => places.open.remove(&self.address),
            _ => places.open.insert(self.address, here - 1),
        };
    }
}
