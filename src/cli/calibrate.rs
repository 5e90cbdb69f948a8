//! `brunt calibrate`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_loadgen::scenario::parse_duration;
use brunt_report::calibration::{Calibration, FEWEST_RUNS, text};
use brunt_report::{Run, load_all};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::experiment::{ExperimentArgs, dry_run};
use super::load::{LoadArgs, LoadOptions};
use super::output::{self, Product, say};
use super::run::runtime;
use crate::baseline::records_in_all;
use crate::exit::Exit;
use crate::experiment::{Bench, Made, Subject, Wanted, service};
use crate::{interrupt, noise};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt calibrate scenarios/m3-short.toml -n 10 --service phase9
  brunt calibrate load.toml -n 10 --address http=http://127.0.0.1:9000
  brunt calibrate --from results/runs/A1 results/runs/A2 results/runs/A3 results/runs/A4 results/runs/A5
  brunt calibrate --from results/runs/calibrate-20261203-120000 --valid-for 14days

The same thing is run n times. How much its percentiles differ from run to run is the noise floor: it
goes to a file in results/noise, where compare and gate find it as long as scenario, machine and brunt
are the same and it has not expired. Printed is what a gate will be able to see above it. Ctrl-c ends
the runs and calibrates from those that are done.")]
pub(crate) struct CalibrateArgs {
    /// From records of the same thing, or a folder of them, instead of making runs
    #[arg(long, num_args = 1.., value_name = "RECORD", conflicts_with = "scenario")]
    from: Vec<PathBuf>,
    /// How many runs
    #[arg(short = 'n', long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(FEWEST_RUNS as i64..=100))]
    runs: u32,
    /// Start the reference service anew for every run: its phase, and maybe flags: 'phase9 --pool 50'
    #[arg(long, value_name = "PHASE", value_parser = service)]
    service: Option<Subject>,
    /// How long the floor is used
    #[arg(long, value_name = "DURATION", default_value = "30days", value_parser = days)]
    valid_for: SignedDuration,
    /// Where to write it; by default a file in results/noise
    #[arg(long, value_name = "FILE")]
    noise: Option<PathBuf>,
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// Scenario file
    #[arg(required_unless_present = "from")]
    scenario: Option<PathBuf>,
    #[command(flatten)]
    load: LoadOptions,
}

pub(crate) fn run(args: &CalibrateArgs) -> anyhow::Result<Exit> {
    if !args.from.is_empty() {
        let records = records_in_all(&args.from)?;
        output::print(&calibrate(&records, args)?)?;
        return Ok(Exit::Done);
    }
    let load = LoadArgs {
        scenario: args.scenario.clone().context("no scenario")?,
        options: args.load.clone(),
    };
    let wanted = load.read()?;
    if load.options.dry_run {
        return dry_run(&wanted);
    }
    let mut product = Product::claim()?;
    let stop = interrupt::on_signal()?;
    let experiment = args.experiment.of(&load, wanted, stop)?;
    let subject = args.service.clone().unwrap_or(Subject::There(Vec::new()));
    let began = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    let folder = args.load.out.join(format!("calibrate-{began}"));
    let phase = subject.phase_or(&args.load.phase);
    let Made { records, ended, .. } = runtime()?.block_on(async {
        let mut bench = Bench::new(experiment).await?;
        let wanted = (1..=args.runs).map(|number| Wanted {
            title: format!("run {number} of {}", args.runs),
            subject: &subject,
            phase: phase.clone(),
            folder: folder.clone(),
            labels: vec![("calibration", number.to_string())],
        });
        bench.make_all(wanted).await
    })?;
    if records.is_empty() {
        return Ok(ended);
    }
    product.print(&format!("{}\n", folder.display()))?;
    if ended != Exit::Done && records.len() < FEWEST_RUNS {
        say(&format!(
            "{} runs are too few to calibrate from; their records are kept",
            records.len()
        ));
        return Ok(ended);
    }
    product.print(&calibrate(&records, args)?)?;
    Ok(ended)
}

/// Computes the noise floor of `records`, writes it, and tells of it.
fn calibrate(records: &[PathBuf], args: &CalibrateArgs) -> anyhow::Result<String> {
    let paths: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
    let runs: Vec<Run> = load_all(&paths)?;
    let calibration = Calibration::of(&runs, Timestamp::now(), args.valid_for)?;
    let default = || noise::file(&calibration.fingerprint);
    let path = args.noise.clone().unwrap_or_else(default);
    output::write(&path, output::json(&calibration)?.as_bytes())?;
    Ok(format!("{}\n\n{}", path.display(), text(&calibration)))
}

/// A number of days, or a shorter duration.
fn days(text: &str) -> Result<SignedDuration, String> {
    let hint = "write a number of days, such as 30days";
    let number = text
        .strip_suffix("days")
        .or_else(|| text.strip_suffix("day"));
    let Some(number) = number else {
        let shorter = parse_duration(text).map_err(|_| hint)?;
        return SignedDuration::try_from(shorter).map_err(|_| hint.to_owned());
    };
    let days: i64 = number.trim().parse().map_err(|_| hint)?;
    if (1..=3_660).contains(&days) {
        Ok(SignedDuration::from_hours(24 * days))
    } else {
        Err(hint.to_owned())
    }
}
