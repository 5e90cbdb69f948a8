//! What every command that makes several runs in turn takes.

use std::time::Duration;

use brunt_loadgen::scenario::parse_duration;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::load::{LoadArgs, Wanted};
use super::output;
use crate::demo::DatabaseChoice;
use crate::exit::Exit;
use crate::experiment::Experiment;
use crate::outline::outline;

#[derive(Clone, Debug, Args)]
pub(crate) struct ExperimentArgs {
    /// Where services that are started have their data: sqlite, postgres (a throwaway cluster of the
    /// installed server), or the URL of a server on which databases may be created
    #[arg(long, default_value = "sqlite", value_name = "sqlite|postgres|URL")]
    database: DatabaseChoice,
    /// How long nothing is sent between two runs
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = |text: &str| parse_duration(text))]
    pause: Duration,
}

impl ExperimentArgs {
    /// The runs of the scenario `wanted`, as `load` has them.
    pub(crate) fn of(
        &self,
        load: &LoadArgs,
        wanted: Wanted,
        stop: CancellationToken,
    ) -> anyhow::Result<Experiment> {
        Ok(Experiment {
            scenario: wanted.scenario,
            series: load.series(wanted.text, wanted.overrides.as_written(), self.pause, stop)?,
            database: self.database.clone(),
        })
    }
}

/// Prints what every run would send.
pub(crate) fn dry_run(wanted: &Wanted) -> anyhow::Result<Exit> {
    brunt_loadgen::check(&wanted.scenario)?;
    output::print(&outline(&wanted.scenario, &wanted.overrides))?;
    Ok(Exit::Done)
}
