//! A file of rules: one a line, `#` begins a comment; `inconclusive = pass` says what a rule counts as
//! that the runs cannot tell.

use super::inconclusive::Inconclusive;
use super::rule::{Rule, RuleError};

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// The rules, in their order.
    pub rules: Vec<Rule>,
    /// What inconclusive ones count as; absent where it does not say.
    pub inconclusive: Option<Inconclusive>,
}

/// Every mistake of a rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// The file, as the caller spelled it.
    pub file: String,
    /// Line, from 1, and what is wrong in it.
    pub mistakes: Vec<(usize, RuleError)>,
}

impl std::fmt::Display for RulesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (line, mistake)) in self.mistakes.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n" };
            write!(f, "{gap}{}:{line}: {mistake}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for RulesError {}

/// Reads the text of `file`; all mistakes are reported at once.
pub fn parse_rules(file: &str, text: &str) -> Result<Rules, RulesError> {
    let mut read = Rules::default();
    let mut mistakes = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let added = match inconclusive(line) {
            Some(_) if read.inconclusive.is_some() => Err(RuleError {
                text: line.to_owned(),
                reason: "the file says so twice".to_owned(),
                hint: "leave one of them out",
            }),
            Some(said) => said.map(|said| read.inconclusive = Some(said)),
            None => Rule::parse(line).map(|rule| read.rules.push(rule)),
        };
        if let Err(mistake) = added {
            mistakes.push((i + 1, mistake));
        }
    }
    if mistakes.is_empty() {
        Ok(read)
    } else {
        Err(RulesError {
            file: file.to_owned(),
            mistakes,
        })
    }
}

/// `inconclusive = pass`; none of a rule.
fn inconclusive(line: &str) -> Option<Result<Inconclusive, RuleError>> {
    let (name, value) = line.split_once('=')?;
    (name.trim() == "inconclusive").then(|| {
        Inconclusive::named(value.trim()).ok_or_else(|| RuleError {
            text: line.to_owned(),
            reason: format!("{:?} is nothing that a rule counts as", value.trim()),
            hint: "write \"inconclusive = no-verdict\", \"fail\" or \"pass\"",
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_no_rules() {
        let rules = parse_rules("gate.rules", "# all\n\np95 < 50ms # the target\np99 +15%\n");
        let rules = rules.unwrap();
        let texts: Vec<String> = rules.rules.into_iter().map(|r| r.text).collect();
        assert_eq!(texts, ["p95 < 50ms", "p99 +15%"]);
        assert_eq!(rules.inconclusive, None);
    }

    #[test]
    fn a_file_says_what_inconclusive_rules_count_as() {
        for (line, said) in [
            ("inconclusive = pass", Inconclusive::Pass),
            ("inconclusive=fail # for now", Inconclusive::Fail),
            ("inconclusive = no-verdict", Inconclusive::NoVerdict),
        ] {
            let rules = parse_rules("gate.rules", &format!("p95 <= 50ms\n{line}\n")).unwrap();
            assert_eq!(rules.rules.len(), 1);
            assert_eq!(rules.inconclusive, Some(said), "{line}");
        }
    }

    #[test]
    fn every_mistake_is_reported_with_its_line() {
        const TEXT: &str = "p95 < 50\np95 +10%\n\nmax < 1s
inconclusive = maybe\ninconclusive = pass\ninconclusive = fail\n";
        let error = parse_rules("gate.rules", TEXT).unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }
}
