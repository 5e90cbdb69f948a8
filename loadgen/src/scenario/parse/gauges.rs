//! `[gauges]`: what is read of processes, host and databases.

use std::ops::Range;

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{GaugeKind, GaugeSpec, Gauges, ProcessBy};
use super::check_slug;

/// What names processes.
const NAMES: [&str; 6] = ["pid", "port", "address", "name", "cgroup", "container"];

pub(super) fn gauges(root: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Gauges {
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
            mistakes.add_with_hint(
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
    let given: Vec<&str> = NAMES
        .into_iter()
        .filter(|name| table.get(name).is_some())
        .collect();
    if given.len() != 1 {
        let what = match given[..] {
            [] => format!("{} does not say which process", table.name),
            _ => format!("{} has {}", table.name, given.join(" and ")),
        };
        let hint = "write one of pid, port, address, name, cgroup and container";
        mistakes.add_with_hint(&table.span, what, hint);
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
        cgroup => {
            let key = if cgroup == "cgroup" { "cgroup" } else { "container" };
            text(table, key, mistakes).map(|(group, _)| ProcessBy::Cgroup(group))
        }
    };
    Some(GaugeKind::Process { by: by?, tree })
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
        mistakes.add(&table.span, what);
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
        mistakes.add(&text.span, format!("{}: {key} is empty", table.name));
        return None;
    }
    Some((text.value, text.span))
}
