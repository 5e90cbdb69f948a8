//! One timer for every thread.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use super::phase::{Phase, ticks_due};
use super::tally::Tally;
use super::{Place, Sampled, process_cpu, threads};
use crate::native::{Session, ThreadTimer, thread_cpu_time};

/// How often new threads are looked for, and stacks fetched.
const LOOK: Duration = Duration::from_millis(100);

pub(super) fn sample(frequency_hz: u32, until: &Receiver<()>) -> io::Result<Sampled> {
    let Some(session) = Session::begin()? else {
        return Err(io::Error::other("this process is sampled already"));
    };
    let mut sampler = Sampler {
        period: Duration::from_nanos(1_000_000_000 / u64::from(frequency_hz)),
        session,
        timers: HashMap::new(),
        tally: Tally::default(),
        refused: HashMap::new(),
    };
    let (started, begin, cpu) = (SystemTime::now(), Instant::now(), process_cpu());
    sampler.watch_threads(Since::Before)?;
    if sampler.timers.is_empty() {
        let refused = sampler.refused.into_values().next();
        return Err(refused.unwrap_or_else(|| io::Error::other("no thread has a timer")));
    }
    let mut goes_on = true;
    while goes_on {
        goes_on = until.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout);
        // Before threads that have ended are forgotten.
        sampler.fetch();
        sampler.watch_threads(Since::Within)?;
    }
    let (took, process_cpu) = (begin.elapsed(), process_cpu().saturating_sub(cpu));
    Ok(Sampled {
        started,
        took,
        period: sampler.period,
        process_cpu,
        untimed: sampler.refused.len() as u64,
        stacks: sampler.finish().finish(),
    })
}

struct Sampler {
    period: Duration,
    session: Session,
    timers: HashMap<u32, TimedThread>,
    refused: HashMap<u32, io::Error>,
    tally: Tally,
}

struct TimedThread {
    /// In the tally.
    name: usize,
    /// Absent when it is over.
    timer: Option<ThreadTimer>,
    /// Its CPU time when the timer was set.
    from: Duration,
    /// CPU time from then on until the first tick.
    first: Duration,
    /// Ticks so far.
    ticks: u64,
}

/// When a thread came into being.
#[derive(Clone, Copy, PartialEq)]
enum Since {
    /// Before the window began: what it had used by then does not count.
    Before,
    /// Since the last look: all that it has used belongs to the window.
    Within,
}

impl Sampler {
    /// Gives new threads a timer, and forgets those that have ended.
    fn watch_threads(&mut self, since: Since) -> io::Result<()> {
        let ids = threads::ids()?;
        self.timers.retain(|id, _| ids.contains(id));
        for id in ids {
            if !self.timers.contains_key(&id) && !self.refused.contains_key(&id) {
                self.watch(id, since);
            }
        }
        Ok(())
    }

    fn watch(&mut self, id: u32, since: Since) {
        // One that has ended meanwhile has neither a name nor a clock.
        let (Some(name), Ok(used)) = (threads::name(id), thread_cpu_time(id.cast_signed())) else {
            return;
        };
        let name = self.tally.name(&name);
        let within = match since {
            Since::Before => Duration::ZERO,
            Since::Within => used,
        };
        let phase = Phase::of(within, self.period, fastrand::f64());
        match self.session.time(id, phase.next, self.period) {
            Ok(timer) => {
                let thread = TimedThread {
                    name,
                    timer: Some(timer),
                    from: used,
                    first: phase.next,
                    ticks: 0,
                };
                self.timers.insert(id, thread);
                self.tally.add(name, Place::Unseen, phase.missed);
            }
            // It has ended.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
            Err(error) => {
                self.refused.insert(id, error);
            }
        }
    }

    fn fetch(&mut self) {
        let Self { timers, tally, .. } = self;
        let lost = self.session.drain(|thread, ticks, stack| {
            count(timers, tally, thread, ticks, stack);
        });
        count_lost(tally, lost);
    }

    /// Fetches what the last signals left behind.
    fn finish(self) -> Tally {
        let Self {
            session,
            mut timers,
            mut tally,
            period,
            ..
        } = self;
        let mut used = HashMap::new();
        for (id, timed) in &mut timers {
            timed.timer = None;
            // Of one that has ended nobody knows any more.
            if let Ok(now) = thread_cpu_time(id.cast_signed()) {
                used.insert(*id, now.saturating_sub(timed.from));
            }
        }
        let lost = session.drain_last(|thread, ticks, stack| {
            count(&mut timers, &mut tally, thread, ticks, stack);
        });
        count_lost(&mut tally, lost);
        for (id, used) in used {
            let timed = &timers[&id];
            let due = ticks_due(used, timed.first, period);
            tally.add(timed.name, Place::Between, due.saturating_sub(timed.ticks));
        }
        tally
    }
}

fn count(
    timers: &mut HashMap<u32, TimedThread>,
    tally: &mut Tally,
    thread: u32,
    ticks: u64,
    stack: &[usize],
) {
    let name = match timers.get_mut(&thread) {
        Some(timed) => {
            timed.ticks += ticks;
            timed.name
        }
        None => tally.name("ended"),
    };
    tally.add(name, Place::Stack(stack.into()), ticks);
}

fn count_lost(tally: &mut Tally, ticks: u64) {
    let name = tally.name("unknown");
    tally.add(name, Place::NoRoom, ticks);
}
