//! What a run was offered against what it answered, over the whole run.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{rate, time};

/// Rates of one run; the charts of both runs take the same `most` so that they compare by eye.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfferedChart {
    /// Its name in the legend.
    pub label: String,
    /// Is it the candidate?
    pub candidate: bool,
    /// In the order of time.
    pub points: Vec<RatePoint>,
    /// Seconds and name of the stages and of what else happened, in the order of time.
    pub marks: Vec<(f64, String)>,
    /// The planned rate of every stage in which it changes: seconds since the start of the run and
    /// arrivals per second, to be joined by straight lines.
    pub planned: Vec<Vec<(f64, f64)>>,
    /// Upper end of the rate axis.
    pub most: f64,
    /// Right end of the time axis, seconds.
    pub until: f64,
}

/// Rates of a span of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// The middle of the span, seconds since the start of the run.
    pub second: f64,
    /// Arrivals due per second.
    pub offered: f64,
    /// Successes per second.
    pub answered: f64,
}

impl OfferedChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let ink = if self.candidate { Ink::B } else { Ink::A };
        let mut legend = vec![
            (Ink::Offered, "offered".to_owned()),
            (ink, format!("{} answered", self.label)),
        ];
        if !self.planned.is_empty() {
            legend.push((Ink::Planned, "planned".to_owned()));
        }
        let frame = Frame {
            x: time(0.0, self.until),
            y: rate(self.most),
            legend,
        };
        frame.draw(|canvas| {
            let marks: Vec<(f64, &str)> =
                self.marks.iter().map(|(s, n)| (*s, n.as_str())).collect();
            canvas.boundaries(&marks)?;
            let offered: Vec<_> = self.points.iter().map(|p| (p.second, p.offered)).collect();
            let answered: Vec<_> = self.points.iter().map(|p| (p.second, p.answered)).collect();
            for planned in &self.planned {
                canvas.line(planned, Ink::Planned)?;
            }
            canvas.line(&offered, Ink::Offered)?;
            canvas.line(&answered, ink)
        })
    }
}
