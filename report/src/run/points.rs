//! Seconds merged to the points of a chart, while the record streams by.

use std::collections::BTreeMap;

use brunt_record::{CountsRow, new_histogram};
use hdrhistogram::Histogram;

use super::action_run::merge;
use super::heat::HeatColumn;
use super::series::{MOST_POINTS, Point};
use super::value::Value;
use crate::statistics::OverOffered;

/// Seconds that a point must span for a run of `seconds` to have few enough of them.
pub(super) fn width(seconds: u64) -> u64 {
    seconds.div_ceil(MOST_POINTS).max(1)
}

/// The points of one action, in the making.
pub(super) struct Points {
    width: u64,
    seconds: u64,
    by_index: BTreeMap<u64, Point>,
    /// The point that response times are being merged for.
    current: Option<u64>,
    response: Histogram<u64>,
    heat: Vec<HeatColumn>,
}

impl Points {
    /// For a run of `seconds` in all, in steps of `width` seconds.
    pub(super) fn new(width: u64, seconds: u64) -> Self {
        Self {
            width,
            seconds,
            by_index: BTreeMap::new(),
            current: None,
            response: new_histogram(),
            heat: Vec::new(),
        }
    }

    /// Adds a row of counts; rows come in the order of time.
    pub(super) fn count(&mut self, row: &CountsRow) {
        let point = self.point(row.second / self.width);
        point.offered += row.offered;
        point.sent += row.sent;
        point.ok += row.ok;
        point.failed += row.failed;
        point.unsent += row.unsent;
        point.open = row.open;
        point.in_flight += row.in_flight_us as f64 / 1e6 / point.seconds as f64;
    }

    /// Adds response times of successes that settled in `second`.
    ///
    /// False where that second is over already: a log must be in the order of time.
    #[must_use]
    pub(super) fn respond(&mut self, second: u64, histogram: &Histogram<u64>) -> bool {
        let index = second / self.width;
        if self.current.is_some_and(|current| index < current) {
            return false;
        }
        if self.current != Some(index) {
            self.close();
            self.current = Some(index);
        }
        // Merge before taking a quantile: the mean of five p99s is no p99.
        merge(&mut self.response, histogram);
        true
    }

    /// The points, in the order of time, and how long the successes of each took.
    pub(super) fn finish(mut self) -> (Vec<Point>, Vec<HeatColumn>) {
        self.close();
        let empty = new_histogram();
        for point in self.by_index.values_mut() {
            // No success at all: what failed still settled.
            if point.p50 == Value::NotMeasured {
                set_quantiles(point, &empty);
            }
        }
        (self.by_index.into_values().collect(), self.heat)
    }

    fn close(&mut self) {
        if let Some(index) = self.current.take() {
            let response = std::mem::replace(&mut self.response, new_histogram());
            let point = self.point(index);
            set_quantiles(point, &response);
            let column = HeatColumn::of(point.second, point.seconds, &response);
            self.heat.push(column);
        }
    }

    fn point(&mut self, index: u64) -> &mut Point {
        let second = index * self.width;
        let left = self.seconds.saturating_sub(second);
        let seconds = left.clamp(1, self.width);
        self.by_index.entry(index).or_insert(Point {
            second,
            seconds,
            offered: 0,
            sent: 0,
            ok: 0,
            failed: 0,
            unsent: 0,
            open: 0,
            in_flight: 0.0,
            p50: Value::NotMeasured,
            p95: Value::NotMeasured,
            p99: Value::NotMeasured,
        })
    }
}

fn set_quantiles(point: &mut Point, successes: &Histogram<u64>) {
    let arrivals = OverOffered {
        successes,
        lost: point.failed + point.unsent,
    };
    let value = |q| Value::from(arrivals.quantile(q));
    (point.p50, point.p95, point.p99) = (value(0.5), value(0.95), value(0.99));
}
