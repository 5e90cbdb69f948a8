//! What every command that puts load on a service takes: the scenario, and what is changed of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use brunt_loadgen::scenario::Addresses;
use brunt_loadgen::{Overrides, Scenario};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::overrides::OverrideArgs;
use super::progress::ProgressArgs;
use crate::series::Series;

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// Scenario file
    pub(crate) scenario: PathBuf,
    #[command(flatten)]
    pub(crate) options: LoadOptions,
}

/// What is changed of the scenario, and how it is run.
#[derive(Clone, Debug, Args)]
pub(crate) struct LoadOptions {
    /// Milestone of the service under test, for the report
    #[arg(long, default_value = "unnamed")]
    pub(crate) phase: String,
    /// Directory in which a directory for what is recorded is made
    #[arg(long, default_value = "results/runs", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Another address than the scenario's: http, grpc or admin
    #[arg(long, value_name = "NAME=URL", value_parser = pair)]
    address: Vec<(String, String)>,
    /// A label for what is recorded
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    label: Vec<(String, String)>,
    #[command(flatten)]
    overrides: OverrideArgs,
    /// Threads that send; by default as few as carry the highest rate
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print what would be sent, and touch no target
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) progress: ProgressArgs,
}

/// The scenario as it is to be sent.
pub(crate) struct Wanted {
    pub(crate) scenario: Scenario,
    /// The file, byte for byte.
    pub(crate) text: String,
    pub(crate) overrides: Overrides,
}

impl LoadArgs {
    /// Reads the scenario and changes what was asked for.
    pub(crate) fn read(&self) -> anyhow::Result<Wanted> {
        let (mut scenario, text) = Scenario::read(&self.scenario)?;
        for (name, address) in &self.options.address {
            set_address(&mut scenario.addresses, name, address)?;
        }
        let overrides = Overrides::from(&self.options.overrides);
        overrides.apply(&mut scenario)?;
        Ok(Wanted {
            scenario,
            text,
            overrides,
        })
    }

    pub(crate) fn labels(&self) -> BTreeMap<String, String> {
        self.options.label.iter().cloned().collect()
    }

    /// Runs of a scenario file `text`, one after the other with `pause` between, until `stop`.
    pub(crate) fn series(
        &self,
        text: String,
        overrides: Vec<String>,
        pause: Duration,
        stop: CancellationToken,
    ) -> anyhow::Result<Series> {
        Ok(Series {
            text,
            labels: self.labels(),
            overrides,
            threads: self.threads(),
            ui: self.options.progress.ui().check()?,
            stop,
            pause,
        })
    }

    pub(crate) fn threads(&self) -> Option<usize> {
        self.options.threads.map(usize::from)
    }
}

/// Changes the address of that name.
pub(crate) fn set_address(addresses: &mut Addresses, name: &str, url: &str) -> anyhow::Result<()> {
    if let Err(hint) = Addresses::check(url, name) {
        bail!("--address {name}: cannot be used\nhint: {hint}");
    }
    let place = match name {
        "http" => &mut addresses.http,
        "grpc" => &mut addresses.grpc,
        "admin" => &mut addresses.admin,
        _ => {
            let Some(address) = addresses.of_code.get_mut(name) else {
                let own = addresses.of_code.keys().map(|own| format!("{own}, "));
                let own: String = own.collect();
                bail!("--address {name}: there is {own}http, grpc and admin");
            };
            url.clone_into(address);
            return Ok(());
        }
    };
    *place = Some(url.to_owned());
    Ok(())
}

/// Reads `NAME=VALUE`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
