//! A gateway's journal without a disk: signed and chained as ever, kept until it is acknowledged.

use ed25519_dalek::SigningKey;
use edge::journal::Line;
use shared::chain::{Head, append};
use shared::event::Fact;
use shared::ids::GatewayId;
use shared::time::Stamp;
use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Journal {
    pub(super) key: SigningKey,
    gateway: GatewayId,
    head: Head,
    acked: Head,
    /// Those after `acked`.
    lines: VecDeque<Line>,
}

impl Journal {
    pub(super) fn new(key: SigningKey, gateway: GatewayId) -> Self {
        let head = Head::empty(&gateway);
        Self {
            key,
            gateway,
            head,
            acked: head,
            lines: VecDeque::new(),
        }
    }

    pub(super) fn append(&mut self, at: Stamp, fact: Fact) {
        let appended = append(&self.key, self.gateway, self.head, at, fact);
        self.head = appended.head;
        self.lines.push_back(Line {
            head: appended.head,
            text: appended.line,
        });
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    pub(super) fn acked(&self) -> Head {
        self.acked
    }

    pub(super) fn signer(&self) -> (&SigningKey, GatewayId) {
        (&self.key, self.gateway)
    }

    pub(super) fn lines_after(&self, seq: u64, max: usize) -> Vec<Line> {
        let held = self.lines.iter().filter(|line| line.head.seq > seq);
        held.take(max).cloned().collect()
    }

    pub(super) fn count_after(&self, seq: u64) -> u64 {
        self.head.seq.saturating_sub(seq)
    }

    /// False: the cloud names a line that was never written here.
    pub(super) fn acknowledge(&mut self, acked: Head) -> bool {
        if acked == self.acked {
            return true;
        }
        let place = self.lines.iter().position(|line| line.head == acked);
        let Some(place) = place else {
            return false;
        };
        self.lines.drain(..=place);
        self.acked = acked;
        true
    }
}
