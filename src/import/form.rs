//! The form of a table of figures: `plan`, `targets`, and what a document gives of every phase.

use brunt_record::{
    Build, LatencyTarget, STATED_VERSION, Stated, StatedAction, StatedCount, StatedOutcome,
    StatedQuantile, StatedQuantity, StatedResource, StatedSource, StatedTime, StatedUnit,
};
use serde_json::Value;

use super::fields::{Fields, Mistakes};
use super::stages::{self, Wanted};

/// One for each phase of the table, or all that is wrong with it.
pub(super) fn read(
    table: &Value,
    mut source: StatedSource,
    build: &Build,
) -> Result<Vec<Stated>, Mistakes> {
    let mut mistakes = Mistakes::new();
    let mut fields = Fields::of(table, "", &mut mistakes);
    source.about = fields.text("about", &mut mistakes);
    let wanted = fields
        .take("plan")
        .map_or_else(Vec::new, |plan| stages::wanted(plan, &mut mistakes));
    let targets = fields
        .take("targets")
        .map(|targets| Targets::read(targets, &mut mistakes))
        .unwrap_or_default();
    let phases = fields.take("phases").and_then(Value::as_array);
    if phases.is_none_or(Vec::is_empty) {
        mistakes.push("phases: expected a list of at least one phase".to_owned());
    }
    fields.end("about, plan, targets, phases", &mut mistakes);
    let phases = phases.into_iter().flatten().enumerate();
    let stated: Vec<Stated> = phases
        .map(|(i, phase)| {
            let context = Context {
                wanted: &wanted,
                targets: &targets,
                source: &source,
                build,
            };
            context.phase(phase, &format!("phases[{i}]"), &mut mistakes)
        })
        .collect();
    for (i, phase) in stated.iter().enumerate() {
        if stated[..i].iter().any(|other| other.id == phase.id) {
            mistakes.push(format!("phases[{i}].name: {:?} twice", phase.phase));
        }
    }
    if mistakes.is_empty() {
        Ok(stated)
    } else {
        Err(mistakes)
    }
}

/// The limits of the table.
#[derive(Default)]
struct Targets {
    actions: Vec<(String, Vec<LatencyTarget>)>,
    success: Option<f64>,
}

impl Targets {
    fn read(value: &Value, mistakes: &mut Mistakes) -> Self {
        let mut fields = Fields::of(value, "targets", mistakes);
        let success = fields.number("success_rate", mistakes);
        if success.is_some_and(|share| share > 1.0) {
            mistakes.push("targets.success_rate: expected a share from 0 to 1".to_owned());
        }
        let mut actions = Vec::new();
        for (name, limits) in fields.rest() {
            let path = format!("targets.{name}");
            let mut fields = Fields::of(limits, &path, mistakes);
            let limits = quantiles(&mut fields, &|_| false, mistakes);
            fields.end("pNN_ms", mistakes);
            let limits = limits.into_iter().map(|q| LatencyTarget {
                quantile: q.quantile,
                limit_us: q.time.us,
            });
            actions.push((name.clone(), limits.collect()));
        }
        Self { actions, success }
    }

    fn of(&self, action: &str) -> Vec<LatencyTarget> {
        let found = self.actions.iter().find(|(name, _)| name == action);
        found.map_or_else(Vec::new, |(_, limits)| limits.clone())
    }
}

/// What all phases share.
struct Context<'t> {
    wanted: &'t [Wanted],
    targets: &'t Targets,
    source: &'t StatedSource,
    build: &'t Build,
}

