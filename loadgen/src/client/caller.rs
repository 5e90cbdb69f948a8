//! An action, ready to be sent any number of times.

use std::time::Duration;

use super::carried::Carried;
use super::extract::extract;
use super::failure::Failure;
use super::grpc::GrpcTemplate;
use super::http::HttpTemplate;
use super::judge::judge;
use super::places::Places;
use super::proto::{ProtoError, Protos};
use super::response::Response;
use super::{Prepared, PreparedKind};
use crate::scenario::{Action, Call, Checks, Extract, Scenario, Source};

/// An action, ready to be sent any number of times.
pub(crate) struct Caller {
    request: RequestKind,
    places: Places,
    timeout: Duration,
    checks: Checks,
    extracts: Vec<Extract>,
    /// Does anything look into the body of a response?
    reads_body: bool,
}

enum RequestKind {
    Http(HttpTemplate),
    Grpc(GrpcTemplate),
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
        let places = Places::new(scenario, index, run);
        let request = match &action.call {
            Call::Http {
                method,
                path,
                headers,
                json,
            } => {
                let base = scenario.addresses.http.as_deref().unwrap_or_default();
                RequestKind::Http(HttpTemplate::new(
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
                let template = GrpcTemplate::new(protos, service, method, message.clone())?;
                // A message that does not fit its type is a mistake of the file, not of one
                // request. What a session carries is not known yet.
                if action.carries.is_empty() {
                    let nothing = Carried::default();
                    let values = places.fill_in(0, &nothing);
                    template
                        .message(&|place| values.fill(place))
                        .map_err(|reason| ProtoError::Message {
                            action: action.name.clone(),
                            reason,
                        })?;
                }
                RequestKind::Grpc(template)
            }
        };
        let extracts_json = action
            .extracts
            .iter()
            .any(|e| matches!(e.from, Source::Json(_)));
        Ok(Self {
            request,
            places,
            timeout: action.timeout,
            reads_body: action.checks.read_body() || extracts_json,
            checks: action.checks.clone(),
            extracts: action.extracts.clone(),
        })
    }

    /// After how long a request that was sent has failed.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The request of arrival `ordinal`, in a session that carries `carried`.
    pub(crate) fn prepare(&self, ordinal: u64, carried: &Carried) -> Result<Prepared, Failure> {
        let values = self.places.values(ordinal, carried)?;
        let fill = |place: &str| values.fill(place);
        let kind = match &self.request {
            RequestKind::Http(template) => PreparedKind::Http(template.prepare(&fill)?),
            RequestKind::Grpc(template) => PreparedKind::Grpc(template.prepare(&fill)?),
        };
        Ok(Prepared {
            kind,
            reads_body: self.reads_body,
        })
    }

    /// Is the response a success? What the action extracts from it is added to `carried`.
    pub(crate) fn judge(&self, response: &Response, carried: &mut Carried) -> Result<(), Failure> {
        judge(&self.checks, response)?;
        extract(&self.extracts, response, carried)
    }
}
