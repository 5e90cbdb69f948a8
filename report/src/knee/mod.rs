//! The highest rate at which a service meets its targets, from the records of a search.
//!
//! ```text
//! Trial* -next()-> Order -(somebody makes the step)-> Record -Step::of()-> Step, and again
//! Step* -Knee::new()-> Knee -document::knee()-> Document -> md | html | text
//! ```
//!
//! [`next`] decides which step comes next and when the search is over, `verdict.rs` what a step came
//! to; making it is somebody else's. The JSON output of `brunt knee` is [`Knee`], see
//! `report/schema/knee.schema.json`.

mod bracket;
mod rung;
mod search;
mod step;
pub(crate) mod verdict;

use std::collections::BTreeMap;

use brunt_record::{Build, Host, Manifest, ScenarioRef};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

pub use bracket::{Bracket, Contradiction};
pub use search::{Ending, Next, Order, Outcome, Purpose, SearchSettings, Trial, next};
pub use step::{Percentiles, Searched, Step, StepAction, StepTarget, Unprepared, unprepared};
pub use verdict::Conclusion;

/// Version of the JSON form of [`Knee`].
pub const SCHEMA_VERSION: u32 = 1;

/// What a search found, and everything that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Knee {
    /// Version of this form: 1.
    pub schema: u32,
    /// What was searched, and how.
    pub search: Search,
    /// What was found.
    pub conclusion: Conclusion,
    /// Why the search ended.
    pub ending: Ending,
    /// Is the interval as narrow as was asked for?
    pub narrow: bool,
    /// Where the knee lies, in multiples of the planned rates.
    pub bracket: Bracket,
    /// The same in arrivals per second of the streams whose rates were searched.
    pub rates: Rates,
    /// Every step, in the order of time.
    pub steps: Vec<Step>,
    /// Where the figures come from; absent where no step was judged.
    pub provenance: Option<Provenance>,
}

/// What was searched, and how.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Search {
    /// Slug of the stage.
    pub stage: String,
    /// Slugs of the streams whose rates were searched.
    pub streams: Vec<String>,
    /// Slugs of the streams that kept their rates.
    pub fixed: Vec<String>,
    /// Arrivals per second of the searched streams together, as planned.
    pub planned_per_s: f64,
    /// The bounds.
    pub settings: SearchSettings,
    /// How much of the beginning of every step was not judged, seconds.
    pub warmup_s: f64,
    /// How the service was prepared.
    pub preparation: Preparation,
}

/// What came before a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "preparation", rename_all = "kebab-case")]
pub enum Preparation {
    /// Nothing.
    None,
    /// Stages of the plan, once, before the first step.
    Once {
        /// Slugs.
        stages: Vec<String>,
        /// Name of the record.
        record: String,
    },
    /// Every step used something up: it had users of its own, and the stages of the plan that come
    /// before it, if any, prepared these.
    EveryStep {
        /// Slugs.
        stages: Vec<String>,
    },
}

/// The ends of the interval, arrivals per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Rates {
    /// The service carries this; absent where no rate passed.
    pub low_per_s: Option<f64>,
    /// It does not carry this; absent where none failed.
    pub high_per_s: Option<f64>,
}

/// Where the figures come from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Provenance {
    /// The milestone of the service under test.
    pub phase: String,
    /// When the first step began.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// What wrote the records.
    pub build: Build,
    /// The scenario and its digest.
    pub scenario: ScenarioRef,
    /// What the command line changed of the scenario before the search.
    pub overrides: Vec<String>,
    /// Seed of every draw.
    pub seed: u64,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// Addresses under load by name.
    pub addresses: BTreeMap<String, String>,
    /// Where the generator ran.
    pub host: Host,
}

impl Knee {
    /// What `steps` come to.
    pub fn new(
        search: Search,
        ending: Ending,
        steps: Vec<Step>,
        provenance: Option<Provenance>,
    ) -> Self {
        let trials: Vec<Trial> = steps.iter().map(Step::trial).collect();
        let bracket = Bracket::of(&trials);
        let rate = |scale: Option<f64>| scale.map(|scale| scale * search.planned_per_s);
        Self {
            schema: SCHEMA_VERSION,
            conclusion: verdict::conclusion(&bracket),
            narrow: verdict::narrow(&bracket, ending, search.settings.precision),
            rates: Rates {
                low_per_s: rate(bracket.low),
                high_per_s: rate(bracket.high),
            },
            search,
            ending,
            bracket,
            steps,
            provenance,
        }
    }
}

impl Step {
    /// The step as the search sees it.
    pub fn trial(&self) -> Trial {
        Trial {
            scale: self.scale,
            outcome: self.outcome,
        }
    }
}

impl Provenance {
    /// From the manifest of the first step, and what was changed of the scenario before the search.
    pub fn of(manifest: &Manifest, overrides: Vec<String>) -> Self {
        Self {
            phase: manifest.phase.clone(),
            started_at: manifest.started_at,
            build: manifest.build.clone(),
            scenario: manifest.scenario.clone(),
            overrides,
            seed: manifest.seed,
            labels: manifest.labels.clone(),
            addresses: manifest.addresses.clone(),
            host: manifest.host.clone(),
        }
    }
}
