//! One run, from the scenario to the finished record.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use brunt_record::{Build, Ending, GaugeWriter, MarkKind, RecordWriter};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::attack::{UserWork, attack};
use super::capture::PlannedCapture;
use super::chronicle::Chronicle;
use super::closed::ClosedPart;
use super::conductor::{Conductor, StageControl};
use super::error::RunError;
use super::kept::Kept;
use super::lane::Lane;
use super::manifest::{draft, finish, health};
use super::post::{Part, Post, Shared};
use super::run_dir::{slug, unused};
use super::targets::{reach_targets, targets};
use super::worker::{Worker, Workers, threads_for};
use crate::client::{Actions, Caller, Clients, Common, Owners, Protos, log_in};
use crate::clock::Clock;
use crate::gauges::Sampler;
use crate::machine;
use crate::plan::{Plan, PlannedLoad};
use crate::recorder::{Progress, Recorded, Series, Shards, WriterThread};
use crate::scenario::{Call, Scenario, ScenarioError};

/// From the moment when every goose user waits for arrivals to the first arrival.
const LEAD: Duration = Duration::from_millis(50);
/// How long requests in flight may go on after the run was stopped.
const STOP_PATIENCE: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(5);
/// Goose wants a URL, and sends nothing there.
const NO_HOST: &str = "http://localhost";

/// What a run needs beside its scenario.
pub struct RunOptions {
    /// The milestone of the service under test.
    pub phase: String,
    /// Where records go; the run makes a directory of its own there.
    pub results: PathBuf,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// What was changed of the scenario, as the record is to keep it.
    pub overrides: Vec<String>,
    /// Threads that send; by default as few as carry the plan's highest rate.
    pub threads: Option<usize>,
    /// What is running.
    pub build: Build,
}

/// What a run leaves behind.
#[derive(Debug)]
pub struct RunOutcome {
    /// The record.
    pub dir: PathBuf,
    /// How it ended.
    pub ending: Ending,
    /// Why, where it did not run to its end.
    pub reason: Option<String>,
}

/// What a run tells while it goes on.
#[derive(Clone, Debug)]
pub enum Update {
    /// A stage begins.
    Stage {
        /// Its index in the plan.
        index: usize,
        /// The second of the run in which its first arrival is due.
        second: u64,
    },
    /// A second has passed.
    Second(Progress),
}

/// Runs `scenario`, whose file holds `text`, until its end, until `stop`, or until one of its
/// thresholds is crossed.
///
/// A run that is stopped keeps its record: what was in flight is given a moment, what was not sent
/// is counted as unsent.
pub async fn run(
    scenario: &Scenario,
    text: &str,
    options: RunOptions,
    stop: CancellationToken,
    watch: impl Fn(Update) + Send + Sync + 'static,
) -> Result<RunOutcome, RunError> {
    run_with(&Actions::new(), scenario, text, options, stop, watch).await
}

