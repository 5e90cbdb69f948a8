//! Numbers with their units, as people write them.

use super::range::Range;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Microseconds.
    Time,
    /// Percent.
    Percent,
    /// Times.
    Factor,
    /// Bytes.
    Bytes,
    /// Anything else.
    Count,
}

/// A number in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    /// In the unit's base, without its sign.
    pub(super) value: f64,
    pub(super) unit: Unit,
    /// One unit of its last digit, in the same base.
    pub(super) last_digit: f64,
    /// Is a minus (-1) or a plus (1) before it?
    pub(super) sign: Option<f64>,
    /// Is it marked as no more than about right?
    pub(super) about: bool,
    /// Is it a bound: `< 10 ms`?
    pub(super) bound: bool,
    /// As it was written.
    pub(super) text: String,
    /// Where it begins and ends.
    pub(super) at: (usize, usize),
}

/// Suffix, what it counts, and how many of the base it is. Longer ones first.
const UNITS: [(&str, Unit, f64); 31] = [
    ("microseconds", Unit::Time, 1.0),
    ("milliseconds", Unit::Time, 1e3),
    ("seconds", Unit::Time, 1e6),
    ("second", Unit::Time, 1e6),
    ("minutes", Unit::Time, 60e6),
    ("minute", Unit::Time, 60e6),
    ("hours", Unit::Time, 3600e6),
    ("hour", Unit::Time, 3600e6),
    ("secs", Unit::Time, 1e6),
    ("sec", Unit::Time, 1e6),
    ("mins", Unit::Time, 60e6),
    ("min", Unit::Time, 60e6),
    ("µs", Unit::Time, 1.0),
    ("μs", Unit::Time, 1.0),
    ("us", Unit::Time, 1.0),
    ("ns", Unit::Time, 1e-3),
    ("ms", Unit::Time, 1e3),
    ("s", Unit::Time, 1e6),
    ("m", Unit::Time, 60e6),
    ("h", Unit::Time, 3600e6),
    ("%", Unit::Percent, 1.0),
    ("×", Unit::Factor, 1.0),
    ("x", Unit::Factor, 1.0),
    ("KiB", Unit::Bytes, 1024.0),
    ("MiB", Unit::Bytes, 1_048_576.0),
    ("GiB", Unit::Bytes, 1_073_741_824.0),
    ("KB", Unit::Bytes, 1e3),
    ("kB", Unit::Bytes, 1e3),
    ("MB", Unit::Bytes, 1e6),
    ("GB", Unit::Bytes, 1e9),
    ("B", Unit::Bytes, 1.0),
];

/// Before a number they make it a name: `Phase 9`.
const LABELS: [&str; 14] = [
    "phase",
    "version",
    "milestone",
    "step",
    "section",
    "figure",
    "table",
    "run",
    "build",
    "http",
    "stage",
    "level",
    "release",
    "option",
];

impl Figure {
    /// What it can be when it was rounded.
    pub(super) fn rounded(&self) -> Range {
        let by = if self.about {
            // "~375,000" has three digits.
            self.last_digit.max(last_nonzero(self.value))
        } else {
            self.last_digit
        };
        let around = Range::around(self.value, by / 2.0);
        // A count that is written out is exact.
        match self.unit {
            Unit::Count if !self.about && self.last_digit >= 1.0 => Range::exact(self.value),
            _ => Range {
                low: around.low.max(0.0),
                high: around.high,
            },
        }
    }

    /// What it can be when it was rounded or cut off.
    pub(super) fn loosely(&self) -> Range {
        let by = if self.about {
            self.last_digit.max(last_nonzero(self.value))
        } else {
            self.last_digit
        };
        Range::around(self.value, by)
    }
}

/// One unit of the last digit that is not 0.
fn last_nonzero(value: f64) -> f64 {
    let mut digit = 1.0;
    while value > 0.0 && digit * 10.0 <= value && value % (digit * 10.0) == 0.0 {
        digit *= 10.0;
    }
    digit
}

/// Every figure of `text`, in order.
pub(super) fn figures(text: &str) -> Vec<Figure> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let start = i;
        let end = end_of_number(bytes, start);
        i = end;
        if let Some(figure) = figure_at(text, start, end) {
            i = figure.at.1;
            found.push(figure);
        }
    }
    found
}

/// Digits with thousands separators and one point.
fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = start;
    let mut point = false;
    loop {
        match bytes.get(end) {
            Some(b'0'..=b'9') => end += 1,
            Some(b',') if !point && (1..=3).all(|n| digit(end + n)) && !digit(end + 4) => end += 4,
            Some(b'.') if !point && digit(end + 1) => {
                point = true;
                end += 1;
            }
            _ => return end,
        }
    }
}

