//! Takes an event of the game: expands it to the goals that listen and writes their progress.

use super::OperationError;
use crate::app::App;
use crate::instant::Instant;
use crate::rule::Event;
use crate::store::Advance;

/// Applies the event, durably. Returns how many of the player's goals it touched.
pub async fn receive(app: &App, user: &str, event: &Event) -> Result<u64, OperationError> {
    let goals: Vec<_> = app
        .catalogue
        .listening_to(event.stat())
        .map(|goal| Advance {
            goal_id: &goal.id,
            change: event.change(goal.requirement.kind),
            target: goal.requirement.target,
        })
        .collect();
    if goals.is_empty() {
        return Ok(0);
    }
    Ok(app.store.advance(user, &goals, Instant::now()).await?)
}
