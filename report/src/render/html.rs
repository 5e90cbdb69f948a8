//! One self-contained HTML file: no request, light and dark, printable. A script comes only with flame
//! graphs, which are readable without it.

use std::fmt::Write as _;

use tera::{Context, Kwargs, State, Tera};

use super::note::note;
use crate::document::Document;
use crate::error::ReportError;

/// Ends in `.html`, so that every value is escaped that is not marked safe: only the style sheet, the
/// script, the charts and notes are, and charts and notes escape their own text.
const NAME: &str = "report.html";

/// Spells `document` as HTML.
pub fn html(document: &Document) -> Result<String, ReportError> {
    let mut tera = Tera::new();
    tera.set_escape_fn(|text, out| out.write_all(escape(text).as_bytes()));
    tera.register_filter("words", words);
    tera.register_filter("note", |text: &str, _: Kwargs, _: &State<'_>| note(text));
    tera.add_raw_template(NAME, include_str!("../../templates/report.html"))?;
    let mut context = Context::new();
    context.insert("document", document);
    context.insert("style", include_str!("../../templates/report.css").trim());
    let figures = document.figures();
    let flames = figures.iter().any(|figure| figure.drawing.is_wide());
    let script = flames.then_some(include_str!("../../templates/flame.js").trim());
    context.insert("script", &script);
    let mut html = tera.render(NAME, &context)?;
    html.truncate(html.trim_end().len());
    html.push('\n');
    Ok(html.trim_start().to_owned())
}

/// Text as HTML: escaped, an arrow kept in one piece, and what stands between backticks as code.
fn words(text: &str, _: Kwargs, _: &State<'_>) -> String {
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
fn escape(text: &str) -> String {
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

/// Words whose arrows stay in one piece: a browser may break a line between `-` and `>`.
fn flowing(text: &str) -> String {
    escape(text).replace(" -&gt; ", " <span class=\"nb\">-&gt;</span> ")
}
