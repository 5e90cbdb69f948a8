//! The frame that all charts share: size, axes, grid, legend, and the strokes inside.

use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoTextStyle, ShapeStyle, TextStyle};

use super::drawing::Drawing;
use super::ink::Ink;
use super::scale::Axis;

/// Units of the view box.
pub(super) const SIZE: (u32, u32) = (480, 264);
/// Of all text, in the same units.
pub(super) const FONT_SIZE: u32 = 13;

const LEFT: u32 = 60;
/// Left of it a word has room on its right.
const MIDDLE: i32 = 270;
/// Right of it a word has room on its left only.
const FAR_RIGHT: i32 = 340;
const TOP: u32 = 32;
const RIGHT: u32 = 26;
const BOTTOM: u32 = 28;
/// How far below the upper edge the rows of names beside vertical lines are: below the ticks of `beyond`.
const NAME_ROWS: [i32; 3] = [12, 26, 40];
/// Longest label in a legend.
const LABEL_CHARS: usize = 22;

pub(super) type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Two axes and the names of the lines.
pub(super) struct Frame {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) legend: Vec<(Ink, String)>,
}

impl Frame {
    /// Draws the frame, then what `content` adds.
    ///
    /// Into memory, which cannot fail; should plotters ever say otherwise the drawing is empty and
    /// its data table still stands.
    pub(super) fn draw(&self, content: impl FnOnce(&mut Canvas<'_, '_>) -> Drawn) -> Drawing {
        let (mut svg, mut ground) = (String::new(), String::new());
        match self.try_draw(&mut svg, &mut ground, content) {
            Ok(()) => Drawing::new(&svg).above(&ground),
            Err(_) => Drawing::default(),
        }
    }

    fn try_draw(
        &self,
        svg: &mut String,
        ground: &mut String,
        content: impl FnOnce(&mut Canvas<'_, '_>) -> Drawn,
    ) -> Drawn {
        let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let chart = ChartBuilder::on(&root)
            .margin_top(TOP)
            .margin_right(RIGHT)
            .x_label_area_size(BOTTOM)
            .y_label_area_size(LEFT)
            .build_cartesian_2d(self.x.low..self.x.high, self.y.low..self.y.high)?;
        let mut canvas = Canvas {
            root: &root,
            chart,
            x: (self.x.low, self.x.high),
            y: (self.y.low, self.y.high),
            ground: String::new(),
        };
        self.axes(&canvas)?;
        self.legend(&canvas)?;
        content(&mut canvas)?;
        *ground = std::mem::take(&mut canvas.ground);
        drop(canvas);
        root.present()
    }

    fn axes(&self, canvas: &Canvas<'_, '_>) -> Drawn {
        let (low, high) = canvas.y;
        for tick in &self.x.ticks {
            let (x, bottom) = canvas.pixel(tick.at, low);
            let (_, top) = canvas.pixel(tick.at, high);
            canvas.stroke(vec![(x, top), (x, bottom)], Ink::Grid, 1)?;
            canvas.write(&tick.label, (x, bottom + 8), HPos::Center, VPos::Top)?;
        }
        let (low, high) = canvas.x;
        for tick in &self.y.ticks {
            let (left, y) = canvas.pixel(low, tick.at);
            let (right, _) = canvas.pixel(high, tick.at);
            canvas.stroke(vec![(left, y), (right, y)], Ink::Grid, 1)?;
            canvas.write(&tick.label, (left - 7, y), HPos::Right, VPos::Center)?;
        }
        Ok(())
    }

    fn legend(&self, canvas: &Canvas<'_, '_>) -> Drawn {
        let mut x = 8;
        for (ink, label) in &self.legend {
            let label = shortened(label);
            if let Ink::Flame(_) = ink {
                // A shade, which no line has.
                let corners = [(x + 6, 8), (x + 24, 20)];
                let swatch = Rectangle::new(corners, ink.color().filled());
                canvas.root.draw(&swatch)?;
            } else {
                canvas.stroke(vec![(x, 14), (x + 24, 14)], *ink, 3)?;
            }
            canvas.write(&label, (x + 31, 14), HPos::Left, VPos::Center)?;
            // No font is read: seven units a character is wide enough for common ones.
            x += label.chars().fold(31 + 18, |width, _| width + 7);
        }
        Ok(())
    }
}

