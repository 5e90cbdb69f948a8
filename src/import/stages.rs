//! Which stage of the plan sends which action.

use brunt_record::{StatedAction, StatedStage};
use serde_json::Value;

use super::fields::{Fields, Mistakes};

/// A stage of the plan.
pub(super) struct Wanted {
    name: String,
    rate_per_s: f64,
    duration_us: u64,
    /// The actions that it names as its own; empty where it names none.
    endpoints: Vec<String>,
}

/// The stages of `plan`, in its order.
pub(super) fn wanted(plan: &Value, mistakes: &mut Mistakes) -> Vec<Wanted> {
    let mut stages = Vec::new();
    for (name, value) in Fields::of(plan, "plan", mistakes).rest() {
        let path = format!("plan.{name}");
        let mut fields = Fields::of(value, &path, mistakes);
        let requests = fields.number("offered_rps", mistakes);
        let rate = requests.or_else(|| fields.number("offered_eps", mistakes));
        let seconds = fields.number("seconds", mistakes);
        let endpoints = fields.texts("endpoints", mistakes);
        fields.end("offered_rps or offered_eps, seconds, endpoints", mistakes);
        match (rate, seconds) {
            (Some(rate_per_s), Some(seconds)) if rate_per_s > 0.0 && seconds > 0.0 => {
                stages.push(Wanted {
                    name: name.clone(),
                    rate_per_s,
                    duration_us: (seconds * 1e6).round() as u64,
                    endpoints,
                });
            }
            _ => mistakes.push(format!(
                "{path}: expected a rate (offered_rps) and a length (seconds), both above 0"
            )),
        }
    }
    stages
}

/// Puts every action into its stage.
///
/// Where the plan does not say which stage sends it: the stage of the action's own name, else a stage
/// whose name the action is the first to begin with. The actions left over belong to the one stage
/// left over.
pub(super) fn assign(
    wanted: &[Wanted],
    actions: Vec<StatedAction>,
    path: &str,
    mistakes: &mut Mistakes,
) -> Vec<StatedStage> {
    let mut stages: Vec<StatedStage> = wanted
        .iter()
        .map(|stage| StatedStage {
            name: stage.name.clone(),
            rate_per_s: stage.rate_per_s,
            duration_us: stage.duration_us,
            actions: Vec::new(),
        })
        .collect();
    let names: Vec<String> = actions.iter().map(|action| action.name.clone()).collect();
    for stage in wanted {
        for name in stage.endpoints.iter().filter(|name| !names.contains(name)) {
            mistakes.push(format!(
                "plan.{}.endpoints: {path}.endpoints has no {name:?}",
                stage.name
            ));
        }
    }
    let mut left = Vec::new();
    for action in actions {
        match place(wanted, &names, &action.name) {
            Some(at) => stages[at].actions.push(action),
            None => left.push(action),
        }
    }
    let empty: Vec<usize> = (0..stages.len())
        .filter(|at| stages[*at].actions.is_empty())
        .collect();
    match (&empty[..], left.is_empty()) {
        (_, true) => {}
        ([only], false) => stages[*only].actions = left,
        // The plan has mistakes of its own, of which this one would be another telling.
        _ if wanted.is_empty() && !mistakes.is_empty() => {}
        _ => {
            let names: Vec<&str> = left.iter().map(|action| &*action.name).collect();
            mistakes.push(format!(
                "plan: does not say which stage sends {} of {path} (write `\"endpoints\": […]` into its stages)",
                names.join(", ")
            ));
        }
    }
    stages
}

fn place(wanted: &[Wanted], names: &[String], action: &str) -> Option<usize> {
    let says_so = |stage: &Wanted| stage.endpoints.iter().any(|name| name == action);
    let free = |stage: &Wanted| stage.endpoints.is_empty();
    let same = |stage: &Wanted| free(stage) && stage.name == action;
    let first = |stage: &Wanted| {
        let taken = names.contains(&stage.name);
        let mut begin = names.iter().filter(|name| name.starts_with(&*stage.name));
        free(stage) && !taken && begin.next().is_some_and(|first| first == action)
    };
    let mut all = wanted.iter();
    all.position(says_so)
        .or_else(|| wanted.iter().position(same))
        .or_else(|| wanted.iter().position(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use brunt_record::StatedOutcome;

    fn check(plan: &[(&str, &[&str])], actions: &[&str], expected: Result<&[&[&str]], &str>) {
        let wanted: Vec<Wanted> = plan
            .iter()
            .map(|(name, endpoints)| Wanted {
                name: (*name).to_owned(),
                rate_per_s: 1.0,
                duration_us: 1,
                endpoints: endpoints.iter().map(|e| (*e).to_owned()).collect(),
            })
            .collect();
        let actions = actions.iter().map(|name| StatedAction {
            name: (*name).to_owned(),
            quantiles: vec![],
            mean: None,
            min: None,
            max: None,
            outcome: StatedOutcome::default(),
            targets: vec![],
        });
        let mut mistakes = Mistakes::new();
        let stages = assign(&wanted, actions.collect(), "phases[0]", &mut mistakes);
        match expected {
            Ok(expected) => {
                let found: Vec<Vec<&str>> = stages
                    .iter()
                    .map(|stage| stage.actions.iter().map(|a| &*a.name).collect())
                    .collect();
                assert_eq!(found, expected);
                assert!(mistakes.is_empty(), "{mistakes:?}");
            }
            Err(expected) => assert!(mistakes[0].contains(expected), "{mistakes:?}"),
        }
    }

    #[test]
    fn every_action_has_its_stage() {
        let recorded: &[&str] = &["initialize-new", "initialize-returning", "list", "events"];
        check(
            &[("init", &[]), ("gameplay", &[]), ("events", &[])],
            recorded,
            Ok(&[
                &["initialize-new"],
                &["initialize-returning", "list"],
                &["events"],
            ]),
        );
        check(
            &[("first", &["list"]), ("second", &[])],
            &["list", "claim"],
            Ok(&[&["list"], &["claim"]]),
        );
        check(&[("only", &[])], &["list"], Ok(&[&["list"]]));
        check(
            &[("one", &[]), ("two", &[])],
            &["list"],
            Err("does not say which stage sends list of phases[0]"),
        );
        check(
            &[("one", &["gone"])],
            &["list"],
            Err("phases[0].endpoints has no \"gone\""),
        );
        check(&[], &["list"], Err("does not say which stage sends list"));
    }
}
