//! GitHub-flavoured Markdown, with the charts as SVG files beside it.

use std::fmt::Write as _;

use crate::document::{Block, Cell, Column, ColumnKind, Document, Figure, Section, Table, Tone};

/// A Markdown report and the files that it links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkdownOutput {
    /// The report.
    pub text: String,
    /// Name and bytes of every chart, to be written into the charts directory.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Spells `document` as Markdown whose charts lie in the directory `charts_dir_name` beside it.
pub fn markdown(document: &Document, charts_dir_name: &str) -> MarkdownOutput {
    let mut out = MarkdownOutput {
        text: format!(
            "# {}\n\n{}\n",
            escape(&document.title),
            escape(&document.subtitle)
        ),
        files: Vec::new(),
    };
    for section in &document.sections {
        write_section(section, 2, charts_dir_name, &mut out);
    }
    out
}

/// The verdict alone, short enough for a comment on a pull request: the first section, without its
/// charts.
pub fn summary(document: &Document) -> String {
    let mut out = MarkdownOutput {
        text: format!(
            "## {}\n\n{}\n",
            escape(&document.title),
            escape(&document.subtitle)
        ),
        files: Vec::new(),
    };
    let blocks = document.sections.first().map_or(&[][..], |s| &s.blocks);
    for block in blocks {
        if !matches!(block, Block::Figures(_)) {
            out.text.push('\n');
            write_block(block, "", &mut out);
        }
    }
    out.text
}

fn write_section(section: &Section, level: usize, dir: &str, out: &mut MarkdownOutput) {
    let _ = write!(
        out.text,
        "\n{} {}\n",
        "#".repeat(level),
        escape(&section.title)
    );
    for block in &section.blocks {
        out.text.push('\n');
        write_block(block, dir, out);
    }
    for part in &section.sections {
        write_section(part, level + 1, dir, out);
    }
}

fn write_block(block: &Block, dir: &str, out: &mut MarkdownOutput) {
    let text = &mut out.text;
    match block {
        Block::Paragraph(paragraph) => {
            let _ = writeln!(text, "{}", begin(&escape(paragraph)));
        }
        Block::Callout(callout) => {
            let _ = writeln!(text, "> **{}**", escape(&callout.title));
            for line in &callout.lines {
                let _ = write!(text, ">\n> {}\n", begin(&escape(line)));
            }
        }
        Block::Cards(cards) => {
            for card in cards {
                let _ = write!(
                    text,
                    "- {}: **{}**",
                    escape(&card.label),
                    escape(&card.value)
                );
                if !card.note.is_empty() {
                    let _ = write!(text, " ({})", escape(&card.note));
                }
                text.push('\n');
            }
        }
        Block::Table(table) => write_table(table, text),
        Block::List(items) => {
            for item in items {
                let _ = writeln!(text, "- {}", begin(&escape(item)));
            }
        }
        Block::Code(code) => {
            // Longer than any run of backticks inside.
            let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
            let _ = write!(text, "{fence}\n{code}\n{fence}\n");
        }
        Block::Note(note) => {
            // Quoted, so that its headings are not those of the report.
            for line in note.lines() {
                let _ = writeln!(text, "{}", format!("> {line}").trim_end());
            }
        }
        Block::Figures(figures) => {
            for (i, figure) in figures.iter().enumerate() {
                if i > 0 {
                    out.text.push('\n');
                }
                write_figure(figure, dir, out);
            }
        }
    }
}

fn write_figure(figure: &Figure, dir: &str, out: &mut MarkdownOutput) {
    let name = format!("{}.svg", figure.id);
    let svg = figure
        .drawing
        .standalone(&figure.title, &figure.description);
    let title = escape(&figure.title);
    let _ = write!(out.text, "![{title}]({}/{name})\n\n", address(dir));
    // The blank lines make GitHub read the table as Markdown again.
    let _ = write!(out.text, "<details><summary>Data: {title}</summary>\n\n");
    write_table(&figure.data, &mut out.text);
    out.text.push_str("\n</details>\n");
    out.files.push((name, svg.into_bytes()));
}

fn write_table(table: &Table, text: &mut String) {
    if table.folded {
        let _ = write!(
            text,
            "<details><summary>{}</summary>\n\n",
            escape(&table.caption)
        );
    } else {
        let _ = write!(text, "**{}**\n\n", escape(&table.caption));
    }
    let titles: Vec<String> = table.columns.iter().map(|c| escape(&c.title)).collect();
    let rules: Vec<&str> = table.columns.iter().map(rule).collect();
    let _ = writeln!(text, "| {} |", titles.join(" | "));
    let _ = writeln!(text, "| {} |", rules.join(" | "));
    for row in &table.rows {
        let cells = row.iter().zip(&table.columns);
        let cells: Vec<String> = cells
            .map(|(cell, column)| spell(cell, column.kind))
            .collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    if table.folded {
        text.push_str("\n</details>\n");
    }
}

fn rule(column: &Column) -> &'static str {
    match column.kind {
        ColumnKind::Figure => "---:",
        ColumnKind::Words | ColumnKind::Verdict => "---",
    }
}

fn spell(cell: &Cell, kind: ColumnKind) -> String {
    let mut text = escape(&cell.text);
    // The word says it already; bold finds it.
    if kind == ColumnKind::Verdict && matches!(cell.tone, Tone::Good | Tone::Bad) {
        text = format!("**{text}**");
    }
    if let Some(note) = &cell.note {
        let _ = write!(text, "<br><sub>{}</sub>", escape(note));
    }
    text
}

/// Text in which nothing is markup, neither of Markdown nor of HTML, but code between backticks.
fn escape(text: &str) -> String {
    let pieces: Vec<&str> = text.trim().split('`').collect();
    let plain_code = |(_, code): (usize, &&str)| !code.is_empty() && code.chars().all(is_plain);
    if pieces.len().is_multiple_of(2)
        || !pieces.iter().enumerate().skip(1).step_by(2).all(plain_code)
    {
        return escape_all(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for (i, piece) in pieces.iter().enumerate() {
        if i % 2 == 0 {
            escaped.push_str(&escape_all(piece));
        } else {
            let _ = write!(escaped, "`{piece}`");
        }
    }
    escaped
}

/// What may stand between backticks: a command, a path; nothing that could end a table's cell.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | ':')
}

fn escape_all(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '~' | '#' | '$' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // GitHub turns @name into a mention.
            '@' => escaped.push_str("&#64;"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    // "->" is how a change is written; its sign is no HTML on its own.
    escaped.replace(" -&gt; ", " -> ")
}

/// At the begin of a line a dash, a plus, an equals sign or a number with a point is markup too.
fn begin(escaped: &str) -> String {
    let number = escaped.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = escaped.len() - number.len();
    if escaped.starts_with(['-', '+', '=']) || digits > 0 && number.starts_with(['.', ')']) {
        let (before, after) = escaped.split_at(digits);
        return format!("{before}\\{after}");
    }
    escaped.to_owned()
}

/// A relative address: what may not stand in a link is percent-encoded.
fn address(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                address.push(char::from(byte));
            }
            _ => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
