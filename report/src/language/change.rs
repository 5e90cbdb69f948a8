//! Changes of a latency from the older value to the newer one.

use super::count::{grouped, trimmed};
use super::duration::{Unit, duration};

/// A change in full: `2.70 s -> 0.89 s, -67.0 % (3.03× faster)`.
///
/// Both values are in microseconds and above zero. They share the larger one's unit while the
/// smaller keeps two digits in it.
pub fn change(from_us: f64, to_us: f64) -> String {
    let (from, to) = pair(from_us, to_us);
    format!("{from} -> {to}, {}", relative_change(from_us, to_us))
}

/// The second half of a change, for beside its values: `-67.0 % (3.03× faster)`.
pub fn relative_change(from_us: f64, to_us: f64) -> String {
    let percent = percent_change(to_us / from_us - 1.0);
    match speed(from_us, to_us) {
        Some(speed) => format!("{percent} ({speed})"),
        None => percent,
    }
}

/// A change between values of which one is no figure: `overloaded (37 % answered) -> 2.90 ms`,
/// `2.70 s -> unbounded`.
pub fn change_in_words(from: &str, to: &str) -> String {
    format!("{from} -> {to}")
}

/// What a run that did not carry the load reads in place of a latency:
/// `overloaded (37 % answered)`, or `overloaded (37 % answered while due)` of what was answered in
/// the end.
pub fn overloaded(answered: f64, while_due: bool) -> String {
    format!("overloaded ({})", super::answered(answered, while_due))
}

/// `37 % answered`, or `37 % answered while due`.
pub fn answered(share: f64, while_due: bool) -> String {
    let when = if while_due { " while due" } else { "" };
    format!("{} answered{when}", super::share::percent(share))
}

/// The same in a sentence: `37 % of its arrivals were answered`.
pub fn arrivals_answered(answered: f64, while_due: bool) -> String {
    let when = if while_due {
        " while they came due, the rest later"
    } else {
        ""
    };
    let share = super::share::percent(answered);
    format!("{share} of its arrivals were answered{when}")
}

/// A relative change, given as newer / older - 1: `-67.0 %`, `+129.9 %`, `-99.98 %`.
///
/// Something that is left is never `-100 %`.
pub fn percent_change(relative: f64) -> String {
    if !relative.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    let percent = relative * 100.0;
    let size = percent.abs();
    let mut decimals = usize::from(size < 999.95);
    let rest = 100.0 - size;
    while percent < 0.0 && rest > 0.0 && decimals < 9 && grouped(size, decimals).starts_with("100")
    {
        decimals += 1;
    }
    let text = grouped(size, decimals);
    if text.chars().all(|c| matches!(c, '0' | '.')) {
        return format!("{text} %");
    }
    let sign = if percent < 0.0 { "-" } else { "+" };
    format!("{sign}{text} %")
}

/// The interval of a relative change: `-70.1 % to -63.5 %`.
pub fn interval_of_change(low: f64, high: f64) -> String {
    format!("{} to {}", percent_change(low), percent_change(high))
}

/// How many times faster or slower: `3.03× faster`; nothing where it rounds to 1.
pub fn speed(from_us: f64, to_us: f64) -> Option<String> {
    let (times, word) = if to_us <= from_us {
        (from_us / to_us, "faster")
    } else {
        (to_us / from_us, "slower")
    };
    if !times.is_finite() || times < 1.005 {
        return None;
    }
    Some(format!("{} {word}", factor(times)))
}

/// How many times fewer or more of something that is counted: `50× fewer`; nothing where it rounds
/// to 1, or where nothing is left.
pub fn fewer(times: f64) -> Option<String> {
    let (times, word) = if times <= 1.0 {
        (1.0 / times, "fewer")
    } else {
        (times, "more")
    };
    (times.is_finite() && times >= 1.005).then(|| format!("{} {word}", factor(times)))
}

