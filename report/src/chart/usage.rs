//! Something in use over the time of both runs: cores, memory.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{Axis, bytes, cores, time};

/// What is in use, both runs counted from their begin.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageChart {
    /// What the values are.
    pub unit: UsageUnit,
    /// The baseline.
    pub a: UsageLine,
    /// The candidate.
    pub b: UsageLine,
    /// Seconds and name of what happened, in the order of time: stages, profiles, deployments.
    pub marks: Vec<(f64, String)>,
}

/// What the values of a line are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageUnit {
    /// Cores.
    Cores,
    /// Bytes.
    Bytes,
}

/// One run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageLine {
    /// Its name in the legend.
    pub label: String,
    /// Seconds since the start of the run, and the value; in the order of time.
    pub points: Vec<(f64, f64)>,
}

impl UsageChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let lines = [(&self.a, Ink::A), (&self.b, Ink::B)];
        let all = || lines.iter().flat_map(|(line, _)| &line.points);
        let last = self.marks.iter().map(|(second, _)| *second);
        let last = all().map(|(second, _)| *second).chain(last);
        let most = all().map(|(_, value)| *value).fold(0.0, f64::max);
        let axis: fn(f64) -> Axis = match self.unit {
            UsageUnit::Cores => cores,
            UsageUnit::Bytes => bytes,
        };
        let drawn = lines.iter().filter(|(line, _)| !line.points.is_empty());
        let frame = Frame {
            x: time(0.0, last.fold(0.0, f64::max)),
            y: axis(most),
            legend: drawn
                .map(|(line, ink)| (*ink, line.label.clone()))
                .collect(),
        };
        frame.draw(|canvas| {
            let marks = self.marks.iter();
            let marks: Vec<(f64, &str)> = marks.map(|(at, name)| (*at, name.as_str())).collect();
            canvas.boundaries(&marks)?;
            for (line, ink) in lines {
                canvas.line(&line.points, ink)?;
            }
            Ok(())
        })
    }
}
