//! The search for the knee against simulated services: no clock, no socket, no record.

#![allow(clippy::unwrap_used)]

use brunt_report::knee::{Bracket, Ending, Next, Outcome, Purpose, SearchSettings, Trial, next};
use proptest::prelude::*;

const SETTINGS: SearchSettings = SearchSettings {
    start: 1.0,
    most: None,
    precision: 0.05,
    max_steps: 40,
};

/// Steps as `service` answers them, to the end of the search. A service is told the rate, how many
/// times as long as others the step is, and its number.
fn search(
    settings: &SearchSettings,
    mut service: impl FnMut(f64, u32, usize) -> Outcome,
) -> (Vec<Trial>, Vec<Purpose>, Ending) {
    let (mut trials, mut purposes) = (Vec::new(), Vec::new());
    loop {
        match next(settings, &trials) {
            Next::Done(ending) => return (trials, purposes, ending),
            Next::Step(order) => {
                assert!(trials.len() < settings.max_steps as usize, "{trials:?}");
                let outcome = service(order.scale, order.length, trials.len());
                purposes.push(order.purpose);
                trials.push(Trial {
                    scale: order.scale,
                    outcome,
                });
            }
        }
    }
}

fn carries(knee: f64) -> impl Fn(f64, u32, usize) -> Outcome {
    move |scale, _, _| {
        if scale <= knee {
            Outcome::Passed
        } else {
            Outcome::Failed
        }
    }
}

/// One letter a step: passed, failed, inconclusive, invalid (x).
fn letters(text: &str) -> impl Fn(f64, u32, usize) -> Outcome {
    move |_, _, number| match text.as_bytes()[number] {
        b'p' => Outcome::Passed,
        b'f' => Outcome::Failed,
        b'i' => Outcome::Inconclusive,
        _ => Outcome::Invalid,
    }
}

#[test]
fn a_search_goes_as_written() {
    let check = |outcomes: &str, settings: SearchSettings, scales: &[f64], ending: Ending| {
        let (trials, _, ended) = search(&settings, letters(outcomes));
        let tried: Vec<f64> = trials.iter().map(|t| t.scale).collect();
        assert_eq!((&tried[..], ended), (scales, ending), "{outcomes}");
    };
    let wide = SearchSettings {
        precision: 0.5,
        ..SETTINGS
    };
    // Doubled, bisected, confirmed.
    check(
        "ppfppf",
        wide,
        &[1.0, 2.0, 4.0, 2.828, 2.828, 4.0],
        Ending::Narrowed,
    );
    // Halved, and confirmed after a step between.
    check(
        "fpfpf",
        SearchSettings { start: 4.0, ..wide },
        &[4.0, 2.0, 2.828, 2.0, 2.828],
        Ending::Narrowed,
    );
    // What does not pass again has failed: below it there is a place left.
    check(
        "ppfpfpf",
        wide,
        &[1.0, 2.0, 4.0, 2.828, 2.828, 2.0, 4.0],
        Ending::Narrowed,
    );
    // What does not fail again ends nothing: the next one that failed does, if it fails again.
    check(
        "ppffpppf",
        SearchSettings {
            precision: 0.2,
            ..SETTINGS
        },
        &[1.0, 2.0, 4.0, 2.828, 2.378, 2.378, 2.828, 4.0],
        Ending::Narrowed,
    );
    // Inconclusive three times is not shown to pass.
    check(
        "piiipp",
        wide,
        &[1.0, 2.0, 2.0, 2.0, 1.414, 1.414],
        Ending::Narrowed,
    );
    // The generator is given one more try, and what passed below is confirmed.
    check("pxxp", wide, &[1.0, 2.0, 2.0, 1.0], Ending::GeneratorLimit);
    check("xx", wide, &[1.0, 1.0], Ending::GeneratorLimit);
    let at_most = SearchSettings {
        most: Some(3.0),
        ..wide
    };
    check(
        "pppp",
        at_most,
        &[1.0, 2.0, 3.0, 3.0],
        Ending::MaximumReached,
    );
    let few = SearchSettings {
        max_steps: 4,
        precision: 0.01,
        ..SETTINGS
    };
    // The last step confirms.
    check("ppfp", few, &[1.0, 2.0, 4.0, 2.0], Ending::OutOfSteps);
    check("ffff", few, &[1.0, 0.5, 0.25, 0.125], Ending::OutOfSteps);
    check(
        "fffffffffff",
        SETTINGS,
        &(0..11).map(|n| 0.5_f64.powi(n)).collect::<Vec<_>>(),
        Ending::MinimumReached,
    );
}

#[test]
fn repeats_are_longer_and_a_pass_is_confirmed_at_the_length_that_it_took() {
    let mut lengths = Vec::new();
    search(&SETTINGS, |_, length, number| {
        lengths.push(length);
        letters("ipfiiipppppppp")(0.0, 0, number)
    });
    assert_eq!(lengths[..6], [1, 2, 1, 1, 2, 4]);
}

