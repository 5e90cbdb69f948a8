//! How a run is doing, on stderr: one live line on a terminal, plain lines elsewhere.

mod line;

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brunt_loadgen::{Progress, Scenario, Update};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use line::second_line;

/// Elsewhere than on a terminal a line is written once in so many seconds.
const PLAIN_EVERY_S: u64 = 10;

/// Shows the updates of one run.
#[derive(Clone)]
pub(crate) struct Display {
    stages: Arc<Vec<StageLine>>,
    bar: ProgressBar,
    plain: bool,
    state: Arc<Mutex<State>>,
}

struct StageLine {
    name: String,
    seconds: u64,
    offered_per_s: f64,
}

#[derive(Default)]
struct State {
    stage: usize,
    began: u64,
    last: Progress,
    at_stage_start: Progress,
}

impl Display {
    pub(crate) fn new(scenario: &Scenario, phase: &str, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let stages: Vec<StageLine> = scenario
            .stages
            .iter()
            .map(|stage| StageLine {
                name: stage.name.clone(),
                seconds: stage.duration.as_secs().max(1),
                offered_per_s: stage.streams.iter().map(|s| s.rate_per_s).sum(),
            })
            .collect();
        let bar = ProgressBar::with_draw_target(
            None,
            if terminal && !quiet {
                ProgressDrawTarget::stderr()
            } else {
                ProgressDrawTarget::hidden()
            },
        );
        let style = ProgressStyle::with_template("{prefix} [{bar:24}] {pos:>4}/{len} s  {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        bar.set_style(style);
        bar.set_prefix(phase.to_owned());
        bar.enable_steady_tick(Duration::from_millis(500));
        Self {
            stages: Arc::new(stages),
            bar,
            plain: !terminal && !quiet,
            state: Arc::default(),
        }
    }

    pub(crate) fn update(&self, update: &Update) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match update {
            Update::Stage(stage) => self.begin(&mut state, *stage),
            Update::Second(progress) => self.second(&mut state, progress),
        }
    }

    pub(crate) fn close(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.total_offered > 0 {
            self.say(&line::stage_line(&self.stages[state.stage].name, &state.at_stage_start, &state.last));
        }
        self.bar.finish_and_clear();
    }

    fn begin(&self, state: &mut State, stage: usize) {
        if stage > 0 {
            let name = &self.stages[state.stage].name;
            self.say(&line::stage_line(name, &state.at_stage_start, &state.last));
        }
        state.stage = stage;
        state.at_stage_start = state.last.clone();
        state.began = if stage == 0 { 0 } else { state.last.second + 1 };
        self.bar.set_length(self.stages[stage].seconds);
        self.bar.set_position(0);
    }

    fn second(&self, state: &mut State, progress: &Progress) {
        let stage = &self.stages[state.stage];
        let into = (progress.second + 1).saturating_sub(state.began);
        let draining = into > stage.seconds;
        let offered_per_s = if draining { 0.0 } else { stage.offered_per_s };
        let line = second_line(&stage.name, offered_per_s, progress);
        self.bar.set_position(into.min(stage.seconds));
        self.bar.set_message(line.clone());
        if self.plain && (progress.second + 1).is_multiple_of(PLAIN_EVERY_S) {
            self.say(&format!("{:>5} s  {line}", progress.second + 1));
        }
        state.last = progress.clone();
    }

    #[expect(clippy::print_stderr, reason = "progress is for people, on stderr")]
    fn say(&self, line: &str) {
        if self.plain {
            eprintln!("{}  {line}", self.bar.prefix());
        } else {
            self.bar.println(format!("{}  {line}", self.bar.prefix()));
        }
    }
}
