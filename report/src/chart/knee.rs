//! Response time against the rate that was offered: where it leaves the flat is the knee.

use super::drawing::Drawing;
use super::frame::{Canvas, Drawn, Frame};
use super::ink::Ink;
use super::percentiles::{self, PercentileLines};
use super::scale::{latency, rates};
use super::spectrum::TargetMark;

/// Percentiles by rate, both axes logarithmic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KneeChart {
    /// The place of a point is the rate per second.
    pub lines: PercentileLines,
    /// Limits.
    pub targets: Vec<TargetMark>,
    /// Where the knee lies.
    pub knee: KneeSpan,
}

/// The ends of the interval, per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KneeSpan {
    /// Carried.
    pub low: Option<f64>,
    /// Not carried.
    pub high: Option<f64>,
}

impl KneeChart {
    /// Draws it. An unbounded value is a tick at the upper edge.
    pub fn draw(&self) -> Drawing {
        let places = self.lines.iter().flat_map(|line| &line.points);
        let limits = self.targets.iter().map(|target| target.limit_us as f64);
        let legend = self.knee.legend().into_iter();
        let frame = Frame {
            x: rates(places.map(|(rate, _)| *rate), 0.0),
            y: latency(percentiles::latencies(&self.lines).chain(limits)),
            legend: legend.chain(percentiles::legend(&self.lines)).collect(),
        };
        frame.draw(|canvas| {
            self.knee.draw(canvas)?;
            for target in &self.targets {
                target.draw(canvas)?;
            }
            percentiles::draw(&self.lines, canvas, f64::log10)
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
