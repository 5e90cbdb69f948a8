//! `brunt baseline`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::bail;
use brunt_report::language::{count, plural, span};
use clap::{Args, Subcommand};

use super::output;
use crate::baseline::{self, Baseline};
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt baseline set main results/runs/20261126-120000-phase9
  brunt baseline set main results/runs/20261203-120000-phase10 --replace
  brunt baseline set main results/runs/B1 results/runs/B2 results/runs/B3 --replace
  brunt baseline list
  brunt baseline show main
  brunt gate main results/runs/20261204-120000-phase10

Wherever a record is wanted, the name of a baseline will do. Commit the folder: a baseline moves in a
commit that says so.")]
pub(crate) struct BaselineArgs {
    #[command(subcommand)]
    what: What,
    /// Folder of the baselines
    #[arg(long, global = true, default_value = baseline::FOLDER, value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Keep a copy of a record under a name
    Set {
        /// Name of the baseline
        name: String,
        /// Record of a run that can be judged; several, or a folder of them, of the same phase and load
        #[arg(required = true, value_name = "RECORD")]
        records: Vec<PathBuf>,
        /// Move a baseline that is there already
        #[arg(long)]
        replace: bool,
    },
    /// Where a baseline comes from
    Show {
        /// Name of the baseline
        name: String,
    },
    /// All baselines
    List,
}

pub(crate) fn run(args: &BaselineArgs) -> anyhow::Result<Exit> {
    let text = match &args.what {
        What::Set {
            name,
            records,
            replace,
        } => {
            let records = baseline::records_in_all(records)?;
            baseline::set(&args.folder, name, &records, *replace)?;
            format!("{}\n", args.folder.join(name).display())
        }
        What::Show { name } => {
            let all = baseline::all(&args.folder)?;
            let Some(found) = all.iter().find(|baseline| baseline.name == *name) else {
                let names: Vec<&str> = all.iter().map(|baseline| &*baseline.name).collect();
                let hint = match names[..] {
                    [] => "there is none: brunt baseline set NAME RECORD".to_owned(),
                    _ => format!("there is {}", names.join(", ")),
                };
                bail!(
                    "{}: no baseline {name:?}\nhint: {hint}",
                    args.folder.display()
                );
            };
            show(found)
        }
        What::List => baseline::all(&args.folder)?.iter().map(line).collect(),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

fn line(baseline: &Baseline) -> String {
    let manifest = &baseline.first.manifest;
    format!(
        "{:<20}  {:<12}  {:<16}  {}{}\n",
        baseline.name,
        manifest.phase,
        manifest.scenario.name,
        manifest.started_at.strftime("%Y-%m-%d %H:%M UTC"),
        match baseline.more.len() as u64 {
            0 => String::new(),
            more => format!("  {}", plural(more + 1, "run")),
        }
    )
}

fn show(baseline: &Baseline) -> String {
    let manifest = &baseline.first.manifest;
    let mut text = String::new();
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<10}  {value}");
    };
    fact("baseline", &baseline.name);
    fact("record", &manifest.id);
    for more in &baseline.more {
        fact("record", &more.manifest.id);
    }
    fact("phase", &manifest.phase);
    fact("scenario", &manifest.scenario.name);
    fact("began", &manifest.started_at.to_string());
    fact("written by", &format!("brunt {}", manifest.build.version));
    fact(
        "commit",
        manifest.build.commit.as_deref().unwrap_or("unknown"),
    );
    for (name, value) in &manifest.labels {
        fact("label", &format!("{name}: {value}"));
    }
    let host = &manifest.host;
    let cores = host.cores.map(|cores| plural(u64::from(cores), "core"));
    let machine: Vec<String> = host.cpu.clone().into_iter().chain(cores).collect();
    fact("machine", &machine.join(", "));
    for stage in manifest.plan.stages.iter().filter(|stage| stage.judged) {
        let totals = manifest.totals.iter().filter(|t| t.stage == stage.name);
        let (offered, ok) =
            totals.fold((0, 0), |(offered, ok), t| (offered + t.offered, ok + t.ok));
        let what = format!(
            "{}: {}, {} offered, {} ok",
            stage.name,
            span(stage.duration_us),
            count(offered),
            count(ok)
        );
        fact("stage", &what);
    }
    text
}
