//! Runs of one scenario after the other: to see how they differ though nothing changed, or how two
//! services do.

mod subject;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use brunt_loadgen::{RunOutcome, Scenario};
use tokio_util::sync::CancellationToken;

use crate::cli::output::say;
use crate::cli::run::Run;
use crate::demo::{Database, DatabaseChoice, Service, Workspace};
use crate::progress::Ui;

pub(crate) use subject::{Subject, service};

/// What all runs have in common.
pub(crate) struct Experiment {
    pub(crate) scenario: Scenario,
    /// The scenario file.
    pub(crate) text: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) overrides: Vec<String>,
    pub(crate) threads: Option<usize>,
    pub(crate) ui: Ui,
    pub(crate) stop: CancellationToken,
    /// Between two runs nothing is sent for so long.
    pub(crate) pause: Duration,
    /// Where services that are started for a run have their data.
    pub(crate) database: DatabaseChoice,
}

/// One run that is to be made.
pub(crate) struct Wanted<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) phase: &'a str,
    /// In which its record is made.
    pub(crate) folder: PathBuf,
    pub(crate) labels: Vec<(&'static str, String)>,
}

/// Makes the runs.
pub(crate) struct Bench {
    experiment: Experiment,
    database: Database,
    workspace: Workspace,
    made: u32,
    first_ordinal: u64,
}

impl Bench {
    pub(crate) async fn new(experiment: Experiment) -> anyhow::Result<Self> {
        Ok(Self {
            database: Database::open(&experiment.database).await?,
            workspace: Workspace::new()?,
            experiment,
            made: 0,
            first_ordinal: 0,
        })
    }

    /// Makes one run, after a rest where it is not the first; none where somebody does not want to
    /// wait any longer.
    pub(crate) async fn make(&mut self, wanted: Wanted<'_>) -> anyhow::Result<Option<RunOutcome>> {
        let experiment = &self.experiment;
        if experiment.stop.is_cancelled() {
            return Ok(None);
        }
        if self.made > 0 {
            tokio::select! {
                () = experiment.stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(experiment.pause) => {}
            }
        }
        self.made += 1;
        let mut scenario = experiment.scenario.clone();
        let mut labels = experiment.labels.clone();
        labels.extend(
            wanted
                .labels
                .iter()
                .map(|(n, v)| ((*n).to_owned(), v.clone())),
        );
        match wanted.subject {
            Subject::There(addresses) => {
                for (name, address) in addresses {
                    crate::cli::load::set_address(&mut scenario.addresses, name, address)?;
                }
                // The runs before it have used up the users that are taken once.
                scenario.first_ordinal = self.first_ordinal;
                if (0..scenario.stages.len()).any(|stage| scenario.uses_up(stage)) {
                    self.first_ordinal = scenario.next_ordinal();
                }
                self.carry_out(scenario, labels, &wanted).await.map(Some)
            }
            Subject::Started { phase, flags } => {
                labels
                    .entry("database".to_owned())
                    .or_insert_with(|| self.database.name().to_owned());
                let name = format!("run{}", self.made);
                let folder = self.workspace.path();
                let store = self.database.create(&name, folder).await?;
                let service = Service::start(phase, flags, &store, folder).await?;
                scenario.addresses = service.addresses.clone();
                for gauges in &service.gauges {
                    scenario.gauges.set(gauges.clone());
                }
                let outcome = self.carry_out(scenario, labels, &wanted).await;
                drop(service);
                self.database.remove(&name).await?;
                outcome.map(Some)
            }
        }
    }

    async fn carry_out(
        &self,
        scenario: Scenario,
        labels: BTreeMap<String, String>,
        wanted: &Wanted<'_>,
    ) -> anyhow::Result<RunOutcome> {
        let experiment = &self.experiment;
        let run = Run {
            scenario,
            text: experiment.text.clone(),
            phase: wanted.phase.to_owned(),
            results: wanted.folder.clone(),
            labels,
            overrides: experiment.overrides.clone(),
            threads: experiment.threads,
            ui: experiment.ui,
            metrics: None,
        };
        run.carry_out(experiment.stop.clone()).await
    }

    /// Tells somebody at the terminal what comes next.
    pub(crate) fn tell(&self, text: &str) {
        if self.experiment.ui != Ui::None {
            say(text);
        }
    }
}
