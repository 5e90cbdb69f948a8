//! Texts with places to fill in: `/goals/${g:02}/claim`.

use std::fmt::Write as _;

/// A text with places `${name}` or `${name:02}` (padded with zeros to a width).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place { name: String, width: usize },
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
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            if start > 0 {
                parts.push(Part::Text(rest[..start].to_owned()));
            }
            let inside = &rest[start + 2..];
            let Some(end) = inside.find('}') else {
                return Err(format!("{:?} has no closing brace", &rest[start..]));
            };
            let (name, width) = match inside[..end].split_once(':') {
                None => (&inside[..end], Some(0)),
                Some((name, width)) => (name, width.parse().ok().filter(|w| *w <= 20)),
            };
            let (false, Some(width)) = (name.is_empty(), width) else {
                return Err(format!(
                    "${{{}}} is not ${{name}} or ${{name:02}}",
                    &inside[..end]
                ));
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

    /// The names of all places.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place { name, .. } => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text with every place filled by `fill`, which knows all of [`places`](Self::places).
    pub fn render<'a>(&self, fill: impl Fn(&str) -> Fill<'a>) -> String {
        self.render_as(String::push_str, fill)
    }

    /// The text with every place filled by `fill`; texts are written by `escape`.
    pub fn render_as<'a>(
        &self,
        escape: impl Fn(&mut String, &str),
        fill: impl Fn(&str) -> Fill<'a>,
    ) -> String {
        let mut text = String::with_capacity(64);
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
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

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Place { name, width: 0 } => write!(f, "${{{name}}}")?,
                Part::Place { name, width } => write!(f, "${{{name}:0{width}}}")?,
            }
        }
        Ok(())
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
    fn broken_places_are_refused() {
        for text in ["${user", "${}", "${n:wide}", "${n:99}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
