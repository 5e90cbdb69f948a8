//! Whether the process lives.

/// Answers 200: the sockets are opened only once the database is connected and migrated.
pub(super) async fn healthz() -> &'static str {
    "ok"
}
