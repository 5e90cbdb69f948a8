//! `[sessions.NAME]`: actions in order, with pauses, chances and branches.

use std::ops::Range;

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{Session, Stage, UserPick};
use super::action::{Placed, targets};
use super::check_slug;
use super::steps::Reader;

/// The requests of a session are drawn before its first one.
const MOST_REQUESTS: u64 = 10_000;

/// A session and where it stands in the file.
pub(super) struct PlacedSession {
    pub(super) session: Session,
    pub(super) span: Range<usize>,
}

pub(super) fn sessions(
    root: &mut Table<'_, '_>,
    actions: &[Placed],
    has_users: bool,
    mistakes: &mut Mistakes<'_>,
) -> Vec<PlacedSession> {
    let Some(value) = root.get("sessions") else {
        return Vec::new();
    };
    let Some(table) = Table::from_value("sessions".to_owned(), value, mistakes) else {
        return Vec::new();
    };
    table
        .entries()
        .filter_map(|(name, span, value)| {
            check_slug("session", name, &span, mistakes);
            if actions.iter().any(|placed| placed.action.name == name) {
                mistakes.add(
                    &span,
                    format!("session {name:?} has the name of an action"),
                    "mixes name both: choose another name",
                );
            }
            let table = Table::from_value(format!("session {name:?}"), value, mistakes)?;
            let session = session(name, &span, table, actions, has_users, mistakes);
            Some(PlacedSession { session, span })
        })
        .collect()
}

fn session(
    name: &str,
    span: &Range<usize>,
    mut table: Table<'_, '_>,
    actions: &[Placed],
    has_users: bool,
    mistakes: &mut Mistakes<'_>,
) -> Session {
    let picks = [("each", UserPick::Each), ("any", UserPick::Any)];
    let user = table.choice("user", &picks, mistakes);
    if let (Some(_), false, Some(value)) = (user, has_users, table.get("user")) {
        mistakes.add(
            &value.span(),
            format!("{}: user is set, the scenario has no [users]", table.name),
            "add [users] with count and id",
        );
    }
    let targets = targets(&mut table, mistakes);
    let steps = table.get("steps");
    if steps.is_none() {
        mistakes.add(
            span,
            format!("{} has no steps", table.name),
            "name actions in their order: steps = [\"browse\", \"claim\"]",
        );
    }
    let steps = steps.and_then(|value| Reader::new(actions).steps(&table.name, value, mistakes));
    table.deny_unknown(mistakes);
    let whole = steps.is_some();
    let session = Session {
        name: name.to_owned(),
        user: user.unwrap_or(UserPick::Any),
        targets,
        steps: steps.unwrap_or_default(),
    };
    if whole && session.least_requests() == 0 {
        mistakes.add(
            span,
            format!("session {name:?} may do nothing at all: every step is left to chance"),
            "let one step be without a chance; for fewer sessions lower their rate or weight",
        );
    }
    if session.most_requests() > MOST_REQUESTS {
        mistakes.add(
            span,
            format!(
                "session {name:?} may have {} requests, more than {MOST_REQUESTS}",
                session.most_requests()
            ),
            "lower its times, or let users go through it again: users, iterations",
        );
    }
    session
}

/// The requests of a mix stand alone: nothing carries values from one to another.
pub(super) fn check_carried(actions: &[Placed], stages: &[Stage], mistakes: &mut Mistakes<'_>) {
    for stage in stages {
        for stream in &stage.streams {
            // Those of sessions were checked step by step.
            for placed in stream
                .mix
                .iter()
                .filter_map(|(index, _)| actions.get(*index))
            {
                let Some(place) = placed.action.carries.first() else {
                    continue;
                };
                mistakes.add(
                    &placed.span,
                    format!(
                        "action {:?}: nothing fills ${{{place}}} in stage {:?}, stream {:?}",
                        placed.action.name, stage.name, stream.name
                    ),
                    "an extracted value is carried within a session only: make it a step of one",
                );
            }
        }
    }
}
