//! Arrival processes: when is arrival `n` due? One process a file, each with its closed form.

mod constant;
#[cfg(test)]
mod laws;
mod poisson;
mod ramp;
mod rate_curve;
mod recording;
mod replay;
mod spike;

use std::time::Duration;

pub use constant::Constant;
pub use poisson::Poisson;
pub use ramp::Ramp;
pub use rate_curve::RateCurve;
pub use recording::{Instants, Recording, RecordingMistake};
pub use replay::Replay;
pub use spike::Spike;

use crate::scenario::{Process, Rate};

/// Most points of a replay's rate in the record.
const REPLAY_POINTS: usize = 100;

/// The arrivals of one stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// At one rate.
    Constant(Constant),
    /// At a rate that is linear between points.
    Ramp(Ramp),
    /// At one rate with another one for a while.
    Spike(Spike),
    /// Drawn, each on its own.
    Poisson(Poisson),
    /// As recorded.
    Replay(Replay),
}

/// Reads due times; quick as long as it goes forwards.
pub struct Cursor<'a>(Position<'a>);

enum Position<'a> {
    Constant(&'a Constant),
    Ramp(&'a Ramp),
    Spike(&'a Spike),
    Poisson(poisson::PoissonCursor<'a>),
    Replay(replay::ReplayCursor<'a>),
}

impl Arrivals {
    /// The arrivals of `process` over a stage of `duration`; `seed` is for what is drawn.
    pub fn new(process: &Process, duration: Duration, seed: u64) -> Self {
        match process {
            Process::Even(Rate::Constant { per_s }) => {
                Self::Constant(Constant::new(*per_s, duration))
            }
            Process::Even(Rate::Ramp { points }) => Self::Ramp(Ramp::new(points, duration)),
            Process::Even(Rate::Spike {
                base_per_s,
                spike_per_s,
                at,
                length,
            }) => Self::Spike(Spike::new(
                *base_per_s,
                *spike_per_s,
                *at,
                *length,
                duration,
            )),
            Process::Poisson(rate) => Self::Poisson(Poisson::new(curve(rate, duration), seed)),
            Process::Replay { recording, speed } => {
                Self::Replay(Replay::new(recording.clone(), *speed, duration))
            }
        }
    }

    /// Arrivals in all.
    pub fn count(&self) -> u64 {
        match self {
            Self::Constant(arrivals) => arrivals.count(),
            Self::Ramp(arrivals) => arrivals.count(),
            Self::Spike(arrivals) => arrivals.count(),
            Self::Poisson(arrivals) => arrivals.count(),
            Self::Replay(arrivals) => arrivals.count(),
        }
    }

    /// A reader of the due times.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor(match self {
            Self::Constant(arrivals) => Position::Constant(arrivals),
            Self::Ramp(arrivals) => Position::Ramp(arrivals),
            Self::Spike(arrivals) => Position::Spike(arrivals),
            Self::Poisson(arrivals) => Position::Poisson(arrivals.cursor()),
            Self::Replay(arrivals) => Position::Replay(arrivals.cursor()),
        })
    }

    /// Arrivals that are planned in a second of the stage, counted from 0; of what is drawn, their
    /// mean.
    pub fn planned_in(&self, second: u64) -> f64 {
        let curve = match self {
            Self::Constant(arrivals) => return arrivals.rate_per_s(),
            Self::Replay(arrivals) => {
                let planned = arrivals.per_second().get(second as usize);
                return planned.map_or(0.0, |arrivals| *arrivals as f64);
            }
            Self::Ramp(arrivals) => arrivals.curve(),
            Self::Spike(arrivals) => arrivals.curve(),
            Self::Poisson(arrivals) => arrivals.curve(),
        };
        let from_s = second as f64;
        curve.arrivals_before(from_s + 1.0) - curve.arrivals_before(from_s)
    }

    /// Arrivals per second over a stage of `duration` in the mean; of what is drawn, as wanted.
    pub fn mean_per_s(&self, duration: Duration) -> f64 {
        let wanted = match self {
            Self::Constant(arrivals) => return arrivals.rate_per_s(),
            Self::Ramp(arrivals) => arrivals.curve().total(),
            Self::Spike(arrivals) => arrivals.curve().total(),
            Self::Poisson(arrivals) => arrivals.curve().total(),
            Self::Replay(arrivals) => arrivals.count() as f64,
        };
        wanted / duration.as_secs_f64()
    }

    /// The highest rate; of a replay, most arrivals in a second.
    pub fn highest_per_s(&self) -> f64 {
        match self {
            Self::Constant(arrivals) => arrivals.rate_per_s(),
            Self::Ramp(arrivals) => arrivals.curve().highest_per_s(),
            Self::Spike(arrivals) => arrivals.curve().highest_per_s(),
            Self::Poisson(arrivals) => arrivals.curve().highest_per_s(),
            Self::Replay(arrivals) => {
                let per_second = arrivals.per_second().iter();
                per_second.max().map_or(0.0, |most| *most as f64)
            }
        }
    }

    /// How the planned rate goes: instants and rates per second, to be joined by straight lines.
    /// Empty where it stays the same.
    pub fn rates(&self) -> Vec<(Duration, f64)> {
        let curve = match self {
            Self::Constant(_) => return Vec::new(),
            Self::Replay(arrivals) => return steps(arrivals.per_second()),
            Self::Ramp(arrivals) => arrivals.curve(),
            Self::Spike(arrivals) => arrivals.curve(),
            Self::Poisson(arrivals) => arrivals.curve(),
        };
        let points = curve.points();
        let changes = |pair: &[(Duration, f64)]| (pair[0].1 - pair[1].1).abs() > 0.0;
        if points.windows(2).any(changes) {
            points
        } else {
            Vec::new()
        }
    }
}

impl Cursor<'_> {
    /// When arrival `n` is due, since the start of the stage, in microseconds.
    pub fn due_us(&mut self, n: u64) -> u64 {
        match &mut self.0 {
            Position::Constant(arrivals) => arrivals.due_us(n),
            Position::Ramp(arrivals) => arrivals.due_us(n),
            Position::Spike(arrivals) => arrivals.due_us(n),
            Position::Poisson(cursor) => cursor.due_us(n),
            Position::Replay(cursor) => cursor.due_us(n),
        }
    }
}

