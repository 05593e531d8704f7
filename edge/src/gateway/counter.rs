//! What the loop does for customers who stand at the dock: answers to what they brought, receipts,
//! and news of the allowance list.
//!
//! A refusal at the dock's own reader is told in two senses without disturbing anybody: one bay that
//! is idle, the lowest, blinks "attention" and sounds for two seconds, and then shows again what the
//! brain wants shown. Where no bay is idle, lamps speak to other customers; then it only sounds. A
//! refusal on a phone is told on the phone.

use super::Gateway;
use crate::allowance::Wanted;
use crate::door::{Asked, Heard, Knock};
use crate::journal::{JournalError, Line};
use crate::receipts::Receipts;
use crate::status::Serving;
use crate::uplink::Live;
use edge_core::io::{DoorAnswer, Input, Output, VoucherAnswer};
use shared::dock::{Lamp, Signal, Sound};
use shared::ids::BayNo;
use shared::sync::{Ack, OfflineState};
use shared::time::{MonoMs, Stamp};
use tokio::sync::watch;

/// Three short tones and a blink.
const BELL_MS: u64 = 2_000;

/// How long the page repeats what the dock said.
const SAID_MS: u64 = 20_000;

pub(super) struct Counter {
    receipts: Receipts,
    /// What the cloud told of its lists.
    wanted: watch::Sender<Wanted>,
    local_url: Option<String>,
    /// The brain's answer to the input that was handled last.
    answer: Option<DoorAnswer>,
    voucher: Option<VoucherAnswer>,
    /// The last answer at the dock itself.
    said: Option<(MonoMs, Heard)>,
    /// The bay that blinks for a refusal, and until when.
    bell: Option<(BayNo, MonoMs)>,
}

impl Counter {
    pub(super) fn new(
        receipts: Receipts,
        wanted: watch::Sender<Wanted>,
        local_url: Option<String>,
    ) -> Self {
        Self {
            receipts,
            wanted,
            local_url,
            answer: None,
            voucher: None,
            said: None,
            bell: None,
        }
    }

    /// After the orders of an input were carried out.
    pub(super) fn handled(&mut self, output: &Output, lines: &[Line], at: Stamp) {
        self.answer = output.answer;
        self.voucher = output.voucher;
        self.receipts.committed(lines, &output.records, at);
    }

    pub(super) fn bell_until(&self) -> Option<MonoMs> {
        self.bell.map(|(_, until)| until)
    }

    /// The brain shows something at this bay: a refusal there is over.
    pub(super) fn shown(&mut self, bay: BayNo) {
        self.bell.take_if(|(ringing, _)| *ringing == bay);
    }

    pub(super) fn show_on(&mut self, serving: &mut Serving, now: Stamp) {
        serving.receipts = self.receipts.held(now);
        let fresh = |(at, _): &(MonoMs, Heard)| now.mono_ms.since(*at) < SAID_MS;
        serving.said = self.said.filter(fresh).map(|(_, heard)| heard);
    }
}

impl Gateway {
    pub(super) fn knocked(&mut self, knock: Knock) -> Result<(), JournalError> {
        self.handle(knock.input, None)?;
        let answer = self.counter.answer.take();
        let heard = answer.map_or(Heard::Waiting, Heard::Answered);
        tracing::info!(
            door.answer = heard.code(),
            door.at_dock = knock.at_dock,
            "asked for a cart"
        );
        if knock.at_dock {
            self.say(heard);
        }
        if let Some(reply) = knock.reply {
            // Who asked may have left.
            let _ = reply.send(answer);
        }
        Ok(())
    }

    /// The commit comes first: what the page says of a voucher, a power cut cannot undo.
    pub(super) fn voucher_asked(&mut self, asked: Asked) -> Result<(), JournalError> {
        self.handle(asked.input, None)?;
        // Who asked may have left; the page finds it redeemed when it asks again.
        let _ = asked.reply.send(self.counter.voucher.take());
        Ok(())
    }

    /// Tells somebody at the dock. What opens or waits, the brain shows at its bay.
    pub(super) fn say(&mut self, heard: Heard) {
        let now = self.clock.mono();
        self.counter.said = Some((now, heard));
        if matches!(
            heard,
            Heard::Answered(DoorAnswer::Opening { .. }) | Heard::Waiting
        ) {
            return;
        }
        let lamp_of = |bay| self.view.signal(bay).map_or(Lamp::Off, |it| it.lamp);
        let bays = || self.bays.iter().map(|layout| layout.bay);
        let idle = bays().filter(|bay| matches!(lamp_of(*bay), Lamp::Off | Lamp::Ready));
        let (bay, lamp) = match (idle.min(), bays().min()) {
            (Some(bay), _) => {
                self.counter.bell = Some((bay, now.plus(BELL_MS)));
                (bay, Lamp::Attention)
            }
            (None, Some(bay)) => (bay, lamp_of(bay)),
            (None, None) => return,
        };
        let sound = Some(Sound::Attention);
        self.driver.show(bay, Signal { lamp, sound });
    }

    /// Puts the lamp back when its time is over.
    pub(super) fn end_bell(&mut self) {
        let now = self.clock.mono();
        if let Some((bay, _)) = self.counter.bell.take_if(|(_, until)| *until <= now) {
            let lamp = self.view.signal(bay).map_or(Lamp::Off, |it| it.lamp);
            self.driver.show(bay, Signal { lamp, sound: None });
        }
    }

    /// What an acknowledgement says of lists and cards.
    pub(super) fn heed(&mut self, ack: &Ack) -> Result<(), JournalError> {
        self.counter.wanted.send_replace(Wanted {
            version: ack.allowance,
            now: ack.allowance_now,
        });
        match ack.closed_cards.is_empty() {
            true => Ok(()),
            false => self.handle(Input::CardsClosed(ack.closed_cards.clone()), None),
        }
    }

    /// What the cloud is told with every sync, apart from history.
    pub(super) fn live_state(&self) -> Live {
        Live {
            at: self.brain.stamp(self.clock.now()),
            bays: self.brain.snapshot(),
            offline: OfflineState {
                local_url: self.counter.local_url.clone(),
                ..self.brain.offline_state()
            },
        }
    }
}
