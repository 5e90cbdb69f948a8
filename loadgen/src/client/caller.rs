//! An action, ready to be sent any number of times.

use std::sync::Arc;
use std::time::Duration;

use super::carried::Carried;
use super::code::CodeTemplate;
use super::common::Common;
use super::extract::extract;
use super::failure::Failure;
use super::grpc::{GrpcParts, GrpcTemplate};
use super::http::{HttpParts, HttpTemplate};
use super::judge::judge;
use super::places::Places;
use super::proto::ProtoError;
use super::response::Response;
use super::{Prepared, PreparedKind};
use crate::scenario::{Action, Call, Checks, Extract, LOGIN, Scenario, Source};

/// An action, ready to be sent any number of times.
pub(crate) struct Caller {
    request: RequestKind,
    places: Places,
    /// Do users keep cookies?
    cookies: bool,
    common: Arc<Common>,
    timeout: Duration,
    checks: Checks,
    extracts: Vec<Extract>,
    /// Does anything look into the body of a response?
    reads_body: bool,
}

enum RequestKind {
    Http(HttpTemplate),
    Grpc(GrpcTemplate),
    Code(CodeTemplate),
}

impl Caller {
    /// Compiles the action with this `index`.
    pub(crate) fn new(
        scenario: &Scenario,
        index: usize,
        common: &Arc<Common>,
    ) -> Result<Self, ProtoError> {
        let action: &Action = &scenario.actions[index];
        let places = Places::new(scenario, index, &common.run);
        let bearer = action.bearer.as_ref();
        let request = match &action.call {
            Call::Http {
                method,
                path,
                query,
                headers,
                body,
                redirects,
            } => {
                let base = scenario.addresses.http.as_deref().unwrap_or_default();
                let parts = HttpParts {
                    method,
                    path,
                    query,
                    headers,
                    body,
                    redirects: *redirects,
                };
                let settings = &scenario.http;
                RequestKind::Http(HttpTemplate::new(base, settings, &parts, bearer))
            }
            Call::Grpc {
                service,
                method,
                metadata,
                message,
            } => {
                let protos = common.protos.as_ref().ok_or(ProtoError::None)?;
                let parts = GrpcParts {
                    service,
                    method,
                    metadata,
                    message,
                };
                let template = GrpcTemplate::new(protos, &parts, bearer)?;
                // A message that does not fit its type is a mistake of the file, not of one
                // request. What a session carries is not known yet.
                let known = |place: &str| !place.starts_with(LOGIN);
                if action.carries.is_empty() && action.places().all(known) {
                    let nothing = Carried::default();
                    let values = places.values(0, &nothing, &common.logins);
                    let values = values.map_err(|failure| ProtoError::Message {
                        action: action.name.clone(),
                        reason: failure.message,
                    })?;
                    template
                        .message(&|place| values.fill(place))
                        .map_err(|reason| ProtoError::Message {
                            action: action.name.clone(),
                            reason,
                        })?;
                }
                RequestKind::Grpc(template)
            }
            Call::Code { values } => RequestKind::Code(CodeTemplate::new(
                common.actions.function_of(action),
                scenario,
                action,
                values,
                &common.run,
            )),
        };
        let extracts_json = action
            .extracts
            .iter()
            .any(|e| matches!(e.from, Source::Json(_)));
        Ok(Self {
            request,
            places,
            cookies: scenario.http.cookies,
            common: Arc::clone(common),
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
        let values = self.places.values(ordinal, carried, &self.common.logins)?;
        let fill = |place: &str| values.fill(place);
        let of_user = || self.common.jars.of(values.user_index);
        let jar = || {
            self.cookies.then(|| match &carried.owner {
                // A session begins with the cookies that its user has, of the login.
                Some(owner) => owner.jar.get_or_init(|| of_user().copy()).clone(),
                None => of_user(),
            })
        };
        let kind = match &self.request {
            RequestKind::Http(template) => PreparedKind::Http(template.prepare(&fill, jar())?),
            RequestKind::Grpc(template) => PreparedKind::Grpc(template.prepare(&fill)?),
            RequestKind::Code(template) => {
                PreparedKind::Code(template.prepare(ordinal, &fill, jar())?)
            }
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
