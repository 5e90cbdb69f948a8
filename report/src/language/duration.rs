//! Latencies, limits and spans of time. Latencies are microseconds.

use brunt_record::LONGEST_LATENCY_US;

use super::count::{count, grouped, trimmed};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Micro,
    Milli,
    Second,
}

impl Unit {
    pub(super) fn of(us: f64) -> Self {
        // The thresholds are where rounding would carry into the next unit.
        if us < 999.5 {
            Self::Micro
        } else if us < 999_950.0 {
            Self::Milli
        } else {
            Self::Second
        }
    }

    fn size(self) -> f64 {
        match self {
            Self::Micro => 1.0,
            Self::Milli => 1_000.0,
            Self::Second => 1_000_000.0,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Micro => "µs",
            Self::Milli => "ms",
            Self::Second => "s",
        }
    }

    pub(super) fn write(self, us: f64) -> String {
        let value = us / self.size();
        let decimals = match self {
            Self::Micro => 0,
            Self::Milli if value >= 9.995 => 1,
            Self::Milli | Self::Second => 2,
        };
        format!("{} {}", grouped(value, decimals), self.symbol())
    }
}

/// A latency in microseconds: `2.70 s`, `893.9 ms`, `2.90 ms`, `350 µs`.
///
/// Three significant digits or a few more; the histograms behind it hold three.
pub fn duration(us: f64) -> String {
    if us.is_finite() {
        Unit::of(us).write(us)
    } else {
        super::UNBOUNDED.to_owned()
    }
}

/// A latency from a histogram of a record: as [`duration`], up to the longest that it tells apart.
pub fn latency(us: f64) -> String {
    if us.is_finite() && us >= LONGEST_LATENCY_US as f64 {
        super::BEYOND.to_owned()
    } else {
        duration(us)
    }
}

/// A confidence interval of a latency: `2.61 s to 2.80 s`.
pub fn interval(low_us: f64, high_us: f64) -> String {
    format!("{} to {}", duration(low_us), duration(high_us))
}

/// A value with the ends of its interval in the same unit, for where there is little room:
/// `24.1 ms (23.0-25.3)`.
pub fn within(us: f64, low_us: f64, high_us: f64) -> String {
    let unit = Unit::of(us);
    let [low, high] = [low_us, high_us].map(|end| {
        let text = unit.write(end);
        text.split(' ').next().unwrap_or_default().to_owned()
    });
    format!("{} ({low}-{high})", unit.write(us))
}

/// A limit as its author wrote it, without trailing zeros: `50 ms`, `1.5 s`.
pub fn limit(us: u64) -> String {
    let us = us as f64;
    let unit = match us {
        us if us < 1_000.0 => Unit::Micro,
        us if us < 1_000_000.0 => Unit::Milli,
        _ => Unit::Second,
    };
    format!("{} {}", trimmed(us / unit.size(), 3), unit.symbol())
}

/// How long something lasted or was planned to: `60 s`, `2.5 s`, `30 min`, `1 h 30 min`.
pub fn span(us: u64) -> String {
    let seconds = us / 1_000_000;
    if seconds < 120 || !us.is_multiple_of(1_000_000) && seconds < 600 {
        return limit(us);
    }
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{} {unit}", count(*n)))
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_choose_unit_and_digits() {
        for (us, text) in [
            (0.0, "0 µs"),
            (1.0, "1 µs"),
            (350.0, "350 µs"),
            (999.4, "999 µs"),
            (999.5, "1.00 ms"),
            (2_900.0, "2.90 ms"),
            (9_994.0, "9.99 ms"),
            (9_996.0, "10.0 ms"),
            (28_500.0, "28.5 ms"),
            (313_090.0, "313.1 ms"),
            (893_900.0, "893.9 ms"),
            (999_949.0, "999.9 ms"),
            (999_960.0, "1.00 s"),
            (2_700_000.0, "2.70 s"),
            (12_720_000.0, "12.72 s"),
            (120_000_000.0, "120.00 s"),
            (f64::INFINITY, "unbounded"),
            (f64::NAN, "unbounded"),
        ] {
            assert_eq!(duration(us), text, "{us}");
        }
    }

    #[test]
    fn a_latency_that_is_too_long_for_a_record_has_no_figure() {
        assert_eq!(
            super::super::BEYOND,
            format!("≥ {}", limit(LONGEST_LATENCY_US))
        );
        for (us, text) in [
            (119_996_415.0, "120.00 s"),
            (120_000_000.0, "≥ 120 s"),
            (120_061_951.0, "≥ 120 s"),
            (134_000_000.0, "≥ 120 s"),
            (f64::INFINITY, "unbounded"),
        ] {
            assert_eq!(latency(us), text, "{us}");
        }
    }

    #[test]
    fn limits_are_as_written() {
        for (us, text) in [
            (350, "350 µs"),
            (50_000, "50 ms"),
            (1_500_000, "1.5 s"),
            (200_000, "200 ms"),
            (2_000_000, "2 s"),
        ] {
            assert_eq!(limit(us), text);
        }
    }

    #[test]
    fn spans_use_the_words_of_a_plan() {
        for (us, text) in [
            (500_000, "500 ms"),
            (60_000_000, "60 s"),
            (2_500_000, "2.5 s"),
            (120_000_000, "2 min"),
            (1_800_000_000, "30 min"),
            (1_861_000_000, "31 min 1 s"),
            (5_400_000_000, "1 h 30 min"),
        ] {
            assert_eq!(span(us), text);
        }
    }
}
