use super::*;
use crate::comparison::overall::{Conclusion, VerdictCounts};
use proptest::prelude::*;

fn check(d: f64, half95: f64, tau: f64, expected: Verdict) {
    let ci = |half: f64| (d - half, d + half);
    let half90 = half95 * 0.84;
    assert_eq!(
        change(d, ci(half95), ci(half90), tau),
        expected,
        "{d} ± {half95}"
    );
}

#[test]
fn a_change_is_judged_by_both_ends_of_its_interval() {
    check(0.20, 0.10, 0.1, Verdict::Regressed);
    check(-0.20, 0.10, 0.1, Verdict::Improved);
    check(0.01, 0.05, 0.1, Verdict::Equivalent);
    check(0.06, 0.05, 0.1, Verdict::SmallChange);
    check(0.05, 0.08, 0.1, Verdict::Inconclusive);
    check(0.20, 0.30, 0.1, Verdict::Inconclusive);
    // Certain, but no larger than what matters, is never a regression.
    check(0.1, 0.01, 0.1, Verdict::SmallChange);
    check(0.0, 0.0, 0.1, Verdict::Equivalent);
}

#[test]
fn a_service_falls_behind_when_its_backlog_grows_throughout() {
    for (open, offered, expected) in [
        ([780, 1_600, 2_420, 3_218], 6_000, true),
        // A stall at the end; one that was caught up with; requests that take long.
        ([4, 3, 5, 600], 6_000, false),
        ([600, 400, 200, 0], 6_000, false),
        ([1_500, 1_520, 1_490, 1_510], 18_000, false),
        ([1_480, 1_490, 1_500, 1_510], 18_000, false),
        // Chance, where a hundredth of the arrivals is one request.
        ([1, 2, 3, 4], 100, false),
        ([0, 0, 0, 0], 0, false),
        // 3 % of the arrivals.
        ([60, 120, 180, 240], 6_000, true),
    ] {
        assert_eq!(
            fell_behind(open, offered),
            expected,
            "{open:?} of {offered}"
        );
    }
}

#[test]
fn lateness_is_a_fault_only_when_long_and_a_good_part() {
    for (lateness, value, expected) in [
        (4_900.0, 5_000.0, Some(false)),
        (6_000.0, 100_000.0, None),
        (6_000.0, 24_000.0, Some(false)),
        (6_000.0, 23_000.0, Some(true)),
        (50.0, 1_000.0, None),
        (150.0, 1_000.0, Some(false)),
    ] {
        assert_eq!(late(lateness, value), expected, "{lateness} of {value}");
    }
}

/// Verdicts on values of A and B in microseconds, infinite ones being unbounded, by a tolerance of 10 %.
#[test]
fn overload_that_began_or_ended_does_not_hide_what_the_values_say() {
    let value = |us: f64| {
        if us.is_finite() {
            Value::Finite { us }
        } else {
            Value::Unbounded
        }
    };
    let unbounded = f64::INFINITY;
    let overloaded = |side| not_judged(NotJudged::Overloaded { side });
    let both = not_judged(NotJudged::BothUnbounded);
    for (a, b, ended, began) in [
        (
            9_000.0,
            2_000.0,
            Verdict::OverloadEnded,
            overloaded(Side::B),
        ),
        (
            unbounded,
            2_000.0,
            Verdict::OverloadEnded,
            Verdict::Improved,
        ),
        (
            2_000.0,
            2_150.0,
            Verdict::OverloadEnded,
            Verdict::OverloadBegan,
        ),
        // A failed fast; B answers everything, much later.
        (
            2_000.0,
            9_000.0,
            overloaded(Side::A),
            Verdict::OverloadBegan,
        ),
        // B does not answer this action at all.
        (
            2_000.0,
            unbounded,
            Verdict::Regressed,
            Verdict::OverloadBegan,
        ),
        (unbounded, unbounded, both, both),
    ] {
        let check = |in_a: bool, expected| {
            let situation = Situation {
                blocked: None,
                overloaded: Sides { a: in_a, b: !in_a },
            };
            let estimates = Sides { a, b }.map(|us| Estimate {
                value: value(us),
                over_successes: value(us),
                interval: None,
                no_interval: None,
                variance: None,
                windows: None,
                samples: 1_000,
            });
            let verdict = judgeable(situation, Some(0.1), &estimates);
            assert_eq!(verdict, Some(expected), "{a} to {b}, A overloaded: {in_a}");
        };
        check(true, ended);
        check(false, began);
    }
}

#[test]
fn what_is_certain_alone_may_be_chance_among_many() {
    for (verdict, expected) in [
        (Verdict::Regressed, Verdict::Inconclusive),
        (Verdict::Improved, Verdict::Inconclusive),
        (Verdict::SmallChange, Verdict::Inconclusive),
        (Verdict::Equivalent, Verdict::Equivalent),
        (Verdict::OverloadBegan, Verdict::OverloadBegan),
    ] {
        assert_eq!(among_all(verdict, false), expected);
        assert_eq!(among_all(verdict, true), verdict);
    }
}

#[test]
fn a_comparison_is_concluded_from_every_verdict() {
    let counts = |worse, better, equivalent, inconclusive| VerdictCounts {
        worse,
        better,
        equivalent,
        inconclusive,
        ..VerdictCounts::default()
    };
    let plain = counts(0, 0, 7, 0);
    for (all, headline, contrary, expected) in [
        (plain, plain, false, Conclusion::Unchanged),
        // A p99 that cannot be told leaves the rest equivalent; a p95 or a success rate does not.
        (counts(0, 0, 7, 1), plain, false, Conclusion::Unchanged),
        (plain, counts(0, 0, 6, 1), false, Conclusion::Inconclusive),
        // Any statistic that got worse counts.
        (counts(1, 0, 6, 0), plain, false, Conclusion::Worse),
        (
            counts(1, 5, 1, 0),
            counts(0, 5, 1, 0),
            false,
            Conclusion::Mixed,
        ),
        (
            counts(0, 5, 1, 0),
            counts(0, 5, 1, 0),
            false,
            Conclusion::Better,
        ),
        // Overload ended, and what was answered came later.
        (
            counts(0, 1, 0, 0),
            counts(0, 0, 0, 0),
            true,
            Conclusion::Inconclusive,
        ),
        (
            counts(0, 0, 0, 0),
            counts(0, 0, 0, 0),
            false,
            Conclusion::Inconclusive,
        ),
    ] {
        let weighed = Weighed {
            all,
            headline,
            contrary,
        };
        let concluded = [(true, true), (false, false), (false, true)]
            .map(|(invalid, comparable)| conclusion(invalid, comparable, &weighed));
        let first = [Conclusion::Invalid, Conclusion::NotComparable];
        assert_eq!(concluded, [first[0], first[1], expected], "{weighed:?}");
    }
}

fn mirrored(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Regressed => Verdict::Improved,
        Verdict::Improved => Verdict::Regressed,
        same => same,
    }
}

proptest! {
    #[test]
    fn swapping_the_sides_mirrors_a_change(
        d in -1.0f64..1.0, half in 0.0f64..1.0, tau in 0.01f64..0.5,
    ) {
        let forth = change(d, (d - half, d + half), (d - 0.8 * half, d + 0.8 * half), tau);
        let back = change(-d, (-d - half, -d + half), (-d - 0.8 * half, -d + 0.8 * half), tau);
        prop_assert_eq!(back, mirrored(forth));
    }
}
