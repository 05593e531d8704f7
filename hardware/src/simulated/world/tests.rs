use super::*;
use shared::dock::{Lamp, Sound};
use shared::enrol::BayKind;

/// A slot 1 with cart `a` (capacity 1), a vacant slot 2, a lane 3 with `b` inside and `c` at its
/// mouth (capacity 3); `d` in the lot.
fn world() -> World {
    let layout = [
        (1, BayKind::Slot, 1),
        (2, BayKind::Slot, 1),
        (3, BayKind::Lane, 3),
    ]
    .map(|(number, kind, capacity)| BayLayout {
        bay: bay(number),
        kind,
        capacity,
    });
    let carts = [(1, vec!['a']), (3, vec!['b', 'c'])]
        .map(|(number, carts)| (bay(number), carts.into_iter().map(tag).collect()));
    World::with_lot(&layout, carts.into(), vec![tag('d')])
}

fn bay(number: u16) -> BayNo {
    BayNo::new(number).unwrap()
}

fn tag(digit: char) -> TagUid {
    format!("0400000{digit}").parse().unwrap()
}

/// One step of a story: what a hand, the gateway or a saboteur does.
#[derive(Debug, Clone, Copy)]
enum Do {
    Push(u16, char),
    Pull(u16),
    Force(u16),
    Carry(char),
    Bring(char),
    Clone(char),
    Release(u16),
    Secure(u16),
    Break(u16, FaultKind),
    HoldTag(u16, FaultKind, char),
    Mend(u16),
    Wait(u64),
}

fn play(world: &mut World, now_ms: &mut u64, step: Do) -> Result<(), Refused> {
    match step {
        Do::Push(at, cart) => world.push(bay(at), tag(cart), *now_ms),
        Do::Pull(at) => world.pull(bay(at), *now_ms).map(drop),
        Do::Force(at) => world.force(bay(at), *now_ms).map(drop),
        Do::Carry(cart) => world.carry_away(tag(cart)),
        Do::Bring(cart) => world.bring(tag(cart)),
        Do::Clone(cart) => world.bring_clone(tag(cart)),
        Do::Release(at) => {
            world.release(bay(at), 400, *now_ms);
            Ok(())
        }
        Do::Secure(at) => {
            world.secure(bay(at), *now_ms);
            Ok(())
        }
        Do::Break(at, kind) => world.inject(bay(at), kind.into(), *now_ms),
        Do::HoldTag(at, kind, cart) => {
            let tag = Some(tag(cart));
            world.inject(bay(at), Fault { kind, tag }, *now_ms)
        }
        Do::Mend(at) => world.clear(bay(at), None),
        Do::Wait(duration_ms) => {
            *now_ms += duration_ms;
            world.step(*now_ms);
            Ok(())
        }
    }
}

