//! The story over time and by percentile.

use brunt_report::comparison::Value;
use brunt_report::run::{ActionSeries, HeatColumn, Point, Series, SpectrumPoint, StageSpan};

use super::figures::{finite, us_at};
use super::{STORY, Told};

pub(super) fn series(side: usize, name: &impl Fn(&str) -> String) -> Series {
    let span = |stage: &str, from: f64, length: f64| StageSpan {
        stage: name(stage),
        judged: true,
        started_s: from,
        judged_from_s: from + 5.0,
        ended_s: from + length,
        drained_s: Some(from + length + 1.0),
        planned: vec![],
    };
    Series {
        width_s: 6,
        stages: vec![span("init", 0.0, 60.0), span("gameplay", 62.0, 600.0)],
        actions: STORY
            .iter()
            .map(|told| ActionSeries {
                stage: name(told.stage),
                action: name(told.action),
                points: points(told, side),
                heat: heat(told, side),
                spectrum: spectrum(told, side),
            })
            .collect(),
        sessions: vec![],
    }
}

pub(super) fn spectrum(told: &Told, side: usize) -> Vec<SpectrumPoint> {
    let bound = 1.0 - told.lost[side] as f64 / told.offered as f64;
    let mut quantiles: Vec<f64> = (0..80)
        .map(|n| 1.0 - 10_f64.powf(-f64::from(n) / 16.0))
        .chain([0.1, 0.25, 0.5, 0.75, 0.95, 0.98, 0.995, 0.9995, 0.99995])
        .collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles
        .into_iter()
        .skip(1)
        .filter(|q| *q < bound && (1.0 - q) * told.offered as f64 >= 2.0)
        .map(|quantile| SpectrumPoint {
            quantile,
            us: us_at(told, side, quantile),
        })
        .collect()
}

/// The same wave as that of the points, as two classes of response times.
fn heat(told: &Told, side: usize) -> Vec<HeatColumn> {
    let column = |(n, point): (usize, Point)| {
        let class = 24 + (n % 3) as u16 + 2 * side as u16;
        let counts = [(class, point.ok * 9 / 10), (class + 4, point.ok / 10)];
        HeatColumn {
            second: point.second,
            seconds: point.seconds,
            counts: counts.into_iter().filter(|(_, n)| *n > 0).collect(),
        }
    };
    let all = points(told, side).into_iter().enumerate();
    all.map(column).collect()
}

pub(super) fn points(told: &Told, side: usize) -> Vec<Point> {
    let (from, to, every) = if told.stage == "init" {
        (0, 60, 1)
    } else {
        (62, 662, 6)
    };
    let spans = (to - from) / every;
    let shared = told.offered / spans;
    let lost = told.lost[side] / spans;
    (0..spans)
        .map(|n| {
            // A wave, so that lines are no straight ones.
            let wave = 1.0 + 0.15 * ((n * (side as u64 + 2)) as f64 / 3.0).sin();
            let p95 = if lost * 20 > shared && n > 4 {
                Value::Unbounded
            } else {
                finite(told.p95[side] * wave)
            };
            Point {
                second: from + n * every,
                seconds: every,
                offered: shared,
                sent: shared,
                ok: shared - lost,
                failed: lost / 2,
                unsent: lost - lost / 2,
                open: 0,
                in_flight: 12.0,
                p50: finite(told.p50[side] * wave),
                p95,
                p99: finite(told.p95[side] * 1.4 * wave),
            }
        })
        .collect()
}
