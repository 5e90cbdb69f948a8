//! One time for both runs, and what happened in it: for charts that show the whole of both.

use brunt_record::MarkKind;

use super::names::Names;
use crate::comparison::{Comparison, Side, Sides};
use crate::language;
use crate::run::Series;

/// Events of both runs that lie no farther apart are one mark of a chart, seconds.
const TOGETHER_S: f64 = 1.0;

/// Where the seconds of each run lie on an axis on which every stage begins at one place.
///
/// A stage begins when the one before it has drained, which one run is through with sooner than the
/// other: by the seconds of each run alone one would be held against another stage.
pub(super) struct Timeline {
    /// By run: when each stage began, and where that is on the axis, seconds, in the order of time.
    begins: Sides<Vec<(f64, f64)>>,
    /// Where the stages begin on the axis, and what they are called.
    stages: Vec<(f64, String)>,
}

/// Something that happened: seconds, and in words.
pub(super) type Event = (f64, String);

impl Timeline {
    /// Of two runs of the same stages; the time of other runs stays that of each, and their stages carry
    /// the name of the run.
    pub(super) fn of(series: &Sides<Series>, names: &Names) -> Self {
        let [a, b] = [&series.a.stages, &series.b.stages];
        let (longer, shorter) = if a.len() < b.len() { (b, a) } else { (a, b) };
        let mut both = longer.iter().zip(shorter);
        if !both.all(|(x, y)| x.stage == y.stage) {
            return Self::apart(series, names);
        }
        let mut begins = Sides {
            a: vec![(0.0, 0.0)],
            b: vec![(0.0, 0.0)],
        };
        let mut stages = Vec::new();
        for (i, stage) in longer.iter().enumerate() {
            let began = [a, b].map(|stages| stages.get(i).map(|span| span.started_s));
            let soonest = [&begins.a, &begins.b]
                .into_iter()
                .zip(began)
                .filter_map(|(known, began)| Some(place(known, began?)));
            let at = soonest.fold(0.0, f64::max);
            for (known, began) in [&mut begins.a, &mut begins.b].into_iter().zip(began) {
                known.extend(began.map(|began| (began, at)));
            }
            stages.push((at, stage.stage.clone()));
        }
        Self { begins, stages }
    }

    fn apart(series: &Sides<Series>, names: &Names) -> Self {
        let begins = Side::BOTH.into_iter().flat_map(|side| {
            let stages = series.get(side).stages.iter();
            stages.map(move |span| {
                let name = format!("{}: {}", names.short(side), span.stage);
                (span.started_s, name)
            })
        });
        let mut stages: Vec<Event> = begins.collect();
        stages.sort_by(|x, y| x.0.total_cmp(&y.0));
        Self {
            begins: Sides::default(),
            stages,
        }
    }

    /// Where `second` of a run lies on the axis.
    pub(super) fn at(&self, side: Side, second: f64) -> f64 {
        place(self.begins.get(side), second)
    }

    /// The stages, and what happened beside the load of either run, in the order of time.
    pub(super) fn marks(&self, comparison: &Comparison, names: &Names) -> Vec<Event> {
        let happened = Sides {
            a: Side::A,
            b: Side::B,
        };
        let happened = happened.map(|side| {
            let events = events(comparison, side).into_iter();
            let placed = events.map(|(second, text)| (self.at(side, second), text));
            placed.collect()
        });
        in_order(self.stages.clone(), of_both(happened, names))
    }
}

fn place(begins: &[(f64, f64)], second: f64) -> f64 {
    let last = begins.iter().rev().find(|(began, _)| *began <= second);
    last.map_or(second, |(began, at)| at + second - began)
}

/// What happened beside the load of a run: profiles, notes, its end before its time.
pub(super) fn events(comparison: &Comparison, side: Side) -> Vec<Event> {
    let marks = comparison.resources.marks.get(side).iter();
    let told = marks.filter_map(|mark| {
        let text = match mark.kind {
            MarkKind::Stage | MarkKind::StageEnd => return None,
            MarkKind::Abort => "ended".to_owned(),
            MarkKind::Profile | MarkKind::Note => mark.text.clone(),
        };
        Some((mark.at_us as f64 / 1e6, text))
    });
    told.collect()
}

