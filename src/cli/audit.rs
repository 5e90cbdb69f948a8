//! `brunt audit`.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use brunt_report::audit::{Audit, audit};
use brunt_report::language::plural;
use clap::Args;

use super::output;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt audit docs/phase9-analysis.md
  brunt audit - < report.md
  brunt audit report.md --json

Tables and explicit arithmetic are checked, and sentences that have their figures beside them: changes,
shares, totals, equations, sent against offered, Little's law, verdicts against targets, conclusions from
estimates.
Nothing is judged that the report does not give the figures of.

Exit codes: 0 nothing was found, 1 something was, 2 could not be carried out.")]
pub(crate) struct AuditArgs {
    /// A report in Markdown; - reads stdin
    file: PathBuf,
    /// Print every finding as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &AuditArgs) -> anyhow::Result<Exit> {
    let name = args.file.display().to_string();
    let report = if name == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map(|_| text)
    } else {
        std::fs::read_to_string(&args.file)
    };
    let audited = audit(&report.with_context(|| name.clone())?);
    output::print(&if args.json {
        output::json(&audited)?
    } else {
        text(&name, &audited)
    })?;
    Ok(if audited.findings.is_empty() {
        Exit::Done
    } else {
        Exit::RuleFailed
    })
}

fn text(name: &str, audited: &Audit) -> String {
    let mut text = String::new();
    for finding in &audited.findings {
        let _ = writeln!(
            text,
            "{name}:{}: {}: {}\n  its figures: {}",
            finding.line, finding.check, finding.states, finding.gives
        );
    }
    let _ = writeln!(
        text,
        "{}, {} checked",
        plural(audited.findings.len() as u64, "finding"),
        plural(audited.checked, "statement")
    );
    text
}
