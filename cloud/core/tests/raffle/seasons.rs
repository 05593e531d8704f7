//! A thousand campaigns, one after the other, in three stores of which some docks are dark for days:
//! every honoured return is in exactly one list, and can prove it.

use crate::sample::{Chance, DAY_MS, HOUR_MS, rules};
use cloud_core::raffle::entry::{Entries, Entry, event_mark};
use cloud_core::raffle::intake::{Known, Window, joins};
use cloud_core::raffle::order::Order;
use cloud_core::raffle::tree::proves;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::UnixMs;
use std::collections::BTreeMap;

const CAMPAIGNS: usize = 1_000;
const SEASON_MS: i64 = 30 * DAY_MS;
const GRACE_MS: i64 = 3 * DAY_MS;

fn window(index: usize) -> Window {
    let opens_ms = UnixMs(1_700_000_000_000 + index as i64 * SEASON_MS);
    let closes_ms = opens_ms.plus(SEASON_MS - 1);
    Window {
        opens_ms,
        closes_ms,
        t_close_ms: closes_ms.plus(GRACE_MS),
    }
}

struct Returned {
    happened_ms: UnixMs,
    known: Known,
    entry: Entry,
}

/// Three in four arrive within seconds; the others when their dock is online again.
fn returned(chance: &mut Chance, window: Window, number: usize) -> Returned {
    let happened_ms = window.opens_ms.plus(chance.below(SEASON_MS as u64) as i64);
    let dark_ms = match chance.below(8) {
        0 => chance.below(40 * DAY_MS as u64) as i64,
        1 => chance.below(4 * DAY_MS as u64) as i64,
        _ => chance.below(5_000) as i64,
    };
    // The head before is at most an hour older than the moment at which the dock went dark.
    let after_ms = happened_ms.plus(-(chance.below(HOUR_MS as u64) as i64));
    let salt = Octets(chance.bytes());
    Returned {
        happened_ms,
        known: Known {
            after_ms: Some(after_ms),
            arrived_ms: happened_ms.plus(dark_ms),
        },
        entry: Entry {
            pid: Octets([chance.below(30) as u8; 16]),
            ev: event_mark(&format!("event {number}"), &salt),
        },
    }
}

#[test]
fn every_return_of_a_thousand_campaigns_is_in_exactly_one_list_and_can_prove_it() {
    let mut chance = Chance(20_261_121);
    // Two more, in which the last returns of the thousand may end.
    let windows: Vec<Window> = (0..CAMPAIGNS + 2).map(window).collect();
    let mut lists: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
    let (mut number, mut late) = (0, 0);
    for (index, window) in windows.iter().enumerate().take(CAMPAIGNS) {
        for _ in 0..1 + chance.below(24) {
            number += 1;
            let one = returned(&mut chance, *window, number);
            let joined = joins(&windows, one.known).expect("another campaign always follows");
            let list = windows[joined.window];
            assert!(one.known.arrived_ms <= list.t_close_ms);
            let in_doubt = one.known.after_ms <= Some(windows[joined.window].closes_ms);
            assert!(in_doubt);
            match joined.window.cmp(&index) {
                // Its dock had not said anything since before the season's end.
                std::cmp::Ordering::Less => {
                    assert!(one.happened_ms.since(windows[joined.window].closes_ms) <= HOUR_MS);
                }
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => {
                    assert!(joined.is_late && one.known.arrived_ms > window.t_close_ms);
                    late += 1;
                }
            }
            lists.entry(joined.window).or_default().push(one.entry);
        }
    }
    assert!(late > 300, "{late}");
    let listed: usize = lists.values().map(Vec::len).sum();
    assert_eq!(listed, number);
    for (index, returns) in lists {
        proven(index, returns, &mut chance);
    }
}

fn proven(index: usize, returns: Vec<Entry>, chance: &mut Chance) {
    let mut id = *rules().campaign_id.as_bytes();
    id[..8].copy_from_slice(&(index as u64).to_be_bytes());
    let campaign = CampaignId::from_bytes(id);
    let entries = Entries::new(&campaign, 1_000, returns.iter().copied())
        .expect("every return is another event");
    let (tree, n) = (entries.tree(), u64::from(entries.n()));
    let root = tree.root();
    let order = Order::new(&root, &Octets(chance.bytes()), entries.leaves());
    for entry in returns {
        let leaf = entry.leaf(&campaign);
        let at = entries
            .index_of(&leaf)
            .expect("every return is in its list");
        let path = tree.proof(at).expect("the leaf is in the tree");
        assert!(proves(&leaf, at as u64, n, &path, &root));
        let elsewhere = hash_of_another(&entry, &campaign);
        assert!(!proves(&elsewhere, at as u64, n, &path, &root));
        let position = order.position_of(at).expect("every entry has a place");
        assert_eq!(order.index_at(position), Some(at));
        assert!(order.number_at(position).is_some());
    }
}

fn hash_of_another(entry: &Entry, campaign: &CampaignId) -> Octets<32> {
    let mut other = *entry;
    other.ev.0[0] ^= 1;
    other.leaf(campaign)
}
