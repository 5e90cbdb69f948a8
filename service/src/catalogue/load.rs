//! Reads a catalogue and reports everything that is wrong with it at once.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Catalogue, Challenge, Goal};
use crate::rule::{Kind, LOGIN_STAT};

const BUILT_IN: &str = include_str!("../../catalogue.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    namespace: String,
    challenges: Vec<Challenge>,
}

/// Why a catalogue could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file could not be read.
    #[error("catalogue {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is no catalogue.
    #[error("catalogue {}: {source}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// The file contradicts itself.
    #[error("catalogue {}: {mistakes}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that was found.
        mistakes: Mistakes,
    },
}

/// All mistakes of one catalogue, one a line.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistakes(Vec<String>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} mistake{plural}", self.0.len())?;
        for mistake in &self.0 {
            write!(f, "\n  {mistake}")?;
        }
        Ok(())
    }
}

impl Catalogue {
    /// The catalogue that is compiled in.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::parse(Path::new("(built in)"), BUILT_IN)
    }

    /// The catalogue in a TOML file.
    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let text = std::fs::read_to_string(path).map_err(|source| CatalogueError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, CatalogueError> {
        let file: File = toml::from_str(text).map_err(|source| CatalogueError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let mistakes = mistakes(&file);
        if !mistakes.is_empty() {
            return Err(CatalogueError::Invalid {
                path: path.to_owned(),
                mistakes: Mistakes(mistakes),
            });
        }
        Ok(Self::index(file.namespace, file.challenges))
    }
}

fn mistakes(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    if file.namespace.is_empty() {
        found.push("namespace is empty".to_owned());
    }
    if file.challenges.is_empty() {
        found.push("there is no challenge".to_owned());
    }
    let mut challenge_seen = HashMap::<&str, usize>::new();
    let mut goal_seen = HashMap::<&str, &str>::new();
    for (position, challenge) in file.challenges.iter().enumerate() {
        let id = &challenge.id;
        if !is_slug(id) {
            found.push(format!(
                "challenge {}: id \"{id}\" is no slug",
                position + 1
            ));
        }
        if let Some(first) = challenge_seen.insert(id, position) {
            found.push(format!(
                "challenge \"{id}\" stands twice, at positions {} and {}",
                first + 1,
                position + 1
            ));
        }
        if challenge.goals.is_empty() {
            found.push(format!("challenge \"{id}\" has no goal"));
        }
        for goal in &challenge.goals {
            if let Some(first) = goal_seen.insert(&goal.id, id) {
                found.push(format!(
                    "goal \"{}\" stands twice, in \"{first}\" and \"{id}\"",
                    goal.id
                ));
            }
            goal_mistakes(goal, &mut found);
        }
    }
    found
}

fn goal_mistakes(goal: &Goal, found: &mut Vec<String>) {
    let id = &goal.id;
    let requirement = &goal.requirement;
    let mut mistake = |text: &str| found.push(format!("goal \"{id}\": {text}"));
    if !is_slug(id) {
        mistake("id is no slug (lower-case letters, digits and hyphens)");
    }
    if requirement.stat_code.is_empty() {
        mistake("stat_code is empty");
    }
    if requirement.target < 1 {
        mistake("target must be 1 or more");
    }
    if requirement.stat_code == LOGIN_STAT && requirement.kind == Kind::Absolute {
        mistake("logins have no absolute value: use kind \"increment\"");
    }
    if goal.reward.reward_id.is_empty() {
        mistake("reward_id is empty");
    }
    if goal.reward.quantity < 1 {
        mistake("reward quantity must be 1 or more");
    }
}

fn is_slug(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_the_recorded_one() {
        let catalogue = Catalogue::built_in().unwrap();
        assert_eq!(catalogue.challenges().len(), 10);
        assert!(catalogue.challenges().iter().all(|c| c.goals.len() == 50));
        let defaults: Vec<_> = catalogue
            .goals()
            .filter(|(_, goal)| goal.default_assigned)
            .map(|(_, goal)| goal.id.clone())
            .collect();
        let expected: Vec<_> = (1..=10).map(|c| format!("goal-{c:02}-01")).collect();
        assert_eq!(defaults, expected);
        for (challenge, goal) in catalogue.goals() {
            let number = challenge.id.trim_start_matches("challenge-");
            let (c, g) = goal.id.trim_start_matches("goal-").split_once('-').unwrap();
            assert_eq!(c, number);
            let stat = &goal.requirement.stat_code;
            match g {
                "01" => assert!(stat == LOGIN_STAT || stat == "stat-01", "{stat}"),
                _ => assert_eq!(stat, &format!("stat-{g}")),
            }
        }
        assert_eq!(catalogue.listening_to("stat-50").count(), 10);
        assert_eq!(catalogue.listening_to(LOGIN_STAT).count(), 5);
        assert_eq!(catalogue.listening_to("stat-99").count(), 0);
    }

    #[test]
    fn the_goal_that_scenarios_claim_is_completed_by_one_event() {
        let catalogue = Catalogue::built_in().unwrap();
        let (challenge, goal) = catalogue.goal("goal-01-50").unwrap();
        assert_eq!(challenge.id, "challenge-01");
        assert_eq!(goal.requirement.kind, Kind::Absolute);
        assert_eq!(goal.requirement.stat_code, "stat-50");
        assert_eq!(goal.requirement.target, 100);
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let text = r#"
            namespace = ""
            [[challenges]]
            id = "one"
            name = ""
            description = ""
            [[challenges.goals]]
            id = "Goal One"
            name = ""
            description = ""
            requirement = { stat_code = "login", kind = "absolute", target = 0 }
            reward = { reward_id = "", type = "item", quantity = 0 }
            [[challenges.goals]]
            id = "two"
            name = ""
            description = ""
            requirement = { stat_code = "", kind = "increment", target = 1 }
            reward = { reward_id = "coin", type = "wallet", quantity = 1 }
            [[challenges]]
            id = "one"
            name = ""
            description = ""
            [[challenges.goals]]
            id = "two"
            name = ""
            description = ""
            requirement = { stat_code = "wins", kind = "increment", target = 1 }
            reward = { reward_id = "coin", type = "wallet", quantity = 1 }
            [[challenges]]
            id = "empty"
            name = ""
            description = ""
            goals = []
        "#;
        let error = Catalogue::parse(Path::new("bad.toml"), text).unwrap_err();
        let expected = r#"catalogue bad.toml: 10 mistakes
  namespace is empty
  goal "Goal One": id is no slug (lower-case letters, digits and hyphens)
  goal "Goal One": target must be 1 or more
  goal "Goal One": logins have no absolute value: use kind "increment"
  goal "Goal One": reward_id is empty
  goal "Goal One": reward quantity must be 1 or more
  goal "two": stat_code is empty
  challenge "one" stands twice, at positions 1 and 2
  goal "two" stands twice, in "one" and "one"
  challenge "empty" has no goal"#;
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let error = Catalogue::parse(
            Path::new("bad.toml"),
            "namespace = \"a\"\nchallanges = []\n",
        );
        assert!(matches!(error, Err(CatalogueError::Syntax { .. })));
    }
}
