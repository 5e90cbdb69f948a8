//! The rows of a comparison: one stage, or one action, of all runs of both sides.

use super::action::{ActionComparison, Quantiles, StageComparison};
use super::answered::Answered;
use super::change::StatisticComparison;
use super::drift::Drift;
use super::estimate::{Estimate, NoInterval, Windowed};
use super::options::CompareOptions;
use super::pooled::{Pooled, mean_value};
use super::side_runs::SideRuns;
use super::success::{Success, SuccessComparison};
use super::throughput::{Throughput, ThroughputComparison};
use super::value::{Side, Sides, Statistic};
use super::verdict::Situation;
use crate::run::{ActionCounts, ActionRun, StageSpan, Value};
use crate::statistics::OverOffered;

pub(super) fn compare_stage(
    runs: Sides<SideRuns<'_>>,
    stage: &str,
    situation: Situation,
    options: &CompareOptions,
) -> StageComparison {
    StageComparison {
        stage: stage.to_owned(),
        counts: runs.map(|runs| {
            let actions = runs.all().flat_map(|run| run.stage(stage));
            total(actions.map(|action| action.counts))
        }),
        success: SuccessComparison::new(
            runs.map(|runs| Success::of(runs.all().map(|run| run.stage(stage)))),
            Some(options.tolerances.success_points),
            situation,
        ),
        throughput: ThroughputComparison::new(
            runs.map(|runs| {
                let each = runs
                    .all()
                    .map(|run| Throughput::of(run.series.stage(stage), run.stage(stage)));
                each.collect()
            }),
            options.tolerances.throughput,
            options.uncalibrated(),
            situation,
        ),
        overloaded: Side::BOTH
            .into_iter()
            .filter(|side| *situation.overloaded.get(*side))
            .collect(),
    }
}

/// One action, or one kind of session, of every run of a side; none where a run had none of it.
pub(super) type Measured<'a> = Vec<Option<(&'a ActionRun, Option<&'a StageSpan>)>>;

pub(super) fn compare_action(
    (stage, action): (&str, &str),
    runs: &Sides<Measured<'_>>,
    overloaded: Sides<Option<Answered>>,
    situation: Situation,
    options: &CompareOptions,
) -> ActionComparison {
    let windowed = runs.as_ref().map(|runs| {
        let each = runs
            .iter()
            .map(|run| run.map(|(run, _)| Windowed::new(run)));
        each.collect::<Vec<_>>()
    });
    let pooled = |statistic: Statistic| {
        windowed.as_ref().map(|runs| {
            let each = runs.iter().map(|run| match run {
                Some(run) => run.estimate(statistic),
                None => not_measured(),
            });
            Pooled::of(statistic, each.collect())
        })
    };
    let statistics = Statistic::ALL
        .into_iter()
        .map(|statistic| {
            let names = (stage, action);
            let (yardstick, situation) = options.held_against(names, statistic, situation);
            StatisticComparison::new(
                statistic,
                pooled(statistic),
                options.tolerances.of(statistic),
                yardstick,
                situation,
            )
        })
        .collect();
    let arrived = runs.as_ref().map(|runs| {
        let there = runs.iter().flatten().map(|(run, _)| *run);
        there.collect::<Vec<_>>()
    });
    ActionComparison {
        stage: stage.to_owned(),
        action: action.to_owned(),
        counts: arrived
            .as_ref()
            .map(|runs| total(runs.iter().map(|run| run.counts))),
        overloaded,
        statistics,
        drift: runs
            .as_ref()
            .map(|runs| Drift::of_runs(runs.iter().flatten().copied())),
        service: arrived.as_ref().map(|runs| service(runs)),
        success: SuccessComparison::new(
            arrived
                .as_ref()
                .map(|runs| Success::of(runs.iter().map(|run| [*run]))),
            None,
            situation,
        ),
        throughput: runs.as_ref().map(|runs| {
            let each = runs.iter().map(|run| {
                let (run, span) = (*run)?;
                Throughput::of(span, [run])
            });
            Throughput::of_runs(each.collect())
        }),
    }
}

fn total(counts: impl Iterator<Item = ActionCounts>) -> Option<ActionCounts> {
    counts.reduce(|mut sum, counts| {
        sum.add(&counts);
        sum
    })
}

pub(super) fn not_measured() -> Estimate {
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

/// Of one run as it is, of several the geometric means.
fn service(runs: &[&ActionRun]) -> Option<Quantiles> {
    if runs.iter().all(|run| run.service.is_empty()) {
        return None;
    }
    let value = |q| {
        let each = runs.iter().map(|run| {
            let times = OverOffered {
                successes: &run.service,
                lost: 0,
            };
            Value::from(times.quantile(q))
        });
        let each: Vec<Value> = each.collect();
        match each[..] {
            [alone] => alone,
            _ => mean_value(each.iter().copied()),
        }
    };
    Some(Quantiles {
        p50: value(0.5),
        p95: value(0.95),
        p99: value(0.99),
    })
}
