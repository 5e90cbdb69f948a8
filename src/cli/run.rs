//! `brunt run`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use brunt_loadgen::{Actions, RunOptions, RunOutcome, Scenario};
use brunt_record::{Build, Ending};
use clap::{Args, FromArgMatches as _};
use tokio_util::sync::CancellationToken;

use super::load::{LoadArgs, Wanted};
use super::output::{self, Product, say};
use crate::exit::Exit;
use crate::interrupt;
use crate::metrics::{Book, Endpoint};
use crate::outline::outline;
use crate::progress::{Display, Ui};

const AFTER_HELP: &str = "\
The path of the record is printed on stdout; progress goes to stderr. A run that a threshold of its
scenario ends (abort_when) keeps its record, and exits 1.";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt run scenarios/smoke.toml
  brunt run scenarios/m3.toml --phase phase9 --label database=postgres
  brunt run scenarios/m3-short.toml --address http=http://127.0.0.1:9000
  brunt run scenarios/m3.toml --scale 0.1 --duration gameplay=60s
  brunt run scenarios/m3.toml --rate gameplay/api=600/s
  brunt run scenarios/m3.toml --dry-run

The path of the record is printed on stdout; progress goes to stderr. A run that a threshold of its
scenario ends (abort_when) keeps its record, and exits 1.")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    load: LoadArgs,
    /// Serve Prometheus metrics of the run here while it goes on, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
}

impl RunArgs {
    /// The arguments of a program whose only job this is.
    pub(crate) fn of_program(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Self {
        let command = Self::augment_args(clap::Command::new("program"))
            .about("Put a service under the load of a scenario, with the functions of this program")
            .max_term_width(100)
            .after_help(AFTER_HELP);
        let found = Self::from_arg_matches(&command.get_matches_from(args));
        found.unwrap_or_else(|error| error.exit())
    }
}

/// Runs with the functions `actions`; the command itself has none.
pub(crate) fn run(args: RunArgs, actions: &Actions) -> anyhow::Result<Exit> {
    let load = args.load;
    let Wanted {
        scenario,
        text,
        overrides,
    } = load.read()?;
    if load.options.dry_run {
        brunt_loadgen::check_with(actions, &scenario)?;
        output::print(&outline(&scenario, &overrides))?;
        return Ok(Exit::Done);
    }
    let ui = load.options.progress.ui().check()?;
    let metrics = args.metrics.map(Endpoint::bind).transpose()?;
    let mut product = Product::claim()?;
    let stop = interrupt::on_signal()?;
    let run = Run {
        scenario,
        text,
        labels: load.labels(),
        threads: load.threads(),
        phase: load.options.phase,
        results: load.options.out,
        overrides: overrides.as_written(),
        ui,
        metrics,
    };
    let outcome = runtime()?.block_on(run.carry_out_with(actions, stop))?;
    product.print(&format!("{}\n", outcome.dir.display()))?;
    Ok(Exit::of_run(outcome.ending))
}

/// One run with its progress shown.
pub(crate) struct Run {
    pub(crate) scenario: Scenario,
    pub(crate) text: String,
    pub(crate) phase: String,
    pub(crate) results: PathBuf,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) overrides: Vec<String>,
    pub(crate) threads: Option<usize>,
    pub(crate) ui: Ui,
    /// Where Prometheus may ask how the run is doing.
    pub(crate) metrics: Option<Endpoint>,
}

impl Run {
    pub(crate) async fn carry_out(self, stop: CancellationToken) -> anyhow::Result<RunOutcome> {
        self.carry_out_with(&Actions::new(), stop).await
    }

    async fn carry_out_with(
        self,
        actions: &Actions,
        stop: CancellationToken,
    ) -> anyhow::Result<RunOutcome> {
        brunt_loadgen::raise_files_limit().context("cannot raise the limit of open files")?;
        let book = Arc::new(Book::default());
        let server = self
            .metrics
            .map(|endpoint| endpoint.serve(Arc::clone(&book)))
            .transpose()?;
        let display = Display::new(&self.scenario, &self.phase, self.ui, &stop)?;
        let options = RunOptions {
            phase: self.phase,
            results: self.results,
            labels: self.labels,
            overrides: self.overrides,
            threads: self.threads,
            build: Build {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                commit: option_env!("BRUNT_COMMIT").map(str::to_owned),
            },
        };
        let watch = display.clone();
        let update = move |update| {
            watch.update(&update);
            book.update(&update);
        };
        let (scenario, text) = (&self.scenario, &self.text);
        let outcome = brunt_loadgen::run_with(actions, scenario, text, options, stop, update).await;
        display.close();
        drop(server);
        let outcome = outcome?;
        if let (Ending::Aborted, Some(reason)) = (outcome.ending, &outcome.reason) {
            say(&format!("aborted by {reason}"));
        }
        Ok(outcome)
    }
}

/// The runtime of generator and service.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
