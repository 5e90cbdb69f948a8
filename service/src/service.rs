//! The process: binds its sockets, serves until told to stop, and then finishes what it accepted.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::admin::{self, AdminState};
use crate::allocator;
use crate::app::Live;
use crate::catalogue::{Catalogue, CatalogueError};
use crate::event_path::EventPath;
use crate::faults::FaultError;
use crate::grpc::{self, ChallengeHandler, EventHandler};
use crate::http::{HttpState, private_router, public_router};
use crate::initialised::{CacheError, InitialisedUsers};
use crate::listener;
use crate::metrics::Metrics;
use crate::observe::{Observer, RequestLog};
use crate::operations::{forget_until, sweep_until};
use crate::outbox;
use crate::player::Identity;
use crate::readiness::Readiness;
use crate::reload::{Hangups, reload_until};
use crate::rewards::{RewardClient, RewardError};
use crate::settings::{Role, Settings};
use crate::shutdown::{GaveUp, Grace, Steps};
use crate::store::{Store, StoreError};
use crate::tasks::named;

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
    /// A fault cannot be switched on.
    #[error(transparent)]
    Fault(#[from] FaultError),
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
    /// Work that had been accepted was left.
    #[error("stopped with work unfinished: {0}")]
    Unfinished(GaveUp),
}

/// Where a service listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// REST, health and metrics.
    pub http: SocketAddr,
    /// Players and events over gRPC, as the role says.
    pub grpc: SocketAddr,
    /// Profiles, health, faults, the outbox.
    pub admin: SocketAddr,
}

/// A service whose database is open and whose sockets are bound.
#[derive(Debug)]
pub struct Service {
    /// Where it listens, with the ports that the system chose.
    pub addresses: Addresses,
    /// What it serves.
    pub app: Live,
    /// How events reach the store; absent where none are taken.
    events: Option<Arc<EventPath>>,
    /// The file of the catalogue; absent where it is built in.
    catalogue: Option<PathBuf>,
    hangups: Hangups,
    role: Role,
    identity: Identity,
    observer: Observer,
    grace: Grace,
    http: TcpListener,
    grpc: TcpListener,
    admin: TcpListener,
}

impl Service {
    /// Loads, connects, migrates and binds.
    pub async fn bind(settings: Settings) -> Result<Self, ServiceError> {
        allocator::sample_allocations(settings.heap_profile);
        let limits = settings.reward_limits();
        let phase = settings.phase;
        let catalogue = match &settings.catalogue {
            Some(path) => Catalogue::load(path)?,
            None => Catalogue::built_in()?,
        };
        let hangups = Hangups::listen();
        let rewards = RewardClient::new(settings.reward_url.expose(), limits)?;
        let store =
            Store::connect(settings.database.expose(), phase.switches.pool_limits()).await?;
        let metrics = Metrics::new(&phase, &store);
        let (rewards, initialised) = if settings.role.serves_players() {
            let redis = settings.redis.as_ref();
            let initialised = InitialisedUsers::new(&phase.switches, redis, &metrics)?;
            (rewards.metered(metrics.group()), initialised)
        } else {
            (rewards, None)
        };
        let events = settings
            .role
            .takes_events()
            .then(|| Arc::new(EventPath::new(&store, &phase.switches, &metrics)));
        let request_log = RequestLog::new(settings.log_requests, settings.slow_request);
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
        let observer = Observer::new(metrics.clone(), request_log);
        let app = Live::new(catalogue, store, phase, rewards, metrics, initialised);
        app.faults.set(settings.faults).await?;
        Ok(Self {
            addresses,
            observer,
            app,
            events,
            catalogue: settings.catalogue,
            hangups,
            role: settings.role,
            identity: if settings.allow_mock_user {
                Identity::MockUser
            } else {
                Identity::Token
            },
            grace: Grace {
                delay: settings.shutdown_delay,
                timeout: settings.shutdown_timeout,
            },
            http,
            grpc,
            admin,
        })
    }

