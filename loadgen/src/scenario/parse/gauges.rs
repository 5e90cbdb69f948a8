//! `[gauges]`: what is read of processes, host and databases.

use std::ops::Range;
use std::path::Path;

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{EndpointAt, GaugeKind, GaugeSpec, Gauges, ProcessBy, Wildcard};
use super::check_slug;

/// What names processes.
const NAMES: [&str; 6] = ["pid", "port", "address", "name", "cgroup", "container"];

pub(super) fn gauges(
    root: &mut Table<'_, '_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Gauges {
    let mut gauges = Gauges::default();
    let Some(mut table) = root.table("gauges", mistakes) else {
        return gauges;
    };
    "gauges".clone_into(&mut table.name);
    gauges.host = table.boolean("host", mistakes).unwrap_or(true);
    for mut one in sources(&mut table, "process", mistakes) {
        let kind = process(&mut one.table, mistakes);
        gauges.sources.extend(one.spec(kind, mistakes));
    }
    for mut one in sources(&mut table, "prometheus", mistakes) {
        let kind = prometheus(&mut one.table, mistakes);
        gauges.sources.extend(one.spec(kind, mistakes));
    }
    for mut one in sources(&mut table, "database", mistakes) {
        let kind = database(&mut one.table, folder, mistakes);
        gauges.sources.extend(one.spec(kind, mistakes));
    }
    table.deny_unknown(mistakes);
    gauges
}

/// One source of one kind.
struct Named<'t, 'i> {
    name: String,
    table: Table<'t, 'i>,
}

impl Named<'_, '_> {
    fn spec(self, kind: Option<GaugeKind>, mistakes: &mut Mistakes<'_>) -> Option<GaugeSpec> {
        self.table.deny_unknown(mistakes);
        Some(GaugeSpec {
            name: self.name,
            kind: kind?,
        })
    }
}

/// The tables of `[gauges.KIND.NAME]`.
fn sources<'t, 'i>(
    gauges: &mut Table<'t, 'i>,
    kind: &'static str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Named<'t, 'i>> {
    let Some(table) = gauges.table(kind, mistakes) else {
        return Vec::new();
    };
    let mut named = Vec::new();
    for (name, span, value) in table.entries() {
        let full = format!("{} {name:?}", table.name);
        check_slug(&table.name, name, &span, mistakes);
        if kind == "process" && name == "generator" {
            mistakes.add(
                &span,
                format!("{full}: the generator is read always, under this name"),
                "choose another name, or leave it out",
            );
        }
        if let Some(table) = Table::from_value(full, value, mistakes) {
            named.push(Named {
                name: name.to_owned(),
                table,
            });
        }
    }
    named
}

fn process(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<GaugeKind> {
    let given: Vec<&'static str> = NAMES
        .into_iter()
        .filter(|name| table.get(name).is_some())
        .collect();
    if given.len() != 1 {
        let what = match given[..] {
            [] => format!("{} does not say which process", table.name),
            _ => format!("{} has {}", table.name, given.join(" and ")),
        };
        let hint = "write one of pid, port, address, name, cgroup and container";
        mistakes.add(&table.span, what, hint);
    }
    let tree = table.boolean("tree", mistakes).unwrap_or(false);
    let by = match *given.first()? {
        "pid" => number(table, "pid", i32::MAX.unsigned_abs(), mistakes).map(ProcessBy::Pid),
        "port" => number(table, "port", u32::from(u16::MAX), mistakes)
            .map(|port| ProcessBy::Port(port as u16)),
        "address" => text(table, "address", mistakes).map(|(name, span)| {
            check_slug(&format!("{}: address", table.name), &name, &span, mistakes);
            ProcessBy::Address(name)
        }),
        "name" => text(table, "name", mistakes).map(|(name, _)| ProcessBy::Name(name)),
        group => text(table, group, mistakes).map(|(name, _)| ProcessBy::Cgroup(name)),
    };
    Some(GaugeKind::Process { by: by?, tree })
}

fn prometheus(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<GaugeKind> {
    let has = ["address", "url"].map(|key| table.get(key).is_some());
    if has[0] == has[1] {
        mistakes.add(
            &table.span,
            format!("{} does not say where in one way", table.name),
            "write address = \"http\", or url = \"http://127.0.0.1:9100/metrics\"",
        );
    }
    let path = table.string("path", mistakes);
    if let Some((path, span)) = &path
        && (has[1] || !path.starts_with('/'))
    {
        mistakes.add(
            span,
            format!("{}: path {path:?} cannot be used", table.name),
            "write path = \"/metrics\" beside address; a url has its own",
        );
    }
    let address = text(table, "address", mistakes);
    if let Some((name, span)) = &address {
        check_slug(&format!("{}: address", table.name), name, span, mistakes);
    }
    let url = table.text("url", mistakes);
    if let Some(url) = &url {
        let uri = url.value.parse::<http::Uri>().ok();
        let fits = uri.is_some_and(|uri| {
            let authority = uri.authority().map(http::uri::Authority::as_str);
            uri.scheme_str() == Some("http") && authority.is_some_and(|a| !a.contains('@'))
        });
        if !fits {
            let hint = "write http, host, port and path, without TLS and without a password";
            let what = format!("{}: url cannot be used", table.name);
            mistakes.add(&url.span, what, hint);
        }
    }
    let hint = "name metrics: metrics = [\"shop_pool_*\"]";
    table.required("metrics", hint, mistakes);
    let metrics = table.texts("metrics", mistakes).into_iter();
    let metrics = metrics.map(|(name, _)| Wildcard(name.to_owned())).collect();
    let at = match (address, url) {
        (Some((name, _)), _) => EndpointAt::Address {
            name,
            path: path.map_or("/metrics", |(path, _)| path).to_owned(),
        },
        (None, url) => EndpointAt::Url(url?.value),
    };
    Some(GaugeKind::Prometheus { at, metrics })
}

/// Nothing where the URL is empty, so that the environment can leave it out.
fn database(
    table: &mut Table<'_, '_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<GaugeKind> {
    let hint = "name the database: url = \"${env:DATABASE_URL:-}\"; an empty one is left out";
    table.required("url", hint, mistakes);
    let url = table.text("url", mistakes)?;
    if url.value.is_empty() {
        return None;
    }
    match GaugeKind::database(&url.value) {
        Ok(GaugeKind::Sqlite { file }) => Some(GaugeKind::Sqlite {
            file: folder.join(file),
        }),
        Ok(kind) => Some(kind),
        Err(hint) => {
            // A password must not come back in a message.
            let what = format!("{}: url cannot be used", table.name);
            mistakes.add(&url.span, what, hint);
            None
        }
    }
}

fn number(
    table: &mut Table<'_, '_>,
    key: &'static str,
    most: u32,
    mistakes: &mut Mistakes<'_>,
) -> Option<u32> {
    let number = table.whole(key, mistakes)?;
    let number = u32::try_from(number).ok();
    let number = number.filter(|number| (1..=most).contains(number));
    if number.is_none() {
        let what = format!("{}: {key} is not between 1 and {most}", table.name);
        let hint = format!("write a number from 1 to {most}, or name the process in another way");
        mistakes.add(&table.span_of(key), what, hint);
    }
    number
}

fn text(
    table: &mut Table<'_, '_>,
    key: &'static str,
    mistakes: &mut Mistakes<'_>,
) -> Option<(String, Range<usize>)> {
    let text = table.text(key, mistakes)?;
    if text.value.is_empty() {
        mistakes.add(
            &text.span,
            format!("{}: {key} is empty", table.name),
            "write what it is, or leave the whole source out",
        );
        return None;
    }
    Some((text.value, text.span))
}
