//! `draw = { shelf = [1, 10] }`: whole numbers for each arrival.

use super::super::super::mistake::Mistakes;
use super::super::super::table::{Table, whole};

pub(super) fn draws(
    table: &mut Table<'_, '_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(String, u64, u64)> {
    let Some(draws) = table.table("draw", mistakes) else {
        return Vec::new();
    };
    let name = &draws.name;
    draws
        .entries()
        .filter_map(|(key, _, value)| {
            let range = value.get_ref().as_array().and_then(|range| {
                let bounds: Vec<u64> = range.iter().filter_map(whole).collect();
                (range.len() == 2 && bounds.len() == 2 && bounds[0] <= bounds[1]).then_some(bounds)
            });
            if let Some(bounds) = range {
                return Some((key.to_owned(), bounds[0], bounds[1]));
            }
            mistakes.add(
                &value.span(),
                format!("{name}: {key} is not a range of whole numbers"),
                format!("write the first and the last, such as {key} = [1, 50]"),
            );
            None
        })
        .collect()
}
