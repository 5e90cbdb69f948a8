//! What goals with prerequisites wait for.

use super::OperationError;
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::progress::Progress;
use crate::standing::is_locked;
use crate::store::Assignments;

/// A player's rows on which it depends whether goals are locked.
#[derive(Debug)]
pub(super) struct Locks {
    rows: Vec<Progress>,
    now: Instant,
}

impl Locks {
    /// Reads the rows that decide about these goals. Where none of them has prerequisites, which
    /// is the rule, no statement is made.
    pub(super) async fn read(
        app: &App,
        user: &str,
        goals: impl Iterator<Item = &Goal>,
        now: Instant,
    ) -> Result<Self, OperationError> {
        let decisive: Assignments = goals
            .filter(|goal| !goal.prerequisites.is_empty())
            .flat_map(|goal| std::iter::once(&goal.id).chain(&goal.prerequisites))
            .collect();
        let rows = if decisive.is_empty() {
            Vec::new()
        } else {
            app.store.rows_of_goals(user, &decisive).await?
        };
        Ok(Self { rows, now })
    }

    /// Whether the goal is locked.
    pub(super) fn hold(&self, goal: &Goal) -> bool {
        let row_of = |id: &str| self.rows.iter().find(|row| row.goal_id == id);
        is_locked(goal, row_of, self.now)
    }
}
