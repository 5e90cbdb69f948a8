//! Reads a record once and puts every count and histogram where it belongs.

use std::collections::{BTreeMap, BTreeSet};

use brunt_record::{
    CountsRow, LatencyInterval, LatencyLog, LatencyTag, Manifest, Measure, Outcome, Problem,
    Record, StagePlan,
};

use super::action_run::{ActionRun, WhileDue, merge};
use super::model::is_closed;
use super::planned::planned;
use super::points::{Points, width};
use super::series::{ActionSeries, Series, SpectrumPoint, StageSpan};
use super::span::Span;
use crate::error::ReportError;
use crate::statistics::{is_beyond, spectrum};

/// One stage × action while the record streams by.
struct Collected {
    span: Span,
    run: ActionRun,
    points: Points,
}

/// What a record comes to.
pub(super) struct Digested {
    /// Every stage × action with arrivals, in the order of the plan.
    pub(super) actions: Vec<ActionRun>,
    /// Every stage × session, likewise.
    pub(super) sessions: Vec<ActionRun>,
    /// The run over time.
    pub(super) series: Series,
}

/// Reads all of `record`.
pub(super) fn digest(
    record: &Record,
    problems: &mut Vec<Problem>,
) -> Result<Digested, ReportError> {
    let manifest = &record.manifest;
    let counts = [&record.counts, &record.sessions];
    let ends = counts.map(|rows| rows.last().map_or(0, |row| row.second + 1));
    let seconds = ends.into_iter().max().unwrap_or(0);
    let width = width(seconds);
    let spans = manifest.plan.stages.iter();
    let spans = spans.filter_map(|stage| Some((&*stage.name, Span::of(stage, &record.counts)?)));
    let axes = Axes {
        manifest,
        spans: spans.collect(),
        width,
        seconds,
    };
    let log = Some(record.latencies()?);
    let collected = collect(record, &axes, &record.counts, log)?;
    let files = ["counts.csv", "latency.hlog"];
    let (actions, of_actions) = in_order(record, files, collected, problems);
    let log = record.session_latencies()?;
    let collected = collect(record, &axes, &record.sessions, log)?;
    let files = ["sessions.csv", "sessions.hlog"];
    let (sessions, of_sessions) = in_order(record, files, collected, problems);
    let stages = manifest.plan.stages.iter();
    Ok(Digested {
        actions,
        sessions,
        series: Series {
            width_s: width,
            stages: stages
                .filter_map(|stage| stage_span(stage, &record.counts))
                .collect(),
            actions: of_actions,
            sessions: of_sessions,
        },
    })
}

/// What all rows of a record are laid out along.
struct Axes<'a> {
    manifest: &'a Manifest,
    /// When each stage was.
    spans: BTreeMap<&'a str, Span>,
    /// Seconds of a point.
    width: u64,
    /// Of the run.
    seconds: u64,
}

/// The runs in the order of the plan, with their courses over time; `files` are where the counts and
/// the latencies come from.
fn in_order(
    record: &Record,
    files: [&str; 2],
    mut collected: ByStage,
    problems: &mut Vec<Problem>,
) -> (Vec<ActionRun>, Vec<ActionSeries>) {
    let mut runs = Vec::new();
    let mut series = Vec::new();
    for (stage, action) in in_plan_order(&record.manifest, &collected) {
        let Some(mut one) = collected.get_mut(&stage).and_then(|s| s.remove(&action)) else {
            continue;
        };
        for window in &one.run.windows {
            merge(&mut one.run.response, &window.response);
        }
        if record.finished && one.run.logged_ok != one.run.counts.ok {
            let [counts, log] = files;
            problems.push(Problem::Sums {
                stage: stage.clone(),
                action: action.clone(),
                what: format!(
                    "{counts} sums to {} ok, {log} to {}",
                    one.run.counts.ok, one.run.logged_ok
                ),
            });
        }
        let (points, heat) = one.points.finish();
        series.push(ActionSeries {
            stage,
            action,
            points,
            heat,
            spectrum: spectrum(one.run.arrivals())
                .into_iter()
                .map(|(quantile, us)| SpectrumPoint { quantile, us })
                .collect(),
        });
        runs.push(one.run);
    }
    (runs, series)
}

