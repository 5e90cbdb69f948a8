//! What holds for every arrival process.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::{Arrivals, RateCurve};

type Law = Result<(), TestCaseError>;

/// Two instants of a stage, each from 0 to 1.
pub(super) fn cut() -> impl Strategy<Value = (f64, f64)> {
    (0.0_f64..1.0, 0.0_f64..1.0).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

/// Points of a rate over up to a minute, steps and pauses among them.
pub(super) fn points() -> impl Strategy<Value = Vec<(Duration, f64)>> {
    let rate = prop_oneof![Just(0.0), 0.1_f64..300.0];
    let gap_ms = prop_oneof![Just(0_u64), 1_u64..15_000];
    proptest::collection::vec((gap_ms, rate), 1..5).prop_map(|gaps| {
        let mut at = Duration::ZERO;
        let points = gaps.into_iter().map(|(gap_ms, rate)| {
            at += Duration::from_millis(gap_ms);
            (at, rate)
        });
        points.collect()
    })
}

/// A curve over a stage of some seconds.
pub(super) fn curve() -> impl Strategy<Value = RateCurve> {
    (points(), 1_u64..60).prop_map(|(points, s)| RateCurve::new(&points, Duration::from_secs(s)))
}

fn dues(arrivals: &Arrivals, part: u64, parts: u64) -> Vec<u64> {
    let mut cursor = arrivals.cursor();
    (part..arrivals.count())
        .step_by(parts as usize)
        .map(|n| cursor.due_us(n))
        .collect()
}

/// Due times are in order and inside the stage, and parts together are the whole.
pub(super) fn all_hold(arrivals: &Arrivals, duration: Duration) -> Law {
    let whole = dues(arrivals, 0, 1);
    prop_assert_eq!(whole.len() as u64, arrivals.count());
    prop_assert!(whole.is_sorted());
    let end_us = duration.as_micros() as u64;
    prop_assert!(whole.last().is_none_or(|last| *last <= end_us));
    for parts in 1..5 {
        let lanes: Vec<Vec<u64>> = (0..parts).map(|part| dues(arrivals, part, parts)).collect();
        let n = 0..whole.len();
        let union: Vec<u64> = n
            .map(|n| lanes[n % parts as usize][n / parts as usize])
            .collect();
        prop_assert_eq!(&union, &whole, "{} parts", parts);
    }
    Ok(())
}

/// A window holds as many arrivals as the integral of the rate over it, to one arrival and the
/// rounding of due times to a microsecond.
pub(super) fn windows_hold_the_integral(
    arrivals: &Arrivals,
    duration: Duration,
    (from, to): (f64, f64),
    before: impl Fn(f64) -> f64,
    highest_per_s: f64,
) -> Law {
    let whole = dues(arrivals, 0, 1);
    let (from_s, to_s) = (from * duration.as_secs_f64(), to * duration.as_secs_f64());
    let due_before = |s: f64| whole.partition_point(|due_us| (*due_us as f64) < s * 1e6) as f64;
    let seen = due_before(to_s) - due_before(from_s);
    let integral = before(to_s) - before(from_s);
    prop_assert!(
        (seen - integral).abs() <= 1.001 + highest_per_s / 1e6,
        "{} of {}",
        seen,
        integral
    );
    Ok(())
}
