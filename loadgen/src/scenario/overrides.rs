//! Changes to a scenario for one run, from the command line: rates, durations, the scale of it all.
//!
//! The record keeps them as they were written, beside the plan that came out of them.

use std::fmt;
use std::time::Duration;

use super::duration::{parse_duration, parse_rate};
use super::reshape::share_of;
use super::suggestion::suggestion;
use super::{DataSet, Load, Process, RowPick, Scenario, Stage, Stream};
use crate::arrivals::Arrivals;

/// What to change, as the command line has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// `STREAM=RATE` or `STAGE/STREAM=RATE`: the rate of the streams of that name.
    pub rates: Vec<String>,
    /// Every rate, and the number of users, times this.
    pub scale: Option<f64>,
    /// `STAGE=DURATION`, or `DURATION` for every stage.
    pub durations: Vec<String>,
    /// How many users there are.
    pub users: Option<u64>,
}

/// Overrides that do not fit the scenario: all mistakes, each with what to do.
#[derive(Debug, thiserror::Error)]
#[error("{}", listing(.0))]
pub struct OverrideError(Vec<(String, String)>);

fn listing(mistakes: &[(String, String)]) -> String {
    let lines = mistakes
        .iter()
        .map(|(what, hint)| format!("{what}\n  hint: {hint}"));
    lines.collect::<Vec<_>>().join("\n")
}

impl Overrides {
    /// Changes `scenario`: durations first, then the scale, then single rates, which are meant as
    /// they are written.
    pub fn apply(&self, scenario: &mut Scenario) -> Result<(), OverrideError> {
        let mut mistakes = Vec::new();
        for text in &self.durations {
            set_durations(scenario, text, &mut mistakes);
        }
        if let Some(factor) = self.scale {
            if factor > 0.0 && factor.is_finite() {
                scale(scenario, factor);
            } else {
                let hint = "write a factor above 0, such as 0.1";
                mistakes.push((format!("--scale {factor}"), hint.to_owned()));
            }
        }
        for text in &self.rates {
            set_rates(scenario, text, &mut mistakes);
        }
        if let Some(count) = self.users {
            match &mut scenario.users {
                Some(users) if count > 0 => users.count = count,
                Some(_) => mistakes.push((
                    "--users 0".to_owned(),
                    "write how many there are".to_owned(),
                )),
                None => mistakes.push((
                    format!("--users {count}: the scenario has no [users]"),
                    "leave it out".to_owned(),
                )),
            }
        }
        if mistakes.is_empty() && self != &Self::default() {
            check_users(scenario, &mut mistakes);
            check_rows(scenario, &mut mistakes);
            check_replays(scenario, &mut mistakes);
        }
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(OverrideError(mistakes))
        }
    }

    /// Every override as it is written on a command line: `--rate api=600/s`.
    pub fn as_written(&self) -> Vec<String> {
        let named = |flag: &str, value: &dyn fmt::Display| format!("--{flag} {value}");
        let durations = self.durations.iter().map(|text| named("duration", text));
        let scale = self.scale.iter().map(|factor| named("scale", factor));
        let rates = self.rates.iter().map(|text| named("rate", text));
        let users = self.users.iter().map(|count| named("users", count));
        durations.chain(scale).chain(rates).chain(users).collect()
    }
}

fn scale(scenario: &mut Scenario, factor: f64) {
    for stage in &mut scenario.stages {
        for stream in &mut stage.streams {
            stream.scale(factor, stage.duration);
        }
    }
    let least = users_needed(scenario);
    if let Some(users) = &mut scenario.users {
        // A draw from all users must meet those whom earlier stages have prepared.
        let scaled = (users.count as f64 * factor - 1e-6).ceil() as u64;
        users.count = scaled.max(least).max(1);
    }
}

fn set_rates(scenario: &mut Scenario, text: &str, mistakes: &mut Vec<(String, String)>) {
    let Some((name, rate)) = text.split_once('=') else {
        let hint = "write STREAM=RATE or STAGE/STREAM=RATE, such as api=600/s";
        mistakes.push((format!("--rate {text}"), hint.to_owned()));
        return;
    };
    let rate_per_s = match parse_rate(rate) {
        Ok(rate) => rate,
        Err(hint) => {
            mistakes.push((format!("--rate {text}: {rate:?} cannot be read"), hint));
            return;
        }
    };
    let mut found = false;
    for stage in &mut scenario.stages {
        for stream in &mut stage.streams {
            let full = format!("{}/{}", stage.name, stream.name);
            if name == stream.name || name == full {
                found = true;
                if !stream.set_rate(rate_per_s, stage.duration) {
                    mistakes.push((
                        format!("--rate {text}: stream {full:?} has users and no rate"),
                        "name a stream with a rate; --scale changes the users too".to_owned(),
                    ));
                }
            }
        }
    }
    if !found {
        let full = |stage: &Stage, stream: &Stream| format!("{}/{}", stage.name, stream.name);
        let mut known: Vec<String> = Vec::new();
        for stage in &scenario.stages {
            for stream in &stage.streams {
                if !known.contains(&stream.name) {
                    known.push(stream.name.clone());
                }
            }
        }
        for stage in &scenario.stages {
            known.extend(stage.streams.iter().map(|stream| full(stage, stream)));
        }
        let hint = suggestion(name, known.iter().map(String::as_str));
        mistakes.push((format!("--rate {text}: no stream {name:?}"), hint));
    }
}

