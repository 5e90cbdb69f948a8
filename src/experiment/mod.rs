//! Runs of one scenario after the other: to see how they differ though nothing changed, or how two
//! services do.

mod subject;

use std::path::PathBuf;

use brunt_loadgen::{RunOutcome, Scenario};
use brunt_record::Ending;

use crate::demo::{Database, DatabaseChoice, Service, Workspace};
use crate::exit::Exit;
use crate::series::{Own, Series};

pub(crate) use subject::{Subject, service};

/// What all runs have in common.
pub(crate) struct Experiment {
    pub(crate) scenario: Scenario,
    pub(crate) series: Series,
    /// Where services that are started for a run have their data.
    pub(crate) database: DatabaseChoice,
}

/// One run that is to be made.
pub(crate) struct Wanted<'a> {
    /// What is told of it before it begins.
    pub(crate) title: String,
    pub(crate) subject: &'a Subject,
    pub(crate) phase: String,
    /// In which its record is made.
    pub(crate) folder: PathBuf,
    pub(crate) labels: Vec<(&'static str, String)>,
}

/// What has become of them.
pub(crate) struct Made {
    /// The records of those that ended as planned, in their order.
    pub(crate) records: Vec<PathBuf>,
    /// The record of the one that did not, after which no more were made.
    pub(crate) cut_short: Option<PathBuf>,
    pub(crate) ended: Exit,
}

/// Makes the runs.
pub(crate) struct Bench {
    scenario: Scenario,
    series: Series,
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
            scenario: experiment.scenario,
            series: experiment.series,
            made: 0,
            first_ordinal: 0,
        })
    }

    /// Makes runs until all are done or one did not end as planned. An error says where the records of
    /// the runs before it are.
    pub(crate) async fn make_all(
        &mut self,
        wanted: impl IntoIterator<Item = Wanted<'_>>,
    ) -> anyhow::Result<Made> {
        let mut made = Made {
            records: Vec::new(),
            cut_short: None,
            ended: Exit::Done,
        };
        for wanted in wanted {
            if self.series.stop.is_cancelled() || self.made > 0 && !self.series.rest().await {
                made.ended = Exit::Interrupted;
                break;
            }
            self.series.tell(&wanted.title);
            let outcome = self.make(wanted).await;
            let outcome = outcome.map_err(|error| after(&made.records, error))?;
            if outcome.ending != Ending::Complete {
                made.cut_short = Some(outcome.dir);
                made.ended = Exit::of_run(outcome.ending);
                break;
            }
            made.records.push(outcome.dir);
        }
        Ok(made)
    }

    /// Where the runs have their data.
    pub(crate) fn database(&self) -> &'static str {
        self.database.name()
    }

    async fn make(&mut self, wanted: Wanted<'_>) -> anyhow::Result<RunOutcome> {
        self.made += 1;
        let mut own = Own {
            scenario: self.scenario.clone(),
            phase: wanted.phase,
            folder: wanted.folder,
            labels: wanted.labels,
            overrides: Vec::new(),
        };
        match wanted.subject {
            Subject::There(addresses) => {
                for (name, address) in addresses {
                    crate::cli::load::set_address(&mut own.scenario.addresses, name, address)?;
                }
                // The runs before it have used up the users that are taken once.
                own.scenario.first_ordinal = self.first_ordinal;
                if (0..own.scenario.stages.len()).any(|stage| own.scenario.uses_up(stage)) {
                    self.first_ordinal = own.scenario.next_ordinal();
                }
                self.series.run(own).await
            }
            Subject::Started { phase, flags } => {
                if !self.series.labels.contains_key("database") {
                    let database = self.database.name().to_owned();
                    own.labels.push(("database", database));
                }
                let name = format!("run{}", self.made);
                let folder = self.workspace.path();
                let store = self.database.create(&name, folder).await?;
                let service = Service::start(phase, flags, &store, folder).await?;
                own.scenario.addresses = service.addresses.clone();
                for gauges in &service.gauges {
                    own.scenario.gauges.set(gauges.clone());
                }
                let outcome = self.series.run(own).await;
                drop(service);
                self.database.remove(&name).await?;
                outcome
            }
        }
    }
}

/// `error`, and where the `records` are that were made before it.
fn after(records: &[PathBuf], error: anyhow::Error) -> anyhow::Error {
    if records.is_empty() {
        return error;
    }
    let kept: Vec<_> = records
        .iter()
        .map(|record| record.display().to_string())
        .collect();
    error.context(format!("after {}, which are kept", kept.join(", ")))
}
