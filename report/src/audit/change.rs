//! The change between two figures of a report, in the one way of stating it.

use super::figure::{Figure, Unit};
use crate::language;

/// `12.72 s -> 2.70 s, -78.8 % (4.71× faster)`, `500 -> 10, -98.0 % (50× fewer)`,
/// `87 % -> 99.9 %, +12.9 points`.
pub(super) fn between(older: &Figure, newer: &Figure) -> String {
    let (from, to) = (older.value, newer.value);
    // Below it durations of latencies have no three digits.
    let short = 10.0;
    match older.unit {
        Unit::Time if from.min(to) >= short => language::change(from, to),
        Unit::Time => {
            let [older, newer] = [from, to].map(|us| language::cpu_time(us * 1e3));
            let change = language::relative_change(from, to);
            format!("{}, {change}", language::change_in_words(&older, &newer))
        }
        Unit::Percent => {
            let values = [from, to].map(|percent| format!("{} %", language::plain(percent)));
            let points = language::points((to - from) / 100.0);
            let values = language::change_in_words(&values[0], &values[1]);
            format!("{values}, {points}")
        }
        Unit::Factor | Unit::Bytes | Unit::Count => {
            let written = |figure: &Figure| match figure.unit {
                Unit::Count => language::plain(figure.value),
                // In the unit of the report.
                _ => figure.text.clone(),
            };
            let values = language::change_in_words(&written(older), &written(newer));
            let percent = language::percent_change(to / from - 1.0);
            let times = language::fewer(to / from).map(|times| format!(" ({times})"));
            format!("{values}, {percent}{}", times.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figure::figures;
    use super::*;

    #[test]
    fn a_change_is_said_in_one_way() {
        for (pair, said) in [
            (
                "12.72s to 2.7s",
                "12.72 s -> 2.70 s, -78.8 % (4.71× faster)",
            ),
            (
                "370 ns to 150 ns",
                "370 ns -> 150 ns, -59.5 % (2.47× faster)",
            ),
            ("87% to 99.9%", "87 % -> 99.9 %, +12.9 points"),
            ("500 goals to 10 goals", "500 -> 10, -98.0 % (50× fewer)"),
            ("119.5 MB to 120 MB", "119.5 MB -> 120 MB, +0.4 %"),
        ] {
            let found = figures(pair);
            assert_eq!(between(&found[0], &found[1]), said, "{pair}");
        }
    }
}
