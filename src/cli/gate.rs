//! `brunt gate`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_report::gate::output as forms;
use brunt_report::gate::{GateOutcome, Inconclusive, Outcome, Rule, Rules, foresee, parse_rules};
use brunt_report::{Run, gate, load_all};
use clap::{Args, ValueEnum};

use super::compare::hold;
use super::judging::JudgingArgs;
use super::output;
use super::sides::{RecordArgs, load_sides};
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt gate A B                                    targets of the plan, and p95 +10%
  brunt gate A B --rule 'p95 < 50ms'                of every action
  brunt gate A B --rule 'init/initialize-new: p95 +10%' --rule 'success >= 99.95%'
  brunt gate A B --rule 'service.cpu +10%' --rule 'gameplay/*: main.rows +5%'
  brunt gate A B --rule 'service.memory < 500MB' --rule 'service.memory-growth < 10%'
  brunt gate A B --rules gate.rules --junit gate.xml
  brunt gate A B --rules gate.rules --inconclusive fail
  brunt gate --baseline A1 --baseline A2 --baseline A3 B1 B2 B3
  brunt gate results/runs/duet-20261203-120000/a results/runs/duet-20261203-120000/b --paired
  brunt gate main --can-resolve 3 --rules gate.rules
  brunt gate A B --format github --summary $GITHUB_STEP_SUMMARY

Exit codes: 0 passed, 1 a rule failed, 2 could not be carried out, 3 no verdict.")]
pub(crate) struct GateArgs {
    #[command(flatten)]
    records: RecordArgs,
    /// A rule; may be given several times. See docs/gate.md for all that may be written
    #[arg(long, value_name = "RULE", value_parser = |text: &str| Rule::parse(text))]
    rule: Vec<Rule>,
    /// A file of rules, one a line
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// What a rule counts as that the runs cannot tell; without it as a file of rules says by a line
    /// such as `inconclusive = pass`, else no-verdict
    #[arg(long, value_enum, value_name = "OUTCOME")]
    inconclusive: Option<Counting>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Before any run is made: could so many runs a side pass the relative rules on unchanged code?
    /// RECORD is then the baseline alone; exit code 3 says that they could not
    #[arg(long, value_name = "RUNS", value_parser = clap::value_parser!(u32).range(1..=50))]
    can_resolve: Option<u32>,
    #[command(flatten)]
    files: GateFiles,
    #[command(flatten)]
    judging: JudgingArgs,
}

/// Where else the outcome goes.
#[derive(Debug, Args)]
struct GateFiles {
    /// Write every number as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a test per rule as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the load performance report of GitLab
    #[arg(long, value_name = "FILE")]
    gitlab: Option<PathBuf>,
    /// Add the outcome as Markdown to the end of a file, such as `$GITHUB_STEP_SUMMARY`
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

/// What a rule counts as that the runs cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Counting {
    /// Failed
    Fail,
    /// Passed
    Pass,
    /// Neither: exit code 3, unless a rule failed
    NoVerdict,
}

impl From<Counting> for Inconclusive {
    fn from(counting: Counting) -> Self {
        match counting {
            Counting::Fail => Self::Fail,
            Counting::Pass => Self::Pass,
            Counting::NoVerdict => Self::NoVerdict,
        }
    }
}

/// How the outcome is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line per rule
    Text,
    /// Every number
    Json,
    /// Text, and an annotation per rule that did not pass, for GitHub Actions
    Github,
    /// A table, for a comment on a pull request
    Markdown,
}

pub(crate) fn run(args: &GateArgs) -> anyhow::Result<Exit> {
    let mut said = Rules::default();
    if let Some(path) = &args.rules {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        said = parse_rules(&path.display().to_string(), &text)?;
    }
    let rules = [&args.rule[..], &said.rules].concat();
    if let Some(runs) = args.can_resolve {
        return can_resolve(args, &rules, runs);
    }
    let [a, b] = load_sides(&args.records.two_sides()?)?;
    let comparison = hold(&a, &b, &args.judging)?;
    let counting = args.inconclusive.map(Inconclusive::from);
    let counting = counting.or(said.inconclusive).unwrap_or_default();
    let outcome = gate(&rules, &comparison).counting(counting);
    write(&outcome, &b, &args.files)?;
    output::print(&match args.format {
        Format::Text => forms::text(&outcome),
        Format::Json => output::json(&outcome)?,
        Format::Github => forms::github(&outcome) + &forms::text(&outcome),
        Format::Markdown => forms::markdown(&outcome),
    })?;
    Ok(match outcome.outcome {
        Outcome::Passed => Exit::Done,
        Outcome::Failed => Exit::RuleFailed,
        Outcome::NoVerdict => Exit::NoVerdict,
    })
}

/// Says what the rules ask of runs that are yet to be made.
fn can_resolve(args: &GateArgs, rules: &[Rule], runs: u32) -> anyhow::Result<Exit> {
    let baseline = args.records.sides()?.concat();
    let baseline: Vec<&Path> = baseline.iter().map(PathBuf::as_path).collect();
    let baseline = load_all(&baseline)?;
    let options = args.judging.options(&baseline.iter().collect::<Vec<_>>())?;
    let comparison = hold(&baseline, &baseline, &args.judging)?;
    let foresight = foresee(rules, &comparison, &options, runs);
    output::print(&foresight.to_string())?;
    Ok(if foresight.resolves() {
        Exit::Done
    } else {
        Exit::NoVerdict
    })
}

fn write(outcome: &GateOutcome, candidate: &[Run], files: &GateFiles) -> anyhow::Result<()> {
    if let Some(path) = &files.json {
        output::write(path, output::json(outcome)?.as_bytes())?;
    }
    if let Some(path) = &files.junit {
        output::write(path, forms::junit(outcome)?.as_bytes())?;
    }
    if let Some(path) = &files.gitlab {
        let json = output::json(&forms::gitlab(outcome, candidate))?;
        output::write(path, json.as_bytes())?;
    }
    if let Some(path) = &files.summary {
        output::append(path, forms::markdown(outcome).as_bytes())?;
    }
    Ok(())
}
