//! `[actions.NAME]`: one kind of request.

mod body;
mod call;
mod checks;
mod draw;
mod extract;
mod target;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use http::Method;

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{Action, Body, Call, HttpSettings, Template, UserPick};
use super::check_slug;
use call::call;
use checks::checks;
use draw::draws;
use extract::extracts;
use target::targets;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// An action and where it stands in the file.
pub(super) struct Placed {
    pub(super) action: Action,
    pub(super) span: Range<usize>,
    pub(super) takes_each_user: bool,
}

/// What the rest of the file has to do with actions.
pub(super) struct Surroundings<'a> {
    /// Where the scenario stands.
    pub(super) folder: &'a Path,
    pub(super) has_users: bool,
    pub(super) http: &'a HttpSettings,
}

pub(super) fn actions(
    root: &mut Table<'_, '_>,
    surroundings: &Surroundings<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Placed> {
    let Some(value) = root.required("actions", mistakes) else {
        return Vec::new();
    };
    let Some(table) = Table::from_value("actions".to_owned(), value, mistakes) else {
        return Vec::new();
    };
    let carried = extract::names(&table);
    table
        .entries()
        .filter_map(|(name, span, value)| {
            check_slug("action", name, &span, mistakes);
            let table = Table::from_value(format!("action {name:?}"), value, mistakes)?;
            Some(action(name, span, table, surroundings, &carried, mistakes))
        })
        .collect()
}

fn action(
    name: &str,
    span: Range<usize>,
    mut table: Table<'_, '_>,
    surroundings: &Surroundings<'_>,
    carried: &BTreeSet<&str>,
    mistakes: &mut Mistakes<'_>,
) -> Placed {
    let has_users = surroundings.has_users;
    let draws = draws(&mut table, mistakes);
    let mut places = vec!["ordinal", "run"];
    if has_users {
        places.push("user");
    }
    places.extend(draws.iter().map(|(name, _, _)| name.as_str()));
    let of_session = |name: &&&str| !places.contains(*name);
    let of_session: Vec<&str> = carried.iter().filter(of_session).copied().collect();
    places.extend(&of_session);

    let call = call(&mut table, &span, &places, surroundings, mistakes);
    let bearer = bearer(&mut table, &places, mistakes);
    let needs = places_of(call.as_ref(), bearer.as_ref(), &of_session);
    let user = table.string("user", mistakes);
    let pick = match user.as_ref().map(|(text, _)| *text) {
        Some("each") => UserPick::Each,
        None | Some("any") => UserPick::Any,
        Some(other) => {
            let what = format!("{}: user {other:?}", table.name);
            let span = user.as_ref().map_or(0..0, |(_, span)| span.clone());
            mistakes.add_with_hint(
                &span,
                what,
                "write \"each\" (every user once) or \"any\" (a draw for each arrival)",
            );
            UserPick::Any
        }
    };
    if let (Some((_, span)), false) = (&user, has_users) {
        let what = format!("{}: user is set, the scenario has no [users]", table.name);
        mistakes.add_with_hint(span, what, "add [users] with count and id");
    }
    let timeout = table
        .duration("timeout", mistakes)
        .unwrap_or(DEFAULT_TIMEOUT);
    let targets = targets(&mut table, mistakes);
    let checks = checks(&mut table, call.as_ref(), mistakes);
    let extracts = extracts(&mut table, mistakes);
    table.deny_unknown(mistakes);
    Placed {
        action: Action {
            name: name.to_owned(),
            // The mistake is noted; the name must stay known to the mixes.
            call: call.unwrap_or(Call::Http {
                method: Method::GET,
                path: Template::default(),
                query: Vec::new(),
                headers: Vec::new(),
                body: Body::Empty,
                redirects: 0,
            }),
            user: pick,
            draws,
            timeout,
            targets,
            bearer,
            checks,
            extracts,
            carries: needs,
        },
        span,
        takes_each_user: pick == UserPick::Each,
    }
}

/// `bearer = "${env:TOKEN}"`.
fn bearer(
    table: &mut Table<'_, '_>,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Option<Template> {
    let token = table.template("bearer", places, mistakes)?;
    if token.is_literal() {
        // The scenario is part of the record.
        let (_, span) = table.string("bearer", mistakes)?;
        mistakes.add_with_hint(
            &span,
            format!("{}: bearer is a token that would be recorded", table.name),
            "take it from the environment: bearer = \"${env:TOKEN}\"",
        );
    }
    Some(token)
}

/// Those of the places `among` that the call and its token have.
fn places_of(call: Option<&Call>, bearer: Option<&Template>, among: &[&str]) -> Vec<String> {
    let templates = call.map(Call::templates).unwrap_or_default();
    let templates = templates.into_iter().chain(bearer);
    let used: BTreeSet<&str> = templates.flat_map(Template::places).collect();
    among
        .iter()
        .filter(|name| used.contains(*name))
        .map(|name| (*name).to_owned())
        .collect()
}
