//! Profiles for a terminal: the columns of `go tool pprof -top`, names at the end and in full.

use std::fmt::Write as _;

use super::{verdict, words};
use crate::language;
use crate::profile::{MoveVerdict, ProfileReport, Row, percentage};

/// The whole, what moved, and the first `most` functions that pprof would print.
pub fn build(report: &ProfileReport, most: usize) -> String {
    let mut text = String::new();
    match &report.base {
        None => {
            let _ = writeln!(text, "{}", printable(&report.new.name));
        }
        Some(base) => {
            let (new, base) = (printable(&report.new.name), printable(&base.name));
            let _ = writeln!(text, "{new} against {base}");
        }
    }
    let headline = verdict::headline(report).sentence;
    let _ = writeln!(text, "{}", printable(&headline));
    if report.base.is_some() {
        for line in verdict::lines(report) {
            let _ = writeln!(text, "{}", printable(&line.sentence));
        }
    } else if let Some(reason) = report.new.refused() {
        let _ = writeln!(text, "No cost per request: {reason}.");
    }
    for caution in verdict::cautions(report) {
        let _ = writeln!(text, "{}. {}", caution.title, caution.lines.join(" "));
    }
    table(report, most, &mut text);
    text
}

fn table(report: &ProfileReport, most: usize, text: &mut String) {
    let (top, scale) = (&report.top, report.top.scale());
    let compared = report.base.is_some();
    let shown: Vec<&Row> = top.shown().collect();
    let verdicts = report.functions.iter();
    let verdicts: std::collections::HashMap<&str, MoveVerdict> = verdicts
        .filter_map(|row| Some((&*row.function, row.verdict?)))
        .collect();
    let verdict = |row: &Row| match verdicts.get(&*row.function) {
        Some(verdict) => format!("  {:<13}", words::verdict(*verdict).text),
        None if compared => format!("  {:<13}", ""),
        None => String::new(),
    };
    let heading = if compared { "  own move     " } else { "" };
    let _ = writeln!(
        text,
        "\n{:>11} {:>8}  {:>11} {:>8}{heading}  function",
        "flat", "share", "cum", "share"
    );
    for row in shown.iter().take(most) {
        let _ = writeln!(
            text,
            "{:>11} {:>8}  {:>11} {:>8}{}  {}",
            scale.write(row.flat),
            percentage(row.flat, top.total),
            scale.write(row.cum),
            percentage(row.cum, top.total),
            verdict(row),
            printable(&row.function)
        );
    }
    let more = top.rows.len() - shown.len().min(most);
    if more > 0 {
        let _ = writeln!(text, "and {}", language::plural(more as u64, "function"));
    }
}

/// A name cannot move the cursor or colour the terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
