//! What documents state of two runs that nobody recorded, held against each other.
//!
//! Changes and ratios are computed as for records. What a document cannot give is absent: there is no
//! distribution and so no interval, no verdict on a change, no validity of a generator. Delivered
//! against wanted load and Little's law take the place of dispatch lateness.

mod action;
mod compare;
mod doubt;
mod load;
mod target;

use std::path::Path;

use brunt_record::{Stated, StatedResource, StatedUnit};
use schemars::JsonSchema;
use serde::Serialize;

pub use action::{ActionFigures, FigureChange, FigureRow, StatedSuccess};
pub use compare::compare;
pub use doubt::Doubt;
pub use load::{Delivery, Load, StageLoad};
pub use target::{StatedTarget, StatedTargetResult, StatedVerdict};

use crate::comparison::{Side, Sides};
use crate::error::ReportError;

/// Version of the JSON form of [`StatedComparison`].
pub const SCHEMA_VERSION: u32 = 1;

/// Two runs as documents state them: A is the older, B the newer.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatedComparison {
    /// Version of this form: 1.
    pub schema: u32,
    /// Where the figures were read, as the caller spelled it.
    pub labels: Sides<String>,
    /// What was read.
    pub stated: Sides<Stated>,
    /// Whether the load was delivered that the figures are said to stand for.
    pub stages: Vec<StageLoad>,
    /// Every action that either document has, stage by stage.
    pub actions: Vec<ActionFigures>,
    /// The limits of both tables.
    pub targets: Vec<StatedTarget>,
    /// What processes used, as one figure each.
    pub resources: Vec<AmountRow>,
    /// What else is counted of the runs.
    pub quantities: Vec<AmountRow>,
    /// What the figures of each document do not bear out.
    pub doubts: Sides<Vec<Doubt>>,
}

/// An amount that documents state.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AmountRow {
    /// Whose; absent of what is counted of the whole run.
    pub source: Option<String>,
    /// What.
    pub what: String,
    /// In what.
    pub unit: StatedUnit,
    /// In each run; absent where its document does not say.
    pub sides: Sides<Option<Amount>>,
    /// From A to B; absent where a side is, or where A is nothing.
    pub change: Option<FigureChange>,
}

/// One amount.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Amount {
    /// In the unit of its row.
    pub value: f64,
    /// Does the document call it an estimate?
    pub approximate: bool,
}

impl From<&StatedResource> for Amount {
    fn from(resource: &StatedResource) -> Self {
        Self {
            value: resource.value,
            approximate: resource.approximate,
        }
    }
}

impl StatedComparison {
    /// The load of one stage.
    pub fn load(&self, stage: &str, side: Side) -> Option<&Load> {
        let row = self.stages.iter().find(|row| row.stage == stage)?;
        row.sides.get(side).as_ref()
    }
}

/// Reads two directories that hold what documents state, and compares them; none where both hold
/// records of runs.
pub fn compare_if_stated(dirs: &[&Path]) -> Result<Option<StatedComparison>, ReportError> {
    let (stated, recorded): (Vec<&Path>, Vec<&Path>) =
        dirs.iter().partition(|dir| Stated::is_in(dir));
    match (&stated[..], &recorded[..]) {
        ([], _) => Ok(None),
        ([a, b], []) => {
            let read = |dir: &Path| -> Result<(String, Stated), ReportError> {
                Ok((dir.display().to_string(), Stated::open(dir)?))
            };
            let (a, b) = (read(a)?, read(b)?);
            Ok(Some(compare(Sides { a, b })))
        }
        ([first, ..], [other, ..]) => Err(ReportError::StatedAndRecorded {
            stated: first.to_path_buf(),
            recorded: other.to_path_buf(),
        }),
        (more, []) => Err(ReportError::StatedMore { found: more.len() }),
    }
}
