//! Changes to a scenario for one run, from the command line: rates, durations, the scale of it all.
//!
//! The record keeps them as they were written, beside the plan that came out of them.

use std::fmt;
use std::time::Duration;

use super::duration::{parse_duration, parse_rate};
use super::reshape::share_of;
use super::table::suggestion;
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
        if capture.stage == stage.name && capture.duration > duration {
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
    for (action, arrivals) in crate::plan::each_user_arrivals(scenario) {
        if arrivals > users.count {
            mistakes.push((
                format!(
                    "action {action:?} takes each user once, would have {arrivals} arrivals and {} users",
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
        for (index, action) in scenario.actions.iter().enumerate() {
            if !action.takes_from(&set.name) {
                continue;
            }
            let arrivals = crate::plan::arrivals_of(&scenario.stages, index, scenario.seed);
            if let Some(arrivals) = arrivals
                && arrivals > rows
            {
                mistakes.push((
                    format!(
                        "action {:?} takes each row of {:?} once, would have {arrivals} arrivals and {rows} rows",
                        action.name, set.name
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
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::Rate;
    use super::*;

    const SCENARIO: &str = r#"format = 1
name = "test"
[users]
count = 100
[actions.register]
http = "POST /users/${user}"
user = "each"
[actions.browse]
http = "GET /"
[[stages]]
name = "init"
duration = "10s"
[[stages.streams]]
name = "api"
rate = "10/s"
mix = { register = 1 }
[[stages]]
name = "gameplay"
duration = "30min"
warmup = "30s"
[[stages.streams]]
name = "api"
rate = "300/s"
max_in_flight = 50
mix = { browse = 1 }
[[stages.streams]]
name = "events"
rate = "500/s"
mix = { browse = 1 }
[[captures]]
component = "service"
stage = "gameplay"
duration = "60s"
"#;

    fn overridden(overrides: &Overrides) -> Result<Scenario, String> {
        let mut scenario = Scenario::parse(Path::new("test.toml"), SCENARIO).unwrap();
        overrides.apply(&mut scenario).map_err(|e| e.to_string())?;
        Ok(scenario)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    /// Rate and bound in flight; users for a bound, and no rate, in a closed model.
    fn figures_of(stream: &Stream) -> (f64, usize) {
        match &stream.load {
            Load::Open {
                process: Process::Even(Rate::Constant { per_s }),
                max_in_flight,
            } => (*per_s, *max_in_flight),
            Load::Open { .. } => panic!("no constant rate: {stream:?}"),
            Load::Closed(load) => (0.0, load.users),
        }
    }

    /// Rate and bound in flight of every stream, seconds of every stage, and users.
    fn figures(scenario: &Scenario) -> (Vec<(f64, usize)>, Vec<f64>, u64) {
        let streams = scenario.stages.iter().flat_map(|s| &s.streams);
        (
            streams.map(figures_of).collect(),
            scenario
                .stages
                .iter()
                .map(|s| s.duration.as_secs_f64())
                .collect(),
            scenario.users.as_ref().unwrap().count,
        )
    }

    #[test]
    fn what_is_named_changes_and_nothing_else() {
        let check = |overrides: Overrides, want: (&[(f64, usize)], [f64; 2], u64)| {
            let scenario = overridden(&overrides).unwrap();
            let (streams, seconds, users) = figures(&scenario);
            let got = (&streams[..], [seconds[0], seconds[1]], users);
            assert_eq!(got, want, "{overrides:?}");
        };
        let plain = [(10.0, 100), (300.0, 50), (500.0, 5_000)];
        check(Overrides::default(), (&plain, [10.0, 1_800.0], 100));
        check(
            Overrides {
                rates: texts(&["gameplay/api=600/s", "events=60/min"]),
                ..Overrides::default()
            },
            (&[(10.0, 100), (600.0, 50), (1.0, 10)], [10.0, 1_800.0], 100),
        );
        check(
            Overrides {
                scale: Some(0.1),
                ..Overrides::default()
            },
            (&[(1.0, 10), (30.0, 50), (50.0, 500)], [10.0, 1_800.0], 10),
        );
        check(
            Overrides {
                scale: Some(2.0),
                durations: texts(&["init=5s", "gameplay=20s"]),
                rates: texts(&["init/api=7/s"]),
                ..Overrides::default()
            },
            (
                &[(7.0, 70), (600.0, 50), (1_000.0, 10_000)],
                [5.0, 20.0],
                200,
            ),
        );
    }

    #[test]
    fn rates_that_change_are_scaled_and_follow_their_stage() {
        let changed = |rate: &str, overrides: &Overrides| {
            let text = SCENARIO.replace("rate = \"500/s\"", rate);
            let mut scenario = Scenario::parse(Path::new("test.toml"), &text).unwrap();
            overrides.apply(&mut scenario).unwrap();
            scenario.stages[1].streams[1].load.clone()
        };
        let seconds = Duration::from_secs;
        let shorter = Overrides {
            scale: Some(0.1),
            durations: texts(&["gameplay=18s"]),
            ..Overrides::default()
        };
        assert_eq!(
            changed("rate = \"100/s -> 600/s\"", &shorter),
            Load::Open {
                process: Process::Even(Rate::Ramp {
                    points: vec![(seconds(0), 10.0), (seconds(18), 60.0)]
                }),
                max_in_flight: 600,
            }
        );
        assert_eq!(
            changed(
                "rate = \"100/s\"\nprocess = \"poisson\"\nspike = { rate = \"900/s\", at = \"10min\", for = \"5min\" }",
                &shorter
            ),
            Load::Open {
                process: Process::Poisson(Rate::Spike {
                    base_per_s: 10.0,
                    spike_per_s: 90.0,
                    at: seconds(6),
                    length: seconds(3),
                }),
                max_in_flight: 900,
            }
        );
        let rate = Overrides {
            rates: texts(&["events=7/s"]),
            ..Overrides::default()
        };
        assert_eq!(
            changed("rate = \"100/s -> 600/s\"\nprocess = \"poisson\"", &rate),
            Load::Open {
                process: Process::Even(Rate::Constant { per_s: 7.0 }),
                max_in_flight: 70,
            }
        );
    }

    #[test]
    fn a_replay_goes_faster_and_must_have_an_arrival() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("arrivals.csv"), "2.5\n3\n").unwrap();
        let text = SCENARIO.replace("rate = \"500/s\"", "replay = \"arrivals.csv\"");
        let apply = |overrides: &Overrides| {
            let file = dir.path().join("test.toml");
            let mut scenario = Scenario::parse(&file, &text).unwrap();
            overrides.apply(&mut scenario).map_err(|e| e.to_string())?;
            Ok::<_, String>(scenario.stages[1].streams[1].load.clone())
        };
        let faster = apply(&Overrides {
            scale: Some(3.0),
            ..Overrides::default()
        });
        let Ok(Load::Open {
            process: Process::Replay { speed, .. },
            ..
        }) = faster
        else {
            panic!("{faster:?}");
        };
        assert!((speed - 3.0).abs() < 1e-9);
        let mistake = apply(&Overrides {
            durations: texts(&["gameplay=1s"]),
            ..Overrides::default()
        });
        let mistake = mistake.unwrap_err();
        assert!(mistake.contains("no arrival of its replay"), "{mistake}");
    }

    #[test]
    fn users_of_a_closed_model_are_scaled_and_have_no_rate() {
        let closed = SCENARIO.replace("rate = \"500/s\"", "users = 50");
        let overridden = |overrides: &Overrides| {
            let mut scenario = Scenario::parse(Path::new("test.toml"), &closed).unwrap();
            overrides.apply(&mut scenario).map_err(|e| e.to_string())?;
            Ok::<_, String>(figures_of(&scenario.stages[1].streams[1]))
        };
        let scaled = |factor: f64| {
            overridden(&Overrides {
                scale: Some(factor),
                ..Overrides::default()
            })
        };
        assert_eq!(scaled(0.1), Ok((0.0, 5)));
        assert_eq!(scaled(0.001), Ok((0.0, 1)));
        let rate = overridden(&Overrides {
            rates: texts(&["events=1/s"]),
            ..Overrides::default()
        });
        let mistake = rate.unwrap_err();
        assert!(mistake.contains("has users and no rate"), "{mistake}");
    }

    #[test]
    fn what_no_longer_fits_a_stage_keeps_its_share_of_it() {
        let stages = |duration: &str| {
            let overrides = Overrides {
                durations: texts(&[duration]),
                ..Overrides::default()
            };
            let scenario = overridden(&overrides).unwrap();
            (scenario.stages[1].warmup, scenario.captures[0].duration)
        };
        let (warmup, capture) = (Duration::from_secs(30), Duration::from_mins(1));
        assert_eq!(stages("gameplay=10min"), (warmup, capture));
        assert_eq!(
            stages("gameplay=30s"),
            (Duration::from_millis(500), Duration::from_secs(1))
        );
    }

    proptest! {
        /// Whatever the factor, each user is taken at most once, and arrivals follow the rate.
        #[test]
        fn every_scale_fits_its_own_users(factor in 0.001_f64..50.0) {
            let overrides = Overrides { scale: Some(factor), ..Overrides::default() };
            let scenario = overridden(&overrides);
            prop_assert!(scenario.is_ok(), "{scenario:?}");
            let scenario = scenario.unwrap();
            let (rate, _) = figures_of(&scenario.stages[1].streams[0]);
            prop_assert!((rate - 300.0 * factor).abs() < 1e-6);
            let users = scenario.users.as_ref().unwrap().count as f64;
            prop_assert!((users - 100.0 * factor).abs() <= 1.0);
        }
    }

    #[test]
    fn all_mistakes_are_told_with_what_there_is() {
        let mistakes = |overrides: &Overrides| overridden(overrides).unwrap_err();
        insta::assert_snapshot!(mistakes(&Overrides {
            rates: texts(&["apj=600/s", "api", "api=600", "init/events=1/s"]),
            scale: Some(-1.0),
            durations: texts(&["gamplay=60s", "10", "0s"]),
            users: Some(0),
        }));
        insta::assert_snapshot!(mistakes(&Overrides {
            durations: texts(&["init=60s"]),
            ..Overrides::default()
        }));
    }

    #[test]
    fn overrides_are_kept_as_they_are_written() {
        let overrides = Overrides {
            rates: texts(&["api=600/s"]),
            scale: Some(0.1),
            durations: texts(&["gameplay=60s"]),
            users: Some(5),
        };
        assert_eq!(
            overrides.as_written(),
            [
                "--duration gameplay=60s",
                "--scale 0.1",
                "--rate api=600/s",
                "--users 5"
            ]
        );
    }
}
