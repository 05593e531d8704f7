//! Chance for ids, tokens and salts, read from the operating system in blocks.

use shared::time::UnixMs;

pub struct Entropy {
    block: [u8; 1_024],
    used: usize,
}

impl Default for Entropy {
    fn default() -> Self {
        Self {
            block: [0; 1_024],
            used: 1_024,
        }
    }
}

impl Entropy {
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= 64) };
        if self.used + N > self.block.len() {
            getrandom::fill(&mut self.block)
                .expect("Linux gives random bytes to every running process");
            self.used = 0;
        }
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.block[self.used..self.used + N]);
        // What was handed out is not kept.
        self.block[self.used..self.used + N].fill(0);
        self.used += N;
        bytes
    }

    /// A fresh id of any of the id types, given its constructor.
    pub fn id<T>(&mut self, new: fn(u64, [u8; 10]) -> T, now: UnixMs) -> T {
        new(u64::try_from(now.0).unwrap_or(0), self.bytes())
    }
}
