//! Fields of a JSON object, taken one by one; what is wrong or left over is a mistake.

use serde_json::{Map, Value};

/// What is wrong with a file, each with where it stands.
pub(super) type Mistakes = Vec<String>;

/// An object whose fields are being taken.
pub(super) struct Fields<'v> {
    /// Where it stands: `phases[1].endpoints`.
    path: String,
    left: Vec<(&'v String, &'v Value)>,
}

impl<'v> Fields<'v> {
    /// The fields of `value`; of what is no object none, and that is a mistake.
    pub(super) fn of(value: &'v Value, path: &str, mistakes: &mut Mistakes) -> Self {
        if !value.is_object() {
            mistakes.push(format!("{}: expected an object", shown(path)));
        }
        let left = value.as_object().map(Map::iter).into_iter().flatten();
        Self {
            path: path.to_owned(),
            left: left.collect(),
        }
    }

    /// Where field `name` stands.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// The field, unless it is absent or null.
    pub(super) fn take(&mut self, name: &str) -> Option<&'v Value> {
        let at = self.left.iter().position(|(key, _)| *key == name)?;
        let (_, value) = self.left.remove(at);
        (!value.is_null()).then_some(value)
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<String> {
        let value = self.take(name)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            mistakes.push(format!("{}: expected a text", self.path_of(name)));
        }
        text
    }

    /// A number that is not negative.
    pub(super) fn number(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<f64> {
        let value = self.take(name)?;
        let number = value.as_f64().filter(|n| *n >= 0.0);
        if number.is_none() {
            mistakes.push(format!(
                "{}: expected a number from 0, found {value}",
                self.path_of(name)
            ));
        }
        number
    }

    /// A count.
    pub(super) fn count(&mut self, name: &str, mistakes: &mut Mistakes) -> Option<u64> {
        let value = self.take(name)?;
        let count = value.as_u64();
        if count.is_none() {
            mistakes.push(format!(
                "{}: expected a count, found {value}",
                self.path_of(name)
            ));
        }
        count
    }

    /// Texts in a list; none where the field is absent.
    pub(super) fn texts(&mut self, name: &str, mistakes: &mut Mistakes) -> Vec<String> {
        let Some(value) = self.take(name) else {
            return Vec::new();
        };
        let texts: Option<Vec<String>> = value
            .as_array()
            .and_then(|list| list.iter().map(|t| t.as_str().map(str::to_owned)).collect());
        texts.unwrap_or_else(|| {
            mistakes.push(format!("{}: expected a list of texts", self.path_of(name)));
            Vec::new()
        })
    }

    /// The names of what is left, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.left.iter().map(|(name, _)| (*name).clone()).collect()
    }

    /// What is left, by name and in order.
    pub(super) fn rest(&mut self) -> Vec<(&'v String, &'v Value)> {
        std::mem::take(&mut self.left)
    }

    /// Fields that nobody took are mistakes.
    pub(super) fn end(self, known: &str, mistakes: &mut Mistakes) {
        for (name, _) in &self.left {
            mistakes.push(format!(
                "{}: unknown field (known: {known})",
                self.path_of(name)
            ));
        }
    }
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "the file" } else { path }
}
