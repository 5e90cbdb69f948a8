//! Everything that can be said, said once.

use brunt_report::language::{
    BOTH_UNBOUNDED, FEW_SAMPLES, NOT_MEASURED, UNBOUNDED, bytes, change, change_in_words, count,
    duration, factor, headroom, interval, interval_of_change, interval_of_points, latency, limit,
    mean, no_failure, of, overloaded, percent, percent_change, plural, points, rate,
    relative_change, seconds, share, share_target, span, target, within,
};
use proptest::prelude::*;

#[test]
fn the_way_of_saying_things() {
    let said = [
        change(12_720_000.0, 2_700_000.0),
        change(2_700_000.0, 890_000.0),
        relative_change(249_200.0, 313_090.0),
        change_in_words(&overloaded(0.37, false), &duration(2_900.0)),
        change_in_words(&duration(2_700_000.0), UNBOUNDED),
        change_in_words(&latency(100_000_000.0), &latency(130_000_000.0)),
        interval_of_change(-0.701, -0.635),
        interval(2_610_000.0, 2_800_000.0),
        within(24_100.0, 900.0, 1_253_000.0),
        target(50_000, "missed", Some(54.0)),
        target(500_000, "met", Some(0.13)),
        format!("headroom {}", headroom(0.869)),
        format!("headroom {}", headroom(-53.0)),
        limit(50_000),
        span(1_800_000_000),
        share(80_798, 80_800),
        share(2, 80_800),
        share_target(0.9995),
        percent(0.874),
        points(0.124),
        interval_of_points(-0.000_4, 0.004),
        factor(471.0),
        percent_change(-0.999_9),
        no_failure(7_680),
        of(4, 5),
        plural(1, "action"),
        count(1_444_019),
        rate(78.1),
        mean(3.44),
        seconds(7.5),
        bytes(8_200_000_000),
        NOT_MEASURED.to_owned(),
        FEW_SAMPLES.to_owned(),
        BOTH_UNBOUNDED.to_owned(),
    ]
    .join("\n");
    insta::assert_snapshot!(said);
}

/// The figures that a hand-written report got wrong.
#[test]
fn the_arithmetic_of_the_recorded_story() {
    let changes = [
        (12_720.0, 2_700.0, "-78.8 % (4.71× faster)"),
        (1_700.0, 893.0, "-47.5 % (1.90× faster)"),
        (249.2, 313.09, "+25.6 % (1.26× slower)"),
        (28.5, 65.52, "+129.9 % (2.30× slower)"),
    ];
    for (from, to, text) in changes {
        assert_eq!(relative_change(from * 1e3, to * 1e3), text);
    }
    assert_eq!(points(1.0 - 4_107.0 / 4_687.0), "+12.4 points");
    assert_eq!(share(580, 4_687), "12.37 %");
    assert_eq!(factor(500.0 / 10.0), "50×");
    assert_eq!(span(600 * 500 * 5_000), "25 min");
    assert_eq!(span(600 * 10 * 5_000), "30 s");
    assert_eq!(share(2, 80_800), "0.0025 %");
    assert_eq!(share(1_015, 517_174), "0.20 %");
    assert_eq!(share(544_105 - 1_033, 544_105), "99.81 %");
    assert_eq!(factor(2_700.0 / 50.0), "54×");
}

proptest! {
    #[test]
    fn a_share_is_all_or_none_only_if_it_is(whole in 1_u64..2_000_000_000, part in 0_u64..2_000_000_000) {
        let part = part.min(whole);
        let text = share(part, whole);
        prop_assert_eq!(text == "100 %", part == whole);
        prop_assert_eq!(text == "0 %", part == 0);
        prop_assert!(!text.starts_with("100.") && (part == 0 || text.trim_start_matches(['0', '.']) != " %"));
    }

    #[test]
    fn a_faster_run_is_never_said_to_take_no_time(from in 1.0_f64..1e8, part in 1e-6_f64..1.0) {
        let text = relative_change(from, from * part);
        prop_assert!(!text.starts_with("-100"), "{}", text);
    }

    #[test]
    fn a_duration_reads_back_within_half_a_percent(us in 1.0_f64..1e9) {
        let text = duration(us.round());
        let (number, unit) = text.split_once(' ').unwrap();
        let size = match unit { "µs" => 1.0, "ms" => 1e3, _ => 1e6 };
        let back = number.replace(',', "").parse::<f64>().unwrap() * size;
        prop_assert!((back / us.round() - 1.0).abs() < 0.005_1, "{} of {}", text, us);
    }
}
