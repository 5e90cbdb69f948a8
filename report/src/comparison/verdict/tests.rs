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
