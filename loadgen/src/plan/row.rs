//! Which row of a data set an arrival takes.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use super::CLOSED_ORDINALS;
use crate::scenario::{DataSet, RowPick};

/// The rows of one data set for one action, or for one kind of session; a function of the seed and
/// the ordinal of the arrival.
#[derive(Clone, Debug)]
pub struct RowDraw {
    seed: u64,
    /// Where the numbers of arrivals begin.
    first_ordinal: u64,
    rows: u64,
    pick: RowPick,
}

impl RowDraw {
    /// Rows of `set`, the data set with this index, for the action or session that has this index in
    /// a mix; their numbers begin at `first_ordinal`.
    pub fn new(
        set: &DataSet,
        set_index: usize,
        action: usize,
        (first_ordinal, seed): (u64, u64),
    ) -> Self {
        Self {
            first_ordinal,
            // Far from the seeds of the action's other draws, and of those of other sets.
            seed: seed
                .wrapping_add((action as u64 + 1) << 40)
                .wrapping_add((set_index as u64 + 1) << 24),
            rows: set.rows.values.len() as u64,
            pick: set.pick,
        }
    }

    /// The row of arrival `ordinal`; none where every row was taken.
    pub fn at(&self, ordinal: u64) -> Option<usize> {
        let row = match self.pick {
            RowPick::Sequential => self.number(ordinal) % self.rows.max(1),
            RowPick::Unique => self.number(ordinal),
            RowPick::Random => {
                let drawn = Pcg32::new(self.seed, ordinal).next_u64();
                ((u128::from(drawn) * u128::from(self.rows)) >> 64) as u64
            }
        };
        (row < self.rows).then_some(row as usize)
    }

    /// The number of an arrival among those of its action in this run, which every stream of the closed
    /// model counts by itself: from 0.
    fn number(&self, ordinal: u64) -> u64 {
        (ordinal % CLOSED_ORDINALS).saturating_sub(self.first_ordinal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::scenario::Rows;

    fn rows(pick: RowPick, set: usize, action: usize) -> Vec<Option<usize>> {
        let data = DataSet {
            name: "players".to_owned(),
            pick,
            sha256: String::new(),
            rows: Arc::new(Rows {
                columns: vec!["id".to_owned()],
                values: (0..5).map(|n| vec![n.to_string()]).collect(),
            }),
        };
        let of_run = |first_ordinal, begin: u64| -> Vec<_> {
            let draw = RowDraw::new(&data, set, action, (first_ordinal, 1));
            (begin..begin + 7).map(|n| draw.at(n)).collect()
        };
        let rows = of_run(0, 0);
        if pick != RowPick::Random {
            assert_eq!(of_run(0, 3 * CLOSED_ORDINALS), rows, "a closed stream");
            assert_eq!(of_run(13, 13), rows, "a later run");
            assert_eq!(of_run(13, 13 + 3 * CLOSED_ORDINALS), rows, "both");
        }
        rows
    }

    #[test]
    fn rows_follow_from_the_ordinal_alone() {
        let in_turn = [0, 1, 2, 3, 4, 0, 1].map(Some);
        assert_eq!(rows(RowPick::Sequential, 0, 0), in_turn);
        let unique = [Some(0), Some(1), Some(2), Some(3), Some(4), None, None];
        assert_eq!(rows(RowPick::Unique, 0, 0), unique);
        let drawn = rows(RowPick::Random, 0, 0);
        assert!(drawn.iter().all(|row| row.is_some_and(|row| row < 5)));
        assert_eq!(drawn, rows(RowPick::Random, 0, 0));
        assert_ne!(
            drawn,
            rows(RowPick::Random, 1, 0),
            "sets are drawn from apart"
        );
        assert_ne!(drawn, rows(RowPick::Random, 0, 1), "and so are actions");
    }
}
