//! Steps against a real service, each a run with a record of its own.

use std::path::PathBuf;

use anyhow::bail;
use brunt_loadgen::{RunOutcome, Scenario};
use brunt_record::Ending;
use brunt_report::document::knee_order;
use brunt_report::knee::{Order, Preparation, Provenance, Step, unprepared};
use brunt_report::{Run as Record, language};

use super::{Executor, SearchPlan};
use crate::series::{Own, Series};

/// Makes steps by running them.
pub(crate) struct Live<'a> {
    pub(crate) plan: &'a SearchPlan,
    pub(crate) series: Series,
    pub(crate) phase: &'a str,
    /// Where the records go.
    pub(crate) folder: PathBuf,
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
            return Ok(Some(if stages.is_empty() {
                Preparation::None
            } else {
                Preparation::EveryStep { stages }
            }));
        };
        self.series
            .tell(&format!("preparation: {}", stages.join(", ")));
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
        let own = Own {
            scenario,
            phase: self.phase.to_owned(),
            folder: self.folder.clone(),
            labels: vec![("knee-step", step.to_owned())],
            overrides,
        };
        self.series.run(own).await
    }
}

impl Executor for Live<'_> {
    type Made = Step;

    async fn make(&mut self, number: u32, order: &Order) -> anyhow::Result<Option<Step>> {
        if self.series.stop.is_cancelled() || number > 1 && !self.series.rest().await {
            return Ok(None);
        }
        self.series
            .tell(&knee_order(number, order, self.plan.planned_per_s()));
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
            let overrides = self.series.overrides.clone();
            self.provenance = Some(Provenance {
                labels: self.series.labels.clone(),
                ..Provenance::of(&record.manifest, overrides)
            });
        }
        self.series
            .tell(&brunt_report::document::knee_outcome(&step));
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
