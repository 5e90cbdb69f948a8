//! The player who asks, as an argument of a handler.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::HttpState;
use super::problem::Problem;

/// The id of the player who asks.
#[derive(Debug)]
pub(super) struct Player(pub(super) String);

impl FromRequestParts<HttpState> for Player {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &HttpState,
    ) -> Result<Self, Self::Rejection> {
        let user = state.identity.player(&parts.headers)?;
        Ok(Self(user.to_owned()))
    }
}
