//! `brunt schema`.

use clap::{Args, ValueEnum};

use super::output;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt schema scenario > scenario.schema.json
  brunt schema run

An editor with a TOML language server uses the schema of scenarios where the first line of a file is
  #:schema ./scenario.schema.json")]
pub(crate) struct SchemaArgs {
    /// Of what
    #[arg(value_enum, default_value_t = Subject::Scenario)]
    subject: Subject,
}

/// What there is a JSON Schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Scenario files
    Scenario,
    /// run.json of a record
    Run,
    /// The JSON of `brunt compare` on two records
    Comparison,
    /// The JSON of `brunt compare` on more
    Sequence,
    /// stated.json of a record of what a document states
    Stated,
    /// The JSON of `brunt compare` on two of those
    StatedComparison,
    /// The JSON of `brunt trend`
    Trend,
    /// The file of `brunt calibrate`
    Calibration,
    /// The JSON of `brunt gate`
    Gate,
    /// The JSON of `brunt knee`
    Knee,
    /// The JSON of `brunt audit`
    Audit,
    /// The JSON of `brunt profile`
    Profile,
}

pub(crate) fn run(args: &SchemaArgs) -> anyhow::Result<Exit> {
    output::print(match args.subject {
        Subject::Scenario => include_str!("../../scenarios/scenario.schema.json"),
        Subject::Run => include_str!("../../record/schema/run.schema.json"),
        Subject::Comparison => include_str!("../../report/schema/comparison.schema.json"),
        Subject::Sequence => include_str!("../../report/schema/sequence.schema.json"),
        Subject::Stated => include_str!("../../record/schema/stated.schema.json"),
        Subject::StatedComparison => include_str!("../../report/schema/stated.schema.json"),
        Subject::Trend => include_str!("../../report/schema/trend.schema.json"),
        Subject::Calibration => include_str!("../../report/schema/calibration.schema.json"),
        Subject::Gate => include_str!("../../report/schema/gate.schema.json"),
        Subject::Knee => include_str!("../../report/schema/knee.schema.json"),
        Subject::Audit => include_str!("../../report/schema/audit.schema.json"),
        Subject::Profile => include_str!("../../report/schema/profile.schema.json"),
    })?;
    Ok(Exit::Done)
}
