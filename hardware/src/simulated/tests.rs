use super::*;
use shared::enrol::BayKind;

fn bay(number: u16) -> BayNo {
    BayNo::new(number).unwrap()
}

fn tag(digit: char) -> TagUid {
    format!("0400000{digit}").parse().unwrap()
}

fn layout() -> [BayLayout; 2] {
    [1, 2].map(|number| BayLayout {
        bay: bay(number),
        kind: BayKind::Slot,
        capacity: 1,
    })
}

#[test]
fn a_kept_world_outlives_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let carts = BTreeMap::from([(bay(1), vec![tag('a')])]);
    {
        let (dock, _) = SimulatedDock::kept_at(&path, &layout(), carts.clone()).unwrap();
        dock.bring(tag('b')).unwrap();
        dock.push(bay(2), tag('b')).unwrap();
        dock.force(bay(1)).unwrap();
    }
    let (dock, _) = SimulatedDock::kept_at(&path, &layout(), carts.clone()).unwrap();
    let state = dock.state();
    let inside: Vec<_> = state.bays.iter().map(|bay| bay.carts.clone()).collect();
    assert_eq!(inside, [vec![], vec![tag('b')]]);
    assert_eq!(state.lot, [tag('a')]);

    std::fs::write(&path, "{}").unwrap();
    let error = SimulatedDock::kept_at(&path, &layout(), carts).map(drop);
    assert!(error.unwrap_err().to_string().contains("delete it"));
}

#[test]
fn subscribers_hear_of_what_changed_and_only_of_that() {
    let (dock, _) = SimulatedDock::new(&layout(), BTreeMap::new());
    let mut changes = dock.subscribe();
    changes.mark_unchanged();
    assert_eq!(dock.pull(bay(1)), Err(Refused::BayEmpty));
    dock.state();
    assert!(!changes.has_changed().unwrap());
    dock.bring(tag('a')).unwrap();
    assert!(changes.has_changed().unwrap());
}
