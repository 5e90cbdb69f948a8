//! Reads a record once and puts every count and histogram where it belongs.

use std::collections::BTreeMap;

use brunt_record::{
    CountsRow, LatencyInterval, Manifest, Measure, Outcome, Problem, Record, StagePlan,
};

use super::action_run::{ActionRun, merge};
use super::model::is_closed;
use super::planned::planned;
use super::points::{Points, width};
use super::series::{ActionSeries, Series, SpectrumPoint, StageSpan};
use super::span::Span;
use crate::error::ReportError;
use crate::statistics::spectrum;

/// One stage × action while the record streams by.
struct Collected {
    span: Span,
    run: ActionRun,
    points: Points,
}

/// Every stage × action with arrivals, in the order of the plan, and the run over time.
pub(super) fn digest(
    record: &Record,
    problems: &mut Vec<Problem>,
) -> Result<(Vec<ActionRun>, Series), ReportError> {
    let manifest = &record.manifest;
    let seconds = record.counts.last().map_or(0, |row| row.second + 1);
    let width = width(seconds);
    let mut collected = collect_counts(manifest, &record.counts, width, seconds);
    collect_latencies(record, &mut collected)?;

    let mut runs = Vec::new();
    let mut series = Vec::new();
    for (stage, action) in in_plan_order(manifest, &collected) {
        let Some(mut one) = collected.get_mut(&stage).and_then(|s| s.remove(&action)) else {
            continue;
        };
        for window in &one.run.windows {
            merge(&mut one.run.response, &window.response);
        }
        if record.finished && one.run.logged_ok != one.run.counts.ok {
            problems.push(Problem::Sums {
                stage: stage.clone(),
                action: action.clone(),
                what: format!(
                    "counts.csv sums to {} ok, latency.hlog to {}",
                    one.run.counts.ok, one.run.logged_ok
                ),
            });
        }
        series.push(ActionSeries {
            stage,
            action,
            points: one.points.finish(),
            spectrum: spectrum(one.run.arrivals())
                .into_iter()
                .map(|(quantile, us)| SpectrumPoint { quantile, us })
                .collect(),
        });
        runs.push(one.run);
    }
    let stages = manifest
        .plan
        .stages
        .iter()
        .filter_map(|stage| stage_span(stage, &record.counts))
        .collect();
    Ok((
        runs,
        Series {
            width_s: width,
            stages,
            actions: series,
        },
    ))
}

/// By stage, then by action: looked up by reference for every row and interval.
type ByStage = BTreeMap<String, BTreeMap<String, Collected>>;

fn collect_counts(manifest: &Manifest, rows: &[CountsRow], width: u64, seconds: u64) -> ByStage {
    let spans: BTreeMap<&str, Span> = manifest
        .plan
        .stages
        .iter()
        .filter_map(|stage| Some((stage.name.as_str(), Span::of(stage, rows)?)))
        .collect();
    let mut collected = ByStage::new();
    for row in rows {
        let Some(span) = spans.get(row.stage.as_str()) else {
            continue;
        };
        if !collected.contains_key(&row.stage) {
            collected.insert(row.stage.clone(), BTreeMap::new());
        }
        let Some(actions) = collected.get_mut(&row.stage) else {
            continue;
        };
        let one = actions
            .entry(row.action.clone())
            .or_insert_with(|| Collected {
                span: *span,
                run: ActionRun::new(
                    &row.stage,
                    &row.action,
                    is_closed(&manifest.plan, &row.stage, &row.action),
                    limits(manifest, &row.action),
                ),
                points: Points::new(width, seconds),
            });
        one.points.count(row);
        add_row(&mut one.run, row, span.window(row.second));
    }
    collected
}

/// The limits that the plan sets on an action, microseconds.
fn limits<'a>(manifest: &'a Manifest, action: &'a str) -> impl Iterator<Item = u64> + 'a {
    let actions = manifest
        .plan
        .actions
        .iter()
        .filter(move |a| a.name == action);
    actions.flat_map(|a| a.targets.iter().map(|target| target.limit_us))
}

