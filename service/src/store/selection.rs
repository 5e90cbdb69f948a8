//! Goals that a player selects, all in one statement; the SQL that both databases share.

use crate::progress::Progress;

/// What became of a selection.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The rows that are active now, in no particular order. One whose reward is owed from an
    /// earlier window was left as it is, and is missing.
    pub selected: Vec<Progress>,
    /// The goals that had to make room.
    pub deactivated: Vec<String>,
}

impl Selection {
    /// From the rows that the statement wrote: those it switched on and those it switched off.
    pub(super) fn of_written(rows: Vec<Progress>) -> Self {
        let (selected, off): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_active);
        let deactivated = off.into_iter().map(|row| row.goal_id).collect();
        Self {
            selected,
            deactivated,
        }
    }
}

/// Whether a stored row is over and was selected again: it starts from nothing. See `standing`.
macro_rules! starts_anew {
    () => {
        "(excluded.is_active and row.expires_at <= excluded.updated_at \
          and row.status not in ('completed', 'claiming'))"
    };
}
pub(super) use starts_anew;

/// What a selection does to rows that exist. PostgreSQL and SQLite read it alike.
macro_rules! on_selected {
    () => {
        concat!(
            " on conflict (user_id, goal_id) do update set
                 is_active = excluded.is_active,
                 progress = case when ",
            starts_anew!(),
            " then 0 else row.progress end,
                 status = case when ",
            starts_anew!(),
            " then 'not_started' else row.status end,
                 assigned_at = case
                     when excluded.is_active and not row.is_active or ",
            starts_anew!(),
            " then excluded.assigned_at
                     else row.assigned_at
                 end,
                 expires_at = case when excluded.is_active then excluded.expires_at else row.expires_at end,
                 completed_at = case when ",
            starts_anew!(),
            " then null else row.completed_at end,
                 claimed_at = case when ",
            starts_anew!(),
            " then null else row.claimed_at end,
                 counted_on = case when ",
            starts_anew!(),
            " then null else row.counted_on end,
                 claim_key = case when ",
            starts_anew!(),
            " then null else row.claim_key end,
                 version = row.version + 1,
                 updated_at = excluded.updated_at
             where row.expires_at is null or row.expires_at > excluded.updated_at
                 or row.status not in ('completed', 'claiming')
             returning "
        )
    };
}
pub(super) use on_selected;
