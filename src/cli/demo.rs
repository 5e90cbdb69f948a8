//! `brunt demo`: the main job on one machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use brunt_loadgen::Overrides;
use brunt_record::Ending;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::compare::{self, ReportFiles};
use super::judging::JudgingArgs;
use super::output::{Product, say};
use super::overrides::OverrideArgs;
use super::progress::ProgressArgs;
use super::run::{Run, runtime};
use crate::demo::{Database, DatabaseChoice, PlanLength, Service, Workspace};
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Ui;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt demo
  brunt demo --database postgres
  brunt demo --scale 2 --duration gameplay=20s
  brunt demo --database postgres --phases phase8 phase9 phase10 phase11 phase12
  brunt demo --plan full --database postgres://postgres@127.0.0.1:5432/postgres

The records and the report go to a directory under --out, whose path is printed.")]
pub(crate) struct DemoArgs {
    /// Which plan to run
    #[arg(long, value_enum, default_value_t = PlanLength::Short)]
    plan: PlanLength,
    /// sqlite, postgres (a throwaway cluster of the installed server), or the URL of a server on
    /// which databases may be created
    #[arg(long, default_value = "sqlite", value_name = "sqlite|postgres|URL")]
    database: DatabaseChoice,
    /// The phases, older ones first: each is held against the one before it
    #[arg(long, num_args = 2.., value_name = "PHASE", default_values = ["phase8", "phase9"])]
    phases: Vec<String>,
    /// Directory in which the demo makes a directory of its own
    #[arg(long, default_value = "results/runs", value_name = "DIR")]
    out: PathBuf,
    /// Folder of templates for the report; see `brunt init --templates`
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,
    #[command(flatten)]
    overrides: OverrideArgs,
    #[command(flatten)]
    progress: ProgressArgs,
}

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<Exit> {
    let files = ReportFiles::by(args.template.clone());
    files.templates()?;
    let ui = args.progress.ui().check()?;
    let mut product = Product::claim()?;
    let stop = interrupt::on_signal()?;
    let runtime = runtime()?;
    let (records, ending) = runtime.block_on(record_phases(args, ui, &stop))?;
    let ([first, _, ..], Ending::Complete) = (&records[..], ending) else {
        for record in &records {
            product.print(&format!("{}\n", record.display()))?;
        }
        return Ok(Exit::of_run(ending));
    };
    let folder = first.parent().unwrap_or(Path::new("."));
    let files = files.or_in(folder);
    let records: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
    let (summary, exit) = compare::report(&records, &JudgingArgs::default(), &files)?;
    product.print(&summary)?;
    product.print(&format!(
        "\nreport: {}\n",
        folder.join("report.html").display()
    ))?;
    Ok(exit)
}

/// Runs the plan against each phase until one is stopped; the ending is that of the last run.
async fn record_phases(
    args: &DemoArgs,
    ui: Ui,
    stop: &CancellationToken,
) -> anyhow::Result<(Vec<PathBuf>, Ending)> {
    let workspace = Workspace::new()?;
    let (mut scenario, text) = workspace.scenario(args.plan)?;
    let overrides = Overrides::from(&args.overrides);
    overrides.apply(&mut scenario)?;
    let seconds: u64 = scenario
        .stages
        .iter()
        .map(|stage| stage.duration.as_secs())
        .sum();
    let database = Database::open(&args.database).await?;
    let results = args.out.join(format!(
        "demo-{}",
        jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S")
    ));
    let mut records = Vec::new();
    for phase in &args.phases {
        let store = database.create(phase, workspace.path()).await?;
        if ui != Ui::None {
            say(&format!(
                "{phase}: plan {} for {seconds} s, on {}",
                scenario.name,
                database.name()
            ));
        }
        let service = Service::start(phase, &[], &store, workspace.path()).await?;
        let mut scenario = scenario.clone();
        scenario.addresses = service.addresses.clone();
        for gauges in &service.gauges {
            scenario.gauges.set(gauges.clone());
        }
        let run = Run {
            scenario,
            text: text.clone(),
            phase: phase.clone(),
            results: results.clone(),
            labels: BTreeMap::from([("database".to_owned(), database.name().to_owned())]),
            overrides: overrides.as_written(),
            threads: None,
            ui,
            metrics: None,
        };
        let outcome = run.carry_out(stop.clone()).await;
        drop(service);
        database.remove(phase).await?;
        let outcome = outcome?;
        records.push(outcome.dir);
        if outcome.ending != Ending::Complete {
            return Ok((records, outcome.ending));
        }
    }
    Ok((records, Ending::Complete))
}
