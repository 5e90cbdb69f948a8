//! The challenges and goals of the game: read from a file, never from the database.

mod check;
mod load;
mod mistakes;
mod read;
mod rotation;
mod table;

use std::collections::HashMap;

pub use load::CatalogueError;
pub use mistakes::Mistakes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::instant::Instant;
use crate::rotation::Rotation;
use crate::rule::Kind;

/// All challenges, checked.
#[derive(Debug)]
pub struct Catalogue {
    namespace: String,
    challenges: Vec<Challenge>,
    by_goal: HashMap<String, Position>,
    by_stat: HashMap<String, Vec<Position>>,
}

/// A group of goals.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Slug, unique in the catalogue.
    pub id: String,
    /// What players see.
    pub name: String,
    /// What players see below the name.
    pub description: String,
    /// When assignments of its goals end; absent where they do not.
    pub rotation: Option<Rotation>,
    /// In the order in which players see them.
    pub goals: Vec<Goal>,
}

/// Something to reach, and the reward for it.
#[derive(Debug, Clone)]
pub struct Goal {
    /// Slug, unique in the catalogue.
    pub id: String,
    /// What players see.
    pub name: String,
    /// What players see below the name.
    pub description: String,
    /// What has to be reached.
    pub requirement: Requirement,
    /// What a claim grants.
    pub reward: Reward,
    /// Whether every new user gets this goal, active.
    pub default_assigned: bool,
    /// Goals of any challenge that must be done before this one: until then it is locked.
    pub prerequisites: Vec<String>,
}

/// What has to be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// The statistic that the goal listens to.
    pub stat_code: String,
    /// How the statistic is measured.
    pub kind: Kind,
    /// Whole units at which the goal is completed.
    pub target: i64,
}

/// What a claim grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reward {
    /// The reward platform's name for it.
    pub reward_id: String,
    /// What sort of thing it is.
    #[serde(rename = "type")]
    pub kind: RewardKind,
    /// How many of it.
    pub quantity: u32,
}

/// What sort of thing a reward is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RewardKind {
    /// A thing in the player's inventory.
    Item,
    /// Currency in the player's wallet.
    Wallet,
}

#[derive(Debug, Clone, Copy)]
struct Position {
    challenge: usize,
    goal: usize,
}

impl Challenge {
    /// The goal of this id.
    pub fn goal(&self, id: &str) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.id == id)
    }

    /// When an assignment of now ends; absent where it does not.
    pub fn window_end(&self, now: Instant) -> Option<Instant> {
        self.rotation.as_ref()?.window(now).ends_at
    }
}

impl Catalogue {
    /// The namespace of the game, written into every row.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// In the order of the file.
    pub fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    /// Every goal with the challenge that it belongs to, in the order of the file.
    pub fn goals(&self) -> impl Iterator<Item = (&Challenge, &Goal)> {
        self.challenges
            .iter()
            .flat_map(|challenge| challenge.goals.iter().map(move |goal| (challenge, goal)))
    }

    /// The challenge of this id.
    pub fn challenge(&self, id: &str) -> Option<&Challenge> {
        self.challenges.iter().find(|challenge| challenge.id == id)
    }

    /// The goal of this id, with its challenge.
    pub fn goal(&self, id: &str) -> Option<(&Challenge, &Goal)> {
        self.by_goal.get(id).map(|position| self.at(*position))
    }

    /// The goals that listen to this statistic.
    pub fn listening_to(&self, stat: &str) -> impl Iterator<Item = &Goal> {
        let positions = self.by_stat.get(stat).map_or(&[][..], Vec::as_slice);
        positions.iter().map(|position| self.at(*position).1)
    }

    fn at(&self, position: Position) -> (&Challenge, &Goal) {
        let challenge = &self.challenges[position.challenge];
        (challenge, &challenge.goals[position.goal])
    }

    fn index(namespace: String, challenges: Vec<Challenge>) -> Self {
        let mut by_goal = HashMap::new();
        let mut by_stat = HashMap::<String, Vec<Position>>::new();
        for (c, challenge) in challenges.iter().enumerate() {
            for (g, goal) in challenge.goals.iter().enumerate() {
                let position = Position {
                    challenge: c,
                    goal: g,
                };
                by_goal.insert(goal.id.clone(), position);
                by_stat
                    .entry(goal.requirement.stat_code.clone())
                    .or_default()
                    .push(position);
            }
        }
        Self {
            namespace,
            challenges,
            by_goal,
            by_stat,
        }
    }
}
