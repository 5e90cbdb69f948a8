//! What a scenario takes from elsewhere: defaults, other files, the environment.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::Duration;

use brunt_loadgen::Scenario;
use brunt_loadgen::scenario::{Call, Load, Stream};
use brunt_record::{DataKind, sha256_hex};
use support::{Behaviour, Server, record_of_file};
use tokio_util::sync::CancellationToken;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn defaults_hold_where_nothing_else_is_said() {
    let text = r#"format = 1
name = "defaults"
proto = "x.proto"
[defaults]
timeout = "3s"
grace = "4s"
warmup = "1s"
max_in_flight = 7
headers = { X-User = "anybody", accept = "text/plain" }
[actions.plain]
http = "GET /"
[actions.own]
http = "GET /own"
timeout = "1s"
headers = { x-user = "me" }
[actions.event]
grpc = "a.B/C"
message = "{}"
[[stages]]
name = "prepare"
duration = "500ms"
judged = false
[[stages.streams]]
name = "main"
rate = "1/s"
mix = { plain = 1 }
[[stages]]
name = "load"
duration = "10s"
grace = "2s"
[[stages.streams]]
name = "main"
rate = "1/s"
max_in_flight = 3
mix = { own = 1, event = 1 }
[[stages.streams]]
name = "closed"
users = 2
mix = { own = 1 }
"#;
    let scenario = Scenario::parse(Path::new("defaults.toml"), text).unwrap();
    let headers = |index: usize| match &scenario.actions[index].call {
        Call::Http { headers, .. } => headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>(),
        Call::Grpc { .. } | Call::Code { .. } => vec![],
    };
    let of = |name: &str| {
        let index = scenario.actions.iter().position(|a| a.name == name);
        index.unwrap()
    };
    let bound = |stream: &Stream| match stream.load {
        Load::Open { max_in_flight, .. } => max_in_flight,
        Load::Closed(_) => panic!("{stream:?}"),
    };
    let seconds = Duration::from_secs;
    assert_eq!(scenario.actions[of("plain")].timeout, seconds(3));
    assert_eq!(scenario.actions[of("own")].timeout, seconds(1));
    assert_eq!(scenario.actions[of("event")].timeout, seconds(3));
    let mut plain = headers(of("plain"));
    plain.sort();
    assert_eq!(plain, ["accept: text/plain", "x-user: anybody"]);
    let mut own = headers(of("own"));
    own.sort();
    assert_eq!(own, ["accept: text/plain", "x-user: me"]);
    let stages: Vec<_> = scenario
        .stages
        .iter()
        .map(|s| (s.grace, s.warmup, bound(&s.streams[0])))
        .collect();
    assert_eq!(
        stages,
        [(seconds(4), Duration::ZERO, 7), (seconds(2), seconds(1), 3)]
    );
}

const SECRET_HEADER: &str = "authorization";

/// A file in parts, with a token from the environment, runs; its record has the parts as they were
/// written, and the token nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_in_parts_runs_and_its_record_keeps_the_parts_without_secrets() {
    let secret = std::env::var("CARGO_PKG_DESCRIPTION").unwrap();
    let server = Server::start(Behaviour {
        fail_every: 2,
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let actions = format!(
        r#"[actions.work]
http = "GET /job/${{ordinal}}"
headers = {{ {SECRET_HEADER} = "${{env:CARGO_PKG_DESCRIPTION}}" }}
"#
    );
    let main = format!(
        r#"format = 1
name = "parts"
include = ["actions.toml"]
[addresses]
http = "http://{}:${{env:BRUNT_NOT_SET:-{}}}"
[[stages]]
name = "load"
duration = "1s"
[[stages.streams]]
name = "main"
rate = "20/s"
mix = {{ work = 1 }}
"#,
        server.address.ip(),
        server.address.port()
    );
    write(
        temp.path(),
        &[("main.toml", &main), ("actions.toml", &actions)],
    );
    let results = temp.path().join("results");
    let file = temp.path().join("main.toml");
    let record = record_of_file(&results, &file, CancellationToken::new()).await;

    assert_eq!(server.seen(), 20);
    assert_eq!(
        *server.behaviour.authorization.lock().unwrap(),
        [secret.clone()].into(),
        "the service gets the token"
    );
    assert_eq!(record.scenario().unwrap(), main.as_bytes());
    let [include] = &record.manifest.scenario.includes[..] else {
        panic!("{:?}", record.manifest.scenario);
    };
    assert_eq!(include.name, "actions.toml");
    assert_eq!(record.manifest.files[&include.file], include.sha256);
    let kept = std::fs::read_to_string(record.dir.join(&include.file)).unwrap();
    assert_eq!(kept, actions);
    assert!(!record.errors.is_empty());
    for entry in walk(&record.dir) {
        let text = String::from_utf8_lossy(&std::fs::read(&entry).unwrap()).into_owned();
        assert!(!text.contains(&secret), "{}", entry.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_tells_the_files_that_requests_are_made_of_apart_and_has_no_copy() {
    let server = Server::start(Behaviour::default()).await;
    let main = format!(
        r#"format = 1
name = "files"
[addresses]
http = "http://{}"
[data.players]
file = "players.csv"
[actions.upload]
http = "POST /job/${{players.id}}"
file = "body.bin"
[[stages]]
name = "load"
duration = "1s"
[[stages.streams]]
name = "main"
rate = "5/s"
mix = {{ upload = 1 }}
"#,
        server.address
    );
    let mut digests = Vec::new();
    for player in ["first-token", "other-token"] {
        let temp = tempfile::tempdir().unwrap();
        let players = format!("id\n{player}\n");
        write(
            temp.path(),
            &[
                ("main.toml", &main),
                ("players.csv", &players),
                ("body.bin", "a body with a token"),
            ],
        );
        let file = temp.path().join("main.toml");
        let results = temp.path().join("results");
        let record = record_of_file(&results, &file, CancellationToken::new()).await;
        for entry in walk(&record.dir) {
            let text = String::from_utf8_lossy(&std::fs::read(&entry).unwrap()).into_owned();
            assert!(!text.contains("token"), "{}", entry.display());
        }
        let data = record.manifest.scenario.data.unwrap();
        let named: Vec<_> = data.iter().map(|file| (file.kind, &*file.name)).collect();
        assert_eq!(
            named,
            [(DataKind::DataSet, "players"), (DataKind::Body, "upload")]
        );
        assert_eq!(data[0].sha256, sha256_hex(players.as_bytes()));
        assert_eq!(data[1].sha256, sha256_hex(b"a body with a token"));
        digests.push(data[0].sha256.clone());
    }
    assert_ne!(digests[0], digests[1]);
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
