//! What a key can be: read from text, whichever layer it stands in, and written as TOML.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use crate::share::Share;
use crate::span;

/// One way to write a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The text itself, or a word in capitals that stands for many.
    pub text: Cow<'static, str>,
    /// What it means.
    pub meaning: Cow<'static, str>,
    /// Whether `text` is the value itself.
    pub exact: bool,
}

impl Form {
    /// A text that is a value.
    pub fn exact(
        text: impl Into<Cow<'static, str>>,
        meaning: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            text: text.into(),
            meaning: meaning.into(),
            exact: true,
        }
    }

    /// A word that stands for many values.
    pub fn any(word: &'static str, meaning: &'static str) -> Self {
        Self {
            text: word.into(),
            meaning: meaning.into(),
            exact: false,
        }
    }
}

/// The type of a key.
pub trait Value: Sized {
    /// Whether messages must not repeat what was written.
    const SECRET: bool = false;

    /// Every way to write a value.
    fn forms() -> Vec<Form>;

    /// The value that `text` stands for.
    fn parse(text: &str) -> Option<Self>;

    /// What is wrong with `text`, which is no value; absent where the forms say enough.
    fn why_not(_text: &str) -> Option<String> {
        None
    }

    /// The value in TOML, passwords left out; absent where there is none.
    fn to_toml(&self) -> Option<String>;

    /// What it is where no layer has the key; absent if one must.
    fn unset() -> Option<Self> {
        None
    }
}

/// `text` as a string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl<T: Value> Value for Option<T> {
    const SECRET: bool = T::SECRET;

    fn forms() -> Vec<Form> {
        T::forms()
    }

    fn parse(text: &str) -> Option<Self> {
        T::parse(text).map(Some)
    }

    fn to_toml(&self) -> Option<String> {
        self.as_ref().and_then(T::to_toml)
    }

    fn unset() -> Option<Self> {
        Some(None)
    }
}

impl Value for bool {
    fn forms() -> Vec<Form> {
        vec![Form::exact("true", "yes"), Form::exact("false", "no")]
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_toml(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for NonZeroU32 {
    fn forms() -> Vec<Form> {
        vec![Form::any("N", "a whole number from 1")]
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_toml(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for Duration {
    fn forms() -> Vec<Form> {
        vec![Form::any("TIME", "a length of time, such as 2ms or 5s")]
    }

    fn parse(text: &str) -> Option<Self> {
        span::parse(text).ok()
    }

    fn to_toml(&self) -> Option<String> {
        Some(quoted(&span::text(*self)))
    }
}

impl Value for SocketAddr {
    fn forms() -> Vec<Form> {
        vec![Form::any(
            "ADDR",
            "an address and a port, such as 127.0.0.1:8000",
        )]
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_toml(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Value for PathBuf {
    fn forms() -> Vec<Form> {
        vec![Form::any("FILE", "the path of a file")]
    }

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }

    fn to_toml(&self) -> Option<String> {
        Some(quoted(&self.to_string_lossy()))
    }
}

/// A bound that can be lifted, or a feature with a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// There is none.
    Off,
    /// So many.
    At(NonZeroU32),
}

impl Value for Bound {
    fn forms() -> Vec<Form> {
        vec![
            Form::exact("off", "no"),
            Form::any("N", "a whole number from 1"),
        ]
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "off" => Some(Self::Off),
            number => number.parse().ok().map(Self::At),
        }
    }

    fn to_toml(&self) -> Option<String> {
        Some(match self {
            Self::Off => quoted("off"),
            Self::At(bound) => bound.to_string(),
        })
    }
}

impl Value for Share {
    fn forms() -> Vec<Form> {
        vec![Form::any("SHARE", "a share, such as 0.05 or 5%")]
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_toml(&self) -> Option<String> {
        Some(toml::Value::Float(self.as_f64()).to_string())
    }
}

/// An URL that may hold a password, which neither messages nor the printed settings show.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// As it was given.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Without its password.
    pub fn redacted(&self) -> String {
        const GONE: &str = "***";
        let Ok(mut url) = url::Url::parse(&self.0) else {
            // Nothing is known about it, so nothing is shown.
            return GONE.to_owned();
        };
        if url.cannot_be_a_base() {
            return match url.scheme() {
                // `sqlite:challenge.db` holds none, and must stay as it was written.
                "sqlite" => self.0.clone(),
                // `ann:secret@host` is an URL of the scheme `ann`.
                _ => GONE.to_owned(),
            };
        }
        if url.password().is_some() {
            // Fails for URLs without a host, which cannot have one.
            let _ = url.set_password(Some(GONE));
        }
        let named = |key: &str| key.to_ascii_lowercase().contains("password");
        if url.query_pairs().any(|(key, _)| named(&key)) {
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let shown = pairs.iter().map(|(key, value)| {
                let value = if named(key) { GONE } else { value.as_str() };
                (key.as_str(), value)
            });
            url.query_pairs_mut().clear().extend_pairs(shown);
        }
        url.into()
    }
}

impl From<String> for SecretUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl From<&str> for SecretUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

// By hand: what derives Debug ends in logs.
impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl Value for SecretUrl {
    const SECRET: bool = true;

    fn forms() -> Vec<Form> {
        vec![Form::any("URL", "an URL")]
    }

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }

    fn to_toml(&self) -> Option<String> {
        Some(quoted(&self.redacted()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let check = |url: &str, shown: &str| {
            assert_eq!(SecretUrl::from(url).redacted(), shown);
            assert_eq!(format!("{:?}", SecretUrl::from(url)), shown);
        };
        check("sqlite:challenge.db", "sqlite:challenge.db");
        check("postgres://ann@host/db", "postgres://ann@host/db");
        check(
            "postgres://ann:x%40@host:1/db",
            "postgres://ann:***@host:1/db",
        );
        check(
            "postgres://host/db?user=ann&password=x&sslmode=require",
            "postgres://host/db?user=ann&password=***&sslmode=require",
        );
        check("redis://:secret@host:6379/2", "redis://:***@host:6379/2");
        check("sqlite:/data/challenge.db", "sqlite:/data/challenge.db");
        check("ann:secret@host", "***");
        check("ann:secret@host/db", "***");
        check("postgres:ann:secret@host/db", "***");
        check("//ann:secret@host", "***");
    }

    #[test]
    fn a_share_is_printed_as_a_number() {
        for (text, printed) in [
            ("0.01", Some("0.01")),
            ("1%", Some("0.01")),
            ("1", Some("1.0")),
            ("1.01", None),
        ] {
            let share = Share::parse(text);
            let found = share.and_then(|share| share.to_toml());
            assert_eq!(found.as_deref(), printed, "{text}");
        }
    }

    #[test]
    fn a_bound_is_a_number_or_off() {
        let number = Bound::At(NonZeroU32::new(7).unwrap());
        for (text, expected) in [
            ("off", Some(Bound::Off)),
            ("7", Some(number)),
            ("0", None),
            ("-1", None),
            ("on", None),
        ] {
            assert_eq!(Bound::parse(text), expected, "{text}");
        }
        assert_eq!(number.to_toml().unwrap(), "7");
        assert_eq!(Bound::Off.to_toml().unwrap(), "\"off\"");
    }
}
