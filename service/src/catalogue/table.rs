//! Reads one TOML table key by key: what is missing, mistyped or unknown is noted, and reading goes on.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::mistakes::Found;

/// A table of the file, and the keys of it that were asked for.
pub(super) struct Table<'t, 'i> {
    /// How mistakes name it: `goal "one"`.
    pub(super) name: String,
    /// Where it stands.
    pub(super) span: Range<usize>,
    keys: &'t DeTable<'i>,
    known: Vec<&'static str>,
}

type Value<'t, 'i> = &'t Spanned<DeValue<'i>>;

impl<'t, 'i> Table<'t, 'i> {
    pub(super) fn new(name: impl Into<String>, span: Range<usize>, keys: &'t DeTable<'i>) -> Self {
        Self {
            name: name.into(),
            span,
            keys,
            known: Vec::new(),
        }
    }

    /// `value` as a table.
    pub(super) fn of(
        name: impl Into<String>,
        value: Value<'t, 'i>,
        found: &mut Found<'_>,
    ) -> Option<Self> {
        let name = name.into();
        let Some(keys) = value.get_ref().as_table() else {
            found.add(&value.span(), format!("{name} is no table"));
            return None;
        };
        Some(Self::new(name, value.span(), keys))
    }

    /// The value of a key that may be left out.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        found: &mut Found<'_>,
    ) -> Option<Spanned<T>> {
        let value = self.get(key)?;
        self.read(key, value, found)
    }

    /// The value of a key that may not be left out.
    pub(super) fn required<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        found: &mut Found<'_>,
    ) -> Option<Spanned<T>> {
        let value = self.get_required(key, found)?;
        self.read(key, value, found)
    }

    /// The table under a key that may not be left out; named after this one.
    pub(super) fn required_table(
        &mut self,
        key: &'static str,
        found: &mut Found<'_>,
    ) -> Option<Self> {
        let value = self.get_required(key, found)?;
        Self::of(format!("{}: {key}", self.name), value, found)
    }

    /// The table under a key that may be left out; named after this one.
    pub(super) fn optional_table(
        &mut self,
        key: &'static str,
        found: &mut Found<'_>,
    ) -> Option<Self> {
        let value = self.get(key)?;
        Self::of(format!("{}: {key}", self.name), value, found)
    }

    /// The items of a list that may be left out.
    pub(super) fn list(
        &mut self,
        key: &'static str,
        found: &mut Found<'_>,
    ) -> &'t [Spanned<DeValue<'i>>] {
        let Some(value) = self.get(key) else {
            return &[];
        };
        if let Some(items) = value.get_ref().as_array() {
            return items;
        }
        found.add(&value.span(), format!("{}: {key} is no list", self.name));
        &[]
    }

    /// The items of a list that may be left out, each of them read.
    pub(super) fn values<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        found: &mut Found<'_>,
    ) -> Vec<Spanned<T>> {
        let items = self.list(key, found).iter();
        items
            .filter_map(|item| self.read(key, item, found))
            .collect()
    }

    /// The id of this table before it has a name.
    pub(super) fn peek_id(&self) -> Option<&'t str> {
        self.keys.get("id")?.get_ref().as_str()
    }

    /// Notes the keys that nobody asked for.
    pub(super) fn deny_unknown(self, found: &mut Found<'_>) {
        for key in self.keys.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let mut known = self.known.clone();
                known.sort_unstable();
                found.add(
                    &key.span(),
                    format!(
                        "{}: unknown key \"{}\", expected one of {}",
                        self.name,
                        key.get_ref(),
                        known.join(", ")
                    ),
                );
            }
        }
    }

    fn get(&mut self, key: &'static str) -> Option<Value<'t, 'i>> {
        self.known.push(key);
        self.keys.get(key)
    }

    fn get_required(&mut self, key: &'static str, found: &mut Found<'_>) -> Option<Value<'t, 'i>> {
        let value = self.get(key);
        if value.is_none() {
            found.add(&self.span, format!("{} has no {key}", self.name));
        }
        value
    }

    fn read<T: DeserializeOwned>(
        &self,
        key: &str,
        value: Value<'t, 'i>,
        found: &mut Found<'_>,
    ) -> Option<Spanned<T>> {
        match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => Some(Spanned::new(value.span(), read)),
            Err(error) => {
                let what = format!("{}: {key}: {}", self.name, error.message());
                found.add(&value.span(), what);
                None
            }
        }
    }
}
