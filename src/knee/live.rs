//! Steps against a real service, each a run with a record of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use brunt_loadgen::{RunOutcome, Scenario};
use brunt_record::Ending;
use brunt_report::document::knee_order;
use brunt_report::knee::{Order, Preparation, Provenance, Step, unprepared};
use brunt_report::{Run as Record, language};
use tokio_util::sync::CancellationToken;

use super::{Executor, SearchPlan};
use crate::cli::output::say;
use crate::cli::run::Run;
use crate::progress::Ui;

/// Makes steps by running them.
pub(crate) struct Live<'a> {
    pub(crate) plan: &'a SearchPlan,
    /// The scenario file.
    pub(crate) text: &'a str,
    pub(crate) phase: &'a str,
    /// Where the records go.
    pub(crate) folder: PathBuf,
    pub(crate) labels: BTreeMap<String, String>,
    /// What was changed of the scenario before the search.
    pub(crate) overrides: Vec<String>,
    pub(crate) threads: Option<usize>,
    pub(crate) ui: Ui,
    pub(crate) stop: CancellationToken,
    /// Between two steps nothing is sent for so long.
    pub(crate) pause: Duration,
    /// Where users and arrivals of the next step begin.
    pub(crate) first_ordinal: u64,
    /// Of the first step.
    pub(crate) provenance: Option<Provenance>,
}

impl Live<'_> {
    /// Prepares the service for all steps, where that is done once; nothing where it was stopped.
    pub(crate) async fn prepare(&mut self) -> anyhow::Result<Option<Preparation>> {
        let stages = self.plan.preparing();
        let Some(scenario) = self.plan.preparation() else {
            return Ok(Some(if self.plan.anew {
                Preparation::EveryStep { stages }
            } else {
                Preparation::None
            }));
        };
        self.tell(&format!("preparation: {}", stages.join(", ")));
        let outcome = self.run(scenario, "preparation", Vec::new()).await?;
        if outcome.ending == Ending::Interrupted {
            return Ok(None);
        }
        let record = brunt_report::load(&outcome.dir)?;
        prepared(&record)?;
        Ok(Some(Preparation::Once {
            stages,
            record: record.manifest.id,
        }))
    }

    async fn run(
        &self,
        scenario: Scenario,
        step: &str,
        overrides: Vec<String>,
    ) -> anyhow::Result<RunOutcome> {
        let mut labels = self.labels.clone();
        labels.insert("knee-step".to_owned(), step.to_owned());
        let run = Run {
            scenario,
            text: self.text.to_owned(),
            phase: self.phase.to_owned(),
            results: self.folder.clone(),
            labels,
            overrides: self.overrides.iter().cloned().chain(overrides).collect(),
            threads: self.threads,
            ui: self.ui,
            metrics: None,
        };
        run.carry_out(self.stop.clone()).await
    }

    /// False where somebody does not want to wait any longer.
    async fn rest(&self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(self.pause) => true,
        }
    }

    fn tell(&self, text: &str) {
        if self.ui != Ui::None {
            say(text);
        }
    }
}

impl Executor for Live<'_> {
    type Made = Step;

    async fn make(&mut self, number: u32, order: &Order) -> anyhow::Result<Option<Step>> {
        if self.stop.is_cancelled() || number > 1 && !self.rest().await {
            return Ok(None);
        }
        self.tell(&knee_order(number, order, self.plan.planned_per_s()));
        let (scenario, overrides) = self.plan.step(order, self.first_ordinal);
        if self.plan.anew {
            self.first_ordinal = scenario.next_ordinal();
        }
        let outcome = self
            .run(scenario, &format!("{number:02}"), overrides.as_written())
            .await?;
        if outcome.ending == Ending::Interrupted {
            return Ok(None);
        }
        let record = brunt_report::load(&outcome.dir)?;
        prepared(&record)?;
        let searched = self.plan.searched();
        let made = (number, order.purpose, order.scale);
        let Some(step) = Step::of(&record, &searched, made) else {
            bail!(
                "{}: stage {:?} never began",
                outcome.dir.display(),
                searched.stage
            );
        };
        if self.provenance.is_none() {
            let overrides = self.overrides.clone();
            self.provenance = Some(Provenance {
                labels: self.labels.clone(),
                ..Provenance::of(&record.manifest, overrides)
            });
        }
        self.tell(&brunt_report::document::knee_outcome(&step));
        Ok(Some(step))
    }
}

/// What was not prepared need not be searched.
fn prepared(record: &Record) -> anyhow::Result<()> {
    let Some(stage) = unprepared(record) else {
        return Ok(());
    };
    let answered = stage.answered.map_or_else(
        || "it never ran".to_owned(),
        |share| format!("{} of its arrivals were answered", language::percent(share)),
    );
    bail!(
        "{}: stage {:?} was to prepare the service, and {answered}\nhint: offer it less, such as by --rate {}/STREAM=10/s",
        record.label,
        stage.stage,
        stage.stage
    )
}
