//! Key presses as characters, in the layout that scanners type when they are set to none.

use evdev::KeyCode;

#[derive(Debug, Default)]
pub(super) struct Keys {
    left_shift: bool,
    right_shift: bool,
}

/// Values of a key event; the third, a repetition by the kernel, types nothing.
const RELEASED: i32 = 0;
const PRESSED: i32 = 1;

/// Stands for a key that types something else; codes hold letters and digits only, and whatever is
/// between them separates.
const OTHER: u8 = b'?';

/// In the order of the row's keys on the keyboard.
const ROWS: [(u16, &[u8], &[u8]); 4] = [
    (KeyCode::KEY_1.0, b"1234567890-=\x08", b"!@#$%^&*()_+\x08"),
    (KeyCode::KEY_Q.0, b"qwertyuiop[]\n", b"QWERTYUIOP{}\n"),
    (KeyCode::KEY_A.0, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
    (KeyCode::KEY_BACKSLASH.0, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
];

/// The numeric pad: 7 8 9 − 4 5 6 + 1 2 3 0 .
const PAD: (u16, &[u8]) = (KeyCode::KEY_KP7.0, b"789-456+1230.");

impl Keys {
    pub(super) fn typed(&mut self, code: KeyCode, value: i32) -> Option<u8> {
        match code {
            KeyCode::KEY_LEFTSHIFT => self.left_shift = value != RELEASED,
            KeyCode::KEY_RIGHTSHIFT => self.right_shift = value != RELEASED,
            KeyCode::KEY_LEFTCTRL
            | KeyCode::KEY_RIGHTCTRL
            | KeyCode::KEY_LEFTALT
            | KeyCode::KEY_RIGHTALT
            | KeyCode::KEY_LEFTMETA
            | KeyCode::KEY_RIGHTMETA
            | KeyCode::KEY_CAPSLOCK
            | KeyCode::KEY_NUMLOCK
            | KeyCode::KEY_SCROLLLOCK => {}
            _ if value == PRESSED => return Some(self.character(code)),
            _ => {}
        }
        None
    }

    fn character(&self, code: KeyCode) -> u8 {
        match code {
            KeyCode::KEY_KPENTER | KeyCode::KEY_TAB => return b'\n',
            KeyCode::KEY_SPACE => return b' ',
            // A keypad's "clear".
            KeyCode::KEY_ESC | KeyCode::KEY_DELETE => return 0x1b,
            KeyCode::KEY_KPASTERISK => return b'*',
            KeyCode::KEY_KPSLASH => return b'/',
            _ => {}
        }
        let shifted = self.left_shift || self.right_shift;
        let within = |first: u16, row: &[u8]| {
            let place = usize::from(code.0.checked_sub(first)?);
            row.get(place).copied()
        };
        let rows = ROWS
            .iter()
            .find_map(|(first, plain, upper)| within(*first, if shifted { upper } else { plain }));
        rows.or_else(|| within(PAD.0, PAD.1)).unwrap_or(OTHER)
    }
}

#[cfg(test)]
mod tests;
