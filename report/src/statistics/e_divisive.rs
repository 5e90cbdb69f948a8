//! Change points of a series: E-divisive.
//!
//! Matteson & James, A nonparametric approach for multiple change point analysis of multivariate data,
//! JASA 109 (2014); in use for performance in CI, Daly et al., ICPE 2020 (10.1145/3358960.3375791). The
//! place where what comes before differs most from what comes after, by the energy distance, is a
//! change point if hardly any permutation of the values has one that differs as much; then both
//! parts are looked at in the same way. Neither normality nor equal variances are assumed.

/// The fewest values on either side of a change point.
const SMALLEST: usize = 2;
/// Permutations of each test.
const PERMUTATIONS: u32 = 499;
/// The fewest values whose permutations can be told from chance at 5 %.
pub const FEWEST_VALUES: usize = 8;

/// A place at which a series changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// Index of the first value after the change.
    pub at: usize,
    /// The share of permutations that differ as much.
    pub p: f64,
}

/// The change points of `values` at the level `alpha`, by their places; none of fewer than
/// [`FEWEST_VALUES`]. Permutations come from a fixed seed: the same values give the same answer.
pub fn change_points(values: &[f64], alpha: f64) -> Vec<ChangePoint> {
    let mut found: Vec<ChangePoint> = Vec::new();
    if values.len() < FEWEST_VALUES {
        return found;
    }
    let mut draws = Draws(0x5EED);
    loop {
        let mut bounds = vec![0];
        bounds.extend(found.iter().map(|point| point.at));
        bounds.push(values.len());
        let Some((at, distance)) = best(values, &bounds) else {
            return found;
        };
        let mut as_far = 0;
        for _ in 0..PERMUTATIONS {
            let mut shuffled = values.to_vec();
            // Within the parts: what was found already is no longer in question.
            for part in bounds.windows(2) {
                draws.shuffle(&mut shuffled[part[0]..part[1]]);
            }
            let farther = best(&shuffled, &bounds).is_some_and(|(_, other)| other >= distance);
            as_far += u32::from(farther);
        }
        let p = f64::from(as_far + 1) / f64::from(PERMUTATIONS + 1);
        if p > alpha {
            return found;
        }
        found.push(ChangePoint { at, p });
        found.sort_by_key(|point| point.at);
    }
}

/// The place in any of the parts between `bounds` at which both sides differ most, and by how much.
fn best(values: &[f64], bounds: &[usize]) -> Option<(usize, f64)> {
    let parts = bounds.windows(2).filter_map(|part| {
        let (at, distance) = split(&values[part[0]..part[1]])?;
        Some((part[0] + at, distance))
    });
    // The first of equals.
    parts.reduce(|a, b| if b.1 > a.1 { b } else { a })
}

/// The same of one part. What comes after the split may end before the part does, so that a change
/// which is taken back is found too.
fn split(values: &[f64]) -> Option<(usize, f64)> {
    let n = values.len();
    let sums = Sums::of(values);
    let mut best: Option<(usize, f64)> = None;
    for at in SMALLEST..=n.saturating_sub(SMALLEST) {
        for end in at + SMALLEST..=n {
            let distance = sums.energy(at, end);
            if best.is_none_or(|(_, most)| distance > most) {
                best = Some((at, distance));
            }
        }
    }
    best
}

/// Sums of |xᵢ − xⱼ| over all i below a row and j below a column.
struct Sums {
    width: usize,
    sums: Vec<f64>,
}

impl Sums {
    fn of(values: &[f64]) -> Self {
        let width = values.len() + 1;
        let mut sums = vec![0.0; width * width];
        for (i, x) in values.iter().enumerate() {
            let mut row = 0.0;
            for (j, y) in values.iter().enumerate() {
                row += (x - y).abs();
                sums[(i + 1) * width + j + 1] = sums[i * width + j + 1] + row;
            }
        }
        Self { width, sums }
    }

    fn up_to(&self, i: usize, j: usize) -> f64 {
        self.sums[i * self.width + j]
    }

    /// The energy distance of the values before `at` and those from there to `end`, weighted by how
    /// many they are.
    fn energy(&self, at: usize, end: usize) -> f64 {
        let (m, n) = (at as f64, (end - at) as f64);
        let between = self.up_to(at, end) - self.up_to(at, at);
        let before = self.up_to(at, at);
        let after = self.up_to(end, end) - 2.0 * self.up_to(at, end) + self.up_to(at, at);
        // Both ways round.
        let pairs = |k: f64| k * (k - 1.0);
        let distance = 2.0 * between / (m * n) - before / pairs(m) - after / pairs(n);
        distance * m * n / (m + n)
    }
}

/// `SplitMix64` (Steele, Lea & Flood 2014): enough for permutations.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Fisher and Yates.
    fn shuffle(&mut self, values: &mut [f64]) {
        for i in (1..values.len()).rev() {
            let j = (self.next() % (i as u64 + 1)) as usize;
            values.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], expected: &[usize]) {
        let places: Vec<usize> = change_points(values, 0.05).iter().map(|p| p.at).collect();
        assert_eq!(places, expected, "{values:?}");
    }

    /// The flow of the Nile at Aswan from 1871 to 1970: since 1899 it is lower (Cobb 1978, and every
    /// text on change points after it).
    #[test]
    fn the_nile_changed_in_1899() {
        let nile = [
            1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020,
            960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840,
            874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120,
            1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845,
            944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
            744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919,
            718, 714, 740,
        ];
        check(&nile.map(f64::from), &[1899 - 1871]);
    }

    /// Values around 0 that are no noise of a generator.
    fn wobble(i: usize) -> f64 {
        (i as f64 * 0.618_033_988_75).fract() - 0.5
    }

    #[test]
    fn steps_are_found_where_they_are() {
        let levels = |levels: &[f64]| -> Vec<f64> {
            let values = levels.iter().enumerate();
            values.map(|(i, level)| level + wobble(i)).collect()
        };
        check(&levels(&[0.0; 20]), &[]);
        let one: Vec<f64> = [vec![0.0; 6], vec![5.0; 6]].concat();
        check(&levels(&one), &[6]);
        let there_and_back: Vec<f64> = [vec![0.0; 10], vec![5.0; 8], vec![0.0; 10]].concat();
        check(&levels(&there_and_back), &[10, 18]);
        // Too few to tell from chance.
        check(&levels(&[0.0, 0.0, 0.0, 9.0, 9.0, 9.0]), &[]);
    }

    #[test]
    fn the_energy_distance_is_that_of_its_definition() {
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        let mean = |pairs: &[(usize, usize)]| {
            let sum: f64 = pairs
                .iter()
                .map(|(i, j)| f64::abs(values[*i] - values[*j]))
                .sum();
            sum / pairs.len() as f64
        };
        let between = mean(&[(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)]);
        let (before, after) = (mean(&[(0, 1)]), mean(&[(2, 3), (2, 4), (3, 4)]));
        let expected = (2.0 * between - before - after) * 6.0 / 5.0;
        let got = Sums::of(&values).energy(2, 5);
        assert!((got - expected).abs() < 1e-12, "{got}, {expected}");
    }
}
