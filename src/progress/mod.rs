//! How a run is doing, on stderr: a full screen, or lines.

mod line;
mod lines;
mod screen;

use std::io::IsTerminal as _;

use anyhow::bail;
use brunt_loadgen::{Scenario, Update};
use clap::ValueEnum;
use tokio_util::sync::CancellationToken;

use lines::Lines;
use screen::Screen;

pub(crate) use screen::restore_terminal;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ui {
    /// A full screen with every action, its percentiles and failures; q or ctrl-c stops the run
    Tui,
    /// One live line on a terminal, a line every ten seconds elsewhere
    Plain,
    /// Nothing
    None,
}

impl Ui {
    /// Refuses a screen where there is no terminal to draw it on.
    pub(crate) fn check(self) -> anyhow::Result<Self> {
        if self == Self::Tui && !std::io::stderr().is_terminal() {
            bail!("--ui tui: stderr is no terminal\nhint: use --ui plain");
        }
        Ok(self)
    }
}

/// Shows the updates of one run.
#[derive(Clone)]
pub(crate) enum Display {
    Lines(Lines),
    Screen(Screen),
}

impl Display {
    /// Begins to show; on a screen a key may cancel `stop`.
    pub(crate) fn new(
        scenario: &Scenario,
        phase: &str,
        ui: Ui,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        Ok(match ui.check()? {
            Ui::Tui => Self::Screen(Screen::open(scenario, phase, stop.clone())?),
            ui => Self::Lines(Lines::new(scenario, phase, ui == Ui::None)),
        })
    }

    pub(crate) fn update(&self, update: &Update) {
        match self {
            Self::Lines(lines) => lines.update(update),
            Self::Screen(screen) => screen.update(update),
        }
    }

    /// Tells what the stages came to, and leaves the terminal as it was.
    pub(crate) fn close(&self) {
        match self {
            Self::Lines(lines) => lines.close(),
            Self::Screen(screen) => screen.close(),
        }
    }
}
