//! How many observations stand behind a value: what noise is estimated from.

use super::model::{Profile, Sample};
use super::unit::Measure;

/// How a profiler came to the values of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sampling {
    /// Another kind counts the observations, or these values do.
    Counted {
        /// Its position.
        kind: usize,
        /// How much one observation adds to it.
        each: f64,
    },
    /// One observation for so much of the value.
    Every(f64),
    /// Allocations, of which one is seen in so many bytes; a large one more likely.
    BySize {
        /// Position of the kind that counts allocations.
        objects: usize,
        /// Position of the kind that has their bytes.
        space: usize,
        /// Bytes between two observations, in the mean.
        rate: f64,
    },
    /// The profile does not say.
    Unknown,
}

impl Sampling {
    /// Of the kind at position `kind`.
    pub(super) fn of(profile: &Profile, kind: usize) -> Self {
        let kinds = &profile.kinds;
        let named = |name: &str| kinds.iter().position(|kind| kind.name == name);
        let name = &*kinds[kind].name;
        let measure = Measure::of(&kinds[kind].unit);
        let period = profile.period.map(|period| period as f64);
        let period_measure = profile.period_kind.as_ref().map(|k| Measure::of(&k.unit));

        // Go, jemalloc: inuse_space beside inuse_objects; older ones: space beside objects.
        let pair = |objects: &str, space: &str| {
            let stem = name.strip_suffix(objects).or(name.strip_suffix(space))?;
            let [objects, space] = [objects, space].map(|end| named(&format!("{stem}{end}")));
            Some((objects?, space?))
        };
        if let Some((objects, space)) = pair("objects", "space") {
            return match (period, period_measure) {
                (Some(rate), Some(Measure::Memory { bytes })) => Self::BySize {
                    objects,
                    space,
                    rate: rate * bytes,
                },
                _ => Self::Unknown,
            };
        }
        if let Some(kind) = named("samples").filter(|i| kinds[*i].unit == "count") {
            return Self::Counted { kind, each: 1.0 };
        }
        // Go: of so many contentions one is seen, and counted as so many.
        if let Some(kind) = named("contentions") {
            let each = period.unwrap_or(1.0);
            return Self::Counted { kind, each };
        }
        match (period, period_measure) {
            (Some(period), Some(of)) if of.same_sort(measure) => {
                Self::Every(period * of.factor() / measure.factor())
            }
            _ => Self::Unknown,
        }
    }

    /// Observations behind `value` of `sample`; none where nobody can know.
    pub(super) fn observations(self, sample: &Sample<'_>, value: i64) -> Option<f64> {
        let at = |kind: usize| sample.values[kind].unsigned_abs() as f64;
        match self {
            Self::Counted { kind, each } => Some(at(kind) / each),
            Self::Every(period) => Some(value.unsigned_abs() as f64 / period),
            // The inverse of how the profiler scales: https://pkg.go.dev/runtime#MemProfileRate
            Self::BySize {
                objects,
                space,
                rate,
            } => Some(match at(objects) {
                0.0 => 0.0,
                objects => objects * (1.0 - (-at(space) / objects / rate).exp()),
            }),
            Self::Unknown => None,
        }
    }
}
