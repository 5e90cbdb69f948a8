//! All challenges, with the progress of one player.

use super::OperationError;
use crate::app::App;
use crate::content::Content;
use crate::instant::Instant;
use crate::pieces::Pieces;
use crate::progress::Progress;
use crate::standing::as_of;
use crate::view::ChallengesView;

/// The rows of a player, to be laid over the catalogue.
#[derive(Debug)]
pub struct Listing {
    rows: Vec<Progress>,
    active_only: bool,
    now: Instant,
}

/// Reads the player's rows in one select.
pub async fn list(app: &App, user: &str, active_only: bool) -> Result<Listing, OperationError> {
    let rows = app.store.rows_of_user(user).await?;
    Ok(Listing::new(rows, active_only, Instant::now()))
}

impl Listing {
    /// Stored rows as they count now.
    pub fn new(rows: Vec<Progress>, active_only: bool, now: Instant) -> Self {
        Self {
            rows: as_of(rows, now),
            active_only,
            now,
        }
    }

    /// What the player sees.
    pub fn view<'a>(&self, content: &'a Content) -> ChallengesView<'a> {
        let challenges = content.catalogue.challenges();
        ChallengesView::new(challenges, &self.rows, self.active_only, self.now)
    }

    /// What the player sees, as JSON.
    pub fn json(&self, content: &Content) -> Result<Pieces, serde_json::Error> {
        let Some(template) = &content.template else {
            return serde_json::to_vec(&self.view(content)).map(Pieces::from);
        };
        if self.active_only {
            template.fill_active(&self.rows, self.now).map(Pieces::from)
        } else {
            template.fill(&self.rows, self.now)
        }
    }
}
