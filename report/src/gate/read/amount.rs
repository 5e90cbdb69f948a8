//! Amounts of a rule: percentages, times, sizes, plain numbers.

use super::Wrong;

/// `10%`, as a number: 10.
pub(super) fn percent(text: &str) -> Result<f64, Wrong> {
    let hint = "write a percentage: \"10%\"";
    let number = text
        .trim()
        .strip_suffix('%')
        .ok_or_else(|| (format!("{:?} has no \"%\"", text.trim()), hint))?;
    number_in(number).ok_or_else(|| (format!("{number:?} is no number"), hint))
}

/// `+10%` without its sign, as a share: 0.1. `example` is a rule with a tolerance that matters.
pub(super) fn tolerance(text: &str, example: &'static str) -> Result<f64, Wrong> {
    let tolerance = percent(text)? / 100.0;
    if tolerance <= 0.0 {
        return Err((
            "a tolerance of 0 % fails on noise alone".to_owned(),
            example,
        ));
    }
    Ok(tolerance)
}

/// `50ms`, microseconds.
pub(super) fn time(text: &str) -> Result<f64, Wrong> {
    const UNITS: [(&str, f64); 5] = [
        ("µs", 1.0),
        ("us", 1.0),
        ("ms", 1e3),
        ("min", 60e6),
        ("s", 1e6),
    ];
    let hint = "write a time with its unit: \"50ms\", \"1.5s\", \"800us\"";
    with_unit("time", text, &UNITS, hint)
}

/// `500MB`, bytes.
pub(super) fn size(text: &str) -> Result<f64, Wrong> {
    const UNITS: [(&str, f64); 8] = [
        ("KiB", 1024.0),
        ("MiB", 1024.0 * 1024.0),
        ("GiB", 1024.0 * 1024.0 * 1024.0),
        ("kB", 1e3),
        ("KB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("B", 1.0),
    ];
    let hint = "write a size with its unit: \"500MB\", \"512MiB\", \"2KB\"";
    with_unit("size", text, &UNITS, hint)
}

/// `2.5`.
pub(super) fn number(text: &str) -> Result<f64, Wrong> {
    number_in(text).ok_or_else(|| {
        (
            format!("{text:?} is no number"),
            "write it without a unit: \"2.5\"",
        )
    })
}

/// The first unit that fits is its unit: no unit stands before one that it ends with.
fn with_unit(
    what: &str,
    text: &str,
    units: &[(&str, f64)],
    hint: &'static str,
) -> Result<f64, Wrong> {
    let (number, unit) = units
        .iter()
        .find_map(|(unit, of)| Some((text.strip_suffix(unit)?, *of)))
        .ok_or_else(|| (format!("{what} {text:?} has no unit"), hint))?;
    match number_in(number) {
        Some(number) if number > 0.0 => Ok(number * unit),
        _ => Err((format!("{text:?} is no {what}"), hint)),
    }
}

fn number_in(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}
