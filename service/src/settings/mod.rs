//! What one process is told: by the defaults, the phase, a file, the environment and flags, each over
//! the ones before.
//!
//! Tables of keys ([`Settings`] and [`Switches`]) say everything about a key at one place; flags,
//! variables, files, `--print-config` and the docs follow from them.

mod environment;
mod faults;
mod flags;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use flags::ServeArgs;

use crate::faults::FaultSpec;
use crate::initialised::InitialisedUsers;
use crate::keys::{
    Entry, Key, Layers, Mistake, Place, SecretUrl, SettingsError, entries, keys, quoted,
};
use crate::phase::{PHASE, Phase, Switches};
use crate::rewards::RewardLimits;
use crate::share::Share;

keys! {
    /// Everything that one process is told.
    #[derive(Debug, Clone)]
    pub struct Settings with
        /// What is switched on.
        phase: Phase
    {
        /// What this process does.
        role: Role = "all" {
            /// Serves players, over REST and gRPC
            Api,
            /// Takes events over gRPC; of REST only health and metrics
            Events,
            /// Both
            All,
        },
        /// `sqlite:PATH` (created where there is none) or `postgres://…`.
        database: SecretUrl = "sqlite:challenge.db",
        /// Where to serve REST, /healthz, /readyz and /metrics; port 0 takes any free port.
        http: SocketAddr = "127.0.0.1:8000",
        /// Where to serve players and take events over gRPC, as the role says.
        grpc: SocketAddr = "127.0.0.1:8001",
        /// Where to serve profiles, /healthz and /readyz; keep it away from players.
        admin: SocketAddr = "127.0.0.1:8002",
        /// The reward platform.
        reward_url: SecretUrl = "http://127.0.0.1:8003",
        /// How long to wait for an answer of the reward platform, for each attempt.
        reward_timeout: Duration = "2s",
        /// How many grants to ask for at once; others wait in line.
        reward_concurrency: NonZeroU32 = "128",
        /// Attempts at a grant of the outbox until it is set aside for an operator.
        outbox_attempts: NonZeroU32 = "20",
        /// What goes wrong on purpose, separated by spaces: latency=100ms, error=503, cpu=5ms,
        /// memory=64KiB, lock=mutex,hold=5ms or pool=20,for=10s; with ,share=10% and ,on=/path to leave
        /// others alone. The admin address changes it while the service runs: /debug/faults.
        faults: Vec<FaultSpec>,
        /// Redis, for `cache = "redis"`.
        redis: Option<SecretUrl>,
        /// Challenges and goals; without it those that are built in.
        catalogue: Option<PathBuf>,
        /// Believe X-Mock-User, a header or gRPC metadata, for development and load tests. Without it,
        /// requests that need a player are refused.
        allow_mock_user: bool = "false",
        /// How lines of the log are written; the variable `RUST_LOG` says which.
        log_format: LogFormat = "text" {
            /// For people
            Text,
            /// An object a line, for programs
            Json,
        },
        /// Requests that have a line in the log.
        log_requests: LoggedRequests = "problems" {
            /// Slow ones, and those that the service failed
            Problems,
            /// All of them: at a thousand a second that costs as much as the work itself
            All,
        },
        /// How long a request takes that is a slow one.
        slow_request: Duration = "500ms",
        /// Sample allocations, one in 512 KiB, for heap profiles on the admin address.
        heap_profile: bool = "true",
        /// Where traces are sent, by OpenTelemetry's protocol over gRPC (OTLP); without it none are made.
        otlp: Option<SecretUrl>,
        /// Share of the requests that are traced, where the caller has not decided that.
        otlp_sample: Share = "0.01",
        /// How long requests are still served once the process is told to stop and says that it is
        /// not ready: for load balancers to notice.
        shutdown_delay: Duration = "0s",
        /// How long accepted work may take to finish after that.
        shutdown_timeout: Duration = "10s",
    }
}

/// All keys, in the order in which they are shown.
pub fn all_keys() -> impl Iterator<Item = &'static Key> {
    [&PHASE]
        .into_iter()
        .chain(Settings::KEYS)
        .chain(Switches::KEYS)
}

impl Role {
    /// Whether players are served.
    pub fn serves_players(self) -> bool {
        matches!(self, Self::Api | Self::All)
    }

    /// Whether events are taken.
    pub fn takes_events(self) -> bool {
        matches!(self, Self::Events | Self::All)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = clap::ValueEnum::to_possible_value(self);
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

impl Settings {
    /// The defaults, and the phase of that name or file.
    pub fn of_phase(name: &str) -> Result<Self, SettingsError> {
        let phase = Entry {
            key: PHASE.name.to_owned(),
            text: name.to_owned(),
            place: Place::Flag(PHASE.flag()),
        };
        Self::resolve(None, vec![phase])
    }

    /// Lays `above` (the environment, then flags) over the file, the phase and the defaults.
    pub(crate) fn resolve(file: Option<&Path>, above: Vec<Entry>) -> Result<Self, SettingsError> {
        let mut layers = Layers::default();
        let mut given = match file {
            Some(path) => from_file(path, &mut layers),
            None => Vec::new(),
        };
        given.extend(above);

        for key in Self::KEYS {
            layers.add_default(key);
        }
        let (named, given): (Vec<_>, Vec<_>) =
            given.into_iter().partition(|entry| entry.key == PHASE.name);
        let named = named.into_iter().next_back().unwrap_or_else(|| Entry {
            key: PHASE.name.to_owned(),
            text: PHASE.default.unwrap_or_default().to_owned(),
            place: Place::Default,
        });
        let phase = Phase::over(&named, given, &mut layers);
        let settings = Self::take(&mut layers, phase);
        if let Some(settings) = &settings {
            settings.check(&mut layers);
        }
        let mistakes = layers.finish(&all_keys().collect::<Vec<_>>());
        match settings {
            Some(settings) if mistakes.is_empty() => Ok(settings),
            _ => Err(SettingsError(mistakes)),
        }
    }

    /// How the reward platform is asked.
    pub fn reward_limits(&self) -> RewardLimits {
        RewardLimits {
            reward_timeout: self.reward_timeout,
            reward_concurrency: self.reward_concurrency.get(),
            outbox_attempts: self.outbox_attempts.get(),
        }
    }

    /// Notes values that are right by themselves and do not go together.
    fn check(&self, layers: &mut Layers) {
        if !self.role.serves_players() {
            return;
        }
        if let Err(error) = InitialisedUsers::check(&self.phase.switches, self.redis.as_ref()) {
            let text = error.to_string();
            let (what, hint) = text.split_once("\nhint: ").unwrap_or((&text, ""));
            let mistake = Mistake::new(&Place::Default, what);
            layers.note(if hint.is_empty() {
                mistake
            } else {
                mistake.hint(hint)
            });
        }
    }

    /// A file for `--config` that says the same, but for passwords in URLs.
    pub fn to_file(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("phase = {}\n", quoted(&self.phase.source));
        let switches = self.phase.switches.to_toml();
        for (title, values) in [("", self.to_toml()), ("\n# Switches.\n", switches)] {
            text.push_str(title);
            for (key, value) in values {
                if let Some(value) = value {
                    let _ = writeln!(text, "{key} = {value}");
                }
            }
        }
        text
    }
}

fn from_file(path: &Path, layers: &mut Layers) -> Vec<Entry> {
    match std::fs::read_to_string(path) {
        Ok(text) => entries(path, &text, layers),
        Err(error) => {
            let place = Place::File(path.to_owned());
            layers.note(Mistake::new(&place, error.to_string()));
            Vec::new()
        }
    }
}
