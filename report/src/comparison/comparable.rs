//! Were the two runs given the same load?

use std::fmt;

use brunt_record::DataKind;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether the runs may be compared, and everything that differs between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparability {
    /// Do verdicts follow? True where nothing forbids it, or where it was forced.
    pub judged: bool,
    /// Is it judged although a difference forbids it?
    pub forced: bool,
    /// What differs, in the order of the plan.
    pub differences: Vec<Difference>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// What.
    pub what: Aspect,
    /// In words, in A: "600/s", "60 s", "absent".
    pub a: String,
    /// In words, in B.
    pub b: String,
    /// Is a comparison of the runs meaningless because of it?
    pub forbids: bool,
}

/// What may differ between two runs. Its text names the thing: `stage "init": duration`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "aspect", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "every field is the slug of what its name says")]
pub enum Aspect {
    /// The names and order of the stages.
    Stages,
    /// Whether a stage is judged.
    Judged { stage: String },
    /// How long arrivals are due.
    Duration { stage: String },
    /// How much of the beginning is not judged.
    Warmup { stage: String },
    /// How long after the end an arrival may still be sent.
    Grace { stage: String },
    /// The streams of a stage.
    Streams { stage: String },
    /// The arrival process.
    Process { stage: String, stream: String },
    /// Arrivals per second.
    Rate { stage: String, stream: String },
    /// Arrivals in all.
    Arrivals { stage: String, stream: String },
    /// The bound on requests in flight.
    MaxInFlight { stage: String, stream: String },
    /// The actions and their weights.
    Mix { stage: String, stream: String },
    /// How many users the requests come from.
    Users,
    /// What an action calls.
    Call { action: String },
    /// When a request of an action has failed.
    Timeout { action: String },
    /// The limits in the plan; the union is judged.
    Targets,
    /// The scenario file.
    Scenario,
    /// A file that requests are made of: the slug of the data set or of the action, or a file of
    /// definitions.
    Data { kind: DataKind, name: String },
    /// The seed of every draw.
    Seed,
    /// How many generators shared the plan.
    Shards,
    /// The machine of the generator: one of its properties.
    Host { property: String },
    /// A label.
    Label { name: String },
    /// The version of brunt.
    Build,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scope, what) = match self {
            Self::Stages => (String::new(), "stages"),
            Self::Judged { stage } => (format!("stage {stage:?}: "), "judged"),
            Self::Duration { stage } => (format!("stage {stage:?}: "), "duration"),
            Self::Warmup { stage } => (format!("stage {stage:?}: "), "warm-up"),
            Self::Grace { stage } => (format!("stage {stage:?}: "), "grace time"),
            Self::Streams { stage } => (format!("stage {stage:?}: "), "streams"),
            Self::Process { stage, stream } => {
                (format!("stream {stage}/{stream}: "), "arrival process")
            }
            Self::Rate { stage, stream } => (format!("stream {stage}/{stream}: "), "rate"),
            Self::Arrivals { stage, stream } => (format!("stream {stage}/{stream}: "), "arrivals"),
            Self::MaxInFlight { stage, stream } => (
                format!("stream {stage}/{stream}: "),
                "bound on requests in flight",
            ),
            Self::Mix { stage, stream } => (format!("stream {stage}/{stream}: "), "mix of actions"),
            Self::Call { action } => (format!("action {action:?}: "), "call"),
            Self::Timeout { action } => (format!("action {action:?}: "), "timeout"),
            Self::Targets => (String::new(), "targets"),
            Self::Scenario => (String::new(), "scenario file"),
            Self::Data { kind, name } => {
                let kind = match kind {
                    DataKind::DataSet => "data set",
                    DataKind::Body => "file that is the body of",
                    DataKind::Proto => "gRPC definitions",
                };
                (format!("{kind} {name:?}"), "")
            }
            Self::Users => (String::new(), "users"),
            Self::Seed => (String::new(), "seed"),
            Self::Shards => (String::new(), "generators"),
            Self::Host { property } => (format!("host: {property}"), ""),
            Self::Label { name } => (format!("label {name:?}"), ""),
            Self::Build => (String::new(), "brunt"),
        };
        write!(f, "{scope}{what}")
    }
}
