//! Sending one request and judging its response.

mod address;
mod caller;
mod carried;
mod code;
mod common;
mod connections;
mod cookies;
mod decode;
mod escape;
mod extract;
mod failure;
mod grpc;
mod http;
mod http_template;
mod judge;
mod login;
mod owner;
mod places;
mod proto;
mod reflect;
mod response;
#[cfg(test)]
mod tests;
mod tls;
mod unfit;

use std::sync::Arc;
use std::time::Duration;

pub use address::AddressError;
pub(crate) use address::await_reachable;
pub(crate) use caller::Caller;
pub(crate) use carried::Carried;
pub use code::{Actions, ActionsError, Arrival};
pub(crate) use common::Common;
pub use failure::Failure;
pub(crate) use failure::chain;
pub use login::LoginError;
pub(crate) use login::log_in;
pub(crate) use owner::Owners;
pub use proto::ProtoError;
pub(crate) use proto::Protos;
pub(crate) use response::Response;

use crate::scenario::Scenario;

/// Who the generator says that it is.
const USER_AGENT_OF_BRUNT: &str = concat!("brunt/", env!("CARGO_PKG_VERSION"));

/// The clients of a run, one connection pool each.
pub(crate) struct Clients {
    http: http::HttpClient,
    grpc: Option<grpc::GrpcClient>,
}

/// A request that is complete but not sent.
pub(crate) struct Prepared {
    kind: PreparedKind,
    /// Is the body of the response kept?
    reads_body: bool,
}

enum PreparedKind {
    Http(http::HttpRequest),
    Grpc(grpc::GrpcRequest),
    Code(code::CodeCall),
}

impl Clients {
    /// Clients for the addresses of `scenario`; connections are opened when they are needed.
    pub(crate) fn new(scenario: &Scenario) -> Result<Self, AddressError> {
        let grpc = match &scenario.addresses.grpc {
            Some(address) => Some(grpc::GrpcClient::new(address, &scenario.tls)?),
            None => None,
        };
        Ok(Self {
            http: http::HttpClient::new(scenario).map_err(AddressError::Tls)?,
            grpc,
        })
    }

    /// The definitions that the gRPC calls of `scenario` need; nothing if it names none.
    pub(crate) async fn protos(&self, scenario: &Scenario) -> Result<Option<Protos>, ProtoError> {
        Protos::of(scenario, self.grpc.as_ref()).await
    }

    /// Sends `prepared` and waits for the whole response, whatever it says: a failure is that
    /// there is none. [`Caller::judge`] says whether it is a success.
    pub(crate) async fn send(
        self: &Arc<Self>,
        prepared: Prepared,
        timeout: Duration,
    ) -> Result<Response, Failure> {
        let reads_body = prepared.reads_body;
        let response = async {
            match (prepared.kind, &self.grpc) {
                (PreparedKind::Http(request), _) => self.http.send(request, reads_body).await,
                (PreparedKind::Grpc(request), Some(client)) => {
                    // Boxed: an HTTP request in flight need not be as large.
                    Box::pin(client.send(request, timeout, reads_body)).await
                }
                (PreparedKind::Code(call), _) => call.perform(Arc::clone(self)).await,
                (PreparedKind::Grpc(_), None) => {
                    Err(Failure::new("protocol", "the scenario has no gRPC address"))
                }
            }
        };
        tokio::time::timeout(timeout, response)
            .await
            .unwrap_or_else(|_| Err(Failure::timeout(timeout)))
    }
}
