//! What fills the places of an action's templates.

use super::carried::Carried;
use super::failure::Failure;
use crate::plan::{Draws, user_id};
use crate::scenario::{Action, Fill, Scenario, Template};

/// The sources of an action's values.
pub(super) struct Places {
    user_id: Option<Template>,
    seed: u64,
    draw_names: Vec<String>,
    draws: Draws,
    run: String,
    /// What only a session can fill.
    carries: Vec<String>,
}

/// The values of one arrival.
pub(super) struct Values<'a> {
    pub(super) user_index: u64,
    user: String,
    numbers: Vec<u64>,
    ordinal: u64,
    carried: &'a Carried,
    places: &'a Places,
}

impl Places {
    pub(super) fn new(scenario: &Scenario, index: usize, run: &str) -> Self {
        let action: &Action = &scenario.actions[index];
        let users = scenario.users.as_ref();
        Self {
            user_id: users.map(|users| users.id.clone()),
            seed: scenario.seed,
            draw_names: action
                .draws
                .iter()
                .map(|(name, _, _)| name.clone())
                .collect(),
            draws: Draws::new(action, index, users.map_or(0, |u| u.count), scenario.seed),
            run: run.to_owned(),
            carries: action.carries.clone(),
        }
    }

    pub(super) fn values<'a>(
        &'a self,
        ordinal: u64,
        carried: &'a Carried,
    ) -> Result<Values<'a>, Failure> {
        if let Some(name) = self.carries.iter().find(|n| carried.get(n).is_none()) {
            let message = format!("no earlier response gave ${{{name}}}");
            return Err(Failure::new("extract", message));
        }
        Ok(self.fill_in(ordinal, carried))
    }

    /// Values for trying a template: what nothing carries is an empty text.
    pub(super) fn fill_in<'a>(&'a self, ordinal: u64, carried: &'a Carried) -> Values<'a> {
        let (index, numbers) = self.draws.at(ordinal);
        let user = self
            .user_id
            .as_ref()
            .map_or_else(String::new, |id| user_id(id, index, self.seed));
        Values {
            user_index: index,
            user,
            numbers,
            ordinal,
            carried,
            places: self,
        }
    }
}

impl Values<'_> {
    pub(super) fn fill(&self, place: &str) -> Fill<'_> {
        match place {
            "user" => Fill::Text(&self.user),
            "run" => Fill::Text(&self.places.run),
            "ordinal" => Fill::Number(self.ordinal),
            _ => match self.places.draw_names.iter().position(|name| name == place) {
                Some(draw) => Fill::Number(self.numbers[draw]),
                None => Fill::Text(self.carried.get(place).unwrap_or_default()),
            },
        }
    }
}
