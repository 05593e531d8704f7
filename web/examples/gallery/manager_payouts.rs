//! The managers' page about the Pix that are sent to persons.

use super::{MINUTE_MS, staff};
use crate::customer::{NOW, frame};
use shared::money::Centavos;
use web::manager::{PayoutPurpose, PayoutRow, PayoutState, PayoutsPage};
use web::ui::Lang;

const STATES: [PayoutState; 12] = [
    PayoutState::HeldForReview,
    PayoutState::HeldAboveLimit,
    PayoutState::HeldAboveDayLimit,
    PayoutState::HeldByObjection,
    PayoutState::NeedsKey,
    PayoutState::Refused,
    PayoutState::Returned,
    PayoutState::Waiting,
    PayoutState::AtBank,
    PayoutState::Settled,
    PayoutState::Replaced,
    PayoutState::Void,
];

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let busy = PayoutsPage {
        frame: frame(lang, "/manage/payouts"),
        staff: staff(),
        may_decide: true,
        is_off: false,
        rows: (0..).zip(STATES).map(|(n, state)| row(n, state)).collect(),
    };
    let off = PayoutsPage {
        is_off: true,
        rows: vec![],
        ..busy.clone()
    };
    vec![("payouts", busy.render()), ("payouts-off", off.render())]
}

fn row(n: i64, state: PayoutState) -> PayoutRow {
    let held = matches!(
        state,
        PayoutState::HeldForReview | PayoutState::HeldAboveLimit | PayoutState::HeldAboveDayLimit
    );
    let refused = matches!(state, PayoutState::NeedsKey | PayoutState::Refused);
    let returned = state == PayoutState::Returned;
    PayoutRow {
        id: format!("0199f3b2-0000-8000-8000-{n:012}"),
        rental: "0199f3b2-0000-7000-8000-000000000000".into(),
        ordered_ms: NOW.plus(-n * 300 * MINUTE_MS),
        amount: Centavos::new(500 + n * 100),
        returned: returned.then_some(Centavos::new(400)),
        purpose: match n % 2 {
            0 => PayoutPurpose::Owed,
            _ => PayoutPurpose::Finder,
        },
        state,
        key: (n != 9).then(|| "a***@e***.com".into()),
        detail: refused.then(|| "Chave não encontrada.".into()),
        can_release: held,
        can_void: held && n % 2 == 0,
        can_repeat: refused || returned,
    }
}
