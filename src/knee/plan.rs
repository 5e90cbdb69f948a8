//! What a search sends: which stage at which rates, and how long.

use std::time::Duration;

use anyhow::bail;
use brunt_loadgen::scenario::{Arriving, LoadStep, Stage, Stream};
use brunt_loadgen::{Overrides, Scenario};
use brunt_report::knee::{Order, SearchSettings, Searched};
use brunt_report::statistics::trials_needed;

use super::refusal;
use super::target::{self, Target};

/// A step that is too short to show that a target is met is made longer, up to so many times.
const LONGER: f64 = 8.0;
/// So many more arrivals than a target needs where no arrival misses it: a few may.
const MARGIN: f64 = 1.5;

/// What somebody wants to be searched.
pub(crate) struct Choice {
    /// Slug; else the judged stage that lasts longest.
    pub(crate) stage: Option<String>,
    /// Without the stages before it?
    pub(crate) alone: bool,
    /// Slugs of the streams whose rates are searched; all where there are none.
    pub(crate) streams: Vec<String>,
    /// Limits for actions of the stage.
    pub(crate) targets: Vec<Target>,
    /// Arrivals per second of the searched streams with which to begin; else as planned.
    pub(crate) from_per_s: Option<f64>,
    /// Most of them.
    pub(crate) max_per_s: Option<f64>,
    /// How narrow the interval is to be.
    pub(crate) precision: f64,
    pub(crate) max_steps: u32,
    /// How long a step is judged.
    pub(crate) judged: Duration,
    pub(crate) warmup: Duration,
}

/// A stage that can be searched.
pub(crate) struct SearchPlan {
    /// With every change but the rates of the steps.
    pub(crate) scenario: Scenario,
    /// Index of the stage.
    stage: usize,
    /// Indices of the searched streams.
    streams: Vec<usize>,
    /// Does a step use up what the next one would need?
    pub(crate) anew: bool,
    pub(crate) settings: SearchSettings,
    judged: Duration,
    pub(crate) warmup: Duration,
}

impl SearchPlan {
    /// The plan of `choice`; or all that is against it, each with what to do.
    pub(crate) fn new(mut scenario: Scenario, choice: &Choice) -> anyhow::Result<Self> {
        let mut stage = chosen_stage(&scenario, choice.stage.as_deref())?;
        if choice.alone {
            scenario.stages.drain(..stage);
            stage = 0;
        }
        let streams = chosen_streams(&scenario.stages[stage], &choice.streams)?;
        let mut mistakes = Vec::new();
        target::set(&mut scenario, stage, &choice.targets, &mut mistakes);
        let anew = scenario.uses_up(stage);
        refusal::of_stage(&scenario, stage, anew, &mut mistakes);
        refusal::of_streams(&scenario.stages[stage], &streams, &mut mistakes);
        if !mistakes.is_empty() {
            bail!("{}", mistakes.join("\n"));
        }
        let mut plan = Self {
            scenario,
            stage,
            streams,
            anew,
            settings: SearchSettings {
                start: 1.0,
                most: None,
                precision: choice.precision,
                max_steps: choice.max_steps,
            },
            judged: choice.judged,
            warmup: choice.warmup,
        };
        let planned = plan.planned_per_s();
        plan.settings.most = choice.max_per_s.map(|rate| rate / planned);
        if let Some(rate) = choice.from_per_s {
            plan.settings.start = rate / planned;
        }
        Ok(plan)
    }

    /// Arrivals per second of the searched streams together, as planned.
    pub(crate) fn planned_per_s(&self) -> f64 {
        let streams = self.streams.iter();
        let streams = streams.map(|index| &self.stage().streams[*index]);
        streams.filter_map(Stream::steady_rate).sum()
    }

    pub(crate) fn searched(&self) -> Searched {
        Searched {
            stage: self.stage().name.clone(),
            streams: self.names(|index| self.streams.contains(&index)),
        }
    }

    /// Slugs of the streams that keep their rates.
    pub(crate) fn fixed(&self) -> Vec<String> {
        self.names(|index| !self.streams.contains(&index))
    }

    /// Slugs of the stages that come before.
    pub(crate) fn preparing(&self) -> Vec<String> {
        let before = self.scenario.stages[..self.stage].iter();
        before.map(|stage| stage.name.clone()).collect()
    }

    /// What is sent once, before the first step; nothing where every step prepares for itself.
    pub(crate) fn preparation(&self) -> Option<Scenario> {
        self.scenario.preparation(self.stage).filter(|_| !self.anew)
    }

    /// What a step sends, and what `brunt run` would be given for the same rates.
    pub(crate) fn step(&self, order: &Order, first_ordinal: u64) -> (Scenario, Overrides) {
        let judged = self.judged_at(order.scale) * order.length;
        let scenario = self.scenario.load_step(&LoadStep {
            stage: self.stage,
            streams: self.streams.clone(),
            scale: order.scale,
            warmup: self.warmup,
            judged,
            anew: self.anew,
            first_ordinal,
        });
        let name = &self.stage().name;
        let stage = scenario.stages.last().unwrap_or(self.stage());
        let rates = self.streams.iter().filter_map(|index| {
            let stream = &stage.streams[*index];
            Some(format!(
                "{name}/{}={}/s",
                stream.name,
                stream.steady_rate()?
            ))
        });
        let overrides = Overrides {
            rates: rates.collect(),
            durations: vec![format!("{name}={}s", stage.duration.as_secs_f64())],
            ..Overrides::default()
        };
        (scenario, overrides)
    }

