//! Takes an event of the game: expands it to the goals that listen and writes their progress.

use super::OperationError;
use super::locks::Locks;
use crate::app::App;
use crate::event_key::EventKey;
use crate::event_path::EventPath;
use crate::instant::Instant;
use crate::rule::Event;
use crate::store::{Advance, Effect};

/// Applies the event to the player's active goals, once: an event of an id that has counted within
/// the window is acknowledged without effect. One with an empty id always counts.
pub async fn receive(
    app: &App,
    path: &EventPath,
    user: &str,
    event_id: &str,
    event: &Event,
) -> Result<(), OperationError> {
    let catalogue = &app.content.catalogue;
    let now = Instant::now();
    let locks = Locks::read(app, user, catalogue.listening_to(event.stat()), now).await?;
    let goals: Vec<_> = catalogue
        .listening_to(event.stat())
        .filter(|goal| !locks.hold(goal))
        .filter_map(|goal| {
            Some(Advance {
                goal_id: goal.id.clone(),
                change: event.change(goal.requirement.kind)?,
                target: goal.requirement.target,
            })
        })
        .collect();
    if goals.is_empty() {
        return Ok(());
    }
    let effect = Effect {
        user_id: user.to_owned(),
        key: EventKey::new(user, event_id),
        came_at: now,
        goals,
    };
    Ok(path.take(effect).await?)
}