#[test]
fn hands_are_refused_for_a_reason() {
    use Do::{Break, Bring, Carry, Force, HoldTag, Pull, Push, Release, Wait};
    use FaultKind::{BoltSlow, BoltStuckClosed, BoltStuckOpen, TagFlash};
    let table: &[(&[Do], Result<(), Refused>)] = &[
        (&[Push(9, 'f')], Err(Refused::UnknownBay)),
        (&[Push(2, 'f')], Err(Refused::UnknownCart)),
        (&[Push(2, 'a')], Err(Refused::UnknownCart)),
        (&[Push(1, 'd')], Err(Refused::BayFull)),
        (&[Push(2, 'd')], Ok(())),
        (&[Push(3, 'd')], Ok(())),
        (
            &[Push(3, 'd'), Bring('e'), Push(3, 'e')],
            Err(Refused::BayFull),
        ),
        (&[Pull(9)], Err(Refused::UnknownBay)),
        (&[Pull(2)], Err(Refused::BayEmpty)),
        (&[Pull(1)], Err(Refused::Locked)),
        (&[Release(1), Pull(1)], Err(Refused::Locked)),
        (&[Release(1), Wait(100), Pull(1)], Ok(())),
        (&[Release(1), Wait(9_000), Pull(1)], Ok(())),
        (
            &[Release(1), Wait(100), Do::Secure(1), Pull(1)],
            Err(Refused::Locked),
        ),
        (
            &[Release(3), Wait(100), Pull(3), Pull(3)],
            Err(Refused::CartRolling),
        ),
        (
            &[Release(3), Wait(100), Pull(3), Wait(900), Pull(3)],
            Err(Refused::Locked),
        ),
        (&[Force(2)], Err(Refused::BayEmpty)),
        (&[Force(1)], Ok(())),
        (&[Force(3), Force(3)], Err(Refused::CartRolling)),
        (&[Carry('a')], Err(Refused::UnknownCart)),
        (&[Carry('d'), Carry('d')], Err(Refused::UnknownCart)),
        (&[Carry('d'), Bring('d')], Ok(())),
        (&[Bring('a')], Err(Refused::AlreadyHere)),
        (&[Bring('d')], Err(Refused::AlreadyHere)),
        (&[Do::Clone('a')], Ok(())),
        (
            &[Break(1, BoltStuckClosed), Release(1), Wait(100), Pull(1)],
            Err(Refused::Locked),
        ),
        (&[Break(1, BoltStuckOpen), Pull(1)], Ok(())),
        (
            &[Break(1, BoltSlow), Release(1), Wait(1_000), Pull(1)],
            Err(Refused::Locked),
        ),
        (
            &[Break(1, BoltSlow), Release(1), Wait(1_600), Pull(1)],
            Ok(()),
        ),
        (&[Break(1, TagFlash)], Err(Refused::TagMissing)),
        (&[HoldTag(9, TagFlash, 'a')], Err(Refused::UnknownBay)),
    ];
    for (story, expected) in table {
        let (mut world, mut now_ms) = (world(), 1_000);
        let mut last = Ok(());
        for (index, step) in story.iter().enumerate() {
            last = play(&mut world, &mut now_ms, *step);
            assert!(
                last.is_ok() || index + 1 == story.len(),
                "{story:?} at {index}"
            );
        }
        assert_eq!(last, *expected, "{story:?}");
    }
}

#[test]
fn sensors_see_the_bay() {
    use Do::{Break, Force, HoldTag, Mend, Pull, Push, Release, Secure, Wait};
    use FaultKind::{
        BoltSensorStuckEngaged, BoltSensorStuckOpen, BoltStuckClosed, BoltStuckOpen,
        CartWithoutTag, PresenceStuckAbsent, PresenceStuckPresent, TagFlash, TagWithoutCart,
    };
    // After the story, at bay: tag in the field ('.' none), bolt switch, cart switch.
    let table: &[(&[Do], u16, char, bool, bool)] = &[
        (&[], 1, 'a', true, true),
        (&[], 2, '.', true, false),
        (&[], 3, 'c', true, true),
        (&[Release(1)], 1, 'a', true, true),
        (&[Release(1), Wait(100)], 1, 'a', false, true),
        (
            &[Release(1), Wait(100), Secure(1), Wait(100)],
            1,
            'a',
            true,
            true,
        ),
        (&[Release(1), Wait(100), Pull(1)], 1, '.', false, false),
        (
            &[Release(1), Wait(100), Pull(1), Wait(500)],
            1,
            '.',
            true,
            false,
        ),
        (&[Push(2, 'd')], 2, 'd', false, true),
        (&[Push(2, 'd'), Wait(500)], 2, 'd', true, true),
        (&[Push(3, 'd'), Wait(500)], 3, 'd', true, true),
        (
            &[Release(3), Wait(100), Pull(3), Wait(500)],
            3,
            '.',
            true,
            false,
        ),
        (
            &[Release(3), Wait(100), Pull(3), Wait(900)],
            3,
            'b',
            true,
            true,
        ),
        (&[Force(1), Wait(500)], 1, '.', true, false),
        (
            &[Break(1, BoltStuckClosed), Release(1), Wait(500)],
            1,
            'a',
            true,
            true,
        ),
        (
            &[Break(2, BoltStuckOpen), Push(2, 'd'), Wait(500)],
            2,
            'd',
            false,
            true,
        ),
        (&[Break(1, BoltSensorStuckOpen)], 1, 'a', false, true),
        (
            &[Break(1, BoltSensorStuckEngaged), Release(1), Wait(500)],
            1,
            'a',
            true,
            true,
        ),
        (&[Break(1, PresenceStuckAbsent)], 1, 'a', true, false),
        (&[Break(2, PresenceStuckPresent)], 2, '.', true, true),
        (&[Break(1, CartWithoutTag)], 1, '.', true, true),
        (&[HoldTag(2, TagWithoutCart, 'a')], 2, 'a', true, false),
        (&[HoldTag(2, TagFlash, 'a'), Wait(400)], 2, 'a', true, false),
        (&[HoldTag(2, TagFlash, 'a'), Wait(600)], 2, '.', true, false),
        (&[Break(1, CartWithoutTag), Mend(1)], 1, 'a', true, true),
    ];
    for (story, at, seen, bolt, cart) in table {
        let (mut world, mut now_ms) = (world(), 1_000);
        for step in *story {
            play(&mut world, &mut now_ms, *step).unwrap();
        }
        let expected = (*seen != '.').then(|| tag(*seen));
        assert_eq!(world.tag_in_field(bay(*at)), expected, "{story:?}");
        assert_eq!(
            world.bolt_switch(bay(*at), now_ms),
            *bolt,
            "bolt: {story:?}"
        );
        assert_eq!(
            world.cart_switch(bay(*at), now_ms),
            *cart,
            "cart: {story:?}"
        );
    }
}

