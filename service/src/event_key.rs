//! Under which an event is remembered, so that it counts once.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Encode, Sqlite, Type};
use uuid::Uuid;

/// The root of all keys; any UUID will do, but it must never change.
const ROOT: Uuid = Uuid::from_u128(0x8a5c_4f0e_6f63_4d0b_9d4e_2b1f_7c35_a9e2);

/// 16 bytes in place of a user's id and an event's id, whose length is up to the game: a name-based
/// UUID (version 5 of RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey(Uuid);

impl EventKey {
    /// The key of an event; none without an id.
    pub fn new(user_id: &str, event_id: &str) -> Option<Self> {
        // Hashed one after the other: in "a" + "bc" and "ab" + "c" the bytes would be the same.
        let user = || Uuid::new_v5(&ROOT, user_id.as_bytes());
        (!event_id.is_empty()).then(|| Self(Uuid::new_v5(&user(), event_id.as_bytes())))
    }

    /// As PostgreSQL takes it.
    pub(crate) fn uuid(self) -> Uuid {
        self.0
    }
}

impl Type<Sqlite> for EventKey {
    fn type_info() -> SqliteTypeInfo {
        <Uuid as Type<Sqlite>>::type_info()
    }
}

impl<'q> Encode<'q, Sqlite> for EventKey {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <Uuid as Encode<'q, Sqlite>>::encode_by_ref(&self.0, buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_one_event_of_one_user() {
        let key = EventKey::new;
        assert_eq!(key("ann", "event-1"), key("ann", "event-1"));
        assert_ne!(key("ann", "event-1"), key("ann", "event-2"));
        assert_ne!(key("ann", "event-1"), key("bob", "event-1"));
        assert_ne!(key("a", "bc"), key("ab", "c"));
        assert_eq!(key("ann", ""), None);
    }

    /// Other instances, of other versions too, must find what this one has written.
    #[test]
    fn keys_stay_what_they_are() {
        let key = EventKey::new("ann", "event-1").unwrap().uuid();
        assert_eq!(key.to_string(), "6f1b163e-ff19-5ded-8a89-c2c749618b9c");
    }
}
