//! Processes: cpu, memory, threads, descriptors and context switches, from `/proc`.

use std::time::{Duration, Instant};

use procfs::process::{Process, Stat};

use super::find::{Wanted, opened, with_descendants};
use super::reading::{Depth, Reading};
use crate::machine::ticks_us;

/// A process that is gone is looked for this often: another one may take its place.
const AGAIN: Duration = Duration::from_secs(5);
/// Of more processes than these, what is dear is read every ten seconds only.
const FEW: usize = 8;

/// One process, or several that are counted as one.
pub(super) struct Processes {
    wanted: Wanted,
    /// Are those that they start part of them?
    tree: bool,
    roots: Vec<i32>,
    looked: Instant,
    /// Has there ever been one? If not, that was said when they were looked for.
    seen: bool,
}

impl Processes {
    /// Looks for them.
    pub(super) fn find(wanted: Wanted, tree: bool) -> (Self, Result<(), String>) {
        let found = wanted.find();
        let problem = found.as_ref().map(|_| ()).map_err(Clone::clone);
        let processes = Self {
            wanted,
            tree,
            seen: found.is_ok(),
            roots: found.unwrap_or_default(),
            looked: Instant::now(),
        };
        (processes, problem)
    }

    /// Reads them; an error where there is none any more.
    pub(super) fn read(&mut self, depth: Depth, reading: &mut Reading) -> Result<(), String> {
        let mut members = self.members();
        if members.is_empty() && self.looked.elapsed() > AGAIN {
            self.looked = Instant::now();
            self.roots = self.wanted.find().unwrap_or_default();
            members = self.members();
        }
        if members.is_empty() {
            let gone = || "there is no such process any more".to_owned();
            return if self.seen { Err(gone()) } else { Ok(()) };
        }
        self.seen = true;
        let dear = depth.is_thorough() || members.len() <= FEW;
        let mut sum = Sum::default();
        for (process, stat) in &members {
            sum.add(process, stat, dear);
        }
        sum.tell(self.tree, reading);
        Ok(())
    }

    /// Those that live.
    fn members(&self) -> Vec<(Process, Stat)> {
        let processes = if self.tree {
            with_descendants(&self.roots)
        } else {
            opened(&self.roots)
        };
        let living = processes.into_iter().filter_map(|process| {
            let stat = process.stat().ok()?;
            // Gone, but not yet waited for.
            (stat.state != 'Z').then_some((process, stat))
        });
        living.collect()
    }
}

/// All of them together.
#[derive(Default)]
struct Sum {
    processes: u64,
    user: u64,
    system: u64,
    resident_pages: u64,
    threads: u64,
    faults: u64,
    peak_bytes: u64,
    private_bytes: Option<u64>,
    descriptors: Option<u64>,
    voluntary: Option<u64>,
    involuntary: Option<u64>,
}

impl Sum {
    fn add(&mut self, process: &Process, stat: &Stat, dear: bool) {
        self.processes += 1;
        // With what has ended and was waited for, or the counter would fall when a backend ends.
        let ended = |ticks: i64| ticks.max(0).cast_unsigned();
        self.user += stat.utime + ended(stat.cutime);
        self.system += stat.stime + ended(stat.cstime);
        self.resident_pages += stat.rss;
        self.threads += stat.num_threads.max(0).cast_unsigned();
        self.faults += stat.majflt;
        if !dear {
            return;
        }
        if let Ok(status) = process.status() {
            let bytes = |kb: Option<u64>| kb.unwrap_or(0) * 1024;
            self.peak_bytes += bytes(status.vmhwm);
            *self.private_bytes.get_or_insert(0) += bytes(status.rssanon);
        }
        if let Ok(open) = process.fd_count() {
            *self.descriptors.get_or_insert(0) += open as u64;
        }
        // The status of a process has those of its first thread only.
        let tasks = process.tasks().into_iter().flatten().flatten();
        for status in tasks.filter_map(|task| task.status().ok()) {
            *self.voluntary.get_or_insert(0) += status.voluntary_ctxt_switches.unwrap_or(0);
            *self.involuntary.get_or_insert(0) += status.nonvoluntary_ctxt_switches.unwrap_or(0);
        }
    }

    fn tell(&self, tree: bool, reading: &mut Reading) {
        reading.add("cpu_user_us_total", ticks_us(self.user));
        reading.add("cpu_system_us_total", ticks_us(self.system));
        reading.add("memory_bytes", self.resident_pages * procfs::page_size());
        reading.add_if("memory_private_bytes", self.private_bytes);
        // Peaks of several processes are of different instants.
        if !tree && self.processes == 1 && self.peak_bytes > 0 {
            reading.add("memory_peak_bytes", self.peak_bytes);
        }
        reading.add("threads", self.threads);
        reading.add("page_reads_total", self.faults);
        reading.add_if("descriptors", self.descriptors);
        reading.add_if("switches_voluntary_total", self.voluntary);
        reading.add_if("switches_involuntary_total", self.involuntary);
        if tree {
            reading.add("processes", self.processes);
        }
    }
}
