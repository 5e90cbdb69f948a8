//! The words for values and verdicts, each with its tone.

use super::table::Cell;
use super::tone::Tone;
use crate::comparison::{
    ActionComparison, Estimate, NoInterval, NotJudged, Side, StatisticComparison, Success,
    TargetVerdict, Value, Verdict,
};
use crate::language;

/// A latency, `≥ 120 s`, `unbounded` or `not measured`.
pub(super) fn value(value: Value) -> String {
    match value {
        Value::Finite { us } => language::duration(us),
        Value::Beyond => language::BEYOND.to_owned(),
        Value::Unbounded => language::UNBOUNDED.to_owned(),
        Value::NotMeasured => language::NOT_MEASURED.to_owned(),
    }
}

/// A value with its interval below it, and the value over successes where that differs.
pub(super) fn estimate(estimate: &Estimate) -> Cell {
    let tone = match estimate.value {
        Value::Finite { .. } => Tone::Plain,
        Value::Beyond | Value::Unbounded => Tone::Care,
        Value::NotMeasured => Tone::Faint,
    };
    Cell::toned(value(estimate.value), tone).with_note(interval_note(estimate))
}

fn interval_note(estimate: &Estimate) -> Option<String> {
    let interval = match (&estimate.interval, &estimate.no_interval) {
        (Some(interval), _) => Some(language::interval(interval.low, interval.high)),
        (None, Some(NoInterval::FewSamples { .. })) => Some(language::FEW_SAMPLES.to_owned()),
        (None, Some(NoInterval::UnboundedInAWindow)) => {
            Some("no interval: unbounded in a part of the run".to_owned())
        }
        (None, Some(NoInterval::Beyond)) if estimate.value != Value::Beyond => Some(format!(
            "no interval: {} in a part of the run",
            language::BEYOND
        )),
        (None, _) => None,
    };
    // Only where a reader would see the difference.
    let successes = Some(value(estimate.over_successes))
        .filter(|text| *text != value(estimate.value))
        .filter(|_| estimate.over_successes != Value::NotMeasured)
        .map(|text| format!("over successes {text}"));
    match (interval, successes) {
        (Some(interval), Some(successes)) => Some(format!("{interval}; {successes}")),
        (interval, successes) => interval.or(successes),
    }
}

/// A verdict on a change.
pub(super) fn verdict(verdict: Verdict) -> Cell {
    let (text, tone) = match verdict {
        Verdict::Regressed => ("regressed", Tone::Bad),
        Verdict::Improved => ("improved", Tone::Good),
        Verdict::Equivalent => ("equivalent", Tone::Plain),
        Verdict::SmallChange => ("small change", Tone::Plain),
        Verdict::Inconclusive => ("inconclusive", Tone::Care),
        Verdict::OverloadBegan => ("overload began", Tone::Bad),
        Verdict::OverloadEnded => ("overload ended", Tone::Good),
        Verdict::NotJudged { reason } => {
            return Cell::faint("not judged").with_note(Some(reason.to_string()));
        }
    };
    Cell::toned(text, tone)
}

/// A verdict on a target, with its ratio: `missed, 54×`.
pub(super) fn target_verdict(verdict: TargetVerdict) -> (&'static str, Tone) {
    match verdict {
        TargetVerdict::Met => ("met", Tone::Good),
        TargetVerdict::Missed => ("missed", Tone::Bad),
        TargetVerdict::Inconclusive => ("inconclusive", Tone::Care),
        TargetVerdict::NotJudged { .. } => ("not judged", Tone::Faint),
    }
}

/// How a statistic of an action changed, in full, with both values.
pub(super) fn change(action: &ActionComparison, statistic: &StatisticComparison) -> String {
    match (of_figures(action, statistic), finite(statistic)) {
        (true, Some((a, b))) => language::change(a, b),
        _ => language::change_in_words(
            &side_in_words(action, statistic, Side::A),
            &side_in_words(action, statistic, Side::B),
        ),
    }
}

/// How a statistic changed, for beside its values, with the interval of the change below it.
pub(super) fn change_cell(action: &ActionComparison, statistic: &StatisticComparison) -> Cell {
    let (true, Some((a, b))) = (of_figures(action, statistic), finite(statistic)) else {
        return match statistic.verdict {
            Verdict::NotJudged {
                reason: NotJudged::NotMeasured { .. },
            } => Cell::faint(language::NOT_MEASURED),
            _ => Cell::text(change(action, statistic)),
        };
    };
    Cell::text(language::relative_change(a, b)).with_note(interval_of_change(statistic))
}

fn interval_of_change(statistic: &StatisticComparison) -> Option<String> {
    let interval = statistic.change.as_ref()?.certainty.as_ref()?.percent_95;
    Some(language::interval_of_change(
        interval.low / 100.0,
        interval.high / 100.0,
    ))
}

/// The change alone with its interval, `-67.0 % (3.03× faster), -69.1 % to -64.8 %`; none where a side
/// is no figure.
pub(super) fn relative_change(
    action: &ActionComparison,
    statistic: &StatisticComparison,
) -> Option<String> {
    let (a, b) = finite(statistic).filter(|_| of_figures(action, statistic))?;
    let change = language::relative_change(a, b);
    Some(match interval_of_change(statistic) {
        Some(interval) => format!("{change}, {interval}"),
        None => change,
    })
}

/// May the change be told as a figure? Not where a side was overloaded.
fn of_figures(action: &ActionComparison, statistic: &StatisticComparison) -> bool {
    action.overloaded.a.is_none() && action.overloaded.b.is_none() && statistic.change.is_some()
}

fn finite(statistic: &StatisticComparison) -> Option<(f64, f64)> {
    Some((
        statistic.estimates.a.value.us()?,
        statistic.estimates.b.value.us()?,
    ))
}

fn side_in_words(action: &ActionComparison, statistic: &StatisticComparison, side: Side) -> String {
    match action.overloaded.get(side) {
        Some(answered) => language::overloaded(answered.share, answered.while_due),
        None => value(statistic.estimates.get(side).value),
    }
}

/// A share of successes: `99.9975 %`, or `no failure observed in n`; its interval below it.
pub(super) fn success(success: &Success) -> Cell {
    let Some(share) = success.share else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let interval = success.interval.map(|interval| {
        format!(
            "{} to {}",
            language::share_of(interval.low.max(0.0)),
            language::share_of(interval.high.min(1.0))
        )
    });
    if success.no_failure_observed {
        let at_least = success
            .interval
            .map(|interval| format!("at least {}", language::share_of(interval.low)));
        return Cell::text(language::no_failure(success.offered)).with_note(at_least);
    }
    Cell::text(language::share_of(share)).with_note(interval)
}

/// The same with a capital at its begin.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
