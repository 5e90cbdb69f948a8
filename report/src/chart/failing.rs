//! Arrivals that failed or were given up, over the time of both runs.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{rate, time};
use super::usage::UsageLine;

/// Failures per second of both runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FailingChart {
    /// The baseline.
    pub a: UsageLine,
    /// The candidate.
    pub b: UsageLine,
    /// Seconds and name of the stages.
    pub marks: Vec<(f64, String)>,
}

impl FailingChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let lines = [(&self.a, Ink::A), (&self.b, Ink::B)];
        let all = || lines.iter().flat_map(|(line, _)| &line.points);
        let frame = Frame {
            x: time(0.0, all().map(|(second, _)| *second).fold(0.0, f64::max)),
            y: rate(all().map(|(_, rate)| *rate).fold(0.0, f64::max)),
            legend: lines
                .iter()
                .map(|(line, ink)| (*ink, line.label.clone()))
                .collect(),
        };
        frame.draw(|canvas| {
            let marks: Vec<(f64, &str)> =
                self.marks.iter().map(|(s, n)| (*s, n.as_str())).collect();
            canvas.boundaries(&marks)?;
            for (line, ink) in lines {
                canvas.line(&line.points, ink)?;
            }
            Ok(())
        })
    }
}
