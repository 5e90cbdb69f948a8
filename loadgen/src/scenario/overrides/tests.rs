use std::path::Path;

use proptest::prelude::*;

use super::super::Rate;
use super::*;

const SCENARIO: &str = r#"format = 1
name = "test"
[users]
count = 100
[actions.register]
http = "POST /users/${user}"
user = "each"
[actions.browse]
http = "GET /"
[[stages]]
name = "init"
duration = "10s"
[[stages.streams]]
name = "api"
rate = "10/s"
mix = { register = 1 }
[[stages]]
name = "gameplay"
duration = "30min"
warmup = "30s"
[[stages.streams]]
name = "api"
rate = "300/s"
max_in_flight = 50
mix = { browse = 1 }
[[stages.streams]]
name = "events"
rate = "500/s"
mix = { browse = 1 }
[[captures]]
component = "service"
stage = "gameplay"
duration = "60s"
"#;

fn overridden(overrides: &Overrides) -> Result<Scenario, String> {
    let mut scenario = Scenario::parse(Path::new("test.toml"), SCENARIO).unwrap();
    overrides.apply(&mut scenario).map_err(|e| e.to_string())?;
    Ok(scenario)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Rate and bound in flight; users for a bound, and no rate, in a closed model.
fn figures_of(stream: &Stream) -> (f64, usize) {
    match &stream.load {
        Load::Open {
            process: Process::Even(Rate::Constant { per_s }),
            max_in_flight,
        } => (*per_s, *max_in_flight),
        Load::Open { .. } => panic!("no constant rate: {stream:?}"),
        Load::Closed(load) => (0.0, load.users),
    }
}

/// Rate and bound in flight of every stream, seconds of every stage, and users.
fn figures(scenario: &Scenario) -> (Vec<(f64, usize)>, Vec<f64>, u64) {
    let streams = scenario.stages.iter().flat_map(|s| &s.streams);
    (
        streams.map(figures_of).collect(),
        scenario
            .stages
            .iter()
            .map(|s| s.duration.as_secs_f64())
            .collect(),
        scenario.users.as_ref().unwrap().count,
    )
}

#[test]
fn what_is_named_changes_and_nothing_else() {
    let check = |overrides: Overrides, want: (&[(f64, usize)], [f64; 2], u64)| {
        let scenario = overridden(&overrides).unwrap();
        let (streams, seconds, users) = figures(&scenario);
        let got = (&streams[..], [seconds[0], seconds[1]], users);
        assert_eq!(got, want, "{overrides:?}");
    };
    let plain = [(10.0, 100), (300.0, 50), (500.0, 5_000)];
    check(Overrides::default(), (&plain, [10.0, 1_800.0], 100));
    check(
        Overrides {
            rates: texts(&["gameplay/api=600/s", "events=60/min"]),
            ..Overrides::default()
        },
        (&[(10.0, 100), (600.0, 50), (1.0, 10)], [10.0, 1_800.0], 100),
    );
    check(
        Overrides {
            scale: Some(0.1),
            ..Overrides::default()
        },
        (&[(1.0, 10), (30.0, 50), (50.0, 500)], [10.0, 1_800.0], 10),
    );
    check(
        Overrides {
            scale: Some(2.0),
            durations: texts(&["init=5s", "gameplay=20s"]),
            rates: texts(&["init/api=7/s"]),
            ..Overrides::default()
        },
        (
            &[(7.0, 70), (600.0, 50), (1_000.0, 10_000)],
            [5.0, 20.0],
            200,
        ),
    );
}

#[test]
fn rates_that_change_are_scaled_and_follow_their_stage() {
    let changed = |rate: &str, overrides: &Overrides| {
        let text = SCENARIO.replace("rate = \"500/s\"", rate);
        let mut scenario = Scenario::parse(Path::new("test.toml"), &text).unwrap();
        overrides.apply(&mut scenario).unwrap();
        scenario.stages[1].streams[1].load.clone()
    };
    let seconds = Duration::from_secs;
    let shorter = Overrides {
        scale: Some(0.1),
        durations: texts(&["gameplay=18s"]),
        ..Overrides::default()
    };
    assert_eq!(
        changed("rate = \"100/s -> 600/s\"", &shorter),
        Load::Open {
            process: Process::Even(Rate::Ramp {
                points: vec![(seconds(0), 10.0), (seconds(18), 60.0)]
            }),
            max_in_flight: 600,
        }
    );
    assert_eq!(
        changed(
            "rate = \"100/s\"\nprocess = \"poisson\"\nspike = { rate = \"900/s\", at = \"10min\", for = \"5min\" }",
            &shorter
        ),
        Load::Open {
            process: Process::Poisson(Rate::Spike {
                base_per_s: 10.0,
                spike_per_s: 90.0,
                at: seconds(6),
                length: seconds(3),
            }),
            max_in_flight: 900,
        }
    );
    let rate = Overrides {
        rates: texts(&["events=7/s"]),
        ..Overrides::default()
    };
    assert_eq!(
        changed("rate = \"100/s -> 600/s\"\nprocess = \"poisson\"", &rate),
        Load::Open {
            process: Process::Even(Rate::Constant { per_s: 7.0 }),
            max_in_flight: 70,
        }
    );
}

#[test]
fn a_replay_goes_faster_and_must_have_an_arrival() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("arrivals.csv"), "2.5\n3\n").unwrap();
    let text = SCENARIO.replace("rate = \"500/s\"", "replay = \"arrivals.csv\"");
    let apply = |overrides: &Overrides| {
        let file = dir.path().join("test.toml");
        let mut scenario = Scenario::parse(&file, &text).unwrap();
        overrides.apply(&mut scenario).map_err(|e| e.to_string())?;
        Ok::<_, String>(scenario.stages[1].streams[1].load.clone())
    };
    let faster = apply(&Overrides {
        scale: Some(3.0),
        ..Overrides::default()
    });
    let Ok(Load::Open {
        process: Process::Replay { speed, .. },
        ..
    }) = faster
    else {
        panic!("{faster:?}");
    };
    assert!((speed - 3.0).abs() < 1e-9);
    let mistake = apply(&Overrides {
        durations: texts(&["gameplay=1s"]),
        ..Overrides::default()
    });
    insta::assert_snapshot!(mistake.unwrap_err());
}

