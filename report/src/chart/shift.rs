//! By how much each quantile moved from A to B, with intervals.

use super::drawing::Drawing;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{quantile, quantile_at, signed_percent};

/// The shift function: change by quantile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShiftChart {
    /// Ascending.
    pub points: Vec<ShiftPoint>,
}

/// One quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftPoint {
    /// 0 to below 1.
    pub quantile: f64,
    /// Change from A to B, percent.
    pub percent: f64,
    /// Its interval, percent; absent where there is none.
    pub interval: Option<(f64, f64)>,
}

impl ShiftChart {
    /// Draws it. The line at 0 is no change.
    pub fn draw(&self) -> Drawing {
        let highest = self.points.iter().map(|p| p.quantile).fold(0.0, f64::max);
        let ends = self.points.iter().flat_map(|p| {
            let (low, high) = p.interval.unwrap_or((p.percent, p.percent));
            [low, high, p.percent]
        });
        let frame = Frame {
            x: quantile(highest),
            y: signed_percent(ends),
            legend: vec![(Ink::C, "change, 95 % interval".to_owned())],
        };
        frame.draw(|canvas| {
            canvas.level(0.0)?;
            let band: Vec<(f64, f64, f64)> = self
                .points
                .iter()
                .filter_map(|p| {
                    let (low, high) = p.interval?;
                    Some((quantile_at(p.quantile), low, high))
                })
                .collect();
            canvas.area(&band, Ink::C)?;
            let line: Vec<(f64, f64)> = self
                .points
                .iter()
                .map(|p| (quantile_at(p.quantile), p.percent))
                .collect();
            canvas.line(&line, Ink::C)?;
            canvas.dots(&line, Ink::C)
        })
    }
}
