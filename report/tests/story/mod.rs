//! A comparison made by hand, in the shape of the recorded optimisation story: every kind of
//! verdict, value and target once.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "every test takes what it needs"
)]

mod figures;
mod outlook;
mod provenance;
mod resources;
mod series;

use brunt_report::calibration::FloorUse;
use brunt_report::comparison::{
    ActionComparison, ActionCounts, Answered, Aspect, Comparability, Comparison, Conclusion,
    Difference, Fact, FailureRow, FailureSample, Measured, NotJudged, Overall, Side, Sides,
    StageComparison, Statistic, SuccessComparison, Target, TargetCounts, TargetResult, TargetRow,
    TargetVerdict, Verdict, VerdictCounts,
};
use figures::{action, difference, estimate, quantiles, success};
use outlook::{correlations, readiness, recommendations};
use provenance::{run, validity};
use resources::resources;
use series::series;

/// One action of the story: medians and tails in microseconds, and what was lost.
struct Told {
    stage: &'static str,
    action: &'static str,
    p50: [f64; 2],
    p95: [f64; 2],
    offered: u64,
    lost: [u64; 2],
    limit_us: u64,
    verdict: Verdict,
}

impl Told {
    /// What was lost of init was never sent for the most part.
    fn unsent(&self, side: usize) -> u64 {
        match self.stage {
            "init" => [13_560, 0][side],
            _ => 0,
        }
    }
}

/// What phase 8 answered of the arrivals of init.
const ANSWERED: Answered = Answered {
    share: 0.37,
    while_due: false,
};

const STORY: [Told; 5] = [
    Told {
        stage: "init",
        action: "initialize-new",
        p50: [7_100_000.0, 4_800.0],
        p95: [12_720_000.0, 21_300.0],
        offered: 36_000,
        lost: [22_680, 0],
        limit_us: 50_000,
        verdict: Verdict::OverloadEnded,
    },
    Told {
        stage: "gameplay",
        action: "initialize-returning",
        p50: [510_000.0, 150_000.0],
        p95: [1_700_000.0, 893_900.0],
        offered: 53_968,
        lost: [85, 0],
        limit_us: 10_000,
        verdict: Verdict::Improved,
    },
    Told {
        stage: "gameplay",
        action: "challenges",
        p50: [92_000.0, 91_000.0],
        p95: [249_200.0, 313_090.0],
        offered: 377_611,
        lost: [247, 0],
        limit_us: 200_000,
        verdict: Verdict::Regressed,
    },
    Told {
        stage: "gameplay",
        action: "set-active",
        p50: [180_000.0, 165_000.0],
        p95: [526_000.0, 500_890.0],
        offered: 80_908,
        lost: [103, 2],
        limit_us: 100_000,
        verdict: Verdict::Inconclusive,
    },
    Told {
        stage: "gameplay",
        action: "stat-event",
        p50: [3_100.0, 3_050.0],
        p95: [28_500.0, 28_900.0],
        offered: 720_000,
        lost: [0, 0],
        limit_us: 500_000,
        verdict: Verdict::Equivalent,
    },
];

/// Phase 9 against phase 8.
pub fn comparison() -> Comparison {
    named("phase8", "phase9", str::to_owned)
}

/// The same with other names, to see what becomes of them.
pub fn named(a: &str, b: &str, name: impl Fn(&str) -> String) -> Comparison {
    let stages = ["init", "gameplay"];
    let actions: Vec<ActionComparison> = STORY.iter().map(|told| action(told, &name)).collect();
    Comparison {
        schema: 1,
        runs: Sides {
            a: run(a, "2026-11-20T14:00:00Z", &name),
            b: run(b, "2026-11-21T14:00:00Z", &name),
        },
        repeats: Sides::default(),
        floor: FloorUse::Assumed,
        comparable: Comparability {
            judged: true,
            forced: false,
            differences: vec![Difference {
                what: Aspect::Label {
                    name: name("goals"),
                },
                a: name("500"),
                b: name("10"),
                forbids: false,
            }],
        },
        validity: Sides {
            a: validity(0, &name),
            b: validity(1, &name),
        },
        targets: targets(&name),
        stages: stages.map(|stage| stage_row(stage, &name)).to_vec(),
        actions,
        sessions: vec![],
        quantiles: STORY.iter().map(|told| quantiles(told, &name)).collect(),
        resources: resources(&name),
        failures: vec![
            failure("init", "initialize-new", "timeout", [9_120, 0], &name),
            failure("init", "initialize-new", "unsent", [13_560, 0], &name),
            failure(
                "gameplay",
                "initialize-returning",
                "timeout",
                [85, 0],
                &name,
            ),
            failure("gameplay", "challenges", "timeout", [247, 0], &name),
            failure("gameplay", "set-active", "http-503", [103, 2], &name),
        ],
        failure_samples: Sides {
            a: vec![sample(&name), sample(&name)],
            b: vec![],
        },
        notes: Sides::default(),
        profiles: vec![],
        damaged_profiles: vec![],
        series: Sides {
            a: series(0, &name),
            b: series(1, &name),
        },
        verdict: overall(&name),
        correlations: correlations(&name),
        recommendations: recommendations(&name),
        readiness: readiness(&name),
    }
}

