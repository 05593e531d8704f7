//! From what is stored to what is said.

use super::{Contact, Letter};
use crate::app::App;
use crate::persons::CONTACTS_KEPT_DAYS;
use crate::store::notification::NotificationRow;
use cloud_core::notice::Kind;
use shared::money::Centavos;
use shared::time::UnixMs;
use web::notice::{Notice, NoticeKind};
use web::ui::Zone;

/// What a letter needs of the rental.
pub struct About {
    pub deposit: Centavos,
    pub store_name: String,
    /// The warning's lead, by the rental's policy.
    pub lead_ms: i64,
}

/// The letter of a notification that is sent now. A warning that was kept back speaks of the moment
/// that lies its whole lead ahead: nobody is called a non-returner sooner.
pub fn letter(
    app: &App,
    row: &NotificationRow,
    about: &About,
    to: &Contact,
    now: UnixMs,
) -> Letter {
    let at_ms = row.about_ms.map(|at| at.max(now.plus(about.lead_ms)));
    Letter {
        id: row.id,
        kind: row.kind,
        about_ms: at_ms,
        now_ms: now,
        words: Notice {
            lang: to.lang(),
            zone: Zone::named(&app.config.time_zone).unwrap_or_else(|_| Zone::sao_paulo()),
            now_ms: now,
            kind: kind_view(row.kind, at_ms.unwrap_or(now)),
            deposit: about.deposit,
            store_name: about.store_name.clone(),
            url: format!("{}/r/{}", app.config.public_url, to.token),
            kept_days: CONTACTS_KEPT_DAYS,
        },
    }
}

/// A kind as letters and pages know it; a warning speaks of `at_ms`.
pub fn kind_view(kind: Kind, at_ms: UnixMs) -> NoticeKind {
    match kind {
        Kind::AbandonmentNear => NoticeKind::AbandonmentNear { at_ms },
        Kind::Abandoned => NoticeKind::Abandoned,
        Kind::LateReturnRefunded => NoticeKind::LateReturnRefunded,
        Kind::CartBackUnclaimed => NoticeKind::CartBackUnclaimed,
        Kind::Rescued => NoticeKind::Rescued,
        Kind::ContestUpheld => NoticeKind::ContestUpheld,
        Kind::ContestRefused => NoticeKind::ContestRefused,
        Kind::PayoutKeyNeeded => NoticeKind::PayoutKeyNeeded,
        Kind::PrizeWon => NoticeKind::PrizeWon,
    }
}