#[test]
fn a_pass_above_a_failure_is_told_and_widens_the_interval() {
    let trials: Vec<Trial> = [
        (1.0, Outcome::Passed),
        (1.0, Outcome::Passed),
        (1.5, Outcome::Failed),
        (1.6, Outcome::Passed),
        (1.8, Outcome::Failed),
    ]
    .into_iter()
    .map(|(scale, outcome)| Trial { scale, outcome })
    .collect();
    let bracket = Bracket::of(&trials);
    assert_eq!((bracket.low, bracket.high), (Some(1.0), Some(1.8)));
    let [contradiction] = bracket.contradictions[..] else {
        panic!("{bracket:?}");
    };
    assert_eq!((contradiction.passed, contradiction.failed), (1.6, 1.5));
}

fn settings() -> impl Strategy<Value = SearchSettings> {
    (0.01..100.0_f64, 0.01..0.5_f64, 1..50_u32).prop_map(|(start, precision, max_steps)| {
        SearchSettings {
            start,
            most: None,
            precision,
            max_steps,
        }
    })
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        5 => Just(Outcome::Passed),
        5 => Just(Outcome::Failed),
        2 => Just(Outcome::Inconclusive),
        1 => Just(Outcome::Invalid),
    ]
}

proptest! {
    #[test]
    fn a_knee_is_found_between_neighbours_within_the_precision(
        settings in settings(),
        times in -8.9..9.0_f64,
    ) {
        let settings = SearchSettings { max_steps: 60, ..settings };
        let knee = settings.start * times.exp2();
        let (trials, purposes, ending) = search(&settings, carries(knee));
        let bracket = Bracket::of(&trials);
        let (low, high) = (bracket.low.unwrap(), bracket.high.unwrap());
        prop_assert_eq!(ending, Ending::Narrowed);
        prop_assert!(bracket.confirmed && bracket.contradictions.is_empty());
        prop_assert_eq!(purposes.last(), Some(&Purpose::Confirm));
        prop_assert!(low <= knee && knee < high, "{} in {:?}", knee, bracket);
        prop_assert!(high <= low * (1.0 + settings.precision));
    }

    #[test]
    fn nothing_above_the_maximum_is_tried(settings in settings(), most in 0.1..20.0_f64) {
        let most = settings.start * most;
        let settings = SearchSettings { most: Some(most), max_steps: 60, ..settings };
        let (trials, _, ending) = search(&settings, carries(f64::INFINITY));
        let bracket = Bracket::of(&trials);
        prop_assert_eq!(ending, Ending::MaximumReached);
        prop_assert_eq!((bracket.low, bracket.high), (Some(most), None));
        prop_assert!(bracket.confirmed);
        prop_assert!(trials.iter().all(|trial| trial.scale <= most));
    }

    #[test]
    fn where_the_generator_ends_the_service_is_not_blamed(settings in settings(), times in -5.0..5.0_f64) {
        let settings = SearchSettings { max_steps: 60, ..settings };
        let limit = settings.start * times.exp2();
        let (trials, _, ending) = search(&settings, |scale, _, _| {
            if scale > limit { Outcome::Invalid } else { Outcome::Passed }
        });
        let bracket = Bracket::of(&trials);
        prop_assert_eq!(ending, Ending::GeneratorLimit);
        prop_assert_eq!(bracket.high, None);
        prop_assert_eq!(bracket.confirmed, limit >= settings.start);
        prop_assert!(bracket.low.is_none_or(|low| low <= limit));
    }

    /// Around its knee a service passes and fails as chance has it: the interval reaches into that
    /// region or holds it, and says so where it is not narrow.
    #[test]
    fn the_interval_of_a_noisy_service_holds_its_knee(
        settings in settings(),
        times in -6.0..6.0_f64,
        band in 0.01..0.3_f64,
        chance in prop::collection::vec(any_outcome(), 60),
    ) {
        let knee = settings.start * times.exp2();
        let (trials, _, _) = search(&settings, |scale, _, number| {
            if scale < knee / (1.0 + band) {
                Outcome::Passed
            } else if scale > knee * (1.0 + band) {
                Outcome::Failed
            } else {
                chance[number]
            }
        });
        let bracket = Bracket::of(&trials);
        if let Some(low) = bracket.low {
            prop_assert!(low <= knee * (1.0 + band), "{} in {:?}", knee, bracket);
        }
        if let Some(high) = bracket.high {
            prop_assert!(high >= knee / (1.0 + band), "{} in {:?}", knee, bracket);
        }
        for contradiction in &bracket.contradictions {
            prop_assert!(bracket.low.is_none_or(|low| low < contradiction.failed));
            prop_assert!(bracket.high.is_some_and(|high| high >= contradiction.passed));
        }
    }

    /// Whatever the service does, a search ends, and its interval is one.
    #[test]
    fn every_search_ends_in_an_interval(
        settings in settings(),
        outcomes in prop::collection::vec(any_outcome(), 60),
    ) {
        let (trials, _, _) = search(&settings, |_, _, number| outcomes[number]);
        prop_assert!(trials.len() <= settings.max_steps as usize);
        let bracket = Bracket::of(&trials);
        if let (Some(low), Some(high)) = (bracket.low, bracket.high) {
            prop_assert!(low < high, "{:?}", bracket);
        }
        if let Some(low) = bracket.low {
            let failed = trials.iter().filter(|t| t.outcome == Outcome::Failed);
            prop_assert!(failed.into_iter().all(|trial| trial.scale > low));
            let passes = trials.iter().filter(|t| t.scale.total_cmp(&low).is_eq() && t.outcome == Outcome::Passed);
            prop_assert!(!bracket.confirmed || passes.count() > 1);
        }
    }
}
