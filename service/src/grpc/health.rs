//! The health service of gRPC: says of every service here what `/readyz` says.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::readiness::Readiness;
use crate::tasks::named;

/// A watcher hears of a change so much later at the most; a shutdown it hears of at once.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Answers by asking the parts then and there. The reporter of `tonic-health` keeps what it was told
/// last, and would have to be told every second whether anybody asks or not.
#[derive(Debug, Clone)]
pub(super) struct HealthHandler {
    pub(super) readiness: Readiness,
    /// The services of this process.
    pub(super) services: Vec<&'static str>,
}

impl HealthHandler {
    fn knows(&self, service: &str) -> bool {
        // The empty name is the process as a whole.
        service.is_empty() || self.services.contains(&service)
    }
}

async fn status(readiness: &Readiness) -> ServingStatus {
    match readiness.check().await {
        Ok(()) => ServingStatus::Serving,
        Err(_) => ServingStatus::NotServing,
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}

#[tonic::async_trait]
impl Health for HealthHandler {
    type WatchStream = ReceiverStream<Result<HealthCheckResponse, Status>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !self.knows(&request.get_ref().service) {
            return Err(Status::not_found("there is no such service"));
        }
        Ok(Response::new(response(status(&self.readiness).await)))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        let known = self.knows(&request.get_ref().service);
        let reports = report(self.readiness.clone(), known, sender);
        tokio::spawn(named("watch of the health", reports));
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

/// Sends every change until the watcher goes or the service stops: a stream that stayed open would
/// hold the shutdown up.
async fn report(
    readiness: Readiness,
    known: bool,
    sender: mpsc::Sender<Result<HealthCheckResponse, Status>>,
) {
    let mut last = None;
    loop {
        let stopping = readiness.stop.is_cancelled();
        let now = if known {
            status(&readiness).await
        } else {
            ServingStatus::ServiceUnknown
        };
        if last != Some(now) && sender.send(Ok(response(now))).await.is_err() {
            return;
        }
        last = Some(now);
        if stopping {
            return;
        }
        tokio::select! {
            () = sender.closed() => return,
            () = readiness.stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
