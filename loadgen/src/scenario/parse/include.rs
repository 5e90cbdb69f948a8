//! `include = ["actions.toml"]`: tables of other files, merged into the scenario.
//!
//! Every file keeps its own range of byte positions, so that a mistake in a merged table is told
//! with the file and the line in which it was written.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::super::Include;
use super::super::environment;
use super::super::mistake::Mistakes;
use super::super::place_error::PlaceError;

/// The tables that another file may hold.
const MERGED: [&str; 5] = ["actions", "addresses", "data", "sessions", "users"];

/// A file that the scenario includes.
pub(super) struct IncludedFile {
    /// Blanks up to the first position of the file, then its text.
    padded: String,
    start: usize,
    /// As the record keeps it.
    pub(super) include: Include,
}

/// The files that a scenario includes.
#[derive(Default)]
pub(super) struct IncludedFiles {
    pub(super) files: Vec<IncludedFile>,
    /// Was one of them not to be read? What it would have held must not be missed.
    pub(super) incomplete: bool,
}

/// Reads every file that `root`, from `path`, includes.
pub(super) fn read(root: &DeTable<'_>, path: &Path, mistakes: &mut Mistakes<'_>) -> IncludedFiles {
    let mut found = IncludedFiles::default();
    let Some(value) = root.get("include") else {
        return found;
    };
    let Some(names) = value.get_ref().as_array() else {
        mistakes.add(
            &value.span(),
            "include is not a list of files",
            "write include = [\"actions.toml\"]",
        );
        return found;
    };
    for value in names {
        let Some(name) = value.get_ref().as_str() else {
            mistakes.add(
                &value.span(),
                "include: a file is not named by a text",
                "write include = [\"actions.toml\"]",
            );
            continue;
        };
        if found.files.iter().any(|file| file.include.name == name) {
            mistakes.add(
                &value.span(),
                format!("include: {name:?} stands here twice"),
                "leave one of them out",
            );
            continue;
        }
        let filled = match environment::fill(name) {
            Ok(filled) => filled,
            Err(PlaceError { what, hint }) => {
                mistakes.add(&value.span(), format!("include: {what}"), hint);
                found.incomplete = true;
                continue;
            }
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        match std::fs::read_to_string(folder.join(filled)) {
            // Messages and records know it by the name that is written, and no value of the environment.
            Ok(text) => {
                let file = included(name, folder.join(name), text, mistakes);
                found.files.push(file);
            }
            Err(source) => {
                mistakes.add(
                    &value.span(),
                    format!("include: {name:?} cannot be read: {source}"),
                    "name a file relative to the scenario",
                );
                found.incomplete = true;
            }
        }
    }
    found
}

fn included(name: &str, path: PathBuf, text: String, mistakes: &mut Mistakes<'_>) -> IncludedFile {
    let start = mistakes.add_source(path, text.clone());
    IncludedFile {
        padded: " ".repeat(start) + &text,
        start,
        include: Include {
            name: name.to_owned(),
            text,
        },
    }
}

/// Merges the tables of `file` into `root`; what is there already is a mistake. False where the file
/// is no TOML, so that what it would have held must not be missed.
pub(super) fn merge<'i>(
    root: &mut DeTable<'i>,
    file: &'i IncludedFile,
    mistakes: &mut Mistakes<'_>,
) -> bool {
    let (table, errors) = DeTable::parse_recoverable(&file.padded);
    for error in &errors {
        let span = error.span().unwrap_or(file.start..file.start);
        mistakes.add_broken_toml(&span, error);
    }
    if !errors.is_empty() {
        return false;
    }
    for (key, value) in table.into_inner() {
        let name = key.get_ref().to_string();
        if !MERGED.contains(&name.as_str()) {
            mistakes.add(
                &key.span(),
                format!("an included file has no {name:?}"),
                format!("there is {}", MERGED.join(", ")),
            );
            continue;
        }
        let Some(mine) = root.get_mut(name.as_str()) else {
            root.insert(key, value);
            continue;
        };
        let span = value.span();
        let (DeValue::Table(mine), DeValue::Table(theirs)) = (mine.get_mut(), value.into_inner())
        else {
            mistakes.add(
                &span,
                format!("{name} is not a table, or not in both files"),
                format!("write [{name}] with the settings below it"),
            );
            continue;
        };
        for (key, value) in theirs {
            if let Some((first, _)) = mine.get_key_value(key.get_ref().as_ref()) {
                mistakes.add(
                    &key.span(),
                    format!("{name}: a second {:?}", key.get_ref()),
                    format!("the first stands in {}", mistakes.line(&first.span())),
                );
            } else {
                mine.insert(key, value);
            }
        }
    }
    true
}