/// What content draws on.
pub(super) struct Canvas<'r, 'b> {
    root: &'r DrawingArea<SVGBackend<'b>, Shift>,
    chart: ChartContext<'r, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    x: (f64, f64),
    y: (f64, f64),
    /// Elements below the grid.
    ground: String,
}

impl Canvas<'_, '_> {
    /// A line; gaps are the caller's, by calling once a piece.
    pub(super) fn line(&self, points: &[(f64, f64)], ink: Ink) -> Drawn {
        let mut pixels: Vec<(i32, i32)> = points.iter().map(|(x, y)| self.pixel(*x, *y)).collect();
        pixels.dedup();
        match pixels.as_slice() {
            [] => Ok(()),
            [single] => self.dot(*single, ink),
            _ => self.stroke(pixels, ink, 2),
        }
    }

    /// A dot at every point.
    pub(super) fn dots(&self, points: &[(f64, f64)], ink: Ink) -> Drawn {
        for (x, y) in points {
            self.dot(self.pixel(*x, *y), ink)?;
        }
        Ok(())
    }

    /// What lies between two lines; points have a place, a lower and an upper value.
    pub(super) fn area(&self, points: &[(f64, f64, f64)], ink: Ink) -> Drawn {
        if points.len() < 2 {
            return Ok(());
        }
        let lower = points.iter().map(|(x, low, _)| self.pixel(*x, *low));
        let upper = points
            .iter()
            .rev()
            .map(|(x, _, high)| self.pixel(*x, *high));
        let corners: Vec<(i32, i32)> = lower.chain(upper).collect();
        self.root
            .draw(&Polygon::new(corners, ink.color().mix(0.18)))
    }

    /// A horizontal line over the whole width, of what nothing is measured by.
    pub(super) fn level(&self, y: f64) -> Drawn {
        let (left, at) = self.pixel(self.x.0, y);
        let (right, _) = self.pixel(self.x.1, y);
        self.stroke(vec![(left, at), (right, at)], Ink::Boundary, 2)
    }

    /// Filled rectangles of one colour below everything else, as one path: two corners each.
    pub(super) fn cells(
        &mut self,
        corners: impl Iterator<Item = ((f64, f64), (f64, f64))>,
        ink: Ink,
    ) {
        let mut path = String::new();
        for ((x0, y0), (x1, y1)) in corners {
            let (left, bottom) = self.pixel(x0, y0);
            let (right, top) = self.pixel(x1, y1);
            let (width, height) = ((right - left).max(1), (bottom - top).max(1));
            let _ = write!(path, "M{left} {top}h{width}v{height}h-{width}z");
        }
        if !path.is_empty() {
            let color = ink.written();
            let _ = write!(self.ground, "<path fill=\"{color}\" d=\"{path}\"/>");
        }
    }

    /// A band over the whole height.
    pub(super) fn band(&self, from: f64, until: f64, ink: Ink) -> Drawn {
        let (left, top) = self.pixel(from, self.y.1);
        let (right, bottom) = self.pixel(until, self.y.0);
        // A band of no width is no band.
        let right = right.max(left + 2);
        let corners = [(left, top), (right, bottom)];
        self.root
            .draw(&Rectangle::new(corners, ink.color().filled()))
    }

    /// The end of a line beyond which nothing is finite: a ring, and the word beside it.
    pub(super) fn end(&self, at: (f64, f64), word: &str, ink: Ink) -> Drawn {
        let (x, y) = self.pixel(at.0, at.1);
        let ring = Circle::new((x, y), 4, ShapeStyle::from(&ink.color()).stroke_width(2));
        self.root.draw(&ring)?;
        // The line comes from the lower left: beside it on the right there is room, if anywhere.
        if x < MIDDLE {
            self.write_in(word, (x + 9, y), HPos::Left, VPos::Center, ink)
        } else {
            self.write_in(word, (x - 9, y - 3), HPos::Right, VPos::Bottom, ink)
        }
    }

