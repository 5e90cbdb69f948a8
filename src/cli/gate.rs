//! `brunt gate`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use brunt_report::gate::{GateOutcome, Outcome, Rule, RuleOutcome, parse_rules};
use clap::{Args, ValueEnum};

use super::{compare, output};
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt gate A B                                    targets of the plan, and p95 +10%
  brunt gate A B --rule 'p95 < 50ms'                of every action
  brunt gate A B --rule 'init/initialize-new: p95 +10%' --rule 'success >= 99.95%'
  brunt gate A B --rules gate.rules --format json

Exit codes: 0 passed, 1 a rule failed, 2 could not be carried out, 3 no verdict.")]
pub(crate) struct GateArgs {
    /// Record of the older run, the baseline
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
    /// Judge although plan, mix, rates or data differ
    #[arg(long)]
    force: bool,
}

/// How the outcome is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line per rule
    Text,
    /// Every number
    Json,
}

pub(crate) fn run(args: &GateArgs) -> anyhow::Result<Exit> {
    let mut rules = args.rule.clone();
    if let Some(path) = &args.rules {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        rules.extend(parse_rules(&path.display().to_string(), &text)?);
    }
    let comparison = compare::comparison(&args.a, &args.b, args.force)?;
    let outcome = brunt_report::gate(&rules, &comparison);
    output::print(&match args.format {
        Format::Text => text(&outcome),
        Format::Json => serde_json::to_string_pretty(&outcome)? + "\n",
    })?;
    Ok(match outcome.outcome {
        Outcome::Passed => Exit::Done,
        Outcome::Failed => Exit::RuleFailed,
        Outcome::NoVerdict => Exit::NoVerdict,
    })
}

fn text(outcome: &GateOutcome) -> String {
    let mut text = String::new();
    for row in &outcome.rows {
        let word = match row.outcome {
            RuleOutcome::Passed => "passed",
            RuleOutcome::Failed => "FAILED",
            RuleOutcome::Inconclusive => "inconclusive",
            RuleOutcome::NotJudged => "not judged",
        };
        let place = [row.stage.as_deref(), row.action.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        let _ = writeln!(
            text,
            "{word:<12}  {:<32}  {:<18}  {}; {}",
            place.join("/"),
            row.rule,
            row.evidence,
            row.why
        );
    }
    let _ = writeln!(
        text,
        "gate: {}",
        match outcome.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::NoVerdict => "no verdict",
        }
    );
    text
}
