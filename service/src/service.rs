//! The process: binds its sockets, serves until told to stop, and then finishes what it accepted.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;

use crate::admin;
use crate::app::App;
use crate::catalogue::{Catalogue, CatalogueError};
use crate::cli::{Role, ServeArgs};
use crate::grpc::events_v1::stat_item_updated_events_server::StatItemUpdatedEventsServer;
use crate::grpc::events_v1::user_logged_in_events_server::UserLoggedInEventsServer;
use crate::grpc::{EventHandler, Observing};
use crate::http::{HttpState, Identity, private_router, public_router};
use crate::metrics::Metrics;
use crate::observe::Observer;
use crate::operations::sweep_until;
use crate::phase::{Phase, PhaseError};
use crate::rewards::{RewardClient, RewardError};
use crate::store::{Store, StoreError};

/// Accepted work gets so long to finish once the service is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Far above what an open-model generator keeps in flight on one connection: the default of some
/// servers, 100 to 200, would turn the client's queue into the bottleneck.
const MAX_CONCURRENT_STREAMS: u32 = 10_000;

/// Why the service could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The phase could not be loaded.
    #[error(transparent)]
    Phase(#[from] PhaseError),
    /// The catalogue could not be loaded.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The reward platform's URL is wrong.
    #[error(transparent)]
    Rewards(#[from] RewardError),
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
    /// Events; absent for a process that takes none.
    pub grpc: Option<SocketAddr>,
    /// Profiles.
    pub admin: SocketAddr,
}

/// A service whose database is open and whose sockets are bound.
#[derive(Debug)]
pub struct Service {
    /// Where it listens, with the ports that the system chose.
    pub addresses: Addresses,
    /// What it serves.
    pub app: App,
    role: Role,
    identity: Identity,
    observer: Observer,
    http: TcpListener,
    grpc: Option<TcpListener>,
    admin: TcpListener,
}

impl Service {
    /// Loads, connects, migrates and binds.
    pub async fn bind(args: ServeArgs) -> Result<Self, ServiceError> {
        let phase = Phase::load(&args.phase)?;
        let catalogue = match &args.catalogue {
            Some(path) => Catalogue::load(path)?,
            None => Catalogue::built_in()?,
        };
        let rewards = RewardClient::new(&args.rewards)?;
        let store = Store::connect(&args.database, phase.switches.pool).await?;
        let metrics = Metrics::new(&phase, &store);
        let (http, http_address) = listen("http", args.http).await?;
        let (grpc, grpc_address) = if args.role.takes_events() {
            let (listener, address) = listen("grpc", args.grpc).await?;
            (Some(listener), Some(address))
        } else {
            (None, None)
        };
        let (admin, admin_address) = listen("admin", args.admin).await?;
        let addresses = Addresses {
            http: http_address,
            grpc: grpc_address,
            admin: admin_address,
        };
        tracing::info!(
            phase = %phase.name,
            role = %args.role,
            database = %store.kind(),
            http = %http_address,
            grpc = grpc_address.map(tracing::field::display),
            admin = %admin_address,
            "challenge service ready"
        );
        Ok(Self {
            addresses,
            observer: Observer::new(metrics.clone(), args.request_log),
            app: App::new(catalogue, store, phase, rewards, metrics),
            role: args.role,
            identity: if args.allow_mock_user {
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
        let state = HttpState {
            app: self.app.clone(),
            observer: self.observer.clone(),
            identity: self.identity,
        };
        let router = if self.role.serves_players() {
            public_router(state)
        } else {
            private_router(state)
        };
        let mut servers = JoinSet::new();
        servers.spawn(serve_http("http", self.http, router, stop.clone()));
        servers.spawn(serve_http(
            "admin",
            self.admin,
            admin::router(),
            stop.clone(),
        ));
        if let Some(listener) = self.grpc {
            let handler = EventHandler {
                app: self.app.clone(),
            };
            servers.spawn(serve_grpc(listener, handler, self.observer, stop.clone()));
        }
        if self.role.serves_players() {
            let sweeper = sweep_until(self.app.clone(), stop.clone());
            self.app.tasks.spawn(sweeper);
        }

        let outcome = tokio::select! {
            () = shutdown => Ok(()),
            // Servers end on `stop` only, so one that ended here has failed.
            Some(ended) = servers.join_next() => ended.unwrap_or_else(|error| {
                Err(ServiceError::Serve { name: "server", reason: error.to_string() })
            }),
        };
        stop.cancel();
        let drained = tokio::time::timeout(DRAIN, async {
            while servers.join_next().await.is_some() {}
            self.app.tasks.close();
            self.app.tasks.wait().await;
        });
        if drained.await.is_err() {
            tracing::warn!(
                seconds = DRAIN.as_secs(),
                "gave up on requests that did not finish"
            );
            servers.shutdown().await;
        }
        self.app.store.close().await;
        tracing::info!("challenge service stopped");
        outcome
    }
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
    handler: EventHandler,
    observer: Observer,
    stop: CancellationToken,
) -> Result<(), ServiceError> {
    // On the incoming connections: the server's own setting is for sockets that it binds itself.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tonic::transport::Server::builder()
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .layer(Observing::layer(observer))
        .add_service(UserLoggedInEventsServer::new(handler.clone()))
        .add_service(StatItemUpdatedEventsServer::new(handler))
        .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
        .await
        .map_err(|error| ServiceError::Serve {
            name: "grpc",
            reason: error.to_string(),
        })
}
