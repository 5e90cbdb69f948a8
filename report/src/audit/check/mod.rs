//! The checks, one a file.

mod arithmetic;
mod changes;
mod little;
mod load;
mod profiles;
mod rates;
mod sentences;
mod shares;
mod totals;
mod verdict;

use super::document::Document;
use super::figure::Figure;
use super::{Check, Finding};

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) checked: u64,
    pub(super) findings: Vec<Finding>,
}

impl Found {
    /// A statement was checked; where it is wrong, `finding` says what it says and what is so.
    fn statement(&mut self, line: usize, check: Check, finding: Option<(String, String)>) {
        self.checked += 1;
        if let Some((states, gives)) = finding {
            self.findings.push(Finding {
                line,
                check,
                states,
                gives,
            });
        }
    }
}

/// What a conclusion from a figure that is marked as an estimate comes to.
fn from_an_estimate(estimate: &Figure, what: &str) -> String {
    let text = &estimate.text;
    format!("about {text} is marked as an estimate, the {what} is not")
}

/// Every check.
pub(super) fn all(document: &Document, found: &mut Found) {
    changes::check(document, found);
    shares::check(document, found);
    totals::check(document, found);
    arithmetic::check(document, found);
    sentences::check(document, found);
    load::check(document, found);
    rates::check(document, found);
    little::check(document, found);
    verdict::check(document, found);
    profiles::check(document, found);
}
