//! The words for what profiles measure.

use crate::comparison::Interval;
use crate::document::table::Cell;
use crate::document::tone::Tone;
use crate::language;
use crate::profile::{
    BaseUnit, Basis, Measure, Move, MoveVerdict, ProfileReport, ProfileSide, Scale,
};

/// An amount in the unit of the report: `12.3 ms`.
pub(super) fn amount(report: &ProfileReport, value: f64) -> String {
    match report.unit {
        BaseUnit::Nanoseconds => language::cpu_time(value),
        BaseUnit::Bytes => language::memory(value),
        BaseUnit::Count => language::pieces(value),
    }
}

/// A value by the basis: of a request, in all, or a share.
pub(super) fn value(report: &ProfileReport, value: f64) -> String {
    match report.basis {
        Basis::PerRequest | Basis::Amount => amount(report, value),
        Basis::Share => language::share_of(value),
    }
}

/// A difference of such values.
pub(super) fn difference(report: &ProfileReport, difference: f64) -> String {
    match report.basis {
        Basis::PerRequest | Basis::Amount => {
            language::signed(difference, |size| amount(report, size))
        }
        Basis::Share => language::points(difference),
    }
}

/// Behind a value: `per request`; nothing where it is no cost.
pub(super) fn per(report: &ProfileReport) -> &'static str {
    match report.basis {
        Basis::PerRequest => " per request",
        Basis::Amount => "",
        Basis::Share => " of the samples",
    }
}

/// What is measured, before a noun: `CPU time`, `memory in use`, or the sample type.
pub(super) fn subject(report: &ProfileReport) -> String {
    match &*report.sample_type {
        "cpu" => "CPU time".to_owned(),
        "samples" => "samples".to_owned(),
        "inuse_space" => "memory in use".to_owned(),
        "inuse_objects" => "objects in use".to_owned(),
        "alloc_space" => "memory allocated".to_owned(),
        "alloc_objects" => "objects allocated".to_owned(),
        "delay" => "time waited".to_owned(),
        other => other.to_owned(),
    }
}

/// A whole, with the digits of pprof: `29.75 s`.
pub(super) fn total(report: &ProfileReport, value: f64) -> String {
    let measure = match report.unit {
        BaseUnit::Nanoseconds => Measure::Time { ns: 1.0 },
        BaseUnit::Bytes => Measure::Memory { bytes: 1.0 },
        BaseUnit::Count => Measure::Count,
    };
    let value = value.round();
    Scale::of(measure, value as u64, value as u64).write(value as i64)
}

/// The whole of a side, with its cost per request: `29.8 s in 30.1 s, 1.24 ms per request`.
pub(super) fn whole(report: &ProfileReport, side: &ProfileSide) -> String {
    let total = total(report, side.total);
    let took = side.took_s.map(|took_s| {
        let took = language::duration(took_s * 1e6);
        format!(" in {took}")
    });
    let cost = side.per_request.map(|cost| {
        let cost = amount(report, cost);
        format!(", {cost} per request")
    });
    let [took, cost] = [took, cost].map(Option::unwrap_or_default);
    format!("{total}{took}{cost}")
}

/// A verdict on a move.
pub(super) fn verdict(verdict: MoveVerdict) -> Cell {
    let (text, tone) = match verdict {
        MoveVerdict::Grew => ("more", Tone::Bad),
        MoveVerdict::Shrank => ("less", Tone::Good),
        MoveVerdict::Small => ("small", Tone::Plain),
        MoveVerdict::WithinNoise => ("within noise", Tone::Plain),
        MoveVerdict::FewSamples => (language::FEW_SAMPLES, Tone::Faint),
        MoveVerdict::NoiseUnknown => ("noise unknown", Tone::Care),
    };
    Cell::toned(text, tone)
}

/// `-12.3 µs`, and its interval below.
pub(super) fn change(report: &ProfileReport, moved: &Move) -> Cell {
    let interval = moved
        .interval
        .map(|Interval { low, high }| match report.basis {
            Basis::Share => language::interval_of_points(low, high),
            Basis::PerRequest | Basis::Amount => {
                let [low, high] = [low, high].map(|end| difference(report, end));
                format!("{low} to {high}")
            }
        });
    Cell::text(difference(report, moved.difference)).with_note(interval)
}

/// The package, crate or binary that a function is of.
pub(super) fn package(function: &str) -> &str {
    let name = function.trim_start_matches(['<', '&', '*', '(']);
    if let Some((krate, _)) = name.split_once("::") {
        return krate.split([' ', '<']).next().unwrap_or(krate);
    }
    // Go: path/of/package.function, and package.(*Type).method.
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[last..].find('.') {
        Some(dot) => &name[..last + dot],
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn packages_of_go_and_crates_of_rust() {
        for (function, of) in [
            ("runtime.mallocgc", "runtime"),
            ("github.com/lib/pq.(*conn).query", "github.com/lib/pq"),
            ("shop/pkg/cart.Add", "shop/pkg/cart"),
            ("<hyper::proto::Conn<I> as core::Future>::poll", "hyper"),
            ("core::fmt::write", "core"),
            ("malloc", "malloc"),
            ("[libc.so.6]", "[libc"),
            ("", ""),
        ] {
            assert_eq!(package(function), of, "{function}");
        }
    }
}
