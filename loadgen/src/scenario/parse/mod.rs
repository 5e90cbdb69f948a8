//! TOML to [`Scenario`], with every mistake of the file noted.

mod action;
mod addresses;
mod captures;
mod closed;
mod data;
mod defaults;
mod file;
mod gauges;
mod grpc;
mod http;
mod include;
mod login;
mod process;
mod session;
mod stage;
mod steps;
mod taker;
mod tls;

use std::ops::Range;
use std::path::Path;

use toml::de::DeTable;

use super::mistake::{Mistakes, ScenarioError};
use super::table::{Table, template};
use super::{Scenario, Threshold, Users};

const FORMAT: u64 = 1;
/// What an id of a user may be made of.
const USER_PLACES: [&str; 2] = ["index", "uuid"];

impl Scenario {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<(Self, String), ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|source| ScenarioError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok((Self::parse(path, &text)?, text))
    }

    /// Reads `text`, which stands in the file `path`; every mistake of it is reported at once.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        let mut mistakes = Mistakes::new(path, text);
        let (main, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            mistakes.add_broken_toml(&error.span().unwrap_or(0..0), error);
        }
        let scenario = if errors.is_empty() {
            let included = include::read(main.get_ref(), path, &mut mistakes);
            let files = &included.files;
            let mut root = main.into_inner();
            let mut whole = !included.incomplete;
            for file in files {
                whole &= include::merge(&mut root, file, &mut mistakes);
            }
            defaults::apply(&mut root, &mut mistakes);
            let table = Table::new("the scenario".to_owned(), 0..0, &root);
            let scenario = whole
                .then(|| scenario(table, path, &mut mistakes))
                .flatten();
            scenario.map(|scenario| Self {
                includes: files.iter().map(|file| file.include.clone()).collect(),
                ..scenario
            })
        } else {
            // What a broken line hides would be reported as missing.
            None
        };
        let found = mistakes.into_sorted();
        match scenario {
            Some(scenario) if found.is_empty() => Ok(scenario),
            _ => Err(ScenarioError::Mistakes(found)),
        }
    }
}

fn scenario(mut root: Table<'_, '_>, path: &Path, mistakes: &mut Mistakes<'_>) -> Option<Scenario> {
    if let Some(format) = root.whole("format", mistakes)
        && format != FORMAT
    {
        mistakes.add(
            &root.span_of("format"),
            format!("format {format}: this brunt reads format {FORMAT}"),
            format!("write format = {FORMAT}, or take the brunt that the file was written for"),
        );
    }
    root.required("format", &format!("write format = {FORMAT}"), mistakes);
    root.required("name", "give it one: name = \"checkout\"", mistakes);
    let name = root.string("name", mistakes).map(|(name, span)| {
        check_slug("name", name, &span, mistakes);
        name.to_owned()
    });
    let description = root
        .string("description", mistakes)
        .map(|(text, _)| text.to_owned());
    let seed = root.whole("seed", mistakes).unwrap_or(1);
    let addresses = addresses::addresses(&mut root, mistakes);
    let success_target = success_target(&mut root, mistakes);
    let abort_when = abort_when(&mut root, mistakes);
    let users = users(&mut root, mistakes);
    let folder = path.parent().unwrap_or(Path::new(""));
    let grpc = grpc::settings(&mut root, folder, mistakes);
    let http = http::settings(&mut root, users.is_some(), mistakes);
    let tls = tls::tls(&mut root, folder, mistakes);
    let data = data::data(&mut root, folder, mistakes);
    let wanted = login::wanted(&mut root, users.is_some(), mistakes);
    let surroundings = action::Surroundings {
        data: &data,
        login: wanted.as_ref(),
        folder,
        has_users: users.is_some(),
        http: &http,
    };
    let actions = action::actions(&mut root, &surroundings, mistakes);
    let login = login::login(wanted, &actions, mistakes);
    let sessions = session::sessions(&mut root, &actions, users.is_some(), mistakes);
    let mixable = stage::Mixable::new(&actions, &sessions);
    let stages = stage::stages(&mut root, folder, &mixable, mistakes);
    let captures = captures::captures(&mut root, &stages, mistakes);
    let gauges = gauges::gauges(&mut root, folder, mistakes);
    grpc::check(&actions, &grpc, &root.span_of("proto"), mistakes);
    let takers = taker::Taker::all(&actions, &sessions);
    taker::check_each_user_once(&takers, &stages, users.as_ref(), seed, mistakes);
    data::check_unique(&data, &takers, &stages, seed, mistakes);
    session::check_carried(&actions, &stages, mistakes);
    root.get("include");
    root.get("defaults");
    root.deny_unknown(mistakes);
    Some(Scenario {
        includes: Vec::new(),
        name: name?,
        description: description.unwrap_or_default(),
        seed,
        first_ordinal: 0,
        addresses,
        http,
        tls,
        grpc,
        users,
        data,
        login,
        actions: actions.into_iter().map(|a| a.action).collect(),
        sessions: sessions.into_iter().map(|s| s.session).collect(),
        stages,
        gauges,
        captures,
        success_target,
        abort_when,
    })
}

