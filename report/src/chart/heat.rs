//! Response times over time as shades: where most of them lie, what tails there are, and what moved.

use super::drawing::Drawing;
use super::flame::FlameColor;
use super::frame::Frame;
use super::ink::Ink;
use super::scale::{latency, time};

/// From which share of a column a cell has which shade.
const SHARES: [f64; 4] = [0.0, 0.02, 0.10, 0.30];
/// From which difference of shares.
const DIFFERENCES: [f64; 4] = [0.01, 0.03, 0.10, 0.30];

/// Cells by time and response time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatChart {
    /// What the shades stand for.
    pub what: HeatKind,
    /// The cells; a column is one span of time, and its shares sum to 1.
    pub cells: Vec<HeatCell>,
    /// Right end of the time axis, seconds since the begin of the stage.
    pub until: f64,
    /// Ends of the axis of response times, microseconds, so that charts side by side share it.
    pub range_us: (f64, f64),
    /// Seconds and name of what happened, in the order of time.
    pub marks: Vec<(f64, String)>,
}

/// What shades stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeatKind {
    /// Shares of the baseline.
    #[default]
    A,
    /// Shares of the candidate.
    B,
    /// What the candidate has more or less.
    Difference,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatCell {
    /// Begin and end of the span, seconds since the begin of the stage.
    pub seconds: (f64, f64),
    /// Begin and end of the class of response times, microseconds.
    pub us: (f64, f64),
    /// The share of the column's requests, 0 to 1; of a difference B's less A's.
    pub share: f64,
}

impl HeatChart {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let frame = Frame {
            x: time(0.0, self.until),
            y: latency([self.range_us.0, self.range_us.1]),
            legend: self.legend(),
        };
        frame.draw(|canvas| {
            for shade in self.shades() {
                let cells = self
                    .cells
                    .iter()
                    .filter(|cell| self.ink(cell.share) == Some(shade));
                let corners = cells.map(|cell| {
                    let [low, high] = [cell.us.0, cell.us.1].map(f64::log10);
                    ((cell.seconds.0, low), (cell.seconds.1, high))
                });
                canvas.cells(corners, shade);
            }
            let marks: Vec<(f64, &str)> =
                self.marks.iter().map(|(s, n)| (*s, n.as_str())).collect();
            canvas.boundaries(&marks)
        })
    }

    fn shades(&self) -> Vec<Ink> {
        let less = [4, 3, 2, 1].map(|n| Ink::Flame(FlameColor::Less(n)));
        let more = [1, 2, 3, 4].map(|n| Ink::Flame(FlameColor::More(n)));
        match self.what {
            HeatKind::A => less.into_iter().rev().collect(),
            HeatKind::B => more.into(),
            HeatKind::Difference => less.into_iter().chain(more).collect(),
        }
    }

    fn ink(&self, share: f64) -> Option<Ink> {
        let steps = match self.what {
            HeatKind::Difference => DIFFERENCES,
            HeatKind::A | HeatKind::B => SHARES,
        };
        let size = share.abs();
        let depth = steps.iter().filter(|step| size > **step).count() as u8;
        let color = match self.what {
            HeatKind::A => FlameColor::Less(depth),
            HeatKind::Difference if share < 0.0 => FlameColor::Less(depth),
            HeatKind::B | HeatKind::Difference => FlameColor::More(depth),
        };
        (depth > 0).then_some(Ink::Flame(color))
    }

    fn legend(&self) -> Vec<(Ink, String)> {
        let ink = |color| Ink::Flame(color);
        match self.what {
            HeatKind::A | HeatKind::B => {
                let shade = |n: u8| match self.what {
                    HeatKind::A => ink(FlameColor::Less(n)),
                    _ => ink(FlameColor::More(n)),
                };
                vec![
                    (shade(1), "any".to_owned()),
                    (shade(2), "over 2 %".to_owned()),
                    (shade(3), "10 %".to_owned()),
                    (shade(4), "30 %".to_owned()),
                ]
            }
            HeatKind::Difference => vec![
                (ink(FlameColor::Less(4)), "A has more".to_owned()),
                (ink(FlameColor::Less(2)), String::new()),
                (ink(FlameColor::More(2)), String::new()),
                (ink(FlameColor::More(4)), "B has more".to_owned()),
            ],
        }
    }
}
