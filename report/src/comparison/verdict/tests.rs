use super::*;
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
