//! One stage of a scenario at some multiple of its rates: a step in the search for the highest rate
//! that a service carries.

use std::time::Duration;

use super::overrides::set_duration;
use super::{Load, Process, Rate, Scenario, Stage, UserPick};
use crate::plan::{arrivals_of, each_user_arrivals};

/// What a step sends.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadStep {
    /// Index of the stage.
    pub stage: usize,
    /// Indices of its streams whose rates are multiplied; the others keep theirs.
    pub streams: Vec<usize>,
    /// Their rates, times this.
    pub scale: f64,
    /// How much of the beginning is not judged.
    pub warmup: Duration,
    /// How much is.
    pub judged: Duration,
    /// Do the stages before it come first, and does it have users of its own?
    pub anew: bool,
    /// Where users and the numbers of arrivals begin.
    pub first_ordinal: u64,
}

impl Scenario {
    /// The scenario of one step. What comes before the stage prepares it and is not judged, whatever
    /// it is in a run of its own; profiles, which would slow the service down, are not taken.
    #[must_use]
    pub fn load_step(&self, step: &LoadStep) -> Self {
        let mut scenario = self.clone();
        scenario.first_ordinal = step.first_ordinal;
        scenario.captures.clear();
        let duration = step.warmup + step.judged;
        set_duration(&mut scenario, step.stage, duration);
        let stage = &mut scenario.stages[step.stage];
        stage.judged = true;
        stage.warmup = step.warmup;
        for index in &step.streams {
            stage.streams[*index].scale(step.scale, duration);
        }
        scenario.stages.truncate(step.stage + 1);
        if !step.anew {
            scenario.stages.drain(..step.stage);
            return scenario;
        }
        let more = (0..self.actions.len() + self.sessions.len())
            .map(|index| {
                let planned = self.users_taken(step.stage, index).max(1);
                scenario.users_taken(step.stage, index) as f64 / planned as f64
            })
            .fold(0.0, f64::max);
        for index in 0..step.stage {
            scenario.stages[index].judged = false;
            // As many users more as the step takes more of them, at the rate that the plan has.
            if more > 1.0 && self.takes_each_user(&self.stages[index]) {
                let longer = self.stages[index].duration.mul_f64(more);
                set_duration(&mut scenario, index, longer);
            }
        }
        scenario
    }

    /// What comes before a stage, as a run of its own; nothing where it is the first.
    pub fn preparation(&self, stage: usize) -> Option<Self> {
        if stage == 0 {
            return None;
        }
        let mut scenario = self.clone();
        scenario.captures.clear();
        scenario.stages.truncate(stage);
        for stage in &mut scenario.stages {
            stage.judged = false;
        }
        Some(scenario)
    }

    /// Does a second run of the stage need what the first one has used up: users that are taken
    /// once, or what was prepared under the id of its run?
    pub fn uses_up(&self, stage: usize) -> bool {
        let names_run = |stage: &Stage| {
            let mut actions = self.sent_in(stage).into_iter();
            actions.any(|index| self.actions[index].places().any(|place| place == "run"))
        };
        self.takes_each_user(&self.stages[stage])
            || names_run(&self.stages[stage]) && self.stages[..stage].iter().any(names_run)
    }

    /// Users, and numbers of arrivals, from which on a run is free of what this one has taken.
    pub fn next_ordinal(&self) -> u64 {
        let users = self.users.as_ref().map_or(0, |users| users.count);
        let taken = each_user_arrivals(self).into_iter();
        let most = taken.map(|(_, arrivals)| arrivals).fold(users, u64::max);
        self.first_ordinal + most
    }

    /// How many users the action or session with this index takes once in a stage.
    fn users_taken(&self, stage: usize, index: usize) -> u64 {
        if self.arriving(index).user() != UserPick::Each {
            return 0;
        }
        let before: usize = self.stages[..stage].iter().map(|s| s.streams.len()).sum();
        let seed = self.seed.wrapping_add(before as u64);
        let stage = std::slice::from_ref(&self.stages[stage]);
        arrivals_of(stage, index, seed).unwrap_or(0)
    }

    fn takes_each_user(&self, stage: &Stage) -> bool {
        let mut mixes = stage.streams.iter().flat_map(|stream| &stream.mix);
        mixes.any(|(index, _)| self.arriving(*index).user() == UserPick::Each)
    }
}

