//! What the settings of stages and streams come to at a real server.

#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use brunt_loadgen::plan::{Plan, PlannedLoad};
use brunt_loadgen::{RunOptions, Scenario, run};
use brunt_record::{Ending, Record};
use support::{Behaviour, Server, options, record_of, record_of_file, run_in, scenario};
use tokio_util::sync::CancellationToken;

/// Every arrival comes once and not before it is due, whatever makes it due. How long after that
/// depends on the machine, and is what the record says.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_before_it_is_due() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(
        temp.path().join("recorded.csv"),
        "us\n5000\n5000\n700000\n1900000\n",
    )
    .unwrap();
    for settings in [
        "rate = \"40/s\"",
        "rate = \"0/s -> 60/s\"",
        "ramp = [{ at = \"0s\", rate = \"0/s\" }, { at = \"1s\", rate = \"0/s\" }, { at = \"1s\", rate = \"40/s\" }]",
        "rate = \"10/s\"\nspike = { rate = \"90/s\", at = \"500ms\", for = \"500ms\" }",
        "rate = \"40/s\"\nprocess = \"poisson\"",
        "rate = \"10/s\"\nprocess = \"poisson\"\nspike = { rate = \"90/s\", at = \"1s\", for = \"500ms\" }",
        "replay = \"recorded.csv\"",
        "replay = \"recorded.csv\"\nspeed = 0.5",
    ] {
        let server = Server::start(Behaviour::default()).await;
        let text = scenario(server.address, "1/s", "2s", "").replace("rate = \"1/s\"", settings);
        let file = temp.path().join("test.toml");
        std::fs::write(&file, &text).unwrap();
        let (scenario, _) = Scenario::read(&file).unwrap();
        let plan = Plan::new(&scenario);
        let PlannedLoad::Open { arrivals, .. } = &plan.stages[0].streams[0].load else {
            panic!("{settings}");
        };
        let record = record_of_file(temp.path(), &file, CancellationToken::new()).await;

        let mut came = server.behaviour.came.lock().unwrap().clone();
        came.sort_unstable();
        let numbers: Vec<u64> = came.iter().map(|(number, _)| *number).collect();
        assert_eq!(
            numbers,
            (0..arrivals.count()).collect::<Vec<_>>(),
            "{settings}"
        );
        let started_us = record.manifest.started_at.as_microsecond();
        let mut due = arrivals.cursor();
        for (number, at) in came {
            let at_us = jiff::Timestamp::try_from(at).unwrap().as_microsecond() - started_us;
            let due_us = due.due_us(number).cast_signed();
            // The two clocks may drift apart by a hair.
            assert!(
                at_us + 5_000 >= due_us,
                "{settings}: {number} came at {at_us}, due {due_us}"
            );
        }
    }
}

/// With three threads too, which share the places among them.
#[tokio::test(flavor = "multi_thread")]
async fn no_more_requests_are_in_flight_than_the_stream_may_have() {
    for (most, threads) in [(3, 1), (2, 3), (1, 3), (5, 2)] {
        let server = Server::start(Behaviour {
            delay: Duration::from_millis(20),
            ..Behaviour::default()
        })
        .await;
        let temp = tempfile::tempdir().unwrap();
        let bound = format!("max_in_flight = {most}\n");
        let text = scenario(server.address, "100/s", "1s", &bound).replace("\"3s\"", "\"1min\"");
        let scenario = Scenario::parse(Path::new("test.toml"), &text).unwrap();
        let options = RunOptions {
            threads: Some(threads),
            ..options(temp.path())
        };
        let outcome = run(&scenario, &text, options, CancellationToken::new(), |_| {}).await;
        let record = Record::open(&outcome.unwrap().dir).unwrap();
        assert_eq!(record.problems(), []);
        assert_eq!(record.manifest.totals[0].ok, 100);
        let seen = server.behaviour.most_at_work.load(Ordering::SeqCst);
        assert!(seen <= most, "{seen} of {most} on {threads} threads");
    }
}

/// Ten arrivals of 300 ms, one at a time, take three seconds in a stage of one.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_until_the_grace_is_over() {
    for (grace, all) in [("1min", true), ("0s", false)] {
        let server = Server::start(Behaviour {
            delay: Duration::from_millis(300),
            ..Behaviour::default()
        })
        .await;
        let temp = tempfile::tempdir().unwrap();
        let text = scenario(server.address, "10/s", "1s", "max_in_flight = 1\n")
            .replace("\"3s\"", &format!("\"{grace}\""));
        let record = record_of(temp.path(), &text, CancellationToken::new()).await;
        let total = &record.manifest.totals[0];
        assert_eq!(total.unsent == 0, all, "{grace}: {total:?}");
        assert_eq!(server.seen(), total.ok, "{grace}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_run_side_by_side_and_stages_one_after_the_other() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let stream = |name: &str, rate: &str, mix: &str| {
        format!("[[stages.streams]]\nname = \"{name}\"\nrate = \"{rate}\"\nmix = {{ {mix} }}\n")
    };
    let text = format!(
        r#"format = 1
name = "test"
[addresses]
http = "http://{}"
[actions.first]
http = "GET /job/1"
[actions.second]
http = "GET /job/2"
[actions.third]
http = "GET /job/3"
[[stages]]
name = "prepare"
duration = "1s"
judged = false
{}[[stages]]
name = "load"
duration = "2s"
warmup = "1s"
{}{}"#,
        server.address,
        stream("main", "20/s", "first = 1"),
        stream("api", "20/s", "second = 3, third = 1"),
        stream("events", "10/s", "third = 1"),
    );
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let stages = &record.manifest.plan.stages;
    let judged: Vec<(bool, u64)> = stages.iter().map(|s| (s.judged, s.warmup_us)).collect();
    assert_eq!(judged, [(false, 0), (true, 1_000_000)]);
    let totals = record.manifest.totals.iter();
    let totals: Vec<_> = totals.map(|t| (&*t.stage, &*t.action, t.ok)).collect();
    assert_eq!(
        totals,
        [
            ("prepare", "first", 20),
            ("load", "second", 30),
            ("load", "third", 30)
        ]
    );
    let came = server.behaviour.came.lock().unwrap().clone();
    let last_first = came.iter().rposition(|(number, _)| *number == 1).unwrap();
    assert_eq!(last_first, 19, "the stages do not overlap");
    let begun = stages[1].started_us.unwrap();
    assert!(begun >= stages[0].drained_us.unwrap() && begun.is_multiple_of(1_000_000));
    // Both streams are due in each second, warm-up included.
    for second in [begun / 1_000_000, begun / 1_000_000 + 1] {
        let rows = record.counts.iter().filter(|row| row.second == second);
        let offered: Vec<u64> = rows.map(|row| row.offered).collect();
        assert_eq!(offered, [15, 15], "{second}");
    }
}