    /// Long enough for every target to be shown to be met.
    fn judged_at(&self, scale: f64) -> Duration {
        let stage = self.stage();
        let rate_of = |index: usize, stream: &Stream| {
            let scale = if self.streams.contains(&index) {
                scale
            } else {
                1.0
            };
            stream.steady_rate().map_or(0.0, |rate| rate * scale)
        };
        // How often it comes: the arrivals of what a mix names, and the requests of its sessions.
        let per_s = |of: &dyn Fn(usize) -> f64| -> f64 {
            let streams = stage.streams.iter().enumerate();
            let rates = streams.map(|(index, stream)| rate_of(index, stream) * mean(stream, of));
            rates.sum()
        };
        let scenario = &self.scenario;
        let requests = |index: usize, of: &dyn Fn(usize) -> f64| match scenario.arriving(index) {
            Arriving::Action(_) => of(index),
            Arriving::Session(session) => session
                .actions()
                .into_iter()
                .map(|action| of(action) * session.mean_of(action))
                .sum(),
        };
        let success = scenario.success_target;
        let success = success.map(|share| (share, per_s(&|index| requests(index, &|_| 1.0))));
        let actions = scenario.actions.iter().enumerate();
        let of_actions = actions.flat_map(|(number, action)| {
            let is_it = |index: usize| f64::from(u8::from(index == number));
            let rate = per_s(&|index| requests(index, &is_it));
            action
                .targets
                .iter()
                .map(move |(quantile, _)| (*quantile, rate))
        });
        let sessions = scenario.sessions.iter().enumerate();
        let of_sessions = sessions.flat_map(|(number, session)| {
            let own = scenario.actions.len() + number;
            let rate = per_s(&|index| f64::from(u8::from(index == own)));
            session
                .targets
                .iter()
                .map(move |(quantile, _)| (*quantile, rate))
        });
        let seconds = of_actions
            .chain(of_sessions)
            .chain(success)
            .filter(|(_, rate)| *rate > 0.0)
            .map(|(share, rate)| MARGIN * trials_needed(share) as f64 / rate)
            .fold(0.0, f64::max);
        let base = self.judged.as_secs_f64();
        Duration::from_secs_f64(seconds.clamp(base, LONGER * base).ceil())
    }

    fn stage(&self) -> &Stage {
        &self.scenario.stages[self.stage]
    }

    fn names(&self, wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let streams = self.stage().streams.iter().enumerate();
        let wanted = streams.filter(|(index, _)| wanted(*index));
        wanted.map(|(_, stream)| stream.name.clone()).collect()
    }
}

/// The mean of `of` over the arrivals of a stream.
fn mean(stream: &Stream, of: &dyn Fn(usize) -> f64) -> f64 {
    let all: u64 = stream.mix.iter().map(|(_, weight)| weight).sum();
    let weighted = stream.mix.iter();
    let weighted = weighted.map(|(index, weight)| *weight as f64 * of(*index));
    weighted.sum::<f64>() / all as f64
}

fn chosen_stage(scenario: &Scenario, wanted: Option<&str>) -> anyhow::Result<usize> {
    let stages = scenario.stages.iter().enumerate();
    let known = || {
        let names = scenario.stages.iter().map(|stage| stage.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    if let Some(wanted) = wanted {
        let found = stages.into_iter().find(|(_, stage)| stage.name == wanted);
        return match found {
            Some((index, _)) => Ok(index),
            None => bail!(
                "--stage {wanted}: no such stage\n  hint: there is {}",
                known()
            ),
        };
    }
    let judged = stages.filter(|(_, stage)| stage.judged);
    // Of equals the first.
    let longest = judged.reduce(|a, b| if b.1.duration > a.1.duration { b } else { a });
    match longest {
        Some((index, _)) => Ok(index),
        None => bail!(
            "no stage is judged\n  hint: name one by --stage: {}",
            known()
        ),
    }
}

fn chosen_streams(stage: &Stage, wanted: &[String]) -> anyhow::Result<Vec<usize>> {
    if wanted.is_empty() {
        return Ok((0..stage.streams.len()).collect());
    }
    let mut chosen = Vec::new();
    for name in wanted {
        let Some(index) = stage.streams.iter().position(|stream| stream.name == *name) else {
            let known: Vec<&str> = stage.streams.iter().map(|s| s.name.as_str()).collect();
            bail!(
                "--stream {name}: no such stream in stage {:?}\n  hint: there is {}",
                stage.name,
                known.join(", ")
            );
        };
        if !chosen.contains(&index) {
            chosen.push(index);
        }
    }
    Ok(chosen)
}
