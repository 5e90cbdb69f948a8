//! Where an axis is labelled.

use crate::language;

/// Characters that fit below an axis.
const NAMES_CHARS: usize = 52;

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

/// One axis: its ends and its labels, in the coordinates that points are given in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<Tick>,
}

/// Latencies in microseconds on a logarithmic axis; coordinates are log10.
pub(super) fn latency(values: impl IntoIterator<Item = f64>) -> Axis {
    let (low, high) = ends(values.into_iter().filter(|v| *v > 0.0)).unwrap_or((1e3, 1e5));
    let (low, high) = (low.log10(), high.log10());
    // Air above and below, and never less than most of a decade.
    let air = (0.9 - (high - low)).max(0.0) / 2.0 + 0.06;
    // Room at the top for the names of stages.
    let room = 0.16 * (high - low + 2.0 * air);
    let (low, high) = (low - air, high + air + room);
    let decades = high - low;
    let steps: &[f64] = if decades < 1.6 {
        &[1.0, 2.0, 5.0]
    } else if decades < 2.6 {
        &[1.0, 3.0]
    } else {
        &[1.0]
    };
    // A time of less than a microsecond has no name.
    let ticks = log_ticks((low.max(0.0), high), steps, |us| {
        language::limit(us.round() as u64)
    });
    Axis { low, high, ticks }
}

/// Quantiles on a logarithmic axis of 1/(1-p); coordinates are log10 of it.
pub(super) fn quantile(highest: f64) -> Axis {
    let named = [
        (0.0, "0"),
        (0.5, "p50"),
        (0.9, "p90"),
        (0.99, "p99"),
        (0.999, "p99.9"),
        (0.9999, "p99.99"),
        (0.99999, "p99.999"),
    ];
    let high = quantile_at(highest).max(2.0) + 0.05;
    let ticks = named
        .into_iter()
        .map(|(q, label)| Tick {
            at: quantile_at(q),
            label: label.to_owned(),
        })
        .filter(|tick| tick.at <= high)
        .collect();
    Axis {
        low: 0.0,
        high,
        ticks,
    }
}

/// Where a quantile below 1 lies on the axis of [`quantile`].
pub(super) fn quantile_at(q: f64) -> f64 {
    -(1.0 - q).max(1e-9).log10()
}

/// The same axis of latencies lying down, with no more labels than fit.
pub(super) fn times(mut axis: Axis) -> Axis {
    const MOST: usize = 6;
    let every = axis.ticks.len().div_ceil(MOST).max(1);
    let mut at = 0;
    axis.ticks.retain(|_| {
        at += 1;
        (at - 1) % every == 0
    });
    axis
}

/// Shares from nothing to all.
pub(super) fn share() -> Axis {
    let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
    Axis {
        low: 0.0,
        high: 1.06,
        ticks: ticks
            .map(|at| Tick {
                at,
                label: format!("{} %", at * 100.0),
            })
            .into(),
    }
}

/// Changes in percent, with nothing among them.
pub(super) fn signed_percent(values: impl IntoIterator<Item = f64>) -> Axis {
    let (low, high) = ends(values.into_iter()).unwrap_or((0.0, 0.0));
    let (low, high) = (low.min(0.0), high.max(0.0));
    let air = ((high - low) * 0.08).max(2.0);
    let (low, high) = (low - air, high + air);
    let step = decimal_step(high - low);
    let ticks = ((low / step).ceil() as i32..=(high / step).floor() as i32)
        .map(|n| f64::from(n) * step)
        .map(|at| Tick {
            at,
            label: match at {
                at if at > 0.0 => format!("+{} %", language::amount(at)),
                at if at < 0.0 => format!("-{} %", language::amount(-at)),
                _ => "0 %".to_owned(),
            },
        })
        .collect();
    Axis { low, high, ticks }
}

/// Names side by side; the coordinate of each is its index.
pub(super) fn names(names: &[String]) -> Axis {
    let count = names.len().max(1) as f64;
    let labelled = names.iter().filter(|name| !name.is_empty()).count();
    let ticks = names.iter().enumerate();
    Axis {
        low: -0.5,
        high: count - 0.5,
        ticks: ticks
            .map(|(index, name)| Tick {
                at: index as f64,
                label: shortened_to(name, NAMES_CHARS / labelled.max(1)),
            })
            .collect(),
    }
}

/// The name, or as much of it as fits with an ellipsis.
fn shortened_to(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept = name.chars().take(most.saturating_sub(1));
    kept.chain(['…']).collect()
}

