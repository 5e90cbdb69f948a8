//! Takes an event of the game: expands it to the goals that listen and writes their progress.

use super::OperationError;
use super::locks::Locks;
use crate::app::App;
use crate::instant::Instant;
use crate::rule::Event;
use crate::store::Advance;

/// Applies the event, durably. Returns how many of the player's goals it touched.
pub async fn receive(app: &App, user: &str, event: &Event) -> Result<u64, OperationError> {
    let catalogue = &app.content.catalogue;
    let now = Instant::now();
    let locks = Locks::read(app, user, catalogue.listening_to(event.stat()), now).await?;
    let goals: Vec<_> = catalogue
        .listening_to(event.stat())
        .filter(|goal| !locks.hold(goal))
        .map(|goal| Advance {
            goal_id: &goal.id,
            change: event.change(goal.requirement.kind),
            target: goal.requirement.target,
        })
        .collect();
    if goals.is_empty() {
        return Ok(0);
    }
    Ok(app.store.advance(user, &goals, now).await?)
}
