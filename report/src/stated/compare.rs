//! Two documents in, one comparison out.

use brunt_record::{Stated, StatedAction, StatedStage, StatedUnit};

use super::action::{ActionFigures, FigureChange};
use super::doubt::Doubt;
use super::load::{Load, StageLoad};
use super::target::{StatedTarget, StatedTargetResult};
use super::{Amount, AmountRow, SCHEMA_VERSION, StatedComparison};
use crate::comparison::{Side, Sides, Target};

/// Holds what document B states against what document A does; each with where it was read. Pure.
pub fn compare(sides: Sides<(String, Stated)>) -> StatedComparison {
    let (labels, stated) = (
        sides.as_ref().map(|(label, _)| label.clone()),
        sides.map(|(_, stated)| stated),
    );
    let names = in_either(&stated, |s| {
        s.stages.iter().map(|stage| &*stage.name).collect()
    });
    let stages: Vec<StageLoad> = names
        .iter()
        .map(|name| StageLoad {
            stage: name.clone(),
            sides: stated.as_ref().map(|s| stage(s, name).map(Load::of)),
        })
        .collect();
    let mut actions = Vec::new();
    let mut targets = Vec::new();
    for load in &stages {
        let here = stated.as_ref().map(|s| stage(s, &load.stage));
        let names = in_either(&here, |stage| {
            let actions = stage.iter().flat_map(|stage| &stage.actions);
            actions.map(|action| &*action.name).collect()
        });
        for name in &names {
            let found = here.map(|stage| stage.and_then(|stage| action(stage, name)));
            actions.push(ActionFigures::of(&load.stage, name, found));
            targets.extend(of_action(load, name, found));
        }
        targets.extend(of_stage(load, &stated, here));
    }
    let loads = |side: Side| -> Vec<(String, Load)> {
        let rows = stages.iter();
        rows.filter_map(|row| Some((row.stage.clone(), (*row.sides.get(side))?)))
            .collect()
    };
    StatedComparison {
        schema: SCHEMA_VERSION,
        doubts: Sides {
            a: Doubt::of(&stated.a, &loads(Side::A)),
            b: Doubt::of(&stated.b, &loads(Side::B)),
        },
        resources: resources(&stated),
        quantities: quantities(&stated),
        labels,
        stages,
        actions,
        targets,
        stated,
    }
}

fn stage<'s>(stated: &'s Stated, name: &str) -> Option<&'s StatedStage> {
    stated.stages.iter().find(|stage| stage.name == name)
}

fn action<'s>(stage: &'s StatedStage, name: &str) -> Option<&'s StatedAction> {
    stage.actions.iter().find(|action| action.name == name)
}

/// A's names in their order, then those that only B has.
fn in_either<T>(sides: &Sides<T>, names: impl Fn(&T) -> Vec<&str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for side in [&sides.a, &sides.b] {
        for name in names(side) {
            if !all.iter().any(|known| known == name) {
                all.push(name.to_owned());
            }
        }
    }
    all
}

fn of_action(
    load: &StageLoad,
    name: &str,
    actions: Sides<Option<&StatedAction>>,
) -> Vec<StatedTarget> {
    let mut limits = Vec::new();
    for action in [actions.a, actions.b].into_iter().flatten() {
        for limit in &action.targets {
            if !limits.contains(limit) {
                limits.push(limit.clone());
            }
        }
    }
    let rows = limits.into_iter().map(|limit| {
        let result = |side: Side| {
            let time = actions.get(side).and_then(|action| {
                let mut all = action.quantiles.iter();
                let found = all.find(|q| q.quantile.total_cmp(&limit.quantile).is_eq());
                found.map(|q| q.time)
            });
            StatedTargetResult::of_time(&limit, time, load.sides.get(side).as_ref())
        };
        StatedTarget {
            stage: load.stage.clone(),
            action: Some(name.to_owned()),
            target: Target::Latency {
                quantile: limit.quantile,
                limit_us: limit.limit_us,
            },
            results: Sides {
                a: result(Side::A),
                b: result(Side::B),
            },
        }
    });
    rows.collect()
}

/// The success rate of a stage, over all its actions.
fn of_stage(
    load: &StageLoad,
    stated: &Sides<Stated>,
    stages: Sides<Option<&StatedStage>>,
) -> Option<StatedTarget> {
    let at_least = stated.b.success_target.or(stated.a.success_target)?;
    let result = |side: Side| {
        let success = stages.get(side).and_then(success);
        StatedTargetResult::of_success(at_least, success, load.sides.get(side).as_ref())
    };
    Some(StatedTarget {
        stage: load.stage.clone(),
        action: None,
        target: Target::Success { at_least },
        results: Sides {
            a: result(Side::A),
            b: result(Side::B),
        },
    })
}

/// The share of a stage's requests that succeeded, and whether it rests on an estimate.
fn success(stage: &StatedStage) -> Option<(f64, bool)> {
    let (mut ok, mut total) = (0, 0);
    let mut approximate = false;
    for action in &stage.actions {
        ok += action.outcome.ok()?;
        total += action.outcome.total?.count;
        approximate |= action.outcome.is_approximate();
    }
    (total > 0).then(|| (ok as f64 / total as f64, approximate))
}

fn resources(stated: &Sides<Stated>) -> Vec<AmountRow> {
    let mut rows: Vec<AmountRow> = Vec::new();
    for side in [&stated.a, &stated.b] {
        for resource in &side.resources {
            let known = rows.iter().any(|row| {
                row.source.as_ref() == Some(&resource.source) && row.what == resource.what
            });
            if known {
                continue;
            }
            let sides = stated.as_ref().map(|side| {
                let mut all = side.resources.iter();
                let found = all.find(|r| r.source == resource.source && r.what == resource.what);
                found.map(Amount::from)
            });
            let source = Some(resource.source.clone());
            rows.push(row(source, &resource.what, resource.unit, sides));
        }
    }
    rows
}

fn quantities(stated: &Sides<Stated>) -> Vec<AmountRow> {
    let names = in_either(stated, |s| s.quantities.iter().map(|q| &*q.what).collect());
    let rows = names.iter().map(|what| {
        let sides = stated.as_ref().map(|side| {
            let found = side.quantities.iter().find(|q| q.what == *what)?;
            Some(Amount {
                value: found.value,
                approximate: found.approximate,
            })
        });
        row(None, what, StatedUnit::Count, sides)
    });
    rows.collect()
}

fn row(
    source: Option<String>,
    what: &str,
    unit: StatedUnit,
    sides: Sides<Option<Amount>>,
) -> AmountRow {
    AmountRow {
        source,
        what: what.to_owned(),
        unit,
        sides,
        change: sides
            .a
            .zip(sides.b)
            .and_then(|(a, b)| FigureChange::of(a.value, b.value, a.approximate || b.approximate)),
    }
}