fn add_row(run: &mut ActionRun, row: &CountsRow, window: Option<usize>) {
    run.counts.offered += row.offered;
    run.counts.ok += row.ok;
    run.counts.failed += row.failed;
    run.counts.unsent += row.unsent;
    run.open = row.open;
    run.last_second = row.second;
    run.in_flight_us += row.in_flight_us;
    for (kind, count) in &row.failures.0 {
        *run.failures.entry(kind.clone()).or_default() += count;
    }
    let Some(window) = window else { return };
    let lost = row.failed + row.unsent;
    run.windows[window].lost += lost;
    if row.settled() > 0 {
        let settled = run.seconds.entry(row.second).or_default();
        settled.ok += row.ok;
        settled.lost += lost;
    }
}

fn collect_latencies(record: &Record, collected: &mut ByStage) -> Result<(), ReportError> {
    let log = record.latencies()?;
    let mut unordered = None;
    log.visit(
        |tag| tag.outcome == Outcome::Ok || tag.measure != Measure::Response,
        |interval| {
            let found = collected
                .get_mut(&interval.tag.stage)
                .and_then(|stage| stage.get_mut(&interval.tag.action));
            if let Some(one) = found
                && !add_interval(one, &interval)
            {
                unordered.get_or_insert(interval.second);
            }
        },
    )?;
    match unordered {
        Some(second) => Err(ReportError::Unordered {
            dir: record.dir.clone(),
            second,
        }),
        None => Ok(()),
    }
}

/// False where the interval is older than one before it.
fn add_interval(one: &mut Collected, interval: &LatencyInterval) -> bool {
    let window = one.span.window(interval.second);
    let histogram = &interval.histogram;
    match interval.tag.measure {
        Measure::Response => {
            one.run.logged_ok += histogram.len();
            if let Some(window) = window {
                merge(&mut one.run.windows[window].response, histogram);
                for limit in &mut one.run.over_limits {
                    let over = histogram.len() - histogram.count_between(0, limit.limit_us);
                    if over > 0 {
                        *limit.seconds.entry(interval.second).or_default() += over;
                    }
                }
            }
            return one.points.respond(interval.second, histogram);
        }
        Measure::Service => {
            one.run.service_sum_us += histogram.mean() * histogram.len() as f64;
            if window.is_some() && interval.tag.outcome == Outcome::Ok {
                merge(&mut one.run.service, histogram);
            }
        }
        Measure::Lateness if window.is_some() => merge(&mut one.run.lateness, histogram),
        Measure::Lateness => {}
    }
    true
}

/// Stages in their order, actions in that of the plan's list, then what the plan does not know.
fn in_plan_order(manifest: &Manifest, collected: &ByStage) -> Vec<(String, String)> {
    let place = |action: &str| {
        manifest
            .plan
            .actions
            .iter()
            .position(|known| known.name == action)
            .unwrap_or(usize::MAX)
    };
    let mut order = Vec::new();
    for stage in &manifest.plan.stages {
        let mut actions: Vec<&String> = collected
            .get(&stage.name)
            .map(|actions| actions.keys().collect())
            .unwrap_or_default();
        actions.sort_by_key(|action| place(action));
        order.extend(actions.into_iter().map(|a| (stage.name.clone(), a.clone())));
    }
    order
}

fn stage_span(stage: &StagePlan, rows: &[CountsRow]) -> Option<StageSpan> {
    let span = Span::of(stage, rows)?;
    let seconds = |us: u64| us as f64 / 1e6;
    Some(StageSpan {
        stage: stage.name.clone(),
        judged: stage.judged,
        started_s: seconds(span.started_us),
        judged_from_s: seconds(span.judged_from_us),
        ended_s: seconds(span.ended_us),
        drained_s: stage.drained_us.map(seconds),
        planned: planned(stage, span.started_us),
    })
}
