//! `scenarios/player-session.toml` against the real service, as somebody at a terminal runs it.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use brunt_loadgen::Scenario;
use brunt_loadgen::plan::user_id;
use brunt_record::{ActionTotals, Record};
use challenge_service::rewards::{Mock, MockArgs};
use challenge_service::service::Service;
use challenge_service::settings::Settings;

/// The service and its reward mock, until this is dropped.
struct Running {
    http: SocketAddr,
    grpc: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

fn start(folder: &Path) -> Running {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (http, grpc) = runtime.block_on(async {
        let mock = Mock::bind(MockArgs {
            listen: any,
            latency_min: Duration::from_millis(5),
            latency_max: Duration::from_millis(5),
            seed: 1,
        });
        let mock = mock.await.unwrap();
        let rewards = format!("http://{}", mock.address);
        tokio::spawn(mock.run(std::future::pending()));
        let service = Service::bind(Settings {
            database: format!("sqlite:{}", folder.join("challenge.db").display()).into(),
            http: any,
            grpc: any,
            admin: any,
            rewards: rewards.into(),
            allow_mock_user: true,
            ..Settings::of_phase("phase9").unwrap()
        });
        let service = service.await.unwrap();
        let (http, grpc) = (service.addresses.http, service.addresses.grpc);
        tokio::spawn(service.run(std::future::pending()));
        (http, grpc)
    });
    Running {
        http,
        grpc,
        _runtime: runtime,
    }
}

/// What the service says of all goals of a player.
fn goals_of(address: SocketAddr, user: &str) -> String {
    get(address, "/challenge/v1/challenges", user)
}

fn get(address: SocketAddr, path: &str, user: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nx-mock-user: {user}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

#[test]
fn players_claim_what_their_session_has_carried() {
    let temp = tempfile::tempdir().unwrap();
    let service = start(temp.path());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("scenarios/player-session.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    // The same steps with hardly a pause.
    let shorter = text
        .replace("\"500ms\"", "\"5ms\"")
        .replace("[\"1s\", \"3s\"]", "[\"5ms\", \"20ms\"]")
        .replace("exponential = \"1s\"", "exponential = \"10ms\"")
        .replace("pause = \"1s\"", "pause = \"5ms\"")
        .replace("process = \"poisson\"\n", "")
        .replace("127.0.0.1:8000", &service.http.to_string())
        .replace("127.0.0.1:8001", &service.grpc.to_string())
        .replace("../service", &root.join("service").display().to_string());
    let file = temp.path().join("player-session.toml");
    std::fs::write(&file, &shorter).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(["run", "player-session.toml", "--quiet", "--duration", "4s"])
        .args(["--metrics", "127.0.0.1:0"])
        .current_dir(temp.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut line).unwrap();
    let metrics = line.trim().strip_prefix("metrics: http://");
    let metrics = metrics.and_then(|m| m.strip_suffix("/metrics")).unwrap();
    // The first seconds of four are there in time, on however slow a machine.
    let sessions = loop {
        let metrics = get(metrics.parse().unwrap(), "/metrics", "");
        if metrics.contains("brunt_sessions_ok_total{stage=\"visits\",session=\"player\"}") {
            break metrics;
        }
        assert!(child.try_wait().unwrap().is_none(), "{metrics}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(!sessions.contains("action=\"player\""), "{sessions}");
    let output = child.wait_with_output().unwrap();
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let dir = String::from_utf8_lossy(&output.stdout);
    let record = Record::open(&temp.path().join(dir.trim())).unwrap();
    assert_eq!(record.problems(), []);

    let manifest = &record.manifest;
    let of = |name: &str| -> &ActionTotals {
        let all = manifest.totals.iter().chain(&manifest.session_totals);
        let mut named = all.filter(|total| total.action == name);
        named.next().unwrap()
    };
    let players = of("player");
    assert_eq!(
        (players.offered, players.ok),
        (20, 20),
        "{players:?} {:?}",
        record.errors
    );
    for (action, of_each) in [
        ("initialise", 1),
        ("choose-goals", 1),
        ("play", 3),
        ("check", 1),
        ("claim", 1),
    ] {
        let total = of(action);
        assert_eq!(
            (total.offered, total.ok),
            (20 * of_each, 20 * of_each),
            "{total:?}"
        );
    }
    let browsed = of("browse");
    assert_eq!(browsed.offered, browsed.ok);
    assert!((21..=60).contains(&browsed.ok), "{browsed:?}");

    // Each session was another player, who has claimed the goal that the session found completed.
    let scenario = Scenario::parse(&file, &shorter).unwrap();
    let template = &scenario.users.as_ref().unwrap().id;
    for index in 0..20 {
        let user = user_id(template, index, scenario.seed);
        let goals = goals_of(service.http, &user);
        assert_eq!(goals.matches("\"status\":\"claimed\"").count(), 1, "{user}");
    }
    let nobody = goals_of(service.http, &user_id(template, 20, scenario.seed));
    assert!(!nobody.contains("claimed\""), "{nobody}");
}
