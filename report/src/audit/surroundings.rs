//! What stands around a number and makes it no figure of its own.

/// Before a number they make it a name: `Phase 9`.
const LABELS: [&str; 31] = [
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
    "issue",
    "ticket",
    "pr",
    "day",
    "week",
    "sprint",
    "round",
    "iteration",
    "part",
    "node",
    "chapter",
    "tier",
    "case",
    "example",
    "scenario",
    "layer",
    "batch",
];

/// Is `number` a figure, by what stands before and after it?
pub(super) fn is_a_figure(before: &str, number: &str, after: &str) -> bool {
    !(is_part_of_a_name(before)
        || is_label(before)
        || ends_a_range(before)
        || begins_a_range(after)
        || is_grouped_otherwise(before, number, after))
}

/// `p95`, `v1.2`, `2025-11-11`, `:8080`, `/v1/3`, `#12`.
fn is_part_of_a_name(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some(c) if c.is_alphanumeric() => true,
        Some('_' | '#' | '$' | '€' | '.' | ':' | '@' | '±') => true,
        Some('/' | '-') => back.next().is_some_and(char::is_alphanumeric),
        _ => before.trim_end().ends_with('±'),
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

/// The number after `10-`, `10 – `, `10%-`, `2~`.
fn ends_a_range(before: &str) -> bool {
    let spaced = before.trim_end_matches(' ');
    let Some(lead) = spaced.strip_suffix(is_dash) else {
        return false;
    };
    if spaced.len() == before.len() {
        // In "2.7s -78 %" and in "-5" it is a sign.
        return lead.ends_with(|c: char| c.is_alphanumeric() || c == '%' || c == '+');
    }
    if spaced.ends_with('—') {
        return false;
    }
    let mut words = lead.split_whitespace().rev();
    let has_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    let last = words.next().unwrap_or_default();
    // "10 ms - 20 ms".
    let is_unit = last.chars().count() <= 3;
    has_digit(last) || is_unit && words.next().is_some_and(has_digit)
}

/// The number before `-20`, ` – 20`, `ms-20`, ` ms - 20`.
fn begins_a_range(after: &str) -> bool {
    let is_unit = |c: char| c.is_alphabetic() || c == '%' || c == '+';
    let with_unit = after.trim_start_matches(is_unit);
    let spaced_unit = after.strip_prefix(' ').unwrap_or(after);
    [with_unit, spaced_unit.trim_start_matches(is_unit)]
        .into_iter()
        .any(|rest| {
            let spaced = rest.trim_start_matches(' ');
            let Some(end) = spaced.strip_prefix(is_dash) else {
                return false;
            };
            let wide = spaced.len() < rest.len();
            let bare = end.trim_start_matches([' ', '~', '≈']);
            // In "2.7s -78 %" it is a sign, and "5 ms — 20 %" are two things.
            let joins = !wide || end.starts_with(' ') && !spaced.starts_with('—');
            joins && bare.starts_with(|c: char| c.is_ascii_digit())
        })
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '−' | '‑' | '~')
}

/// `1,5`, `1.2.3`, `12 345`: nobody knows whether that is one number.
fn is_grouped_otherwise(before: &str, number: &str, after: &str) -> bool {
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '_' | '\'' | '’');
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let point = after.strip_prefix([',', '.']).map_or(0, digits) > 0;
    let of_a_list = before
        .strip_suffix(',')
        .is_some_and(|lead| lead.ends_with(|c: char| c.is_ascii_digit()));
    let group_after = number.len() <= 3 && after.strip_prefix(is_space).map_or(0, digits) == 3;
    let group_before = number.len() == 3
        && before.strip_suffix(is_space).is_some_and(|lead| {
            let first = lead.rsplit(is_space).next().unwrap_or_default();
            (1..=3).contains(&digits(first)) && digits(first) == first.len()
        });
    point || of_a_list || group_after || group_before
}
