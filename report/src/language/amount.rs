//! Amounts of CPU time and memory, of one request or of a whole run, with three digits that count.

use super::count::{grouped, mean};

/// `370 ns`, `1.52 µs`, `12.3 ms`, `29.8 s`.
pub fn cpu_time(ns: f64) -> String {
    scaled(ns, 1000.0, &["ns", "µs", "ms", "s"])
}

/// `512 B`, `1.52 KiB`, `83.1 MiB`.
pub fn memory(bytes: f64) -> String {
    scaled(bytes, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB"])
}

/// A number of anything, which may be a mean.
pub fn pieces(number: f64) -> String {
    if number.abs() < 100.0 {
        mean(number)
    } else {
        grouped(number, 0)
    }
}

/// An amount with its sign, by the way of writing it: `+370 ns`, `-12.3 ms`, `0 ns`.
pub fn signed(amount: f64, write: impl Fn(f64) -> String) -> String {
    let sign = match amount {
        amount if amount > 0.0 => "+",
        amount if amount < 0.0 => "-",
        _ => "",
    };
    format!("{sign}{}", write(amount.abs()))
}

fn scaled(value: f64, step: f64, units: &[&str]) -> String {
    if !value.is_finite() {
        return super::NOT_MEASURED.to_owned();
    }
    let (mut value, mut unit) = (value, 0);
    // Where rounding would carry into the next unit the next unit it is.
    while value.abs() >= step - 0.5 && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let decimals = match value.abs() {
        _ if unit == 0 && value.fract().abs() < 1e-9 => 0,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    };
    format!("{} {}", grouped(value, decimals), units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_count() {
        for (ns, text) in [
            (0.0, "0 ns"),
            (0.37, "0.37 ns"),
            (370.0, "370 ns"),
            (999.6, "1.00 µs"),
            (1_519.0, "1.52 µs"),
            (12_345_678.0, "12.3 ms"),
            (29_750_000_000.0, "29.8 s"),
            (7_200e9, "7,200 s"),
            (f64::NAN, "not measured"),
        ] {
            assert_eq!(cpu_time(ns), text, "{ns}");
        }
        for (bytes, text) in [
            (512.0, "512 B"),
            (1_023.9, "1.00 KiB"),
            (87_115_000.0, "83.1 MiB"),
            (1_048_000.0, "1,023 KiB"),
        ] {
            assert_eq!(memory(bytes), text, "{bytes}");
        }
        for (number, text) in [(0.5, "0.5"), (12.34, "12.3"), (2_975.4, "2,975")] {
            assert_eq!(pieces(number), text);
        }
    }

    #[test]
    fn a_sign_is_part_of_a_difference() {
        for (ns, text) in [(370.0, "+370 ns"), (-1_519.0, "-1.52 µs"), (0.0, "0 ns")] {
            assert_eq!(signed(ns, cpu_time), text);
        }
    }
}
