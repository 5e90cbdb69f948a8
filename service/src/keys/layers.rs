//! Values of keys, layer over layer: the last one counts, and every one must be right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::mistake::{Mistake, Place};
use super::table::Key;
use super::value::{Form, Value};

/// A value as it was written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Entry {
    fn of_default(key: &Key) -> Option<Self> {
        Some(Self {
            key: key.name.to_owned(),
            text: key.default?.to_owned(),
            place: Place::Default,
        })
    }
}

/// Values that wait to be taken by the tables that know their keys.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    waiting: BTreeMap<String, Vec<(String, Place)>>,
    mistakes: Vec<Mistake>,
    /// Who is told that a key is missing.
    owner: Place,
}

impl Layers {
    /// From now on keys that are missing are missing there.
    pub(crate) fn set_owner(&mut self, owner: &Place) {
        self.owner = owner.clone();
    }

    /// Adds the default of a key that has one.
    pub(crate) fn add_default(&mut self, key: &Key) {
        if let Some(entry) = Entry::of_default(key) {
            self.add(entry);
        }
    }

    /// Lays a value over those that were added before.
    pub(crate) fn add(&mut self, entry: Entry) {
        let Entry { key, text, place } = entry;
        self.waiting.entry(key).or_default().push((text, place));
    }

    pub(crate) fn note(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// The uppermost value of a key; those below it must be right too.
    pub(crate) fn take<T: Value>(&mut self, key: &str) -> Option<T> {
        let Some(layers) = self.waiting.remove(key) else {
            let unset = T::unset();
            if unset.is_none() {
                let forms = alternatives(&T::forms());
                self.note(
                    Mistake::new(&self.owner, format!("no {key}"))
                        .hint(format!("{key} is {forms}")),
                );
            }
            return unset;
        };
        let mut uppermost = None;
        for (text, place) in layers {
            uppermost = T::parse(&text);
            if uppermost.is_none() {
                let mut what = if T::SECRET {
                    format!("no value for {key}")
                } else {
                    format!("\"{text}\" is no value for {key}")
                };
                if let Some(why) = T::why_not(&text) {
                    let _ = write!(what, ": {why}");
                }
                let forms = alternatives(&T::forms());
                self.note(Mistake::new(&place, what).hint(format!("{key} is {forms}")));
            }
        }
        uppermost
    }

    /// All mistakes; a key that nobody took is one.
    pub(crate) fn finish(mut self, known: &[&Key]) -> Vec<Mistake> {
        for (key, layers) in std::mem::take(&mut self.waiting) {
            for (text, place) in layers {
                let entry = Entry {
                    key: key.clone(),
                    text,
                    place,
                };
                self.note(Mistake::unknown(&entry, known));
            }
        }
        self.mistakes.sort_by(|a, b| a.place.cmp(&b.place));
        self.mistakes
    }
}

/// `rows, count or exists`.
fn alternatives(forms: &[Form]) -> String {
    let mut text = String::new();
    for (n, form) in forms.iter().enumerate() {
        let before = match n {
            0 => "",
            n if n + 1 == forms.len() => " or ",
            _ => ", ",
        };
        let shown = if form.exact {
            &form.text
        } else {
            &form.meaning
        };
        let _ = write!(text, "{before}{shown}");
    }
    text
}
