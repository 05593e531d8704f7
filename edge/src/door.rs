//! What a customer brings to the dock itself: a carried grant, a code, a card. Reads it, hands it to
//! the loop, and brings back the answer.

use crate::clock::random;
use crate::gateway::{Inbox, Message};
use crate::uplink::Peer;
use edge_core::io::{DoorAnswer, DoorRefusal, Input, Source, VoucherAnswer};
use shared::allowance::{Allowance, Listed};
use shared::event::Technician;
use shared::grant::Grant;
use shared::ids::{BayNo, GrantId, RentalId};
use shared::offline::RELEASE_CODE_DIGITS;
use shared::voucher::VoucherKey;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use tokio::sync::{oneshot, watch};

/// The newest allowance list that was loaded; the brain judges by its own copy.
pub(crate) type List = watch::Receiver<Option<Arc<Allowance>>>;

/// A carried grant has 216 characters; nothing else that is typed has half of that.
const CARRIED_CHARS_MIN: usize = 100;

/// Card numbers: short ones are guessed, or slips of a finger. The managers' site takes no others.
const CARD_CHARS_MIN: usize = 8;
const CARD_CHARS_MAX: usize = 32;

/// One wish on its way to the loop.
pub(crate) struct Knock {
    pub(crate) input: Input,
    /// The customer stands before the dock and looks at it, not at a phone.
    pub(crate) at_dock: bool,
    pub(crate) reply: Option<oneshot::Sender<Option<DoorAnswer>>>,
}

/// A voucher's code on its way to the loop. The answer comes after the commit that it tells of.
pub(crate) struct Asked {
    pub(crate) input: Input,
    pub(crate) reply: oneshot::Sender<Option<VoucherAnswer>>,
}

/// What became of what somebody brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    Answered(DoorAnswer),
    /// The bay is in motion, and the grant waits for it.
    Waiting,
    /// Nothing of this dock's.
    Unread,
    /// Not enrolled yet, or on the way out.
    Closed,
}

impl Heard {
    /// For pages and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Unread => "unread",
            Self::Closed => "closed",
            Self::Answered(DoorAnswer::Opening { .. }) => "opening",
            Self::Answered(DoorAnswer::Refused(refusal)) => match refusal {
                DoorRefusal::InService => "in_service",
                DoorRefusal::StorageFull => "storage_full",
                DoorRefusal::LockedOut => "locked_out",
                DoorRefusal::ClockUnknown => "clock_unknown",
                DoorRefusal::CodeWrong => "code_wrong",
                DoorRefusal::GrantUsed => "grant_used",
                DoorRefusal::NoList => "no_list",
                DoorRefusal::CardUnknown => "card_unknown",
                DoorRefusal::CardDenied => "card_denied",
                DoorRefusal::CardOut => "card_out",
                DoorRefusal::CardLimit => "card_limit",
                DoorRefusal::ExposureReached => "exposure_reached",
                DoorRefusal::NoCart => "no_cart",
            },
        }
    }

    /// The bay that opens.
    pub fn bay(&self) -> Option<BayNo> {
        match self {
            Self::Answered(DoorAnswer::Opening { bay }) => Some(*bay),
            _ => None,
        }
    }
}

/// Cheap to clone. Closed until [`Door::open`].
#[derive(Clone, Default)]
pub struct Door(Arc<OnceLock<Open>>);

struct Open {
    peer: Peer,
    inbox: Inbox,
    list: List,
}

impl Door {
    pub(crate) fn open(&self, peer: Peer, inbox: Inbox, list: List) {
        // A second time there is nothing new to say: a process is one gateway.
        let _ = self.0.set(Open { peer, inbox, list });
    }

    /// The grant in a carried text, when it is this gateway's cloud's for this gateway.
    pub fn carried(&self, text: &str) -> Option<Grant> {
        self.0.get()?.carried(text)
    }

    /// Hands in a carried grant from a phone on the dock's network.
    pub async fn hand_in(&self, carried: &str) -> Heard {
        let Some(open) = self.0.get() else {
            return Heard::Closed;
        };
        match open.carried(carried) {
            Some(grant) => open.ask(Input::Carried(grant), false).await,
            None => Heard::Unread,
        }
    }

    /// Hands in a code from a phone on the dock's network. A card counts only at the dock's own
    /// reader: whoever is near can type its number. `from` is the phone's address, which is all that
    /// wrong codes count against.
    pub async fn type_code(&self, typed: &str, from: IpAddr) -> Heard {
        let Some(open) = self.0.get() else {
            return Heard::Closed;
        };
        match code_in(typed) {
            Some(code) => {
                let from = Source::Phone(from);
                open.ask(Input::CodeTyped { code, from }, false).await
            }
            None => Heard::Unread,
        }
    }

