//! Reading one TOML table: what is missing, mistyped or unknown is noted, and reading goes on.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

use super::duration::{parse_duration, parse_rate_or_pause};
use super::environment;
use super::mistake::Mistakes;
use super::place_error::PlaceError;
use super::suggestion::suggestion;
use super::template::Template;
use super::text::Text;
use super::wanted::Wanted;

/// A table of the file and the keys of it that were asked for.
pub(super) struct Table<'t, 'i> {
    /// How messages name it: `stage "init"`.
    pub(super) name: String,
    /// Where it stands.
    pub(super) span: Range<usize>,
    keys: &'t DeTable<'i>,
    known: BTreeSet<&'static str>,
}

pub(super) type Value<'t, 'i> = &'t Spanned<DeValue<'i>>;

impl<'t, 'i> Table<'t, 'i> {
    pub(super) fn new(name: String, span: Range<usize>, table: &'t DeTable<'i>) -> Self {
        Self {
            name,
            span,
            keys: table,
            known: BTreeSet::new(),
        }
    }

    /// `value` as a table, or a mistake.
    pub(super) fn from_value(
        name: String,
        value: Value<'t, 'i>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Self> {
        let Some(table) = value.get_ref().as_table() else {
            let found = kind(value);
            mistakes.add(
                &value.span(),
                format!("{name} is {found}, not a table"),
                "write { key = value }, or lines of key = value below its name in brackets",
            );
            return None;
        };
        Some(Self::new(name, value.span(), table))
    }

    /// The value of `key`, if it is there.
    pub(super) fn get(&mut self, key: &'static str) -> Option<Value<'t, 'i>> {
        self.known.insert(key);
        self.keys.get(key)
    }

    /// All keys and values, for tables whose keys are the user's own names.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (&'t str, Range<usize>, Value<'t, 'i>)> + use<'t, 'i> {
        self.keys
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// Where the value of `key` stands; the table itself where there is none.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        let value = self.keys.get(key);
        value.map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// The value of `key`; where it is missing, `hint` says what to write.
    pub(super) fn required(
        &mut self,
        key: &'static str,
        hint: &str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Value<'t, 'i>> {
        let value = self.get(key);
        if value.is_none() {
            mistakes.add(&self.span, format!("{} has no {key}", self.name), hint);
        }
        value
    }

    pub(super) fn string(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<(&'t str, Range<usize>)> {
        self.text_of(key, Wanted::Text, mistakes)
    }

    fn text_of(
        &mut self,
        key: &'static str,
        wanted: Wanted,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<(&'t str, Range<usize>)> {
        let value = self.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.mistyped(key, value, wanted, mistakes);
        }
        Some((text?, value.span()))
    }

    /// The table `key`, named after this one; nothing where it is absent or no table.
    pub(super) fn table(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Option<Self> {
        let value = self.get(key)?;
        Self::from_value(format!("{}: {key}", self.name), value, mistakes)
    }

    pub(super) fn boolean(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<bool> {
        let value = self.get(key)?;
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.mistyped(key, value, Wanted::Boolean, mistakes);
        }
        boolean
    }

    /// A list of texts, or the one text that stands in its place.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Vec<(&'t str, Range<usize>)> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        items(value)
            .into_iter()
            .filter_map(|item| {
                let text = item.get_ref().as_str();
                if text.is_none() {
                    self.mistyped(key, item, Wanted::Texts, mistakes);
                }
                Some((text?, item.span()))
            })
            .collect()
    }

    /// One of the texts of `choices`, as what it stands for.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        mistakes: &mut Mistakes<'_>,
    ) -> Option<T> {
        let (text, span) = self.string(key, mistakes)?;
        let chosen = choices.iter().find(|(name, _)| *name == text);
        if chosen.is_none() {
            let names: Vec<_> = choices
                .iter()
                .map(|(name, _)| format!("{name:?}"))
                .collect();
            mistakes.add(
                &span,
                format!("{}: {key} {text:?} is none that is known", self.name),
                format!("write {}", names.join(" or ")),
            );
        }
        chosen.map(|(_, value)| *value)
    }

    pub(super) fn whole(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Option<u64> {
        let value = self.get(key)?;
        let number = whole(value);
        if number.is_none() {
            self.mistyped(key, value, Wanted::Whole, mistakes);
        }
        number
    }

    /// A whole number from 1 up; where it is 0, `hint` says what to write.
    pub(super) fn counted(
        &mut self,
        key: &'static str,
        hint: &str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<u64> {
        let number = self.whole(key, mistakes)?;
        if number == 0 {
            let what = format!("{}: {key} is 0", self.name);
            mistakes.add(&self.span_of(key), what, hint);
            return None;
        }
        Some(number)
    }

    /// A text with what it takes from the environment filled in; other places stay.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Text<'t>> {
        let (written, span) = self.string(key, mistakes)?;
        self.filled(key, written, span, mistakes)
    }

    /// `written` with what it takes from the environment filled in.
    pub(super) fn filled(
        &self,
        key: &str,
        written: &'t str,
        span: Range<usize>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Text<'t>> {
        match environment::fill(written) {
            Ok(value) => Some(Text {
                written,
                value,
                span,
            }),
            Err(PlaceError { what, hint }) => {
                mistakes.add(&span, format!("{}: {key}: {what}", self.name), hint);
                None
            }
        }
    }

    pub(super) fn duration(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Duration> {
        let (written, span) = self.text_of(key, Wanted::Duration, mistakes)?;
        let text = self.filled(key, written, span, mistakes)?;
        self.parsed(key, &text, parse_duration, mistakes)
    }

    /// A duration above 0.
    pub(super) fn time(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Duration> {
        let duration = self.duration(key, mistakes)?;
        if duration.is_zero() {
            let what = format!("{}: {key} is 0", self.name);
            let hint = format!("write a duration above 0, such as {key} = \"10s\"");
            mistakes.add(&self.span_of(key), what, hint);
            return None;
        }
        Some(duration)
    }

    /// A rate, or `0/s`.
    pub(super) fn rate_or_pause(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<f64> {
        let (written, span) = self.text_of(key, Wanted::Rate, mistakes)?;
        let text = self.filled(key, written, span, mistakes)?;
        self.parsed(key, &text, parse_rate_or_pause, mistakes)
    }

    pub(super) fn number(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Option<f64> {
        let value = self.get(key)?;
        let whole = value.get_ref().as_integer().map(DeInteger::as_str);
        let number = value.get_ref().as_float().map(DeFloat::as_str).or(whole);
        let number = number.and_then(|text| text.parse().ok());
        if number.is_none() {
            self.mistyped(key, value, Wanted::Number, mistakes);
        }
        number
    }

    /// A text with places, all of which `allowed` must name.
    pub(super) fn template(
        &mut self,
        key: &'static str,
        allowed: &[&str],
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Template> {
        let (text, span) = self.string(key, mistakes)?;
        template(
            &format!("{}: {key}", self.name),
            text,
            &span,
            allowed,
            mistakes,
        )
    }

    pub(super) fn parsed<T>(
        &self,
        key: &str,
        text: &Text<'_>,
        parse: impl Fn(&str) -> Result<T, String>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<T> {
        match parse(&text.value) {
            Ok(value) => Some(value),
            Err(hint) => {
                let what = format!("{}: {key} {:?} cannot be read", self.name, text.written);
                mistakes.add(&text.span, what, text.hint(hint));
                None
            }
        }
    }

    pub(super) fn mistyped(
        &self,
        key: &str,
        value: Value<'_, '_>,
        wanted: Wanted,
        mistakes: &mut Mistakes<'_>,
    ) {
        let found = kind(value);
        mistakes.add(
            &value.span(),
            format!("{}: {key} is {found}, not {wanted}", self.name),
            wanted.hint(key),
        );
    }

    /// Notes every key that was never asked for.
    pub(super) fn deny_unknown(self, mistakes: &mut Mistakes<'_>) {
        for (key, span, _) in self.entries() {
            if self.known.contains(key) {
                continue;
            }
            let what = format!("{} has no setting {key:?}", self.name);
            mistakes.add(&span, what, suggestion(key, self.known.iter().copied()));
        }
    }
}

/// The kind of a value, with its article.
fn kind(value: Value<'_, '_>) -> String {
    let kind = value.get_ref().type_str();
    let article = if kind.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}

/// The items of a list, or the one item that stands in its place.
pub(super) fn items<'t, 'i>(value: Value<'t, 'i>) -> Vec<Value<'t, 'i>> {
    match value.get_ref().as_array() {
        Some(array) => array.iter().collect(),
        None => vec![value],
    }
}

/// A whole number from 0 up.
pub(super) fn whole(value: Value<'_, '_>) -> Option<u64> {
    let integer = value.get_ref().as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// Reads a template whose places are among `allowed`.
pub(super) fn template(
    name: &str,
    text: &str,
    span: &Range<usize>,
    allowed: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Option<Template> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(PlaceError { what, hint }) => {
            mistakes.add(span, format!("{name}: {what}"), hint);
            return None;
        }
    };
    for place in template.places() {
        if !allowed.contains(&place) {
            let what = format!("{name}: nothing fills ${{{place}}}");
            mistakes.add(span, what, suggestion(place, allowed.iter().copied()));
        }
    }
    Some(template)
}
