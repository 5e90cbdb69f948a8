//! Numbers with their units, as people write them.

use super::range::Range;
use super::surroundings::is_a_figure;
pub(super) use super::unit::Unit;
use super::unit::{counted, unit_at};

/// A number in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    /// In the unit's base, without its sign.
    pub(super) value: f64,
    pub(super) unit: Unit,
    /// What is counted: `req/s`, `goal`; empty where no word says so, and with a unit.
    pub(super) of: String,
    /// One unit of its last digit, in the same base.
    pub(super) last_digit: f64,
    /// Is a minus (-1) or a plus (1) before it?
    pub(super) sign: Option<f64>,
    /// Is it marked as no more than about right?
    pub(super) about: bool,
    /// Is it a bound: `< 10 ms`, `30+ s`, `over 5x`?
    pub(super) bound: bool,
    /// As it was written.
    pub(super) text: String,
    /// Where it begins and ends.
    pub(super) at: (usize, usize),
}

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
            Unit::Count if !self.about && (self.last_digit - 1.0).abs() < 1e-9 => {
                Range::exact(self.value)
            }
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

    /// Does it count the same thing as the other, as far as words tell?
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let named = !self.of.is_empty() && !other.of.is_empty();
        self.unit == other.unit && !(named && self.of != other.of)
    }

    /// Is it no more than what it says: no bound, no change?
    pub(super) fn is_plain(&self) -> bool {
        !self.bound && self.sign.is_none()
    }
}

/// One unit of the last digit that is not 0.
pub(super) fn last_nonzero(value: f64) -> f64 {
    let mut digit = 1.0;
    while value > 0.0 && digit * 10.0 <= value && value % (digit * 10.0) == 0.0 {
        digit *= 10.0;
    }
    digit
}

/// Every figure of `text`, in order.
pub(super) fn figures(text: &str) -> Vec<Figure> {
    let bytes = text.as_bytes();
    let mut found: Vec<Figure> = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let start = i;
        let end = end_of_number(bytes, start);
        i = end;
        let Some(figure) = figure_at(text, start, end) else {
            continue;
        };
        i = figure.at.1;
        match found.last_mut() {
            Some(last) if last.goes_on_in(&figure, text) => last.add(&figure, text),
            _ => found.push(figure),
        }
    }
    found
}

/// The only figure of `text`, unless it is a bound or has a sign.
pub(super) fn only(text: &str) -> Option<Figure> {
    let [figure] = <[Figure; 1]>::try_from(figures(text)).ok()?;
    figure.is_plain().then_some(figure)
}

/// The first figure of a cell: a part of a whole, or one that the next explain in parentheses. None
/// where there are several.
pub(super) fn leading(text: &str) -> Option<Figure> {
    let mut all = figures(text).into_iter();
    let first = all.next()?;
    let explained = |other: Figure| {
        let between = &text[first.at.1..other.at.0];
        between.contains('(') || matches!(between.trim_matches([' ', '~', '≈']), "/" | "of")
    };
    all.all(explained).then_some(first)
}

impl Figure {
    /// `2 min 30 s`.
    fn goes_on_in(&self, next: &Self, text: &str) -> bool {
        let minute = 60e6;
        let times = self.unit == Unit::Time && next.unit == Unit::Time;
        let beside = matches!(&text[self.at.1..next.at.0], "" | " " | ", " | " and ");
        times && beside && self.last_digit >= minute && next.value < self.last_digit
    }

    fn add(&mut self, next: &Self, text: &str) {
        self.value += next.value;
        self.last_digit = next.last_digit;
        self.at.1 = next.at.1;
        text[self.at.0..self.at.1].clone_into(&mut self.text);
    }
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
    let (before, digits, after) = (&text[..start], &text[start..end], &text[end..]);
    if !is_a_figure(before, digits, after) {
        return None;
    }
    let number: String = digits.chars().filter(|c| *c != ',').collect();
    let value: f64 = number.parse().ok()?;
    let decimals = number.split_once('.').map_or(0.0, |(_, d)| d.len() as f64);
    let (unit, factor, end) = unit_at(text, end)?;
    let lead = before.trim_end_matches([' ', '*', '+', '-', '−', '–']);
    let about = lead.ends_with(['~', '≈', '∼']) || said_about(before, &text[end..]);
    let of = match unit {
        Unit::Count => counted(&text[end..]),
        _ => String::new(),
    };
    Some(Figure {
        value: value * factor,
        unit,
        of,
        last_digit: factor * 10_f64.powf(-decimals),
        sign: sign(before),
        about,
        bound: lead.ends_with(['<', '>', '≤', '≥']) || is_open(after) || said_bound(before),
        text: text[start..end].to_owned(),
        at: (start, end),
    })
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

/// `30+ seconds`, `85%+`.
fn is_open(after: &str) -> bool {
    let unit = |c: char| c.is_alphabetic() || c == '%';
    let rest = after.trim_start_matches(unit).strip_prefix('+');
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn said_bound(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    let last = words.next().unwrap_or_default().to_lowercase();
    match last.as_str() {
        "over" | "under" | "below" | "above" | "beyond" | "exceeding" | "exceeds" | "within"
        | "than" | "least" | "most" | "maximum" | "minimum" => true,
        "to" => words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("up")),
        _ => false,
    }
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
        "approx",
        "est.",
        "nearly",
        "almost",
        "some",
        "circa",
        "ca.",
    ];
    let word = word.trim_start_matches('(').to_lowercase();
    marks.contains(&word.as_str()) || after.starts_with("(est")
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
        // Ranges, other ways of grouping, tolerances.
        check(
            "10-20ms, 2–3x, 1.5 - 2.0 s, 5 ms – 9 ms, 1,5 ms, 1.2.3, 12 345, 4.3 s ± 0.2",
            &[(4.3e6, Time, false)],
        );
        check(
            "120k req/s for 2 min 30 s",
            &[(120e3, Count, false), (150e6, Time, false)],
        );
        check("p95 500 ms", &[(500e3, Time, false)]);
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
        for bound in ["30+ seconds", "85%+", "over 5x", "up to 3x", "at least 9"] {
            assert!(figures(bound)[0].bound, "{bound}");
        }
        assert!(!figures("from 5 to 3 s")[1].bound);
    }

    #[test]
    fn what_is_counted_is_seen() {
        for (text, of) in [
            ("500 goals vs", "goal"),
            ("900 MB/s", "mb/s"),
            ("10 vs 500", ""),
            ("0 / 4,600", ""),
            ("300 RPS", "rps"),
        ] {
            assert_eq!(figures(text)[0].of, of, "{text}");
        }
        assert_eq!(leading("2 s (was 3 s)").map(|f| f.value), Some(2e6));
        assert_eq!(leading("1 GB + 2 GB"), None);
    }
}
