use super::*;
use shared::enrol::BayKind;

const REST: &str = "coil=17,bolt=!4,presence=!5,lamp=23,sound=26";

fn plan(text: &str) -> Result<PinPlan, PlanError> {
    text.parse()
}

fn layouts(numbers: &[u16]) -> Vec<BayLayout> {
    let layout = |number: &u16| BayLayout {
        bay: BayNo::new(*number).unwrap(),
        kind: BayKind::Slot,
        capacity: 1,
    };
    numbers.iter().map(layout).collect()
}

#[test]
fn a_plan_is_read_in_any_order_with_spaces() {
    let text = " 7 : sound=26, gain=48, coil = 17 ,bolt=!4,presence=22,lamp=!23,power=6, spi=0.1 ;";
    let plan = plan(text).unwrap();
    let high = |line| Pin {
        line,
        active_low: false,
    };
    let low = |line| Pin {
        line,
        active_low: true,
    };
    assert_eq!(
        plan.bays[&BayNo::new(7).unwrap()],
        BayPins {
            spi: ChipSelect { bus: 0, select: 1 },
            gain_db: Some(48),
            rst: None,
            power: Some(high(6)),
            coil: high(17),
            bolt: low(4),
            presence: high(22),
            lamp: low(23),
            sound: high(26),
        }
    );
}

#[test]
fn the_table_of_the_readme_is_a_plan() {
    let plan = plan(PinPlan::THREE_BAYS).unwrap();
    assert_eq!(plan.check_against(&layouts(&[1, 2, 3])), Ok(()));
    let readme = include_str!("../../../README.md");
    for entry in PinPlan::THREE_BAYS.split(';') {
        assert!(readme.contains(entry), "the README lacks {entry}");
    }
}

#[test]
fn every_mistake_names_bay_field_and_way_out() {
    let other = "rst=12,coil=27,bolt=!6,presence=!2,lamp=24,sound=26";
    for (text, parts) in [
        ("1".to_owned(), vec!["`1`", "number:field=value"]),
        (format!("0:spi=0.0,{REST}"), vec!["`0:", "number:field"]),
        (
            format!("1:spi=0.0,{REST};1:spi=0.1,{other}"),
            vec!["bay 1", "twice", "one entry"],
        ),
        (
            format!("1:spi=0.0,{REST},siren=9"),
            vec!["bay 1", "siren=9", "the fields are"],
        ),
        (
            format!("1:spi=0.0,{REST},rst"),
            vec!["bay 1", "`rst`", "the fields are"],
        ),
        (
            format!("1:spi=0.0,{REST},coil=22"),
            vec!["bay 1", "`coil`", "take one out"],
        ),
        (
            "1:spi=0.0,coil=17".into(),
            vec!["bay 1", "`bolt`", "missing", "left out"],
        ),
        (
            REST.replace("coil", "1:coil"),
            vec!["bay 1", "`spi`", "missing"],
        ),
        (
            format!("1:spi=0.0,rst=28,{REST}"),
            vec!["bay 1", "rst", "`28`", "2 to 27"],
        ),
        (
            format!("1:spi=0.0,rst=1,{REST}"),
            vec!["bay 1", "rst", "`1`", "2 to 27"],
        ),
        (
            format!("1:spi=0.0,rst=+12,{REST}"),
            vec!["bay 1", "rst", "`+12`"],
        ),
        (format!("1:spi=0.0,rst=,{REST}"), vec!["bay 1", "rst", "``"]),
        (
            format!("1:spi=2.0,{REST}"),
            vec!["bay 1", "spi", "`2.0`", "1.2"],
        ),
        (
            format!("1:spi=0.0,gain=47,{REST}"),
            vec!["bay 1", "gain", "`47`", "48 (dB)"],
        ),
        (
            format!("1:spi=0.0,{REST};2:spi=0.0,{other}"),
            vec!["bay 2", "0.0", "bay 1", "another chip-select"],
        ),
        (
            format!("1:spi=0.0,{REST};2:spi=0.1,{}", other.replace("12", "17")),
            vec!["bay 2", "rst", "pin 17", "coil of bay 1", "another pin"],
        ),
        (
            format!("1:spi=0.0,rst=23,{REST}"),
            vec!["bay 1", "lamp", "pin 23", "rst of bay 1"],
        ),
        (
            format!("1:spi=0.0,{REST};2:spi=0.1,{}", other.replace("26", "!26")),
            vec!["bay 2", "sound", "pin 26", "sound of bay 1"],
        ),
        (
            format!("1:spi=0.0,{REST};2:spi=1.1,{other}"),
            vec!["bay 1", "coil", "pin 17", "bay 2's reader (1.1)"],
        ),
        (
            format!("1:spi=0.0,{}", REST.replace("17", "8")),
            vec!["bay 1", "coil", "pin 8", "(0.0)"],
        ),
        (
            format!("1:spi=0.0,{}", REST.replace("17", "7")),
            vec!["bay 1", "coil", "pin 7", "(0.0)"],
        ),
        (
            format!("1:spi=1.2,{REST}"),
            vec!["bay 1", "coil", "pin 17", "(1.2)"],
        ),
        (
            format!("1:spi=0.0,{}", REST.replace("17", "6")),
            vec!["bay 1", "coil", "pin 6", "9 to 27"],
        ),
        (
            format!("1:spi=0.0,{}", REST.replace("17", "!17")),
            vec!["bay 1", "coil", "pin 17", "2 to 8 for `!`"],
        ),
        (
            format!("1:spi=0.0,{}", REST.replace("!5", "3")),
            vec!["bay 1", "presence", "write !3"],
        ),
    ] {
        let said = plan(&text).expect_err(&text).to_string();
        for part in parts {
            assert!(said.contains(part), "{text}: `{part}` is not in: {said}");
        }
    }
}

#[test]
fn a_chip_select_that_no_overlay_claims_is_a_pin() {
    assert!(plan(&format!("1:spi=0.0,rst=7,{REST}")).is_err());
    assert!(plan(&format!("1:spi=1.0,rst=16,{REST}")).is_ok());
    assert!(plan(&format!("1:spi=1.1,rst=16,{}", REST.replace("17", "27"))).is_ok());
    assert!(plan(&format!("1:spi=1.2,rst=16,{}", REST.replace("17", "27"))).is_err());
}

#[test]
fn bays_and_pins_must_be_the_same() {
    let plan = plan(PinPlan::THREE_BAYS).unwrap();
    for (numbers, expected) in [
        (vec![3, 1, 2], Ok(())),
        (
            vec![1, 2],
            Err(PlanError::PinsWithoutBay(BayNo::new(3).unwrap())),
        ),
        (
            vec![1, 2, 3, 9],
            Err(PlanError::BayWithoutPins(BayNo::new(9).unwrap())),
        ),
        (
            vec![1, 2, 4],
            Err(PlanError::BayWithoutPins(BayNo::new(4).unwrap())),
        ),
    ] {
        assert_eq!(
            plan.check_against(&layouts(&numbers)),
            expected,
            "{numbers:?}"
        );
    }
}