impl Context<'_> {
    fn phase(&self, value: &Value, path: &str, mistakes: &mut Mistakes) -> Stated {
        let mut fields = Fields::of(value, path, mistakes);
        let phase = fields.text("name", mistakes).unwrap_or_default();
        if phase.trim().is_empty() {
            mistakes.push(format!("{path}.name: expected the name of the phase"));
        }
        let label = fields.text("label", mistakes);
        let marked = fields.texts("approx", mistakes);
        let approximate = |at: &str| {
            let inside = at
                .strip_prefix(path)
                .map_or(at, |at| at.trim_start_matches('.'));
            marked.iter().any(|mark| {
                let rest = inside.strip_prefix(mark.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let mut actions = Vec::new();
        if let Some(endpoints) = fields.take("endpoints") {
            let mut endpoints = Fields::of(endpoints, &format!("{path}.endpoints"), mistakes);
            for (name, value) in endpoints.rest() {
                let at = endpoints.path_of(name);
                let targets = self.targets.of(name);
                actions.push(action(name, value, &at, targets, &approximate, mistakes));
            }
        }
        if actions.is_empty() {
            mistakes.push(format!("{path}.endpoints: expected at least one"));
        }
        let total = fields.take("stated_failures").map(|value| {
            let path = format!("{path}.stated_failures");
            let mut fields = Fields::of(value, &path, mistakes);
            let total = outcome(&mut fields, &approximate, mistakes);
            fields.end("failed, total", mistakes);
            total
        });
        let resources = fields.take("resources").map_or_else(Vec::new, |value| {
            resources(value, &format!("{path}.resources"), &approximate, mistakes)
        });
        let mut quantities = Vec::new();
        for (name, value) in fields.rest() {
            let at = format!("{path}.{name}");
            match value {
                Value::Null => {}
                value => match value.as_f64() {
                    Some(number) => quantities.push(StatedQuantity {
                        what: name.replace('_', " "),
                        value: number,
                        approximate: approximate(&at),
                    }),
                    None => mistakes.push(format!(
                        "{at}: unknown field, and no number (known: name, label, endpoints, stated_failures, resources, approx)"
                    )),
                },
            }
        }
        Stated {
            schema: STATED_VERSION,
            id: format!("stated-{}", slug(&phase)),
            label,
            build: self.build.clone(),
            source: self.source.clone(),
            stages: stages::assign(self.wanted, actions, path, mistakes),
            success_target: self.targets.success,
            total,
            resources,
            quantities,
            phase,
        }
    }
}

fn action(
    name: &str,
    value: &Value,
    path: &str,
    targets: Vec<LatencyTarget>,
    approximate: &dyn Fn(&str) -> bool,
    mistakes: &mut Mistakes,
) -> StatedAction {
    let mut fields = Fields::of(value, path, mistakes);
    let mut time = |name: &str, fields: &mut Fields<'_>| {
        let at = fields.path_of(name);
        fields.number(name, mistakes).map(|ms| StatedTime {
            us: microseconds(ms),
            approximate: approximate(&at),
        })
    };
    let mean = time("avg_ms", &mut fields);
    let min = time("min_ms", &mut fields);
    let max = time("max_ms", &mut fields);
    let outcome = outcome(&mut fields, approximate, mistakes);
    let quantiles = quantiles(&mut fields, approximate, mistakes);
    fields.end("pNN_ms, avg_ms, min_ms, max_ms, failed, total", mistakes);
    if !quantiles.is_sorted_by(|a, b| a.time.us <= b.time.us) {
        mistakes.push(format!("{path}: a higher percentile is below a lower one"));
    }
    if let (Some(failed), Some(total)) = (outcome.failed, outcome.total)
        && failed.count > total.count
    {
        mistakes.push(format!("{path}: more failed than there are in all"));
    }
    StatedAction {
        name: name.to_owned(),
        quantiles,
        mean,
        min,
        max,
        outcome,
        targets,
    }
}

/// `p95_ms` and its like, ascending.
fn quantiles(
    fields: &mut Fields<'_>,
    approximate: &dyn Fn(&str) -> bool,
    mistakes: &mut Mistakes,
) -> Vec<StatedQuantile> {
    let mut quantiles = Vec::new();
    for name in fields.names() {
        let percent = name.strip_prefix('p').and_then(|n| n.strip_suffix("_ms"));
        let Some(percent) = percent.and_then(|n| n.replace('_', ".").parse::<f64>().ok()) else {
            continue;
        };
        let at = fields.path_of(&name);
        if !(0.0..100.0).contains(&percent) {
            mistakes.push(format!("{at}: no percentile from 0 to below 100"));
        }
        if let Some(ms) = fields.number(&name, mistakes) {
            quantiles.push(StatedQuantile {
                // 0.95 itself, and not what a division leaves of it.
                quantile: (percent * 1e6).round() / 1e8,
                time: StatedTime {
                    us: microseconds(ms),
                    approximate: approximate(&at),
                },
            });
        }
    }
    quantiles.sort_by(|a, b| a.quantile.total_cmp(&b.quantile));
    quantiles
}

fn outcome(
    fields: &mut Fields<'_>,
    approximate: &dyn Fn(&str) -> bool,
    mistakes: &mut Mistakes,
) -> StatedOutcome {
    let mut count = |name: &str| {
        let at = fields.path_of(name);
        fields.count(name, mistakes).map(|count| StatedCount {
            count,
            approximate: approximate(&at),
        })
    };
    StatedOutcome {
        failed: count("failed"),
        total: count("total"),
    }
}

fn resources(
    value: &Value,
    path: &str,
    approximate: &dyn Fn(&str) -> bool,
    mistakes: &mut Mistakes,
) -> Vec<StatedResource> {
    let mut resources = Vec::new();
    for (source, figures) in Fields::of(value, path, mistakes).rest() {
        let mut fields = Fields::of(figures, &format!("{path}.{source}"), mistakes);
        for name in fields.names() {
            let at = fields.path_of(&name);
            let (what, unit) = match (name.strip_suffix("_percent"), name.strip_suffix("_mb")) {
                (Some(what), _) => (what, StatedUnit::Percent),
                (None, Some(what)) => (what, StatedUnit::Megabytes),
                (None, None) => (&*name, StatedUnit::Count),
            };
            if let Some(value) = fields.number(&name, mistakes) {
                resources.push(StatedResource {
                    source: source.clone(),
                    what: what.replace('_', " "),
                    unit,
                    value,
                    approximate: approximate(&at),
                });
            }
        }
    }
    resources
}

fn microseconds(ms: f64) -> u64 {
    (ms * 1e3).round() as u64
}

fn slug(phase: &str) -> String {
    let slug: String = phase
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    slug.trim_matches('-').to_owned()
}
