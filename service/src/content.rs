//! The catalogue in use, and everything that is derived from it.
//!
//! Built once, when a catalogue is loaded: what a request can find here it need not work out.

use std::sync::Arc;

use crate::catalogue::Catalogue;
use crate::instant::Instant;
use crate::phase::{CatalogueBody, Materialisation, Switches};
use crate::store::{Assignment, Assignments};
use crate::template::Template;

/// A catalogue with what is derived from it.
#[derive(Debug)]
pub struct Content {
    /// All challenges.
    pub catalogue: Catalogue,
    /// The goals assigned by default, active, in the order of the catalogue.
    pub defaults: Assignments,
    /// The goals that a new user gets a row for: `defaults`, and when eager all others, inactive.
    pub materialised: Arc<Assignments>,
    /// The response with all goals, where it is pre-serialised.
    pub template: Option<Template>,
    /// Whether a goal assigned by default belongs to a challenge that rotates.
    defaults_rotate: bool,
}

impl Content {
    /// Derives everything.
    pub fn new(catalogue: Catalogue, switches: &Switches) -> Self {
        let all: Assignments = catalogue
            .goals()
            .map(|(challenge, goal)| Assignment {
                goal_id: goal.id.clone(),
                challenge_id: challenge.id.clone(),
                is_active: goal.default_assigned,
                expires_at: None,
            })
            .collect();
        let is_default = |id: &str| catalogue.goal(id).is_some_and(|(_, g)| g.default_assigned);
        let defaults = all.filtered(is_default);
        let materialised = match switches.materialisation {
            Materialisation::Eager => all,
            Materialisation::Lazy => all.filtered(is_default),
        };
        let template = match switches.catalogue_body {
            CatalogueBody::Serde => None,
            CatalogueBody::Template => Template::new(&catalogue)
                .inspect_err(|error| tracing::error!(%error, "no template of the catalogue"))
                .ok(),
        };
        let defaults_rotate = catalogue
            .goals()
            .any(|(challenge, goal)| goal.default_assigned && challenge.rotation.is_some());
        Self {
            materialised: Arc::new(materialised),
            catalogue,
            defaults,
            template,
            defaults_rotate,
        }
    }

    /// These goals as they are assigned now: where the challenge rotates, until its window ends.
    pub fn assigned_at(&self, goals: &Arc<Assignments>, now: Instant) -> Arc<Assignments> {
        if self.defaults_rotate {
            Arc::new(goals.expiring(|challenge| self.window_end(challenge, now)))
        } else {
            Arc::clone(goals)
        }
    }

    /// When the window of a challenge ends; absent where it never does.
    fn window_end(&self, challenge: &str, now: Instant) -> Option<Instant> {
        self.catalogue.challenge(challenge)?.window_end(now)
    }
}
