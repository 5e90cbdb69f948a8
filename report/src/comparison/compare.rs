//! Two runs in, one comparison out.

use super::action::{ActionComparison, Quantiles, StageComparison};
use super::answered::Answered;
use super::change::{Noise, NotJudged, StatisticComparison, adjust};
use super::correlation::correlations;
use super::differences::comparability;
use super::estimate::{Estimate, NoInterval, Windowed};
use super::failures::{failures, samples};
use super::finding::Finding;
use super::options::CompareOptions;
use super::overall::{Overall, Parts};
use super::profiles::profiles;
use super::quantiles::quantile_functions;
use super::readiness::Readiness;
use super::recommendation::recommendations;
use super::resources::Resources;
use super::run_summary::RunSummary;
use super::success::{Success, SuccessComparison};
use super::target::targets;
use super::throughput::{Throughput, ThroughputComparison};
use super::validity::{RunState, RunValidity};
use super::value::{Side, Sides, Statistic};
use super::verdict::Situation;
use super::{Comparison, SCHEMA_VERSION};
use crate::run::{ActionRun, Run, StageSpan, Value};
use crate::statistics::OverOffered;

/// Holds run B (the candidate) against run A (the baseline). Pure.
pub fn compare(a: &Run, b: &Run, options: &CompareOptions) -> Comparison {
    let runs = Sides { a, b };
    let comparable = comparability(&a.manifest, &b.manifest, options.force);
    let validity = runs.map(RunValidity::of);
    let invalid = validity.as_ref().map(|v| v.state == RunState::Invalid);
    let blocked = blocked(invalid, comparable.judged);
    let targets = targets(runs, invalid);

    let mut stages = Vec::new();
    let mut actions = Vec::new();
    let mut sessions = Vec::new();
    let mut quantiles = Vec::new();
    let mut failure_rows = Vec::new();
    let mut resources = Resources::of(runs);
    for stage in judged_stages(runs) {
        let situation = Situation {
            blocked,
            overloaded: validity
                .as_ref()
                .map(|v| v.stage(&stage).is_some_and(|stage| stage.overloaded)),
        };
        stages.push(compare_stage(runs, &stage, situation, options));
        resources.add_stage(runs, &stage, situation);
        let answered = validity.as_ref().map(|v| answered_of(v, &stage));
        let spans = runs.map(|run| run.series.stage(&stage));
        for action in actions_of(runs, &stage) {
            let measured = runs.map(|run| run.action(&stage, &action));
            failure_rows.extend(failures(&stage, &action, measured));
            let names = (&*stage, &*action);
            quantiles.extend(quantile_functions(names, measured, situation, options));
            actions.push(compare_action(
                (&stage, &action),
                measured,
                spans,
                answered,
                situation,
                options,
            ));
        }
        for session in sessions_of(runs, &stage) {
            let measured = runs.map(|run| run.session(&stage, &session));
            failure_rows.extend(failures(&stage, &session, measured));
            let names = (&*stage, &*session);
            quantiles.extend(quantile_functions(names, measured, situation, options));
            sessions.push(compare_action(
                names, measured, spans, answered, situation, options,
            ));
        }
    }
    let throughputs = stages.iter_mut().filter_map(|row| row.throughput.as_mut());
    let rows = actions.iter_mut().chain(&mut sessions);
    let statistics = rows.flat_map(|row| &mut row.statistics);
    adjust(
        statistics
            .filter_map(|one| one.change.as_mut())
            .chain(throughputs.filter_map(|one| one.change.as_mut())),
    );

    // Costs are a family of their own: they are shown, and nothing is judged by them.
    let costs = resources.costs.iter_mut();
    adjust(costs.filter_map(|cost| cost.change.as_mut()));

    let verdict = Overall::of(&Parts {
        comparable: &comparable,
        validity: &validity,
        targets: &targets,
        stages: &stages,
        actions: &actions,
        sessions: &sessions,
    });
    let (profiles, damaged_profiles) = profiles(runs);
    let correlations = correlations(&actions, &resources, &profiles);
    let mut comparison = Comparison {
        schema: SCHEMA_VERSION,
        runs: runs.map(RunSummary::of),
        comparable,
        validity,
        targets,
        stages,
        actions,
        sessions,
        quantiles,
        failures: failure_rows,
        failure_samples: runs.map(samples),
        notes: runs.map(|run| run.notes.clone()),
        resources,
        profiles,
        damaged_profiles,
        series: runs.map(|run| run.series.clone()),
        verdict,
        correlations,
        recommendations: Vec::new(),
        readiness: Readiness::default(),
    };
    comparison.recommendations = recommendations(&comparison);
    comparison.readiness = Readiness::of(&comparison);
    comparison
}

/// What a run answered of a stage, only where it was overloaded.
fn answered_of(validity: &RunValidity, stage: &str) -> Option<Answered> {
    validity.findings.iter().find_map(|finding| match finding {
        Finding::Overloaded {
            stage: of,
            answered,
            ..
        } if of == stage => *answered,
        _ => None,
    })
}

