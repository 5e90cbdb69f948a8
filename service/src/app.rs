//! What every request needs: the catalogue, the store, the phase and the reward platform.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::catalogue::Catalogue;
use crate::faults::Faults;
use crate::outbox::Outbox;
use crate::phase::{Materialisation, Phase};
use crate::rewards::RewardClient;
use crate::store::{Assignment, Assignments, Store};

/// The service without its sockets; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] holds.
#[derive(Debug)]
pub struct Inner {
    /// All challenges.
    pub catalogue: Catalogue,
    /// Where progress is kept.
    pub store: Store,
    /// What is switched on.
    pub phase: Phase,
    /// Who grants rewards.
    pub rewards: RewardClient,
    /// What ties claims to the worker that gets rewards granted.
    pub outbox: Outbox,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Work that outlives its request: shutting down waits for it.
    pub tasks: TaskTracker,
    /// The goals assigned by default, active.
    pub defaults: Assignments,
    /// The goals that a new user gets a row for: `defaults`, and when eager all others, inactive.
    pub materialised: Assignments,
}

impl App {
    /// Puts the parts together.
    pub fn new(catalogue: Catalogue, store: Store, phase: Phase, rewards: RewardClient) -> Self {
        let all: Assignments = catalogue
            .goals()
            .map(|(challenge, goal)| Assignment {
                goal_id: goal.id.clone(),
                challenge_id: challenge.id.clone(),
                is_active: goal.default_assigned,
            })
            .collect();
        let is_default = |id: &str| catalogue.goal(id).is_some_and(|(_, g)| g.default_assigned);
        let defaults = all.filtered(is_default);
        let materialised = match phase.switches.materialisation {
            Materialisation::Eager => all,
            Materialisation::Lazy => all.filtered(is_default),
        };
        Self(Arc::new(Inner {
            faults: Faults::new(store.clone()),
            catalogue,
            store,
            phase,
            rewards,
            outbox: Outbox::default(),
            tasks: TaskTracker::new(),
            defaults,
            materialised,
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
