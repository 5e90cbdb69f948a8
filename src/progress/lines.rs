//! One live line on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brunt_loadgen::plan::{Plan, PlannedStage};
use brunt_loadgen::{Progress, Scenario, Update};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::line::{self, Offer};

/// Elsewhere than on a terminal a line is written once in so many seconds.
const PLAIN_EVERY_S: u64 = 10;

/// Shows the updates of one run line by line.
#[derive(Clone)]
pub(crate) struct Lines {
    stages: Arc<Vec<StageLine>>,
    bar: ProgressBar,
    plain: bool,
    state: Arc<Mutex<State>>,
}

struct StageLine {
    name: String,
    seconds: u64,
    planned: PlannedStage,
}

#[derive(Default)]
struct State {
    /// Index of the stage that is running.
    stage: usize,
    /// Second of the run in which it began.
    began: u64,
    /// Stages whose totals were told.
    told: usize,
    last: Progress,
}

impl Lines {
    pub(super) fn new(scenario: &Scenario, phase: &str, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let stages: Vec<StageLine> = Plan::new(scenario)
            .stages
            .into_iter()
            .map(|planned| StageLine {
                name: planned.stage.name.clone(),
                seconds: planned.stage.duration.as_secs().max(1),
                planned,
            })
            .collect();
        let target = if terminal && !quiet {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style =
            ProgressStyle::with_template("{prefix} [{bar:40}] {pos:>4}/{len} s\n{wide_msg}")
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

    pub(super) fn update(&self, update: &Update) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match update {
            Update::Stage { index, second } => {
                state.stage = *index;
                state.began = *second;
                self.bar.set_length(self.stages[*index].seconds);
                self.bar.set_position(0);
            }
            Update::Second(progress) => self.second(&mut state, progress),
        }
    }

    /// Tells what the last stages came to, and clears the live line.
    pub(super) fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let stages = state.last.stages.len();
        self.tell_stages(&mut state, stages);
        self.bar.finish_and_clear();
    }

    fn second(&self, state: &mut State, progress: &Progress) {
        state.last = progress.clone();
        if progress.second + 1 >= state.began {
            // Every arrival of the stages before was due by now.
            let ended = state.stage;
            self.tell_stages(state, ended);
        }
        if progress.second < state.began {
            return;
        }
        let running = &self.stages[state.stage];
        let into = progress.second + 1 - state.began;
        let offer = if into > running.seconds {
            Offer::Draining
        } else {
            let planned = running.planned.planned_in(into - 1);
            planned.map_or(Offer::Closed, Offer::Rate)
        };
        let line = line::second(&running.name, offer, progress);
        self.bar.set_position(into.min(running.seconds));
        self.bar.set_message(line.clone());
        if self.plain && (progress.second + 1).is_multiple_of(PLAIN_EVERY_S) {
            self.say(&format!("{:>5} s  {line}", progress.second + 1));
        }
    }

    /// Tells the totals of the stages before `end` in which nothing is open any more.
    fn tell_stages(&self, state: &mut State, end: usize) {
        while state.told < end {
            let totals = state
                .last
                .stages
                .get(state.told)
                .copied()
                .unwrap_or_default();
            if totals.open() > 0 {
                return;
            }
            if totals.offered > 0 {
                self.say(&line::stage(&self.stages[state.told].name, &totals));
                let sessions = state.last.sessions.iter();
                for session in sessions.filter(|session| session.stage == state.told) {
                    self.say(&line::session(&session.totals));
                }
            }
            state.told += 1;
        }
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
