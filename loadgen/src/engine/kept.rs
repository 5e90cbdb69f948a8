//! Copies of the files that say what is sent: those that the scenario includes or replays.

use std::path::Path;

use brunt_record::{RecordError, RecordWriter};

use super::error::RunError;
use crate::arrivals::Recording;
use crate::scenario::{Load, Process, Scenario};

/// What the record keeps beside the scenario.
pub(super) struct Kept<'s> {
    scenario: &'s Scenario,
    replays: Vec<(&'s Recording, Vec<u8>)>,
}

impl<'s> Kept<'s> {
    /// Reads what is long, before there is a record.
    pub(super) fn read(scenario: &'s Scenario) -> Result<Self, RunError> {
        let mut replays: Vec<(&Recording, Vec<u8>)> = Vec::new();
        for stream in scenario.stages.iter().flat_map(|stage| &stage.streams) {
            if let Load::Open { process, .. } = &stream.load
                && let Process::Replay { recording, .. } = process
                && !replays.iter().any(|(kept, _)| *kept == recording)
            {
                replays.push((recording, recording.bytes().map_err(RunError::Replay)?));
            }
        }
        Ok(Self { scenario, replays })
    }

    /// Writes the copies into the record in `dir`, before the clock of the run begins.
    pub(super) fn write(self, dir: &Path) -> Result<(), RecordError> {
        for (index, include) in self.scenario.includes.iter().enumerate() {
            RecordWriter::add_include(dir, index, &include.name, include.text.as_bytes())?;
        }
        for (index, (recording, bytes)) in self.replays.iter().enumerate() {
            RecordWriter::add_replay(dir, index, recording.file(), bytes)?;
        }
        Ok(())
    }
}
