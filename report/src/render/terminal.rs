//! The verdict in a few lines for a terminal: no colours, no more than 100 columns.

use std::fmt::Write as _;

use crate::document::{Block, Document, Table};

const WIDTH: usize = 100;
const LINES: usize = 25;
const GAP: &str = "  ";

/// Spells the first section of `document`: its sentences and its table.
pub fn terminal(document: &Document) -> String {
    terminal_in(document, LINES)
}

/// The same in no more than `most` lines.
pub fn terminal_in(document: &Document, most: usize) -> String {
    let mut lines = Vec::new();
    let blocks = document.sections.first().map_or(&[][..], |s| &s.blocks);
    let mut table = None;
    for block in blocks {
        match block {
            Block::Callout(callout) => {
                lines.extend(wrap(&printable(&callout.title)));
                for line in &callout.lines {
                    lines.extend(wrap(&printable(line)));
                }
            }
            Block::List(items) => {
                for item in items {
                    lines.extend(wrap(&format!("- {}", printable(item))));
                }
            }
            Block::Table(found) => table = Some(found),
            _ => {}
        }
    }
    if let Some(table) = table {
        // At least a heading and three rows of it.
        lines.truncate(most - 6);
        lines.push(String::new());
        let left = most - lines.len();
        lines.extend(rows(table, left));
    }
    lines.truncate(most);
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn rows(table: &Table, most: usize) -> Vec<String> {
    let heading: Vec<String> = table.columns.iter().map(|c| printable(&c.title)).collect();
    let body = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| printable(&cell.text)).collect());
    let mut all: Vec<Vec<String>> = std::iter::once(heading).chain(body).collect();
    let hidden = all.len().saturating_sub(most);
    if hidden > 0 {
        all.truncate(most - 1);
    }
    let widths = widths(&all);
    let mut lines: Vec<String> = all
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{:<width$}", cut(cell, *width)))
                .collect();
            cells.join(GAP)
        })
        .collect();
    if hidden > 0 {
        lines.push(format!("and {} more", hidden + 1));
    }
    lines
}

/// As wide as their content; the widest columns give way until the row fits.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths = vec![0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > WIDTH {
        match widths.iter_mut().max() {
            Some(widest) if *widest > 1 => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn wrap(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.iter().map(|line| cut(line, WIDTH)).collect()
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

/// A name cannot move the cursor or colour the terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
