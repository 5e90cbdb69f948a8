//! A Markdown report as tables and lines, each with its place.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a report holds.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) tables: Vec<Table>,
    /// Every line outside tables, without its emphasis.
    pub(super) lines: Vec<Line>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The headings above it, outermost first.
    pub(super) headings: Vec<String>,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// From 1.
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

/// A line of text.
#[derive(Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    /// The headings above it, outermost first.
    pub(super) headings: Vec<String>,
    pub(super) text: String,
}

impl Table {
    /// The column whose heading has one of `words`, in lower case.
    pub(super) fn column(&self, words: &[&str]) -> Option<usize> {
        self.head.iter().position(|title| {
            let title = title.to_lowercase();
            words.iter().any(|word| title.contains(word))
        })
    }
}

impl Row {
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// What the row is about.
    pub(super) fn name(&self) -> &str {
        self.cell(0)
    }
}

impl Document {
    /// Reads `markdown`; any text is a document.
    pub(super) fn parse(markdown: &str) -> Self {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(markdown.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let line_of = |offset: usize| starts.partition_point(|start| *start <= offset);
        let mut tables: Vec<Table> = Vec::new();
        let mut in_table = vec![false; starts.len() + 2];
        let mut headings: Vec<(u8, String)> = Vec::new();
        // From which line on they are above.
        let mut above: Vec<(usize, Vec<String>)> = vec![(0, Vec::new())];
        let mut text = String::new();
        let mut cells = Vec::new();
        for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    headings.retain(|(above, _)| *above < level as u8);
                    text.clear();
                    headings.push((level as u8, String::new()));
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((_, heading)) = headings.last_mut() {
                        heading.clone_from(&text);
                    }
                    let texts = headings.iter().map(|(_, text)| text.clone());
                    above.push((line_of(range.start), texts.collect()));
                }
                Event::Start(Tag::Table(_)) => {
                    let last = line_of(range.end.saturating_sub(1).max(range.start));
                    in_table[line_of(range.start)..=last].fill(true);
                    tables.push(Table {
                        headings: headings.iter().map(|(_, text)| text.clone()).collect(),
                        ..Table::default()
                    });
                }
                Event::Start(Tag::TableCell) => text.clear(),
                Event::End(TagEnd::TableCell) => cells.push(text.trim().to_owned()),
                Event::End(TagEnd::TableHead) => {
                    if let Some(table) = tables.last_mut() {
                        table.head = std::mem::take(&mut cells);
                    }
                }
                Event::End(TagEnd::TableRow) => {
                    if let Some(table) = tables.last_mut() {
                        table.rows.push(Row {
                            line: line_of(range.start),
                            cells: std::mem::take(&mut cells),
                        });
                    }
                }
                Event::Text(more) | Event::Code(more) => text.push_str(&more),
                // "<br>" and its like part words.
                Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_) => text.push(' '),
                _ => {}
            }
        }
        let lines = markdown.lines().zip(1..);
        Self {
            tables,
            lines: lines
                .filter(|(_, number)| !in_table[*number])
                .map(|(line, number)| {
                    let at = above.partition_point(|(from, _)| *from <= number);
                    Line {
                        number,
                        headings: above[at - 1].1.clone(),
                        text: plain(line),
                    }
                })
                .collect(),
        }
    }
}

/// The line without list marks, emphasis and code marks.
fn plain(line: &str) -> String {
    let line = line.trim();
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let line = match digits.strip_prefix(". ") {
        Some(rest) if digits.len() < line.len() => rest,
        _ => line,
    };
    line.replace("**", "").replace(['`', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_know_their_lines_and_their_headings() {
        let text = "# Report\n\nA **bold** word.\n\n## Start page\n\n| Metric | Before | After |\n|---|---|---|\n| p95 | 2s | **1s** |\n| p99 | 3s | `2s` |\n\n1. First\n";
        let document = Document::parse(text);
        let table = &document.tables[0];
        assert_eq!(table.headings, ["Report", "Start page"]);
        assert_eq!(table.head, ["Metric", "Before", "After"]);
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|row| (row.line, row.cell(2)))
            .collect();
        assert_eq!(rows, [(9, "1s"), (10, "2s")]);
        let lines = document.lines.iter().filter(|line| !line.text.is_empty());
        let lines: Vec<_> = lines
            .map(|line| (line.number, line.text.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                (1, "# Report"),
                (3, "A bold word."),
                (5, "## Start page"),
                (12, "First")
            ]
        );
    }
}
