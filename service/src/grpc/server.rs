//! The server of the gRPC port: which services a process offers.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic_health::pb::health_server::HealthServer;
use tonic_reflection::server::Builder as Reflection;

use super::challenge_v1::challenge_service_server::ChallengeServiceServer;
use super::ending::Ending;
use super::events_v1::stat_item_updated_events_server::StatItemUpdatedEventsServer;
use super::events_v1::user_logged_in_events_server::UserLoggedInEventsServer;
use super::health::HealthHandler;
use super::observed::{Observing, Unrouted};
use super::{ChallengeHandler, DESCRIPTORS, EventHandler};
use crate::failure::Failure;
use crate::faults::Faults;
use crate::observe::Observer;
use crate::readiness::Readiness;

/// Far above what an open-model generator keeps in flight on one connection: the default of some
/// servers, 100 to 200, would turn the client's queue into the bottleneck.
const MAX_CONCURRENT_STREAMS: u32 = 10_000;

/// What the port offers.
#[derive(Debug)]
pub struct Offer {
    /// Serves players; absent where the process does not.
    pub challenges: Option<ChallengeHandler>,
    /// Takes events; absent where the process does not.
    pub events: Option<EventHandler>,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Who watches the calls.
    pub observer: Observer,
    /// What the health service says.
    pub readiness: Readiness,
}

/// Why the port could not be served.
#[derive(Debug, thiserror::Error)]
pub enum GrpcError {
    /// The descriptors of the protos make no reflection service.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The server failed.
    #[error(transparent)]
    Transport(#[from] tonic::transport::Error),
}

/// Serves until `stop` is cancelled, and then the calls that were accepted.
pub async fn serve(
    listener: TcpListener,
    offer: Offer,
    stop: CancellationToken,
) -> Result<(), GrpcError> {
    // On the incoming connections: the server's own setting is for sockets that it binds itself.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tonic::transport::Server::builder()
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .layer(Observing::layer(offer.observer.clone()))
        .layer(offer.faults.clone().layer(refuse))
        .add_routes(routes(offer, &stop)?)
        .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
        .await?;
    Ok(())
}

fn refuse(failure: Failure) -> http::Response<tonic::body::Body> {
    let mut response = Status::from(failure).into_http();
    response.extensions_mut().insert(Unrouted);
    response
}

fn routes(offer: Offer, stop: &CancellationToken) -> Result<Routes, GrpcError> {
    let mut routes = Routes::builder();
    let mut services = Vec::new();
    if let Some(challenges) = offer.challenges {
        let challenges = ChallengeServiceServer::new(challenges);
        services.push(name(&challenges));
        routes.add_service(challenges);
    }
    if let Some(events) = offer.events {
        let logins = UserLoggedInEventsServer::new(events.clone());
        let stats = StatItemUpdatedEventsServer::new(events);
        services.extend([name(&logins), name(&stats)]);
        routes.add_service(logins).add_service(stats);
    }
    let health = HealthServer::new(HealthHandler {
        readiness: offer.readiness,
        services: services.clone(),
    });
    services.push(name(&health));
    routes
        .add_service(health)
        .add_service(Ending::with(stop, reflection(&services).build_v1()?))
        .add_service(Ending::with(stop, reflection(&services).build_v1alpha()?));
    Ok(routes.routes())
}

fn reflection(services: &[&'static str]) -> Reflection<'static> {
    let reflection = Reflection::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
    // Only what this process serves: the descriptors hold the services of all roles.
    services.iter().fold(reflection, |reflection, name| {
        reflection.with_service_name(*name)
    })
}

fn name<S: NamedService>(_: &S) -> &'static str {
    S::NAME
}
