//! What a run tells while it goes on agrees with what its record says in the end.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use brunt_loadgen::{Progress, Update};
use support::{Behaviour, Server, run_watched, scenario};
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn the_seconds_of_every_action_add_up_to_the_record() {
    let server = Server::start(Behaviour {
        fail_every: 5,
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "50/s", "2s", "");
    let seconds: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let told = Arc::clone(&seconds);
    let record = run_watched(
        temp.path(),
        &text,
        CancellationToken::new(),
        move |update| {
            if let Update::Second(progress) = update {
                told.lock().unwrap().push(progress);
            }
        },
    )
    .await;

    let seconds = seconds.lock().unwrap();
    let last = seconds.last().unwrap();
    let totals: Vec<_> = last.actions.iter().map(|a| a.totals.clone()).collect();
    assert_eq!(totals, record.manifest.totals);
    let action = &last.actions[0];
    assert_eq!((action.sent, action.in_flight, action.waiting), (100, 0, 0));
    assert_eq!(action.totals.failures["http-503"], 20);

    let mut delivered = 0;
    for second in seconds.iter() {
        let of_actions = second.actions.iter().map(|a| a.delivered).sum::<u64>();
        assert_eq!(of_actions, second.delivered, "{second:?}");
        delivered += second.delivered;
        for action in &second.actions {
            let measured = action.delivered > 0;
            assert_eq!(action.response.is_some(), measured, "{action:?}");
            assert_eq!(action.lateness.is_some(), measured, "{action:?}");
            if let Some(q) = action.response {
                assert!(q.p50_us <= q.p95_us && q.p95_us <= q.p99_us, "{q:?}");
            }
        }
    }
    // The last update may stand for several seconds, in which nothing was due any more.
    assert!(delivered <= 80, "{delivered}");
    assert_eq!(action.totals.ok, 80);
    #[cfg(target_os = "linux")]
    assert!(seconds.iter().any(|second| second.cpu_us.is_some()));
}
