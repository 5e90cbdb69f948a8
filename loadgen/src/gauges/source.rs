//! One source of gauges: looked for before the run, read while it goes on.

use std::path::PathBuf;
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use super::postgres::Postgres;
use super::prometheus::Endpoint;
use super::reading::{Depth, Reading};
use super::redis::Redis;
use super::sqlite;
#[cfg(target_os = "linux")]
use super::{cgroup, find::Wanted, host, process::Processes, thread_cpu::thread_cpu_us};
use crate::scenario::{
    Addresses, EndpointAt, GaugeKind, GaugeSpec, Gauges, ProcessBy, Wildcard, is_loopback_host,
};

/// A source that is read during the run.
pub(super) struct Source {
    /// `KIND/NAME`, or `host`.
    pub(super) name: String,
    /// What it is, without credentials.
    pub(super) what: String,
    /// What could not be read, each once.
    pub(super) problems: Vec<String>,
    kind: Kind,
}

enum Kind {
    #[cfg(target_os = "linux")]
    Host,
    #[cfg(target_os = "linux")]
    Generator(Processes),
    #[cfg(target_os = "linux")]
    Processes(Processes),
    #[cfg(target_os = "linux")]
    Cgroup(PathBuf),
    Prometheus(Endpoint),
    Postgres(Box<Postgres>),
    Sqlite(PathBuf),
    Redis(Redis),
    /// It was not found, and is not looked for again.
    Nothing,
}

impl Source {
    /// Those that no scenario need name: the generator itself, and its machine.
    #[cfg(target_os = "linux")]
    pub(super) fn always(gauges: &Gauges) -> Vec<Self> {
        let pid = std::process::id().cast_signed();
        let (processes, _) = Processes::find(Wanted::Pid(pid), false);
        let kind = Kind::Generator(processes);
        let mut sources = vec![Self::new("process/generator", "the generator", kind)];
        if gauges.host {
            let host = Self::new("host", "the machine of the generator", Kind::Host);
            sources.push(host);
        }
        sources
    }

    /// Nothing can be read here.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn always(_: &Gauges) -> Vec<Self> {
        Vec::new()
    }

    /// The sources that the scenario wants by `spec`; where one is not there, that is noted.
    pub(super) async fn open(spec: &GaugeSpec, addresses: &Addresses) -> Vec<Self> {
        match &spec.kind {
            GaugeKind::Process { by, tree } => vec![process(&spec.title(), by, *tree, addresses)],
            GaugeKind::Prometheus { at, metrics } => {
                vec![endpoint(&spec.title(), at, metrics, addresses)]
            }
            GaugeKind::Postgres { url } => postgres(spec, &url.0).await,
            GaugeKind::Sqlite { file } => {
                let what = format!("the SQLite database {}", file.display());
                vec![Self::new(&spec.title(), what, Kind::Sqlite(file.clone()))]
            }
            GaugeKind::Redis { url } => vec![redis(&spec.title(), &url.0)],
        }
    }

    fn new(name: &str, what: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            what: what.into(),
            problems: Vec::new(),
            kind,
        }
    }

    fn absent(name: &str, what: impl Into<String>, problem: String) -> Self {
        let mut source = Self::new(name, what, Kind::Nothing);
        source.note(problem);
        source
    }

    /// Reads it once.
    pub(super) async fn read(&mut self, depth: Depth) -> Reading {
        let mut reading = Reading::default();
        let result = match &mut self.kind {
            #[cfg(target_os = "linux")]
            Kind::Host => {
                host::read(&mut reading);
                Ok(())
            }
            #[cfg(target_os = "linux")]
            Kind::Generator(processes) => {
                reading.add_if("sampler_cpu_us_total", thread_cpu_us());
                processes.read(depth, &mut reading)
            }
            #[cfg(target_os = "linux")]
            Kind::Processes(processes) => processes.read(depth, &mut reading),
            #[cfg(target_os = "linux")]
            Kind::Cgroup(folder) => cgroup::read(folder, &mut reading),
            Kind::Prometheus(endpoint) => endpoint.read(&mut reading).await,
            Kind::Postgres(postgres) => {
                let mut found = Vec::new();
                let mut note = |problem| found.push(problem);
                postgres.read(depth, &mut reading, &mut note).await;
                for problem in found {
                    self.note(problem);
                }
                Ok(())
            }
            Kind::Sqlite(path) => sqlite::read(path, &mut reading),
            Kind::Redis(redis) => redis.read(&mut reading).await,
            Kind::Nothing => Ok(()),
        };
        if let Err(problem) = result {
            self.note(problem);
        }
        reading
    }

    /// Notes what could not be read, once.
    pub(super) fn note(&mut self, problem: String) {
        if !self.problems.contains(&problem) {
            tracing::debug!(source = self.name, problem, "not measured");
            self.problems.push(problem);
        }
    }

    #[cfg(target_os = "linux")]
    fn processes(title: &str, wanted: Wanted, tree: bool, what: &str) -> Self {
        let (processes, found) = Processes::find(wanted, tree);
        let kind = Kind::Processes(processes);
        let mut source = Self::new(title, what, kind);
        if let Err(problem) = found {
            source.note(problem);
        }
        source
    }
}

