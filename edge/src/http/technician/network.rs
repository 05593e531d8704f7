//! The machine's own addresses, for a technician who looks for the way out.

use web::edge::technician::system::Address;

/// More than a gateway has.
const ADDRESSES_MAX: usize = 16;

/// Every address of every interface but the loopback; empty where the system does not tell.
pub(super) fn addresses() -> Vec<Address> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback())
        .take(ADDRESSES_MAX)
        .map(|interface| Address {
            address: interface.ip().to_string(),
            interface: interface.name,
        })
        .collect()
}
