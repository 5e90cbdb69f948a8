//! The process: binds its sockets, serves until told to stop, and then finishes what it accepted.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::admin;
use crate::app::Live;
use crate::catalogue::{Catalogue, CatalogueError};
use crate::grpc::{self, ChallengeHandler, EventHandler};
use crate::http::{HttpState, private_router, public_router};
use crate::initialised::{CacheError, InitialisedUsers};
use crate::metrics::Metrics;
use crate::operations::{forget_until, sweep_until};
use crate::player::Identity;
use crate::readiness::Readiness;
use crate::reload::{Hangups, reload_until};
use crate::rewards::{RewardClient, RewardError};
use crate::settings::{Role, Settings};
use crate::store::{Store, StoreError};

/// Accepted work gets so long to finish once the service is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Why the service could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The catalogue could not be loaded.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The reward platform's URL is wrong.
    #[error(transparent)]
    Rewards(#[from] RewardError),
    /// The cache is none.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The database could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address cannot be listened on.
    #[error("{name}: cannot listen on {address}: {source}")]
    Listen {
        /// What for.
        name: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// A server ended by itself.
    #[error("{name}: {reason}")]
    Serve {
        /// Which.
        name: &'static str,
        /// Why.
        reason: String,
    },
}

/// Where a service listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// REST, health and metrics.
    pub http: SocketAddr,
    /// Players and events over gRPC, as the role says.
    pub grpc: SocketAddr,
    /// Profiles, health.
    pub admin: SocketAddr,
}

/// A service whose database is open and whose sockets are bound.
#[derive(Debug)]
pub struct Service {
    /// Where it listens, with the ports that the system chose.
    pub addresses: Addresses,
    /// What it serves.
    pub app: Live,
    /// The file of the catalogue; absent where it is built in.
    catalogue: Option<PathBuf>,
    hangups: Hangups,
    role: Role,
    identity: Identity,
    http: TcpListener,
    grpc: TcpListener,
    admin: TcpListener,
}

impl Service {
    /// Loads, connects, migrates and binds.
    pub async fn bind(settings: Settings) -> Result<Self, ServiceError> {
        let phase = settings.phase;
        let catalogue = match &settings.catalogue {
            Some(path) => Catalogue::load(path)?,
            None => Catalogue::built_in()?,
        };
        let hangups = Hangups::listen();
        let rewards = RewardClient::new(settings.rewards.expose())?;
        let store =
            Store::connect(settings.database.expose(), phase.switches.pool_limits()).await?;
        let metrics = Metrics::new(&phase, &store);
        let initialised =
            InitialisedUsers::new(&phase.switches, settings.redis.as_ref(), &metrics)?;
        let (http, http_address) = listen("http", settings.http).await?;
        let (grpc, grpc_address) = listen("grpc", settings.grpc).await?;
        let (admin, admin_address) = listen("admin", settings.admin).await?;
        let addresses = Addresses {
            http: http_address,
            grpc: grpc_address,
            admin: admin_address,
        };
        tracing::info!(
            phase = %phase.name,
            role = %settings.role,
            database = %store.kind(),
            http = %http_address,
            grpc = %grpc_address,
            admin = %admin_address,
            "challenge service ready"
        );
        let app = Live::new(catalogue, store, phase, rewards, metrics, initialised);
        if settings.role.takes_events() {
            app.events.announce(&app.phase.switches);
        }
        Ok(Self {
            addresses,
            app,
            catalogue: settings.catalogue,
            hangups,
            role: settings.role,
            identity: if settings.allow_mock_user {
                Identity::MockUser
            } else {
                Identity::Token
            },
            http,
            grpc,
            admin,
        })
    }

    /// Serves until `shutdown` completes or a server fails; then finishes what was accepted.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServiceError> {
        let stop = CancellationToken::new();
        let readiness = Readiness {
            store: self.app.store.clone(),
            stop: stop.clone(),
        };
        let state = HttpState {
            app: self.app.clone(),
            identity: self.identity,
            readiness: readiness.clone(),
        };
        let router = if self.role.serves_players() {
            public_router(state)
        } else {
            private_router(state)
        };
        let mut servers = JoinSet::new();
        servers.spawn(serve_http("http", self.http, router, stop.clone()));
        // Until the very end: whoever waits for the shutdown can see that it goes on.
        let drained = CancellationToken::new();
        let mut admin = JoinSet::new();
        admin.spawn(serve_http(
            "admin",
            self.admin,
            admin::router(self.app.clone(), readiness.clone()),
            drained.clone(),
        ));
        let offer = grpc::Offer {
            role: self.role,
            challenges: ChallengeHandler {
                app: self.app.clone(),
                identity: self.identity,
            },
            events: EventHandler {
                app: self.app.clone(),
            },
            readiness,
        };
        servers.spawn(serve_grpc(self.grpc, offer, stop.clone()));
        let reloader = reload_until(self.app.clone(), self.catalogue, self.hangups, stop.clone());
        self.app.tasks.spawn(reloader);
        if self.role.serves_players() {
            let sweeper = sweep_until(self.app.clone(), stop.clone());
            self.app.tasks.spawn(sweeper);
        }
        if self.role.takes_events() {
            let forgetter = forget_until(self.app.clone(), stop.clone());
            self.app.tasks.spawn(forgetter);
        }

        let outcome = tokio::select! {
            () = shutdown => Ok(()),
            // Servers end when told to, so one that ended here has failed.
            Some(ended) = servers.join_next() => failed(ended),
            Some(ended) = admin.join_next() => failed(ended),
        };
        stop.cancel();
        let finished = tokio::time::timeout(DRAIN, async {
            while servers.join_next().await.is_some() {}
            self.app.tasks.close();
            self.app.tasks.wait().await;
            drained.cancel();
            admin.join_next().await;
        });
        if finished.await.is_err() {
            tracing::warn!(
                seconds = DRAIN.as_secs(),
                "gave up on requests that did not finish"
            );
            servers.shutdown().await;
            admin.shutdown().await;
        }
        // What callers who hung up have left in the queues.
        self.app.assigner.close().await;
        self.app.activator.close().await;
        if tokio::time::timeout(DRAIN, self.app.events.close())
            .await
            .is_err()
        {
            tracing::warn!(
                seconds = DRAIN.as_secs(),
                "gave up on events that could not be written"
            );
        }
        self.app.store.close().await;
        tracing::info!("challenge service stopped");
        outcome
    }
}

fn failed(
    ended: Result<Result<(), ServiceError>, tokio::task::JoinError>,
) -> Result<(), ServiceError> {
    ended.unwrap_or_else(|error| {
        Err(ServiceError::Serve {
            name: "server",
            reason: error.to_string(),
        })
    })
}

async fn listen(
    name: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), ServiceError> {
    let failed = |source| ServiceError::Listen {
        name,
        address,
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

async fn serve_http(
    name: &'static str,
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> Result<(), ServiceError> {
    let listener = listener.tap_io(|stream| {
        // Fails on a connection that is gone already.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .map_err(|error| ServiceError::Serve {
            name,
            reason: error.to_string(),
        })
}

async fn serve_grpc(
    listener: TcpListener,
    offer: grpc::Offer,
    stop: CancellationToken,
) -> Result<(), ServiceError> {
    grpc::serve(listener, offer, stop)
        .await
        .map_err(|error| ServiceError::Serve {
            name: "grpc",
            reason: error.to_string(),
        })
}
