//! What follows from the story: what changed together, what to do, and whether it may be deployed.

use brunt_report::comparison::{
    Correlated, Correlation, Criterion, CriterionKind, Ground, Held, NoiseSource, Readiness,
    Recommendation, Sides, Spread, Standing, Statistic, TargetCounts, TargetVerdict, Waiting,
    Watch, Watched,
};

use super::ANSWERED;

pub(super) fn correlations(name: &impl Fn(&str) -> String) -> Vec<Correlation> {
    let with = |with| Correlation {
        stage: name("gameplay"),
        action: name("challenges"),
        with,
    };
    vec![
        with(Correlated::Function {
            component: name("challenge-service"),
            profile: "cpu".to_owned(),
            function: name("challenge_service::catalogue::render"),
            values: Sides {
                a: 41_000.0,
                b: 97_000.0,
            },
        }),
        with(Correlated::Statement {
            source: name("postgres/main"),
            text: name("select * from user_goal_progress where user_id = $1"),
            us_per_request: Sides { a: 210.0, b: 480.0 },
        }),
        with(Correlated::Wait {
            source: name("postgres/main"),
            event: name("LWLock:WALWrite"),
            connections: Sides { a: 0.4, b: 6.2 },
        }),
    ]
}

pub(super) fn recommendations(name: &impl Fn(&str) -> String) -> Vec<Recommendation> {
    vec![
        Recommendation::FindCarriedRate {
            stage: name("init"),
            answered: Some(ANSWERED),
        },
        Recommendation::ExplainRegression {
            stage: name("gameplay"),
            action: name("challenges"),
            statistic: Statistic::P95,
            percent: Some(25.6),
        },
        Recommendation::MeetTarget {
            stage: name("gameplay"),
            action: name("set-active"),
            quantile: 0.95,
            limit_us: 100_000,
            ratio: Some(5.0089),
            waiting: None,
        },
        Recommendation::MeetTarget {
            stage: name("gameplay"),
            action: name("challenges"),
            quantile: 0.95,
            limit_us: 200_000,
            ratio: Some(1.565_45),
            waiting: Some(Waiting {
                response_us: 313_090.0,
                service_us: 91_000.0,
            }),
        },
        Recommendation::RemoveFailures {
            stage: name("gameplay"),
            action: name("set-active"),
            kind: name("http-503"),
            count: 2,
            of: 80_908,
        },
        Recommendation::ShortenWait {
            stage: name("gameplay"),
            source: name("postgres/main"),
            event: name("LWLock:WALWrite"),
            connections: 6.2,
        },
        Recommendation::RunMore {
            stage: name("gameplay"),
            action: name("set-active"),
            detectable_percent: 24.1,
            spread: Spread::NoiseFloor,
            noise: NoiseSource::Assumed,
        },
        Recommendation::Calibrate { s_aa: 0.05 },
        Recommendation::OwnMachine,
    ]
}

pub(super) fn readiness(name: &impl Fn(&str) -> String) -> Readiness {
    let held = |standing, grounds| Held { standing, grounds };
    let targets = |met, missed, not_judged| {
        let counts = TargetCounts {
            met,
            missed,
            inconclusive: 0,
            not_judged,
        };
        held(Standing::Failed, vec![Ground::Targets { counts }])
    };
    let success = |share, verdict| Ground::Success {
        stage: name("gameplay"),
        share: Some(share),
        verdict,
    };
    let criterion = |what, a, b| Criterion {
        what,
        sides: Sides { a, b },
    };
    let functional = |ok, count| {
        let of = ok + count;
        let grounds = vec![
            Ground::NoWrongAnswer { of: ok },
            Ground::FailureStatus { count, of },
        ];
        held(Standing::Undecided, grounds)
    };
    Readiness {
        criteria: vec![
            criterion(
                CriterionKind::Functional,
                functional(1_245_807, 103),
                functional(1_268_485, 2),
            ),
            criterion(CriterionKind::Targets, targets(1, 5, 1), targets(4, 3, 0)),
            criterion(
                CriterionKind::Stability,
                held(
                    Standing::Failed,
                    vec![success(0.999_647, TargetVerdict::Missed)],
                ),
                held(
                    Standing::Undecided,
                    vec![
                        success(0.999_998, TargetVerdict::Met),
                        Ground::Drift {
                            stage: name("gameplay"),
                            action: name("challenges"),
                            percent: 18.2,
                        },
                        Ground::DriftUnknown {
                            stage: name("gameplay"),
                            actions: vec![name("set-active"), name("stat-event")],
                        },
                    ],
                ),
            ),
            criterion(
                CriterionKind::Scalability,
                held(
                    Standing::Failed,
                    vec![Ground::Overloaded {
                        stage: name("init"),
                        answered: Some(ANSWERED),
                    }],
                ),
                held(
                    Standing::Passed,
                    vec![Ground::Carried {
                        stage: name("init"),
                        rate_per_s: 600.0,
                    }],
                ),
            ),
        ],
        overall: Sides {
            a: Standing::Failed,
            b: Standing::Failed,
        },
        watches: watches(name),
    }
}

fn watches(name: &impl Fn(&str) -> String) -> Vec<Watch> {
    vec![
        Watch {
            what: Watched::Latency {
                stage: name("gameplay"),
                action: name("stat-event"),
                quantile: 0.95,
            },
            measured: 28_900.0,
            headroom: 1.0 - 28_900.0 / 500_000.0,
            warn_at: Some(264_450.0),
            alert_at: 500_000.0,
        },
        Watch {
            what: Watched::Latency {
                stage: name("gameplay"),
                action: name("set-active"),
                quantile: 0.95,
            },
            measured: 500_890.0,
            headroom: 1.0 - 5.0089,
            warn_at: None,
            alert_at: 100_000.0,
        },
        Watch {
            what: Watched::Success {
                stage: name("gameplay"),
            },
            measured: 0.999_998,
            headroom: 0.996,
            warn_at: Some(0.999_749),
            alert_at: 0.9995,
        },
    ]
}