/// Invalidity first: forcing a comparison does not mend a record.
fn blocked(invalid: Sides<bool>, judged: bool) -> Option<NotJudged> {
    let side = Side::BOTH.into_iter().find(|side| *invalid.get(*side));
    match side {
        Some(side) => Some(NotJudged::Invalid { side }),
        None if judged => None,
        None => Some(NotJudged::NotComparable),
    }
}

/// A's judged stages in their order, then those that only B has.
fn judged_stages(runs: Sides<&Run>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for run in [runs.a, runs.b] {
        for stage in run.manifest.plan.stages.iter().filter(|s| s.judged) {
            if !names.contains(&stage.name) {
                names.push(stage.name.clone());
            }
        }
    }
    names
}

/// The actions that the plans send in a stage, and those that arrived in it.
fn actions_of(runs: Sides<&Run>, stage: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for run in [runs.a, runs.b] {
        let plan = &run.manifest.plan;
        let here = || plan.stages.iter().filter(|s| s.name == stage);
        // The order of the plan's list, which is that of the scenario file.
        let listed = plan.actions.iter().map(|action| &action.name);
        let listed = listed.filter(|name| here().any(|stage| plan.sends(stage, name)));
        let arrived = run.stage(stage).map(|action| &action.action);
        add_new(&mut names, listed.chain(arrived));
    }
    names
}

/// The sessions that the plans mix into a stage, and those that arrived in it.
fn sessions_of(runs: Sides<&Run>, stage: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for run in [runs.a, runs.b] {
        let plan = &run.manifest.plan;
        let here = plan.stages.iter().filter(|s| s.name == stage);
        let mixed = here.flat_map(|s| &s.streams).flat_map(|s| &s.mix);
        let mixed: Vec<&String> = mixed.map(|share| &share.action).collect();
        let listed = plan.sessions.iter().map(|session| &session.name);
        let listed = listed.filter(|name| mixed.contains(name));
        let here = run.sessions.iter().filter(|run| run.stage == stage);
        add_new(
            &mut names,
            listed.chain(here.map(|session| &session.action)),
        );
    }
    names
}

fn add_new<'a>(names: &mut Vec<String>, more: impl Iterator<Item = &'a String>) {
    for name in more {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
}

fn compare_stage(
    runs: Sides<&Run>,
    stage: &str,
    situation: Situation,
    options: &CompareOptions,
) -> StageComparison {
    StageComparison {
        stage: stage.to_owned(),
        counts: runs.map(|run| {
            run.stage(stage)
                .map(|action| action.counts)
                .reduce(|mut sum, counts| {
                    sum.add(&counts);
                    sum
                })
        }),
        success: SuccessComparison::new(
            runs.map(|run| Success::of(run.stage(stage))),
            Some(options.tolerances.success_points),
            situation,
        ),
        throughput: ThroughputComparison::new(
            runs.map(|run| Throughput::of(run.series.stage(stage), run.stage(stage))),
            options.tolerances.throughput,
            Noise::ASSUMED,
            situation,
        ),
        overloaded: Side::BOTH
            .into_iter()
            .filter(|side| *situation.overloaded.get(*side))
            .collect(),
    }
}

fn compare_action(
    (stage, action): (&str, &str),
    runs: Sides<Option<&ActionRun>>,
    spans: Sides<Option<&StageSpan>>,
    overloaded: Sides<Option<Answered>>,
    situation: Situation,
    options: &CompareOptions,
) -> ActionComparison {
    let windowed = runs.map(|run| run.map(Windowed::new));
    let statistics = Statistic::ALL
        .into_iter()
        .map(|statistic| {
            StatisticComparison::new(
                statistic,
                windowed.as_ref().map(|run| match run {
                    Some(run) => run.estimate(statistic),
                    None => not_measured(),
                }),
                options.tolerances.of(statistic),
                options.noise(stage, action, statistic),
                situation,
            )
        })
        .collect();
    ActionComparison {
        stage: stage.to_owned(),
        action: action.to_owned(),
        counts: runs.map(|run| run.map(|run| run.counts)),
        overloaded,
        statistics,
        service: runs.map(|run| run.and_then(service)),
        success: SuccessComparison::new(runs.map(Success::of), None, situation),
        throughput: Sides {
            a: Throughput::of(spans.a, runs.a),
            b: Throughput::of(spans.b, runs.b),
        },
    }
}

fn not_measured() -> Estimate {
    Estimate {
        value: Value::NotMeasured,
        over_successes: Value::NotMeasured,
        interval: None,
        no_interval: Some(NoInterval::NotMeasured),
        variance: None,
        windows: None,
        samples: 0,
    }
}

fn service(run: &ActionRun) -> Option<Quantiles> {
    let times = OverOffered {
        successes: &run.service,
        lost: 0,
    };
    let value = |q| Value::from(times.quantile(q));
    (!times.is_empty()).then(|| Quantiles {
        p50: value(0.5),
        p95: value(0.95),
        p99: value(0.99),
    })
}
