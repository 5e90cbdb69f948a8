//! What the service and the database of the story used.

use brunt_record::{GaugeSource, Mark, MarkKind};
use brunt_report::comparison::{
    Change, Cost, CostComparison, CostKind, Interval, Level, LevelComparison, LevelUnit, Resources,
    Sides, StatementComparison, StatementUse, TallyComparison, TallyUnit, WaitComparison,
};
use brunt_report::run::{Evidence, Gauge};

const STAGE: &str = "gameplay";

pub(super) fn resources(name: &impl Fn(&str) -> String) -> Resources {
    let (service, database) = (name("process/service"), "postgres/main".to_owned());
    let problem = name("pg_stat_statements: relation does not exist");
    let sources = |problems: &[String]| {
        [&service, &database].map(|source| GaugeSource {
            name: source.clone(),
            what: name("who listens on port 8000"),
            problems: problems
                .iter()
                .filter(|_| *source == database)
                .cloned()
                .collect(),
        })
    };
    Resources {
        sources: Sides {
            a: sources(&[problem]).to_vec(),
            b: sources(&[]).to_vec(),
        },
        costs: vec![
            cost(&service, CostKind::Cpu, [820.0, 410.0], name),
            cost(&database, CostKind::RowsWritten, [51.3, 1.24], name),
            cost(&database, CostKind::Wal, [9_216.0, 700.0], name),
        ],
        levels: vec![
            level(&service, "cores busy", LevelUnit::Cores, [1.42, 0.71], name),
            level(&service, "memory", LevelUnit::Bytes, [9.1e7, 6.4e7], name),
            level(
                "host",
                "some task waits for a core",
                LevelUnit::Share,
                [0.41, 0.12],
                name,
            ),
            level(
                &database,
                "waiting for a lock",
                LevelUnit::Count,
                [2.5, 0.0],
                name,
            ),
        ],
        tallies: tallies(&database, name),
        memory: vec![],
        waits: vec![WaitComparison {
            stage: name(STAGE),
            source: database.clone(),
            event: name("LWLock:WALWrite"),
            sides: Sides {
                a: Some(1.25),
                b: Some(0.0),
            },
        }],
        statements: vec![StatementComparison {
            stage: name(STAGE),
            source: database,
            text: name("insert into progress values ($1, …), …"),
            sides: Sides {
                a: None,
                b: Some(StatementUse {
                    calls: 9_000,
                    total_us: 2_700_000,
                    rows: 90_000,
                    wal_bytes: Some(1 << 20),
                    calls_per_request: 0.1,
                    us_per_request: 30.0,
                }),
            },
        }],
        marks: Sides {
            a: vec![],
            b: vec![Mark {
                at_us: 300_000_000,
                kind: MarkKind::Note,
                text: name("deployed v2"),
            }],
        },
        evidence: Sides {
            a: evidence(&service, 1.42),
            b: evidence(&service, 0.71),
        },
    }
}

fn cost(
    source: &str,
    cost: CostKind,
    per_request: [f64; 2],
    name: &impl Fn(&str) -> String,
) -> CostComparison {
    let [a, b] = per_request;
    let of = |per_request: f64, interval: bool| Cost {
        per_request,
        total: per_request * 90_000.0,
        requests: 90_000,
        interval: interval.then_some(Interval {
            low: per_request * 0.95,
            high: per_request * 1.06,
        }),
        variance: interval.then_some(0.0004),
        windows: interval.then_some(10),
        profiles_us: None,
    };
    CostComparison {
        stage: name(STAGE),
        source: source.to_owned(),
        cost,
        sides: Sides {
            a: Some(of(a, true)),
            b: Some(of(b, cost == CostKind::Cpu)),
        },
        change: Some(Change {
            ln_ratio: (b / a).ln(),
            percent: 100.0 * (b / a - 1.0),
            factor: b / a,
            certainty: None,
        }),
        not_judged: None,
    }
}

fn level(
    source: &str,
    what: &str,
    unit: LevelUnit,
    means: [f64; 2],
    name: &impl Fn(&str) -> String,
) -> LevelComparison {
    let of = |mean: f64| Level {
        mean,
        interval: (mean > 0.0).then_some(Interval {
            low: mean * 0.97,
            high: mean * 1.03,
        }),
        variance: (mean > 0.0).then_some(0.0002),
        windows: (mean > 0.0).then_some(10),
        peak: mean * 1.3,
    };
    let [a, b] = means;
    LevelComparison {
        stage: name(STAGE),
        source: source.to_owned(),
        what: what.to_owned(),
        unit,
        sides: Sides {
            a: Some(of(a)),
            b: Some(of(b)),
        },
        change: (a > 0.0 && b > 0.0).then(|| Change {
            ln_ratio: (b / a).ln(),
            percent: 100.0 * (b / a - 1.0),
            factor: b / a,
            certainty: None,
        }),
    }
}

/// Of a table, and of the whole database.
fn tallies(database: &str, name: &impl Fn(&str) -> String) -> Vec<TallyComparison> {
    let tally = |of: Option<&str>, what: &str, unit: TallyUnit, each: [f64; 2]| {
        let [a, b] = each;
        let spent = |per_request: f64| Cost {
            per_request,
            total: per_request * 90_000.0,
            requests: 90_000,
            interval: None,
            variance: None,
            windows: None,
            profiles_us: None,
        };
        TallyComparison {
            stage: name(STAGE),
            source: database.to_owned(),
            of: of.map(name),
            what: what.to_owned(),
            unit,
            sides: Sides {
                a: Some(spent(a)),
                b: Some(spent(b)),
            },
            change: (a > 0.0 && b > 0.0).then(|| Change {
                ln_ratio: (b / a).ln(),
                percent: 100.0 * (b / a - 1.0),
                factor: b / a,
                certainty: None,
            }),
        }
    };
    vec![
        tally(None, "deadlocks", TallyUnit::Count, [0.0, 0.0]),
        tally(None, "temporary files", TallyUnit::Bytes, [512.0, 0.0]),
        tally(
            Some("progress"),
            "rows inserted",
            TallyUnit::Count,
            [51.3, 1.24],
        ),
    ]
}

fn evidence(source: &str, cores: f64) -> Evidence {
    let seconds = || (0..=660_u64).step_by(30);
    let gauge = |name: &str, value: &dyn Fn(u64) -> f64| Gauge {
        source: source.to_owned(),
        name: name.to_owned(),
        counter: name.ends_with("_total"),
        points: seconds().map(|s| (s * 1_000_000, value(s))).collect(),
    };
    Evidence {
        gauges: vec![
            gauge("cpu_user_us_total", &|s| s as f64 * cores * 8e5),
            gauge("cpu_system_us_total", &|s| s as f64 * cores * 2e5),
            gauge("memory_bytes", &|s| 4e7 + s as f64 * cores * 5e4),
        ],
        ..Evidence::default()
    }
}
