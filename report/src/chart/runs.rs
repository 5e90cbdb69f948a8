//! Response times of runs in a row.

use super::drawing::Drawing;
use super::frame::Frame;
use super::percentiles::{self, PercentileLines};
use super::scale::{latency, names};
use super::spectrum::TargetMark;

/// Percentiles by run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunsChart {
    /// What each run is called.
    pub names: Vec<String>,
    /// The place of a point is the index of its run.
    pub lines: PercentileLines,
    /// Limits.
    pub targets: Vec<TargetMark>,
    /// The runs that begin another level, by their indices, and what is said of them.
    pub changes: Vec<(usize, String)>,
}

impl RunsChart {
    /// Draws it. An unbounded value is a tick at the upper edge.
    pub fn draw(&self) -> Drawing {
        let limits = self.targets.iter().map(|target| target.limit_us as f64);
        let frame = Frame {
            x: names(&self.names),
            y: latency(percentiles::latencies(&self.lines).chain(limits)),
            legend: percentiles::legend(&self.lines).collect(),
        };
        frame.draw(|canvas| {
            let changes: Vec<(f64, &str)> = self
                .changes
                .iter()
                .map(|(run, words)| (*run as f64 - 0.5, words.as_str()))
                .collect();
            canvas.boundaries(&changes)?;
            for target in &self.targets {
                target.draw(canvas)?;
            }
            percentiles::draw(&self.lines, canvas, |run| run)
        })
    }
}
