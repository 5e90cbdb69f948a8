//! A rate that changes over time: straight lines between points, and steps where two points share
//! an instant.
//!
//! With rate r₀ at the start of a piece and slope s, the arrivals in its first x seconds are
//! r₀·x + s·x²/2. Turned around, the k-th of them is due after x = 2k / (r₀ + √(r₀² + 2sk)), which
//! holds for s = 0 as well and never subtracts two large numbers.

use std::time::Duration;

/// Arrivals per second over the time of a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct RateCurve {
    pieces: Vec<Piece>,
    total: f64,
    duration_s: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    from_s: f64,
    length_s: f64,
    /// Rate at its start and at its end.
    rates_per_s: (f64, f64),
    /// Arrivals before its start.
    before: f64,
}

impl RateCurve {
    /// The curve through `points`, instants in order with their rates per second. The first rate
    /// holds before its point and the last one after it, until `duration`.
    pub fn new(points: &[(Duration, f64)], duration: Duration) -> Self {
        let duration_s = duration.as_secs_f64();
        let mut curve = Self {
            pieces: Vec::new(),
            total: 0.0,
            duration_s,
        };
        let (mut at_s, mut rate) = (0.0, points.first().map_or(0.0, |(_, rate)| *rate));
        for (point, next) in points {
            let next_s = point.as_secs_f64();
            curve.push(at_s, next_s, (rate, *next));
            (at_s, rate) = (at_s.max(next_s), *next);
        }
        curve.push(at_s, duration_s, (rate, rate));
        curve
    }

    /// Appends a piece; what would reach beyond the end is cut there.
    fn push(&mut self, from_s: f64, to_s: f64, rates_per_s: (f64, f64)) {
        let end_s = to_s.min(self.duration_s);
        let length_s = end_s - from_s;
        if length_s <= 0.0 {
            return;
        }
        let (first, last) = rates_per_s;
        let at_end = first + (last - first) * length_s / (to_s - from_s);
        let piece = Piece {
            from_s,
            length_s,
            rates_per_s: (first, at_end),
            before: self.total,
        };
        self.total += piece.arrivals_in(length_s);
        self.pieces.push(piece);
    }

    /// Arrivals in all: the integral over the whole stage.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Arrivals before `at_s` seconds: the integral of the rate.
    pub fn arrivals_before(&self, at_s: f64) -> f64 {
        let at = self.pieces.partition_point(|piece| piece.from_s <= at_s);
        let Some(piece) = at.checked_sub(1).map(|at| self.pieces[at]) else {
            return 0.0;
        };
        piece.before + piece.arrivals_in((at_s - piece.from_s).min(piece.length_s))
    }

    /// After how many seconds `arrivals` have been due; at the end of a pause, where one begins
    /// with just so many.
    pub fn when_s(&self, arrivals: f64) -> f64 {
        let at = self
            .pieces
            .partition_point(|piece| piece.before <= arrivals);
        let Some(piece) = at.checked_sub(1).map(|at| self.pieces[at]) else {
            return 0.0;
        };
        piece.from_s + piece.seconds_for(arrivals - piece.before)
    }

    /// The highest rate.
    pub fn highest_per_s(&self) -> f64 {
        let rates = self.pieces.iter().map(|piece| piece.rates_per_s);
        rates.fold(0.0, |highest, (a, b)| highest.max(a).max(b))
    }

    /// Instants and rates, to be joined by straight lines.
    pub fn points(&self) -> Vec<(Duration, f64)> {
        let mut points = Vec::new();
        for piece in &self.pieces {
            let (first, last) = piece.rates_per_s;
            let at = |s: f64| Duration::from_micros((s * 1e6).round() as u64);
            let start = (at(piece.from_s), first);
            if points.last() != Some(&start) {
                points.push(start);
            }
            points.push((at(piece.from_s + piece.length_s), last));
        }
        points
    }
}

impl Piece {
    fn slope(&self) -> f64 {
        (self.rates_per_s.1 - self.rates_per_s.0) / self.length_s
    }

    fn arrivals_in(&self, x_s: f64) -> f64 {
        self.rates_per_s.0 * x_s + self.slope() * x_s * x_s / 2.0
    }

    fn seconds_for(&self, arrivals: f64) -> f64 {
        if arrivals <= 0.0 {
            return 0.0;
        }
        let first = self.rates_per_s.0;
        // At the foot of a falling ramp rounding may bring this below 0.
        let root = (first * first + 2.0 * self.slope() * arrivals)
            .max(0.0)
            .sqrt();
        let speed = first + root;
        if speed > 0.0 {
            (2.0 * arrivals / speed).min(self.length_s)
        } else {
            self.length_s
        }
    }
}

/// How many of the arrivals 0, 1, 2, … are due before an end by which `expected` are due.
pub(super) fn due_before_the_end(expected: f64) -> u64 {
    // 0.1/s × 30 s is 3.0000000000000004: a whole number of arrivals is meant.
    let nearest = expected.round();
    let count = if (expected - nearest).abs() < 1e-6 {
        nearest
    } else {
        expected.ceil()
    };
    count as u64
}

/// Seconds as the microseconds of a due time.
pub(super) fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::laws;
    use super::*;

    proptest! {
        #[test]
        fn the_inverse_leads_back(curve in laws::curve(), share in 0.0_f64..1.0) {
            let arrivals = share * curve.total();
            let back = curve.arrivals_before(curve.when_s(arrivals));
            prop_assert!((back - arrivals).abs() <= 1e-6 * (1.0 + arrivals), "{} {}", back, arrivals);
        }

        #[test]
        fn its_points_make_it_again(curve in laws::curve()) {
            let points = curve.points();
            let end = points.last().map_or(Duration::ZERO, |(at, _)| *at);
            let again = RateCurve::new(&points, end);
            prop_assert!((again.total() - curve.total()).abs() <= 1e-3 * (1.0 + curve.total()));
        }
    }
}
