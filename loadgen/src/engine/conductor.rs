//! Leads through the stages: says when each begins, waits, cuts off what is late.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use brunt_record::{Capture, MarkKind, StagePlan};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::capture::PlannedCapture;
use super::chronicle::Chronicle;
use super::post::Shared;
use super::saturation::Saturation;
use crate::machine::CpuTimes;
use crate::plan::PlannedStage;

const SECOND_US: u64 = 1_000_000;
const POLL: Duration = Duration::from_millis(5);

/// One stage as the conductor sees it.
pub(super) struct StageControl {
    pub(super) planned: PlannedStage,
    /// Tells the lanes when the stage begins.
    pub(super) start_us: watch::Sender<Option<u64>>,
    /// Lanes that have arrivals to come.
    pub(super) offering: Arc<AtomicUsize>,
    /// Name of each stream, and when its arrivals found no place in flight.
    pub(super) streams: Vec<(String, Arc<Saturation>)>,
    pub(super) captures: Vec<PlannedCapture>,
    /// Cancelled when the stage's grace is over.
    pub(super) cutoff: CancellationToken,
}

pub(super) struct Conductor {
    pub(super) shared: Arc<Shared>,
    pub(super) record: PathBuf,
    pub(super) chronicle: Arc<Chronicle>,
}

/// What the conductor saw.
#[derive(Default)]
pub(super) struct Conducted {
    pub(super) captures: Vec<Capture>,
    pub(super) saturations: Vec<brunt_record::Saturation>,
    /// When it was noticed in a stage that the run was stopped; absent where it was not.
    pub(super) stopped_us: Option<u64>,
}

impl Conductor {
    /// Runs all stages, noting in `record_stages` when each began and ended.
    pub(super) async fn conduct(
        &self,
        mut stages: Vec<StageControl>,
        record_stages: &mut [StagePlan],
        mut announce: impl FnMut(usize, u64),
    ) -> Conducted {
        let mut conducted = Conducted::default();
        let mut captures = JoinSet::new();
        for (index, (stage, record)) in stages.iter_mut().zip(record_stages).enumerate() {
            if self.shared.stop.is_cancelled() {
                break;
            }
            let start_us = self.start_of(index);
            announce(index, start_us / SECOND_US);
            record.started_us = Some(start_us);
            self.run_stage(index, start_us, stage, record, &mut captures)
                .await;
            if self.shared.stop.is_cancelled() {
                let now_us = self.shared.clock.now_us();
                conducted.stopped_us.get_or_insert(now_us);
            }
            let saturated = stage.streams.iter().filter_map(|(stream, saturation)| {
                let (first_us, last_us) = saturation.span()?;
                Some(brunt_record::Saturation {
                    stream: format!("{}/{stream}", record.name),
                    first_us,
                    last_us,
                })
            });
            conducted.saturations.extend(saturated);
        }
        // Streams of stages that never began end here too.
        for stage in &mut stages {
            stage.cutoff.cancel();
            for capture in stage.captures.drain(..) {
                conducted
                    .captures
                    .push(capture.missed("the run ended before"));
            }
        }
        while let Some(capture) = captures.join_next().await {
            conducted.captures.extend(capture);
        }
        conducted.captures.sort_by(|a, b| order(a).cmp(&order(b)));
        conducted
    }

    /// When the stage begins: on a whole second, so that no row of the record holds the arrivals of
    /// two stages.
    fn start_of(&self, index: usize) -> u64 {
        match index {
            0 => 0,
            _ => self.shared.clock.now_us().next_multiple_of(SECOND_US),
        }
    }

    async fn run_stage(
        &self,
        index: usize,
        start_us: u64,
        stage: &mut StageControl,
        record: &mut StagePlan,
        captures: &mut JoinSet<Capture>,
    ) {
        let clock = self.shared.clock;
        let done_early = CancellationToken::new();
        stage.start_us.send_replace(Some(start_us));
        let chronicle = &self.chronicle;
        chronicle.mark(start_us, MarkKind::Stage, &record.name);
        let busy = CpuTimes::now();
        for capture in stage.captures.drain(..) {
            let at_us = start_us + capture.offset().as_micros() as u64;
            let (stop, dir) = (self.shared.stop.clone(), self.record.clone());
            let chronicle = Arc::clone(chronicle);
            let missed = capture.missed("the run was stopped before");
            let over = done_early.clone();
            captures.spawn(async move {
                let taken = async {
                    tokio::select! {
                        () = clock.sleep_until_async(at_us) => {}
                        () = over.cancelled() => return capture.missed("the stage was over before"),
                    }
                    capture.take(&dir, clock, &chronicle).await
                };
                tokio::select! {
                    capture = taken => capture,
                    () = stop.cancelled() => missed,
                }
            });
        }

        let end_us = start_us + stage.planned.stage.duration.as_micros() as u64;
        tokio::select! {
            biased;
            () = self.shared.stop.cancelled() => {}
            () = clock.sleep_until_async(end_us) => {}
            () = self.all_done(index, &stage.offering), if stage.planned.ends_by_itself() => {
                record.ended_us = Some(clock.now_us());
                done_early.cancel();
            }
        }
        chronicle.mark(end_us.min(clock.now_us()), MarkKind::StageEnd, &record.name);
        record.host_busy = busy
            .zip(CpuTimes::now())
            .and_then(|(before, now)| now.busy_since(before));
        let cutoff_us = end_us + stage.planned.stage.grace.as_micros() as u64;
        self.await_settled(index, &stage.offering, cutoff_us).await;
        // What still waits becomes unsent; requests in flight end by their own timeouts.
        stage.cutoff.cancel();
        record.drained_us = Some(clock.now_us());
        self.chronicle.stage_over();
    }

    /// Waits until nothing of the stage is open; gives up at `until_us`, or on a stop.
    async fn await_settled(&self, stage: usize, offering: &AtomicUsize, until_us: u64) {
        while !self.is_settled(stage, offering) {
            if self.shared.stop.is_cancelled() || self.shared.clock.now_us() >= until_us {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until nothing of the stage is open and nothing more is to come, however long that takes.
    async fn all_done(&self, stage: usize, offering: &AtomicUsize) {
        while !self.is_settled(stage, offering) {
            tokio::time::sleep(POLL).await;
        }
    }

    fn is_settled(&self, stage: usize, offering: &AtomicUsize) -> bool {
        let all_out = offering.load(Ordering::Acquire) == 0;
        all_out && self.shared.shards.open_in_stage(stage) == 0
    }
}

/// Profiles stand process by process, as they were taken.
fn order(capture: &Capture) -> (&str, &str, Option<u64>) {
    (&capture.stage, &capture.component, capture.started_us)
}
