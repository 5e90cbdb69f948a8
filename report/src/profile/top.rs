//! Flat and cumulative values per function, as `go tool pprof -top` computes them.

use std::collections::HashMap;

use super::error::ProfileError;
use super::judge::is_stock;
use super::model::Profile;
use super::unit::{Measure, Scale};

/// pprof leaves functions out whose cumulative value is below this share of the whole.
const LEAST_SHARE: f64 = 0.005;

/// The functions of a profile, or of the difference of two, the largest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Top {
    /// What the shares are of: all values, each without its sign; of a difference, those of the
    /// older profile.
    pub total: u64,
    /// Every function that anything was measured in.
    pub rows: Vec<Row>,
    /// What the values are measured in.
    pub measure: Measure,
}

/// One function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub function: String,
    /// What was measured in itself.
    pub flat: i64,
    /// What was measured in itself and in what it called, once a stack however often it occurs.
    pub cum: i64,
}

impl Top {
    /// Of the kind at position `kind` of `profile`.
    pub fn of(profile: &Profile, kind: usize) -> Self {
        let measure = Measure::of(&profile.kinds[kind].unit);
        let mut sums = Sums::default();
        sums.add(profile, kind, 1);
        let total = sums.total.unsigned_abs();
        Self::from_sums(sums, total, measure)
    }

    /// The kind at position `kind` of `new`, less that of the same name of `base`: what `-diff_base`
    /// prints.
    pub fn difference(new: &Profile, base: &Profile, kind: usize) -> Result<Self, ProfileError> {
        let name = &new.kinds[kind].name;
        Self::of_all(&[new], &[base], name)
    }

    /// The kind called `name` of all of `new` together, less that of all of `base`; of what there is at
    /// one moment the mean of a side's moments.
    pub fn of_all(new: &[&Profile], base: &[&Profile], name: &str) -> Result<Self, ProfileError> {
        let measure = common_measure(new.iter().chain(base), name)?;
        let [new, base] = [new, base].map(|side| Sums::of(side, name, measure));
        let (mut sums, base) = (new?, base?);
        let total = if base.total == 0 {
            sums.total
        } else {
            base.total
        };
        for (function, (flat, cum)) in base.by_name {
            let sum = sums.by_name.entry(function).or_default();
            sum.0 = sum.0.saturating_sub(flat);
            sum.1 = sum.1.saturating_sub(cum);
        }
        Ok(Self::from_sums(sums, total.unsigned_abs(), measure))
    }

    fn from_sums(sums: Sums, total: u64, measure: Measure) -> Self {
        let rows = sums.by_name.into_iter();
        let mut rows: Vec<Row> = rows
            .map(|(function, (flat, cum))| Row {
                function: function.to_owned(),
                flat,
                cum,
            })
            .filter(|row| row.flat != 0 || row.cum != 0)
            .collect();
        rows.sort_by(|a, b| {
            let size = |value: i64| std::cmp::Reverse(value.unsigned_abs());
            (size(a.flat), &a.function).cmp(&(size(b.flat), &b.function))
        });
        Self {
            total,
            rows,
            measure,
        }
    }

    /// The functions that pprof would print.
    pub fn shown(&self) -> impl Iterator<Item = &Row> {
        let flat = self.rows.iter().map(|row| row.flat);
        let sum = flat.fold(0, i64::saturating_add);
        let least = ((sum as f64 * LEAST_SHARE) as i64).unsigned_abs();
        let rows = self.rows.iter();
        rows.filter(move |row| row.cum.unsigned_abs() >= least)
    }

    /// How its values are written: by the smallest one that is shown.
    pub fn scale(&self) -> Scale {
        let sizes = self.shown().map(|row| match row.flat.unsigned_abs() {
            0 => row.cum.unsigned_abs(),
            flat => flat,
        });
        let smallest = sizes.filter(|size| *size > 0).min();
        Scale::of(self.measure, smallest.unwrap_or(self.total), self.total)
    }
}

/// Flat and cumulative sums by name, and that of all samples.
#[derive(Default)]
struct Sums<'a> {
    by_name: HashMap<&'a str, (i64, i64)>,
    total: i64,
}

impl<'a> Sums<'a> {
    /// Of the kind called `name` of one side, in `measure`.
    fn of(side: &[&'a Profile], name: &str, measure: Measure) -> Result<Self, ProfileError> {
        let mut sums = Self::default();
        let mut moments = 0;
        for profile in side {
            let kind = profile.kind(Some(name))?;
            moments += i64::from(is_stock(&profile.kinds[kind]));
            // A whole number: every unit is a multiple of the finer ones.
            let unit = Measure::of(&profile.kinds[kind].unit);
            sums.add(profile, kind, (unit.factor() / measure.factor()) as i64);
        }
        if moments > 1 {
            sums.total /= moments;
            for (flat, cum) in sums.by_name.values_mut() {
                (*flat, *cum) = (*flat / moments, *cum / moments);
            }
        }
        Ok(sums)
    }

    fn add(&mut self, profile: &'a Profile, kind: usize, times: i64) {
        let mut sums = vec![(0_i64, 0_i64); profile.functions.len()];
        // The last sample in which a function was seen.
        let mut seen = vec![usize::MAX; profile.functions.len()];
        for (i, sample) in profile.samples().enumerate() {
            let value = sample.values[kind].saturating_mul(times);
            let mut frames = sample.inside_out();
            let mut count = |function: usize| {
                if seen[function] != i {
                    seen[function] = i;
                    sums[function].1 = sums[function].1.saturating_add(value);
                }
            };
            let Some(leaf) = frames.next() else { continue };
            count(leaf);
            frames.for_each(count);
            sums[leaf].0 = sums[leaf].0.saturating_add(value);
        }
        let total = profile.total(kind).saturating_mul(times);
        self.total = self.total.saturating_add(total);
        for (function, (flat, cum)) in profile.functions.iter().zip(sums) {
            let sum = self.by_name.entry(&function.name).or_default();
            sum.0 = sum.0.saturating_add(flat);
            sum.1 = sum.1.saturating_add(cum);
        }
    }
}

/// The finest unit in which one of them has the kind called `name`.
pub(super) fn common_measure<'a>(
    profiles: impl Iterator<Item = &'a &'a Profile>,
    name: &str,
) -> Result<Measure, ProfileError> {
    let mut finest: Option<(Measure, String)> = None;
    for profile in profiles {
        let kind = &profile.kinds[profile.kind(Some(name))?];
        let measure = Measure::of(&kind.unit);
        let spelled = format!("{}/{}", kind.name, kind.unit);
        match &finest {
            Some((found, other)) if !found.same_sort(measure) => {
                return Err(ProfileError::Units {
                    new: other.clone(),
                    base: spelled,
                });
            }
            Some((found, _)) if found.factor() <= measure.factor() => {}
            _ => finest = Some((measure, spelled)),
        }
    }
    Ok(finest.map_or(Measure::Count, |(measure, _)| measure))
}
