//! The hash tree of RFC 6962 (2.1) over leaf hashes, with proofs of inclusion.

use super::canonical::{Digest, hash};

/// Every level of the tree, the leaves first. Splitting at the largest power of two is the same as
/// pairing neighbours level by level and carrying a last one without neighbour upwards as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    pub fn new(leaves: &[Digest]) -> Self {
        let mut levels = vec![leaves.to_vec()];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let above = below.chunks(2).map(|pair| match pair {
                [left, right] => node(left, right),
                _ => pair[0],
            });
            let above = above.collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// Of no leaves: the hash of nothing, as the RFC says.
    pub fn root(&self) -> Digest {
        let top = self.levels.last().and_then(|top| top.first());
        top.copied().unwrap_or_else(|| hash(&[]))
    }

    /// The hashes that lead from leaf `index` to the root, from below. None: no such leaf.
    pub fn proof(&self, index: usize) -> Option<Vec<Digest>> {
        self.levels.first()?.get(index)?;
        let mut at = index;
        let mut path = Vec::new();
        for level in &self.levels {
            path.extend(level.get(at ^ 1));
            at /= 2;
        }
        Some(path)
    }
}

/// Whether `path` leads from `leaf`, at `index` of `n`, to `root` (RFC 9162, 2.1.3.2).
pub fn proves(leaf: &Digest, index: u64, n: u64, path: &[Digest], root: &Digest) -> bool {
    if index >= n {
        return false;
    }
    let (mut at, mut last, mut reached) = (index, n - 1, *leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            reached = node(step, &reached);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            reached = node(&reached, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && reached == *root
}

/// H(0x01 ‖ left ‖ right).
pub fn node(left: &Digest, right: &Digest) -> Digest {
    hash(&[&[1], left.as_bytes(), right.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, word for word.
    fn defined(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => hash(&[]),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node(&defined(&leaves[..split]), &defined(&leaves[split..]))
            }
        }
    }

    fn leaves(n: usize) -> Vec<Digest> {
        (0..n).map(|i| hash(&[&[0], &i.to_be_bytes()])).collect()
    }

    #[test]
    fn the_known_root_of_eight_leaves() {
        let inputs: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[
                0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
                0x6e, 0x6f,
            ],
        ];
        let leaves = inputs.map(|input| hash(&[&[0], input]));
        assert_eq!(
            Tree::new(&leaves).root().to_string(),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
        assert_eq!(
            Tree::new(&[]).root().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn levels_give_the_root_that_the_definition_gives() {
        for n in 0..70 {
            let leaves = leaves(n);
            assert_eq!(Tree::new(&leaves).root(), defined(&leaves), "{n}");
        }
    }

    #[test]
    fn a_proof_serves_its_own_leaf_at_its_own_place_only() {
        for n in 1..18_usize {
            let leaves = leaves(n);
            let tree = Tree::new(&leaves);
            let (root, many) = (tree.root(), n as u64);
            for index in 0..n {
                let path = tree.proof(index).unwrap();
                for (other, leaf) in leaves.iter().enumerate() {
                    for place in 0..many {
                        assert_eq!(
                            proves(leaf, place, many, &path, &root),
                            other == index && place == index as u64,
                            "{n} {index} {other} {place}"
                        );
                    }
                }
                assert!(!proves(
                    &leaves[index],
                    index as u64,
                    many,
                    &path,
                    &hash(&[])
                ));
                let mut long = path.clone();
                long.push(root);
                assert!(!proves(&leaves[index], index as u64, many, &long, &root));
                if let Some((_, short)) = path.split_last() {
                    assert!(!proves(&leaves[index], index as u64, many, short, &root));
                }
            }
            assert_eq!(tree.proof(n), None);
        }
    }
}
