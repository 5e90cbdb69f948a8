//! The command line: one file a verb.

pub(crate) mod audit;
pub(crate) mod baseline;
pub(crate) mod calibrate;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod duet;
mod experiment;
pub(crate) mod gate;
pub(crate) mod import;
pub(crate) mod init;
mod judging;
pub(crate) mod knee;
pub(crate) mod load;
pub(crate) mod mark;
pub(crate) mod output;
pub(crate) mod overrides;
pub(crate) mod profile;
mod progress;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod serve;
mod sides;
pub(crate) mod trend;

use clap::{Parser, Subcommand};

/// Load tests with a true open model, and reports whose every number is computed.
#[derive(Debug, Parser)]
#[command(name = "brunt", version, about, max_term_width = 100)]
#[command(after_help = "\
Examples:
  brunt demo                                  two phases under load, one report
  brunt init load.toml                        a scenario to begin with
  brunt run scenarios/m3-short.toml --phase phase9
  brunt compare results/runs/A results/runs/B --html report.html
  brunt gate results/runs/A results/runs/B --rule 'p95 +10%'
  brunt calibrate scenarios/m3-short.toml -n 10 --service phase9
  brunt duet scenarios/m3-short.toml --service phase9 --service phase10
  brunt knee scenarios/m3-short.toml --stage gameplay
  brunt profile results/runs/B --against results/runs/A

Exit codes: 0 done or passed, 1 a rule of the gate failed, an audit found something or a threshold
ended the run, 2 could not be carried out, 3 no verdict (invalid, not comparable, inconclusive), 130
interrupted. Whatever ends a run, its record is kept.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Put two phases of the reference service under load and compare them
    Demo(demo::DemoArgs),
    /// Put a service under the load of a scenario and record what happens
    Run(run::RunArgs),
    /// Write a scenario to begin with
    Init(init::InitArgs),
    /// Compare two records and write the report
    Compare(compare::CompareArgs),
    /// Show how many runs went, and where a percentile changed its level
    Trend(trend::TrendArgs),
    /// Judge the second record by rules, for CI
    Gate(gate::GateArgs),
    /// Find out how much runs of the same thing differ, so that comparisons know what is noise
    Calibrate(Box<calibrate::CalibrateArgs>),
    /// Two services under the same load in turns, for machines that others share
    Duet(Box<duet::DuetArgs>),
    /// Keep records under names, to hold later runs against
    Baseline(baseline::BaselineArgs),
    /// Take over figures that a document states, to be compared
    Import(import::ImportArgs),
    /// Check a report that somebody wrote against its own figures
    Audit(audit::AuditArgs),
    /// Find the highest rate that meets the targets of a scenario
    Knee(Box<knee::KneeArgs>),
    /// Note an event in the record of a run that goes on: a deployment, a failover
    Mark(mark::MarkArgs),
    /// Show where the CPU time or memory of a service goes, and what moved between two runs
    Profile(profile::ProfileArgs),
    /// Run the reference challenge service, or its reward mock
    Serve(serve::ServeArgs),
    /// Print a JSON Schema: of scenario files, records, or JSON outputs
    Schema(schema::SchemaArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}
