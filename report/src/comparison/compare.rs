//! Runs in, one comparison out.

use super::action::{ActionComparison, StageComparison};
use super::answered::Answered;
use super::change::{NotJudged, adjust};
use super::correlation::correlations;
use super::differences::comparability;
use super::effect;
use super::failures::{failures, samples};
use super::finding::Finding;
use super::options::CompareOptions;
use super::overall::{Overall, Parts};
use super::profiles::profiles;
use super::quantiles::quantile_functions;
use super::readiness::Readiness;
use super::recommendation::recommendations;
use super::repeat::Repeat;
use super::resources::Resources;
use super::rows::{Measured, compare_action, compare_stage};
use super::run_summary::RunSummary;
use super::side_runs::SideRuns;
use super::target::targets;
use super::validity::{RunState, RunValidity};
use super::value::{Side, Sides};
use super::verdict::Situation;
use super::{Comparison, SCHEMA_VERSION};
use crate::run::{ActionRun, Run};

/// Holds run B (the candidate) against run A (the baseline). Pure.
pub fn compare(a: &Run, b: &Run, options: &CompareOptions) -> Comparison {
    let runs = Sides {
        a: SideRuns::one(a),
        b: SideRuns::one(b),
    };
    hold(runs, options)
}

/// Holds the runs `b` of the candidate against the runs `a` of the baseline, each side being runs of
/// the same thing. None where a side has none. Pure.
pub fn compare_sets(a: &[Run], b: &[Run], options: &CompareOptions) -> Option<Comparison> {
    let runs = Sides {
        a: SideRuns::of(a)?,
        b: SideRuns::of(b)?,
    };
    Some(hold(runs, options))
}

fn hold(runs: Sides<SideRuns<'_>>, options: &CompareOptions) -> Comparison {
    let first = runs.map(|runs| runs.first);
    let comparable = comparability(runs, options.force);
    let each = runs.map(|runs| runs.all().map(RunValidity::of).collect::<Vec<_>>());
    let invalid = each
        .as_ref()
        .map(|all| all.iter().any(|v| v.state == RunState::Invalid));
    let blocked = blocked(invalid, comparable.judged);
    let unseen = |side: Side, stage: &str, action: &str| {
        effect::not_judged(each.get(side), side, stage, action)
    };
    let targets = targets(runs, |side, stage, action| {
        let invalid = invalid.get(side).then_some(NotJudged::Invalid { side });
        invalid.or_else(|| unseen(side, stage, action?))
    });

    let mut stages = Vec::new();
    let mut actions = Vec::new();
    let mut sessions = Vec::new();
    let mut quantiles = Vec::new();
    let mut failure_rows = Vec::new();
    let mut resources = Resources::of(first);
    for stage in judged_stages(first) {
        let situation = Situation {
            blocked,
            overloaded: each.as_ref().map(|all| {
                let mut of_stage = all.iter().filter_map(|v| v.stage(&stage));
                of_stage.any(|stage| stage.overloaded)
            }),
        };
        stages.push(compare_stage(runs, &stage, situation, options));
        // Nobody has calibrated what requests cost.
        let yardstick = options.uncalibrated();
        resources.add_stage(runs, &stage, situation, yardstick);
        let answered = each.as_ref().map(|all| answered(all, &stage));
        let mut row = |name: &str, of: &dyn Fn(&'_ Run) -> Option<&'_ ActionRun>| {
            let measured = runs.map(|runs| measured(runs, &stage, of));
            let arrived = measured.as_ref().map(|runs| {
                let there = runs.iter().flatten().map(|(run, _)| *run);
                there.collect()
            });
            failure_rows.extend(failures(&stage, name, &arrived));
            let names = (&*stage, name);
            let unseen = |side: &Side| unseen(*side, &stage, name);
            let situation = situation.or_blocked(|| Side::BOTH.iter().find_map(unseen));
            quantiles.extend(quantile_functions(names, &measured, situation, options));
            compare_action(names, &measured, answered, situation, options)
        };
        for action in actions_of(first, &stage) {
            actions.push(row(&action, &|run| run.action(&stage, &action)));
        }
        for session in sessions_of(first, &stage) {
            sessions.push(row(&session, &|run| run.session(&stage, &session)));
        }
    }
    among_all(&mut stages, actions.iter_mut().chain(&mut sessions));

    adjust_resources(&mut resources);

    let repeats = Sides {
        a: repeats(runs.a, &each.a),
        b: repeats(runs.b, &each.b),
    };
    let validity = each.map(gravest);
    let verdict = Overall::of(&Parts {
        comparable: &comparable,
        validity: &validity,
        targets: &targets,
        stages: &stages,
        actions: &actions,
        sessions: &sessions,
    });
    let (profiles, damaged_profiles) = profiles(first);
    let correlations = correlations(&actions, &resources, &profiles);
    let mut comparison = Comparison {
        schema: SCHEMA_VERSION,
        runs: first.map(RunSummary::of),
        repeats,
        floor: options.floor.clone(),
        comparable,
        validity,
        targets,
        stages,
        actions,
        sessions,
        quantiles,
        failures: failure_rows,
        failure_samples: runs.map(|runs| runs.all().flat_map(samples).collect()),
        notes: runs.map(notes),
        resources,
        profiles,
        damaged_profiles,
        series: first.map(|run| run.series.clone()),
        verdict,
        correlations,
        recommendations: Vec::new(),
        readiness: Readiness::default(),
    };
    comparison.recommendations = recommendations(&comparison);
    comparison.readiness = Readiness::of(&comparison);
    comparison
}

/// Adjusts what was spent, in use and counted, each of which is a family of its own: the verdict of the
/// comparison does not rest on them.
fn adjust_resources(resources: &mut Resources) {
    let costs = resources.costs.iter_mut();
    adjust(costs.filter_map(|cost| cost.change.as_mut()));
    let levels = resources.levels.iter_mut();
    adjust(levels.filter_map(|level| level.change.as_mut()));
    let tallies = resources.tallies.iter_mut();
    adjust(tallies.filter_map(|tally| tally.change.as_mut()));
}

/// An action of every run of a side.
fn measured<'a>(
    runs: SideRuns<'a>,
    stage: &str,
    of: &dyn Fn(&'a Run) -> Option<&'a ActionRun>,
) -> Measured<'a> {
    runs.all()
        .map(|run| Some((of(run)?, run.series.stage(stage))))
        .collect()
}

