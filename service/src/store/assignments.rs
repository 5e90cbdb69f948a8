//! Goals to be assigned to a user, in the shapes in which the databases take them.

use std::sync::OnceLock;

use uuid::Uuid;

use crate::instant::Instant;
use crate::progress::{Progress, Status};

/// One goal to be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The goal.
    pub goal_id: String,
    /// The challenge that it belongs to.
    pub challenge_id: String,
    /// Whether it progresses from now on.
    pub is_active: bool,
    /// When the assignment ends; absent if it does not.
    pub expires_at: Option<Instant>,
}

/// A set of goals, column by column.
#[derive(Debug, Clone, Default)]
pub struct Assignments {
    pub(super) goal_ids: Vec<String>,
    pub(super) challenge_ids: Vec<String>,
    pub(super) active: Vec<bool>,
    pub(super) expires_at: Vec<Option<Instant>>,
    json: OnceLock<String>,
    digest: OnceLock<Uuid>,
}

impl Assignments {
    /// How many goals there are.
    pub fn len(&self) -> usize {
        self.goal_ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.goal_ids.is_empty()
    }

    /// The ids of the goals.
    pub fn goal_ids(&self) -> &[String] {
        &self.goal_ids
    }

    fn at(&self, i: usize) -> Assignment {
        Assignment {
            goal_id: self.goal_ids[i].clone(),
            challenge_id: self.challenge_ids[i].clone(),
            is_active: self.active[i],
            expires_at: self.expires_at[i],
        }
    }

    fn iter(&self) -> impl Iterator<Item = Assignment> {
        (0..self.len()).map(|i| self.at(i))
    }

    /// The goals whose id passes the test.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        (0..self.len())
            .filter(|&i| keep(&self.goal_ids[i]))
            .map(|i| self.at(i))
            .collect()
    }

    /// The same goals, the active ones until `end` of their challenge.
    #[must_use]
    pub fn expiring(&self, mut end: impl FnMut(&str) -> Option<Instant>) -> Self {
        self.iter()
            .map(|goal| Assignment {
                expires_at: end(&goal.challenge_id).filter(|_| goal.is_active),
                ..goal
            })
            .collect()
    }

    /// The rows of a user who was assigned all of these goals at that time, and had none of them.
    pub fn new_rows(&self, now: Instant) -> impl Iterator<Item = Progress> {
        (0..self.len()).map(move |i| Progress {
            goal_id: self.goal_ids[i].clone(),
            progress: 0,
            status: Status::NotStarted,
            version: 1,
            is_active: self.active[i],
            assigned_at: self.active[i].then_some(now),
            expires_at: self.expires_at[i],
            completed_at: None,
            claimed_at: None,
            granted_at: None,
            counted_on: None,
        })
    }

    /// Names the set of goals, in whatever order: the same in every process, another for another set.
    pub fn digest(&self) -> Uuid {
        *self.digest.get_or_init(|| {
            let mut ids: Vec<_> = self.goal_ids.iter().map(String::as_str).collect();
            ids.sort_unstable();
            // No id has a line break in it.
            Uuid::new_v5(&Uuid::NAMESPACE_OID, ids.join("\n").as_bytes())
        })
    }

    /// `[["goal", "challenge", 1, null], …]`: SQLite has no arrays, but reads JSON.
    pub(super) fn json(&self) -> &str {
        self.json.get_or_init(|| {
            let rows: Vec<_> = (0..self.len())
                .map(|i| {
                    serde_json::json!([
                        self.goal_ids[i],
                        self.challenge_ids[i],
                        i64::from(self.active[i]),
                        self.expires_at[i].map(Instant::as_micros),
                    ])
                })
                .collect();
            serde_json::Value::Array(rows).to_string()
        })
    }
}

/// The same goals in the same order, to be assigned alike; whatever was derived from them so far.
impl PartialEq for Assignments {
    fn eq(&self, other: &Self) -> bool {
        self.goal_ids == other.goal_ids
            && self.expires_at == other.expires_at
            && self.active == other.active
            && self.challenge_ids == other.challenge_ids
    }
}

impl FromIterator<Assignment> for Assignments {
    fn from_iter<I: IntoIterator<Item = Assignment>>(goals: I) -> Self {
        let mut set = Self::default();
        for goal in goals {
            set.goal_ids.push(goal.goal_id);
            set.challenge_ids.push(goal.challenge_id);
            set.active.push(goal.is_active);
            set.expires_at.push(goal.expires_at);
        }
        set
    }
}

/// Goals by their ids alone, to be read.
impl<'a> FromIterator<&'a String> for Assignments {
    fn from_iter<I: IntoIterator<Item = &'a String>>(ids: I) -> Self {
        ids.into_iter()
            .map(|id| Assignment {
                goal_id: id.clone(),
                challenge_id: String::new(),
                is_active: false,
                expires_at: None,
            })
            .collect()
    }
}
