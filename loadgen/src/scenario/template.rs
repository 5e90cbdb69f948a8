//! Texts with places to fill in: `/goals/${g:02}/claim`.

use std::fmt::{self, Write as _};

use super::environment;
use super::place_error::PlaceError;

/// A text with places `${name}` or `${name:02}` (padded with zeros to a width), and with
/// `${env:NAME}`, which is filled when it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place {
        name: String,
        width: usize,
    },
    /// What a variable of the environment holds, which may be a secret.
    Environment {
        /// `env:NAME`
        written: String,
        value: String,
    },
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Place { name, width: 0 } => write!(f, "${{{name}}}"),
            Self::Place { name, width } => write!(f, "${{{name}:0{width}}}"),
            Self::Environment { written, .. } => write!(f, "${{{written}}}"),
        }
    }
}

/// What a place is filled with.
#[derive(Clone, Copy, Debug)]
pub enum Fill<'a> {
    /// A number; the width of the place applies.
    Number(u64),
    /// A text, as it is.
    Text(&'a str),
}

impl Template {
    /// Reads a template; the error says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            if start > 0 {
                parts.push(Part::Text(rest[..start].to_owned()));
            }
            let inside = &rest[start + 2..];
            let Some(end) = inside.find('}') else {
                return Err(PlaceError::open(&rest[start..]));
            };
            if let Some(value) = environment::value(&inside[..end]) {
                parts.push(Part::Environment {
                    written: inside[..end].to_owned(),
                    value: value?,
                });
                rest = &inside[end + 1..];
                continue;
            }
            let (name, width) = match inside[..end].split_once(':') {
                None => (&inside[..end], Some(0)),
                Some((name, width)) => (name, width.parse().ok().filter(|w| *w <= 20)),
            };
            let (false, Some(width)) = (name.is_empty(), width) else {
                return Err(PlaceError {
                    what: format!("${{{}}} cannot be read", &inside[..end]),
                    hint: "write ${NAME}, or ${NAME:02} for a number of two digits".to_owned(),
                });
            };
            parts.push(Part::Place {
                name: name.to_owned(),
                width,
            });
            rest = &inside[end + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Is it the same text for every request, and written in the scenario?
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Can all of it be shown? What the environment, a data set or the login holds may be secret.
    pub fn is_open(&self) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Text(_) => true,
            Part::Place { name, .. } => !name.contains('.'),
            Part::Environment { .. } => false,
        })
    }

    /// The names of all places.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place { name, .. } => Some(name.as_str()),
            Part::Text(_) | Part::Environment { .. } => None,
        })
    }

    /// The text with every place filled by `fill`, which knows all of [`places`](Self::places).
    pub fn render<'a>(&self, fill: impl Fn(&str) -> Fill<'a>) -> String {
        self.render_as(String::push_str, fill)
    }

    /// The text with every place filled by `fill`; texts, and what the environment holds, are written
    /// by `escape`.
    pub fn render_as<'a>(
        &self,
        escape: impl Fn(&mut String, &str),
        fill: impl Fn(&str) -> Fill<'a>,
    ) -> String {
        let mut text = String::with_capacity(64);
        for part in &self.parts {
            match part {
                Part::Text(value) => text.push_str(value),
                Part::Environment { value, .. } => escape(&mut text, value),
                Part::Place { name, width } => match fill(name) {
                    Fill::Number(number) => {
                        let _ = write!(text, "{number:0width$}");
                    }
                    Fill::Text(value) => escape(&mut text, value),
                },
            }
        }
        text
    }
}

/// As it is written: what came from the environment is not shown.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| part.fmt(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> String {
        Template::parse(text).unwrap().render(|name| match name {
            "user" => Fill::Text("player-7"),
            _ => Fill::Number(7),
        })
    }

    #[test]
    fn places_are_filled() {
        for (text, want) in [
            ("", ""),
            ("/v1/health", "/v1/health"),
            ("/goals/goal-${c:02}-${g:03}", "/goals/goal-07-007"),
            (
                r#"{"id": "${user}", "n": ${n}}"#,
                r#"{"id": "player-7", "n": 7}"#,
            ),
            ("${user}${n}", "player-77"),
            ("$ {x} $x", "$ {x} $x"),
        ] {
            assert_eq!(render(text), want, "{text}");
            assert_eq!(Template::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_comes_from_the_environment_is_sent_and_not_shown() {
        let written = "Bearer ${env:CARGO_PKG_NAME} ${user}";
        assert_eq!(render(written), "Bearer brunt-loadgen player-7");
        let template = Template::parse(written).unwrap();
        assert_eq!(template.to_string(), written);
        assert!(!format!("{template:?}").contains("brunt-loadgen"));
        assert_eq!(template.places().collect::<Vec<_>>(), ["user"]);
    }

    #[test]
    fn texts_are_escaped_wherever_they_come_from() {
        let template = Template::parse("<${env:BRUNT_NOT_SET:-<a>}${user}${n}>").unwrap();
        let escape = |text: &mut String, value: &str| text.push_str(&value.replace('<', "&lt;"));
        let rendered = template.render_as(escape, |name| match name {
            "user" => Fill::Text("<b>"),
            _ => Fill::Number(7),
        });
        assert_eq!(rendered, "<&lt;a>&lt;b>7>");
    }

    #[test]
    fn broken_places_are_refused() {
        for text in [
            "${user",
            "${}",
            "${n:wide}",
            "${n:99}",
            "${env:}",
            "${env:NOT SET}",
        ] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