/// Seconds from `low` to `high`.
pub(super) fn time(low: f64, high: f64) -> Axis {
    let length = (high - low).max(1.0);
    let step = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0,
        14400.0, 43200.0, 86400.0,
    ]
    .into_iter()
    .find(|step| length / step <= 6.0)
    .unwrap_or(86400.0);
    let ticks = (0..=7)
        .map(|n| f64::from(n) * step)
        .filter(|at| *at >= low && *at <= low + length)
        .map(|at| Tick {
            at,
            label: if at == 0.0 {
                "0".to_owned()
            } else {
                language::span((at * 1e6) as u64)
            },
        })
        .collect();
    Axis {
        low,
        high: low + length,
        ticks,
    }
}

/// Events per second from 0 to `most`.
pub(super) fn rate(most: f64) -> Axis {
    let step = decimal_step(most);
    from_nothing(most, step, language::rate)
}

/// Cores from 0 to `most`.
pub(super) fn cores(most: f64) -> Axis {
    let step = decimal_step(most);
    from_nothing(most, step, language::mean)
}

/// Bytes from 0 to `most`.
pub(super) fn bytes(most: f64) -> Axis {
    // Round figures are round in the unit that they are written in.
    let unit = 1024_f64.powf(most.max(1.0).log(1024.0).floor());
    let step = decimal_step(most / unit) * unit;
    from_nothing(most, step, |bytes| match bytes as u64 {
        0 => "0".to_owned(),
        bytes => language::bytes(bytes),
    })
}

/// The step of about five ticks up to `most`.
fn decimal_step(most: f64) -> f64 {
    let most = if most > 0.0 { most } else { 1.0 };
    let power = 10_f64.powf(most.log10().floor());
    [0.1, 0.2, 0.25, 0.5, 1.0, 2.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| most / step <= 5.0)
        .unwrap_or(power)
}

fn from_nothing(most: f64, step: f64, label: impl Fn(f64) -> String) -> Axis {
    let most = if most > 0.0 { most } else { step };
    // Room at the top for the names of stages.
    let high = most * 1.25;
    let ticks = (0..=6)
        .map(|n| f64::from(n) * step)
        .filter(|at| *at <= high)
        .map(|at| Tick {
            at,
            label: label(at),
        })
        .collect();
    Axis {
        low: 0.0,
        high,
        ticks,
    }
}

/// Events per second on a logarithmic axis; coordinates are log10. `room` is the share of the axis
/// that is left free at its end.
pub(super) fn rates(values: impl IntoIterator<Item = f64>, room: f64) -> Axis {
    let (low, high) = ends(values.into_iter().filter(|v| *v > 0.0)).unwrap_or((1.0, 100.0));
    let (low, high) = (low.log10(), high.log10());
    let air = (0.3 - (high - low)).max(0.0) / 2.0 + 0.05;
    let (low, high) = (low - air, high + air);
    let high = high + room * (high - low);
    let decades = high - low;
    let steps: &[f64] = if decades < 0.7 {
        &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0]
    } else if decades < 1.8 {
        &[1.0, 2.0, 5.0]
    } else if decades < 3.0 {
        &[1.0, 3.0]
    } else {
        &[1.0]
    };
    let ticks = log_ticks((low, high), steps, language::rate);
    Axis { low, high, ticks }
}

/// A tick at each of `steps` of every decade between two ends, which are log10.
fn log_ticks((low, high): (f64, f64), steps: &[f64], label: impl Fn(f64) -> String) -> Vec<Tick> {
    let decades = low.floor() as i32..=high.ceil() as i32;
    let values =
        decades.flat_map(|decade| steps.iter().map(move |step| step * 10_f64.powi(decade)));
    values
        .map(|value| (value.log10(), value))
        .filter(|(at, _)| (low..=high).contains(at))
        .map(|(at, value)| Tick {
            at,
            label: label(value),
        })
        .collect()
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|v| v.is_finite())
        .fold(None, |ends, value| match ends {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn axes_are_labelled_in_round_figures() {
        for (axis, expected) in [
            (latency([2_000.0, 9_000.0]), vec!["2 ms", "5 ms", "10 ms"]),
            (
                latency([300.0, 12_000_000.0]),
                vec!["1 ms", "10 ms", "100 ms", "1 s", "10 s"],
            ),
            (quantile(0.9995), vec!["0", "p50", "p90", "p99", "p99.9"]),
            (
                time(0.0, 60.0),
                vec!["0", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s"],
            ),
            (rate(600.0), vec!["0/s", "200/s", "400/s", "600/s"]),
            (
                rates([90.0, 1_500.0], 0.0),
                vec!["100/s", "200/s", "500/s", "1,000/s"],
            ),
        ] {
            assert_eq!(labels(&axis), expected);
        }
    }

    #[test]
    fn an_empty_chart_still_has_axes() {
        assert!(!latency([]).ticks.is_empty());
        assert!(!rate(0.0).ticks.is_empty());
        assert!(!time(0.0, 0.0).ticks.is_empty());
    }
}
