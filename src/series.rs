//! Runs that are made one after the other, at one terminal.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use brunt_loadgen::{RunOutcome, Scenario};
use tokio_util::sync::CancellationToken;

use crate::cli::output::say;
use crate::cli::run::Run;
use crate::progress::Ui;

/// What all of them have in common.
pub(crate) struct Series {
    /// The scenario file.
    pub(crate) text: String,
    pub(crate) labels: BTreeMap<String, String>,
    /// What was changed of the scenario before all of them.
    pub(crate) overrides: Vec<String>,
    pub(crate) threads: Option<usize>,
    pub(crate) ui: Ui,
    pub(crate) stop: CancellationToken,
    /// Between two runs nothing is sent for so long.
    pub(crate) pause: Duration,
}

/// What is one run's own.
pub(crate) struct Own {
    pub(crate) scenario: Scenario,
    pub(crate) phase: String,
    /// In which its record is made.
    pub(crate) folder: PathBuf,
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) overrides: Vec<String>,
}

impl Series {
    pub(crate) async fn run(&self, own: Own) -> anyhow::Result<RunOutcome> {
        let mut labels = self.labels.clone();
        let own_labels = own.labels.into_iter();
        labels.extend(own_labels.map(|(name, value)| (name.to_owned(), value)));
        let run = Run {
            scenario: own.scenario,
            text: self.text.clone(),
            phase: own.phase,
            results: own.folder,
            labels,
            overrides: [&self.overrides[..], &own.overrides[..]].concat(),
            threads: self.threads,
            ui: self.ui,
            metrics: None,
        };
        run.carry_out(self.stop.clone()).await
    }

    /// False where somebody does not want to wait any longer.
    pub(crate) async fn rest(&self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(self.pause) => true,
        }
    }

    /// Tells somebody at the terminal what comes next.
    pub(crate) fn tell(&self, text: &str) {
        if self.ui != Ui::None {
            say(text);
        }
    }
}
