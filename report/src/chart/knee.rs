//! Response time against the rate that was offered: where it leaves the flat is the knee.

use super::drawing::Drawing;
use super::frame::{Canvas, Drawn, Frame};
use super::ink::Ink;
use super::scale::{latency, rates};
use super::spectrum::TargetMark;

/// Percentiles by rate, both axes logarithmic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KneeChart {
    /// Three percentiles, lowest first, by name.
    pub lines: [KneeLine; 3],
    /// Limits.
    pub targets: Vec<TargetMark>,
    /// Where the knee lies.
    pub knee: KneeSpan,
}

/// One percentile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KneeLine {
    /// Its name in the legend.
    pub label: String,
    /// Rate per second, ascending, and microseconds, infinite where unbounded.
    pub points: Vec<(f64, f64)>,
}

/// The ends of the interval, per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KneeSpan {
    /// Carried.
    pub low: Option<f64>,
    /// Not carried.
    pub high: Option<f64>,
}

const INKS: [Ink; 3] = [Ink::A, Ink::B, Ink::C];

impl KneeChart {
    /// Draws it. An unbounded value is a tick at the upper edge.
    pub fn draw(&self) -> Drawing {
        let all = || self.lines.iter().flat_map(|line| &line.points);
        let limits = self.targets.iter().map(|target| target.limit_us as f64);
        let lines = self.lines.iter().zip(INKS);
        let frame = Frame {
            x: rates(all().map(|(rate, _)| *rate), 0.0),
            y: latency(all().map(|(_, us)| *us).chain(limits)),
            legend: self
                .knee
                .legend()
                .into_iter()
                .chain(lines.clone().map(|(line, ink)| (ink, line.label.clone())))
                .collect(),
        };
        frame.draw(|canvas| {
            self.knee.draw(canvas)?;
            for target in &self.targets {
                target.draw(canvas)?;
            }
            for (line, ink) in lines {
                let points = || line.points.iter().map(|(rate, us)| (rate.log10(), *us));
                let finite: Vec<(f64, f64)> = points()
                    .filter(|(_, us)| us.is_finite() && *us > 0.0)
                    .map(|(rate, us)| (rate, us.log10()))
                    .collect();
                canvas.line(&finite, ink)?;
                canvas.dots(&finite, ink)?;
                for (rate, _) in points().filter(|(_, us)| us.is_infinite()) {
                    canvas.beyond(rate, ink)?;
                }
            }
            Ok(())
        })
    }
}

impl KneeSpan {
    pub(super) fn legend(self) -> Option<(Ink, String)> {
        let both = self.low.is_some() && self.high.is_some();
        both.then(|| (Ink::Knee, "knee".to_owned()))
    }

    /// A band between two ends, a line at a single one.
    pub(super) fn draw(self, canvas: &Canvas<'_, '_>) -> Drawn {
        match (self.low, self.high) {
            (Some(low), Some(high)) => canvas.band(low.log10(), high.log10(), Ink::Knee),
            (Some(low), None) => canvas.boundaries(&[(low.log10(), "carried")]),
            (None, Some(high)) => canvas.boundaries(&[(high.log10(), "not carried")]),
            (None, None) => Ok(()),
        }
    }
}
