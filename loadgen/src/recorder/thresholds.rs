//! Thresholds during the run, on windows that slide over the seconds of the recorder.
//!
//! A threshold is looked at when its window is full: of a stage, so many seconds after its first
//! arrival, else after the start of the run. What is settled counts in the second in which it
//! settled.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use brunt_record::{LONGEST_LATENCY_US, Measure, Outcome, new_histogram};
use hdrhistogram::Histogram;

use super::cell::Cell;
use crate::scenario::{Limit, Scenario, Threshold};

const SECOND_US: f64 = 1e6;

/// What happened in one second, in one stage or in all.
#[derive(Clone, Debug, Default)]
pub(super) struct Happened {
    pub(super) offered: u64,
    pub(super) failed: u64,
    pub(super) unsent: u64,
    /// Requests in flight, integrated over the second, in request-microseconds.
    pub(super) in_flight_us: u64,
    /// Response times of the successes; absent without any.
    pub(super) successes: Option<Arc<Histogram<u64>>>,
}

/// The thresholds of a run.
#[derive(Default)]
pub(super) struct Thresholds {
    scopes: Vec<Scope>,
}

/// The thresholds of one stage, or of the run.
struct Scope {
    /// Index and name.
    stage: Option<(usize, String)>,
    begun: bool,
    windows: Vec<Window>,
}

struct Window {
    threshold: Threshold,
    seconds: VecDeque<Happened>,
    /// Response times of the successes in the window.
    // Merge before taking a quantile: the mean of ten p99s is no p99.
    successes: Histogram<u64>,
}

impl Happened {
    /// Adds a series of the stage.
    pub(super) fn add_cell(&mut self, cell: &Cell) {
        self.offered += cell.offered;
        self.failed += cell.failed();
        self.unsent += cell.unsent;
        if cell.has(Outcome::Ok) {
            cell.fill(Outcome::Ok, Measure::Response, self.successes_mut());
        }
    }

    fn successes_mut(&mut self) -> &mut Histogram<u64> {
        let sum = self
            .successes
            .get_or_insert_with(|| Arc::new(new_histogram()));
        Arc::make_mut(sum)
    }

    fn add_successes(&mut self, more: Option<&Histogram<u64>>) {
        if let Some(more) = more {
            self.successes_mut()
                .add(more)
                .expect("all histograms have the same bounds");
        }
    }

    /// All stages together.
    fn all(stages: &[Self]) -> Self {
        let mut all = Self::default();
        for stage in stages {
            all.offered += stage.offered;
            all.failed += stage.failed;
            all.unsent += stage.unsent;
            all.in_flight_us += stage.in_flight_us;
            all.add_successes(stage.successes.as_deref());
        }
        all
    }
}

impl Thresholds {
    /// Those of `scenario`.
    pub(super) fn new(scenario: &Scenario) -> Self {
        let run = (None, &scenario.abort_when);
        let stages = scenario.stages.iter().enumerate().map(|(index, stage)| {
            let place = Some((index, stage.name.clone()));
            (place, &stage.abort_when)
        });
        let scopes = std::iter::once(run)
            .chain(stages)
            .filter(|(_, thresholds)| !thresholds.is_empty())
            .map(|(stage, thresholds)| Scope {
                begun: stage.is_none(),
                stage,
                windows: thresholds.iter().cloned().map(Window::new).collect(),
            })
            .collect();
        Self { scopes }
    }

    /// Is there nothing to look for?
    pub(super) fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    /// Takes in a second of the run, by stage; says which threshold was crossed, where, and what
    /// was seen.
    pub(super) fn crossed(&mut self, second: u64, stages: &[Happened]) -> Option<String> {
        let mut crossed = None;
        for scope in &mut self.scopes {
            let happened = match &scope.stage {
                Some((index, _)) => stages.get(*index).cloned().unwrap_or_default(),
                None => Happened::all(stages),
            };
            scope.begun |= happened.offered > 0;
            if !scope.begun {
                continue;
            }
            for window in &mut scope.windows {
                window.push(happened.clone());
                let Some(seen) = window.exceeded() else {
                    continue;
                };
                let place = match &scope.stage {
                    Some((_, name)) => format!("of stage {name:?}"),
                    None => "of the scenario".to_owned(),
                };
                let first = second + 1 - window.threshold.seconds;
                let text = &window.threshold.text;
                crossed.get_or_insert_with(|| {
                    format!("threshold {text:?} {place}: from second {first} to {second} {seen}")
                });
            }
        }
        crossed
    }
}

