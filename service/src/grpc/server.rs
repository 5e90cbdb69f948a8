//! The server of the gRPC port: which services a process offers.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic_health::pb::health_server::HealthServer;
use tonic_reflection::server::Builder as Reflection;

use super::challenge_v1::challenge_service_server::ChallengeServiceServer;
use super::events_v1::stat_item_updated_events_server::StatItemUpdatedEventsServer;
use super::events_v1::user_logged_in_events_server::UserLoggedInEventsServer;
use super::health::HealthHandler;
use super::metered::Metered;
use super::{ChallengeHandler, DESCRIPTORS, EventHandler};
use crate::readiness::Readiness;
use crate::settings::Role;

/// Far above what an open-model generator keeps in flight on one connection: the default of some
/// servers, 100 to 200, would turn the client's queue into the bottleneck.
const MAX_CONCURRENT_STREAMS: u32 = 10_000;

/// What the port offers.
#[derive(Debug)]
pub struct Offer {
    /// Whether players, events or both are served.
    pub role: Role,
    /// Serves players.
    pub challenges: ChallengeHandler,
    /// Takes events.
    pub events: EventHandler,
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
        .layer(Metered::layer(offer.events.app.metrics.clone()))
        .add_routes(routes(offer)?)
        .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
        .await?;
    Ok(())
}

fn routes(offer: Offer) -> Result<Routes, GrpcError> {
    let mut routes = Routes::builder();
    let mut services = Vec::new();
    if offer.role.serves_players() {
        services.push(name(&ChallengeServiceServer::new(offer.challenges.clone())));
        routes.add_service(ChallengeServiceServer::new(offer.challenges));
    }
    if offer.role.takes_events() {
        let logins = UserLoggedInEventsServer::new(offer.events.clone());
        let stats = StatItemUpdatedEventsServer::new(offer.events);
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
        .add_service(reflection(&services).build_v1()?)
        .add_service(reflection(&services).build_v1alpha()?);
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