fn success_target(root: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<f64> {
    let text = root.text("success", mistakes)?;
    let share = text
        .value
        .strip_suffix('%')
        .and_then(|number| number.trim().parse::<f64>().ok())
        .filter(|percent| (0.0..=100.0).contains(percent));
    if share.is_none() {
        let what = format!("success {:?} cannot be read", text.written);
        mistakes.add(
            &text.span,
            what,
            "write a share of all requests, such as \"99.95 %\"",
        );
    }
    share.map(|percent| percent / 100.0)
}

/// The thresholds of a scenario or a stage.
fn abort_when(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Threshold> {
    let Some(value) = table.get("abort_when") else {
        return Vec::new();
    };
    let texts = value.get_ref().as_array();
    let texts = texts.filter(|texts| texts.iter().all(|text| text.get_ref().as_str().is_some()));
    let Some(texts) = texts else {
        mistakes.add(
            &value.span(),
            format!("{}: abort_when is not a list of texts", table.name),
            "write abort_when = [\"p99 > 2s for 10s\"]",
        );
        return Vec::new();
    };
    let mut thresholds = Vec::new();
    for item in texts {
        if let Some(written) = item.get_ref().as_str() {
            let text = table.filled("abort_when", written, item.span(), mistakes);
            thresholds.extend(text.and_then(|text| {
                let threshold = table.parsed("abort_when", &text, Threshold::parse, mistakes)?;
                // The record names it, and no value of the environment.
                let text = written.to_owned();
                Some(Threshold { text, ..threshold })
            }));
        }
    }
    thresholds
}

fn users(root: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Users> {
    let value = root.get("users")?;
    let mut table = Table::from_value("users".to_owned(), value, mistakes)?;
    let hint = "write how many there are: count = 1_000";
    table.required("count", hint, mistakes);
    let count = table.counted("count", hint, mistakes);
    let id = table.template("id", &USER_PLACES, mistakes).or_else(|| {
        template(
            "users: id",
            "user-${index}",
            &table.span,
            &["index"],
            mistakes,
        )
    })?;
    table.deny_unknown(mistakes);
    Some(Users {
        count: count.unwrap_or(1),
        id,
    })
}

/// The tables of the array `[[key]]`.
fn tables<'t, 'i>(
    parent: &mut Table<'t, 'i>,
    key: &'static str,
    name: &str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Table<'t, 'i>> {
    let Some(value) = parent.get(key) else {
        return Vec::new();
    };
    let Some(array) = value.get_ref().as_array() else {
        mistakes.add(
            &value.span(),
            format!("{}: {key} is not a list of tables", parent.name),
            format!("write [[{key}]]"),
        );
        return Vec::new();
    };
    array
        .iter()
        .filter_map(|value| Table::from_value(name.to_owned(), value, mistakes))
        .collect()
}

fn check_slug(name: &str, text: &str, span: &Range<usize>, mistakes: &mut Mistakes<'_>) {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || !text.chars().all(fits) {
        mistakes.add(
            span,
            format!("{name} {text:?} is not a slug"),
            "use small letters, digits and dashes",
        );
    }
}
