//! The share of arrivals that were answered within a time.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{latency, share, times};
use super::spectrum::SpectrumSeries;

/// The empirical distribution functions of both runs, over offered arrivals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EcdfChart {
    /// The baseline.
    pub a: SpectrumSeries,
    /// The candidate.
    pub b: SpectrumSeries,
}

impl EcdfChart {
    /// Draws it. A curve that ends below 100 % has arrivals that were never answered.
    pub fn draw(&self) -> Drawing {
        let runs = [(&self.a, Ink::A), (&self.b, Ink::B)];
        let all = || runs.iter().flat_map(|(run, _)| &run.points);
        let frame = Frame {
            x: times(latency(all().map(|(_, us)| *us))),
            y: share(),
            legend: runs
                .iter()
                .map(|(run, ink)| (*ink, run.label.clone()))
                .collect(),
        };
        frame.draw(|canvas| {
            for (run, ink) in runs {
                let points = run.points.iter().filter(|(_, us)| *us > 0.0);
                let points: Vec<(f64, f64)> = points.map(|(q, us)| (us.log10(), *q)).collect();
                canvas.line(&points, ink)?;
            }
            Ok(())
        })
    }
}
