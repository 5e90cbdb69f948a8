//! Which processes a scenario means.

use std::collections::BTreeSet;

use procfs::net::TcpState;
use procfs::process::{FDTarget, Process, all_processes};

/// Where processes are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The process with this id.
    Pid(i32),
    /// Whoever listens on this TCP port.
    Port(u16),
    /// All of this name.
    Name(String),
}

impl Wanted {
    /// The processes that are meant, without those that they have started; an error says why there
    /// are none.
    pub(super) fn find(&self) -> Result<Vec<i32>, String> {
        let found = match self {
            Self::Pid(pid) => Process::new(*pid).map(|p| vec![p.pid]).unwrap_or_default(),
            Self::Port(port) => listeners(*port),
            Self::Name(name) => named(name),
        };
        if found.is_empty() {
            return Err(match self {
                Self::Pid(pid) => format!("there is no process {pid}"),
                Self::Port(port) => {
                    format!("nobody whom this user may look at listens on port {port}")
                }
                Self::Name(name) => format!("no process is called {name:?}"),
            });
        }
        Ok(found)
    }
}

/// Whoever holds a listening socket of `port`, but not those that have it from their parent.
fn listeners(port: u16) -> Vec<i32> {
    let tables = [procfs::net::tcp(), procfs::net::tcp6()];
    let sockets: BTreeSet<u64> = tables
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.state == TcpState::Listen && entry.local_address.port() == port)
        .map(|entry| entry.inode)
        .collect();
    if sockets.is_empty() {
        return Vec::new();
    }
    let holds = |process: &Process| {
        let descriptors = process.fd().into_iter().flatten().flatten();
        let mut targets = descriptors.map(|descriptor| descriptor.target);
        targets.any(|target| matches!(target, FDTarget::Socket(inode) if sockets.contains(&inode)))
    };
    let holders: Vec<Process> = processes().filter(holds).collect();
    elders(&holders)
}

/// By the name that the kernel has, which is cut off at 15 bytes, or that of the program's file.
fn named(name: &str) -> Vec<i32> {
    let is_called = |process: &Process| {
        let program = process.exe().ok();
        let file = program.as_deref().and_then(|path| path.file_name());
        file.is_some_and(|file| file == name) || process.stat().is_ok_and(|stat| stat.comm == name)
    };
    let called: Vec<Process> = processes().filter(is_called).collect();
    elders(&called)
}

fn processes() -> impl Iterator<Item = Process> {
    all_processes().into_iter().flatten().flatten()
}

/// Those of `processes` whose parent is none of them.
fn elders(processes: &[Process]) -> Vec<i32> {
    let pids: BTreeSet<i32> = processes.iter().map(|process| process.pid).collect();
    let parent = |process: &Process| process.stat().map_or(0, |stat| stat.ppid);
    let elders = processes.iter().filter(|p| !pids.contains(&parent(p)));
    elders.map(|process| process.pid).collect()
}

/// Those of `pids` that there are.
pub(super) fn opened(pids: &[i32]) -> Vec<Process> {
    pids.iter().flat_map(|pid| Process::new(*pid)).collect()
}

/// Those of `roots` that there are, all that they have started, and those in turn.
pub(super) fn with_descendants(roots: &[i32]) -> Vec<Process> {
    let mut known: BTreeSet<i32> = roots.iter().copied().collect();
    let mut all = opened(roots);
    let mut next = 0;
    while let Some(process) = all.get(next) {
        let tasks = process.tasks().into_iter().flatten().flatten();
        let children = tasks.flat_map(|task| task.children().unwrap_or_default());
        let children = children.map(u32::cast_signed);
        let new: Vec<i32> = children.filter(|child| known.insert(*child)).collect();
        all.extend(opened(&new));
        next += 1;
    }
    all
}
