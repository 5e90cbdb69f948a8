//! What the connections of a database waited for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::value::Sides;
use crate::run::Run;

/// Of every reading, which is how it is known that nobody waited.
const READ_ALWAYS: &str = "active";
const PREFIX: &str = "waiting{type=\"";

/// How many active connections waited for one event in a stage, in the mean of all readings.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WaitComparison {
    /// Slug of the stage.
    pub stage: String,
    /// The database: `postgres/main`.
    pub source: String,
    /// Type and name: `LWLock:WALWrite`.
    pub event: String,
    /// Connections, the mean over the readings of the judged span; absent where the run has none.
    pub sides: Sides<Option<f64>>,
}

/// All events of `source` in `stage`, those that were waited for longest first.
pub(super) fn waits(runs: Sides<&Run>, stage: &str, source: &str) -> Vec<WaitComparison> {
    let sums = runs.map(|run| means(run, stage, source));
    let mut events: Vec<&String> = Vec::new();
    for side in [&sums.a, &sums.b] {
        for event in side.iter().flat_map(BTreeMap::keys) {
            if !events.contains(&event) {
                events.push(event);
            }
        }
    }
    let mean = |side: &Option<BTreeMap<String, f64>>, event: &String| {
        let side = side.as_ref()?;
        // Nobody waited for it where it is not among them.
        Some(side.get(event).copied().unwrap_or(0.0))
    };
    let mut waits: Vec<WaitComparison> = events
        .into_iter()
        .map(|event| WaitComparison {
            stage: stage.to_owned(),
            source: source.to_owned(),
            event: event.clone(),
            sides: sums.as_ref().map(|side| mean(side, event)),
        })
        .collect();
    let most = |wait: &WaitComparison| {
        let Sides { a, b } = wait.sides;
        a.unwrap_or(0.0).max(b.unwrap_or(0.0))
    };
    waits.sort_by(|a, b| most(b).total_cmp(&most(a)));
    waits
}

fn means(run: &Run, stage: &str, source: &str) -> Option<BTreeMap<String, f64>> {
    let span = run.series.stage(stage)?;
    let [from, until] = [span.judged_from_s, span.ended_s].map(|s| (s * 1e6) as u64);
    let inside = |points: &[(u64, f64)]| -> Vec<f64> {
        let here = points.iter();
        let here = here.filter(|(at, _)| (from..=until).contains(at));
        here.map(|(_, value)| *value).collect()
    };
    let always = run.evidence.gauge(source, READ_ALWAYS)?;
    let readings = inside(&always.points).len();
    if readings == 0 {
        return None;
    }
    let mut means = BTreeMap::new();
    for gauge in run.evidence.of_source(source) {
        let sum: f64 = inside(&gauge.points).iter().sum();
        if let Some(event) = event(&gauge.name)
            && sum > 0.0
        {
            means.insert(event, sum / readings as f64);
        }
    }
    Some(means)
}

/// `LWLock:WALWrite` of `waiting{type="LWLock",event="WALWrite"}`.
fn event(gauge: &str) -> Option<String> {
    let rest = gauge.strip_prefix(PREFIX)?;
    let (kind, rest) = rest.split_once("\",event=\"")?;
    Some(format!("{kind}:{}", rest.strip_suffix("\"}")?))
}
