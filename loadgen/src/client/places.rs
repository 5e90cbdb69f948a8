//! What fills the places of an action's templates.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::carried::Carried;
use super::failure::Failure;
use super::login::Logins;
use crate::plan::{Draws, RowDraw, user_id};
use crate::scenario::{Action, Fill, LOGIN, Rows, Scenario, Template};

/// The sources of an action's values.
pub(super) struct Places {
    user_id: Option<Template>,
    seed: u64,
    draw_names: Vec<String>,
    draws: Draws,
    run: String,
    sets: Vec<Set>,
    /// What the login must have given, without its prefix.
    of_login: Vec<String>,
    /// What only a session can fill.
    carries: Vec<String>,
}

/// A data set that the action takes from.
struct Set {
    /// Its number among all sets.
    number: usize,
    /// Its name and a dot.
    prefix: String,
    draw: RowDraw,
    rows: Arc<Rows>,
}

/// The values of one arrival.
pub(super) struct Values<'a> {
    pub(super) user_index: u64,
    user: String,
    numbers: Vec<u64>,
    ordinal: u64,
    /// One of each set.
    rows: Vec<&'a [String]>,
    login: Option<&'a Carried>,
    carried: &'a Carried,
    places: &'a Places,
}

impl Places {
    pub(super) fn new(scenario: &Scenario, index: usize, run: &str) -> Self {
        let action: &Action = &scenario.actions[index];
        let users = scenario.users.as_ref();
        let used: BTreeSet<&str> = action.places().collect();
        let sets = scenario.data.iter().enumerate();
        let sets = sets.filter(|(_, set)| action.takes_from(&set.name));
        Self {
            user_id: users.map(|users| users.id.clone()),
            seed: scenario.seed,
            draw_names: action
                .draws
                .iter()
                .map(|(name, _, _)| name.clone())
                .collect(),
            draws: Draws::new(
                action,
                index,
                (scenario.first_ordinal, users.map_or(0, |u| u.count)),
                scenario.seed,
            ),
            run: run.to_owned(),
            sets: sets
                .map(|(number, set)| Set {
                    number,
                    prefix: format!("{}.", set.name),
                    draw: RowDraw::new(set, number, index, (scenario.first_ordinal, scenario.seed)),
                    rows: Arc::clone(&set.rows),
                })
                .collect(),
            of_login: used
                .iter()
                .filter_map(|place| place.strip_prefix(LOGIN))
                .map(str::to_owned)
                .collect(),
            carries: action.carries.clone(),
        }
    }

    /// The values of arrival `ordinal`; a failure where one is missing.
    pub(super) fn values<'a>(
        &'a self,
        ordinal: u64,
        carried: &'a Carried,
        logins: &'a Logins,
    ) -> Result<Values<'a>, Failure> {
        if let Some(name) = self.carries.iter().find(|n| carried.get(n).is_none()) {
            let message = format!("no earlier response gave ${{{name}}}");
            return Err(Failure::new("extract", message));
        }
        let mut rows = Vec::with_capacity(self.sets.len());
        for set in &self.sets {
            let row = match &carried.owner {
                Some(owner) => owner.rows[set.number],
                None => set.draw.at(ordinal),
            };
            let row = row.map(|row| &*set.rows.values[row]);
            let taken = || {
                Failure::new(
                    "data",
                    format!(
                        "every row of {:?} was taken",
                        set.prefix.trim_end_matches('.')
                    ),
                )
            };
            rows.push(row.ok_or_else(taken)?);
        }
        let (drawn, numbers) = self.draws.at(ordinal);
        let user_index = carried.owner.as_ref().map_or(drawn, |owner| owner.user);
        let login = if self.of_login.is_empty() {
            None
        } else {
            let login = logins.of(user_index);
            let given = |name: &String| login.is_some_and(|login| login.get(name).is_some());
            if let Some(name) = self.of_login.iter().find(|name| !given(name)) {
                let message = format!("no login gave ${{{LOGIN}{name}}}");
                return Err(Failure::new("extract", message));
            }
            login
        };
        Ok(Values {
            user_index,
            user: self.user(user_index),
            numbers,
            ordinal,
            rows,
            login,
            carried,
            places: self,
        })
    }

    /// Values of a first arrival, which a request can be tried with before anybody has answered.
    pub(super) fn sample<'a>(&'a self, nothing: &'a Carried) -> Values<'a> {
        let (user_index, numbers) = self.draws.at(0);
        let first_row = |set: &'a Set| set.rows.values.first().map_or(&[][..], Vec::as_slice);
        Values {
            user_index,
            user: self.user(user_index),
            numbers,
            ordinal: 0,
            rows: self.sets.iter().map(first_row).collect(),
            login: None,
            carried: nothing,
            places: self,
        }
    }

    /// Is the place filled by what an earlier response gave?
    pub(super) fn is_given_later(&self, place: &str) -> bool {
        place.starts_with(LOGIN) || self.carries.iter().any(|name| name == place)
    }

    fn user(&self, index: u64) -> String {
        let id = self.user_id.as_ref();
        id.map_or_else(String::new, |id| user_id(id, index, self.seed))
    }
}

impl Values<'_> {
    pub(super) fn fill(&self, place: &str) -> Fill<'_> {
        match place {
            "user" => return Fill::Text(&self.user),
            "run" => return Fill::Text(&self.places.run),
            "ordinal" => return Fill::Number(self.ordinal),
            _ => {}
        }
        if let Some(draw) = self.places.draw_names.iter().position(|name| name == place) {
            return Fill::Number(self.numbers[draw]);
        }
        let of_login = place.strip_prefix(LOGIN).zip(self.login);
        let found = of_login
            .and_then(|(name, login)| login.get(name))
            .or_else(|| self.of_row(place))
            .or_else(|| self.carried.get(place));
        Fill::Text(found.unwrap_or_default())
    }

    fn of_row(&self, place: &str) -> Option<&str> {
        let (set, row) = self
            .places
            .sets
            .iter()
            .zip(&self.rows)
            .find(|(set, _)| place.starts_with(&set.prefix))?;
        let column = &place[set.prefix.len()..];
        let index = set.rows.columns.iter().position(|known| known == column)?;
        Some(&row[index])
    }
}
