//! What an HTTP request sends after its headers.

use std::fmt;

use bytes::Bytes;

use super::template::Template;

/// The body of an HTTP request.
#[derive(Clone, Default, PartialEq)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON document; texts that fill its places are escaped.
    Json(Template),
    /// A text, as it is.
    Text(Template),
    /// Names and values of a form.
    Form(Vec<(String, Template)>),
    /// The bytes of a file.
    File(Bytes),
}

impl Body {
    /// What is said of it where the action's headers say nothing.
    pub fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::Empty => None,
            Self::Json(_) => Some("application/json"),
            Self::Text(_) => Some("text/plain; charset=utf-8"),
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::File(_) => Some("application/octet-stream"),
        }
    }

    /// Every text with places.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Empty | Self::File(_) => Vec::new(),
            Self::Json(template) | Self::Text(template) => vec![template],
            Self::Form(form) => form.iter().map(|(_, value)| value).collect(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Json(json) => f.debug_tuple("Json").field(json).finish(),
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Self::Form(form) => f.debug_tuple("Form").field(form).finish(),
            Self::File(bytes) => write!(f, "File({} bytes)", bytes.len()),
        }
    }
}
