//! The reference service and its reward mock, up and ready.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use brunt_loadgen::scenario::{Addresses, GaugeKind, GaugeSpec, ProcessBy};
use challenge_service::settings::ServeArgs;
use clap::{Args as _, Command, FromArgMatches as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::process::Process;

/// Migrations on a slow disk included.
const START_PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);
/// As the plans call the database of the service.
const DATABASE: &str = "main";

/// A running service; it stops when this is dropped.
pub(crate) struct Service {
    /// Where its parts listen.
    pub(crate) addresses: Addresses,
    /// Its processes and its database, for the record.
    pub(crate) gauges: Vec<GaugeSpec>,
    // Dropped in this order: nobody loses its reward platform while it finishes.
    _challenges: Process,
    _rewards: Process,
}

impl Service {
    /// Starts the service as `phase` with more `flags` on `database`, and waits until it is healthy.
    pub(crate) async fn start(
        phase: &str,
        flags: &[String],
        database: &str,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let ports = free_ports()?;
        let [http, grpc, admin, rewards] = ports;
        let rewards_text = rewards.to_string();
        let mut mock = Process::start(
            "reward-mock",
            &[
                "serve",
                "--stop-with-stdin",
                "rewards",
                "--listen",
                &rewards_text,
                // Nobody asks there: any free port.
                "--admin",
                "127.0.0.1:0",
            ],
            &[],
            folder,
        )?;
        let args = told(phase, flags, ports);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let serve = ["serve", "--stop-with-stdin", "challenges"];
        let mut service = Process::start(
            "challenge-service",
            &[&serve[..], &args].concat(),
            // Arguments can be read by everybody on the machine, and a URL may hold a password.
            &[("CHALLENGE_DATABASE", database)],
            folder,
        )?;
        let started = Instant::now();
        for address in [rewards, http] {
            while !healthy(address).await {
                mock.check()?;
                service.check()?;
                if started.elapsed() > START_PATIENCE {
                    bail!("{address} is not healthy after {START_PATIENCE:?}");
                }
                tokio::time::sleep(POLL).await;
            }
        }
        let process = |name: &str, process: &Process| GaugeSpec {
            name: name.to_owned(),
            kind: GaugeKind::Process {
                by: ProcessBy::Pid(process.id()),
                tree: false,
            },
        };
        let mut gauges = vec![process("service", &service), process("reward-mock", &mock)];
        gauges.extend(GaugeKind::database(database).ok().map(|kind| GaugeSpec {
            name: DATABASE.to_owned(),
            kind,
        }));
        Ok(Self {
            gauges,
            addresses: Addresses {
                http: Some(format!("http://{http}")),
                grpc: Some(format!("http://{grpc}")),
                admin: Some(format!("http://{admin}")),
                ..Addresses::default()
            },
            _challenges: service,
            _rewards: mock,
        })
    }
}

/// Whether the service would take this `phase` and these `flags`; else everything that is wrong with them.
pub(crate) fn check(phase: &str, flags: &[String]) -> Result<(), String> {
    let nowhere = [SocketAddr::from(([127, 0, 0, 1], 0)); 4];
    let command = ServeArgs::augment_args(Command::new("challenges").no_binary_name(true));
    let matches = command
        .try_get_matches_from(told(phase, flags, nowhere))
        .map_err(|error| error.to_string())?;
    let args = ServeArgs::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    args.settings().map(drop).map_err(|error| error.to_string())
}

/// The arguments of a service that listens for HTTP, gRPC and its administrator, and has its rewards
/// from the last of `ports`.
fn told(phase: &str, flags: &[String], ports: [SocketAddr; 4]) -> Vec<String> {
    let [http, grpc, admin, rewards] = ports.map(|address| address.to_string());
    let own = [
        ("--phase", phase.to_owned()),
        ("--http", http),
        ("--grpc", grpc),
        ("--admin", admin),
        ("--reward-url", format!("http://{rewards}")),
    ];
    let own = own
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value]);
    let own = own.chain(["--allow-mock-user".to_owned()]);
    own.chain(flags.iter().cloned()).collect()
}

/// Ports that nobody listens on at this moment, all different.
fn free_ports() -> anyhow::Result<[SocketAddr; 4]> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listeners = [bind()?, bind()?, bind()?, bind()?];
    let mut addresses = [SocketAddr::from(([127, 0, 0, 1], 0)); 4];
    for (address, listener) in addresses.iter_mut().zip(&listeners) {
        *address = listener.local_addr().context("a free port")?;
    }
    Ok(addresses)
}

async fn healthy(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200"))
    };
    tokio::time::timeout(Duration::from_secs(2), ask)
        .await
        .is_ok_and(|answer| answer.unwrap_or(false))
}