fn curve(rate: &Rate, duration: Duration) -> RateCurve {
    match rate {
        Rate::Constant { per_s } => RateCurve::new(&[(Duration::ZERO, *per_s)], duration),
        Rate::Ramp { points } => RateCurve::new(points, duration),
        Rate::Spike {
            base_per_s,
            spike_per_s,
            at,
            length,
        } => RateCurve::new(
            &spike::steps(*base_per_s, *spike_per_s, *at, *length),
            duration,
        ),
    }
}

/// The mean rates of equal spans of seconds, as steps.
fn steps(per_second: &[u64]) -> Vec<(Duration, f64)> {
    let width = per_second.len().div_ceil(REPLAY_POINTS).max(1);
    let mut points = Vec::new();
    for (n, span) in per_second.chunks(width).enumerate() {
        let rate = span.iter().sum::<u64>() as f64 / span.len() as f64;
        let from = (n * width) as u64;
        points.push((Duration::from_secs(from), rate));
        points.push((Duration::from_secs(from + span.len() as u64), rate));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_of_a_second_follows_the_process() {
        let s = Duration::from_secs;
        let ramp = Rate::Ramp {
            points: vec![(s(0), 0.0), (s(10), 100.0)],
        };
        let spike = Rate::Spike {
            base_per_s: 10.0,
            spike_per_s: 50.0,
            at: s(2),
            length: s(1),
        };
        let recording = Recording::parse(std::path::Path::new("a"), "0\n0.5\n2\n").unwrap();
        let replay = Process::Replay {
            recording,
            speed: 1.0,
        };
        let constant = Process::Even(Rate::Constant { per_s: 7.5 });
        for (process, planned, highest, rates) in [
            (constant, [7.5, 7.5, 7.5], 7.5, 0),
            (Process::Even(ramp.clone()), [5.0, 15.0, 25.0], 100.0, 2),
            (Process::Poisson(ramp), [5.0, 15.0, 25.0], 100.0, 2),
            (Process::Even(spike), [10.0, 10.0, 50.0], 50.0, 6),
            (replay, [2.0, 0.0, 1.0], 2.0, 6),
        ] {
            let arrivals = Arrivals::new(&process, s(10), 1);
            for (second, expected) in (0..).zip(planned) {
                let seen = arrivals.planned_in(second);
                assert!((seen - expected).abs() < 1e-9, "{seen} in {process:?}");
            }
            assert!((arrivals.highest_per_s() - highest).abs() < 1e-9);
            assert_eq!(arrivals.rates().len(), rates, "{process:?}");
        }
    }
}
