//! `brunt import`.

use std::path::PathBuf;

use brunt_record::Build;
use clap::{Args, Subcommand};

use super::output;
use crate::exit::Exit;
use crate::import;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt import figures phases-8-9.json
  brunt compare results/runs/stated-phase8 results/runs/stated-phase9 --html report.html

The directory of every phase is printed. What is compared then is what a document states: changes and
ratios are right, and the report says what cannot be judged without distributions and without the load
having been delivered. docs/figures.md has the form of the file.")]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Figures that somebody took out of a document, as what it states of each of its phases
    Figures {
        /// The table of figures, as JSON
        file: PathBuf,
        /// Folder that the directories go into
        #[arg(long, default_value = "results/runs", value_name = "DIR")]
        out: PathBuf,
    },
}

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<Exit> {
    let What::Figures { file, out } = &args.what;
    let build = Build {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("BRUNT_COMMIT").map(str::to_owned),
    };
    let phases = import::figures(file, &build)?;
    for phase in &phases {
        let stages = phase.stages.iter().map(|stage| {
            let actions: Vec<&str> = stage.actions.iter().map(|a| &*a.name).collect();
            format!("{} sends {}", stage.name, actions.join(", "))
        });
        let stages: Vec<String> = stages.collect();
        output::say(&format!("{}: {}", phase.phase, stages.join("; ")));
    }
    for phase in &phases {
        let dir = out.join(&phase.id);
        phase.write(&dir)?;
        output::print(&format!("{}\n", dir.display()))?;
    }
    Ok(Exit::Done)
}
