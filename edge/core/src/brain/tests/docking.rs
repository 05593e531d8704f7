use super::Script;
use shared::event::Contradiction;
use shared::sync::BayState;

/// Cart `a` stands docked in bay 1 at 10 s.
const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
";

fn after_docked(text: &str) -> Script {
    Script::play(&format!("{DOCKED}{text}"))
}

#[test]
fn a_cart_is_accepted_when_all_signs_agreed_for_the_settling_time() {
    Script::play(
        "
        at 1000: 1 tag a => show 1 Reading
        at 1500: 1 open; 1 in =>
        at 2000: 1 shut =>
        at 3999 =>
        at 4000 => docked 1 a, show 1 Accepted with Accepted
        at 9999 =>
        at 10000 => show 1 Ready
        ",
    );
}

#[test]
fn any_change_begins_the_settling_anew() {
    Script::play(
        "
        at 1000: 1 tag a; 1 in => show 1 Reading
        at 2900: 1 tag -; 1 tag a =>
        at 4800: 1 out; 1 in =>
        at 6700: 1 tag b =>
        at 8699 =>
        at 8700 => docked 1 b, show 1 Accepted with Accepted
        ",
    );
}

#[test]
fn what_is_withdrawn_while_it_settles_leaves_no_trace() {
    let script = Script::play(
        "
        at 1000: 1 tag a; 1 in => show 1 Reading
        at 2999: 1 tag -; 1 out => show 1 Ready
        at 60000 =>
        ",
    );
    assert_eq!(script.snapshot(1).state, BayState::Vacant);
}

#[test]
fn signs_that_disagree_are_told_once_and_may_still_agree() {
    for (signs, told) in [
        ("1 tag a", "a TagWithoutCart"),
        ("1 in", "- CartWithoutTag"),
        ("1 tag a; 1 open; 1 in", "a BoltNotEngaged"),
    ] {
        Script::play(&format!(
            "
            at 1000: {signs} => show 1 Reading
            at 8999 =>
            at 9000 => contradicted 1 {told}, show 1 Attention with Attention
            at 9500: 1 open =>
            at 60000: 1 tag a; 1 in; 1 shut =>
            at 62000 => docked 1 a, show 1 Accepted with Accepted
            "
        ));
    }
}

#[test]
fn a_contradiction_ends_when_its_signs_are_taken_away() {
    let script = Script::play(
        "
        at 1000: 1 in => show 1 Reading
        at 9000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        at 20000: 1 out => show 1 Ready
        at 30000: 1 in => show 1 Reading
        at 38000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        ",
    );
    let bay = script.snapshot(1);
    assert_eq!(bay.state, BayState::Docking);
    assert_eq!(bay.contradiction, Some(Contradiction::CartWithoutTag));
}

#[test]
fn a_miss_of_the_reader_is_not_a_departure() {
    after_docked(
        "
        at 20000: 1 tag - =>
        at 20999: 1 tag a =>
        at 30000: 1 out =>
        at 40000: 1 in =>
        at 50000: 1 tag -; 1 out =>
        at 51499: 1 in; 1 tag a =>
        at 90000 =>
        ",
    );
}

#[test]
fn a_cart_whose_tag_fell_silent_needs_a_person() {
    after_docked(
        "
        at 20000: 1 tag - =>
        at 21000 => show 1 Reading
        at 28000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        at 40000: 1 tag a => show 1 Ready
        ",
    );
}

#[test]
fn a_cart_that_leaves_without_a_release_is_told() {
    let script = after_docked(
        "
        at 20000: 1 open; 1 tag - =>
        at 20500: 1 out =>
        at 21999 =>
        at 22000 => left 1 a
        ",
    );
    assert!(script.memory().carts.is_empty());
}

#[test]
fn another_cart_in_a_slot_says_that_the_first_left() {
    after_docked(
        "
        at 20000: 1 tag b => show 1 Reading
        at 22000 => left 1 a, docked 1 b, show 1 Accepted with Accepted
        ",
    );
}

