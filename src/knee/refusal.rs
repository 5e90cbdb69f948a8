//! What has no knee, or none that can be found.

use brunt_loadgen::Scenario;
use brunt_loadgen::scenario::{Arriving, DataSet, Load, RowPick, Session, Stage};

pub(super) fn of_stage(scenario: &Scenario, stage: usize, anew: bool, mistakes: &mut Vec<String>) {
    let name = &scenario.stages[stage].name;
    let actions = scenario.sent_in(&scenario.stages[stage]).into_iter();
    let actions: Vec<_> = actions.map(|index| &scenario.actions[index]).collect();
    let of_sessions = sessions_of(scenario, stage).any(|session| !session.targets.is_empty());
    if !of_sessions && actions.iter().all(|action| action.targets.is_empty()) {
        mistakes.push(format!(
            "stage {name:?}: none of its actions has a target, so that no rate is too high\n  hint: give them targets, or add --target p95=200ms"
        ));
    }
    // What comes before the stage is sent once, or by every step.
    let of_step = &scenario.stages[if anew { 0 } else { stage }..=stage];
    let sent = of_step.iter().flat_map(|stage| scenario.sent_in(stage));
    let sent: Vec<_> = sent.map(|index| &scenario.actions[index]).collect();
    let unique = |set: &&DataSet| set.pick == RowPick::Unique;
    for set in scenario.data.iter().filter(unique) {
        if let Some(action) = sent.iter().find(|action| action.takes_from(&set.name)) {
            mistakes.push(format!(
                "action {:?} takes each row of {:?} once, and every step would need rows of its own\n  hint: pick = \"sequential\" or \"random\" for a search",
                action.name, set.name
            ));
        }
    }
    if anew && scenario.login.as_ref().is_some_and(|login| login.each_user) {
        mistakes.push(format!(
            "stage {name:?} takes each user once, so that every step has users of its own, and users log in before the stages\n  hint: log in once per run for a search, or name another stage by --stage"
        ));
    }
}

fn sessions_of(scenario: &Scenario, stage: usize) -> impl Iterator<Item = &Session> {
    let streams = scenario.stages[stage].streams.iter();
    let mixes = streams.flat_map(|stream| &stream.mix);
    mixes.filter_map(|(index, _)| match scenario.arriving(*index) {
        Arriving::Action(_) => None,
        Arriving::Session(session) => Some(session),
    })
}

pub(super) fn of_streams(stage: &Stage, streams: &[usize], mistakes: &mut Vec<String>) {
    for stream in streams.iter().map(|index| &stage.streams[*index]) {
        let name = format!("{}/{}", stage.name, stream.name);
        match (&stream.load, stream.steady_rate()) {
            (Load::Closed(_), _) => mistakes.push(format!(
                "stream {name:?} has users and no rate: a service that slows down is asked less, so that there is no knee to find\n  hint: give it a rate, or name the streams with rates by --stream"
            )),
            (Load::Open { .. }, None) => mistakes.push(format!(
                "stream {name:?}: its rate changes within the stage, so that a step has no rate\n  hint: add --rate {name}=100/s, which makes it constant"
            )),
            (Load::Open { .. }, Some(_)) => {}
        }
    }
}
