//! Who asks. The only place that knows how a request says so.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::HttpState;
use super::problem::Problem;
use crate::progress::MAX_USER_ID_BYTES;

/// How a request says who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// By a token. None is accepted yet, so every request that needs a player is refused.
    Token,
    /// By the header `X-Mock-User`, which anybody can write: for development and load tests.
    MockUser,
}

const HEADER: &str = "x-mock-user";

/// The id of the player who asks.
#[derive(Debug)]
pub(super) struct Player(pub(super) String);

impl FromRequestParts<HttpState> for Player {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &HttpState,
    ) -> Result<Self, Self::Rejection> {
        if state.identity != Identity::MockUser {
            return Err(Problem::unauthorised("a token is needed"));
        }
        let user = parts
            .headers
            .get(HEADER)
            .ok_or_else(|| Problem::unauthorised("the header X-Mock-User is missing"))?
            .to_str()
            .map_err(|_| Problem::unauthorised("the header X-Mock-User is not ASCII"))?;
        if user.is_empty() || user.len() > MAX_USER_ID_BYTES {
            return Err(Problem::unauthorised(
                "the header X-Mock-User must hold 1 to 128 characters",
            ));
        }
        Ok(Self(user.to_owned()))
    }
}