impl super::Stream {
    /// Arrivals per second, where that is one number for the whole stage.
    pub fn steady_rate(&self) -> Option<f64> {
        match &self.load {
            Load::Open {
                process:
                    Process::Even(Rate::Constant { per_s }) | Process::Poisson(Rate::Constant { per_s }),
                ..
            } => Some(*per_s),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::Plan;

    const SCENARIO: &str = r#"format = 1
name = "test"
[users]
count = 100
[actions.register]
http = "POST /users/${user}"
user = "each"
[actions.browse]
http = "GET /${run}"
[actions.claim]
http = "POST /claims/${user}"
user = "each"
[actions.note]
http = "PUT /notes/${run}-${ordinal}"
[[stages]]
name = "init"
duration = "10s"
[[stages.streams]]
name = "api"
rate = "10/s"
mix = { register = 1 }
[[stages]]
name = "play"
duration = "10s"
[[stages.streams]]
name = "api"
rate = "20/s"
process = "poisson"
mix = { browse = 3, claim = 1 }
[[stages.streams]]
name = "events"
rate = "5/s"
mix = { browse = 1 }
[[stages]]
name = "later"
duration = "10s"
[[stages.streams]]
name = "api"
rate = "20/s -> 40/s"
mix = { note = 1 }
"#;

    fn parsed() -> Scenario {
        Scenario::parse(Path::new("test.toml"), SCENARIO).unwrap()
    }

    fn step(anew: bool) -> LoadStep {
        LoadStep {
            stage: 1,
            streams: vec![0],
            scale: 3.0,
            warmup: Duration::from_secs(5),
            judged: Duration::from_secs(15),
            anew,
            first_ordinal: 1_000,
        }
    }

    #[test]
    fn a_step_is_one_stage_at_another_rate() {
        let alone = parsed().load_step(&step(false));
        let [play] = &alone.stages[..] else {
            panic!("{:?}", alone.stages);
        };
        let rates: Vec<_> = play
            .streams
            .iter()
            .map(super::super::Stream::steady_rate)
            .collect();
        assert_eq!(rates, [Some(60.0), Some(5.0)]);
        assert_eq!(
            (play.duration, play.warmup, play.judged),
            (Duration::from_secs(20), Duration::from_secs(5), true)
        );
        assert_eq!(parsed().stages[2].streams[0].steady_rate(), None);
    }

    #[test]
    fn a_step_that_uses_users_up_prepares_as_many_of_its_own() {
        let scenario = parsed();
        let whole = scenario.load_step(&step(true));
        let [init, _] = &whole.stages[..] else {
            panic!("{:?}", whole.stages);
        };
        // 20 s at three times the rate take some six times the claims of the plan, as drawn.
        assert!(!init.judged);
        let planned = each_user_arrivals(&scenario);
        let taken = each_user_arrivals(&whole);
        let [(_, claims), (_, registered)] = taken[..] else {
            panic!("{taken:?}");
        };
        let times = claims as f64 / planned[0].1 as f64;
        assert!((4.0..9.0).contains(&times), "{times}");
        assert_eq!(registered, (100.0 * times).round() as u64);
        assert_eq!(whole.next_ordinal(), 1_000 + registered.max(claims));
        // A shorter step does not shrink the population from which others are drawn.
        let short = scenario.load_step(&LoadStep {
            scale: 0.1,
            ..step(true)
        });
        assert_eq!(short.stages[0].duration, Duration::from_secs(10));
        assert_eq!(short.next_ordinal(), 1_100);

        let plan = Plan::new(&whole);
        let (_, ordinal) = plan.stages[0].streams[0].mix.cursor().at(0);
        assert_eq!(ordinal, 1_000);
    }

    #[test]
    fn what_is_used_up_is_known_from_users_and_from_the_id_of_the_run() {
        let scenario = parsed();
        let used: Vec<_> = (0..3).map(|stage| scenario.uses_up(stage)).collect();
        assert_eq!(used, [true, true, true]);
        let text = SCENARIO.replace("notes/${run}-", "notes/");
        let scenario = Scenario::parse(Path::new("test.toml"), &text).unwrap();
        assert!(!scenario.uses_up(2));
        let preparation = scenario.preparation(2).unwrap();
        assert!(preparation.stages.iter().all(|stage| !stage.judged));
        assert_eq!(preparation.stages.len(), 2);
        assert!(scenario.preparation(0).is_none());
    }
}
