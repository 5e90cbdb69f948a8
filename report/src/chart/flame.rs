//! A flame graph: who calls what, from the top down, and how much of the whole it takes.
//!
//! No axis and no font is needed, so it is written as SVG at once: plotters would say the style of
//! every one of a thousand bars.

use std::fmt::Write as _;

use super::drawing::{Drawing, escape};
use super::ink::Ink;

/// Units of the view box.
const WIDTH: u32 = 1200;
const ROW: u32 = 18;
/// Of its text, in the same units.
pub(super) const FONT_SIZE: u32 = 11;
/// No font is read: letters of one width let a name be cut to fit.
pub(super) const FONT: &str = "ui-monospace, Menlo, Consolas, monospace";
const CHARACTER: f64 = 6.7;
/// Fewer characters than this say nothing.
const FEWEST_CHARACTERS: usize = 3;

/// Calls from the outermost ones inwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlameChart {
    /// Its bars; one that holds another comes before it.
    pub bars: Vec<FlameChartBar>,
}

/// A call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlameChartBar {
    /// Its row, from 0 at the top.
    pub row: u32,
    /// Its left edge, 0 to 1.
    pub from: f64,
    /// Its width, 0 to 1.
    pub width: f64,
    /// The function.
    pub name: String,
    /// Its figures, in words.
    pub note: String,
    /// Its colour.
    pub color: FlameColor,
}

/// The colour of a bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlameColor {
    /// Of no package and no change.
    #[default]
    Plain,
    /// Of a package: those of one have the same.
    Package(u8),
    /// It costs more, in four steps from 1.
    More(u8),
    /// It costs less, in four steps from 1.
    Less(u8),
}

/// So many packages have a colour of their own.
pub const PACKAGE_COLORS: u8 = 6;

impl FlameChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let rows = self.bars.iter().map(|bar| bar.row + 1).max().unwrap_or(1);
        let mut body = String::new();
        for bar in &self.bars {
            bar.draw(&mut body);
        }
        Drawing::flame(body, (WIDTH, rows * ROW + 1))
    }
}

impl FlameChartBar {
    fn draw(&self, body: &mut String) {
        let (x, width) = (
            self.from * f64::from(WIDTH),
            // A hair between neighbours.
            (self.width * f64::from(WIDTH) - 0.4).max(0.2),
        );
        let y = self.row * ROW;
        let fill = Ink::Flame(self.color).written();
        let _ = write!(
            body,
            "<g><title>{}\n{}</title><rect x=\"{x:.2}\" y=\"{y}\" width=\"{width:.2}\" height=\"{}\" fill=\"{fill}\"/>",
            escape(&self.name),
            escape(&self.note),
            ROW - 1,
        );
        let room = ((width - 6.0) / CHARACTER) as usize;
        if room >= FEWEST_CHARACTERS {
            let _ = write!(
                body,
                "<text x=\"{:.2}\" y=\"{}\" fill=\"{}\">{}</text>",
                x + 3.0,
                y + 13,
                Ink::Label.written(),
                escape(&shortened(&self.name, room))
            );
        }
        body.push_str("</g>");
    }
}

/// A name in `room` characters: without the path of its package, or else its end, which tells more
/// than its beginning.
fn shortened(name: &str, room: usize) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    for name in [name, last] {
        if name.chars().count() <= room {
            return name.to_owned();
        }
    }
    let length = name.chars().count();
    let end: String = name.chars().skip(length - room + 1).collect();
    format!("…{end}")
}
