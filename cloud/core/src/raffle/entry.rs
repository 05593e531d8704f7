//! One honoured return as it stands in the public list: who, without saying who, and which event.

use super::canonical::{Digest, hash};
use super::tree::Tree;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use shared::document::Cpf;
use shared::ids::CampaignId;
use shared::octets::Octets;
use std::collections::BTreeMap;
use std::fmt;

/// A person within one campaign: the same for all of a person's entries, and nothing without the key.
pub type Pid = Octets<16>;

/// What a customer keeps with the event, to show that an entry is theirs.
pub type Salt = Octets<16>;

/// One number of ten million for each at least, with room: a campaign of more is split.
pub const ENTRIES_MAX: usize = 1_000_000;

/// 32 random bytes a campaign. Never published; with its destruction pids become anonymous.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CampaignKey(pub [u8; 32]);

impl fmt::Debug for CampaignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CampaignKey(***)")
    }
}

impl CampaignKey {
    /// The first 16 bytes of HMAC-SHA256(key, "SA1/pid" ‖ campaign ‖ 11 digits).
    pub fn pid(&self, campaign: &CampaignId, cpf: &Cpf) -> Pid {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(b"SA1/pid");
        mac.update(campaign.as_bytes());
        mac.update(cpf.digits().as_bytes());
        let mut pid = [0; 16];
        pid.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Octets(pid)
    }
}

/// What stands for an event in the list: H(H(line) ‖ salt). `line` is the gateway's signed line as it
/// was journalled, without its line break.
pub fn event_mark(line: &str, salt: &Salt) -> Digest {
    let event = hash(&[line.as_bytes()]);
    hash(&[event.as_bytes(), salt.as_bytes()])
}

/// 96 hexadecimal digits in the bundle: `pid`, then `ev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub pid: Pid,
    /// From [`event_mark`].
    pub ev: Digest,
}

impl Entry {
    /// H(0x00 ‖ 0x01 ‖ campaign ‖ pid ‖ ev).
    pub fn leaf(&self, campaign: &CampaignId) -> Digest {
        hash(&[
            &[0, 1],
            campaign.as_bytes(),
            self.pid.as_bytes(),
            self.ev.as_bytes(),
        ])
    }
}

/// Why a list of entries is none. In order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum EntriesRefused {
    #[error("no entry")]
    None,
    #[error("more than 1,000,000 entries: split the campaign")]
    TooMany,
    /// One return makes one entry, whoever it is for.
    #[error("an entry or an event stands twice in the list")]
    Duplicate,
    #[error("a person has more entries than the rules allow")]
    OverCap,
}

/// The list as it is committed: ascending by leaf, each leaf and each event once, no person above the cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries {
    campaign: CampaignId,
    per_person_max: u32,
    entries: Vec<Entry>,
    leaves: Vec<Digest>,
}

impl Entries {
    /// In any order; the order of the list is the order of the leaves.
    pub fn new(
        campaign: &CampaignId,
        per_person_max: u32,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<Self, EntriesRefused> {
        let entries = entries.into_iter().take(ENTRIES_MAX + 1);
        let mut keyed: Vec<(Digest, Entry)> =
            entries.map(|entry| (entry.leaf(campaign), entry)).collect();
        if keyed.is_empty() {
            return Err(EntriesRefused::None);
        }
        if keyed.len() > ENTRIES_MAX {
            return Err(EntriesRefused::TooMany);
        }
        keyed.sort_unstable();
        if keyed.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(EntriesRefused::Duplicate);
        }
        let mut events: Vec<&Digest> = keyed.iter().map(|(_, entry)| &entry.ev).collect();
        events.sort_unstable();
        if events.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(EntriesRefused::Duplicate);
        }
        let mut of_person: BTreeMap<Pid, u32> = BTreeMap::new();
        for (_, entry) in &keyed {
            let count = of_person.entry(entry.pid).or_default();
            *count += 1;
            if *count > per_person_max {
                return Err(EntriesRefused::OverCap);
            }
        }
        let (leaves, entries) = keyed.into_iter().unzip();
        Ok(Self {
            campaign: *campaign,
            per_person_max,
            entries,
            leaves,
        })
    }

    pub fn campaign(&self) -> &CampaignId {
        &self.campaign
    }

    /// The cap that it keeps.
    pub fn per_person_max(&self) -> u32 {
        self.per_person_max
    }

    /// In leaf order. At least one.
    pub fn as_slice(&self) -> &[Entry] {
        &self.entries
    }

    /// In the same order as the entries.
    pub fn leaves(&self) -> &[Digest] {
        &self.leaves
    }

    /// 1 to [`ENTRIES_MAX`].
    pub fn n(&self) -> u32 {
        u32::try_from(self.entries.len()).expect("a list holds at most a million entries")
    }

    pub fn tree(&self) -> Tree {
        Tree::new(&self.leaves)
    }

    /// Where an entry stands in the list, from 0.
    pub fn index_of(&self, leaf: &Digest) -> Option<usize> {
        self.leaves.binary_search(leaf).ok()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", self.pid, self.ev))
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let both = Octets::<48>::deserialize(deserializer)?.0;
        let (mut pid, mut ev) = ([0; 16], [0; 32]);
        pid.copy_from_slice(&both[..16]);
        ev.copy_from_slice(&both[16..]);
        Ok(Self {
            pid: Octets(pid),
            ev: Octets(ev),
        })
    }
}

#[cfg(test)]
mod tests;
