use crate::manager::Totals;
use crate::ui::Frame;
use serde_json::json;
use shared::ids::BayNo;
use shared::sync::BayState;

/// A bay that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BayDelta {
    pub dock_code: String,
    pub bay: BayNo,
    pub state: BayState,
    pub carts: u16,
}

/// The data of a `bays` event of `/manage/live`.
pub fn bays_event(changes: &[BayDelta]) -> String {
    let list: Vec<_> = changes
        .iter()
        .map(|c| {
            json!({"dock": c.dock_code, "bay": c.bay, "state": c.state.as_str(), "carts": c.carts})
        })
        .collect();
    json!(list).to_string()
}

/// The data of a `totals` event of `/manage/live`: texts, formatted here and nowhere else.
/// `problems` is the sum of the problems' counts; a page that shows another number offers a reload.
pub fn totals_event(totals: &Totals, problems: u64, frame: &Frame) -> String {
    let figures: serde_json::Map<_, _> = totals
        .figures(frame)
        .into_iter()
        .map(|f| (f.key.to_owned(), json!([f.value, f.count])))
        .collect();
    json!({"figures": figures, "problems": problems}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{Lang, Zone};
    use shared::money::Centavos;
    use shared::time::UnixMs;

    #[test]
    fn events_are_what_the_script_reads() {
        let change = BayDelta {
            dock_code: "N\"".into(),
            bay: BayNo::new(3).unwrap(),
            state: BayState::Occupied,
            carts: 1,
        };
        assert_eq!(
            bays_event(&[change]),
            r#"[{"bay":3,"carts":1,"dock":"N\"","state":"occupied"}]"#
        );
        let totals = Totals {
            held: Centavos::new(2_000),
            held_count: 2,
            refundable: Centavos::ZERO,
            refundable_count: 0,
            refunded_today: Centavos::new(1_000),
            refunded_today_count: 1,
            carts_out: 2,
        };
        let frame = Frame {
            lang: Lang::En,
            zone: Zone::sao_paulo(),
            now_ms: UnixMs(0),
            path: "/manage".into(),
        };
        let event = totals_event(&totals, 4, &frame);
        assert!(
            event.contains(r#""held":["R$20.00","2 rentals"]"#),
            "{event}"
        );
        assert!(event.contains(r#""out":["2",null]"#), "{event}");
        assert!(event.contains(r#""problems":4"#), "{event}");
    }
}
