//! The colours of a chart, as roles.

use plotters::style::RGBColor;

/// What a stroke or a text is for; its colour is chosen when the chart is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The baseline run.
    A,
    /// The candidate run; also dashed, so that colour is not all that tells it.
    B,
    /// A third line.
    C,
    /// Where the knee lies.
    Knee,
    /// What was offered.
    Offered,
    /// What was planned, where it changes.
    Planned,
    /// A limit.
    Target,
    /// Grid lines.
    Grid,
    /// Boundaries of stages.
    Boundary,
    /// Numbers and words.
    Text,
}

/// One role: its placeholder, its class in HTML, its attributes in a file of its own.
struct Spelling {
    ink: Ink,
    /// A colour that no other role has; plotters writes it as `#0100A0`.
    placeholder: (u8, u8, u8),
    class: &'static str,
    literal: &'static str,
    dash: Option<&'static str>,
}

// Okabe and Ito's blue and vermilion are told apart under every common colour blindness.
const SPELLINGS: [Spelling; 10] = [
    spelling(Ink::A, 1, "a", "#0072b2", None),
    spelling(Ink::B, 2, "b", "#c2500a", Some("7 3")),
    spelling(Ink::Offered, 3, "o", "#7a7f87", None),
    spelling(Ink::Target, 4, "t", "#8a3ffc", Some("2 3")),
    spelling(Ink::Grid, 5, "g", "#e3e6ea", None),
    spelling(Ink::Boundary, 6, "s", "#9aa1aa", Some("3 3")),
    spelling(Ink::Text, 7, "x", "#4a5058", None),
    spelling(Ink::Planned, 8, "p", "#9aa1aa", Some("1 3")),
    spelling(Ink::C, 9, "c", "#00735c", Some("10 3 2 3")),
    spelling(Ink::Knee, 10, "k", "#f0dcae", None),
];

const fn spelling(
    ink: Ink,
    number: u8,
    class: &'static str,
    literal: &'static str,
    dash: Option<&'static str>,
) -> Spelling {
    Spelling {
        ink,
        placeholder: (number, 0, 0xA0),
        class,
        literal,
        dash,
    }
}

impl Ink {
    /// The placeholder to draw with.
    pub(super) fn color(self) -> RGBColor {
        let (r, g, b) = SPELLINGS
            .iter()
            .find(|s| s.ink == self)
            .map_or((0, 0, 0), |s| s.placeholder);
        RGBColor(r, g, b)
    }
}

/// Placeholders become classes: `class="s-a"` strokes, `class="f-a"` fills.
pub(super) fn to_classes(svg: &str) -> String {
    replace(svg, |property, spelling| {
        format!(
            "class=\"{}-{}\"",
            property.get(..1).unwrap_or("s"),
            spelling.class
        )
    })
}

/// Placeholders become literal colours and dashes.
pub(super) fn to_literals(svg: &str) -> String {
    replace(svg, |property, spelling| {
        let dash = match spelling.dash {
            Some(dash) if property == "stroke" => format!(" stroke-dasharray=\"{dash}\""),
            _ => String::new(),
        };
        format!("{property}=\"{}\"{dash}", spelling.literal)
    })
}

fn replace(svg: &str, spell: impl Fn(&str, &Spelling) -> String) -> String {
    let mut svg = svg.to_owned();
    for spelling in &SPELLINGS {
        let (r, g, b) = spelling.placeholder;
        for property in ["stroke", "fill"] {
            let drawn = format!("{property}=\"#{r:02X}{g:02X}{b:02X}\"");
            svg = svg.replace(&drawn, &spell(property, spelling));
        }
    }
    svg
}
