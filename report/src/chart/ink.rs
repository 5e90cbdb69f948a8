//! The colours of a chart, as roles.

use plotters::style::RGBColor;

use super::flame::FlameColor;

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
    /// Words on a bar of a flame graph.
    Label,
    /// Bars of a flame graph, by what they stand for.
    Flame(FlameColor),
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
const SPELLINGS: [Spelling; 26] = [
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
    spelling(Ink::Label, 11, "w", "#1c2127", None),
    flame(FlameColor::Plain, 12, "n", "#d5d9de"),
    flame(FlameColor::Package(0), 13, "p0", "#f2c879"),
    flame(FlameColor::Package(1), 14, "p1", "#a9d3ee"),
    flame(FlameColor::Package(2), 15, "p2", "#b3dfb0"),
    flame(FlameColor::Package(3), 16, "p3", "#f3b6a1"),
    flame(FlameColor::Package(4), 17, "p4", "#cfc3ec"),
    flame(FlameColor::Package(5), 18, "p5", "#e3dc94"),
    // Vermilion for more, blue for less, as the lines of both runs are told apart.
    flame(FlameColor::More(1), 19, "m1", "#f6dfcf"),
    flame(FlameColor::More(2), 20, "m2", "#f5c3a0"),
    flame(FlameColor::More(3), 21, "m3", "#f29e66"),
    flame(FlameColor::More(4), 22, "m4", "#e8762d"),
    flame(FlameColor::Less(1), 23, "l1", "#d6e6f2"),
    flame(FlameColor::Less(2), 24, "l2", "#aed3ec"),
    flame(FlameColor::Less(3), 25, "l3", "#7bb8e0"),
    flame(FlameColor::Less(4), 26, "l4", "#4b9cd3"),
];

const fn flame(
    color: FlameColor,
    number: u8,
    class: &'static str,
    literal: &'static str,
) -> Spelling {
    spelling(Ink::Flame(color), number, class, literal, None)
}

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

    /// The same, as SVG writes it.
    pub(super) fn written(self) -> String {
        let RGBColor(r, g, b) = self.color();
        format!("#{r:02X}{g:02X}{b:02X}")
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
