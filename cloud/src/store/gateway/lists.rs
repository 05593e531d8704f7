use super::{DbError, GatewayRow, Tx, Value, by_id};
use shared::ids::GatewayId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// A list is about to be answered; `limit` is what it lets the gateway risk in a day.
pub fn answered_list(
    tx: &Tx<'_>,
    id: &GatewayId,
    version: u64,
    limit: Centavos,
) -> Result<(), DbError> {
    let Some(row) = by_id(tx, id)? else {
        return Ok(());
    };
    let lists = row.lists.handed(version, limit);
    if lists == row.lists {
        return Ok(());
    }
    tx.execute(
        "UPDATE gateway SET list_version = $1, list_centavos = $2, list_centavos_max = $3 \
         WHERE id = $4",
        &[
            Value::count(lists.version),
            lists.limit.get().into(),
            lists.limit_max.get().into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// When the next device took its dock over; none for the one that serves it.
pub fn replaced_ms(tx: &Tx<'_>, of: &GatewayRow) -> Result<Option<UnixMs>, DbError> {
    let next = tx.first(
        "SELECT min(enrolled_ms) FROM gateway WHERE dock_id = $1 AND enrolled_ms >= $2 \
         AND id <> $3",
        &[
            Value::text(of.dock),
            of.enrolled_ms.0.into(),
            Value::text(of.id),
        ],
        |row| row.opt_int(0),
    )?;
    Ok(next.flatten().map(UnixMs))
}
