//! Whose a session is: one user, one row of every data set, one jar of cookies.

use std::sync::OnceLock;

use super::carried::Carried;
use super::cookies::Jar;
use crate::plan::{Draws, RowDraw};
use crate::scenario::Scenario;

/// The owners of one kind of session.
pub(crate) struct Owners {
    users: Draws,
    /// By data set.
    rows: Vec<RowDraw>,
}

/// Whose all requests of a session are, whatever their actions say.
pub(super) struct Owner {
    /// Number of the user.
    pub(super) user: u64,
    /// By data set; absent where every row was taken.
    pub(super) rows: Vec<Option<usize>>,
    /// Made with the first request: sessions of one user that overlap share no cookies.
    pub(super) jar: OnceLock<Jar>,
}

impl Owners {
    /// Of the session that has this `index` in a mix.
    pub(crate) fn new(scenario: &Scenario, index: usize) -> Self {
        let session = &scenario.sessions[index - scenario.actions.len()];
        let users = scenario.users.as_ref().map_or(0, |users| users.count);
        let users = (scenario.first_ordinal, users);
        let sets = scenario.data.iter().enumerate();
        Self {
            users: Draws::of_session(session, index, users, scenario.seed),
            rows: sets
                .map(|(number, set)| {
                    RowDraw::new(set, number, index, (scenario.first_ordinal, scenario.seed))
                })
                .collect(),
        }
    }

    /// What session `ordinal` carries when it begins.
    pub(crate) fn begin(&self, ordinal: u64) -> Carried {
        let (user, _) = self.users.at(ordinal);
        Carried::of(Owner {
            user,
            rows: self.rows.iter().map(|rows| rows.at(ordinal)).collect(),
            jar: OnceLock::new(),
        })
    }
}
