//! The thread that reads all sources, once a second and at the end of every stage.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use brunt_record::{GaugeSource, GaugeWriter, RecordError};
use tokio::sync::{oneshot, watch};
use tokio::task::LocalSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::reading::{Depth, Reading};
use super::source::Source;
use crate::clock::Clock;
use crate::scenario::{Addresses, Gauges, Scenario};

const SECOND_US: u64 = 1_000_000;
/// Seconds between two thorough readings.
const TENS: u64 = 10;
/// No reading may take longer: the end of the run waits for the last one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sources that were found, and a thread that waits to read them.
pub(crate) struct Sampler {
    begin: oneshot::Sender<Begin>,
    thread: JoinHandle<Result<Vec<GaugeSource>, RecordError>>,
}

/// A sampler at work.
pub(crate) struct Sampling {
    edges: watch::Sender<u32>,
    /// A run that fails ends its sampler too.
    stop: DropGuard,
    thread: JoinHandle<Result<Vec<GaugeSource>, RecordError>>,
}

/// What the thread needs of a run that begins.
struct Begin {
    writer: GaugeWriter,
    clock: Clock,
    edges: watch::Receiver<u32>,
    stop: CancellationToken,
}

impl Sampler {
    /// Looks for all sources of `scenario` and opens their connections, before the clock of the run
    /// begins.
    pub(crate) async fn open(scenario: &Scenario) -> std::io::Result<Self> {
        let (gauges, addresses) = (scenario.gauges.clone(), scenario.addresses.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (begin, run) = oneshot::channel::<Begin>();
        let (opened, ready) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("gauges".to_owned())
            .spawn(move || {
                // Connections belong to the runtime that opened them.
                LocalSet::new().block_on(&runtime, async move {
                    let sources = open_all(&gauges, &addresses).await;
                    let _ = opened.send(());
                    match run.await {
                        Ok(begin) => read_all(sources, begin).await,
                        // The run never began.
                        Err(_) => Ok(Vec::new()),
                    }
                })
            })?;
        // Where the thread has ended, its panic comes with the end of the run.
        let _ = ready.await;
        Ok(Self { begin, thread })
    }

    /// Begins to read.
    pub(crate) fn begin(self, writer: GaugeWriter, clock: Clock) -> Sampling {
        let (edges, stop) = (watch::Sender::new(0), CancellationToken::new());
        let begin = Begin {
            writer,
            clock,
            edges: edges.subscribe(),
            stop: stop.clone(),
        };
        let _ = self.begin.send(begin);
        Sampling {
            edges,
            stop: stop.drop_guard(),
            thread: self.thread,
        }
    }
}

impl Sampling {
    /// Who tells that a stage is over, by counting one up.
    pub(crate) fn edges(&self) -> watch::Sender<u32> {
        self.edges.clone()
    }

    /// Ends after the reading that is under way, and tells what was read.
    pub(crate) fn finish(self) -> Result<Vec<GaugeSource>, RecordError> {
        drop(self.stop);
        // The run is worth more than what was read beside it.
        self.thread.join().unwrap_or_else(|_| {
            Ok(vec![GaugeSource {
                name: "process/generator".to_owned(),
                what: "the generator".to_owned(),
                problems: vec!["the thread that reads has failed".to_owned()],
            }])
        })
    }
}

async fn open_all(gauges: &Gauges, addresses: &Addresses) -> Vec<Source> {
    let mut sources = Source::always(gauges);
    for spec in &gauges.sources {
        sources.extend(Source::open(spec, addresses).await);
    }
    sources
}

/// Reads every source in a task of its own, so that a slow one holds up no other.
async fn read_all(sources: Vec<Source>, begin: Begin) -> Result<Vec<GaugeSource>, RecordError> {
    let Begin {
        writer,
        clock,
        edges,
        stop,
    } = begin;
    let writer = Rc::new(RefCell::new(writer));
    let tasks: Vec<_> = sources
        .into_iter()
        .map(|source| {
            let task = SourceTask {
                source,
                writer: Rc::clone(&writer),
                clock,
                edges: edges.clone(),
            };
            tokio::task::spawn_local(task.work(stop.clone()))
        })
        .collect();
    let mut told = Vec::new();
    for task in tasks {
        match task.await {
            Ok(source) => told.push(source?),
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    if let Some(writer) = Rc::into_inner(writer) {
        writer.into_inner().finish()?;
    }
    Ok(told)
}

struct SourceTask {
    source: Source,
    writer: Rc<RefCell<GaugeWriter>>,
    clock: Clock,
    edges: watch::Receiver<u32>,
}

impl SourceTask {
    async fn work(mut self, stop: CancellationToken) -> Result<GaugeSource, RecordError> {
        self.read(Depth::Edge(0)).await?;
        let mut second = 1;
        loop {
            let depth = tokio::select! {
                // A stage that was over before the run was still has its snapshot.
                biased;
                Ok(()) = self.edges.changed() => Depth::Edge(*self.edges.borrow_and_update()),
                () = stop.cancelled() => break,
                () = self.clock.sleep_until_async(second * SECOND_US) => {
                    let depth = if second.is_multiple_of(TENS) { Depth::Tens } else { Depth::Second };
                    second = (self.clock.now_us() / SECOND_US).max(second) + 1;
                    depth
                }
            };
            self.read(depth).await?;
        }
        Ok(GaugeSource {
            name: self.source.name,
            what: self.source.what,
            problems: self.source.problems,
        })
    }

    async fn read(&mut self, depth: Depth) -> Result<(), RecordError> {
        let at_us = self.clock.now_us();
        let reading = tokio::time::timeout(PATIENCE, self.source.read(depth)).await;
        let reading = reading.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            self.source.note(format!("no answer within {seconds} s"));
            Reading::default()
        });
        let (rows, statements) = reading.rows(&self.source.name, at_us);
        let mut writer = self.writer.borrow_mut();
        if !rows.is_empty() {
            writer.append(&rows)?;
        }
        if !statements.is_empty() {
            writer.append_statements(&statements)?;
        }
        Ok(())
    }
}
