//! Readings of gauges, a second apart or more.

use brunt_record::{GaugeSeries, GaugeSource};
use brunt_report::run::{Evidence, Gauge};

/// No synthetic run is longer.
const SECONDS: u64 = 300;

/// A counter that grows by `per_s`, read every `every_s` seconds.
pub fn counter(source: &str, name: &str, per_s: f64, every_s: u64) -> Gauge {
    // No machine is as even as that.
    let grown = |s: u64| per_s * (s as f64 + 0.05 * (s as f64 * 0.618).fract());
    readings(source, name, every_s, grown)
}

pub fn constant(source: &str, name: &str, value: f64) -> Gauge {
    readings(source, name, 1, |_| value)
}

/// What `value` is at a second, read every `every_s` seconds.
pub fn readings(source: &str, name: &str, every_s: u64, value: impl Fn(u64) -> f64) -> Gauge {
    let seconds = (0..=SECONDS).step_by(every_s as usize);
    let points = seconds.map(|s| (s * 1_000_000, value(s)));
    series(source, name, points.collect())
}

pub fn series(source: &str, gauge: &str, points: Vec<(u64, f64)>) -> Gauge {
    Gauge::from(GaugeSeries {
        source: source.into(),
        gauge: gauge.into(),
        points,
    })
}

pub fn source(name: &str) -> GaugeSource {
    GaugeSource {
        name: name.into(),
        what: "as told".into(),
        problems: vec![],
    }
}

/// Nothing but gauges, and the sources that they were read from.
pub fn evidence(gauges: Vec<Gauge>) -> Evidence {
    let mut sources: Vec<GaugeSource> = Vec::new();
    for gauge in &gauges {
        if sources.iter().all(|known| known.name != gauge.source) {
            sources.push(source(&gauge.source));
        }
    }
    Evidence {
        gauges,
        sources,
        ..Evidence::default()
    }
}