/// Runs `scenario`, those of whose actions that are code are the functions `actions`; else as [`run`].
pub async fn run_with(
    actions: &Actions,
    scenario: &Scenario,
    text: &str,
    options: RunOptions,
    stop: CancellationToken,
    watch: impl Fn(Update) + Send + Sync + 'static,
) -> Result<RunOutcome, RunError> {
    let watch = Arc::new(watch);
    actions.fit(scenario)?;
    let plan = Plan::new(scenario);
    reach_targets(scenario).await?;
    std::fs::create_dir_all(&options.results).map_err(|source| brunt_record::RecordError::Io {
        path: options.results.clone(),
        source,
    })?;
    let started = Timestamp::now();
    let id = format!(
        "{}-{}",
        started.strftime("%Y%m%d-%H%M%S"),
        slug(&options.phase)
    );
    let mut manifest = draft(scenario, text, &plan, &options, &id);
    let dir = unused(&options.results, &mut manifest.id);
    let callers = callers(scenario, actions, &manifest.id, &stop).await?;
    let series = Series::new(&plan, scenario);
    let threads = options.threads.unwrap_or_else(|| threads_for(&plan));
    let shards = Arc::new(Shards::new(threads, series, plan.stages.len()));
    let workers = Workers::start(threads, scenario, plan.has_due_times())?;
    let halt = stop.child_token();
    let kept = Kept::read(scenario)?;
    let sampler = Sampler::open(scenario).await.map_err(RunError::Thread)?;
    RecordWriter::reserve(&dir)?;
    kept.write(&dir)?;

    // From here on time counts; everything slow is done.
    let cpu_before_us = machine::process_cpu_us();
    let clock = Clock::starting_in(LEAD + start_up(&plan));
    manifest.started_at = Timestamp::try_from(clock.wall_epoch()).unwrap_or(started);
    let writer = RecordWriter::begin(&dir, &manifest, text.as_bytes())?;
    let sampling = sampler.begin(GaugeWriter::create(&dir)?, clock);
    let chronicle = Arc::new(Chronicle::open(&dir, sampling.edges())?);
    let sessions = scenario.actions.len()..scenario.actions.len() + scenario.sessions.len();
    let shared = Arc::new(Shared {
        callers,
        owners: sessions.map(|index| Owners::new(scenario, index)).collect(),
        shards: Arc::clone(&shards),
        clock,
        stop: halt.clone(),
        abandon: CancellationToken::new(),
    });
    let (stages, users) = posts(scenario, &plan, &shared, &workers);
    let host = host(scenario);
    let broken = halt.clone();
    let attack = tokio::spawn(async move {
        let result = Box::pin(attack(&host, users)).await;
        if result.is_err() {
            broken.cancel();
        }
        result
    });
    let watch_seconds = Arc::clone(&watch);
    let tell_second = move |progress: &Progress| {
        watch_seconds(Update::Second(progress.clone()));
    };
    let shards = Arc::clone(&shards);
    let thread = WriterThread::start(shards, writer, clock, scenario, halt.clone(), tell_second)
        .map_err(RunError::Thread)?;

    let conductor = Conductor {
        shared: Arc::clone(&shared),
        record: dir.clone(),
        chronicle: Arc::clone(&chronicle),
    };
    let conduct = conductor.conduct(stages, &mut manifest.plan.stages, |index, second| {
        watch(Update::Stage { index, second });
    });
    let trouble = async {
        // A record that cannot be written ends the run.
        while !thread.has_failed() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        halt.cancel();
        std::future::pending::<Infallible>().await
    };
    let conducted = tokio::select! {
        conducted = conduct => conducted,
        never = trouble => match never {},
    };
    settle(&shared, plan.stages.len(), scenario, &halt).await;
    let recorded = thread.finish()?;
    attack
        .await
        .map_err(|panic| RunError::Goose(panic.to_string()))?
        .map_err(RunError::Goose)?;
    drop(workers);
    let (ending, reason) = ending(&recorded, &stop);
    if let (Some(at_us), Some(reason)) = (conducted.stopped_us, &reason) {
        chronicle.mark(at_us, MarkKind::Abort, reason);
    }
    manifest.gauges = sampling.finish()?;
    let (lateness, saturations) = (recorded.lateness, conducted.saturations);
    manifest.generator = Some(health(cpu_before_us, clock, lateness, saturations));
    manifest.captures = conducted.captures;
    let dir = finish(manifest, recorded, ending, reason.clone())?;
    Ok(RunOutcome {
        dir,
        ending,
        reason,
    })
}

/// Goose wants to know it.
fn host(scenario: &Scenario) -> String {
    let addresses = &scenario.addresses;
    let host = addresses.http.as_ref().or(addresses.grpc.as_ref());
    host.map_or(NO_HOST, String::as_str).to_owned()
}

/// How the run ended, and why, where it did not run to its end.
fn ending(recorded: &Recorded, stop: &CancellationToken) -> (Ending, Option<String>) {
    match &recorded.crossed {
        Some(crossed) => (Ending::Aborted, Some(crossed.clone())),
        None if stop.is_cancelled() => {
            (Ending::Interrupted, Some("stopped by a signal".to_owned()))
        }
        None => (Ending::Complete, None),
    }
}

/// Everything about `scenario` that can be wrong before a target is reached, told at once: addresses that
/// actions need and that are not there, `.proto` files, requests that can never be sent. What only
/// reflection can tell is not checked.
pub fn check(scenario: &Scenario) -> Result<(), RunError> {
    check_with(&Actions::new(), scenario)
}

/// The same of a program with the functions `actions`.
pub fn check_with(actions: &Actions, scenario: &Scenario) -> Result<(), RunError> {
    actions.fit(scenario)?;
    let mut mistakes = targets(scenario).err().unwrap_or_default();
    let protos = Protos::of_files(scenario);
    // Without definitions nothing can be said of what needs them.
    let defined = matches!(protos, Ok(Some(_)));
    let protos = protos.unwrap_or_else(|mistake| {
        mistakes.push(mistake);
        None
    });
    let common = Arc::new(Common::new("check", protos).with(actions));
    for (index, action) in scenario.actions.iter().enumerate() {
        if defined || !matches!(action.call, Call::Grpc { .. }) {
            let found = Caller::new(scenario, index, &common).err();
            mistakes.extend(found.into_iter().flatten());
        }
    }
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(ScenarioError::of(mistakes).into())
    }
}