fn overall(name: &impl Fn(&str) -> String) -> Overall {
    let counts = VerdictCounts {
        worse: 1,
        better: 2,
        equivalent: 1,
        small_change: 0,
        inconclusive: 1,
        not_judged: 0,
    };
    Overall {
        conclusion: Conclusion::Mixed,
        actions: counts,
        statistics: counts,
        sessions: VerdictCounts::default(),
        successes: VerdictCounts {
            better: 1,
            equivalent: 1,
            ..VerdictCounts::default()
        },
        throughputs: VerdictCounts::default(),
        targets: Sides {
            a: TargetCounts {
                met: 1,
                missed: 5,
                inconclusive: 0,
                not_judged: 1,
            },
            b: TargetCounts {
                met: 4,
                missed: 3,
                inconclusive: 0,
                not_judged: 0,
            },
        },
        facts: vec![
            Fact::Overloaded {
                side: Side::A,
                stage: name("init"),
                answered: Some(ANSWERED),
            },
            Fact::MissesTargets {
                side: Side::B,
                missed: 3,
                of: 7,
            },
            Fact::SuccessChanged {
                stage: name("init"),
                points: 63.0,
            },
            Fact::WorstChange {
                stage: name("gameplay"),
                action: name("challenges"),
                statistic: Statistic::P95,
                percent: Some(25.6),
            },
            Fact::BestChange {
                stage: name("gameplay"),
                action: name("initialize-returning"),
                statistic: Statistic::P95,
                percent: Some(-47.4),
            },
            Fact::NoiseAssumed { s_aa: 0.05 },
        ],
    }
}

fn targets(name: &impl Fn(&str) -> String) -> Vec<TargetRow> {
    let mut rows: Vec<TargetRow> = STORY
        .iter()
        .map(|told| TargetRow {
            stage: name(told.stage),
            action: Some(name(told.action)),
            target: Target::Latency {
                quantile: 0.95,
                limit_us: told.limit_us,
            },
            results: Sides::of(0, 1, |side| {
                let estimate = estimate(told, side, Statistic::P95);
                let ratio = estimate.value.us().map(|us| us / told.limit_us as f64);
                TargetResult {
                    verdict: match ratio {
                        Some(ratio) if ratio <= 1.0 => TargetVerdict::Met,
                        _ => TargetVerdict::Missed,
                    },
                    measured: Measured::Latency(estimate),
                    ratio,
                    headroom: ratio.map(|ratio| 1.0 - ratio),
                    within: None,
                }
            }),
        })
        .collect();
    rows.push(TargetRow {
        stage: name("gameplay"),
        action: None,
        target: Target::Success { at_least: 0.9995 },
        results: Sides::of(435_u64, 2, |lost| TargetResult {
            measured: Measured::Success(success(1_232_487, lost)),
            ratio: Some(lost as f64 / 616.0),
            headroom: Some(0.05 - lost as f64 / 12_324.87),
            within: None,
            verdict: TargetVerdict::Met,
        }),
    });
    rows.push(TargetRow {
        stage: name("init"),
        action: None,
        target: Target::Success { at_least: 0.9995 },
        results: Sides {
            a: TargetResult {
                measured: Measured::Nothing,
                ratio: None,
                headroom: None,
                within: None,
                verdict: TargetVerdict::NotJudged {
                    reason: NotJudged::NotMeasured { side: Side::A },
                },
            },
            b: TargetResult {
                measured: Measured::Success(success(36_000, 0)),
                ratio: Some(0.0),
                headroom: Some(0.05),
                within: None,
                verdict: TargetVerdict::Met,
            },
        },
    });
    rows
}

fn stage_row(stage: &str, name: &impl Fn(&str) -> String) -> StageComparison {
    let of = |side: usize| {
        let here = STORY.iter().filter(|told| told.stage == stage);
        here.fold((0, 0, 0), |(offered, lost, unsent), told| {
            (
                offered + told.offered,
                lost + told.lost[side],
                unsent + told.unsent(side),
            )
        })
    };
    let sides = Sides::of(of(0), of(1), |(offered, lost, _)| success(offered, lost));
    StageComparison {
        stage: name(stage),
        counts: Sides::of(of(0), of(1), |(offered, lost, unsent)| {
            Some(ActionCounts {
                offered,
                ok: offered - lost,
                failed: lost - unsent,
                unsent,
            })
        }),
        success: SuccessComparison {
            sides,
            difference: Some(difference(&sides)),
            verdict: if stage == "init" {
                Verdict::Improved
            } else {
                Verdict::Equivalent
            },
        },
        throughput: None,
        overloaded: if stage == "init" {
            vec![Side::A]
        } else {
            vec![]
        },
    }
}

fn failure(
    stage: &str,
    action: &str,
    kind: &str,
    counts: [u64; 2],
    name: &impl Fn(&str) -> String,
) -> FailureRow {
    FailureRow {
        stage: name(stage),
        action: name(action),
        kind: name(kind),
        counts: Sides {
            a: Some(counts[0]),
            b: Some(counts[1]),
        },
    }
}

fn sample(name: &impl Fn(&str) -> String) -> FailureSample {
    FailureSample {
        at_us: 4_210_000,
        stage: name("init"),
        action: name("initialize-new"),
        kind: name("timeout"),
        message: name("no answer within 10 s"),
        response_us: 10_000_120,
    }
}
