//! The functions of a profile that is being read, told apart by their names.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::error::ProfileError;
use super::model::Function;
use super::name;
use super::read::{MOST_BYTES, Tables, Text};

/// Functions by their names. Any number of them may have the same long text as name or file, so that each
/// text is looked at once, and what comes of it may only be so long.
#[derive(Default)]
pub(super) struct Names {
    pub(super) functions: Vec<Function>,
    positions: HashMap<String, u32>,
    /// By the text of the name.
    of_text: HashMap<Text, u32>,
    /// By the text of its path.
    of_binary: HashMap<Text, u32>,
    files: HashMap<Text, String>,
    held: Held,
}

impl Names {
    /// The position of the function with the name `written`.
    pub(super) fn position(
        &mut self,
        written: Text,
        file: Text,
        tables: &Tables<'_>,
    ) -> Result<u32, ProfileError> {
        if let Some(position) = self.of_text.get(&written) {
            return Ok(*position);
        }
        let name = name::function(&tables.text(written)?);
        if let Entry::Vacant(new) = self.files.entry(file) {
            new.insert(name::file(&tables.text(file)?).to_owned());
        }
        let position = self.named(name, file)?;
        self.of_text.insert(written, position);
        Ok(position)
    }

    /// The position of what stands for a binary without symbols: its path is all that is known.
    pub(super) fn binary(&mut self, path: Text, tables: &Tables<'_>) -> Result<u32, ProfileError> {
        if let Some(position) = self.of_binary.get(&path) {
            return Ok(*position);
        }
        let text = tables.text(path)?;
        let name = match text.rsplit('/').next().unwrap_or_default() {
            "" => "<unknown>".to_owned(),
            base => format!("[{base}]"),
        };
        let position = self.named(name, NO_FILE)?;
        self.of_binary.insert(path, position);
        Ok(position)
    }

    fn named(&mut self, name: String, file: Text) -> Result<u32, ProfileError> {
        let file = self.files.get(&file).map_or("", String::as_str);
        self.held.add(name.len() + file.len())?;
        if let Some(position) = self.positions.get(&name) {
            return Ok(*position);
        }
        let new = u32::try_from(self.functions.len()).unwrap_or(u32::MAX);
        self.functions.push(Function {
            name: name.clone(),
            file: file.to_owned(),
        });
        self.positions.insert(name, new);
        Ok(new)
    }
}

/// The first text is empty.
const NO_FILE: Text = 0;

/// How long the texts are that a profile holds, each as often as it is held. Demangled names may be a thousand
/// times as long as what the file has of them.
#[derive(Default)]
pub(super) struct Held(u64);

impl Held {
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), ProfileError> {
        self.0 = self.0.saturating_add(bytes as u64);
        if self.0 > MOST_BYTES {
            return Err(ProfileError::TooLong);
        }
        Ok(())
    }
}
