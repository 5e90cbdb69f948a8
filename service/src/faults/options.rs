//! `name=value,name=value`: what a fault is written as.

use std::str::FromStr;

/// The values that are not yet read, and what was wrong with those that were.
#[derive(Debug)]
pub(super) struct Options<'a> {
    pairs: Vec<(&'a str, &'a str)>,
    mistakes: Vec<String>,
}

impl<'a> Options<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let mut options = Self {
            pairs: Vec::new(),
            mistakes: Vec::new(),
        };
        for part in text.split(',') {
            match part.split_once('=') {
                Some((name, _)) if options.pairs.iter().any(|(known, _)| *known == name) => {
                    options.wrong(format!("\"{name}\" is there twice"));
                }
                Some(pair) => options.pairs.push(pair),
                None => options.wrong(format!("\"{part}\" has no value; write NAME=VALUE")),
            }
        }
        options
    }

    pub(super) fn wrong(&mut self, mistake: impl Into<String>) {
        self.mistakes.push(mistake.into());
    }

    /// The value of this name; absent if it is not there or cannot be read.
    pub(super) fn take<T: FromStr<Err: ToString>>(&mut self, name: &str) -> Option<T> {
        self.take_by(name, |text| text.parse().map_err(|e: T::Err| e.to_string()))
    }

    pub(super) fn take_by<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let at = self.pairs.iter().position(|(known, _)| *known == name)?;
        let (_, text) = self.pairs.remove(at);
        match read(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(format!("{name}: {error}"));
                None
            }
        }
    }

    /// The value, unless something was wrong.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, String> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            self.wrong(format!("\"{name}\" does not belong to this fault"));
        }
        match value {
            Some(value) if self.mistakes.is_empty() => Ok(value),
            _ => Err(self.mistakes.join("\n")),
        }
    }
}