/// A ratio with its sign: `4.71×`, `89.4×`, `54×`, `1,130×`.
///
/// A ratio that is not 1 never reads as 1.
pub fn factor(times: f64) -> String {
    let size = times.abs();
    let text = if size >= 99.95 {
        grouped(times, 0)
    } else if size >= 9.995 {
        trimmed(times, 1)
    } else {
        let mut decimals = 2;
        while decimals < 6
            && (grouped(times, decimals)
                .trim_end_matches('0')
                .ends_with("1.")
                || grouped(times, decimals)
                    .chars()
                    .all(|c| matches!(c, '0' | '.')))
            && (times - 1.0).abs() > 1e-9
            && size > 1e-9
        {
            decimals += 1;
        }
        grouped(times, decimals)
    };
    format!("{text}×")
}

fn pair(from_us: f64, to_us: f64) -> (String, String) {
    let unit = Unit::of(from_us.max(to_us));
    let shared = unit.write(from_us.min(to_us));
    // Two digits are left if the first decimal is not the first digit lost: 0.10 s, not 0.01 s.
    if shared.starts_with("0.0") || shared.starts_with("0 ") {
        return (duration(from_us), duration(to_us));
    }
    (unit.write(from_us), unit.write(to_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from_ms: f64, to_ms: f64, text: &str) {
        assert_eq!(change(from_ms * 1_000.0, to_ms * 1_000.0), text);
    }

    #[test]
    fn changes_of_the_recorded_story() {
        check(
            12_720.0,
            2_700.0,
            "12.72 s -> 2.70 s, -78.8 % (4.71× faster)",
        );
        check(2_700.0, 890.0, "2.70 s -> 0.89 s, -67.0 % (3.03× faster)");
        check(1_700.0, 893.9, "1.70 s -> 0.89 s, -47.4 % (1.90× faster)");
        check(526.0, 500.89, "526.0 ms -> 500.9 ms, -4.8 % (1.05× faster)");
        check(
            249.2,
            313.09,
            "249.2 ms -> 313.1 ms, +25.6 % (1.26× slower)",
        );
        check(28.5, 65.52, "28.5 ms -> 65.5 ms, +129.9 % (2.30× slower)");
        check(6.3, 11.81, "6.30 ms -> 11.8 ms, +87.5 % (1.87× slower)");
        check(108.3, 108.32, "108.3 ms -> 108.3 ms, 0.0 %");
    }

    #[test]
    fn far_values_keep_their_own_units() {
        check(
            12_720.0,
            2.9,
            "12.72 s -> 2.90 ms, -99.98 % (4,386× faster)",
        );
        check(
            0.35,
            2_000.0,
            "350 µs -> 2.00 s, +571,329 % (5,714× slower)",
        );
    }

    #[test]
    fn percentages_never_claim_all() {
        for (relative, text) in [
            (-0.999_9, "-99.99 %"),
            (-0.999_999, "-99.9999 %"),
            (-0.2, "-20.0 %"),
            (0.000_1, "0.0 %"),
            (-0.000_1, "0.0 %"),
            (1.0, "+100.0 %"),
            (43.21, "+4,321 %"),
            (f64::NAN, "not measured"),
        ] {
            assert_eq!(percent_change(relative), text, "{relative}");
        }
        assert_eq!(interval_of_change(-0.701, -0.635), "-70.1 % to -63.5 %");
    }

    #[test]
    fn factors_have_three_digits() {
        for (times, text) in [
            (54.0, "54×"),
            (89.39, "89.4×"),
            (4.711, "4.71×"),
            (1.004, "1.004×"),
            (0.998, "0.998×"),
            (1.0, "1.00×"),
            (0.131, "0.13×"),
            (50.0, "50×"),
            (1_130.4, "1,130×"),
        ] {
            assert_eq!(factor(times), text, "{times}");
        }
    }

    #[test]
    fn amounts_are_fewer_or_more() {
        for (times, text) in [
            (0.02, Some("50× fewer")),
            (1.01, Some("1.01× more")),
            (1.0, None),
            (0.0, None),
        ] {
            assert_eq!(fewer(times).as_deref(), text, "{times}");
        }
    }

    #[test]
    fn an_overloaded_side_has_no_percentage() {
        assert_eq!(
            change_in_words(&overloaded(0.37, true), &duration(2_900.0)),
            "overloaded (37 % answered while due) -> 2.90 ms"
        );
    }
}
