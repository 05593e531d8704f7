//! Returns that wait for proof that they came after their pull.

use super::{DbError, RentalRow, Tx, Value, read};
use shared::ids::{DockId, TagUid};

/// Those of one cart.
pub fn held_of(tx: &Tx<'_>, tag: &TagUid) -> Result<Vec<RentalRow>, DbError> {
    tx.all(
        select!(
            "WHERE tag = $1 AND review IS NOT NULL AND review IN ('unproven', 'pulled_again') \
             ORDER BY created_ms"
        ),
        &[Value::text(tag)],
        read,
    )
}

/// Those whose cart stands, well seen, in a bay of this dock as it last was.
pub fn held_and_shown(tx: &Tx<'_>, dock: &DockId) -> Result<Vec<RentalRow>, DbError> {
    tx.all(
        select!(
            "WHERE review IS NOT NULL AND review IN ('unproven', 'pulled_again') AND tag IN \
             (SELECT tag FROM bay WHERE dock_id = $1 AND state = 'occupied' AND tag IS NOT NULL \
             AND contradiction IS NULL AND fault IS NULL) ORDER BY created_ms"
        ),
        &[Value::text(dock)],
        read,
    )
}
