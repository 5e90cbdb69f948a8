//! The steps of a search as tables.

use super::super::block::Section;
use super::super::table::{Cell, Column, Table};
use super::super::targets::quantile_name;
use super::super::tone::Tone;
use super::super::words;
use super::rate;
use crate::comparison::{Estimate, Exhausted, Finding, Measured, Target, TargetVerdict, Value};
use crate::knee::{Knee, Outcome, Purpose, Step, StepTarget};
use crate::language;

/// By rate, so that it reads as the curve does.
pub(super) fn by_rate(knee: &Knee) -> Vec<&Step> {
    let mut steps: Vec<&Step> = knee.steps.iter().collect();
    steps.sort_by(|a, b| a.scale.total_cmp(&b.scale));
    steps
}

pub(super) fn is_invalid(step: &Step) -> bool {
    step.outcome == Outcome::Invalid
}

pub(super) fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Bracket => "to find the ends",
        Purpose::Bisect => "between the ends",
        Purpose::Repeat => "once more",
        Purpose::Confirm => "to confirm",
    }
}

fn outcome(outcome: Outcome) -> (&'static str, Tone) {
    match outcome {
        Outcome::Passed => ("passed", Tone::Good),
        Outcome::Failed => ("failed", Tone::Bad),
        Outcome::Inconclusive => ("inconclusive", Tone::Care),
        Outcome::Invalid => ("invalid", Tone::Faint),
    }
}

/// `failed: home p95 2.3×`.
pub(super) fn outcome_in_words(step: &Step) -> String {
    let (word, _) = outcome(step.outcome);
    match why(step) {
        why if why.is_empty() => word.to_owned(),
        why => format!("{word}: {why}"),
    }
}

/// What kept a step from passing, the gravest first; empty where it passed.
pub(super) fn why(step: &Step) -> String {
    let aborted = step.findings.iter().find_map(|finding| match finding {
        Finding::Aborted { why, .. } => why.clone(),
        _ => None,
    });
    match step.outcome {
        Outcome::Passed => String::new(),
        Outcome::Invalid => invalid(step),
        Outcome::Failed | Outcome::Inconclusive => match aborted {
            Some(why) => format!("aborted by {why}"),
            None => unmet(step),
        },
    }
}

fn invalid(step: &Step) -> String {
    if let Some(of) = ran_out_of(step) {
        return format!("the generator ran out of {of}");
    }
    match step.findings.iter().find_map(|finding| match finding {
        Finding::Late {
            fault: true,
            lateness_p99_us,
            ..
        } => Some(*lateness_p99_us),
        _ => None,
    }) {
        Some(us) => format!("the generator was {} late", language::latency(us as f64)),
        None => "the record is at fault".to_owned(),
    }
}

/// What the generator had none left of; nothing where that was not its fault.
pub(super) fn ran_out_of(step: &Step) -> Option<Exhausted> {
    step.findings.iter().find_map(|finding| match finding {
        Finding::Exhausted { of, .. } => Some(*of),
        _ => None,
    })
}

fn unmet(step: &Step) -> String {
    let missed = |target: &&StepTarget| target.result.verdict == TargetVerdict::Missed;
    let open = |target: &&StepTarget| target.result.verdict != TargetVerdict::Met;
    let mut missing: Vec<&StepTarget> = step.targets.iter().filter(missed).collect();
    let overload = step.findings.iter().find_map(Finding::overload);
    let overload = overload.and_then(|(_, answered)| answered);
    if missing.is_empty() && step.outcome == Outcome::Inconclusive {
        missing = step.targets.iter().filter(open).collect();
    }
    let answered = overload.filter(|_| step.outcome == Outcome::Failed);
    let answered = answered.map(|one| language::answered(one.share, one.while_due));
    let first = missing.first().map(|target| {
        let more = match missing.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        format!("{}{more}", in_words(target))
    });
    let all: Vec<String> = answered.into_iter().chain(first).collect();
    all.join(", ")
}

/// `home p95 2.3×`.
fn in_words(target: &StepTarget) -> String {
    let ratio = match (target.result.ratio, target.target) {
        (Some(ratio), Target::Latency { .. }) => format!(" {}", language::factor(ratio)),
        _ => match &target.result.measured {
            Measured::Latency(estimate) if target.result.verdict == TargetVerdict::Missed => {
                format!(" {}", words::value(estimate.value))
            }
            Measured::Success(success) => success.share.map_or_else(String::new, |share| {
                format!(" {}", language::share_of(share))
            }),
            _ => String::new(),
        },
    };
    format!("{}{ratio}", name(target))
}

