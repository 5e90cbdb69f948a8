//! Sizes of profile files as if they were what the profiles say.

use super::super::Check;
use super::super::document::Document;
use super::super::figure::{Unit, figures};
use super::Found;

const SIZE: [&str; 7] = [
    "smaller",
    "larger",
    "bigger",
    "similar",
    "identical",
    "shrank",
    "grew",
];

pub(super) fn check(document: &Document, found: &mut Found) {
    // Only where the report gives sizes of profiles, and nothing from inside them.
    let sizes = document.lines.iter().any(|line| {
        let text = line.text.to_lowercase();
        text.contains("profile") && figures(&line.text).iter().any(|f| f.unit == Unit::Bytes)
    });
    if !sizes {
        return;
    }
    for line in &document.lines {
        let text = line.text.to_lowercase();
        let concludes = SIZE.iter().any(|word| text.contains(word));
        if text.contains("profile") && concludes {
            let finding = (
                line.text.trim_start_matches("- ").to_owned(),
                "the size of a profile's file says how many different stacks were seen, and nothing about their cost".to_owned(),
            );
            found.statement(line.number, Check::ProfileSize, Some(finding));
        }
    }
}
