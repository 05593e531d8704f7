use super::*;

fn offer() -> Offer {
    Offer {
        campaign_id: CampaignId::from_bytes([1; 16]),
        name: "Obrigado pela volta".to_owned(),
        stores: vec!["Loja Centro".to_owned()],
        opens_ms: UnixMs(1_000),
        closes_ms: UnixMs(1_000 + 30 * DAY_MS),
        voucher: Centavos::new(200),
        valid_days: 60,
        vouchers_per_person_max: 2,
        text: "Cada devolução vale R$ 2.".to_owned(),
    }
}

#[test]
fn the_life_of_a_sure_prize() {
    let (opens, closes) = (offer().opens_ms, offer().closes_ms);
    let draft = Certain::draft(offer()).unwrap();
    assert!(!draft.earns(0, opens));
    let open = draft.open(opens).unwrap();
    for (so_far, at_ms, expected) in [
        (0, opens, true),
        (1, closes, true),
        (2, closes, false),
        (0, closes.plus(1), false),
        (0, opens.plus(-1), false),
    ] {
        assert_eq!(open.earns(so_far, at_ms), expected);
    }
    let closed = open.close(closes).unwrap();
    assert!(!closed.earns(0, closes));
    let done = closed.account(closes.plus(60 * DAY_MS)).unwrap();
    assert_eq!(done.stage(), "accounted");
    assert_eq!(done.offer(), &offer());
}

#[test]
fn every_refused_step() {
    use CertainRejection::*;
    let (opens, closes) = (offer().opens_ms, offer().closes_ms);
    let draft = || Certain::draft(offer()).unwrap();
    let open = || draft().open(opens).unwrap();
    let closed = || open().close(closes).unwrap();
    let stages = [draft(), open(), closed(), draft().withdraw().unwrap()];
    for stage in stages {
        let name = stage.stage();
        let refusals = [
            ("draft", stage.clone().open(opens).err()),
            ("open", stage.clone().close(closes).err()),
            (
                "closed",
                stage.clone().account(closes.plus(60 * DAY_MS)).err(),
            ),
            ("draft", stage.clone().withdraw().err()),
        ];
        for (from, refusal) in refusals {
            assert_eq!(
                refusal,
                (from != name).then_some(WrongStage),
                "{from} {name}"
            );
        }
    }
    assert_eq!(draft().open(opens.plus(-1)), Err(TooEarly));
    assert_eq!(draft().open(closes), Err(TooLate));
    assert_eq!(open().close(closes.plus(-1)), Err(TooEarly));
    assert_eq!(
        closed().account(closes.plus(60 * DAY_MS - 1)),
        Err(TooEarly)
    );
}

#[test]
fn every_field_that_may_not_be_so_is_named() {
    let change = |change: &dyn Fn(&mut Offer)| {
        let mut offer = offer();
        change(&mut offer);
        offer.check()
    };
    assert_eq!(change(&|_| ()), Ok(()));
    type Change = Box<dyn Fn(&mut Offer)>;
    let cases: Vec<(Change, &str, Why)> = vec![
        (Box::new(|o| o.name.clear()), "name", Why::Empty),
        (Box::new(|o| o.name = "a".repeat(121)), "name", Why::TooLong),
        (Box::new(|o| o.stores.clear()), "stores", Why::Empty),
        (
            Box::new(|o| o.closes_ms = o.opens_ms),
            "closes_ms",
            Why::TooEarly,
        ),
        (
            Box::new(|o| o.closes_ms = o.opens_ms.plus(367 * DAY_MS)),
            "closes_ms",
            Why::TooLate,
        ),
        (
            Box::new(|o| o.voucher = Centavos::ZERO),
            "voucher",
            Why::OutOfRange,
        ),
        (
            Box::new(|o| o.voucher = Centavos::new(VOUCHER_CENTAVOS_MAX + 1)),
            "voucher",
            Why::OutOfRange,
        ),
        (
            Box::new(|o| o.valid_days = 0),
            "valid_days",
            Why::OutOfRange,
        ),
        (
            Box::new(|o| o.vouchers_per_person_max = 0),
            "vouchers_per_person_max",
            Why::OutOfRange,
        ),
        (Box::new(|o| o.text.clear()), "text", Why::Empty),
    ];
    for (wrong, field, why) in cases {
        assert_eq!(change(&*wrong), Err(vec![(field, why)]));
        let mut other = offer();
        wrong(&mut other);
        assert_eq!(Certain::draft(other), Err(vec![(field, why)]));
    }
}