/// `home p95`, or `success`.
fn name(target: &StepTarget) -> String {
    let what = match target.target {
        Target::Latency { quantile, .. } => quantile_name(quantile),
        Target::Success { .. } => "success".to_owned(),
    };
    match &target.action {
        Some(action) => format!("{action} {what}"),
        None => what,
    }
}

/// The steps at a glance.
pub(super) fn table(knee: &Knee) -> Table {
    let mut table = Table::new(
        "Steps by rate; percentiles are those of all actions together",
        vec![
            Column::words("Rate"),
            Column::figure("Offered"),
            Column::figure("Answered"),
            Column::figure("p50"),
            Column::figure("p95"),
            Column::figure("p99"),
            Column::verdict("Outcome"),
        ],
    );
    let steps = by_rate(knee).into_iter();
    table.rows = steps
        .map(|step| {
            let (word, tone) = outcome(step.outcome);
            let number = format!("step {}, {}", step.number, purpose(step.purpose));
            let [p50, p95, p99] = step.all.named().map(|(_, e)| words::estimate(e));
            let why = Some(why(step)).filter(|why| !why.is_empty());
            vec![
                Cell::text(rate(step)).with_note(Some(number)),
                Cell::text(language::rate(step.offered_per_s))
                    .with_note(Some(format!("for {} s", language::seconds(step.judged_s)))),
                answered(step),
                p50,
                p95,
                p99,
                Cell::toned(word, tone).with_note(why),
            ]
        })
        .collect();
    table
}

fn answered(step: &Step) -> Cell {
    let Some(share) = step.answered else {
        return Cell::faint(language::NOT_MEASURED);
    };
    Cell::text(language::share_of(share)).with_note(step.answered_per_s.map(language::rate))
}

/// In less than 100 columns.
pub(super) fn for_terminal(knee: &Knee) -> Table {
    let columns = ["Rate", "Answered", "p50", "p95", "p99", "Outcome"];
    let mut table = Table::new("", columns.into_iter().map(Column::words).collect());
    let steps = by_rate(knee).into_iter();
    table.rows = steps
        .map(|step| {
            let [(_, p50), (_, p95), (_, p99)] = step.all.named();
            let answered = step
                .answered
                .map_or_else(|| language::NOT_MEASURED.to_owned(), language::percent);
            [
                rate(step),
                answered,
                words::value(p50.value),
                with_interval(p95),
                with_interval(p99),
                outcome_in_words(step),
            ]
            .into_iter()
            .map(Cell::text)
            .collect()
        })
        .collect();
    table
}

fn with_interval(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval) {
        (Value::Finite { us }, Some(interval)) => language::within(us, interval.low, interval.high),
        (value, _) => words::value(value),
    }
}

/// Every target in every step.
pub(super) fn targets(knee: &Knee) -> Section {
    let mut section = Section::new("targets", "Targets");
    let Some(first) = knee.steps.first() else {
        return section;
    };
    section.paragraph(
        "A step passes when the whole interval of every target keeps it and the service is not overloaded: 99 % of the arrivals are answered, none reaches the bound on requests in flight, and they do not pile up through the step. It fails when no part of an interval keeps its target. Where too few requests stand behind a value for an interval, that of the share of arrivals within the limit decides.",
    );
    let limit = |target: &StepTarget| match target.target {
        Target::Latency { limit_us, .. } => format!("at most {}", language::limit(limit_us)),
        Target::Success { at_least } => format!("at least {}", language::share_target(at_least)),
    };
    let titles = first
        .targets
        .iter()
        .map(|t| format!("{}, {}", name(t), limit(t)));
    let columns = std::iter::once(Column::words("Rate")).chain(titles.map(Column::verdict));
    let mut table = Table::new("Targets by rate", columns.collect());
    let steps = by_rate(knee).into_iter();
    table.rows = steps
        .map(|step| {
            let number = Some(format!("step {}", step.number));
            let results = step.targets.iter().map(result);
            std::iter::once(Cell::text(rate(step)).with_note(number))
                .chain(results)
                .collect()
        })
        .collect();
    section.table(table);
    section
}

fn result(target: &StepTarget) -> Cell {
    let (word, tone) = words::target_verdict(target.result.verdict);
    let measured = match &target.result.measured {
        Measured::Latency(estimate) => with_interval(estimate),
        Measured::Success(success) => words::success(success).text,
        Measured::Nothing => language::NOT_MEASURED.to_owned(),
    };
    Cell::toned(word, tone).with_note(Some(measured))
}
