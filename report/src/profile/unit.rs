//! Units of what profiles measure, scaled as pprof scales them.

/// A unit, and the base unit of its sort that it is a multiple of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unit {
    /// As people write it.
    name: &'static str,
    /// As profiles write it, in lower case and without a plural s.
    aliases: &'static [&'static str],
    factor: f64,
}

const fn unit(name: &'static str, aliases: &'static [&'static str], factor: f64) -> Unit {
    Unit {
        name,
        aliases,
        factor,
    }
}

/// pprof writes kB, MB and so on for the same sizes.
const BYTES: [Unit; 6] = [
    unit("B", &["b", "byte"], 1.0),
    unit("KiB", &["kb", "kbyte", "kilobyte"], 1024.0),
    unit("MiB", &["mb", "mbyte", "megabyte"], 1_048_576.0),
    unit("GiB", &["gb", "gbyte", "gigabyte"], 1_073_741_824.0),
    unit("TiB", &["tb", "tbyte", "terabyte"], 1_099_511_627_776.0),
    unit("PiB", &["pb", "pbyte", "petabyte"], 1_125_899_906_842_624.0),
];
const TIMES: [Unit; 5] = [
    unit("ns", &["ns", "nanosecond"], 1.0),
    unit("us", &["μs", "us", "microsecond"], 1e3),
    unit("ms", &["ms", "millisecond"], 1e6),
    unit("s", &["s", "sec", "second"], 1e9),
    unit("h", &["hour", "hr"], 3.6e12),
];

/// What values are measured in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Nanoseconds, or a multiple of them.
    Time {
        /// Nanoseconds in one unit.
        ns: f64,
    },
    /// Bytes, or a multiple of them.
    Memory {
        /// Bytes in one unit.
        bytes: f64,
    },
    /// Anything else: a number of something.
    Count,
}

impl Measure {
    /// Of values in `unit`, as the profile spells it.
    pub fn of(unit: &str) -> Self {
        match (find(&TIMES, unit), find(&BYTES, unit)) {
            (Some(found), _) => Self::Time { ns: found.factor },
            (_, Some(found)) => Self::Memory {
                bytes: found.factor,
            },
            (None, None) => Self::Count,
        }
    }

    /// How many base units (nanoseconds, bytes, pieces) one unit is.
    pub fn factor(self) -> f64 {
        match self {
            Self::Time { ns } => ns,
            Self::Memory { bytes } => bytes,
            Self::Count => 1.0,
        }
    }

    /// Is the other one of the same sort?
    pub fn same_sort(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    fn units(self) -> &'static [Unit] {
        match self {
            Self::Time { .. } => &TIMES,
            Self::Memory { .. } => &BYTES,
            Self::Count => &[],
        }
    }

    /// The largest unit in which a value is at least one.
    fn best(self, value: u64) -> Option<Unit> {
        let base = value as f64 * self.factor();
        let fitting = self.units().iter().rev();
        let found = fitting.copied().find(|unit| base / unit.factor >= 1.0);
        // pprof's unit for nothing at all.
        found.or(match self {
            Self::Time { .. } => Some(TIMES[3]),
            Self::Memory { .. } => Some(BYTES[0]),
            Self::Count => None,
        })
    }
}

/// How the values of one table are written: all in the same unit, with the digits of pprof.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    factor: f64,
    unit: Option<Unit>,
}

impl Scale {
    /// For values that are at least `smallest` and make `total` together.
    ///
    /// The unit of the smallest one; where the total has another, the smallest may be as little as
    /// 0.01 of it.
    pub fn of(measure: Measure, smallest: u64, total: u64) -> Self {
        let (small, large) = (measure.best(smallest), measure.best(total));
        let unit = if small != large && smallest.saturating_mul(100) < total {
            measure.best(smallest.saturating_mul(100))
        } else {
            small
        };
        Self {
            factor: measure.factor(),
            unit,
        }
    }

    /// `4.78 s`, `83.08 MiB`, `12`, or `0`.
    pub fn write(self, value: i64) -> String {
        let unit = self.unit.map_or(1.0, |unit| unit.factor);
        let scaled = value as f64 * self.factor / unit;
        let digits = format!("{scaled:.2}");
        let digits = digits.trim_end_matches(".00");
        match self.unit {
            _ if matches!(digits, "0" | "-0") => "0".to_owned(),
            Some(unit) => format!("{digits} {}", unit.name),
            None => digits.to_owned(),
        }
    }
}

/// A part of a whole in percent, with the digits of pprof: `16.07 %`, `0.6 %`, `0.034 %`.
pub fn percentage(part: i64, whole: u64) -> String {
    let percent = if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64 * 100.0
    };
    let digits = match percent.abs() {
        0.0 => "0".to_owned(),
        size if (99.95..=100.05).contains(&size) => "100".to_owned(),
        size if size >= 1.0 => format!("{size:.2}"),
        size => {
            // Two digits that count.
            let decimals = (1.0 - size.log10().floor()).min(12.0) as usize;
            let digits = format!("{size:.decimals$}");
            digits.trim_end_matches('0').to_owned()
        }
    };
    let sign = if percent < 0.0 { "-" } else { "" };
    format!("{sign}{digits} %")
}

fn find(units: &[Unit], written: &str) -> Option<Unit> {
    let lower = written.to_lowercase();
    let singular = match lower.strip_suffix('s') {
        Some(singular) if lower.len() > 2 => singular,
        _ => &lower,
    };
    let named = |unit: &&Unit| unit.aliases.contains(&singular);
    units.iter().find(named).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unit: &str, smallest: u64, total: u64, value: i64, written: &str) {
        let scale = Scale::of(Measure::of(unit), smallest, total);
        assert_eq!(scale.write(value), written, "{value} {unit}");
    }

    #[test]
    fn values_have_the_digits_of_pprof() {
        check(
            "nanoseconds",
            10_000_000,
            29_750_000_000,
            4_780_000_000,
            "4.78 s",
        );
        check(
            "nanoseconds",
            10_000_000,
            29_750_000_000,
            10_000_000,
            "0.01 s",
        );
        check("nanoseconds", 10_000_000, 900_000_000, 10_000_000, "10 ms");
        check("nanoseconds", 1_000, 29_750_000_000, -1_000, "-1 us");
        check("seconds", 0, 0, 0, "0");
        check("bytes", 524_800, 87_115_000, 71_785_512, "68.46 MiB");
        check("kilobytes", 1, 10, 3, "3 KiB");
        check("count", 1, 2_000, 1_200, "1200");
        check("widgets", 1, 2_000, 7, "7");
    }

    #[test]
    fn shares_have_the_digits_of_pprof() {
        for (part, whole, written) in [
            (478, 2975, "16.07 %"),
            (72, 2975, "2.42 %"),
            (-50, 2975, "-1.68 %"),
            (6, 1000, "0.6 %"),
            (1, 2975, "0.034 %"),
            (5, 5, "100 %"),
            (0, 5, "0 %"),
            (5, 0, "0 %"),
        ] {
            assert_eq!(percentage(part, whole), written);
        }
    }
}
