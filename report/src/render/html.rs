//! One self-contained HTML file: no request, light and dark, printable. Its scripts sort tables and
//! walk through flame graphs, which are complete without them.

use std::fmt::Write as _;

use tera::{Kwargs, State};

use super::templates::Templates;
use crate::document::Document;
use crate::error::ReportError;

/// Spells `document` as HTML by the templates that brunt brings.
pub fn html(document: &Document) -> Result<String, ReportError> {
    Templates::built_in()?.html(document)
}

/// Text as HTML: escaped, an arrow kept in one piece, and what stands between backticks as code.
pub(super) fn words(text: &str, _: Kwargs, _: &State<'_>) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd backtick is only a backtick.
    if pieces.len().is_multiple_of(2) {
        return flowing(text);
    }
    let mut html = String::with_capacity(text.len());
    for (i, piece) in pieces.iter().enumerate() {
        if i % 2 == 0 {
            html.push_str(&flowing(piece));
        } else {
            let _ = write!(html, "<code>{}</code>", escape(piece));
        }
    }
    html
}

/// Text in which nothing is markup, and no character that HTML forbids.
pub(super) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push('\n'),
            c if c.is_control() => html.push(' '),
            c => html.push(c),
        }
    }
    html
}

/// Words whose arrows and percentages stay in one piece: a browser may break a line between `-` and
/// `>`, and between a figure and its sign.
fn flowing(text: &str) -> String {
    escape(text)
        .replace(" %", "\u{a0}%")
        .replace(" -&gt; ", " <span class=\"nb\">-&gt;</span> ")
}