#[test]
fn a_tag_in_two_bays_flags_both_until_the_first_lets_go() {
    let mut script = after_docked(
        "
        at 20000: 2 tag a; 2 in => show 2 Reading
        at 22000 => contradicted 2 a TagInTwoBays, show 2 Attention with Attention
        at 60000 =>
        ",
    );
    let contested = Some(Contradiction::TagInTwoBays);
    let bays = [script.snapshot(1), script.snapshot(2)];
    assert_eq!(bays.each_ref().map(|bay| bay.contradiction), [contested; 2]);
    assert_eq!(bays.each_ref().map(|bay| bay.carts), [1, 0]);
    script.line("at 70000: 1 tag -; 1 out");
    script.said.clear();
    script.line("at 71500");
    let said = "left 1 a, docked 2 a, show 2 Accepted with Accepted";
    assert_eq!(script.said.join(", "), said);
    assert_eq!(script.snapshot(1).contradiction, None);
}

#[test]
fn a_cart_that_moved_to_another_bay_unseen_waits_for_the_first_to_notice() {
    after_docked(
        "
        at 20000: 2 tag a; 2 in => show 2 Reading
        at 21900: 1 tag -; 1 out =>
        at 23399 =>
        at 23400 => left 1 a, docked 2 a, show 2 Accepted with Accepted
        ",
    );
}

#[test]
fn a_lane_is_a_stack_and_takes_more_than_it_should() {
    let script = Script::play(
        "
        at 1000: 3 tag a; 3 in => show 3 Reading
        at 3000 => docked 3 a, show 3 Accepted with Accepted
        at 10000: 3 tag b => show 3 Ready, show 3 Reading
        at 12000 => docked 3 b, show 3 Accepted with Accepted
        at 20000: 3 out; 3 tag -; 3 in; 3 tag c => show 3 Ready, show 3 Reading
        at 22000 => docked 3 c, show 3 Accepted with Accepted
        at 30000: 3 tag d => show 3 Ready, show 3 Reading
        at 32000 => docked 3 d, show 3 Accepted with Accepted
        ",
    );
    let bay = script.snapshot(3);
    assert_eq!((bay.carts, bay.capacity), (4, 3));
    assert_eq!(bay.tag, Some(super::tag("d")));
}

#[test]
fn carts_that_leave_a_lane_unseen_are_told_from_the_mouth() {
    let lane = "
        at 1000: 3 tag a; 3 in => show 3 Reading
        at 3000 => docked 3 a, show 3 Accepted with Accepted
        at 4000: 3 tag b => show 3 Reading
        at 6000 => docked 3 b, show 3 Accepted with Accepted
        at 7000: 3 tag c => show 3 Reading
        at 9000 => docked 3 c, show 3 Accepted with Accepted
        at 15000 => show 3 Ready
    ";
    for rest in [
        "
        at 20000: 3 tag a => show 3 Reading
        at 22000 => left 3 c, left 3 b, show 3 Ready
        ",
        "
        at 20000: 3 tag -; 3 out =>
        at 21500 => left 3 c
        at 23000: 3 in; 3 tag b =>
        at 60000 =>
        ",
        "
        at 20000: 3 tag -; 3 out =>
        at 21500 => left 3 c
        at 26500 => left 3 b
        at 31500 => left 3 a
        at 60000 =>
        ",
    ] {
        Script::play(&format!("{lane}{rest}"));
    }
}

#[test]
fn locate_blinks_a_resting_bay_for_its_time() {
    after_docked(
        "
        at 20000: locate 1 5000; locate 2 5000 => show 1 Locate, show 2 Locate
        at 21000: 2 tag b; 2 in => show 2 Reading
        at 23000 => docked 2 b, show 2 Accepted with Accepted
        at 25000 => show 1 Ready
        at 29000 => show 2 Ready
        at 30000: locate 1 5000 => show 1 Locate
        at 31000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 31100: 1 open; locate 1 9000 =>
        at 32000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Locate
        ",
    );
}