/// How far the first run of them in which the stage was overloaded was from carrying it.
fn answered(all: &[RunValidity], stage: &str) -> Option<Answered> {
    let findings = all.iter().flat_map(|v| &v.findings);
    let mut overloads = findings.filter_map(Finding::overload);
    overloads
        .find(|(of, _)| *of == stage)
        .and_then(|(_, answered)| answered)
}

fn repeats(runs: SideRuns<'_>, validity: &[RunValidity]) -> Vec<Repeat> {
    let more = runs.more().iter().zip(&validity[1..]);
    more.map(|(run, validity)| Repeat::of(run, validity))
        .collect()
}

/// The first of those that are worst.
fn gravest(all: Vec<RunValidity>) -> RunValidity {
    let mut all = all.into_iter();
    let first = all.next().unwrap_or_else(|| RunValidity {
        state: RunState::Valid,
        findings: Vec::new(),
        stages: Vec::new(),
    });
    all.fold(first, |worst, next| {
        if next.state > worst.state {
            next
        } else {
            worst
        }
    })
}

/// What people wrote beside the records, one after the other.
fn notes(runs: SideRuns<'_>) -> Option<String> {
    let notes: Vec<&str> = runs.all().filter_map(|run| run.notes.as_deref()).collect();
    (!notes.is_empty()).then(|| notes.join("\n\n"))
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

/// Adjusts every judged change of statistics and throughputs for how many there are, and their verdicts.
fn among_all<'a>(
    stages: &mut [StageComparison],
    rows: impl Iterator<Item = &'a mut ActionComparison>,
) {
    let throughputs = stages.iter_mut().filter_map(|row| row.throughput.as_mut());
    let mut throughputs: Vec<_> = throughputs.collect();
    let mut statistics: Vec<_> = rows.flat_map(|row| &mut row.statistics).collect();
    let of_throughputs = throughputs.iter_mut().filter_map(|one| one.change.as_mut());
    let of_statistics = statistics.iter_mut().filter_map(|one| one.change.as_mut());
    adjust(of_statistics.chain(of_throughputs));
    for one in throughputs {
        one.among_all();
    }
    for one in statistics {
        one.among_all();
    }
}
