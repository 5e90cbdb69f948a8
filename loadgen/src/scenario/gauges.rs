//! What is read of processes, host and databases while the load goes on.

use std::fmt;

/// What is read, beside the generator itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// Is the machine of the generator read?
    pub host: bool,
    /// What else.
    pub sources: Vec<GaugeSpec>,
}

impl Default for Gauges {
    fn default() -> Self {
        Self {
            host: true,
            sources: Vec::new(),
        }
    }
}

impl Gauges {
    /// Puts `spec` in the place of the source of the same kind and name, or adds it.
    pub fn set(&mut self, spec: GaugeSpec) {
        let same = |known: &&mut GaugeSpec| {
            known.name == spec.name
                && std::mem::discriminant(&known.kind) == std::mem::discriminant(&spec.kind)
        };
        match self.sources.iter_mut().find(same) {
            Some(known) => *known = spec,
            None => self.sources.push(spec),
        }
    }
}

/// One source of gauges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaugeSpec {
    /// Slug; a process, an endpoint and a database may have the same.
    pub name: String,
    /// What it is.
    pub kind: GaugeKind,
}

impl GaugeSpec {
    /// As records name it.
    pub fn title(&self) -> String {
        let kind = match self.kind {
            GaugeKind::Process { .. } => "process",
        };
        format!("{kind}/{}", self.name)
    }
}

/// What a source of gauges is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GaugeKind {
    /// Processes on the machine of the generator, counted as one.
    Process {
        /// Which.
        by: ProcessBy,
        /// And all that they start?
        tree: bool,
    },
}

/// How processes are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessBy {
    /// By id.
    Pid(u32),
    /// Whoever listens on this TCP port.
    Port(u16),
    /// Whoever listens at this address of the scenario: `http`, `grpc`, `admin`.
    Address(String),
    /// All of this name.
    Name(String),
    /// All in this control group: its path, or a part of its name as the id of a container is.
    Cgroup(String),
}

/// A text that is used and shown nowhere: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
