//! Which docking the dock's word speaks of: a signed receipt that was carried, or its code that was typed.

use super::super::receipt::{genuine, proved};
use crate::actions::Failure;
use crate::app::{Shared, now};
use crate::store::rental::Place;
use crate::store::rescue::RescueRow;
use crate::store::{gateway, rental, rescue};
use shared::ids::RentalId;
use shared::offline::RECEIPT_CODE_CHARS;
use shared::receipt::Receipt;

/// A typed code is looked for among the dockings of so many, and so long after its time: whoever comes
/// late is told so.
const CODES_MAX: u16 = 500;
const CODE_KNOWN_MS: i64 = 24 * 3_600_000;

/// The docking that a carried receipt or a typed code speaks of.
pub(super) async fn find(app: &Shared, proof: &str) -> Result<Option<RescueRow>, Failure> {
    if Receipt::claimed_gateway(proof).is_some() {
        let (receipt, ..) = genuine(app, proof).await?;
        let place = place_of(&receipt);
        return Ok(app.store.read(move |tx| rescue::at(tx, &place)).await?);
    }
    let since = now().plus(-CODE_KNOWN_MS);
    let candidates = app
        .store
        .read(move |tx| {
            let mut candidates = Vec::new();
            for row in rescue::recent(tx, since, CODES_MAX)? {
                let tag = rental::by_id(tx, &row.rental)?.and_then(|rental| rental.tag);
                let at = gateway::by_id(tx, &row.place.gateway)?;
                candidates.extend(tag.zip(at).map(|(tag, at)| (row, tag, at)));
            }
            Ok(candidates)
        })
        .await?;
    let is_it = |(row, tag, at): &(RescueRow, _, _)| proved(app, at, proof, tag) == Some(row.place);
    let found = candidates.into_iter().find(is_it);
    Ok(found.map(|(row, ..)| row))
}

/// The docking of this rental's cart, where the code typed on its own page is the dock's word of it.
pub(in super::super) async fn typed_by_payer(
    app: &Shared,
    rental: RentalId,
    typed: &str,
) -> Result<Option<Place>, Failure> {
    let found = find(app, &plain(typed)).await?;
    Ok(found
        .filter(|row| row.rental == rental)
        .map(|row| row.place))
}

/// A code without what people put between its groups.
pub(super) fn plain(typed: &str) -> String {
    let known = typed.chars().filter(char::is_ascii_alphanumeric);
    known.take(RECEIPT_CODE_CHARS + 1).collect()
}

pub(super) fn place_of(receipt: &Receipt) -> Place {
    Place {
        gateway: receipt.gateway,
        seq: receipt.seq,
    }
}
