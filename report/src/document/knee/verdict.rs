//! Where the knee is, in words.

use super::super::block::{Card, Said, Section};
use super::super::tone::Tone;
use super::super::words;
use super::{pointers, steps};
use crate::comparison::Estimate;
use crate::knee::{Conclusion, Ending, Knee, Step};
use crate::language;

pub(super) fn section(knee: &Knee) -> Section {
    let mut section = sentences_only(knee);
    section.cards(cards(knee));
    section.table(steps::table(knee));
    section
}

pub(super) fn sentences_only(knee: &Knee) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    let title = match knee.ending {
        Ending::Interrupted => format!("Not finished. {}", headline(knee)),
        _ => headline(knee),
    };
    let found = ["/conclusion", "/ending", "/rates"].map(str::to_owned);
    section.call_out(tone(knee), Said::new(title, found.into()), lines(knee));
    section
}

fn tone(knee: &Knee) -> Tone {
    match knee.conclusion {
        Conclusion::NonePassed if knee.ending == Ending::Interrupted => Tone::Care,
        Conclusion::Found => Tone::Good,
        Conclusion::AtLeast | Conclusion::NotConfirmed | Conclusion::NothingJudged => Tone::Care,
        Conclusion::NonePassed => Tone::Bad,
    }
}

fn low(knee: &Knee) -> String {
    language::rate(knee.rates.low_per_s.unwrap_or(f64::NAN))
}

fn high(knee: &Knee) -> String {
    language::rate(knee.rates.high_per_s.unwrap_or(f64::NAN))
}

fn headline(knee: &Knee) -> String {
    let (low, high) = (low(knee), high(knee));
    match knee.conclusion {
        Conclusion::Found => format!("The knee is between {low} and {high}"),
        Conclusion::NotConfirmed => {
            format!("No verdict: {low} passed once, {high} did not; neither is confirmed")
        }
        Conclusion::AtLeast if knee.bracket.confirmed => format!("At least {low}: no rate failed"),
        Conclusion::AtLeast => format!("No verdict: {low} passed once, and no rate failed"),
        Conclusion::NonePassed => format!("No rate passed, down to {high}"),
        Conclusion::NothingJudged => "No verdict: nothing could be judged".to_owned(),
    }
}

fn lines(knee: &Knee) -> Vec<Said> {
    let mut lines = Vec::new();
    if let Some(scale) = knee.bracket.low {
        let times = if knee.bracket.confirmed {
            "in two steps"
        } else {
            "in one step"
        };
        lines.push(Said::new(
            format!("{} met every target {times}.", at(knee, scale)),
            pointers::rates(knee, scale),
        ));
    }
    if let Some(scale) = knee.bracket.high {
        let failed = knee.steps.iter().rev().filter(|step| is_at(step, scale));
        let mut failed = failed.map(|step| (step, steps::why(step)));
        let why = failed.find(|(_, why)| !why.is_empty());
        let word = if knee.bracket.high_not_shown {
            "could not be shown to meet them"
        } else if knee.bracket.low.is_none() {
            "failed"
        } else {
            "did not"
        };
        let mut rests_on = pointers::rates(knee, scale);
        rests_on.extend(
            why.iter()
                .flat_map(|(step, _)| pointers::outcome(knee, step)),
        );
        let why = why.map_or_else(String::new, |(_, why)| format!(": {why}"));
        let subject = language::rate(scale * knee.search.planned_per_s);
        let times = if knee.bracket.high_confirmed {
            " in two steps"
        } else {
            ""
        };
        lines.push(Said::new(
            format!("{subject} {word}{times}{why}."),
            rests_on,
        ));
    }
    lines.extend(knee.bracket.contradictions.iter().map(|contradiction| {
        let rate = |scale: f64| language::rate(scale * knee.search.planned_per_s);
        let (passed, failed) = (rate(contradiction.passed), rate(contradiction.failed));
        let sentence = if passed == failed {
            format!("{passed} passed in one step and failed in another: the service is at its edge there, and the interval goes on to the next rate that failed.")
        } else {
            format!("{passed} passed although {failed} failed: the service does not act the same each time, and the interval holds both.")
        };
        let ends = [contradiction.passed, contradiction.failed];
        let rests_on = ends.into_iter().flat_map(|scale| pointers::rates(knee, scale));
        Said::new(sentence, rests_on.collect())
    }));
    lines.extend(ending(knee));
    lines
}

