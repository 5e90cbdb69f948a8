//! Writes that several statements must carry out, because one statement writes no row twice.

use std::collections::HashMap;
use std::hash::Hash;

/// Parts items into rounds by their keys: positions, none of which share a key within a round. Items
/// of one key keep their order, the first of each in the first round.
pub(crate) fn rounds<K: Hash + Eq>(keys: impl ExactSizeIterator<Item = K>) -> Vec<Vec<usize>> {
    let mut times_seen = HashMap::<K, usize>::with_capacity(keys.len());
    let mut rounds = Vec::<Vec<usize>>::new();
    for (position, key) in keys.enumerate() {
        let before = times_seen.entry(key).or_default();
        match rounds.get_mut(*before) {
            Some(round) => round.push(position),
            None => rounds.push(vec![position]),
        }
        *before += 1;
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_round_has_a_key_twice_and_order_is_kept() {
        let check = |keys: &str, expected: &[&[usize]]| {
            let keys: Vec<char> = keys.chars().collect();
            assert_eq!(rounds(keys.iter()), expected, "{keys:?}");
        };
        check("", &[]);
        check("a", &[&[0]]);
        check("abc", &[&[0, 1, 2]]);
        check("aba", &[&[0, 1], &[2]]);
        check("aabaab", &[&[0, 2], &[1, 5], &[3], &[4]]);
        check("aababc", &[&[0, 2, 5], &[1, 4], &[3]]);
    }
}
