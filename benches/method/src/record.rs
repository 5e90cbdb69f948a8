//! Makes the real runs: in turns of the same service, and of one that is slower by a known share.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::power::SLOWER;

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
    /// Runs of each slow-down; as many of the same thing go with each
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=50))]
    runs: u32,
    /// Median wait of a request, milliseconds; one in a hundred waits three times as long
    #[arg(long, default_value_t = 20.0)]
    wait_ms: f64,
}

/// Four duets of the same thing with one that is slower: `slower-5/duet-…/a` and `b`, and so on.
pub(crate) fn record(args: &RecordArgs) -> anyhow::Result<()> {
    for slower in SLOWER.into_iter().filter(|slower| *slower > 0.0) {
        let folder = folder(&args.folder, slower);
        eprintln!("{}", folder.display());
        let status = duet(args, slower, &folder)?;
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
    of.join(format!("slower-{:.0}", 100.0 * slower))
}

fn duet(args: &RecordArgs, slower: f64, folder: &Path) -> anyhow::Result<ExitStatus> {
    let service = |factor: f64| {
        let median_us = (1e3 * args.wait_ms * factor).round();
        format!(
            "{} --faults latency=lognormal:{median_us}us:{}us,on=/challenge/v1/challenges",
            args.phase,
            3.0 * median_us
        )
    };
    Command::new(&args.brunt)
        .arg("duet")
        .arg(&args.scenario)
        .args(["--service", &service(1.0)])
        .args(["--service", &service(1.0 + slower)])
        .args(["--pairs", &args.runs.to_string()])
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
