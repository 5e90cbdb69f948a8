//! The load performance report of GitLab, which has the form of k6's summary export.
//!
//! GitLab's merge request widget reads four figures of it: the checks, the 90th and 95th percentile
//! of `http_req_waiting`, and the rate of `http_reqs`. Source: "Load Performance Testing" in
//! GitLab's documentation.

use brunt_record::{LONGEST_LATENCY_US, new_histogram};
use serde_json::{Value as Json, json};

use crate::gate::{GateOutcome, RuleOutcome};
use crate::run::{Run, Value, merge};
use crate::statistics::{OverOffered, is_beyond};

/// Response times of the judged stages of `runs` together in milliseconds, over offered arrivals, and
/// the rules as checks.
///
/// The widget compares numbers, and says nothing of one that is missing: a percentile that failed and
/// unsent arrivals make unbounded is the longest response time that a record can hold.
pub fn gitlab(outcome: &GateOutcome, runs: &[Run]) -> Json {
    let (mut response, mut lost, mut ok, mut seconds) = (new_histogram(), 0, 0, 0.0);
    let stages = runs.iter().flat_map(|run| {
        run.manifest
            .plan
            .stages
            .iter()
            .map(move |stage| (run, stage))
    });
    for (run, stage) in stages.filter(|(_, stage)| stage.judged) {
        for action in run.stage(&stage.name) {
            let arrivals = action.arrivals();
            merge(&mut response, arrivals.successes);
            lost += arrivals.lost;
            ok += action.judged().0;
        }
        if let Some(span) = run.series.stage(&stage.name) {
            seconds += span.ended_s - span.judged_from_s;
        }
    }
    let arrivals = OverOffered {
        successes: &response,
        lost,
    };
    let mut waiting = serde_json::Map::new();
    let ms = |us: f64| (us / 10.0).round() / 100.0;
    for (name, quantile) in [
        ("med", 0.5),
        ("p(90)", 0.9),
        ("p(95)", 0.95),
        ("p(99)", 0.99),
    ] {
        let us = match Value::from(arrivals.quantile(quantile)) {
            Value::Finite { us } => us,
            Value::Unbounded | Value::Beyond => LONGEST_LATENCY_US as f64,
            Value::NotMeasured => continue,
        };
        waiting.insert(name.to_owned(), json!(ms(us)));
    }
    if !response.is_empty() {
        let known = !is_beyond(response.max());
        for (name, us) in [
            ("avg", known.then(|| response.mean())),
            ("min", Some(response.min() as f64)),
            ("max", known.then(|| response.max() as f64)),
        ] {
            waiting.extend(us.map(|us| (name.to_owned(), json!(ms(us)))));
        }
    }
    let rows = outcome.rows.iter();
    let passes = rows
        .filter(|row| outcome.counts_as(row) == RuleOutcome::Passed)
        .count();
    let fails = outcome.rows.len() - passes;
    let rate = if seconds > 0.0 {
        ok as f64 / seconds
    } else {
        0.0
    };
    json!({
        "metrics": {
            "checks": {
                "passes": passes,
                "fails": fails,
                "value": passes as f64 / outcome.rows.len().max(1) as f64,
            },
            "http_req_waiting": waiting,
            "http_reqs": { "count": ok, "rate": (rate * 100.0).round() / 100.0 },
        }
    })
}
