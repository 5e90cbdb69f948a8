//! `brunt mark`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use brunt_record::is_running;
use clap::Args;

use super::output::say;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt mark 'deployed v2.3'
  brunt mark 'failover' --run results/runs/20261126-120000-phase9
  ./deploy && brunt mark 'deployed'

The mark stands at the present moment in the record of the run that goes on; the charts of its report
show it.")]
pub(crate) struct MarkArgs {
    /// What happened, in a few words
    #[arg(value_parser = words)]
    text: String,
    /// The record, or a directory in which one run goes on
    #[arg(long, default_value = "results/runs", value_name = "DIR")]
    run: PathBuf,
}

pub(crate) fn run(args: &MarkArgs) -> anyhow::Result<Exit> {
    let dir = record_of_run(&args.run)?;
    let mark = brunt_record::mark(&dir, &args.text)?;
    let seconds = mark.at_us as f64 / 1e6;
    say(&format!("{}: marked at {seconds:.1} s", dir.display()));
    Ok(Exit::Done)
}

/// `dir`, or the one record in it whose run goes on.
fn record_of_run(dir: &Path) -> anyhow::Result<PathBuf> {
    if is_running(dir).is_ok() {
        return Ok(dir.to_owned());
    }
    let entries = std::fs::read_dir(dir).with_context(|| dir.display().to_string())?;
    let records = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut running: Vec<PathBuf> = records
        .filter(|record| is_running(record).unwrap_or(false))
        .collect();
    running.sort();
    match &running[..] {
        [one] => Ok(one.clone()),
        [] => bail!(
            "{}: no run goes on there\nhint: name the record, or the directory of records, by --run",
            dir.display()
        ),
        many => {
            let names: Vec<String> = many.iter().map(|run| run.display().to_string()).collect();
            bail!(
                "{}: {} runs go on there\nhint: name one by --run: {}",
                dir.display(),
                many.len(),
                names.join(", ")
            )
        }
    }
}

fn words(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("write what happened, on one line".to_owned());
    }
    Ok(text.to_owned())
}
