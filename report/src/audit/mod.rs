//! Holds a performance report that somebody wrote against its own figures.
//!
//! ```
//! use brunt_report::audit::audit;
//!
//! let report = "- Start page: **471x faster** than before (2.7s vs 12.72s)\n";
//! let findings = audit(report).findings;
//! assert_eq!(findings[0].line, 1);
//! assert_eq!(findings[0].gives, "12.72 s -> 2.70 s, -78.8 % (4.71× faster)");
//! ```
//!
//! Tables and explicit arithmetic are checked first, sentences after. A figure may be rounded or cut
//! off at its last digit; what it cannot be by either is a finding. Nothing is judged that the report
//! does not give the figures of.

mod change;
mod check;
mod claim;
mod document;
mod facts;
mod figure;
mod plan;
mod range;
mod surroundings;
mod unit;

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use document::Document;

/// Version of the JSON form of [`Audit`].
pub const SCHEMA_VERSION: u32 = 1;

/// What is wrong in a report by its own figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Audit {
    /// Version of this form: 1.
    pub schema: u32,
    /// How many statements were checked.
    pub checked: u64,
    /// What is wrong, in the order of the lines.
    pub findings: Vec<Finding>,
}

/// A statement that the figures of the report contradict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// From 1.
    pub line: usize,
    /// Which check found it.
    pub check: Check,
    /// What the report says.
    pub states: String,
    /// What its figures give.
    pub gives: String,
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// A change against the two figures it is between.
    Change,
    /// The difference of two shares, which is in points.
    Points,
    /// A share against its part and its whole.
    Share,
    /// A total against its rows.
    Total,
    /// An equation.
    Arithmetic,
    /// What was sent against what the plan offers.
    Load,
    /// Requests in flight against rate times latency.
    Little,
    /// A verdict against the targets.
    Verdict,
    /// A conclusion from a figure that is marked as an estimate.
    Estimate,
    /// The size of a profile's file as a measure of what it holds.
    ProfileSize,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Change => "change",
            Self::Points => "points",
            Self::Share => "share",
            Self::Total => "total",
            Self::Arithmetic => "arithmetic",
            Self::Load => "load",
            Self::Little => "little's law",
            Self::Verdict => "verdict",
            Self::Estimate => "estimate",
            Self::ProfileSize => "profile size",
        })
    }
}

/// Checks a report in Markdown. Pure.
pub fn audit(markdown: &str) -> Audit {
    let document = Document::parse(markdown);
    let mut found = check::Found::default();
    check::all(&document, &mut found);
    let check::Found {
        checked,
        mut findings,
    } = found;
    findings.sort_by_key(|finding| (finding.line, finding.check));
    findings.dedup();
    Audit {
        schema: SCHEMA_VERSION,
        checked,
        findings,
    }
}
