//! The worst that member cards can cost, a dock and in all: never less than what is really lost. A
//! device that was replaced or set aside counts until it has told everything; one that is heard again
//! still has its dark days to tell. Releases that a deposit pays for are no loss: it stays until the
//! gateway has told.

use crate::store::gateway::{GatewayRow, GatewayState};
use crate::store::{DbError, Tx, dock, gateway, rental};
use cloud_core::exposure::{CardRisk, exposure};
use shared::money::Centavos;
use shared::time::UnixMs;
use web::manager::{RiskRow, RiskView};

pub fn read(tx: &Tx<'_>, now: UnixMs) -> Result<RiskView, DbError> {
    let mut docks = Vec::new();
    for row in gateway::ever(tx)? {
        docks.extend(of_gateway(tx, &row, now)?);
    }
    docks.sort_by(|a, b| (&a.dock_code, a.replaced).cmp(&(&b.dock_code, b.replaced)));
    Ok(RiskView {
        worst: docks.iter().map(|dock| dock.worst).sum(),
        docks,
    })
}

/// None for a replaced device that cannot cost anything any more.
fn of_gateway(tx: &Tx<'_>, row: &GatewayRow, now: UnixMs) -> Result<Option<RiskRow>, DbError> {
    let Some(at) = dock::by_id(tx, &row.dock)? else {
        return Ok(None);
    };
    let replaced = row.state == GatewayState::Retired;
    let (out_count, out) = rental::out_by_card(tx, &row.id)?;
    let risk = CardRisk {
        lists: row.lists,
        drained_ms: row.drained_ms,
        replaced_ms: if replaced {
            gateway::replaced_ms(tx, row)?
        } else {
            None
        },
        out,
    };
    let worst = exposure(risk, now);
    if replaced && worst.worst == Centavos::ZERO {
        return Ok(None);
    }
    Ok(Some(RiskRow {
        dock_name: at.name,
        dock_code: at.code,
        replaced,
        list: (row.lists.version > 0).then_some(row.lists.version),
        limit: row.lists.limit_max,
        days: worst.days,
        untold: worst.untold,
        out_count,
        out: worst.out,
        worst: worst.worst,
    }))
}
