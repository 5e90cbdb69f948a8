//! Actions that are functions of the program: however they end, every arrival is accounted for.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use brunt_loadgen::{Actions, Arrival, Failure, Scenario, check, check_with};
use brunt_record::{Ending, Record};
use support::functions::{assert_adds_up, record_of, scenario, total, try_run};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// Panics of functions are wanted here, and not worth a line each.
fn silence_the_engine() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some("engine") {
                usual(panic);
            }
        }));
    });
}

/// Panics when it is dropped, as a function may that is given up.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "dropped");
    }
}

/// Every way in which a function can end, in turn, with few places that must all come back.
#[tokio::test(flavor = "multi_thread")]
async fn however_a_function_ends_its_arrival_is_accounted_for() {
    silence_the_engine();
    let threads = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&threads);
    let actions = Actions::new()
        .add("work", move |arrival: Arrival| {
            let thread = std::thread::current();
            seen.lock().unwrap().insert((
                thread.name().map(str::to_owned),
                format!("{:?}", thread.id()),
            ));
            let n = arrival.ordinal();
            assert!(n % 8 != 1, "at once");
            async move {
                match n % 8 {
                    0 => tokio::task::yield_now().await,
                    2 => {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                        panic!("later, in arrival {n}");
                    }
                    3 => return Err(Failure::new("Sold Out", "nothing is left")),
                    4 => std::future::pending().await,
                    5 => {
                        let _bomb = Bomb;
                        std::future::pending::<()>().await;
                    }
                    6 => {
                        TcpStream::connect("127.0.0.1:1").await?;
                    }
                    _ => {
                        // The engine's thread is none on which to wait.
                        tokio::task::block_in_place(|| {});
                    }
                }
                Ok(())
            }
        })
        .add("quick", |_| async { Ok(()) });
    let text = scenario(
        "[actions.work]\ncode = true\ntimeout = \"100ms\"\n[actions.quick]\ncode = true\n",
        "work = 4, quick = 1",
        "100/s",
        "2s",
        "max_in_flight = 4\n",
    );
    let record = record_of(&actions, &text, 2).await;
    let work = total(&record, "work");
    assert_eq!((work.offered, work.unsent), (160, 0));
    // A machine that stands still for 100 ms turns any of them into a timeout.
    let late = work.failures["timeout"] - 40;
    assert!(work.ok <= 20 && work.ok + late >= 20, "{work:?}");
    for (kind, most) in [("panic", 60), ("sold-out", 20), ("connect", 20)] {
        let n = work.failures[kind];
        assert!(n <= most && n + late >= most, "{kind}: {work:?}");
    }
    assert_eq!(work.failures.len(), 4, "{work:?}");
    assert_eq!(total(&record, "quick").ok, 40);
    assert_eq!(record.manifest.completeness.ending, Ending::Complete);
    let action = &record.manifest.plan.actions[0];
    let called = (action.protocol.as_str(), action.call.as_str());
    assert!(called.0 == "code" && called.1.starts_with("function "));

    let messages = |kind: &str| {
        let of_kind = record.errors.iter().filter(|e| e.kind == kind);
        of_kind.map(|e| e.message.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(messages("sold-out"), ["nothing is left"; 5]);
    assert_eq!(messages("timeout"), ["no response within 100ms"; 5]);
    let panics = messages("panic");
    assert!(
        panics.contains(&"the function panicked: at once"),
        "{panics:?}"
    );
    let threads = threads.lock().unwrap();
    assert_eq!(threads.len(), 2);
    assert!(
        threads
            .iter()
            .all(|(name, _)| name.as_deref() == Some("engine"))
    );
}

/// Counts who is alive.
struct Alive(Arc<AtomicU64>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_given_up_when_the_run_is_stopped() {
    let alive = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&alive);
    let actions = Actions::new().add("work", move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let alive = Alive(Arc::clone(&counted));
        async move {
            let _alive = alive;
            std::future::pending().await
        }
    });
    let text = scenario(
        "[actions.work]\ncode = true\ntimeout = \"10min\"\n",
        "work = 1",
        "50/s",
        "10min",
        "max_in_flight = 5\n",
    );
    let temp = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let (outcome, ()) = tokio::join!(
        try_run(&actions, &text, temp.path(), 1, stop.clone()),
        async {
            while alive.load(Ordering::SeqCst) < 5 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            stop.cancel();
        }
    );
    let record = Record::open(&outcome.unwrap().dir).unwrap();
    assert_adds_up(&record);
    let work = total(&record, "work");
    assert_eq!(
        work.failures,
        BTreeMap::from([("interrupted".to_owned(), 5)])
    );
    assert_eq!(work.unsent, work.offered - 5);
    assert_eq!(record.manifest.completeness.ending, Ending::Interrupted);
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_do_not_fit_the_scenario_are_all_named_before_anything_is_sent() {
    let text = scenario(
        "[addresses]\nhttp = \"http://127.0.0.1:1\"\n[actions.browse]\nhttp = \"GET /\"\n[actions.reserve]\ncode = true\n[actions.pay]\ncode = true\n",
        "browse = 1, reserve = 1, pay = 1",
        "1/s",
        "1s",
        "",
    );
    let none = Actions::new();
    let work = |_: Arrival| async { Ok(()) };
    let some = Actions::new()
        .add("pay", work)
        .add("pay", work)
        .add("browse", work)
        .add("resrve", work);
    let scenario = Scenario::parse(Path::new("test.toml"), &text).unwrap();
    let temp = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    for actions in [none, some] {
        let error = check_with(&actions, &scenario).unwrap_err().to_string();
        let stop = CancellationToken::new();
        let outcome = try_run(&actions, &text, temp.path(), 1, stop).await;
        assert_eq!(outcome.unwrap_err().to_string(), error);
        told.push(error);
    }
    assert_eq!(check(&scenario).unwrap_err().to_string(), told[0]);
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    insta::assert_snapshot!(told.join("\n\n"));
}
