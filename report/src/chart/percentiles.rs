//! Three percentiles as lines with dots.

use super::frame::{Canvas, Drawn};
use super::ink::Ink;

/// One percentile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PercentileLine {
    /// Its name in the legend.
    pub label: String,
    /// Place on the horizontal axis, ascending, and microseconds, infinite where unbounded.
    pub points: Vec<(f64, f64)>,
}

/// Three percentiles, lowest first.
pub type PercentileLines = [PercentileLine; 3];

const INKS: [Ink; 3] = [Ink::A, Ink::B, Ink::C];

/// Their names with their colours.
pub(super) fn legend(lines: &PercentileLines) -> impl Iterator<Item = (Ink, String)> {
    let all = INKS.into_iter().zip(lines);
    all.map(|(ink, line)| (ink, line.label.clone()))
}

/// Every response time, for the axis.
pub(super) fn latencies(lines: &PercentileLines) -> impl Iterator<Item = f64> {
    lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|(_, us)| *us)
}

/// Draws them on a logarithmic axis; `x` is where a place lies on the horizontal one. An unbounded
/// value is a tick at the upper edge.
pub(super) fn draw(
    lines: &PercentileLines,
    canvas: &Canvas<'_, '_>,
    x: impl Fn(f64) -> f64,
) -> Drawn {
    for (line, ink) in lines.iter().zip(INKS) {
        let points = || line.points.iter().map(|(place, us)| (x(*place), *us));
        let finite: Vec<(f64, f64)> = points()
            .filter(|(_, us)| us.is_finite() && *us > 0.0)
            .map(|(x, us)| (x, us.log10()))
            .collect();
        canvas.line(&finite, ink)?;
        canvas.dots(&finite, ink)?;
        for (x, _) in points().filter(|(_, us)| us.is_infinite()) {
            canvas.beyond(x, ink)?;
        }
    }
    Ok(())
}