/// What the searched streams offer at `scale`, and what goes on beside them.
fn at(knee: &Knee, scale: f64) -> String {
    let rate = language::rate(scale * knee.search.planned_per_s);
    let fixed = &knee.search.fixed;
    let step = knee.steps.iter().find(|step| is_at(step, scale));
    match step.filter(|_| !fixed.is_empty()) {
        Some(step) => format!(
            "{rate} of {}, beside {} of {},",
            knee.search.streams.join(" and "),
            language::rate(step.offered_per_s - step.rate_per_s),
            fixed.join(" and ")
        ),
        None => rate,
    }
}

/// Why the search did not go on, where it should have.
fn ending(knee: &Knee) -> Option<Said> {
    let wider = format!(
        "The interval is wider than the {} asked for",
        language::share_target(knee.search.settings.precision)
    );
    let mut rests_on = vec!["/ending".to_owned(), pointers::PRECISION.to_owned()];
    let sentence = match knee.ending {
        Ending::Narrowed if knee.narrow || knee.conclusion != Conclusion::Found => return None,
        Ending::Narrowed => format!("{wider}, because of that."),
        Ending::MaximumReached => {
            "That is the highest rate that the search was allowed to offer: give a higher --max-rate to find where it ends.".to_owned()
        }
        Ending::MinimumReached => {
            "The search goes no lower: the targets are missed for another reason than the rate, or the start (--from) is far too high.".to_owned()
        }
        Ending::GeneratorLimit => {
            let invalid = knee.steps.iter().rev().find(|step| steps::is_invalid(step));
            rests_on.extend(invalid.iter().flat_map(|step| pointers::rates(knee, step.scale)));
            let rate = invalid.map_or_else(String::new, |step| format!(" at {}", super::rate(step)));
            let (what, remedy) = match invalid.and_then(steps::ran_out_of) {
                Some(of) => (format!("ran out of {of} in the step"), of.remedy()),
                None => (
                    "sent too late for the step to say anything".to_owned(),
                    "Give it cores of its own.",
                ),
            };
            format!("The generator was the limit{rate}, not the service: it {what}, twice. {remedy}")
        }
        Ending::OutOfSteps => {
            let last = knee.steps.iter().map(|step| step.number).max();
            rests_on.extend(last.map(pointers::number));
            format!("The search ended after {}: --max-steps allows no more.", language::plural(knee.steps.len() as u64, "step"))
        }
        Ending::Interrupted => "The search was stopped before its end.".to_owned(),
    };
    Some(Said::new(sentence, rests_on))
}

fn is_at(step: &Step, scale: f64) -> bool {
    step.scale.total_cmp(&scale).is_eq()
}

fn cards(knee: &Knee) -> Vec<(Card, Vec<String>)> {
    let mut cards = Vec::new();
    let card = |label: &str, value: String, note: String| Card {
        label: label.to_owned(),
        value,
        note,
        ..Card::default()
    };
    let ends = || vec!["/rates".to_owned(), "/bracket".to_owned()];
    if let Some(scale) = knee.bracket.low {
        let note = if knee.bracket.confirmed {
            "passed twice"
        } else {
            "passed once"
        };
        let note = format!("{note}; {}", times(scale));
        cards.push((card("Carried", low(knee), note), ends()));
    }
    if let Some(scale) = knee.bracket.high {
        let note = if knee.bracket.high_confirmed {
            "failed twice; "
        } else {
            ""
        };
        let note = format!("{note}{}", times(scale));
        cards.push((card("Not carried", high(knee), note), ends()));
    }
    let of_ends = [
        ("p95 carried", knee.bracket.low),
        ("p95 not carried", knee.bracket.high),
    ];
    for (label, scale) in of_ends {
        let here = |step: &&Step| scale.is_some_and(|scale| is_at(step, scale));
        // The last one: of two the one that was confirmed.
        if let Some(step) = knee.steps.iter().rev().find(here) {
            let answered = step.answered.map_or_else(String::new, |share| {
                format!("{} answered", language::percent(share))
            });
            let rests_on = ["all/p95/value", "answered"];
            let rests_on = rests_on.map(|value| pointers::of_step(knee, step, value));
            cards.push((card(label, p95(&step.all.p95), answered), rests_on.into()));
        }
    }
    cards
}

fn p95(estimate: &Estimate) -> String {
    words::value(estimate.value)
}

fn times(scale: f64) -> String {
    format!("{} the plan", language::factor(scale))
}