/// The events of both runs, each with the name of its run unless both had it there.
pub(super) fn of_both(events: Sides<Vec<Event>>, names: &Names) -> Vec<Event> {
    let Sides { a, mut b } = events;
    let mut all = Vec::new();
    for (at, text) in a {
        let same = |(other, told): &Event| *told == text && (other - at).abs() < TOGETHER_S;
        match b.iter().position(same) {
            Some(i) => {
                b.remove(i);
                all.push((at, text));
            }
            None => all.push((at, format!("{}: {text}", names.short(Side::A)))),
        }
    }
    let of_b = b.into_iter();
    all.extend(of_b.map(|(at, text)| (at, format!("{}: {text}", names.short(Side::B)))));
    all
}

/// All marks of a chart, in the order of time.
pub(super) fn in_order(mut marks: Vec<Event>, more: Vec<Event>) -> Vec<Event> {
    marks.extend(more);
    marks.sort_by(|x, y| x.0.total_cmp(&y.0));
    marks
}

/// The marks in words, for those who do not see the chart, and because it names what it has room for:
/// ` Marked: 19 s gameplay, 34 s CPU profile of service.`
pub(super) fn in_words(marks: &[Event]) -> String {
    if marks.is_empty() {
        return String::new();
    }
    let told = marks
        .iter()
        .map(|(at, text)| format!("{} s {text}", language::seconds(*at)));
    format!(" Marked: {}.", told.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::StageSpan;

    fn series(stages: &[(&str, f64)]) -> Series {
        let span = |(stage, started_s): &(&str, f64)| StageSpan {
            stage: (*stage).to_owned(),
            judged: true,
            started_s: *started_s,
            judged_from_s: *started_s,
            ended_s: started_s + 5.0,
            drained_s: None,
            planned: vec![],
        };
        Series {
            stages: stages.iter().map(span).collect(),
            ..Series::default()
        }
    }

    fn check(a: &[(&str, f64)], b: &[(&str, f64)], places: &[(Side, f64, f64)], marked: &[&str]) {
        let names = Names::called(Sides {
            a: "phase8",
            b: "phase9",
        });
        let series = Sides {
            a: series(a),
            b: series(b),
        };
        let timeline = Timeline::of(&series, &names);
        for (side, second, at) in places {
            let got = timeline.at(*side, *second);
            assert!((got - at).abs() < 1e-9, "{side} {second}: {got}, not {at}");
        }
        let stages: Vec<&str> = timeline.stages.iter().map(|(_, name)| &**name).collect();
        assert_eq!(stages, marked);
    }

    #[test]
    fn stages_begin_at_one_place_in_both_runs() {
        use Side::{A, B};
        // A drains for five seconds more.
        check(
            &[("init", 1.0), ("play", 24.0)],
            &[("init", 0.5), ("play", 18.5)],
            &[
                (A, 0.0, 0.0),
                (A, 1.0, 1.0),
                (B, 0.5, 1.0),
                (B, 10.0, 10.5),
                (B, 18.4, 18.9),
                (A, 24.0, 24.0),
                (B, 18.5, 24.0),
                (B, 30.0, 35.5),
            ],
            &["init", "play"],
        );
        // B ended early, and another that never began.
        check(
            &[("init", 0.0), ("play", 24.0)],
            &[("init", 0.0)],
            &[(A, 25.0, 25.0), (B, 25.0, 25.0)],
            &["init", "play"],
        );
        check(&[("init", 2.0)], &[], &[(B, 3.0, 3.0)], &["init"]);
        // Other stages: nothing is held against anything.
        check(
            &[("init", 0.0), ("play", 24.0)],
            &[("warm", 3.0), ("play", 9.0)],
            &[(A, 24.0, 24.0), (B, 9.0, 9.0)],
            &[
                "phase8: init",
                "phase9: warm",
                "phase9: play",
                "phase8: play",
            ],
        );
    }

    #[test]
    fn what_both_runs_had_at_one_place_is_one_mark() {
        let names = Names::called(Sides {
            a: "phase8",
            b: "phase9",
        });
        let event = |at: f64, text: &str| (at, text.to_owned());
        let both = Sides {
            a: vec![event(39.001, "CPU profile"), event(50.0, "failover")],
            b: vec![event(39.002, "CPU profile"), event(55.0, "failover")],
        };
        assert_eq!(
            of_both(both, &names),
            [
                event(39.001, "CPU profile"),
                event(50.0, "phase8: failover"),
                event(55.0, "phase9: failover"),
            ]
        );
    }
}
