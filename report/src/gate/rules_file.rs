//! A file of rules: one a line, `#` begins a comment.

use super::rule::{Rule, RuleError};

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
pub fn parse_rules(file: &str, text: &str) -> Result<Vec<Rule>, RulesError> {
    let mut rules = Vec::new();
    let mut mistakes = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let rule = line.split('#').next().unwrap_or_default().trim();
        if rule.is_empty() {
            continue;
        }
        match Rule::parse(rule) {
            Ok(rule) => rules.push(rule),
            Err(mistake) => mistakes.push((i + 1, mistake)),
        }
    }
    if mistakes.is_empty() {
        Ok(rules)
    } else {
        Err(RulesError {
            file: file.to_owned(),
            mistakes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_no_rules() {
        let rules = parse_rules("gate.rules", "# all\n\np95 < 50ms # the target\np99 +15%\n");
        let texts: Vec<String> = rules.unwrap().into_iter().map(|r| r.text).collect();
        assert_eq!(texts, ["p95 < 50ms", "p99 +15%"]);
    }

    #[test]
    fn every_mistake_is_reported_with_its_line() {
        let error = parse_rules("gate.rules", "p95 < 50\np95 +10%\n\nmax < 1s\n").unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }
}
