//! `brunt demo`: the main job on one machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use brunt_loadgen::Overrides;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::compare::{self, OrderArgs, ReportFiles};
use super::judging::JudgingArgs;
use super::output::Product;
use super::overrides::OverrideArgs;
use super::progress::ProgressArgs;
use super::run::runtime;
use crate::demo::{DatabaseChoice, PlanLength, Workspace};
use crate::exit::Exit;
use crate::experiment::{Bench, Experiment, Made, Subject, Wanted, service};
use crate::interrupt;
use crate::progress::Ui;
use crate::series::Series;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt demo
  brunt demo --database postgres
  brunt demo --scale 2 --duration gameplay=20s
  brunt demo --database postgres --phases phase8 phase9 phase10 phase11 phase12
  brunt demo --each-against first --phases phase9 'phase9 --pool 100' 'phase9 --set-active queued'
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
    /// The phases, older ones first: presets or phase files, maybe with flags of the service
    #[arg(long, num_args = 2.., value_name = "PHASE", default_values = ["phase8", "phase9"], value_parser = service)]
    phases: Vec<Subject>,
    #[command(flatten)]
    order: OrderArgs,
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
    let made = runtime()?.block_on(record_phases(args, ui, stop))?;
    let ([first, _, ..], Exit::Done) = (&made.records[..], made.ended) else {
        for record in made.records.iter().chain(&made.cut_short) {
            product.print(&format!("{}\n", record.display()))?;
        }
        return Ok(made.ended);
    };
    let folder = first.parent().unwrap_or(Path::new("."));
    let files = files.or_in(folder);
    let records: Vec<&Path> = made.records.iter().map(PathBuf::as_path).collect();
    let (summary, exit) = compare::report(&records, args.order, &JudgingArgs::default(), &files)?;
    product.print(&summary)?;
    product.print(&format!(
        "\nreport: {}\n",
        folder.join("report.html").display()
    ))?;
    Ok(exit)
}

/// Runs the plan against each phase until one is stopped.
async fn record_phases(args: &DemoArgs, ui: Ui, stop: CancellationToken) -> anyhow::Result<Made> {
    // Every run reads the plan's proto again.
    let workspace = Workspace::new()?;
    let (mut scenario, text) = workspace.scenario(args.plan)?;
    let overrides = Overrides::from(&args.overrides);
    overrides.apply(&mut scenario)?;
    let stages = scenario.stages.iter();
    let seconds: u64 = stages.map(|stage| stage.duration.as_secs()).sum();
    let plan = format!("plan {} for {seconds} s", scenario.name);
    let folder = args.out.join(format!(
        "demo-{}",
        jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S")
    ));
    let series = Series {
        text,
        labels: BTreeMap::new(),
        overrides: overrides.as_written(),
        threads: None,
        ui,
        stop,
        pause: Duration::ZERO,
    };
    let mut bench = Bench::new(Experiment {
        scenario,
        series,
        database: args.database.clone(),
    })
    .await?;
    let database = bench.database();
    let wanted = args.phases.iter().map(|subject| {
        let phase = subject.phase_or("");
        Wanted {
            title: format!("{phase}: {plan}, on {database}"),
            subject,
            phase,
            folder: folder.clone(),
            labels: Vec::new(),
        }
    });
    bench.make_all(wanted).await
}
