//! Shares of a whole in percent, and their differences in points.

use super::count::{grouped, trimmed};

/// The share of a whole that is counted: `99.9975 %`, `0.0025 %`, `100 %` only if nothing is left.
///
/// An empty whole has no share.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return super::NOT_MEASURED.to_owned();
    }
    share_of(part as f64 / whole as f64)
}

/// The same of a ratio from 0 to 1. Only exactly 0 and 1 read `0 %` and `100 %`.
pub fn share_of(ratio: f64) -> String {
    if !ratio.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    let percent = ratio * 100.0;
    let left = percent.min(100.0 - percent);
    if left <= 0.0 {
        return format!("{} %", grouped(percent, 0));
    }
    format!("{} %", grouped(percent, decimals_for(left, 2)))
}

/// A ratio as a short percentage, without decimals from 10 % to 90 %, for figures such as a busy host:
/// `37 %`, `4.2 %`. Never `0 %` or `100 %` for what is neither.
pub fn percent(ratio: f64) -> String {
    if !ratio.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    let percent = ratio * 100.0;
    let left = percent.min(100.0 - percent);
    if left <= 0.0 {
        return format!("{} %", grouped(percent, 0));
    }
    if (9.95..90.0).contains(&percent) {
        return format!("{} %", grouped(percent, 0));
    }
    format!("{} %", grouped(percent, decimals_for(left, 1)))
}

/// A share that a scenario asks for, as it was written: `99.95 %`.
pub fn share_target(ratio: f64) -> String {
    format!("{} %", trimmed(ratio * 100.0, 6))
}

/// The difference of two shares: `+12.4 points`, `-0.098 points`, `0 points`.
pub fn points(difference: f64) -> String {
    let points = difference * 100.0;
    if !points.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    // Below a millionth of a point is the noise of the subtraction.
    if points.abs() < 1e-6 {
        return "0 points".to_owned();
    }
    let sign = if points < 0.0 { "-" } else { "+" };
    let decimals = if points.abs() >= 0.95 {
        1
    } else {
        decimals_for(points.abs(), 0)
    };
    format!("{sign}{} points", grouped(points.abs(), decimals))
}

/// An interval of such a difference: `+0.025 to +0.11 points`.
pub fn interval_of_points(low: f64, high: f64) -> String {
    let low = points(low);
    format!("{} to {}", low.trim_end_matches(" points"), points(high))
}

/// Decimals that keep two digits of a rest too small for `least` of them.
pub(super) fn decimals_for(rest: f64, least: u8) -> usize {
    if rest >= 10_f64.powi(-i32::from(least)) {
        return usize::from(least);
    }
    // The nudge takes back what subtracting from 100 loses.
    (1.0 - (rest.log10() + 1e-6).floor()).min(12.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_round_to_all_or_none() {
        for (part, whole, text) in [
            (80_798, 80_800, "99.9975 %"),
            (2, 80_800, "0.0025 %"),
            (580, 4_687, "12.37 %"),
            (4_107, 4_687, "87.63 %"),
            (85, 53_968, "0.16 %"),
            (247, 377_611, "0.07 %"),
            (103, 80_908, "0.13 %"),
            (1_015, 517_174, "0.20 %"),
            (543_072, 544_105, "99.81 %"),
            (1, 10_000_000, "0.000010 %"),
            (9_999_999, 10_000_000, "99.999990 %"),
            (0, 5, "0 %"),
            (5, 5, "100 %"),
            (0, 0, "not measured"),
        ] {
            assert_eq!(share(part, whole), text, "{part} of {whole}");
        }
    }

    #[test]
    fn plain_percentages_are_short_and_honest() {
        for (ratio, text) in [
            (0.37, "37 %"),
            (0.042, "4.2 %"),
            (0.987, "98.7 %"),
            (0.996, "99.6 %"),
            (0.9996, "99.960 %"),
            (0.000_4, "0.040 %"),
            (1.0, "100 %"),
            (0.0, "0 %"),
        ] {
            assert_eq!(percent(ratio), text);
        }
        assert_eq!(share_target(0.9995), "99.95 %");
    }

    #[test]
    fn differences_of_shares_are_points() {
        for (from, to, text) in [
            (4_107.0 / 4_687.0, 1.0, "+12.4 points"),
            (1.0, 4_107.0 / 4_687.0, "-12.4 points"),
            (0.998_7, 0.999_68, "+0.098 points"),
            (0.9, 0.905, "+0.50 points"),
            (1.0, 0.999_999, "-0.00010 points"),
            (0.999, 0.999, "0 points"),
        ] {
            assert_eq!(points(to - from), text);
        }
        assert_eq!(
            interval_of_points(-0.000_4, 0.004),
            "-0.040 to +0.40 points"
        );
    }
}
