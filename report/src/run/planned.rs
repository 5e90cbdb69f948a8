//! How the planned rate of a stage goes: the sum of its streams.

use brunt_record::{RatePoint, StagePlan, StreamPlan};

use super::series::PlannedPoint;

/// The points of the sum, to be joined by straight lines; two at one instant are a step. Empty
/// where every stream keeps its rate. `started_us` is when the stage began.
pub(super) fn planned(stage: &StagePlan, started_us: u64) -> Vec<PlannedPoint> {
    if stage.streams.iter().all(|stream| stream.rates.is_empty()) {
        return Vec::new();
    }
    let streams = stage.streams.iter().flat_map(|stream| &stream.rates);
    let mut instants: Vec<u64> = streams.map(|point| point.at_us).collect();
    instants.extend([0, stage.duration_us]);
    instants.sort_unstable();
    instants.dedup();
    let sum = |rate: fn(&StreamPlan, u64) -> f64, at_us| -> f64 {
        let streams = stage.streams.iter();
        streams
            .map(|stream| rate(stream, at_us) * requests_each(stream))
            .sum()
    };
    let mut points: Vec<PlannedPoint> = Vec::new();
    for at_us in instants {
        let second = (started_us + at_us) as f64 / 1e6;
        for rate_per_s in [sum(until, at_us), sum(from, at_us)] {
            let point = PlannedPoint { second, rate_per_s };
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
    }
    points
}

/// Requests of one arrival, in the mean: of a session more than one.
fn requests_each(stream: &StreamPlan) -> f64 {
    let arrivals = stream.arrivals.filter(|arrivals| *arrivals > 0);
    let each = stream.requests().zip(arrivals);
    each.map_or(1.0, |(requests, arrivals)| requests / arrivals as f64)
}

/// The rate up to an instant.
fn until(stream: &StreamPlan, at_us: u64) -> f64 {
    let points = &stream.rates;
    match points.iter().position(|point| point.at_us >= at_us) {
        Some(0) => points[0].rate_per_s,
        Some(next) => between(points[next - 1], points[next], at_us),
        None => after(stream),
    }
}

/// The rate from an instant on.
fn from(stream: &StreamPlan, at_us: u64) -> f64 {
    let points = &stream.rates;
    match points.iter().rposition(|point| point.at_us <= at_us) {
        Some(last) if last + 1 < points.len() => between(points[last], points[last + 1], at_us),
        _ => after(stream),
    }
}

/// Without points the rate stays the same; after the last one of a recording nothing comes.
fn after(stream: &StreamPlan) -> f64 {
    match stream.rates.last() {
        // The users of a closed model have no rate to be compared with.
        None => stream.rate_per_s.unwrap_or(0.0),
        Some(last) if stream.process.starts_with("replay") && last.at_us > 0 => 0.0,
        Some(last) => last.rate_per_s,
    }
}

fn between(a: RatePoint, b: RatePoint, at_us: u64) -> f64 {
    if b.at_us == a.at_us {
        return b.rate_per_s;
    }
    let share = at_us.saturating_sub(a.at_us) as f64 / (b.at_us - a.at_us) as f64;
    a.rate_per_s + (b.rate_per_s - a.rate_per_s) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streams by their points (second, rate); one without points is at 10/s.
    fn check(streams: &[&[(u64, f64)]], expected: &[(f64, f64)]) {
        let stream = |points: &&[(u64, f64)]| StreamPlan {
            name: "api".to_owned(),
            process: "constant".to_owned(),
            rate_per_s: Some(10.0),
            rates: points
                .iter()
                .map(|(second, rate_per_s)| RatePoint {
                    at_us: second * 1_000_000,
                    rate_per_s: *rate_per_s,
                })
                .collect(),
            arrivals: Some(0),
            max_in_flight: 1,
            mix: Vec::new(),
            expected: Vec::new(),
        };
        let stage = StagePlan {
            name: "load".to_owned(),
            judged: true,
            duration_us: 10_000_000,
            warmup_us: 0,
            grace_us: 0,
            started_us: None,
            ended_us: None,
            drained_us: None,
            host_busy: None,
            streams: streams.iter().map(stream).collect(),
        };
        let points = planned(&stage, 5_000_000);
        let points: Vec<(f64, f64)> = points.iter().map(|p| (p.second, p.rate_per_s)).collect();
        assert_eq!(points, expected);
    }

    #[test]
    fn the_rates_of_streams_add_up() {
        check(&[&[], &[]], &[]);
        check(
            &[&[], &[(0, 0.0), (10, 100.0)]],
            &[(5.0, 10.0), (15.0, 110.0)],
        );
        check(
            &[
                &[(0, 0.0), (10, 100.0)],
                &[(0, 5.0), (4, 5.0), (4, 50.0), (10, 50.0)],
            ],
            &[(5.0, 5.0), (9.0, 45.0), (9.0, 90.0), (15.0, 150.0)],
        );
    }
}