/// By stage, then by action: looked up by reference for every row and interval.
type ByStage = BTreeMap<String, BTreeMap<String, Collected>>;

fn collect(
    record: &Record,
    axes: &Axes<'_>,
    rows: &[CountsRow],
    log: Option<LatencyLog>,
) -> Result<ByStage, ReportError> {
    let mut collected = collect_counts(axes, rows);
    if let Some(log) = log {
        collect_latencies(record, &log, &mut collected)?;
    }
    Ok(collected)
}

fn collect_counts(axes: &Axes<'_>, rows: &[CountsRow]) -> ByStage {
    let Axes {
        manifest,
        spans,
        width,
        seconds,
    } = axes;
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
                points: Points::new(*width, *seconds),
            });
        one.points.count(row);
        add_row(&mut one.run, row, span.window(row.second));
        count_while_due(&mut one.run.while_due, row, span);
    }
    collected
}

/// The limits that the plan sets on an action or a session, microseconds.
fn limits<'a>(manifest: &'a Manifest, name: &'a str) -> impl Iterator<Item = u64> + 'a {
    let actions = manifest.plan.actions.iter();
    let sessions = manifest.plan.sessions.iter();
    let actions = actions.map(|a| (&a.name, &a.targets));
    let all = actions.chain(sessions.map(|s| (&s.name, &s.targets)));
    let named = all.filter(move |(known, _)| *known == name);
    named.flat_map(|(_, targets)| targets.iter().map(|target| target.limit_us))
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

fn count_while_due(sum: &mut WhileDue, row: &CountsRow, span: &Span) {
    let Some(quarters) = span.quarters() else {
        return;
    };
    if row.second <= quarters[3] && span.window(row.second).is_some() {
        sum.offered += row.offered;
        sum.ok += row.ok;
    }
    for (open, end) in sum.open.iter_mut().zip(quarters) {
        if row.second == end {
            *open = row.open;
        }
    }
}

fn collect_latencies(
    record: &Record,
    log: &LatencyLog,
    collected: &mut ByStage,
) -> Result<(), ReportError> {
    let mut unordered = None;
    // Little's law needs every service time, and is asked of closed streams alone.
    let closed: BTreeSet<(String, String)> = collected
        .values()
        .flat_map(BTreeMap::values)
        .filter(|one| one.run.closed)
        .map(|one| (one.run.stage.clone(), one.run.action.clone()))
        .collect();
    let needed = |tag: &LatencyTag| match (tag.outcome, tag.measure) {
        (Outcome::Ok, _) | (_, Measure::Lateness) => true,
        (Outcome::Failed, Measure::Response) => false,
        (Outcome::Failed, Measure::Service) => {
            !closed.is_empty() && closed.contains(&(tag.stage.clone(), tag.action.clone()))
        }
    };
    log.visit(needed, |interval| {
        let found = collected
            .get_mut(&interval.tag.stage)
            .and_then(|stage| stage.get_mut(&interval.tag.action));
        if let Some(one) = found
            && !add_interval(one, &interval)
        {
            unordered.get_or_insert(interval.second);
        }
    })?;
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
            if is_beyond(histogram.max()) {
                one.run.service_sum_us = None;
            } else if let Some(sum_us) = &mut one.run.service_sum_us {
                *sum_us += histogram.mean() * histogram.len() as f64;
            }
            if window.is_some() && interval.tag.outcome == Outcome::Ok {
                merge(&mut one.run.service, histogram);
            }
        }
        Measure::Lateness if window.is_some() => merge(&mut one.run.lateness, histogram),
        Measure::Lateness => {}
    }
    true
}

/// Stages in their order, actions or sessions in that of the plan's lists, then what the plan does not
/// know.
fn in_plan_order(manifest: &Manifest, collected: &ByStage) -> Vec<(String, String)> {
    let place = |name: &str| {
        let actions = manifest.plan.actions.iter().map(|action| &action.name);
        let sessions = manifest.plan.sessions.iter().map(|session| &session.name);
        let mut known = actions.chain(sessions);
        known.position(|known| known == name).unwrap_or(usize::MAX)
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