    /// A tick at the upper edge, for a moment whose value is beyond it.
    pub(super) fn beyond(&self, x: f64, ink: Ink) -> Drawn {
        let (x, top) = self.pixel(x, self.y.1);
        let shift = match ink {
            Ink::B => 5,
            Ink::C => 10,
            _ => 0,
        };
        self.stroke(vec![(x, top + shift), (x, top + shift + 4)], ink, 2)
    }

    /// A horizontal line over the whole width with its name at the right end.
    pub(super) fn limit(&self, y: f64, name: &str) -> Drawn {
        let (left, at) = self.pixel(self.x.0, y);
        let (right, _) = self.pixel(self.x.1, y);
        self.stroke(vec![(left, at), (right, at)], Ink::Target, 2)?;
        self.write_in(
            name,
            (left + 5, at - 4),
            HPos::Left,
            VPos::Bottom,
            Ink::Target,
        )
    }

    /// Vertical lines over the whole height, in their order, each with its name beside it: where there is
    /// room before the next one, else in a row below, where no other name stands; where there is none at
    /// all, without.
    pub(super) fn boundaries(&self, marks: &[(f64, &str)]) -> Drawn {
        let right = self.pixel(self.x.1, self.y.1).0;
        let mut ends = NAME_ROWS.map(|_| i32::MIN);
        for (i, (x, name)) in marks.iter().enumerate() {
            let (at, top) = self.pixel(*x, self.y.1);
            let (_, bottom) = self.pixel(*x, self.y.0);
            self.stroke(vec![(at, top), (at, bottom)], Ink::Boundary, 1)?;
            let name = shortened(name);
            let width = name.chars().fold(8, |width, _| width + 7);
            let next = marks.get(i + 1).map_or(self.x.1, |(x, _)| *x);
            let room = self.pixel(next, self.y.1).0 - at;
            let fits = |row: usize, end: i32| {
                end <= at
                    && if row == 0 {
                        width <= room
                    } else {
                        at + width <= right + 8
                    }
            };
            let row = ends
                .iter()
                .enumerate()
                .position(|(row, end)| fits(row, *end));
            let y = |row: usize| top + NAME_ROWS[row];
            if let Some(row) = row {
                ends[row] = at + width;
                self.write(&name, (at + 4, y(row)), HPos::Left, VPos::Top)?;
            } else if i + 1 == marks.len() && at > FAR_RIGHT && ends[0] <= at - width {
                // The last one may stand on the left of its line.
                self.write(&name, (at - 4, y(0)), HPos::Right, VPos::Top)?;
            }
        }
        Ok(())
    }

    fn pixel(&self, x: f64, y: f64) -> (i32, i32) {
        let x = x.clamp(self.x.0, self.x.1);
        let y = y.clamp(self.y.0, self.y.1);
        self.chart.backend_coord(&(x, y))
    }

    fn stroke(&self, points: Vec<(i32, i32)>, ink: Ink, width: u32) -> Drawn {
        let style = ShapeStyle::from(&ink.color()).stroke_width(width);
        self.root.draw(&PathElement::new(points, style))
    }

    fn dot(&self, at: (i32, i32), ink: Ink) -> Drawn {
        self.root.draw(&Circle::new(at, 3, ink.color().filled()))
    }

    fn write(&self, text: &str, at: (i32, i32), h: HPos, v: VPos) -> Drawn {
        self.write_in(text, at, h, v, Ink::Text)
    }

    fn write_in(&self, text: &str, at: (i32, i32), h: HPos, v: VPos, ink: Ink) -> Drawn {
        // plotters divides by 1.24 on the way to SVG.
        let size = f64::from(FONT_SIZE) * 1.24;
        let color = ink.color();
        let style: TextStyle<'_> = ("sans-serif", size)
            .into_text_style(self.root)
            .color(&color)
            .pos(Pos::new(h, v));
        self.root.draw(&Text::new(printable(text), at, style))
    }
}

fn shortened(label: &str) -> String {
    let label = printable(label);
    if label.chars().count() <= LABEL_CHARS {
        return label;
    }
    let mut short: String = label.chars().take(LABEL_CHARS - 1).collect();
    short.push('…');
    short
}

/// XML holds no control characters.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