fn figure_at(text: &str, start: usize, end: usize) -> Option<Figure> {
    let before = &text[..start];
    if is_part_of_a_name(before) || is_label(before) {
        return None;
    }
    let number: String = text[start..end].chars().filter(|c| *c != ',').collect();
    let value: f64 = number.parse().ok()?;
    let decimals = number.split_once('.').map_or(0, |(_, d)| d.len());
    let (unit, factor, end) = unit_at(text, end)?;
    let lead = before.trim_end_matches([' ', '*', '+', '-', '−', '–']);
    let about = lead.ends_with(['~', '≈', '∼']) || said_about(before, &text[end..]);
    Some(Figure {
        value: value * factor,
        unit,
        last_digit: factor * 10_f64.powi(-(decimals as i32)),
        sign: sign(before),
        about,
        bound: lead.ends_with(['<', '>', '≤', '≥']),
        text: text[start..end].to_owned(),
        at: (start, end),
    })
}

/// `p95`, `v1.2`, `2025-11-11`, `:8080`, `/v1/3`, `#12`.
fn is_part_of_a_name(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some(c) if c.is_alphanumeric() => true,
        Some('_' | '#' | '$' | '.' | ':' | '@') => true,
        Some('/' | '-') => back.next().is_some_and(char::is_alphanumeric),
        _ => false,
    }
}

fn is_label(before: &str) -> bool {
    let word = before.trim_end_matches(' ');
    if word.len() == before.len() {
        return false;
    }
    let word = word.rsplit(|c: char| !c.is_alphanumeric()).next();
    word.is_some_and(|word| LABELS.contains(&word.to_lowercase().as_str()))
}

/// The unit after a number, how many of its base one is, and where it ends; none where the number is
/// part of a word.
fn unit_at(text: &str, end: usize) -> Option<(Unit, f64, usize)> {
    let rest = &text[end..];
    let spaced = rest.strip_prefix(' ').unwrap_or(rest);
    let gap = rest.len() - spaced.len();
    for (suffix, unit, factor) in UNITS {
        let Some(after) = spaced.strip_prefix(suffix) else {
            continue;
        };
        // "600 x 500" multiplies.
        if gap > 0 && unit == Unit::Factor {
            continue;
        }
        if !after.starts_with(|c: char| c.is_alphanumeric() || c == '/') {
            return Some((unit, factor, end + gap + suffix.len()));
        }
    }
    let word = rest.starts_with(char::is_alphabetic);
    let compound = rest.starts_with('-') && rest[1..].starts_with(char::is_alphanumeric);
    (!word && !compound).then_some((Unit::Count, 1.0, end))
}

fn sign(before: &str) -> Option<f64> {
    let mut back = before.trim_end_matches('*').chars().rev();
    let sign = match back.next()? {
        '-' | '−' => -1.0,
        '+' => 1.0,
        _ => return None,
    };
    // In "90-100" it is no sign.
    let free = back.next().is_none_or(|c| !c.is_alphanumeric());
    free.then_some(sign)
}

fn said_about(before: &str, after: &str) -> bool {
    let word = before.trim_end().rsplit(' ').next().unwrap_or_default();
    let after = after.trim_start_matches(['*', ' ']).to_lowercase();
    let marks = [
        "about",
        "around",
        "roughly",
        "approximately",
        "approx.",
        "est.",
    ];
    marks.contains(&word.to_lowercase().as_str()) || after.starts_with("(estimat")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(f64, Unit, bool)]) {
        let found: Vec<_> = figures(text)
            .iter()
            .map(|f| (f.value, f.unit, f.about))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        use Unit::{Bytes, Count, Factor, Percent, Time};
        check(
            "471x faster (2.7s vs 12.72 s)",
            &[
                (471.0, Factor, false),
                (2.7e6, Time, false),
                (12.72e6, Time, false),
            ],
        );
        check(
            "580 / 4,687, 0 / ~4,600",
            &[
                (580.0, Count, false),
                (4_687.0, Count, false),
                (0.0, Count, false),
                (4_600.0, Count, true),
            ],
        );
        check("**~85%** (estimated)", &[(85.0, Percent, true)]);
        check("50% (estimated)", &[(50.0, Percent, true)]);
        check(
            "119.5 MB, 88.6 KB",
            &[(119.5e6, Bytes, false), (88.6e3, Bytes, false)],
        );
        check(
            "600 users × 500 goals × 5ms",
            &[
                (600.0, Count, false),
                (500.0, Count, false),
                (5e3, Time, false),
            ],
        );
        check("600 x 500", &[(600.0, Count, false), (500.0, Count, false)]);
        // Names, dates, ordinals, addresses.
        check(
            "Phase 9 p95 of M3 on 2025-11-11, the 2nd, 15-minute, :8080, /v1/3, #12",
            &[],
        );
        check(
            "300,000 rows/sec in 1min",
            &[(300_000.0, Count, false), (60e6, Time, false)],
        );
    }

    #[test]
    fn signs_and_bounds_are_seen() {
        let found = figures("-78.8% and **+5 %** of < 10ms, 90-100");
        let told: Vec<_> = found.iter().map(|f| (f.sign, f.bound)).collect();
        assert_eq!(
            told,
            [(Some(-1.0), false), (Some(1.0), false), (None, true)]
        );
    }
}
