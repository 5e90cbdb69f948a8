//! Runs against a real server over real sockets.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant, SystemTime};

use brunt_record::{Ending, Measure};
use support::{Behaviour, Server, merged, options, record_of, run_in, scenario};
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn every_arrival_is_sent_once_and_accounted_for() {
    let server = Server::start(Behaviour {
        fail_every: 10,
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "200/s", "2s", "");
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;

    assert_eq!(server.seen(), 400);
    let total = &record.manifest.totals[0];
    assert_eq!(
        (total.offered, total.ok, total.failed, total.unsent),
        (400, 360, 40, 0)
    );
    assert_eq!(total.failures["http-503"], 40);
    assert_eq!(record.manifest.completeness.ending, Ending::Complete);
    assert_eq!(record.scenario().unwrap(), text.as_bytes());
    assert_eq!(record.errors.len(), 5, "the first few of a kind are kept");
    assert_eq!(record.errors[0].message, "HTTP 503 Service Unavailable");
    for measure in Measure::ALL {
        assert_eq!(merged(&record, measure).len(), 360, "{measure:?}");
    }
    let offered: Vec<u64> = record
        .counts
        .iter()
        .map(|row| row.offered)
        .filter(|n| *n > 0)
        .collect();
    assert_eq!(
        offered,
        [200, 200],
        "arrivals count in the second in which they were due"
    );
}

/// One run for each process; how many arrivals are due in each of its two seconds follows from it.
#[tokio::test(flavor = "multi_thread")]
async fn every_process_is_offered_as_planned() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let mut sent = 0;
    for (settings, process, mean_per_s, offered) in [
        (
            "rate = \"0/s -> 200/s\"",
            "ramp 0/s at 0s, 200/s at 2s",
            100.0,
            // The 50th arrival is due after exactly a second.
            Some([50, 150]),
        ),
        (
            "ramp = [{ at = \"0s\", rate = \"90/s\" }, { at = \"1s\", rate = \"90/s\" }, { at = \"1s\", rate = \"30/s\" }]",
            "ramp 90/s at 0s, 90/s at 1s, 30/s at 1s",
            60.0,
            Some([90, 30]),
        ),
        (
            "rate = \"50/s\"\nspike = { rate = \"250/s\", at = \"1s\", for = \"500ms\" }",
            "spike 50/s, 250/s at 1s for 500ms",
            100.0,
            Some([50, 150]),
        ),
        (
            "rate = \"80/s\"\nprocess = \"poisson\"",
            "poisson",
            80.0,
            None,
        ),
    ] {
        let text = scenario(server.address, "1/s", "2s", "").replace("rate = \"1/s\"", settings);
        let record = record_of(temp.path(), &text, CancellationToken::new()).await;
        let stream = &record.manifest.plan.stages[0].streams[0];
        assert_eq!(stream.process, process);
        assert!(
            (stream.rate_per_s.unwrap() - mean_per_s).abs() < 1e-9,
            "{stream:?}"
        );
        assert_eq!(stream.rates.is_empty(), process == "poisson", "{stream:?}");
        let in_second = |second: u64| -> u64 {
            let rows = record.counts.iter().filter(|row| row.second == second);
            rows.map(|row| row.offered).sum()
        };
        if let Some(offered) = offered {
            assert_eq!([in_second(0), in_second(1)], offered, "{settings}");
        }
        assert_eq!(
            Some(record.manifest.totals[0].ok),
            stream.arrivals,
            "{settings}"
        );
        sent += stream.arrivals.unwrap();
        assert_eq!(server.seen(), sent, "{settings}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_sent_again_on_several_threads() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("recorded.csv"), "0\n0.8\n0.8\n3.8\n4\n").unwrap();
    let text = scenario(server.address, "1/s", "2s", "")
        .replace("rate = \"1/s\"", "replay = \"recorded.csv\"\nspeed = 2");
    std::fs::write(temp.path().join("test.toml"), &text).unwrap();
    let (scenario, text) = brunt_loadgen::Scenario::read(&temp.path().join("test.toml")).unwrap();
    let options = brunt_loadgen::RunOptions {
        threads: Some(3),
        ..options(temp.path())
    };
    let outcome = brunt_loadgen::run(&scenario, &text, options, CancellationToken::new(), |_| {})
        .await
        .unwrap();
    let record = brunt_record::Record::open(&outcome.dir).unwrap();
    assert_eq!(record.problems(), []);
    let offered: Vec<(u64, u64)> = record
        .counts
        .iter()
        .filter(|row| row.offered > 0)
        .map(|row| (row.second, row.offered))
        .collect();
    // What was recorded at 4 s is due with the end of the stage, and so is left out.
    assert_eq!(offered, [(0, 3), (1, 1)]);
    assert_eq!(server.seen(), 4);
    let stream = &record.manifest.plan.stages[0].streams[0];
    assert!(
        stream
            .process
            .starts_with("replay of recorded.csv (sha256 ")
            && stream.process.ends_with(") at speed 2"),
        "{stream:?}"
    );
    let kept = std::fs::read(record.dir.join("replays/1-recorded.csv")).unwrap();
    assert_eq!(kept, b"0\n0.8\n0.8\n3.8\n4\n");
    let digest = &record.manifest.files["replays/1-recorded.csv"];
    assert!(stream.process.contains(&digest[..12]), "{stream:?}");

    // What the scenario was checked with is not there any more.
    std::fs::write(temp.path().join("recorded.csv"), "0\n").unwrap();
    let options = support::options(temp.path());
    let error = brunt_loadgen::run(&scenario, &text, options, CancellationToken::new(), |_| {})
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("recorded.csv has changed since it was read"),
        "{error}"
    );
    let records = std::fs::read_dir(temp.path()).unwrap();
    let records = records.filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(records.count(), 1, "no record of nothing");
    assert_eq!(server.seen(), 4);
}

/// At 100/s a stall of 1 s holds up 100 arrivals for 1.00, 0.99, … 0.01 s. Of 300 arrivals, the
/// 95th percentile (15 slower ones) waits 0.85 s; a slow machine can only add to that.
///
/// With one place in flight it can add no more than is seen at the server: an arrival comes there after
/// the one before it was done.
#[tokio::test(flavor = "multi_thread")]
async fn a_stall_is_seen_by_every_arrival_that_was_due_in_it() {
    for settings in ["", "max_in_flight = 1\n"] {
        let stall = Some((Duration::from_secs(1), Duration::from_secs(2)));
        let server = Server::start(Behaviour {
            stall,
            ..Behaviour::default()
        })
        .await;
        let temp = tempfile::tempdir().unwrap();
        let text = scenario(server.address, "100/s", "3s", settings);
        let record = record_of(temp.path(), &text, CancellationToken::new()).await;
        let over = SystemTime::now();
        let responses = merged(&record, Measure::Response);
        assert_eq!(responses.len(), 300);
        let (p95, max) = (responses.value_at_quantile(0.95), responses.max());
        assert!(p95 >= 840_000, "{p95}");
        assert!(max >= 980_000, "{max}");
        if settings.is_empty() {
            continue;
        }
        let started_us = record.manifest.started_at.as_microsecond();
        let came = server.behaviour.came.lock().unwrap().clone();
        let done_by = came.iter().skip(1).map(|(_, at)| *at).chain([over]);
        let mut most: Vec<i64> = came
            .iter()
            .zip(done_by)
            .map(|((number, _), done)| {
                let done_us = jiff::Timestamp::try_from(done).unwrap().as_microsecond();
                done_us - started_us - 10_000 * number.cast_signed()
            })
            .collect();
        most.sort_unstable();
        for (seen, most) in [(p95, most[284]), (max, most[299])] {
            // Three digits of the histogram; and the two clocks may drift apart by a hair.
            let most = most as f64 * 1.001 + 5_000.0;
            assert!(seen as f64 <= most, "{seen} of at most {most}");
        }
    }
}

/// One place in flight and 300 ms a request serve 10 of 100 arrivals in the stage and its grace.
#[tokio::test(flavor = "multi_thread")]
async fn arrivals_that_find_no_place_wait_or_stay_unsent() {
    let server = Server::start(Behaviour {
        delay: Duration::from_millis(300),
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text =
        scenario(server.address, "100/s", "1s", "max_in_flight = 1\n").replace("\"3s\"", "\"2s\"");
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let total = &record.manifest.totals[0];
    assert_eq!(total.offered, 100);
    assert!((1..=11).contains(&total.ok), "{total:?}");
    assert_eq!(total.unsent, 100 - total.ok);
    let generator = record.manifest.generator.as_ref().unwrap();
    assert_eq!(generator.saturated, ["load/main"]);
    let [times] = &generator.saturations[..] else {
        panic!("{generator:?}");
    };
    // The first arrival has a place; the last one is due 10 ms before the end of the stage.
    assert_eq!(times.stream, "load/main");
    assert!((10_000..=990_000).contains(&times.first_us), "{times:?}");
    assert_eq!(times.last_us, 990_000);
    let (response, service) = (
        merged(&record, Measure::Response),
        merged(&record, Measure::Service),
    );
    assert!(
        service.max() < response.max(),
        "waiting counts in the response time only"
    );
    assert!(
        response.max() >= 600_000,
        "the third request has waited for two others"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_leaves_a_whole_record_of_failures() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "100/s", "3s", "");
    let (record, ()) = tokio::join!(
        record_of(temp.path(), &text, CancellationToken::new()),
        async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            server.kill();
        }
    );
    let total = &record.manifest.totals[0];
    assert_eq!((total.offered, total.unsent), (300, 0));
    assert!(total.ok > 0 && total.failed > 0, "{total:?}");
    assert!(
        total
            .failures
            .keys()
            .all(|kind| ["connect", "connection-lost"].contains(&&**kind)),
        "{total:?}"
    );
    assert_eq!(record.manifest.completeness.ending, Ending::Complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_keeps_its_record() {
    let server = Server::start(Behaviour {
        delay: Duration::from_secs(4),
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "50/s", "10min", "max_in_flight = 5\n");
    let stop = CancellationToken::new();
    let (record, ()) = tokio::join!(record_of(temp.path(), &text, stop.clone()), async {
        while server.behaviour.first.get().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.cancel();
    });
    let total = &record.manifest.totals[0];
    assert_eq!(total.failures.get("interrupted"), Some(&5), "{total:?}");
    assert_eq!(total.unsent, total.offered - 5);
    assert_eq!(record.manifest.completeness.ending, Ending::Interrupted);
}

/// A server that needs 300 ms is too slow from its first full window on; the stage has ten minutes.
#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_ends_the_run_and_keeps_its_record() {
    let server = Server::start(Behaviour {
        delay: Duration::from_millis(300),
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "50/s", "10min", "");
    let text = text.replace(
        "grace = ",
        "abort_when = [\"failed > 50 % for 1s\", \"p95 > 200ms for 2s\"]\ngrace = ",
    );
    let outcome = run_in(temp.path(), &text, CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(outcome.ending, Ending::Aborted);
    let reason = outcome.reason.unwrap();
    assert!(
        reason.starts_with("threshold \"p95 > 200ms for 2s\" of stage \"load\": from second "),
        "{reason}"
    );
    let record = brunt_record::Record::open(&outcome.dir).unwrap();
    assert_eq!(record.problems(), []);
    let completeness = &record.manifest.completeness;
    assert_eq!(completeness.ending, Ending::Aborted);
    assert_eq!(completeness.reason.as_ref(), Some(&reason));
    let total = &record.manifest.totals[0];
    assert!((1..30_000).contains(&total.offered), "{total:?}");
    assert_eq!(total.offered, total.ok + total.failed + total.unsent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_that_is_not_crossed_changes_nothing() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "50/s", "2s", "");
    let text =
        format!("abort_when = [\"failed > 0 % for 1s\", \"in_flight > 5000 for 1s\"]\n{text}");
    let outcome = run_in(temp.path(), &text, CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((outcome.ending, outcome.reason), (Ending::Complete, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_down_ends_the_run_before_it_begins() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(address, "100/s", "1s", "");
    let started = Instant::now();
    let error = run_in(temp.path(), &text, CancellationToken::new())
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert!(error.to_string().contains("hint:"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(
        std::fs::read_dir(temp.path()).unwrap().count(),
        0,
        "no record of nothing"
    );
}
