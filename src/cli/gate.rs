//! `brunt gate`.

use std::path::PathBuf;

use anyhow::Context as _;
use brunt_report::gate::output as forms;
use brunt_report::gate::{GateOutcome, Outcome, Rule, parse_rules};
use brunt_report::{Run, compare, gate, load_pair};
use clap::{Args, ValueEnum};

use super::compare::options as compare_options;
use super::output;
use crate::baseline::record_or_baseline;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt gate A B                                    targets of the plan, and p95 +10%
  brunt gate A B --rule 'p95 < 50ms'                of every action
  brunt gate A B --rule 'init/initialize-new: p95 +10%' --rule 'success >= 99.95%'
  brunt gate A B --rules gate.rules --junit gate.xml
  brunt gate A B --format github --summary $GITHUB_STEP_SUMMARY

Exit codes: 0 passed, 1 a rule failed, 2 could not be carried out, 3 no verdict.")]
pub(crate) struct GateArgs {
    /// Record of the older run, or the name of a baseline
    a: PathBuf,
    /// Record of the newer run, which is judged
    b: PathBuf,
    /// A rule; may be given several times
    #[arg(long, value_name = "RULE", value_parser = |text: &str| Rule::parse(text))]
    rule: Vec<Rule>,
    /// A file of rules, one a line
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    files: GateFiles,
    /// Judge although plan, mix, rates or data differ
    #[arg(long)]
    force: bool,
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
    let mut rules = args.rule.clone();
    if let Some(path) = &args.rules {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        rules.extend(parse_rules(&path.display().to_string(), &text)?);
    }
    let [a, b] = [&args.a, &args.b].map(|path| record_or_baseline(path));
    let (a, b) = load_pair(&a, &b)?;
    let comparison = compare(&a, &b, &compare_options(args.force));
    let outcome = gate(&rules, &comparison);
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

fn write(outcome: &GateOutcome, candidate: &Run, files: &GateFiles) -> anyhow::Result<()> {
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
