//! What an event does to the goals of a player.

use crate::event_key::EventKey;
use crate::instant::Instant;
use crate::rule::Change;

/// What one event does to the goals of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The player.
    pub user_id: String,
    /// Under which the event is remembered; absent for one without an id, which always counts.
    pub key: Option<EventKey>,
    /// When the event came: says which day it belongs to.
    pub came_at: Instant,
    /// What it does to the goals that listen to it, each goal once.
    pub goals: Vec<Advance>,
}

/// What one event does to one goal of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// The goal.
    pub goal_id: String,
    /// What becomes of its progress.
    pub change: Change,
    /// Where it is completed.
    pub target: i64,
}
