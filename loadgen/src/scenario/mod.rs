//! A scenario: what an engineer writes down before a run.
//!
//! [`Scenario::parse`] reads the TOML of `scenarios/*.toml` and reports every mistake of the file
//! at once. A scenario is inert: [`crate::plan`] turns it into what is sent when.

mod addresses;
mod arriving;
mod body;
mod capture;
mod checks;
mod data;
mod duration;
mod environment;
mod extract;
mod gauges;
mod grpc_settings;
mod http_settings;
mod lines;
mod load_step;
mod login;
mod mistake;
mod overrides;
mod parse;
mod place_error;
mod reshape;
mod session;
mod suggestion;
mod table;
mod template;
mod text;
mod threshold;
mod tls;
mod wanted;

use std::time::Duration;

use brunt_record::Effect;

pub use addresses::Addresses;
pub(crate) use addresses::{is_loopback, is_loopback_host, port_of};
pub use arriving::Arriving;
pub use body::Body;
pub use capture::{CaptureSpec, Moment, PlannedProfile, ProfileKind};
pub(crate) use checks::code_slug;
pub use checks::{Checks, Expected, Pattern, Statuses};
pub use data::{DataSet, RowPick, Rows};
pub use duration::{parse_duration, parse_rate};
pub use extract::{Extract, Source};
pub use gauges::{EndpointAt, GaugeKind, GaugeSpec, Gauges, ProcessBy, Secret, Wildcard};
pub use grpc_settings::GrpcSettings;
pub use http_settings::{HttpSettings, HttpVersion};
pub use lines::{ActionLines, SourceLine};
pub use load_step::LoadStep;
pub(crate) use login::LOGIN;
pub use login::Login;
pub use mistake::{Mistake, ScenarioError};
pub use overrides::{OverrideError, Overrides};
pub use place_error::PlaceError;
pub use session::{Session, Step, Task};
pub(crate) use suggestion::suggestion;
pub use template::{Fill, Template};
pub use threshold::{Limit, Threshold};
pub use tls::{Identity, Tls};

use crate::arrivals::Recording;

/// The load of one named workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Slug.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Seed of every draw.
    pub seed: u64,
    /// Where users and the numbers of arrivals begin: 0, but for runs that must not meet what those
    /// before them have used up.
    pub first_ordinal: u64,
    /// Addresses under load: scheme, host and port.
    pub addresses: Addresses,
    /// How HTTP is spoken.
    pub http: HttpSettings,
    /// Certificates for `https` addresses.
    pub tls: Tls,
    /// Where the definitions of gRPC services come from.
    pub grpc: GrpcSettings,
    /// Who sends the requests; absent where no action names a user.
    pub users: Option<Users>,
    /// Rows that requests take their values from.
    pub data: Vec<DataSet>,
    /// What is done before the stages.
    pub login: Option<Login>,
    /// Every kind of request.
    pub actions: Vec<Action>,
    /// Every way through several of them.
    pub sessions: Vec<Session>,
    /// Spans of load, one after the other.
    pub stages: Vec<Stage>,
    /// What is read of processes, host and databases.
    pub gauges: Gauges,
    /// Profiles to take.
    pub captures: Vec<CaptureSpec>,
    /// Least share of successes in every judged stage.
    pub success_target: Option<f64>,
    /// What ends the run early, in whichever stage.
    pub abort_when: Vec<Threshold>,
    /// Files whose tables it includes.
    pub includes: Vec<Include>,
}

/// A file that a scenario includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// As the scenario names it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A generated population.
#[derive(Clone, Debug, PartialEq)]
pub struct Users {
    /// How many distinct ones.
    pub count: u64,
    /// Template of an id, of `${index}` and `${uuid}`.
    pub id: Template,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Slug.
    pub name: String,
    /// What to call.
    pub call: Call,
    /// Which user an arrival takes.
    pub user: UserPick,
    /// Whole numbers drawn for each arrival: name, first and last.
    pub draws: Vec<(String, u64, u64)>,
    /// How long a request may take once sent.
    pub timeout: Duration,
    /// Limits on quantiles of the response time: quantile and limit.
    pub targets: Vec<(f64, Duration)>,
    /// A token that is sent as `Authorization: Bearer`.
    pub bearer: Option<Template>,
    /// What a response must be like to be a success.
    pub checks: Checks,
    /// What later requests of a session take from the response.
    pub extracts: Vec<Extract>,
    /// What each success does to a database, where that is declared.
    pub effect: Option<Effect>,
    /// Places of the request that only an earlier response of a session fills.
    pub carries: Vec<String>,
    /// Where it is written.
    pub lines: ActionLines,
}

