//! The whole distribution of both runs: response time by quantile.

use super::drawing::Drawing;
use super::frame::{Canvas, Drawn, Frame};
use super::ink::Ink;
use super::scale::{latency, quantile, quantile_at};
use crate::language::{UNBOUNDED, limit};

/// Latency by quantile, both axes logarithmic, so that every nine of the tail has the same room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectrumChart {
    /// The baseline.
    pub a: SpectrumSeries,
    /// The candidate.
    pub b: SpectrumSeries,
    /// Limits.
    pub targets: Vec<TargetMark>,
}

/// The quantile function of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectrumSeries {
    /// Its name in the legend.
    pub label: String,
    /// Quantile (0 to below 1) and microseconds, ascending.
    pub points: Vec<(f64, f64)>,
    /// Quantile, and both ends of the interval of its value; ascending, none where there are none.
    pub band: Vec<(f64, f64, f64)>,
    /// Does the curve end because failed and unsent arrivals take the rest?
    pub unbounded_beyond: bool,
}

/// A limit on a quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetMark {
    /// 0 to 1.
    pub quantile: f64,
    /// Microseconds.
    pub limit_us: u64,
}

impl TargetMark {
    /// A line across the chart, on a logarithmic axis of latencies.
    pub(super) fn draw(&self, canvas: &Canvas<'_, '_>) -> Drawn {
        let p = (self.quantile * 1e7).round() / 1e5;
        canvas.limit(
            (self.limit_us as f64).log10(),
            &format!("target p{p} {}", limit(self.limit_us)),
        )
    }
}

impl SpectrumChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let runs = [(&self.a, Ink::A), (&self.b, Ink::B)];
        let all = || runs.iter().flat_map(|(run, _)| &run.points);
        let limits = self.targets.iter().map(|t| t.limit_us as f64);
        let highest = all().map(|(q, _)| *q).fold(0.0, f64::max);
        let frame = Frame {
            x: quantile(highest),
            y: latency(all().map(|(_, us)| *us).chain(limits)),
            legend: runs
                .iter()
                .map(|(run, ink)| (*ink, run.label.clone()))
                .collect(),
        };
        frame.draw(|canvas| {
            for target in &self.targets {
                target.draw(canvas)?;
            }
            for (run, ink) in runs {
                let band = run.band.iter().filter(|(_, low, _)| *low > 0.0);
                let band: Vec<(f64, f64, f64)> = band
                    .map(|(q, low, high)| (quantile_at(*q), low.log10(), high.log10()))
                    .collect();
                canvas.area(&band, ink)?;
            }
            for (run, ink) in runs {
                let points: Vec<(f64, f64)> = run
                    .points
                    .iter()
                    .filter(|(q, us)| *q < 1.0 && *us > 0.0)
                    .map(|(q, us)| (quantile_at(*q), us.log10()))
                    .collect();
                canvas.line(&points, ink)?;
                if let (true, Some(last)) = (run.unbounded_beyond, points.last()) {
                    canvas.end(*last, UNBOUNDED, ink)?;
                }
            }
            Ok(())
        })
    }
}
