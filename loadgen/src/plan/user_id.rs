//! Ids of generated users.

use rand_core::Rng as _;
use rand_pcg::Pcg64;

use crate::scenario::{Fill, Template};

/// The id of user `index`: `template` with `${index}` and `${uuid}` filled.
///
/// The UUID is of version 8 (RFC 9562), drawn from the seed and the index: real ids come in no order,
/// and a database whose keys arrive in order is faster than it will be.
pub fn user_id(template: &Template, index: u64, seed: u64) -> String {
    let uuid = template
        .places()
        .any(|place| place == "uuid")
        .then(|| uuid(index, seed));
    template.render(|place| match (place, &uuid) {
        ("uuid", Some(uuid)) => Fill::Text(uuid),
        _ => Fill::Number(index),
    })
}

fn uuid(index: u64, seed: u64) -> String {
    let mut rng = Pcg64::new(u128::from(seed), u128::from(index));
    let (high, low) = (rng.next_u64(), rng.next_u64());
    format!(
        "{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_and_the_same_for_the_same_seed() {
        let template = Template::parse("player-${index:03}-${uuid}").unwrap();
        let ids: Vec<String> = (0..1_000)
            .map(|index| user_id(&template, index, 1))
            .collect();
        assert_eq!(ids[7].len(), "player-007-".len() + 36);
        assert!(ids[7].starts_with("player-007-"), "{}", ids[7]);
        assert_eq!(ids[7], user_id(&template, 7, 1));
        assert_ne!(ids[7], user_id(&template, 7, 2));
        let mut uuids: Vec<&str> = ids.iter().map(|id| &id["player-007-".len()..]).collect();
        let in_order = uuids.is_sorted();
        uuids.sort_unstable();
        uuids.dedup();
        assert_eq!((uuids.len(), in_order), (1_000, false));
    }
}