/// What an action calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// An HTTP request; a status of 200 to 299 is a success.
    Http {
        /// `GET`, `POST`, …
        method: http::Method,
        /// Path and query.
        path: Template,
        /// Names and values that are added to the query of the path.
        query: Vec<(String, Template)>,
        /// Names and values.
        headers: Vec<(http::HeaderName, Template)>,
        /// What is sent after the headers.
        body: Body,
        /// How many redirects are followed.
        redirects: u64,
    },
    /// A unary gRPC call; its timeout is sent as its deadline.
    Grpc {
        /// `package.Service`.
        service: String,
        /// Name of the method.
        method: String,
        /// Names and values.
        metadata: Vec<(http::HeaderName, Template)>,
        /// The request as the JSON form of its message.
        message: Template,
    },
    /// A function of the program that runs the scenario, see [`crate::Actions`].
    Code {
        /// Names and values that the function asks for.
        values: Vec<(String, Template)>,
    },
}

impl Action {
    /// The names of all places, some of them more than once.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let templates = self.call.templates().into_iter().chain(&self.bearer);
        templates.flat_map(Template::places)
    }

    /// Does it take values from the data set of this name?
    pub fn takes_from(&self, set: &str) -> bool {
        self.places()
            .any(|place| place.split_once('.').is_some_and(|(name, _)| name == set))
    }
}

impl Call {
    /// Every text with places.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Http {
                path,
                query,
                headers,
                body,
                ..
            } => std::iter::once(path)
                .chain(query.iter().map(|(_, value)| value))
                .chain(headers.iter().map(|(_, value)| value))
                .chain(body.templates())
                .collect(),
            Self::Grpc {
                metadata, message, ..
            } => std::iter::once(message)
                .chain(metadata.iter().map(|(_, value)| value))
                .collect(),
            Self::Code { values } => values.iter().map(|(_, value)| value).collect(),
        }
    }
}

/// Which user of the population an arrival takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserPick {
    /// The n-th arrival of the action takes user n: each user once.
    Each,
    /// A seeded draw from all users.
    Any,
}

/// A span of load.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Slug.
    pub name: String,
    /// How long arrivals are due.
    pub duration: Duration,
    /// How long after that an arrival may still be sent.
    pub grace: Duration,
    /// How much of its beginning is not judged.
    pub warmup: Duration,
    /// Is it part of what is judged? Preparation is not.
    pub judged: bool,
    /// What ends the run early, in this stage.
    pub abort_when: Vec<Threshold>,
    /// Arrival processes, side by side.
    pub streams: Vec<Stream>,
}

/// One source of requests in a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Slug.
    pub name: String,
    /// When its requests are sent.
    pub load: Load,
    /// Index of an action, or after those of a session, and its weight: see
    /// [`Scenario::arriving`].
    pub mix: Vec<(usize, u64)>,
    /// How long the pauses of an arrival take in the mean: those of its sessions.
    pub mean_pause: Duration,
}

/// When the requests of a stream are sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    /// Open model: arrivals are due when the plan says, whatever the service does.
    Open {
        /// When its arrivals are due.
        process: Process,
        /// Most requests, or sessions under way, at once.
        max_in_flight: usize,
    },
    /// Closed model: users wait for each response before they go on.
    Closed(ClosedLoad),
}

/// Users that send one request after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedLoad {
    /// How many, side by side.
    pub users: usize,
    /// Pause after each response, or after each session.
    pub think: Think,
    /// Requests, or sessions, of each user; without a number they go on until the stage ends.
    pub iterations: Option<u64>,
}

/// How long a user pauses after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Think {
    /// Always this long.
    Fixed(Duration),
    /// Anything between the two, equally likely.
    Uniform(Duration, Duration),
    /// Exponentially distributed with this mean: memoryless, as pauses of many people are.
    Exponential(Duration),
}

impl Think {
    /// The mean of all pauses.
    pub fn mean(self) -> Duration {
        match self {
            Self::Fixed(pause) | Self::Exponential(pause) => pause,
            Self::Uniform(from, to) => (from + to) / 2,
        }
    }
}

/// When arrivals are due.
#[derive(Clone, Debug, PartialEq)]
pub enum Process {
    /// Evenly along a rate.
    Even(Rate),
    /// Each on its own, around a rate.
    Poisson(Rate),
    /// As they were recorded.
    Replay {
        /// What was recorded.
        recording: Recording,
        /// How much faster than it was recorded.
        speed: f64,
    },
}

/// Arrivals per second over the time of a stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Rate {
    /// Always the same.
    Constant {
        /// Arrivals per second.
        per_s: f64,
    },
    /// Straight lines between points; the last one holds until the end.
    Ramp {
        /// Instants since the start of the stage, in order, and arrivals per second.
        points: Vec<(Duration, f64)>,
    },
    /// Another rate for a while.
    Spike {
        /// Arrivals per second before and after it.
        base_per_s: f64,
        /// Arrivals per second while it lasts.
        spike_per_s: f64,
        /// When it begins, since the start of the stage.
        at: Duration,
        /// How long it lasts.
        length: Duration,
    },
}