impl Window {
    fn new(threshold: Threshold) -> Self {
        Self {
            threshold,
            seconds: VecDeque::new(),
            successes: new_histogram(),
        }
    }

    fn push(&mut self, happened: Happened) {
        if self.seconds.len() as u64 == self.threshold.seconds
            && let Some(gone) = self.seconds.pop_front()
            && let Some(gone) = gone.successes
        {
            self.successes
                .subtract(&*gone)
                .expect("what was added can be taken away");
        }
        if let Some(successes) = &happened.successes {
            self.successes
                .add(&**successes)
                .expect("all histograms have the same bounds");
        }
        self.seconds.push_back(happened);
    }

    /// What was seen, where it is beyond the limit.
    fn exceeded(&self) -> Option<String> {
        if (self.seconds.len() as u64) < self.threshold.seconds {
            return None;
        }
        let sum = |of: fn(&Happened) -> u64| self.seconds.iter().map(of).sum::<u64>();
        let (failed, unsent) = (sum(|s| s.failed), sum(|s| s.unsent));
        let ok = self.successes.len();
        let settled = ok + failed + unsent;
        match self.threshold.limit {
            Limit::Quantile { quantile, longest } => {
                let within = self.successes.count_between(0, longest.as_micros() as u64);
                // 0.95 * 20 may come out a hair above 19, which must not become the 20th.
                let rank = (quantile * settled as f64 - 1e-6).ceil() as u64;
                if settled == 0 || rank.max(1) <= within {
                    return None;
                }
                let name = (quantile * 1e6).round() / 1e4;
                let of = format!("of {settled} arrivals");
                if rank > ok {
                    let lost = failed + unsent;
                    return Some(format!(
                        "p{name} {of} was unbounded: {lost} of them failed or were not sent"
                    ));
                }
                // Half a rank below, so that no rounding reaches the next value.
                let share = (rank.max(1) as f64 - 0.5) / ok as f64;
                let value = match self.successes.value_at_quantile(share) {
                    LONGEST_LATENCY_US.. => "120 s or more".to_owned(),
                    us => format!("{:.2?}", Duration::from_micros(us)),
                };
                Some(format!("p{name} {of} was {value}"))
            }
            Limit::Failed { share } => {
                let seen = failed as f64 / settled.max(1) as f64;
                (seen > share).then(|| {
                    let percent = 100.0 * seen;
                    format!("{failed} of {settled} arrivals failed, {percent:.2} %")
                })
            }
            Limit::InFlight { most } => {
                let least_us = self.seconds.iter().map(|s| s.in_flight_us).min()?;
                let least = least_us as f64 / SECOND_US;
                (least > most as f64)
                    .then(|| format!("never less than {least:.0} requests were in flight"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second with these response times of successes, failures and requests in flight.
    fn second(ms: &[(u64, u64)], failed: u64, in_flight: u64) -> Happened {
        let mut successes = new_histogram();
        for (ms, count) in ms {
            successes.saturating_record_n(ms * 1_000, *count);
        }
        Happened {
            offered: 1,
            failed,
            unsent: 0,
            in_flight_us: in_flight * 1_000_000,
            successes: (!successes.is_empty()).then(|| Arc::new(successes)),
        }
    }

    /// In which second a threshold is crossed, and what is said.
    fn check(threshold: &str, seconds: &[Happened], expected: Option<(u64, &str)>) {
        let mut thresholds = Thresholds {
            scopes: vec![Scope {
                stage: Some((0, "load".to_owned())),
                begun: false,
                windows: vec![Window::new(Threshold::parse(threshold).unwrap())],
            }],
        };
        let crossed = (0..).zip(seconds).find_map(|(n, happened)| {
            let said = thresholds.crossed(n, std::slice::from_ref(happened))?;
            Some((n, said))
        });
        let start = format!("threshold {threshold:?} of stage \"load\": from second ");
        let expected = expected.map(|(n, said)| (n, format!("{start}{said}")));
        assert_eq!(crossed, expected);
    }

    #[test]
    fn quantiles_are_those_of_the_whole_window() {
        let (fast, slow) = (second(&[(10, 100)], 0, 1), second(&[(3_000, 100)], 0, 1));
        let (few_slow, many_fast) = (second(&[(3_000, 2)], 0, 1), second(&[(10, 1_000)], 0, 1));
        let p99 = "p99 > 2s for 2s";
        check(p99, &[fast.clone(), fast.clone(), fast.clone()], None);
        check(
            p99,
            &[fast.clone(), slow.clone(), slow.clone()],
            Some((1, "0 to 1 p99 of 200 arrivals was 3.00s")),
        );
        // The mean of the p99s of both seconds is 1.5 s, at every rank but the highest two 10 ms.
        check(
            "p99 > 1s for 2s",
            &[many_fast, few_slow.clone(), fast.clone()],
            Some((2, "1 to 2 p99 of 102 arrivals was 3.00s")),
        );
        // Longer than a histogram tells apart.
        check(
            "p50 > 1min for 1s",
            &[second(&[(300_000, 10)], 0, 1)],
            Some((0, "0 to 0 p50 of 10 arrivals was 120 s or more")),
        );
        // A full window is needed, and what leaves it is forgotten.
        check("p99 > 2s for 3s", &[slow.clone(), slow.clone()], None);
        check(
            "p50 > 2s for 2s",
            &[
                second(&[(3_000, 99)], 0, 1),
                fast.clone(),
                fast.clone(),
                few_slow,
            ],
            None,
        );
        // Nothing settled: nothing is known.
        let still = second(&[], 0, 1);
        check(p99, &[still.clone(), still.clone(), still], None);
    }

    #[test]
    fn failures_are_slower_than_every_success() {
        let half = second(&[(10, 50)], 50, 1);
        check(
            "p95 > 2s for 1s",
            std::slice::from_ref(&half),
            Some((
                0,
                "0 to 0 p95 of 100 arrivals was unbounded: 50 of them failed or were not sent",
            )),
        );
        check("p50 > 2s for 1s", std::slice::from_ref(&half), None);
    }

    #[test]
    fn failures_are_a_share_of_what_settled_in_the_window() {
        let (good, bad) = (second(&[(10, 90)], 0, 1), second(&[(10, 90)], 10, 1));
        let failed = "failed > 5 % for 2s";
        check(failed, &[good.clone(), good.clone()], None);
        check(
            failed,
            &[good.clone(), bad.clone(), bad],
            Some((1, "0 to 1 10 of 190 arrivals failed, 5.26 %")),
        );
        let none = Happened::default();
        check(failed, &[good, none.clone(), none], None);
    }

    #[test]
    fn requests_in_flight_must_be_too_many_in_every_second() {
        let seconds = [9, 11, 4, 12, 13].map(|in_flight| second(&[], 0, in_flight));
        check(
            "in_flight > 10 for 2s",
            &seconds,
            Some((4, "3 to 4 never less than 12 requests were in flight")),
        );
        check("in_flight > 13 for 1s", &seconds, None);
    }

    #[test]
    fn the_window_of_a_stage_begins_with_its_first_arrival() {
        let mut before = second(&[], 0, 0);
        before.offered = 0;
        let slow = second(&[(3_000, 1)], 0, 1);
        check(
            "p50 > 1s for 2s",
            &[before.clone(), before, slow.clone(), slow],
            Some((3, "2 to 3 p50 of 2 arrivals was 3.00s")),
        );
    }

    #[test]
    fn the_scenario_looks_at_all_stages_together() {
        let mut thresholds = Thresholds {
            scopes: vec![Scope {
                stage: None,
                begun: true,
                windows: vec![Window::new(
                    Threshold::parse("failed > 40 % for 1s").unwrap(),
                )],
            }],
        };
        let (bad, good) = (second(&[], 10, 1), second(&[(10, 30)], 0, 1));
        let stages = [bad.clone(), good];
        assert_eq!(thresholds.crossed(0, &stages), None);
        assert_eq!(
            thresholds.crossed(1, &[bad.clone(), bad]).unwrap(),
            "threshold \"failed > 40 % for 1s\" of the scenario: from second 1 to 1 20 of 20 arrivals failed, 100.00 %"
        );
    }
}
