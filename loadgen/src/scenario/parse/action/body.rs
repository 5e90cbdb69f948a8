//! `json`, `form`, `text` or `file`: what an HTTP request sends after its headers.

use super::super::super::mistake::Mistakes;
use super::super::super::table::{Table, template};
use super::super::super::wanted::Wanted;
use super::super::super::{Body, Template};
use super::super::file::read;
use super::Surroundings;

/// The settings of which an action has one at most.
pub(super) const KINDS: [&str; 4] = ["json", "form", "text", "file"];

pub(super) fn body(
    table: &mut Table<'_, '_>,
    places: &[&str],
    surroundings: &Surroundings<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Body {
    let given: Vec<_> = KINDS
        .into_iter()
        .filter_map(|kind| Some((kind, table.get(kind)?.span())))
        .collect();
    if let [(first, _), (second, span), ..] = &given[..] {
        mistakes.add(
            span,
            format!("{} has both {first} and {second}", table.name),
            "a request has one body",
        );
    }
    let json = table.template("json", places, mistakes).map(Body::Json);
    let text = table.template("text", places, mistakes).map(Body::Text);
    let form = table.get("form").is_some();
    let form = form.then(|| Body::Form(pairs(table, "form", places, mistakes)));
    let file = table.text("file", mistakes).and_then(|file| {
        let setting = format!("{}: file", table.name);
        read(&setting, &file, surroundings.folder, mistakes)
    });
    let file = file.map(|bytes| Body::File(bytes.into()));
    json.or(text).or(form).or(file).unwrap_or_default()
}

/// A table of names and texts, whose places are among `places`.
pub(super) fn pairs(
    table: &mut Table<'_, '_>,
    key: &'static str,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Vec<(String, Template)> {
    let Some(pairs) = table.table(key, mistakes) else {
        return Vec::new();
    };
    let name = &pairs.name;
    let mut entries: Vec<_> = pairs.entries().collect();
    // They are sent in the order in which they are written.
    entries.sort_by_key(|(_, span, _)| span.start);
    entries
        .into_iter()
        .filter_map(|(key, _, value)| {
            let Some(text) = value.get_ref().as_str() else {
                pairs.mistyped(key, value, Wanted::Text, mistakes);
                return None;
            };
            let value = template(name, text, &value.span(), places, mistakes)?;
            Some((key.to_owned(), value))
        })
        .collect()
}
