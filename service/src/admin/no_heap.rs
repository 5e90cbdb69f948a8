//! No heap profile: this build has an allocator that cannot take any.

use crate::failure::Code;
use crate::http::Problem;

/// Is there a heap profile?
pub(super) fn is_sampled() -> bool {
    false
}

/// Says why there is none.
pub(super) async fn heap() -> Problem {
    let detail = "heap profiles need a build with the feature jemalloc, on Linux";
    Problem::new(Code::ProfileUnavailable, detail)
}
