use super::*;
use KeyCode as K;

fn typed(events: &[(KeyCode, i32)]) -> String {
    let mut keys = Keys::default();
    let bytes = events
        .iter()
        .filter_map(|(code, value)| keys.typed(*code, *value));
    String::from_utf8(bytes.collect()).unwrap()
}

#[test]
fn every_letter_and_digit_is_typed_as_itself() {
    let letters = [
        K::KEY_A,
        K::KEY_B,
        K::KEY_C,
        K::KEY_D,
        K::KEY_E,
        K::KEY_F,
        K::KEY_G,
        K::KEY_H,
        K::KEY_I,
        K::KEY_J,
        K::KEY_K,
        K::KEY_L,
        K::KEY_M,
        K::KEY_N,
        K::KEY_O,
        K::KEY_P,
        K::KEY_Q,
        K::KEY_R,
        K::KEY_S,
        K::KEY_T,
        K::KEY_U,
        K::KEY_V,
        K::KEY_W,
        K::KEY_X,
        K::KEY_Y,
        K::KEY_Z,
    ];
    let row = [
        K::KEY_0,
        K::KEY_1,
        K::KEY_2,
        K::KEY_3,
        K::KEY_4,
        K::KEY_5,
        K::KEY_6,
        K::KEY_7,
        K::KEY_8,
        K::KEY_9,
    ];
    let pad = [
        K::KEY_KP0,
        K::KEY_KP1,
        K::KEY_KP2,
        K::KEY_KP3,
        K::KEY_KP4,
        K::KEY_KP5,
        K::KEY_KP6,
        K::KEY_KP7,
        K::KEY_KP8,
        K::KEY_KP9,
    ];
    let others = [
        K::KEY_SLASH,
        K::KEY_DOT,
        K::KEY_SEMICOLON,
        K::KEY_MINUS,
        K::KEY_KPDOT,
        K::KEY_KPSLASH,
        K::KEY_ENTER,
        K::KEY_KPENTER,
    ];
    for (keys, characters) in [
        (&letters[..], "abcdefghijklmnopqrstuvwxyz"),
        (&row, "0123456789"),
        (&pad, "0123456789"),
        (&others, "/.;-./\n\n"),
    ] {
        let pressed: Vec<_> = keys.iter().flat_map(|key| [(*key, 1), (*key, 0)]).collect();
        assert_eq!(typed(&pressed), characters);
    }
    let mut shifted = vec![(K::KEY_RIGHTSHIFT, 1)];
    shifted.extend(letters.map(|key| (key, 1)));
    assert_eq!(typed(&shifted), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

#[test]
fn shifts_hold_and_repetitions_and_locks_type_nothing() {
    for (events, expected) in [
        (
            vec![(K::KEY_A, 1), (K::KEY_A, 2), (K::KEY_A, 2), (K::KEY_A, 0)],
            "a",
        ),
        (
            vec![
                (K::KEY_LEFTSHIFT, 1),
                (K::KEY_LEFTSHIFT, 2),
                (K::KEY_SEMICOLON, 1),
            ],
            ":",
        ),
        (
            vec![
                (K::KEY_LEFTSHIFT, 1),
                (K::KEY_RIGHTSHIFT, 1),
                (K::KEY_LEFTSHIFT, 0),
                (K::KEY_B, 1),
            ],
            "B",
        ),
        (
            vec![(K::KEY_CAPSLOCK, 1), (K::KEY_C, 1), (K::KEY_LEFTCTRL, 1)],
            "c",
        ),
        (
            vec![(K::KEY_F1, 1), (K::KEY_RO, 1), (KeyCode(0x2ff), 1)],
            "???",
        ),
        (vec![(K::KEY_BACKSPACE, 1), (K::KEY_ESC, 1)], "\x08\x1b"),
    ] {
        assert_eq!(typed(&events), expected, "{events:?}");
    }
}