    /// Asks for a voucher's code that was typed at `from`; redeems it where `redeem` says who hands the
    /// goods over. None: not enrolled yet, or on the way out.
    pub async fn voucher(
        &self,
        typed: &str,
        from: IpAddr,
        redeem: Option<Technician>,
    ) -> Option<VoucherAnswer> {
        let open = self.0.get()?;
        let list = open.list.borrow().clone();
        let salt = list.as_ref().map_or("", |list| list.header.salt.as_str());
        let input = Input::Voucher {
            key: VoucherKey::of(salt, typed),
            from: Source::Phone(from),
            redeem,
        };
        let (reply, answer) = oneshot::channel();
        let sent = open.inbox.send(Message::Voucher(Asked { input, reply }));
        match sent {
            true => answer.await.ok().flatten(),
            false => None,
        }
    }

    /// A line of the scanner, for an answer.
    pub async fn scan(&self, line: &str) -> Heard {
        let Some(open) = self.0.get() else {
            return Heard::Closed;
        };
        match open.read(line) {
            Some(input) => open.ask(input, true).await,
            None if open.inbox.send(Message::Unread) => Heard::Unread,
            None => Heard::Closed,
        }
    }

    /// A line of the scanner: the dock answers by lamp and sound. False when the loop has ended.
    pub(crate) fn scanned(&self, line: &str) -> bool {
        let Some(open) = self.0.get() else {
            return true;
        };
        let Some(input) = open.read(line) else {
            tracing::info!("what was scanned is nothing of this dock's");
            return open.inbox.send(Message::Unread);
        };
        open.send(input, true, None)
    }
}

impl Open {
    /// Ten digits are a code, unless the list knows a card by them: readers of plain cards type
    /// ten digits too. So ten digits that nobody knows count once, as a wrong code.
    fn read(&self, line: &str) -> Option<Input> {
        if let Some(grant) = self.carried(line) {
            return Some(Input::Carried(grant));
        }
        let list = self.list.borrow().clone();
        let number: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let card_like = (CARD_CHARS_MIN..=CARD_CHARS_MAX).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let known = card_like
            && list
                .as_ref()
                .is_some_and(|list| list.listed(list.card_of(&number)) != Listed::Unknown);
        match code_in(line) {
            Some(code) if !known => {
                let from = Source::Reader;
                return Some(Input::CodeTyped { code, from });
            }
            _ => {}
        }
        let salt = list.as_ref().map_or("", |list| list.header.salt.as_str());
        card_like.then(|| {
            let now = u64::try_from(crate::clock::wall().0).unwrap_or(0);
            Input::CardShown {
                card: shared::allowance::CardKey::of(salt, &number),
                grant: GrantId::new(now, entropy()),
                rental: RentalId::new(now, entropy()),
            }
        })
    }

    /// A link is read by its end alone, which every keyboard layout passes on unharmed.
    fn carried(&self, text: &str) -> Option<Grant> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let carried = plain.rsplit(|c: char| !c.is_ascii_alphanumeric()).next()?;
        if carried.len() < CARRIED_CHARS_MIN {
            return None;
        }
        Grant::from_carried(carried, &self.peer.cloud_key, &self.peer.gateway).ok()
    }

    async fn ask(&self, input: Input, at_dock: bool) -> Heard {
        let (reply, answer) = oneshot::channel();
        if !self.send(input, at_dock, Some(reply)) {
            return Heard::Closed;
        }
        match answer.await {
            Ok(Some(answer)) => Heard::Answered(answer),
            Ok(None) => Heard::Waiting,
            Err(_) => Heard::Closed,
        }
    }

    fn send(
        &self,
        input: Input,
        at_dock: bool,
        reply: Option<oneshot::Sender<Option<DoorAnswer>>>,
    ) -> bool {
        self.inbox.send(Message::Door(Knock {
            input,
            at_dock,
            reply,
        }))
    }
}

/// The ten digits of a code, however they are grouped.
fn code_in(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
        .collect();
    let whole = code.len() == RELEASE_CODE_DIGITS && code.bytes().all(|b| b.is_ascii_digit());
    whole.then_some(code)
}

fn entropy() -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&random().to_be_bytes());
    bytes[8..].copy_from_slice(&random().to_be_bytes()[..2]);
    bytes
}

#[cfg(test)]
mod tests;
