//! What a rule says of a source of gauges: `service.cpu +10%`, `main.wal < 2KB`.

use super::{Wrong, amount, strip};
use crate::comparison::CostKind;
use crate::gate::resource::{ResourceLimit, ResourceRule};

const MEMORY: &str = "memory";
const MEMORY_GROWTH: &str = "memory-growth";

/// Reads `rest`, which `source.what` must keep.
pub(super) fn read(source: &str, what: &str, rest: &str) -> Result<ResourceRule, Wrong> {
    let limit = match what {
        MEMORY => ResourceLimit::MemoryPeak {
            bytes: amount::size(at_most(
                rest,
                "write \"service.memory < 500MB\", or \"service.memory-growth < 10%\"",
            )?)?,
        },
        MEMORY_GROWTH => {
            let percent = amount::percent(at_most(rest, "write \"service.memory-growth < 10%\"")?)?;
            ResourceLimit::MemoryGrowth {
                share: percent / 100.0,
            }
        }
        _ => cost(what, rest)?,
    };
    Ok(ResourceRule {
        source: name(source)?,
        limit,
    })
}

fn cost(what: &str, rest: &str) -> Result<ResourceLimit, Wrong> {
    let mut kinds = CostKind::ALL.into_iter();
    let cost = kinds.find(|cost| cost.name() == what).ok_or_else(|| {
        (
            format!("{what:?} is nothing that a source is judged by"),
            "one of cpu, statements, statement-time, rows, rows-written, commits, wal, commands, memory, memory-growth",
        )
    })?;
    if let Some(percent) = rest.strip_prefix('+') {
        let example = "write the smallest change that matters: \"service.cpu +10%\"";
        let tolerance = amount::tolerance(percent, example)?;
        return Ok(ResourceLimit::CostChange { cost, tolerance });
    }
    let limit = at_most(
        rest,
        "write \"service.cpu +10%\", or a limit for a request: \"service.cpu < 200us\"",
    )?;
    let at_most = match cost {
        cost if cost.is_time() => amount::time(limit),
        CostKind::Wal => amount::size(limit),
        _ => amount::number(limit),
    }?;
    Ok(ResourceLimit::Cost { cost, at_most })
}

fn at_most<'a>(rest: &'a str, hint: &'static str) -> Result<&'a str, Wrong> {
    strip(rest, &["<=", "<"]).ok_or_else(|| (format!("{rest:?} is no limit here"), hint))
}

/// `service` or `process/service`; none for `*`.
fn name(text: &str) -> Result<Option<String>, Wrong> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/".contains(c);
    match text {
        "*" => Ok(None),
        "" => Err((
            "an empty name of a source".to_owned(),
            "write \"service.cpu\", or \"*.cpu\" for every source",
        )),
        _ if text.chars().all(valid) => Ok(Some(text.to_owned())),
        _ => Err((
            format!("{text:?} is no name of a source"),
            "names are those of [gauges] in the scenario: \"service\" for process/service, \"main\" for postgres/main",
        )),
    }
}
