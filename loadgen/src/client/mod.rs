//! Sending one request and judging its response.

mod address;
mod failure;
mod grpc;
mod http;
mod proto;

use std::time::Duration;

pub use address::AddressError;
pub(crate) use address::await_reachable;
pub(crate) use failure::Failure;
pub use proto::ProtoError;
pub(crate) use proto::Protos;

use crate::plan::{Draws, user_id};
use crate::scenario::{Action, Call, Fill, Scenario, Template};

/// The clients of a run, one connection pool each.
pub(crate) struct Clients {
    http: http::HttpClient,
    grpc: Option<grpc::GrpcClient>,
}

/// An action, ready to be sent any number of times.
pub(crate) struct Caller {
    request: RequestKind,
    places: Places,
    timeout: Duration,
}

enum RequestKind {
    Http(http::HttpTemplate),
    Grpc(grpc::GrpcTemplate),
}

/// What fills the places of an action's templates.
struct Places {
    user_id: Option<Template>,
    seed: u64,
    draw_names: Vec<String>,
    draws: Draws,
    run: String,
}

/// A request that is complete but not sent.
pub(crate) struct Prepared(PreparedKind);

enum PreparedKind {
    Http(http::HttpRequest),
    Grpc(grpc::GrpcRequest),
}

/// The values of one arrival.
struct Values<'a> {
    user: String,
    numbers: Vec<u64>,
    ordinal: u64,
    places: &'a Places,
}

impl Values<'_> {
    fn fill(&self, place: &str) -> Fill<'_> {
        match place {
            "user" => Fill::Text(&self.user),
            "run" => Fill::Text(&self.places.run),
            "ordinal" => Fill::Number(self.ordinal),
            _ => {
                let draw = self.places.draw_names.iter().position(|name| name == place);
                Fill::Number(draw.map_or(0, |i| self.numbers[i]))
            }
        }
    }
}

impl Places {
    fn values(&self, ordinal: u64) -> Values<'_> {
        let (index, numbers) = self.draws.at(ordinal);
        let user = self
            .user_id
            .as_ref()
            .map_or_else(String::new, |id| user_id(id, index, self.seed));
        Values {
            user,
            numbers,
            ordinal,
            places: self,
        }
    }
}

impl Clients {
    /// Clients for the addresses of `scenario`; connections are opened when they are needed.
    pub(crate) fn new(scenario: &Scenario) -> Result<Self, AddressError> {
        let grpc = match &scenario.addresses.grpc {
            Some(address) => Some(grpc::GrpcClient::new(address)?),
            None => None,
        };
        Ok(Self {
            http: http::HttpClient::new(),
            grpc,
        })
    }

    /// Sends `prepared` and waits for the whole response.
    pub(crate) async fn send(&self, prepared: Prepared, timeout: Duration) -> Result<(), Failure> {
        let response = async {
            match (prepared.0, &self.grpc) {
                (PreparedKind::Http(request), _) => self.http.send(request).await,
                (PreparedKind::Grpc(request), Some(client)) => client.send(request).await,
                (PreparedKind::Grpc(_), None) => {
                    Err(Failure::new("protocol", "the scenario has no gRPC address"))
                }
            }
        };
        tokio::time::timeout(timeout, response)
            .await
            .unwrap_or_else(|_| {
                let message = format!("no response within {timeout:?}");
                Err(Failure::new("timeout", message))
            })
    }
}

impl Caller {
    /// Compiles the action with this `index`; `run` is the run's id.
    pub(crate) fn new(
        scenario: &Scenario,
        index: usize,
        protos: Option<&Protos>,
        run: &str,
    ) -> Result<Self, ProtoError> {
        let action: &Action = &scenario.actions[index];
        let users = scenario.users.as_ref();
        let places = Places {
            user_id: users.map(|users| users.id.clone()),
            seed: scenario.seed,
            draw_names: action
                .draws
                .iter()
                .map(|(name, _, _)| name.clone())
                .collect(),
            draws: Draws::new(action, index, users.map_or(0, |u| u.count), scenario.seed),
            run: run.to_owned(),
        };
        let request = match &action.call {
            Call::Http {
                method,
                path,
                headers,
                json,
            } => {
                let base = scenario.addresses.http.as_deref().unwrap_or_default();
                RequestKind::Http(http::HttpTemplate::new(
                    base,
                    method.clone(),
                    path.clone(),
                    headers.clone(),
                    json.clone(),
                ))
            }
            Call::Grpc {
                service,
                method,
                message,
            } => {
                let protos = protos.ok_or(ProtoError::None)?;
                let template = grpc::GrpcTemplate::new(protos, service, method, message.clone())?;
                // A message that does not fit its type is a mistake of the file, not of one request.
                let values = places.values(0);
                template
                    .prepare(|place| values.fill(place))
                    .map_err(|failure| ProtoError::Message {
                        action: action.name.clone(),
                        reason: failure.message,
                    })?;
                RequestKind::Grpc(template)
            }
        };
        Ok(Self {
            request,
            places,
            timeout: action.timeout,
        })
    }

    /// After how long a request that was sent has failed.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The request of arrival `ordinal`.
    pub(crate) fn prepare(&self, ordinal: u64) -> Result<Prepared, Failure> {
        let values = self.places.values(ordinal);
        let fill = |place: &str| values.fill(place);
        match &self.request {
            RequestKind::Http(template) => template.prepare(fill).map(PreparedKind::Http),
            RequestKind::Grpc(template) => template.prepare(fill).map(PreparedKind::Grpc),
        }
        .map(Prepared)
    }
}