#[test]
fn a_bouncing_switch_settles() {
    let (mut world, mut now_ms) = (world(), 1_000);
    let levels = |world: &mut World, now_ms: &mut u64| -> Vec<bool> {
        (0..20)
            .map(|_| {
                play(world, now_ms, Do::Wait(10)).unwrap();
                world.cart_switch(bay(2), *now_ms)
            })
            .collect()
    };
    play(
        &mut world,
        &mut now_ms,
        Do::Break(2, FaultKind::SwitchesBounce),
    )
    .unwrap();
    play(&mut world, &mut now_ms, Do::Push(2, 'd')).unwrap();
    let chatter = levels(&mut world, &mut now_ms);
    assert!(chatter.contains(&true) && chatter.contains(&false));
    play(&mut world, &mut now_ms, Do::Wait(1_000)).unwrap();
    play(&mut world, &mut now_ms, Do::Wait(1_000)).unwrap();
    assert_eq!(levels(&mut world, &mut now_ms), [true; 20]);
}

#[test]
fn time_alone_changes_the_revision() {
    let mut world = world();
    world.release(bay(1), 400, 0);
    let before = world.revision();
    world.step(10);
    assert_eq!(world.revision(), before);
    world.step(100);
    assert_eq!(world.revision(), before + 1);
}

#[test]
fn the_indicator_is_seen_and_counted() {
    let mut world = world();
    for sound in [Some(Sound::Open), None, Some(Sound::Open)] {
        let lamp = Lamp::Open;
        world.show(bay(1), Signal { lamp, sound });
    }
    let view = &world.state().bays[0];
    let seen = (view.lamp, view.sounds, view.last_sound);
    assert_eq!(seen, (Lamp::Open, 2, Some(Sound::Open)));
}

#[test]
fn carts_that_do_not_fit_stand_in_the_lot() {
    let layout = [BayLayout {
        bay: bay(1),
        kind: BayKind::Slot,
        capacity: 1,
    }];
    let carts = [(bay(1), vec![tag('a'), tag('b')]), (bay(7), vec![tag('c')])];
    let state = World::new(&layout, carts.into()).state();
    assert_eq!(state.bays[0].carts, [tag('a')]);
    assert_eq!(state.lot, [tag('b'), tag('c')]);
}

#[test]
fn every_fault_has_one_code() {
    for kind in FaultKind::ALL {
        assert_eq!(FaultKind::from_code(kind.code()), Some(*kind));
        let text = serde_json::to_string(kind).unwrap();
        assert_eq!(text, format!("\"{}\"", kind.code()));
    }
}
