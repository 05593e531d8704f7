//! Which version decides. The newest whose moment has come; one whose moment is yet to come waits.

use shared::time::UnixMs;

/// What became, or will become, of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It decides now.
    InForce,
    /// It will decide from its moment on.
    Waiting,
    /// It decided, until a newer one took its place.
    Past,
    /// A newer version came first, so this one never decides after that.
    Overtaken,
}

/// The standing of each version of one chain or one store. `versions` are numbers and moments, the
/// newest first; the answer has their order.
pub fn standings(versions: &[(i64, UnixMs)], now: UnixMs) -> Vec<Standing> {
    let newer = |version: i64| versions.iter().filter(move |(other, _)| *other > version);
    let standing = |&(version, from): &(i64, UnixMs)| match () {
        () if newer(version).any(|(_, other)| *other <= from) => Standing::Overtaken,
        () if from > now => Standing::Waiting,
        () if newer(version).any(|(_, other)| *other <= now) => Standing::Past,
        () => Standing::InForce,
    };
    versions.iter().map(standing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_whose_moment_has_come_decides() {
        use Standing::{InForce, Overtaken, Past, Waiting};
        // Moments of the versions, the newest first, and what each is at 100.
        let rows: [(&[i64], &[Standing]); 10] = [
            (&[], &[]),
            (&[100], &[InForce]),
            (&[101], &[Waiting]),
            (&[50, 10], &[InForce, Past]),
            (&[150, 10], &[Waiting, InForce]),
            // Two wait: each has its time.
            (&[200, 150, 10], &[Waiting, Waiting, InForce]),
            // Made later, due earlier: the one in between never comes.
            (&[50, 150, 10], &[InForce, Overtaken, Past]),
            (&[150, 200, 10], &[Waiting, Overtaken, InForce]),
            // At the same moment the newer decides, and the older never did.
            (&[50, 50, 10], &[InForce, Overtaken, Past]),
            (&[20, 50, 10], &[InForce, Overtaken, Past]),
        ];
        for (moments, expected) in rows {
            let count = i64::try_from(moments.len()).unwrap();
            let numbers = (1..=count).rev();
            let versions: Vec<_> = numbers.zip(moments.iter().map(|ms| UnixMs(*ms))).collect();
            assert_eq!(standings(&versions, UnixMs(100)), expected, "{moments:?}");
        }
    }
}