#[cfg(target_os = "linux")]
fn process(title: &str, by: &ProcessBy, tree: bool, addresses: &Addresses) -> Source {
    let (wanted, what) = match by {
        ProcessBy::Pid(pid) => (Wanted::Pid(pid.cast_signed()), format!("process {pid}")),
        ProcessBy::Port(port) => (Wanted::Port(*port), format!("who listens on port {port}")),
        ProcessBy::Name(of) => (Wanted::Name(of.clone()), format!("processes called {of}")),
        ProcessBy::Address(of) => match addresses.local_port(of) {
            Ok(port) => (Wanted::Port(port), format!("who listens on port {port}")),
            Err(problem) => {
                let what = format!("who listens at {of}");
                return Source::absent(title, what, problem);
            }
        },
        ProcessBy::Cgroup(text) => {
            let what = format!("cgroup {text}");
            return match cgroup::find(text) {
                Ok(folder) => Source::new(title, what, Kind::Cgroup(folder)),
                Err(problem) => Source::absent(title, what, problem),
            };
        }
    };
    let and_more = if tree { " and what they started" } else { "" };
    Source::processes(title, wanted, tree, &format!("{what}{and_more}"))
}

#[cfg(not(target_os = "linux"))]
fn process(title: &str, _: &ProcessBy, _: bool, _: &Addresses) -> Source {
    let problem = "processes are read on Linux only".to_owned();
    Source::absent(title, "a process", problem)
}

fn endpoint(title: &str, at: &EndpointAt, metrics: &[Wildcard], addresses: &Addresses) -> Source {
    let url = match at {
        EndpointAt::Url(url) => url.clone(),
        EndpointAt::Address { name, path } => match addresses.known(name) {
            Ok(address) => format!("{address}{path}"),
            Err(problem) => {
                return Source::absent(title, format!("metrics at {name}"), problem);
            }
        },
    };
    let what = format!("metrics at {url}");
    match url.parse() {
        Ok(uri) => {
            let endpoint = Endpoint::new(uri, metrics.to_vec());
            Source::new(title, what, Kind::Prometheus(endpoint))
        }
        Err(error) => Source::absent(title, what, error.to_string()),
    }
}

/// The database and, where it is on this machine, the processes of its server.
async fn postgres(spec: &GaugeSpec, url: &str) -> Vec<Source> {
    let title = spec.title();
    let Ok(options) = PgConnectOptions::from_str(url) else {
        // The error might hold a part of the URL.
        let problem = "the URL cannot be read".to_owned();
        return vec![Source::absent(&title, "PostgreSQL", problem)];
    };
    let (local, port) = (is_loopback_host(options.get_host()), options.get_port());
    let mut postgres = Postgres::new(options);
    let mut problems = Vec::new();
    postgres
        .connect(&mut |problem| problems.push(problem))
        .await;
    let version = postgres.version().map(|version| {
        let (major, minor) = (version / 10_000, version % 10_000);
        format!(" {major}.{minor}")
    });
    let what = format!(
        "PostgreSQL{} at {}",
        version.unwrap_or_default(),
        postgres.place()
    );
    let mut source = Source::new(&title, what, Kind::Postgres(Box::new(postgres)));
    source.problems = problems;
    let mut sources = vec![source];
    if local {
        let title = format!("process/postgres-{}", spec.name);
        let by = ProcessBy::Port(port);
        sources.push(process(&title, &by, true, &Addresses::default()));
    }
    sources
}

fn redis(title: &str, url: &str) -> Source {
    match ::redis::Client::open(url) {
        Ok(client) => {
            let what = format!("Redis at {}", client.get_connection_info().addr());
            Source::new(title, what, Kind::Redis(Redis::new(client)))
        }
        Err(_) => Source::absent(title, "Redis", "the URL cannot be read".to_owned()),
    }
}
