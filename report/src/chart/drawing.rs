//! A finished chart, to be spelled for HTML or for a file.

use super::flame;
use super::frame::{FONT_SIZE, SIZE};
use super::ink::{to_classes, to_literals};

/// A chart as SVG elements with placeholder colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// What stands between `<svg>` and `</svg>`.
    body: String,
    look: Look,
}

/// How big a drawing is, and of what sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Look {
    /// Lines in a frame.
    #[default]
    Plot,
    /// Bars with words on them, of the whole width of a page.
    Flame {
        /// Units of its view box.
        size: (u32, u32),
    },
}

impl Look {
    fn size(self) -> (u32, u32) {
        match self {
            Self::Plot => SIZE,
            Self::Flame { size } => size,
        }
    }

    fn font(self) -> (&'static str, u32) {
        match self {
            Self::Plot => ("system-ui, sans-serif", FONT_SIZE),
            Self::Flame { .. } => (flame::FONT, flame::FONT_SIZE),
        }
    }
}

impl Drawing {
    /// From what plotters wrote.
    pub(super) fn new(svg: &str) -> Self {
        let body = svg
            .split_once('>')
            .map_or("", |(_, rest)| rest)
            .trim_end()
            .trim_end_matches("</svg>");
        // These say on every element what the root says once.
        let font_size = format!(" font-size=\"{FONT_SIZE}\"");
        let body = body
            .replace(" opacity=\"1\"", "")
            .replace(" font-family=\"sans-serif\"", "")
            .replace(&font_size, "")
            .replace(" stroke-width=\"1\"", "")
            .replace(" \"/>", "\"/>")
            .replace(">\n", ">")
            .replace("\n<", "<");
        Self {
            body,
            look: Look::Plot,
        }
    }

    /// A flame graph.
    pub(super) fn flame(body: String, size: (u32, u32)) -> Self {
        Self {
            body,
            look: Look::Flame { size },
        }
    }

    /// The same with more SVG elements below everything else.
    #[must_use]
    pub(super) fn above(mut self, ground: &str) -> Self {
        self.body.insert_str(0, ground);
        self
    }

    /// Does it take the whole width of a page?
    pub fn is_wide(&self) -> bool {
        self.look != Look::Plot
    }

    /// For HTML: no size of its own, colours by class, named and described for screen readers.
    ///
    /// `id` must be unique in the page and a plain word.
    pub fn inline(&self, id: &str, title: &str, description: &str) -> String {
        let (width, height) = self.look.size();
        let class = match self.look {
            Look::Plot => "",
            Look::Flame { .. } => " class=\"flame\"",
        };
        format!(
            "<svg{class} viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
             <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{}</svg>",
            escape(title),
            escape(description),
            to_classes(&self.body)
        )
    }

    /// A file of its own: literal colours on white.
    pub fn standalone(&self, title: &str, description: &str) -> String {
        let (width, height) = self.look.size();
        let (font, font_size) = self.look.font();
        let body = to_literals(&self.body);
        let body = match self.look {
            // A rim of the paper's colour keeps words readable over lines.
            Look::Plot => body.replace(
                "<text ",
                "<text paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\" ",
            ),
            Look::Flame { .. } => body,
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{font}\" \
             font-size=\"{font_size}\" role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}\n</svg>\n",
            escape(title),
            escape(description),
        )
    }
}

/// Text for XML: markup escaped, characters that XML cannot hold replaced by a space.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
