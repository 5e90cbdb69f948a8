//! JUnit XML: a suite per stage, a test per rule.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{reason, word};
use crate::error::ReportError;
use crate::gate::{GateOutcome, RuleOutcome, RuleRow};

/// What failed is a failure; what could not be judged is an error, because it is no pass.
pub fn junit(outcome: &GateOutcome) -> Result<String, ReportError> {
    let mut report = Report::new("brunt gate");
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for row in &outcome.rows {
        let stage = row.stage.as_deref().unwrap_or("no stage");
        let suite = suites.entry(stage);
        suite
            .or_insert_with(|| TestSuite::new(stage))
            .add_test_case(case(row, outcome.counts_as(row)));
    }
    report.add_test_suites(suites.into_values());
    report
        .to_string()
        .map_err(|error| ReportError::Junit(error.to_string()))
}

fn case(row: &RuleRow, counts_as: RuleOutcome) -> TestCase {
    let status = match counts_as {
        RuleOutcome::Passed => TestCaseStatus::success(),
        RuleOutcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        RuleOutcome::Inconclusive | RuleOutcome::NotJudged => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
    };
    let mut case = TestCase::new(&*row.rule, status);
    case.set_classname(row.place());
    if counts_as == RuleOutcome::Passed {
        case.set_system_out(reason(row));
    } else {
        case.status.set_type(word(row.outcome));
        case.status.set_message(reason(row));
    }
    case
}
