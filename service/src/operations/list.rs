//! All challenges, with the progress of one player.

use super::OperationError;
use crate::app::App;
use crate::instant::Instant;
use crate::view::ChallengesView;

/// Reads the player's rows in one select and lays them over the catalogue.
pub async fn list<'a>(
    app: &'a App,
    user: &str,
    active_only: bool,
) -> Result<ChallengesView<'a>, OperationError> {
    let rows = app.store.rows_of_user(user).await?;
    Ok(ChallengesView::new(
        app.catalogue.challenges(),
        &rows,
        active_only,
        Instant::now(),
    ))
}
