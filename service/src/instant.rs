//! A point in time, to the microsecond, that both databases can hold.
//!
//! PostgreSQL stores it as `timestamptz`, SQLite as microseconds since 1970.

use serde::Serialize;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};
use utoipa::ToSchema;

use crate::day::Day;

/// Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL starts to count.
const POSTGRES_EPOCH_US: i64 = 946_684_800_000_000;

/// Microseconds of a day in UTC.
pub(crate) const DAY_US: i64 = 86_400_000_000;

/// A point in time; in JSON as in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime)]
pub struct Instant(jiff::Timestamp);

impl Instant {
    /// The present.
    pub fn now() -> Self {
        let now = jiff::Timestamp::now();
        // Truncated, so that what is read back equals what was written.
        Self::from_micros(now.as_microsecond()).unwrap_or(Self(now))
    }

    /// This many microseconds after 1970-01-01 UTC; none beyond the year 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        jiff::Timestamp::from_microsecond(micros).ok().map(Self)
    }

    /// The point in time this long after.
    #[must_use]
    pub fn after(self, span: std::time::Duration) -> Self {
        Self(self.0.saturating_add(span).unwrap_or(jiff::Timestamp::MAX))
    }

    /// How long ago the other was; zero if it is still to come.
    pub fn since(self, other: Self) -> std::time::Duration {
        let span = self.0.duration_since(other.0);
        std::time::Duration::try_from(span).unwrap_or_default()
    }

    /// Microseconds since 1970-01-01 UTC.
    pub fn as_micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The day in UTC to which this belongs.
    pub fn day(self) -> Day {
        let micros = self.0.as_microsecond();
        // The years -9999 to 9999 are some seven million days.
        Day::from_days(micros.div_euclid(DAY_US) as i32)
    }

    /// The point in time this long before.
    #[must_use]
    pub fn before(self, span: std::time::Duration) -> Self {
        Self(self.0.saturating_sub(span).unwrap_or(jiff::Timestamp::MIN))
    }
}

impl Type<Postgres> for Instant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("timestamptz")
    }
}

impl PgHasArrayType for Instant {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::array_of("timestamptz")
    }
}

impl Encode<'_, Postgres> for Instant {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let micros = self.0.as_microsecond() - POSTGRES_EPOCH_US;
        <i64 as Encode<Postgres>>::encode(micros, buf)
    }
}

impl<'r> Decode<'r, Postgres> for Instant {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = <i64 as Decode<Postgres>>::decode(value)?;
        Self::from_micros(micros + POSTGRES_EPOCH_US).ok_or_else(|| "timestamp out of range".into())
    }
}

impl Type<Sqlite> for Instant {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(ty: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(ty)
    }
}

impl Encode<'_, Sqlite> for Instant {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<Sqlite>>::encode(self.0.as_microsecond(), buf)
    }
}

impl<'r> Decode<'r, Sqlite> for Instant {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = <i64 as Decode<Sqlite>>::decode(value)?;
        Self::from_micros(micros).ok_or_else(|| "timestamp out of range".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        let check = |micros, days| {
            let instant = Instant::from_micros(micros).unwrap();
            assert_eq!(instant.day(), Day::from_days(days), "{micros}");
        };
        check(0, 0);
        check(-1, -1);
        check(DAY_US - 1, 0);
        check(DAY_US, 1);
        check(POSTGRES_EPOCH_US, 10_957);
    }
}
