//! What processes, host and databases used in the judged stages of both runs.

use brunt_record::{GaugeSource, Mark};
use schemars::JsonSchema;
use serde::Serialize;

use super::cost::{CostComparison, costs};
use super::level::{LevelComparison, levels};
use super::memory::{MemoryComparison, memory};
use super::side_runs::SideRuns;
use super::statements::{StatementComparison, statements};
use super::tally::{TallyComparison, tallies};
use super::value::Sides;
use super::verdict::Situation;
use super::waits::{WaitComparison, waits};
use super::yardstick::Yardstick;
use crate::run::{Evidence, Run};

/// What was used; empty where neither record has gauges.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Resources {
    /// What was read in each run, and what could not be.
    pub sources: Sides<Vec<GaugeSource>>,
    /// What a request cost, source by source and stage by stage.
    pub costs: Vec<CostComparison>,
    /// What was in use, likewise.
    pub levels: Vec<LevelComparison>,
    /// What else databases counted, likewise.
    pub tallies: Vec<TallyComparison>,
    /// How much memory was in use at most, and whether it grew, likewise.
    pub memory: Vec<MemoryComparison>,
    /// What connections of databases waited for.
    pub waits: Vec<WaitComparison>,
    /// The statements of databases, in each stage those that changed most first.
    pub statements: Vec<StatementComparison>,
    /// What happened when in each run.
    pub marks: Sides<Vec<Mark>>,
    /// The gauges themselves, for charts; not part of the JSON form.
    #[serde(skip)]
    pub evidence: Sides<Evidence>,
}

impl Resources {
    /// Without what is told stage by stage.
    pub(super) fn of(runs: Sides<&Run>) -> Self {
        Self {
            sources: runs.map(|run| run.evidence.sources.clone()),
            marks: runs.map(|run| run.evidence.marks.clone()),
            evidence: runs.map(|run| run.evidence.clone()),
            ..Self::default()
        }
    }

    /// Adds one judged stage: waits and statements of the first run of each side, the rest of all.
    pub(super) fn add_stage(
        &mut self,
        runs: Sides<SideRuns<'_>>,
        stage: &str,
        situation: Situation,
        yardstick: Yardstick,
    ) {
        let first = runs.map(|runs| runs.first);
        for source in self.source_names() {
            self.costs
                .extend(costs(runs, stage, &source, situation, yardstick));
            self.levels
                .extend(levels(runs, stage, &source, situation, yardstick));
            self.tallies
                .extend(tallies(runs, stage, &source, situation, yardstick));
            self.memory.extend(memory(runs, stage, &source));
            self.waits.extend(waits(first, stage, &source));
            self.statements.extend(statements(first, stage, &source));
        }
    }

    /// Sources that either run has read, in the order of A's scenario.
    pub fn source_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for evidence in [&self.evidence.a, &self.evidence.b] {
            for name in evidence.source_names() {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    /// Does neither record hold anything of it?
    pub fn is_empty(&self) -> bool {
        self.sources.a.is_empty() && self.sources.b.is_empty()
    }
}
