//! The managers' pages of abandoned carts that came back.

use super::{MINUTE_MS, staff};
use crate::customer::{NOW, frame};
use shared::money::Centavos;
use web::manager::{
    HeldVoucher, HeldWhy, OpenVoucherRow, RescueFact, RescueReason, RescueRow, RescueStateView,
    RescuesPage, VoucherError, VoucherRow, VoucherSaid, VoucherSource, VouchersPage,
};
use web::ui::Lang;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let calm = RescuesPage {
        waiting: vec![],
        decided: vec![],
        ..rescues(lang)
    };
    let saying = |said| {
        let page = VouchersPage {
            said,
            ..vouchers(lang)
        };
        page.render()
    };
    let held = |why| {
        saying(VoucherSaid::Held(HeldVoucher {
            code: "AB12-CD34-EF56-GH78".into(),
            dock_name: "Estacionamento Sul".into(),
            heard_ms: NOW.plus(-3 * MINUTE_MS),
            why,
        }))
    };
    let done = saying(VoucherSaid::Done(Centavos::new(500)));
    let freed = saying(VoucherSaid::Freed("AB12-CD34-EF56-GH78".into()));
    vec![
        ("rescues", rescues(lang).render()),
        ("rescues-calm", calm.render()),
        ("vouchers", vouchers(lang).render()),
        ("vouchers-done", done),
        ("vouchers-asked", held(HeldWhy::Asked)),
        ("vouchers-doubtful", held(HeldWhy::Doubtful)),
        ("vouchers-gone", held(HeldWhy::Gone)),
        ("vouchers-freed", freed),
    ]
}

fn rescues(lang: Lang) -> RescuesPage {
    let found = vec![
        RescueFact::Today(1, 1),
        RescueFact::Pair(2),
        RescueFact::Objections(1),
    ];
    let doubt = vec![
        RescueFact::Doubt("contado por um recibo, antes do registro do ponto".into()),
        RescueFact::Disputed,
    ];
    RescuesPage {
        frame: frame(lang, "/manage/rescues"),
        staff: staff(),
        may_judge: true,
        waiting: vec![
            row(1, RescueStateView::Rescued, RescueReason::Contested, found),
            row(
                2,
                RescueStateView::Review,
                RescueReason::PairTooOften,
                vec![],
            ),
            row(
                3,
                RescueStateView::Review,
                RescueReason::SensorsDisagree,
                doubt,
            ),
        ],
        decided: vec![RescueRow {
            can_judge: false,
            finder: None,
            inputs: None,
            objected_ms: None,
            ..row(4, RescueStateView::Unclaimed, RescueReason::NoClaim, vec![])
        }],
    }
}

fn row(
    number: i64,
    state: RescueStateView,
    reason: RescueReason,
    facts: Vec<RescueFact>,
) -> RescueRow {
    RescueRow {
        rental: format!("019364e2-0000-7000-8000-{number:012}"),
        docked_ms: NOW.plus(-number * 55 * MINUTE_MS),
        dock_name: "Entrada Sul".into(),
        state,
        reason: Some(reason),
        objected_ms: (reason == RescueReason::Contested).then(|| NOW.plus(-9 * MINUTE_MS)),
        deposit: Centavos::new(1_000),
        share: Centavos::new(500),
        finder: Some("***.982.247-**".into()),
        facts,
        inputs: Some(r#"{"deposit_centavos":1000,"abandoned_ms":1795000000000}"#.into()),
        can_judge: true,
    }
}

fn vouchers(lang: Lang) -> VouchersPage {
    VouchersPage {
        frame: frame(lang, "/manage/vouchers"),
        staff: staff(),
        may_redeem: true,
        said: VoucherSaid::Refused(VoucherError::Early),
        open: vec![OpenVoucherRow {
            source: VoucherSource::Rental("019364e2-0000-7000-8000-000000000008".into()),
            amount: Centavos::new(500),
            given_ms: NOW.plus(-9 * 24 * 60 * MINUTE_MS),
            until_ms: NOW.plus(171 * 24 * 60 * MINUTE_MS),
        }],
        last: vec![
            voucher(
                1,
                VoucherSource::Rental("019364e2-0000-7000-8000-000000000009".into()),
            ),
            voucher(2, campaign(Some(1))),
            voucher(3, campaign(None)),
        ],
    }
}

fn campaign(rank: Option<u32>) -> VoucherSource {
    VoucherSource::Campaign {
        id: "0193a1b2c3d4e5f60718293a4b5c6d7e".into(),
        name: "Natal & \"27".into(),
        rank,
    }
}

fn voucher(number: i64, source: VoucherSource) -> VoucherRow {
    VoucherRow {
        expired: number == 3,
        source,
        amount: Centavos::new(500 * number),
        ended_ms: NOW.plus(-90 * number * MINUTE_MS),
    }
}
