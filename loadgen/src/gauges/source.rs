//! One source of gauges: looked for before the run, read while it goes on.

use super::reading::{Depth, Reading};
#[cfg(target_os = "linux")]
use super::{cgroup, find::Wanted, host, process::Processes, thread_cpu::thread_cpu_us};
use crate::scenario::{Addresses, GaugeKind, GaugeSpec, Gauges, ProcessBy};

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
    Cgroup(std::path::PathBuf),
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
            GaugeKind::Process { by, tree } => vec![process(&spec.name, by, *tree, addresses)],
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
    fn processes(name: &str, wanted: Wanted, tree: bool, what: &str) -> Self {
        let (processes, found) = Processes::find(wanted, tree);
        let kind = Kind::Processes(processes);
        let mut source = Self::new(&format!("process/{name}"), what, kind);
        if let Err(problem) = found {
            source.note(problem);
        }
        source
    }
}

#[cfg(target_os = "linux")]
fn process(name: &str, by: &ProcessBy, tree: bool, addresses: &Addresses) -> Source {
    let (wanted, what) = match by {
        ProcessBy::Pid(pid) => (Wanted::Pid(pid.cast_signed()), format!("process {pid}")),
        ProcessBy::Port(port) => (Wanted::Port(*port), format!("who listens on port {port}")),
        ProcessBy::Name(of) => (Wanted::Name(of.clone()), format!("processes called {of}")),
        ProcessBy::Address(of) => match addresses.local_port(of) {
            Ok(port) => (Wanted::Port(port), format!("who listens on port {port}")),
            Err(problem) => return absent(name, format!("who listens at {of}"), problem),
        },
        ProcessBy::Cgroup(text) => {
            let what = format!("cgroup {text}");
            return match cgroup::find(text) {
                Ok(folder) => Source::new(&format!("process/{name}"), what, Kind::Cgroup(folder)),
                Err(problem) => absent(name, what, problem),
            };
        }
    };
    let and_more = if tree { " and what they started" } else { "" };
    Source::processes(name, wanted, tree, &format!("{what}{and_more}"))
}

#[cfg(not(target_os = "linux"))]
fn process(name: &str, _: &ProcessBy, _: bool, _: &Addresses) -> Source {
    let problem = "processes are read on Linux only".to_owned();
    absent(name, "a process".to_owned(), problem)
}

fn absent(name: &str, what: String, problem: String) -> Source {
    let mut source = Source::new(&format!("process/{name}"), what, Kind::Nothing);
    source.note(problem);
    source
}
