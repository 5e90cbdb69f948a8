//! Requests that cannot be put together: they fail, and nobody is said to have served them.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_record::{Measure, Outcome};
use support::{Behaviour, Server, record_of_file, scenario};
use tokio_util::sync::CancellationToken;

/// Every second row of the data set holds what no header can.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_has_no_service_time() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(
        temp.path().join("players.jsonl"),
        "{\"name\": \"one\"}\n{\"name\": \"two\\nlines\"}\n",
    )
    .unwrap();
    let text = scenario(server.address, "40/s", "1s", "")
        .replace(
            "[actions.work]",
            "[data.players]\nfile = \"players.jsonl\"\n[actions.work]",
        )
        .replace(
            "timeout = ",
            "headers = { x-name = \"${players.name}\" }\ntimeout = ",
        );
    let file = temp.path().join("test.toml");
    std::fs::write(&file, text).unwrap();
    let record = record_of_file(temp.path(), &file, CancellationToken::new()).await;

    let total = &record.manifest.totals[0];
    assert_eq!(
        (total.offered, total.ok, total.failed, total.unsent),
        (40, 20, 20, 0)
    );
    assert_eq!(total.failures["protocol"], 20);
    assert_eq!(server.seen(), 20);
    let mut counted = Vec::new();
    let log = record.latencies().unwrap();
    for outcome in Outcome::ALL {
        for measure in Measure::ALL {
            let mut requests = 0;
            log.visit(
                |tag| tag.outcome == outcome && tag.measure == measure,
                |interval| requests += interval.histogram.len(),
            )
            .unwrap();
            counted.push((outcome, measure, requests));
        }
    }
    assert_eq!(
        counted,
        [
            (Outcome::Ok, Measure::Response, 20),
            (Outcome::Ok, Measure::Service, 20),
            (Outcome::Ok, Measure::Lateness, 20),
            (Outcome::Failed, Measure::Response, 20),
            (Outcome::Failed, Measure::Service, 0),
            (Outcome::Failed, Measure::Lateness, 20),
        ]
    );
}
