//! One quantile of both runs over the time of a stage.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{latency, time};

/// A latency over the seconds of a stage, both runs counted from the stage's begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverTimeChart {
    /// The baseline.
    pub a: TimeSeries,
    /// The candidate.
    pub b: TimeSeries,
    /// Seconds and name of what happens in the stage: the end of the warm-up, of the arrivals.
    pub marks: Vec<(f64, String)>,
}

/// One run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimeSeries {
    /// Its name in the legend.
    pub label: String,
    /// In the order of time.
    pub points: Vec<TimePoint>,
}

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimePoint {
    /// Since the begin of the stage.
    pub second: f64,
    /// Microseconds; infinite where unbounded, absent where nothing was measured.
    pub us: Option<f64>,
}

impl OverTimeChart {
    /// Draws it. A moment without a value breaks the line; an unbounded one is a tick at the top.
    pub fn draw(&self) -> Drawing {
        let runs = [(&self.a, Ink::A), (&self.b, Ink::B)];
        let all = || runs.iter().flat_map(|(run, _)| &run.points);
        let last_mark = self.marks.iter().map(|(second, _)| *second);
        let last = all().map(|p| p.second).chain(last_mark).fold(0.0, f64::max);
        let frame = Frame {
            x: time(0.0, last),
            y: latency(all().filter_map(|p| p.us)),
            legend: runs
                .iter()
                .map(|(run, ink)| (*ink, run.label.clone()))
                .collect(),
        };
        frame.draw(|canvas| {
            let marks: Vec<(f64, &str)> =
                self.marks.iter().map(|(s, n)| (*s, n.as_str())).collect();
            canvas.boundaries(&marks)?;
            for (run, ink) in runs {
                for piece in run.points.split(|p| finite(p).is_none()) {
                    let piece: Vec<(f64, f64)> = piece
                        .iter()
                        .filter_map(|p| Some((p.second, finite(p)?.log10())))
                        .collect();
                    canvas.line(&piece, ink)?;
                }
                for point in run.points.iter().filter(|p| p.us == Some(f64::INFINITY)) {
                    canvas.beyond(point.second, ink)?;
                }
            }
            Ok(())
        })
    }
}

fn finite(point: &TimePoint) -> Option<f64> {
    point.us.filter(|us| us.is_finite() && *us > 0.0)
}
