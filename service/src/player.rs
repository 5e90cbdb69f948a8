//! Who asks. The only place that knows how a request says so, in either protocol.

use http::HeaderMap;

use crate::failure::{Code, Failure};
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

impl Identity {
    /// The id of the player who sent these headers, or this metadata, as gRPC calls them.
    pub fn player(self, headers: &HeaderMap) -> Result<&str, Failure> {
        let refuse = |detail| Failure::new(Code::Unauthenticated, detail);
        if self != Self::MockUser {
            return Err(refuse("a token is needed"));
        }
        let user = headers
            .get(HEADER)
            .ok_or_else(|| refuse("X-Mock-User is missing"))?
            .to_str()
            .map_err(|_| refuse("X-Mock-User is not ASCII"))?;
        if user.is_empty() || user.len() > MAX_USER_ID_BYTES {
            return Err(refuse("X-Mock-User must hold 1 to 128 characters"));
        }
        Ok(user)
    }
}
