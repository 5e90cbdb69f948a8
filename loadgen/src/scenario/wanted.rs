//! What kind of value a setting takes, and how one is written.

use std::fmt;

/// The kind of a value.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Text,
    /// A text, or a list of them.
    Texts,
    /// A text such as `10s`.
    Duration,
    /// A text such as `300/s`.
    Rate,
    Boolean,
    Whole,
    Number,
}

impl Wanted {
    /// What to write as the setting `key`.
    pub(super) fn hint(self, key: &str) -> String {
        match self {
            Self::Text => format!("write a text in quotes: {key} = \"…\""),
            Self::Texts => {
                format!("write texts in quotes: {key} = \"…\", or {key} = [\"…\", \"…\"]")
            }
            Self::Duration => format!("write a number and a unit in quotes: {key} = \"10s\""),
            Self::Rate => format!("write a number and a unit in quotes: {key} = \"300/s\""),
            Self::Boolean => format!("write {key} = true or {key} = false"),
            Self::Whole => format!("write a whole number without quotes: {key} = 10"),
            Self::Number => format!("write a number without quotes: {key} = 1.5"),
        }
    }
}

/// With its article.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text | Self::Duration | Self::Rate => "a text",
            Self::Texts => "a text or a list of texts",
            Self::Boolean => "true or false",
            Self::Whole => "a whole number from 0 up",
            Self::Number => "a number",
        })
    }
}