    /// Serves until `shutdown` completes or a server fails; then finishes what was accepted.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServiceError> {
        self.run_until(shutdown, std::future::pending()).await
    }

    /// The same, but once `give_up` completes as well, what is not finished is left.
    pub async fn run_until(
        self,
        shutdown: impl Future<Output = ()>,
        give_up: impl Future<Output = ()>,
    ) -> Result<(), ServiceError> {
        let Self {
            addresses: _,
            app,
            events,
            catalogue,
            hangups,
            role,
            identity,
            observer,
            grace,
            http,
            grpc,
            admin,
        } = self;
        let steps = Steps::default();
        let readiness = Readiness {
            app: app.clone(),
            events: events.clone(),
            stop: steps.unready.clone(),
        };
        let state = HttpState {
            app: app.clone(),
            observer: observer.clone(),
            identity,
            readiness: readiness.clone(),
        };
        let router = if role.serves_players() {
            public_router(state)
        } else {
            private_router(state)
        };
        let mut servers = JoinSet::new();
        servers.spawn(serve_http("http", http, router, steps.closing.clone()));
        // Until the very end: whoever waits for the shutdown can see that it goes on.
        let mut admin_server = JoinSet::new();
        admin_server.spawn(serve_http(
            "admin",
            admin,
            admin::router(AdminState {
                app: app.clone(),
                readiness: readiness.clone(),
            }),
            steps.over.clone(),
        ));
        let offer = grpc::Offer {
            challenges: role.serves_players().then(|| ChallengeHandler {
                app: app.clone(),
                identity,
            }),
            events: events.clone().map(|path| EventHandler {
                app: app.clone(),
                path,
            }),
            faults: app.faults.clone(),
            observer,
            readiness,
        };
        servers.spawn(serve_grpc(grpc, offer, steps.closing.clone()));
        let stop = steps.finishing.clone();
        let reloader = reload_until(app.clone(), catalogue, hangups, stop.clone());
        app.tasks.spawn(named("reloads of the catalogue", reloader));
        work_until(&app, role, &stop);

        let outcome = tokio::select! {
            () = shutdown => Ok(()),
            // Servers end when told to, so one that ended here has failed.
            Some(ended) = servers.join_next() => failed(ended),
            Some(ended) = admin_server.join_next() => failed(ended),
        };
        tracing::info!("challenge service stops");
        steps.unready.cancel();
        // They would hold up the shutdown.
        app.faults.clear();
        let finished = async {
            tokio::time::sleep(grace.delay).await;
            steps.closing.cancel();
            while servers.join_next().await.is_some() {}
            stop.cancel();
            app.tasks.close();
            app.tasks.wait().await;
            steps.over.cancel();
            while admin_server.join_next().await.is_some() {}
            empty(&app, events.as_deref()).await;
        };
        let left = tokio::select! {
            () = finished => None,
            () = give_up => Some(GaveUp::ToldAgain),
            () = tokio::time::sleep(grace.delay + grace.timeout) => Some(GaveUp::TooLong),
        };
        if let Some(why) = left {
            if let Some(events) = &events {
                events.give_up();
            }
            return Err(ServiceError::Unfinished(why));
        }
        tracing::info!("challenge service stopped");
        outcome
    }
}

/// Finishes what callers who hung up have left in the queues, once nothing comes in any more.
async fn empty(app: &Live, events: Option<&EventPath>) {
    // Again: operators could switch faults on until here, and connections that one holds would be
    // waited for.
    app.faults.clear();
    app.assigner.close().await;
    app.activator.close().await;
    if let Some(events) = events {
        events.close().await;
    }
    app.store.close().await;
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

/// Starts what goes on beside requests, until told to stop.
fn work_until(app: &Live, role: Role, stop: &CancellationToken) {
    if role.serves_players() {
        let sweeper = sweep_until(app.clone(), stop.clone());
        app.tasks.spawn(named("sweeps of stuck claims", sweeper));
        // In every phase: another one may have left rewards owed.
        let metrics = app.metrics.group();
        let worker = outbox::work_until(app.clone(), metrics, stop.clone());
        app.tasks.spawn(named("outbox", worker));
    }
    if role.takes_events() {
        let forgetter = forget_until(app.clone(), stop.clone());
        app.tasks.spawn(named("ends of event windows", forgetter));
    }
}

async fn listen(
    name: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), ServiceError> {
    let bound = listener::bind(address).await;
    bound.map_err(|source| ServiceError::Listen {
        name,
        address,
        source,
    })
}

async fn serve_http(
    name: &'static str,
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> Result<(), ServiceError> {
    let served = listener::serve(listener, router, stop).await;
    served.map_err(|error| ServiceError::Serve {
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