/// Of an exponential pause nothing is certain but that it ends.
#[tokio::test(flavor = "multi_thread")]
async fn users_think_for_as_long_as_they_are_told_at_least() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let mut text = format!(
        "format = 1\nname = \"test\"\n[addresses]\nhttp = \"http://{}\"\n",
        server.address
    );
    for number in 0..3 {
        writeln!(text, "[actions.of-{number}]\nhttp = \"GET /job/{number}\"").unwrap();
    }
    text += "[[stages]]\nname = \"load\"\nduration = \"10s\"\n";
    for (number, think) in [
        "\"200ms\"",
        "{ uniform = [\"200ms\", \"300ms\"] }",
        "{ exponential = \"10ms\" }",
    ]
    .iter()
    .enumerate()
    {
        writeln!(
            text,
            "[[stages.streams]]\nname = \"s-{number}\"\nusers = 2\nthink = {think}\niterations = 3\nmix = {{ of-{number} = 1 }}"
        )
        .unwrap();
    }
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let came = server.behaviour.came.lock().unwrap().clone();
    for number in 0..3 {
        assert_eq!(record.manifest.totals[number].ok, 6, "{number}");
        let times = came.iter().filter(|(of, _)| *of == number as u64);
        let times: Vec<_> = times.map(|(_, at)| *at).collect();
        // Two pauses lie between the first and the third request of a user.
        let apart = times[5].duration_since(times[0]).unwrap();
        let least = if number < 2 { 390 } else { 0 };
        assert!(apart >= Duration::from_millis(least), "{number}: {apart:?}");
    }
}

/// Their numbers are those of no other request of the run, and begin far from 0.
#[tokio::test(flavor = "multi_thread")]
async fn users_take_the_rows_of_a_data_set_from_the_first_on() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("jobs.csv"), "n\n0\n1\n2\n3\n4\n5\n6\n").unwrap();
    let text = scenario(server.address, "1/s", "10s", "users = 2\niterations = 2\n")
        .replace("rate = \"1/s\"\n", "")
        .replace("${ordinal}", "${jobs.n}?of=${ordinal}")
        .replace(
            "[actions.work]",
            "[data.jobs]\nfile = \"jobs.csv\"\n[actions.work]",
        )
        + "[[stages.streams]]\nname = \"more\"\nusers = 1\niterations = 9\nmix = { work = 1 }\n";
    let scenario = Scenario::parse(&temp.path().join("test.toml"), &text).unwrap();
    // Several threads share the numbers of a stream among them, and leave some out.
    let options = RunOptions {
        threads: Some(1),
        ..options(temp.path())
    };
    let outcome = run(&scenario, &text, options, CancellationToken::new(), |_| {}).await;
    let record = Record::open(&outcome.unwrap().dir).unwrap();
    assert_eq!(record.problems(), []);
    assert_eq!(record.manifest.totals[0].ok, 4 + 9);
    let came = server.behaviour.came.lock().unwrap().clone();
    let mut rows: Vec<u64> = came.iter().map(|(row, _)| *row).collect();
    rows.sort_unstable();
    // 0 to 3 of the one stream, and 0 to 6, 0 and 1 of the other.
    assert_eq!(rows, [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6]);
}

/// Every kind of threshold, each against a server that crosses it for certain.
#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_of_every_kind_ends_the_run() {
    let slow = |delay| Behaviour {
        delay: Duration::from_millis(delay),
        ..Behaviour::default()
    };
    let failing = Behaviour {
        fail_every: 1,
        ..Behaviour::default()
    };
    for (threshold, behaviour) in [
        ("p50 > 100ms for 1s", slow(150)),
        ("p99.9 > 100ms for 2s", slow(150)),
        ("p90 > 1h for 1s", failing),
        (
            "failed > 50 % for 1s",
            Behaviour {
                fail_every: 1,
                ..Behaviour::default()
            },
        ),
        ("in_flight > 3 for 1s", slow(1_000)),
    ] {
        let server = Server::start(behaviour).await;
        let temp = tempfile::tempdir().unwrap();
        let text = scenario(server.address, "20/s", "10min", "");
        let text = format!("abort_when = [\"{threshold}\"]\n{text}");
        let started = Instant::now();
        let outcome = run_in(temp.path(), &text, CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(outcome.ending, Ending::Aborted, "{threshold}");
        let reason = outcome.reason.unwrap();
        let named = format!("threshold \"{threshold}\" of the scenario: from second ");
        assert!(reason.starts_with(&named), "{reason}");
        assert!(started.elapsed() < Duration::from_mins(9), "{threshold}");
    }
}