fn set_durations(scenario: &mut Scenario, text: &str, mistakes: &mut Vec<(String, String)>) {
    let (name, duration) = match text.split_once('=') {
        Some((name, duration)) => (Some(name), duration),
        None => (None, text),
    };
    let duration = match parse_duration(duration) {
        Ok(duration) if !duration.is_zero() => duration,
        Ok(_) => {
            let hint = "write a duration above 0, such as \"10s\"".to_owned();
            mistakes.push((format!("--duration {text}"), hint));
            return;
        }
        Err(hint) => {
            let what = format!("--duration {text}: {duration:?} cannot be read");
            mistakes.push((what, hint));
            return;
        }
    };
    let chosen: Vec<usize> = (0..scenario.stages.len())
        .filter(|&index| name.is_none_or(|name| scenario.stages[index].name == name))
        .collect();
    if let (Some(name), []) = (name, &chosen[..]) {
        let known = scenario.stages.iter().map(|stage| stage.name.as_str());
        let hint = suggestion(name, known);
        mistakes.push((format!("--duration {text}: no stage {name:?}"), hint));
    }
    for index in chosen {
        set_duration(scenario, index, duration);
    }
}

/// A warm-up, a ramp, a spike or a profile that no longer fits keeps its share of the stage.
pub(super) fn set_duration(scenario: &mut Scenario, index: usize, duration: Duration) {
    let stage = &mut scenario.stages[index];
    let before = std::mem::replace(&mut stage.duration, duration);
    for stream in &mut stage.streams {
        stream.follow(before, duration);
    }
    let shrunk = |part: Duration| share_of(part, before, duration);
    if stage.warmup >= duration {
        stage.warmup = shrunk(stage.warmup);
    }
    for capture in &mut scenario.captures {
        if capture.stage.as_ref() == Some(&stage.name) && capture.duration > duration {
            capture.duration = shrunk(capture.duration);
        }
    }
}

/// The most arrivals of an action that takes each user once.
fn users_needed(scenario: &Scenario) -> u64 {
    let each = crate::plan::each_user_arrivals(scenario);
    each.into_iter().map(|(_, count)| count).max().unwrap_or(0)
}

fn check_users(scenario: &Scenario, mistakes: &mut Vec<(String, String)>) {
    let Some(users) = &scenario.users else { return };
    for (index, arrivals) in crate::plan::each_user_arrivals(scenario) {
        if arrivals > users.count {
            let taker = scenario.arriving(index);
            mistakes.push((
                format!(
                    "{} {:?} takes each user once, would have {arrivals} arrivals and {} users",
                    taker.kind(),
                    taker.name(),
                    users.count
                ),
                format!("add --users {arrivals}"),
            ));
        }
    }
}

fn check_rows(scenario: &Scenario, mistakes: &mut Vec<(String, String)>) {
    let unique = |set: &&DataSet| set.pick == RowPick::Unique;
    for set in scenario.data.iter().filter(unique) {
        let rows = set.rows.values.len() as u64;
        for index in 0..scenario.actions.len() + scenario.sessions.len() {
            let taker = scenario.arriving(index);
            if !taker.takes_from(&set.name, &scenario.actions) {
                continue;
            }
            let arrivals = crate::plan::arrivals_of(&scenario.stages, index, scenario.seed);
            if let Some(arrivals) = arrivals
                && arrivals > rows
            {
                mistakes.push((
                    format!(
                        "{} {:?} takes each row of {:?} once, would have {arrivals} arrivals and {rows} rows",
                        taker.kind(),
                        taker.name(),
                        set.name
                    ),
                    "make the stage shorter, or the rate smaller".to_owned(),
                ));
            }
        }
    }
}

fn check_replays(scenario: &Scenario, mistakes: &mut Vec<(String, String)>) {
    for stage in &scenario.stages {
        for stream in &stage.streams {
            if let Load::Open { process, .. } = &stream.load
                && let Process::Replay { .. } = process
                && Arrivals::new(process, stage.duration, 0).count() == 0
            {
                mistakes.push((
                    format!(
                        "stream \"{}/{}\": no arrival of its replay would be due before the end of the stage",
                        stage.name, stream.name
                    ),
                    "make the stage longer, or the scale larger".to_owned(),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests;
