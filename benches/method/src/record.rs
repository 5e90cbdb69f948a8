//! Makes the real runs: in turns of the same service, and of one that is slower by a known share.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::power::SLOWER;

/// Pairs of the service as it is, for each pair of a slow-down: twice as many runs.
const UNCHANGED: u32 = 2;

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Where the records go: a folder for each slow-down
    folder: PathBuf,
    /// The command, as it is to be measured
    #[arg(long, default_value = "target/release/brunt", value_name = "FILE")]
    brunt: PathBuf,
    /// What is sent
    #[arg(long, default_value = "scenarios/method.toml", value_name = "FILE")]
    scenario: PathBuf,
    /// Phase of the service
    #[arg(long, default_value = "phase9")]
    phase: String,
    /// Runs of each slow-down; as many of the same thing go with each, and four times as many are
    /// made of the service as it is
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=50))]
    runs: u32,
    /// Median wait of a request, milliseconds; one in a hundred waits three times as long
    #[arg(long, default_value_t = 20.0)]
    wait_ms: f64,
}

impl RecordArgs {
    /// Where the records go.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// A duet of the service with itself, and four of the same thing with one that is slower:
/// `unchanged/duet-…/a` and `b`, `slower-5/duet-…/a` and `b`, and so on.
pub(crate) fn record(args: &RecordArgs) -> anyhow::Result<()> {
    for slower in SLOWER {
        let folder = folder(&args.folder, slower);
        eprintln!("{}", folder.display());
        let status = if slower > 0.0 {
            let sides = [waiting(args, 1.0), waiting(args, 1.0 + slower)];
            duet(args, sides, args.runs, &folder)?
        } else {
            let sides = [args.phase.clone(), args.phase.clone()];
            duet(args, sides, UNCHANGED * args.runs, &folder)?
        };
        // Inconclusive is no failure here, and neither is a run that the machine spoiled.
        if !matches!(status.code(), Some(0 | 3)) {
            bail!("{}: {status}", args.brunt.display());
        }
    }
    println!("{}", args.folder.display());
    Ok(())
}

/// Where the runs of a slow-down are.
pub(crate) fn folder(of: &Path, slower: f64) -> PathBuf {
    if slower > 0.0 {
        of.join(format!("slower-{:.0}", 100.0 * slower))
    } else {
        of.join("unchanged")
    }
}

/// The service, every request of which waits `factor` times as long as it is told to.
fn waiting(args: &RecordArgs, factor: f64) -> String {
    let median_us = (1e3 * args.wait_ms * factor).round();
    format!(
        "{} --faults latency=lognormal:{median_us}us:{}us,on=/challenge/v1/challenges",
        args.phase,
        3.0 * median_us
    )
}

fn duet(
    args: &RecordArgs,
    [a, b]: [String; 2],
    pairs: u32,
    folder: &Path,
) -> anyhow::Result<ExitStatus> {
    Command::new(&args.brunt)
        .arg("duet")
        .arg(&args.scenario)
        .args(["--service", &a])
        .args(["--service", &b])
        .args(["--pairs", &pairs.to_string()])
        .arg("--out")
        .arg(folder)
        .status()
        .with_context(|| {
            format!(
                "{}\nhint: cargo build --release, or name the command by --brunt",
                args.brunt.display()
            )
        })
}
