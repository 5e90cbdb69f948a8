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
        let size = line
            .text
            .split_once(':')
            .filter(|(name, _)| is_profile(name));
        size.is_some_and(|(_, size)| figures(size).iter().any(|f| f.unit == Unit::Bytes))
    });
    if !sizes {
        return;
    }
    for line in &document.lines {
        let text = line.text.to_lowercase();
        let of_profiles = text.contains("profile") && !text.contains("user profile");
        let concludes = SIZE.iter().any(|word| text.contains(word));
        if of_profiles && concludes {
            let finding = (
                line.text.trim_start_matches("- ").to_owned(),
                "the size of a profile's file says how many different stacks were seen, and nothing about their cost".to_owned(),
            );
            found.statement(line.number, Check::ProfileSize, Some(finding));
        }
    }
}

fn is_profile(text: &str) -> bool {
    let text = text.to_lowercase();
    let kinds = ["cpu", "heap", "memory", "goroutine", "allocation"];
    kinds
        .iter()
        .any(|kind| text.contains(&format!("{kind} profile")))
}
