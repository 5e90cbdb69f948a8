//! Where the runs of the story come from, and whether they are valid.

use std::collections::BTreeMap;

use brunt_record::{
    ActionPlan, Build, Capture, Completeness, Ending, GeneratorHealth, Host, Latency,
    LatencyTarget, MixShare, Plan, ScenarioRef, StagePlan, StreamPlan,
};
use brunt_report::comparison::{
    ActionCounts, Finding, Lateness, LoadModel, RunState, RunSummary, RunValidity, StageState,
    StageValidity,
};

use super::{ANSWERED, STORY};

pub(super) fn run(phase: &str, at: &str, name: &impl Fn(&str) -> String) -> RunSummary {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    RunSummary {
        id: format!("20261120-140000-{phase}"),
        label: format!("results/runs/20261120-140000-{phase}"),
        phase: phase.to_owned(),
        started_at: at.parse().unwrap(),
        ended_at: Some(at.parse().unwrap()),
        build: Build {
            version: "0.1.0".to_owned(),
            commit: Some("4938bce1".to_owned()),
        },
        scenario: ScenarioRef {
            name: name("challenge-m3"),
            sha256: digest.to_owned(),
            includes: vec![],
            data: None,
        },
        overrides: vec![],
        seed: 42,
        labels: BTreeMap::from([(name("database"), name("sqlite"))]),
        addresses: BTreeMap::from([("http".to_owned(), "http://127.0.0.1:8000".to_owned())]),
        plan: plan(name),
        host: Host {
            cpu: Some("Reference processor".to_owned()),
            cores: Some(2),
            memory_bytes: Some(8_200_000_000),
            kernel: Some("Linux 6.8".to_owned()),
            governor: None,
            fsync_us: Some(350),
            timer_late_p99_us: Some(120),
            shared_with_target: true,
        },
        shards: 1,
        generator: Some(GeneratorHealth {
            cpu_us: Some(410_000_000),
            peak_memory_bytes: Some(96_000_000),
            clock_step_us: 12,
            lateness: Latency {
                p50_us: 60,
                p99_us: 480,
                max_us: 3_200,
            },
            saturated: vec![],
            saturations: vec![],
        }),
        completeness: Completeness {
            ending: Ending::Complete,
            reason: None,
            seconds: 1_862,
        },
        captures: vec![
            Capture {
                started_us: None,
                length_us: None,
                component: name("challenge-service"),
                kind: "cpu".to_owned(),
                stage: name("gameplay"),
                file: Some("profiles/challenge-service-cpu-gameplay-900.pb.gz".to_owned()),
                problem: None,
            },
            Capture {
                started_us: None,
                length_us: None,
                component: name("event-handler"),
                kind: "heap".to_owned(),
                stage: name("gameplay"),
                file: None,
                problem: Some(name("the profile endpoint answered 404")),
            },
        ],
        files: BTreeMap::from([
            ("counts.csv".to_owned(), digest.to_owned()),
            ("latency.hlog".to_owned(), digest.to_owned()),
        ]),
    }
}

pub(super) fn plan(name: &impl Fn(&str) -> String) -> Plan {
    Plan {
        stages: vec![StagePlan {
            name: name("init"),
            judged: true,
            duration_us: 60_000_000,
            warmup_us: 5_000_000,
            grace_us: 10_000_000,
            started_us: Some(0),
            ended_us: None,
            drained_us: Some(61_000_000),
            host_busy: Some(0.87),
            streams: vec![StreamPlan {
                name: name("users"),
                process: "constant".to_owned(),
                rates: vec![],
                rate_per_s: Some(600.0),
                arrivals: Some(36_000),
                max_in_flight: 6_000,
                mix: vec![MixShare {
                    action: name("initialize-new"),
                    weight: 1,
                }],
                expected: vec![],
            }],
        }],
        actions: vec![ActionPlan {
            name: name("initialize-new"),
            protocol: "http".to_owned(),
            call: "POST /challenge/v1/challenges/initialize".to_owned(),
            timeout_us: 10_000_000,
            targets: vec![LatencyTarget {
                quantile: 0.95,
                limit_us: 50_000,
            }],
            effect: None,
        }],
        sessions: vec![],
        success_target: Some(0.9995),
        users: None,
    }
}

pub(super) fn validity(side: usize, name: &impl Fn(&str) -> String) -> RunValidity {
    let init = ActionCounts {
        offered: 36_000,
        ok: 36_000 - STORY[0].lost[side],
        failed: [9_120, 0][side],
        unsent: [13_560, 0][side],
    };
    let game = ActionCounts {
        offered: 1_232_487,
        ok: 1_232_487 - [435, 2][side],
        failed: [435, 2][side],
        unsent: 0,
    };
    let stage = |stage: &str, counts: ActionCounts, state| StageValidity {
        stage: name(stage),
        judged: true,
        model: LoadModel::Open,
        state,
        overloaded: state == StageState::Overloaded,
        backlog: None,
        planned: Some(counts.offered),
        counts: Some(counts),
        answered: counts.answered(),
        delivered: Some(counts.sent() as f64 / counts.offered as f64),
        lateness: Some(Lateness {
            p50_us: 60,
            p99_us: 480,
            max_us: 3_200,
        }),
        saturated: if state == StageState::Overloaded {
            vec![format!("{}/{}", name("init"), name("users"))]
        } else {
            vec![]
        },
        host_busy: Some(0.87),
    };
    let mut findings = vec![Finding::SharedHost];
    if side == 0 {
        findings.insert(
            0,
            Finding::Overloaded {
                stage: name("init"),
                answered: Some(ANSWERED),
                backlog: None,
                saturated: vec![format!("{}/{}", name("init"), name("users"))],
            },
        );
    }
    RunValidity {
        state: [RunState::Overloaded, RunState::Valid][side],
        findings,
        stages: vec![
            stage(
                "init",
                init,
                [StageState::Overloaded, StageState::Valid][side],
            ),
            stage("gameplay", game, StageState::Valid),
        ],
    }
}
