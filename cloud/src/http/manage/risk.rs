//! The worst that member cards can cost, a dock and in all: a number, from the policy and the last
//! contact.

use crate::store::gateway::{GatewayRow, GatewayState};
use crate::store::{DbError, Tx, dock, gateway, grant, rental};
use cloud_core::offline::{CardRisk, exposure};
use jiff::tz::TimeZone;
use shared::time::UnixMs;
use web::manager::{RiskRow, RiskView};

pub fn read(tx: &Tx<'_>, now: UnixMs, zone: &TimeZone) -> Result<RiskView, DbError> {
    let mut docks = Vec::new();
    for row in gateway::all(tx)? {
        docks.extend(of_gateway(tx, &row, now, zone)?);
    }
    Ok(RiskView {
        worst: docks.iter().map(|dock| dock.worst).sum(),
        docks,
    })
}

fn of_gateway(
    tx: &Tx<'_>,
    row: &GatewayRow,
    now: UnixMs,
    zone: &TimeZone,
) -> Result<Option<RiskRow>, DbError> {
    let Some(at) = dock::by_id(tx, &row.dock)? else {
        return Ok(None);
    };
    let Some((_, policy)) = dock::policy_at(tx, &at.store, now)? else {
        return Ok(None);
    };
    let day_began = midnight(row.seen_ms, zone);
    // A quarantined gateway may be a thief's: what it was given, it can still use up.
    let has_list = row.allowance > 0 && row.state != GatewayState::Retired;
    let risk = CardRisk {
        limit_per_day: policy.gateway_centavos_per_day,
        deposit: policy.deposit_centavos,
        has_list,
        released_that_day: grant::by_card_since(tx, &row.id, day_began)?,
        out: rental::out_by_card(tx, &row.dock)?,
        seen_ms: row.seen_ms,
    };
    let worst = exposure(risk, now, |at| day_of(at, zone));
    Ok(Some(RiskRow {
        dock_name: at.name,
        dock_code: at.code,
        list: has_list.then_some(row.allowance),
        limit: risk.limit_per_day,
        left: worst.left_that_day,
        days_dark: worst.days_dark,
        dark: worst.dark,
        out_count: risk.out,
        out: worst.out,
        worst: worst.worst,
    }))
}

/// Days as the shop counts them, numbered.
fn day_of(at: UnixMs, zone: &TimeZone) -> i64 {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let date = moment.to_zoned(zone.clone()).date();
    let first = jiff::civil::date(1970, 1, 1);
    let days = date.since((jiff::Unit::Day, first));
    days.map_or(0, |days| i64::from(days.get_days()))
}

fn midnight(at: UnixMs, zone: &TimeZone) -> UnixMs {
    jiff::Timestamp::from_millisecond(at.0)
        .and_then(|moment| moment.to_zoned(zone.clone()).start_of_day())
        .map_or(at, |day| UnixMs(day.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_shops_midnight() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let midnight_ms = 1_793_502_000_000;
        let day = |at| day_of(UnixMs(at), &zone);
        assert_eq!(day(midnight_ms) - day(midnight_ms - 1), 1);
        assert_eq!(day(midnight_ms + 86_399_999), day(midnight_ms));
        assert_eq!(day(midnight_ms + 30 * 86_400_000) - day(midnight_ms), 30);
        assert_eq!(
            midnight(UnixMs(midnight_ms + 5), &zone),
            UnixMs(midnight_ms)
        );
    }
}
