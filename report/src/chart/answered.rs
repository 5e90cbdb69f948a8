//! What was answered against what was offered, by rate.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::knee::KneeSpan;
use super::scale::rates;

/// Successes per second by the rate that was searched, both axes logarithmic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnsweredChart {
    /// In the order of the rate.
    pub points: Vec<AnsweredPoint>,
    /// Where the knee lies.
    pub knee: KneeSpan,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnsweredPoint {
    /// Rate that was searched, per second.
    pub rate: f64,
    /// Arrivals due per second, of all streams.
    pub offered: f64,
    /// Successes per second, of all streams.
    pub answered: f64,
}

impl AnsweredChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let offered = self.points.iter().map(|p| p.offered);
        let answered = self.points.iter().map(|p| p.answered);
        let knee = self.knee.legend();
        let frame = Frame {
            x: rates(self.points.iter().map(|p| p.rate), 0.0),
            y: rates(offered.chain(answered), 0.16),
            legend: knee
                .into_iter()
                .chain([
                    (Ink::Offered, "offered".to_owned()),
                    (Ink::A, "answered".to_owned()),
                ])
                .collect(),
        };
        frame.draw(|canvas| {
            self.knee.draw(canvas)?;
            let line = |rate: fn(&AnsweredPoint) -> f64| -> Vec<(f64, f64)> {
                let points = self.points.iter();
                // Nothing at all lies at the lower edge: see the data table.
                points
                    .map(|p| (p.rate.log10(), rate(p).max(1e-9).log10()))
                    .collect()
            };
            canvas.line(&line(|p| p.offered), Ink::Offered)?;
            let answered = line(|p| p.answered);
            canvas.line(&answered, Ink::A)?;
            canvas.dots(&answered, Ink::A)
        })
    }
}