#[test]
fn users_of_a_closed_model_are_scaled_and_have_no_rate() {
    let closed = SCENARIO.replace("rate = \"500/s\"", "users = 50");
    let overridden = |overrides: &Overrides| {
        let mut scenario = Scenario::parse(Path::new("test.toml"), &closed).unwrap();
        overrides.apply(&mut scenario).map_err(|e| e.to_string())?;
        Ok::<_, String>(figures_of(&scenario.stages[1].streams[1]))
    };
    let scaled = |factor: f64| {
        overridden(&Overrides {
            scale: Some(factor),
            ..Overrides::default()
        })
    };
    assert_eq!(scaled(0.1), Ok((0.0, 5)));
    assert_eq!(scaled(0.001), Ok((0.0, 1)));
    let rate = overridden(&Overrides {
        rates: texts(&["events=1/s"]),
        ..Overrides::default()
    });
    insta::assert_snapshot!(rate.unwrap_err());
}

#[test]
fn what_no_longer_fits_a_stage_keeps_its_share_of_it() {
    let stages = |duration: &str| {
        let overrides = Overrides {
            durations: texts(&[duration]),
            ..Overrides::default()
        };
        let scenario = overridden(&overrides).unwrap();
        (scenario.stages[1].warmup, scenario.captures[0].duration)
    };
    let (warmup, capture) = (Duration::from_secs(30), Duration::from_mins(1));
    assert_eq!(stages("gameplay=10min"), (warmup, capture));
    assert_eq!(
        stages("gameplay=30s"),
        (Duration::from_millis(500), Duration::from_secs(1))
    );
}

proptest! {
    /// Whatever the factor, each user is taken at most once, and arrivals follow the rate.
    #[test]
    fn every_scale_fits_its_own_users(factor in 0.001_f64..50.0) {
        let overrides = Overrides { scale: Some(factor), ..Overrides::default() };
        let scenario = overridden(&overrides);
        prop_assert!(scenario.is_ok(), "{scenario:?}");
        let scenario = scenario.unwrap();
        let (rate, _) = figures_of(&scenario.stages[1].streams[0]);
        prop_assert!((rate - 300.0 * factor).abs() < 1e-6);
        let users = scenario.users.as_ref().unwrap().count as f64;
        prop_assert!((users - 100.0 * factor).abs() <= 1.0);
    }
}

#[test]
fn all_mistakes_are_told_with_what_there_is() {
    let mistakes = |overrides: &Overrides| overridden(overrides).unwrap_err();
    insta::assert_snapshot!(mistakes(&Overrides {
        rates: texts(&["apj=600/s", "api", "api=600", "init/events=1/s"]),
        scale: Some(-1.0),
        durations: texts(&["gamplay=60s", "10", "0s"]),
        users: Some(0),
    }));
    insta::assert_snapshot!(mistakes(&Overrides {
        durations: texts(&["init=60s"]),
        ..Overrides::default()
    }));
}

#[test]
fn overrides_are_kept_as_they_are_written() {
    let overrides = Overrides {
        rates: texts(&["api=600/s"]),
        scale: Some(0.1),
        durations: texts(&["gameplay=60s"]),
        users: Some(5),
    };
    assert_eq!(
        overrides.as_written(),
        [
            "--duration gameplay=60s",
            "--scale 0.1",
            "--rate api=600/s",
            "--users 5"
        ]
    );
}

#[test]
fn rows_that_are_taken_once_must_suffice_and_users_must_be_there() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("rows.csv"), "id\n1\n2\n").unwrap();
    let text = r#"format = 1
name = "test"
[data.rows]
file = "rows.csv"
pick = "unique"
[actions.buy]
http = "GET /${rows.id}"
[[stages]]
name = "load"
duration = "1s"
[[stages.streams]]
name = "api"
rate = "2/s"
mix = { buy = 1 }
"#;
    let mistakes = |overrides: &Overrides| {
        let mut scenario = Scenario::parse(&dir.path().join("test.toml"), text).unwrap();
        overrides.apply(&mut scenario).unwrap_err().to_string()
    };
    insta::assert_snapshot!(mistakes(&Overrides {
        rates: texts(&["api=3/s"]),
        ..Overrides::default()
    }));
    insta::assert_snapshot!(mistakes(&Overrides {
        users: Some(3),
        ..Overrides::default()
    }));
}