/// The callers of all actions; whoever is to log in has done so.
async fn callers(
    scenario: &Scenario,
    actions: &Actions,
    run: &str,
    stop: &CancellationToken,
) -> Result<Vec<Caller>, RunError> {
    let clients = Clients::new(scenario)?;
    let protos = clients.protos(scenario).await?;
    let common = Arc::new(Common::new(run, protos).with(actions));
    let callers = Caller::all(scenario, &common)?;
    tokio::select! {
        // Nothing will be sent, so that nobody need log in.
        () = stop.cancelled() => {}
        logged_in = log_in(scenario, &common, clients) => logged_in?,
    }
    Ok(callers)
}

/// Goose starts its users one after the other.
fn start_up(plan: &Plan) -> Duration {
    let users: usize = plan.stages.iter().map(|s| s.streams.len()).sum();
    Duration::from_millis(100 + 2 * users as u64)
}

/// A post for every stream: what the conductor holds, and what a goose user does.
fn posts(
    scenario: &Scenario,
    plan: &Plan,
    shared: &Arc<Shared>,
    workers: &Workers,
) -> (Vec<StageControl>, Vec<UserWork>) {
    let mut users = Vec::new();
    let stages = plan
        .stages
        .iter()
        .enumerate()
        .map(|(index, planned)| {
            let stage = &planned.stage;
            let control = StageControl {
                planned: planned.clone(),
                start_us: watch::Sender::new(None),
                offering: Arc::new(AtomicUsize::new(workers.all.len() * stage.streams.len())),
                streams: stage
                    .streams
                    .iter()
                    .map(|stream| (stream.name.clone(), Arc::default()))
                    .collect(),
                captures: PlannedCapture::of_stage(scenario, stage),
                cutoff: CancellationToken::new(),
            };
            for (number, stream) in stage.streams.iter().enumerate() {
                let post = Arc::new(Post {
                    stage: index,
                    stream: planned.streams[number].clone(),
                    start_us: control.start_us.subscribe(),
                    duration_us: stage.duration.as_micros() as u64,
                    cutoff: control.cutoff.clone(),
                    offering: Arc::clone(&control.offering),
                    saturation: Arc::clone(&control.streams[number].1),
                    shared: Arc::clone(shared),
                });
                users.push(UserWork {
                    name: format!("{}/{}", stage.name, stream.name),
                    work: Box::pin(work_through(post, workers.all.clone())),
                });
            }
            control
        })
        .collect();
    (stages, users)
}

/// One part of the stream on every thread of the engine.
async fn work_through(post: Arc<Post>, workers: Vec<Arc<Worker>>) {
    let mut parts = JoinSet::new();
    for (index, worker) in workers.iter().enumerate() {
        let part = Part {
            post: Arc::clone(&post),
            index,
            of: workers.len(),
            clients: Arc::clone(&worker.clients),
        };
        match &post.stream.load {
            PlannedLoad::Open {
                arrivals,
                max_in_flight,
            } => worker.start(
                &mut parts,
                Lane::new(part, arrivals.clone(), *max_in_flight).work(),
            ),
            PlannedLoad::Closed { load, seed } => {
                worker.start(
                    &mut parts,
                    ClosedPart::new(part, load.clone(), *seed).work(),
                );
            }
        }
    }
    parts.join_all().await;
}

/// Waits until nothing is open, which timeouts bound; a stop leaves requests in flight a moment.
async fn settle(shared: &Shared, stages: usize, scenario: &Scenario, halt: &CancellationToken) {
    let open = || (0..stages).any(|stage| shared.shards.open_in_stage(stage) != 0);
    let longest = scenario
        .actions
        .iter()
        .map(|a| a.timeout)
        .max()
        .unwrap_or_default();
    let deadline = tokio::time::Instant::now() + longest + STOP_PATIENCE;
    let mut stopped_at = None;
    while open() {
        let now = tokio::time::Instant::now();
        if halt.is_cancelled() {
            stopped_at.get_or_insert(now);
        }
        let out_of_patience = stopped_at.is_some_and(|at| now > at + STOP_PATIENCE);
        if now > deadline || out_of_patience {
            shared.abandon.cancel();
        }
        if now > deadline + STOP_PATIENCE {
            // An arrival was lost; the sums of the record will say so.
            return;
        }
        tokio::time::sleep(POLL).await;
    }
}
