//! `[http]`: how HTTP is spoken.

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{HttpSettings, HttpVersion};

pub(super) fn settings(
    root: &mut Table<'_, '_>,
    has_users: bool,
    mistakes: &mut Mistakes<'_>,
) -> HttpSettings {
    let Some(mut table) = root.table("http", mistakes) else {
        return HttpSettings::default();
    };
    "http".clone_into(&mut table.name);
    let version = table.choice(
        "version",
        &[("1.1", HttpVersion::Http1), ("2", HttpVersion::Http2)],
        mistakes,
    );
    let per_arrival = table.choice(
        "connections",
        &[("kept", false), ("per-arrival", true)],
        mistakes,
    );
    let cookies = table.boolean("cookies", mistakes).unwrap_or_default();
    if cookies && !has_users {
        mistakes.add(
            &table.span_of("cookies"),
            "http: cookies belong to users, the scenario has no [users]",
            "add [users] with count and id",
        );
    }
    let settings = HttpSettings {
        version: version.unwrap_or(HttpVersion::Http1),
        connection_per_arrival: per_arrival.unwrap_or_default(),
        cookies,
        compression: table.boolean("compression", mistakes).unwrap_or_default(),
        redirects: table.whole("redirects", mistakes).unwrap_or_default(),
    };
    table.deny_unknown(mistakes);
    settings
}
