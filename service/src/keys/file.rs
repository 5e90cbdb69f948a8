//! A TOML file of keys and values.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::layers::{Entry, Layers};
use super::mistake::{Mistake, Place};

/// The entries of `text`, which stands in `path`; what is no value is noted.
pub(crate) fn entries(path: &Path, text: &str, layers: &mut Layers) -> Vec<Entry> {
    let line = |position: usize| {
        let before = &text.as_bytes()[..position.min(text.len())];
        let line = before.split(|byte| *byte == b'\n').count();
        Place::Line(path.to_owned(), line)
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let position = error.span().map_or(0, |span| span.start);
        let what = format!("not TOML: {}", error.message().replace('\n', ", "));
        layers.note(Mistake::new(&line(position), what));
    }
    let mut entries = Vec::new();
    for (key, value) in table.get_ref() {
        let place = line(key.span().start);
        let key = key.get_ref().to_string();
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            // As it was written: the type of the key says what it is.
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                let what = format!("{key} is neither text nor number");
                layers.note(Mistake::new(&place, what));
                continue;
            }
        };
        entries.push(Entry { key, text, place });
    }
    entries
}
