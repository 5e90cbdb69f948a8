//! Counts, rates and sizes.

/// A count with thousands separators: `80,800`.
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// `2 of 80,800`.
pub fn of(part: u64, whole: u64) -> String {
    format!("{} of {}", count(part), count(whole))
}

/// A count with its noun, `1 action` or `3 actions`.
pub fn plural(n: u64, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {one}s", count(n))
    }
}

/// Arrivals per second: `600/s`, `78.1/s`.
pub fn rate(per_second: f64) -> String {
    if !per_second.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    format!("{}/s", trimmed(per_second, 1))
}

/// A mean of counts: `12`, `3.4`, `0.05`.
pub fn mean(of_counts: f64) -> String {
    let small = of_counts.abs() < 1.0;
    trimmed(of_counts, if small { 3 } else { 1 })
}

/// An amount in three digits, without trailing zeros: `0`, `0.0123`, `1.87`, `42.5`, `1,234`.
pub fn amount(of: f64) -> String {
    if !of.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    let size = of.abs();
    let magnitude = if size > 0.0 {
        size.log10().floor() as i32
    } else {
        0
    };
    let decimals = (2 - magnitude).clamp(0, 6);
    trimmed(of, decimals.unsigned_abs() as usize)
}

/// A number as somebody wrote it, with thousands separators: `119.5`, `1,458,562`.
pub fn plain(number: f64) -> String {
    trimmed(number, 6)
}

/// A moment of a run in seconds: `0`, `7`, `7.5`.
pub fn seconds(second: f64) -> String {
    trimmed(second, 1)
}

/// Sizes in binary units: `512 B`, `7.6 GiB`.
pub fn bytes(n: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = n as f64;
    let mut unit = None;
    for next in units {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = Some(next);
    }
    match unit {
        None => format!("{n} B"),
        Some(unit) => format!("{value:.1} {unit}"),
    }
}

/// At most `decimals` digits after the point, without trailing zeros, grouped.
pub(super) fn trimmed(value: f64, decimals: usize) -> String {
    let text = grouped(value, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Exactly `decimals` digits after the point, thousands grouped.
pub(super) fn grouped(value: f64, decimals: usize) -> String {
    group(&format!("{value:.decimals$}"))
}

fn group(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_three_digits() {
        for (of, text) in [
            (0.0, "0"),
            (0.012_34, "0.0123"),
            (0.999, "0.999"),
            (1.866, "1.87"),
            (42.0, "42"),
            (123.4, "123"),
            (1_234.5, "1,234"),
            (-0.5, "-0.5"),
            (f64::NAN, crate::language::NOT_MEASURED),
        ] {
            assert_eq!(amount(of), text);
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (80_800, "80,800"),
            (1_444_019, "1,444,019"),
        ] {
            assert_eq!(count(n), text);
        }
        assert_eq!(of(2, 80_800), "2 of 80,800");
        assert_eq!(plural(1, "action"), "1 action");
        assert_eq!(plural(0, "action"), "0 actions");
    }

    #[test]
    fn rates_and_sizes_stay_short() {
        for (value, text) in [
            (600.0, "600/s"),
            (78.116_7, "78.1/s"),
            (12_000.0, "12,000/s"),
            (0.05, "0.1/s"),
            (f64::NAN, "not measured"),
        ] {
            assert_eq!(rate(value), text);
        }
        for (value, text) in [(12.0, "12"), (3.44, "3.4"), (0.05, "0.05")] {
            assert_eq!(mean(value), text);
        }
        for (n, text) in [
            (512, "512 B"),
            (1024, "1.0 KiB"),
            (8_200_000_000, "7.6 GiB"),
        ] {
            assert_eq!(bytes(n), text);
        }
    }
}
