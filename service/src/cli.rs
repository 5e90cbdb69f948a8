//! The command line of the service, shared by `challenge-service` and `brunt serve`.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::observe::RequestLogArgs;
use crate::service::{Service, ServiceError};

/// What to serve, and where.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// What this process does: serve players, take the events of the game, or both
    #[arg(long, value_enum, default_value_t = Role::All, env = "CHALLENGE_ROLE")]
    pub role: Role,

    /// Optimisations that are on: the name of a preset, or a phase file
    #[arg(
        long,
        value_name = "NAME",
        default_value = "phase9",
        env = "CHALLENGE_PHASE"
    )]
    pub phase: String,

    /// `sqlite:PATH` (created where there is none) or `postgres://…`
    #[arg(
        long,
        value_name = "URL",
        default_value = "sqlite:challenge.db",
        env = "CHALLENGE_DATABASE",
        hide_env_values = true
    )]
    pub database: String,

    /// Where to serve REST, /healthz, /readyz and /metrics; port 0 takes any free port
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8000",
        env = "CHALLENGE_HTTP"
    )]
    pub http: SocketAddr,

    /// Where to serve players and take events over gRPC, as the role says, with reflection and health
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8001",
        env = "CHALLENGE_GRPC"
    )]
    pub grpc: SocketAddr,

    /// Where to serve profiles, /healthz and /readyz; keep it away from players
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8002",
        env = "CHALLENGE_ADMIN"
    )]
    pub admin: SocketAddr,

    /// The reward platform
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8003",
        env = "CHALLENGE_REWARDS"
    )]
    pub rewards: String,

    /// Challenges and goals; without it those that are built in
    #[arg(long, value_name = "FILE", env = "CHALLENGE_CATALOGUE")]
    pub catalogue: Option<PathBuf>,

    /// Believe the header X-Mock-User, over gRPC the metadata of that name, for development and load tests. Without it, requests that need
    /// a player are refused
    #[arg(long, env = "CHALLENGE_ALLOW_MOCK_USER")]
    pub allow_mock_user: bool,

    /// Which requests are logged
    #[command(flatten)]
    pub request_log: RequestLogArgs,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Serves players, over REST and gRPC.
    Api,
    /// Takes events over gRPC; of REST only health and metrics.
    Events,
    /// Both.
    All,
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

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Api => "api",
            Self::Events => "events",
            Self::All => "all",
        })
    }
}

/// Serves until `shutdown` completes, then finishes what was accepted.
pub async fn run(args: ServeArgs, shutdown: impl Future<Output = ()>) -> Result<(), ServiceError> {
    Service::bind(args).await?.run(shutdown).await
}
