//! `[login]`: an action that runs before the stages.

use std::ops::Range;

use super::super::mistake::Mistakes;
use super::super::suggestion::suggestion;
use super::super::table::Table;
use super::super::{LOGIN, Login};
use super::action::{Placed, names_of};

/// What the file says, before the actions are known.
pub(super) struct Wanted<'t> {
    pub(super) action: &'t str,
    span: Range<usize>,
    each_user: bool,
}

pub(super) fn wanted<'t>(
    root: &mut Table<'t, '_>,
    has_users: bool,
    mistakes: &mut Mistakes<'_>,
) -> Option<Wanted<'t>> {
    let mut table = root.table("login", mistakes)?;
    "login".clone_into(&mut table.name);
    let hint = "name the action that signs in: action = \"sign-in\"";
    table.required("action", hint, mistakes);
    let each_user = table.choice("once_per", &[("user", true), ("run", false)], mistakes);
    let action = table.string("action", mistakes);
    if each_user == Some(true) && !has_users {
        mistakes.add(
            &table.span_of("once_per"),
            "login: once_per is \"user\", the scenario has no [users]",
            "add [users] with count and id, or write once_per = \"run\"",
        );
    }
    table.deny_unknown(mistakes);
    let (action, span) = action?;
    Some(Wanted {
        action,
        span,
        each_user: each_user.unwrap_or(has_users),
    })
}

/// The places that the login fills: `login.token`.
pub(super) fn places(wanted: Option<&Wanted<'_>>, actions: &Table<'_, '_>) -> Vec<String> {
    let action = wanted.and_then(|wanted| {
        let mut entries = actions.entries();
        let (_, _, action) = entries.find(|(name, ..)| *name == wanted.action)?;
        Some(action)
    });
    let names = action.map(names_of).unwrap_or_default();
    names.iter().map(|name| format!("{LOGIN}{name}")).collect()
}

/// The login, now that the actions are known.
pub(super) fn login(
    wanted: Option<Wanted<'_>>,
    actions: &[Placed],
    mistakes: &mut Mistakes<'_>,
) -> Option<Login> {
    let Wanted {
        action,
        span,
        each_user,
    } = wanted?;
    let Some(index) = actions.iter().position(|a| a.action.name == action) else {
        let known = actions.iter().map(|a| a.action.name.as_str());
        let hint = suggestion(action, known);
        mistakes.add(&span, format!("login: no action {action:?}"), hint);
        return None;
    };
    let placed = &actions[index];
    if placed.action.extracts.is_empty() {
        mistakes.add(
            &placed.span,
            format!("action {action:?} is the login and extracts nothing"),
            "name what later requests use: extract = { token = \"$.token\" }",
        );
    }
    if each_user && !placed.takes_each_user {
        mistakes.add(
            &placed.span,
            format!("action {action:?} is the login of every user and takes any user"),
            "write user = \"each\"",
        );
    }
    if let Some(place) = placed.action.carries.first() {
        mistakes.add(
            &placed.span,
            format!("action {action:?} is the login: nothing fills ${{{place}}} in it"),
            "an extracted value is carried within a session only",
        );
    }
    Some(Login {
        action: index,
        each_user,
    })
}
