//! The dock as configuration describes it: bays, carts at the start, neighbours.

use crate::status::Neighbour;
use reqwest::Url;
use shared::enrol::{BAYS_MAX, BayKind, BayLayout};
use shared::ids::{BayNo, TagUid};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Nested carts behind one gate; a longer row does not roll any more.
const LANE_CAPACITY_MAX: u16 = 200;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error("`{0}` is not a bay: write number:slot or number:lane:capacity, such as 3:lane:6")]
    Bay(String),
    #[error("bay {0} is named twice: give each bay one number")]
    Twice(BayNo),
    #[error("a dock has 1 to {BAYS_MAX} bays, here are {0}")]
    Count(usize),
    #[error("`{0}` is not a bay with carts: write bay=tag+tag, such as 3=04a1b2c3+04a1b2c4")]
    Carts(String),
    #[error("tag {0} is in two places: a cart has one tag and one place")]
    TagTwice(TagUid),
    #[error("`{0}` is not a neighbour: write name=address, such as Entrada=http://127.0.0.1:8102")]
    Neighbour(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BayList(pub Vec<BayLayout>);

impl FromStr for BayList {
    type Err = LayoutError;
    fn from_str(text: &str) -> Result<Self, LayoutError> {
        let bays: Vec<BayLayout> = parts(text, ',').map(bay).collect::<Result<_, _>>()?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = bays.iter().find(|layout| !seen.insert(layout.bay)) {
            return Err(LayoutError::Twice(twice.bay));
        }
        if !(1..=BAYS_MAX).contains(&bays.len()) {
            return Err(LayoutError::Count(bays.len()));
        }
        Ok(Self(bays))
    }
}

fn bay(text: &str) -> Result<BayLayout, LayoutError> {
    let wrong = || LayoutError::Bay(text.to_owned());
    let mut fields = text.split(':').map(str::trim);
    let bay = fields.next().unwrap_or_default();
    let bay = bay.parse().map_err(|_| wrong())?;
    let (kind, capacity) = match (fields.next(), fields.next(), fields.next()) {
        (Some("slot"), None, None) => (BayKind::Slot, 1),
        (Some("lane"), Some(capacity), None) => {
            let capacity = capacity.parse().map_err(|_| wrong())?;
            if !(1..=LANE_CAPACITY_MAX).contains(&capacity) {
                return Err(wrong());
            }
            (BayKind::Lane, capacity)
        }
        _ => return Err(wrong()),
    };
    Ok(BayLayout {
        bay,
        kind,
        capacity,
    })
}

/// The carts of each bay, the innermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CartList(pub BTreeMap<BayNo, Vec<TagUid>>);

impl FromStr for CartList {
    type Err = LayoutError;
    fn from_str(text: &str) -> Result<Self, LayoutError> {
        let mut seen = BTreeSet::new();
        let mut carts: BTreeMap<BayNo, Vec<TagUid>> = BTreeMap::new();
        for part in parts(text, ',') {
            let wrong = || LayoutError::Carts(part.to_owned());
            let (bay, tags) = part.split_once('=').ok_or_else(wrong)?;
            let bay = bay.trim().parse().map_err(|_| wrong())?;
            for tag in parts(tags, '+') {
                let tag = tag.parse().map_err(|_| wrong())?;
                if !seen.insert(tag) {
                    return Err(LayoutError::TagTwice(tag));
                }
                carts.entry(bay).or_default().push(tag);
            }
        }
        Ok(Self(carts))
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeighbourList(pub Vec<Neighbour>);

impl FromStr for NeighbourList {
    type Err = LayoutError;
    fn from_str(text: &str) -> Result<Self, LayoutError> {
        let neighbour = |part: &str| {
            let wrong = || LayoutError::Neighbour(part.to_owned());
            let (name, url) = part.split_once('=').ok_or_else(wrong)?;
            let parsed = Url::parse(url).map_err(|_| wrong())?;
            if name.trim().is_empty() || !matches!(parsed.scheme(), "http" | "https") {
                return Err(wrong());
            }
            Ok(Neighbour {
                name: name.trim().to_owned(),
                url: url.trim_end_matches('/').to_owned(),
            })
        };
        parts(text, ',')
            .map(neighbour)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dock_is_described_in_one_line() {
        let bays: BayList = "1:slot, 2:slot,3:lane:6".parse().unwrap();
        let shape: Vec<_> = bays
            .0
            .iter()
            .map(|b| (b.bay.get(), b.kind, b.capacity))
            .collect();
        assert_eq!(
            shape,
            [
                (1, BayKind::Slot, 1),
                (2, BayKind::Slot, 1),
                (3, BayKind::Lane, 6)
            ]
        );
        let carts: CartList = "1=04a1b2c3,3=04a1b2c4+04a1b2c5".parse().unwrap();
        assert_eq!(carts.0[&BayNo::new(3).unwrap()].len(), 2);
        let near: NeighbourList = "Saída=http://127.0.0.1:8102/".parse().unwrap();
        assert_eq!(near.0[0].url, "http://127.0.0.1:8102");
    }

    #[test]
    fn each_wrong_part_is_named() {
        for (text, named) in [
            ("", "1 to 64"),
            ("1:slot,1:slot", "bay 1"),
            ("1:slot:2", "`1:slot:2`"),
            ("1:lane", "`1:lane`"),
            ("1:lane:0", "`1:lane:0`"),
            ("0:slot", "`0:slot`"),
            ("1:shelf", "`1:shelf`"),
        ] {
            let error = text.parse::<BayList>().unwrap_err().to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
        for text in ["1", "x=04a1b2c3", "1=zz", "1=04a1b2c3,2=04a1b2c3"] {
            assert!(text.parse::<CartList>().is_err(), "{text}");
        }
        for text in ["a", "=http://x", "a=ftp://x", "a=x"] {
            assert!(text.parse::<NeighbourList>().is_err(), "{text}");
        }
    }
}
