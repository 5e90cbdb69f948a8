//! Units after numbers, as people write them.

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

/// Suffix, what it counts, and how many of the base it is. Longer ones first.
const UNITS: [(&str, Unit, f64); 36] = [
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
    ("X", Unit::Factor, 1.0),
    ("KiB", Unit::Bytes, 1024.0),
    ("MiB", Unit::Bytes, 1_048_576.0),
    ("GiB", Unit::Bytes, 1_073_741_824.0),
    ("KB", Unit::Bytes, 1e3),
    ("kB", Unit::Bytes, 1e3),
    ("MB", Unit::Bytes, 1e6),
    ("GB", Unit::Bytes, 1e9),
    ("TB", Unit::Bytes, 1e12),
    ("B", Unit::Bytes, 1.0),
    ("k", Unit::Count, 1e3),
    ("K", Unit::Count, 1e3),
    ("M", Unit::Count, 1e6),
];

/// After a number they are no name of what is counted.
const NO_NAMES: [&str; 19] = [
    "vs", "versus", "to", "of", "and", "or", "with", "at", "in", "for", "per", "from", "on",
    "down", "up", "than", "is", "was", "x",
];

/// The unit after a number that ends at `end`, how many of its base one is, and where it ends; none
/// where the number is part of a word.
pub(super) fn unit_at(text: &str, end: usize) -> Option<(Unit, f64, usize)> {
    let rest = &text[end..];
    // "30+ seconds" are at least 30.
    let open = rest.strip_prefix('+').unwrap_or(rest);
    let spaced = open.strip_prefix(' ').unwrap_or(open);
    let gap = rest.len() - spaced.len();
    for (suffix, unit, factor) in UNITS {
        let Some(after) = spaced.strip_prefix(suffix) else {
            continue;
        };
        // "600 x 500" multiplies, and "5 K" is anything.
        if gap > 0 && matches!(unit, Unit::Factor | Unit::Count) {
            continue;
        }
        if !after.starts_with(|c: char| c.is_alphanumeric() || c == '/') {
            return Some((unit, factor, end + gap + suffix.len()));
        }
    }
    let word = open.starts_with(char::is_alphabetic);
    let compound = rest.starts_with('-') && rest[1..].starts_with(char::is_alphanumeric);
    (!word && !compound).then_some((Unit::Count, 1.0, end))
}

/// What is counted, one of it, in lower case: `req/s`, `goal`; empty where no word says so.
pub(super) fn counted(after: &str) -> String {
    let after = after.trim_start_matches('+');
    let after = after.strip_prefix(' ').unwrap_or(after);
    let word = after
        .split(|c: char| !c.is_alphanumeric() && c != '/')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    // The "/" of "0 / 4,600" names nothing.
    let is_name = word.contains(char::is_alphabetic);
    if !is_name || NO_NAMES.contains(&word.as_str()) || word.starts_with(char::is_numeric) {
        return String::new();
    }
    if word.len() > 3 && !word.contains('/') {
        word.strip_suffix('s').unwrap_or(&word).to_owned()
    } else {
        word
    }
}
