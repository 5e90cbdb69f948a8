//! `brunt trend`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_report::{Trend, TrendOutput, document, load_all, render};
use clap::Args;

use super::compare::{ReportFiles, write_files};
use super::output;
use crate::baseline::records_in_all;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt trend results/runs/*
  brunt trend main results/runs/B results/runs/C --html trend.html --json trend.json

Every percentile of many runs in their order, and the runs from which on it has another level: change
points by E-divisive (Matteson & James 2014), which take eight runs or more. The first record says what
load the others are held to.")]
pub(crate) struct TrendArgs {
    /// Records in their order; a folder of records is all of them, by name, and the name of a baseline
    /// its record
    #[arg(required = true, value_name = "RECORD")]
    records: Vec<PathBuf>,
    #[command(flatten)]
    files: ReportFiles,
}

/// All actions of a trend are to be seen.
const LINES: usize = 60;

pub(crate) fn run(args: &TrendArgs) -> anyhow::Result<Exit> {
    let records = records_in_all(&args.records)?;
    let records: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
    let trend = Trend::of(&load_all(&records)?).context("no record")?;
    let document = document::trend(&trend);
    let numbers = || output::json(&TrendOutput::with(&trend, &document)?);
    write_files(&document, numbers, &args.files)?;
    output::print(&render::terminal_in(&document, LINES))?;
    Ok(Exit::Done)
}
