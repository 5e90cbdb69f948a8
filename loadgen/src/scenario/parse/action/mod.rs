//! `[actions.NAME]`: one kind of request.

mod body;
mod call;
mod checks;
mod draw;
mod effect;
mod extract;
mod target;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use http::Method;

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{Action, ActionLines, Body, Call, DataSet, HttpSettings, Template, UserPick};
use super::login::{self, Wanted};
use super::{check_slug, data};
use call::call;
use checks::checks;
use draw::draws;
use effect::effect;
use extract::extracts;
pub(super) use extract::names_of;
pub(super) use target::targets;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// What to write where a name is no header's.
const HEADER_NAMES: &str = "write a name of letters, digits and dashes, such as x-tenant";
/// What to write where something is no header.
pub(super) const HEADERS: &str =
    "write a name of letters, digits and dashes, and a text: x-tenant = \"t1\"";

/// An action and where it stands in the file.
pub(super) struct Placed {
    pub(super) action: Action,
    pub(super) span: Range<usize>,
    pub(super) takes_each_user: bool,
}

/// Places that do not depend on the action.
struct Shared<'a> {
    /// What an earlier response of a session may give.
    carried: Vec<&'a str>,
    of_data: Vec<String>,
    of_login: Vec<String>,
}

/// What the rest of the file has to do with actions.
pub(super) struct Surroundings<'a> {
    /// Where the scenario stands.
    pub(super) folder: &'a Path,
    pub(super) has_users: bool,
    pub(super) http: &'a HttpSettings,
    pub(super) data: &'a [DataSet],
    pub(super) login: Option<&'a Wanted<'a>>,
}

pub(super) fn actions(
    root: &mut Table<'_, '_>,
    surroundings: &Surroundings<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Placed> {
    let hint = "add [actions.NAME] with http = \"METHOD /path\", grpc = \"package.Service/Method\" or code = true";
    let Some(value) = root.required("actions", hint, mistakes) else {
        return Vec::new();
    };
    let Some(table) = Table::from_value("actions".to_owned(), value, mistakes) else {
        return Vec::new();
    };
    let carried = extract::names(&table);
    let shared = Shared {
        carried: carried.iter().copied().collect(),
        of_data: data::places(surroundings.data),
        of_login: login::places(surroundings.login, &table),
    };
    let common = common_bearer(root, &shared, surroundings, mistakes);
    table
        .entries()
        .filter_map(|(name, span, value)| {
            check_slug("action", name, &span, mistakes);
            let table = Table::from_value(format!("action {name:?}"), value, mistakes)?;
            let mut placed = action(name, span, table, surroundings, &shared, mistakes);
            let is_login = surroundings.login.is_some_and(|login| login.action == name);
            if !is_login && placed.action.bearer.is_none() && common.is_some() {
                placed.action.bearer.clone_from(&common);
                let line = mistakes.line(&root.span_of("bearer"));
                let settings = &mut placed.action.lines.settings;
                settings.push(("bearer".to_owned(), line));
            }
            Some(placed)
        })
        .collect()
}

fn action(
    name: &str,
    span: Range<usize>,
    mut table: Table<'_, '_>,
    surroundings: &Surroundings<'_>,
    shared: &Shared<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Placed {
    let has_users = surroundings.has_users;
    let draws = draws(&mut table, mistakes);
    let mut places = vec!["ordinal", "run"];
    if has_users {
        places.push("user");
    }
    places.extend(draws.iter().map(|(name, _, _)| name.as_str()));
    places.extend(shared.of_data.iter().map(String::as_str));
    if surroundings.login.is_none_or(|login| login.action != name) {
        places.extend(shared.of_login.iter().map(String::as_str));
    }
    let of_session = |name: &&&str| !places.contains(*name);
    let of_session: Vec<&str> = shared.carried.iter().filter(of_session).copied().collect();
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
            mistakes.add(
                &span,
                what,
                "write \"each\" (every user once) or \"any\" (a draw for each arrival)",
            );
            UserPick::Any
        }
    };
    if let (Some((_, span)), false) = (&user, has_users) {
        let what = format!("{}: user is set, the scenario has no [users]", table.name);
        mistakes.add(span, what, "add [users] with count and id");
    }
    let timeout = table.time("timeout", mistakes).unwrap_or(DEFAULT_TIMEOUT);
    let targets = targets(&mut table, mistakes);
    let checks = checks(&mut table, call.as_ref(), mistakes);
    let extracts = extracts(&mut table, call.as_ref(), mistakes);
    let effect = effect(&mut table, mistakes);
    let lines = ActionLines {
        name: mistakes.line(&span),
        settings: table
            .entries()
            .map(|(name, _, value)| (name.to_owned(), mistakes.line(&value.span())))
            .collect(),
    };
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
            effect,
            carries: needs,
            lines,
        },
        span,
        takes_each_user: pick == UserPick::Each,
    }
}

/// Is an action of the scenario a function? Read before any action is.
pub(super) fn any_is_code(root: &mut Table<'_, '_>) -> bool {
    let actions = root.get("actions").and_then(|v| v.get_ref().as_table());
    let mut actions = actions.into_iter().flat_map(|actions| actions.values());
    actions.any(|action| {
        let code = action.get_ref().as_table().and_then(|a| a.get("code"));
        code.is_some_and(|code| code.get_ref().as_bool() == Some(true))
    })
}

/// The token of all actions but the login.
fn common_bearer(
    root: &mut Table<'_, '_>,
    shared: &Shared<'_>,
    surroundings: &Surroundings<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Template> {
    let mut places = vec!["ordinal", "run"];
    if surroundings.has_users {
        places.push("user");
    }
    places.extend(shared.of_data.iter().map(String::as_str));
    places.extend(shared.of_login.iter().map(String::as_str));
    bearer(root, &places, mistakes)
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
        mistakes.add(
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
