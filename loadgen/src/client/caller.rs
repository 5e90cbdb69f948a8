//! An action, ready to be sent any number of times.

use std::sync::Arc;
use std::time::Duration;

use super::carried::Carried;
use super::code::CodeTemplate;
use super::common::Common;
use super::extract::extract;
use super::failure::Failure;
use super::grpc::{GrpcParts, GrpcTemplate};
use super::http_template::{HttpParts, HttpTemplate};
use super::judge::judge;
use super::places::Places;
use super::response::Response;
use super::unfit::Unfit;
use super::{Prepared, PreparedKind};
use crate::scenario::{
    Action, Call, Checks, Extract, Fill, Mistake, Scenario, ScenarioError, Source,
};

/// What a session or the login has yet to give, where a request is tried: a text and a number.
const STAND_IN: &str = "1";

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
    /// Compiles all actions; the error has the mistakes of all.
    pub(crate) fn all(
        scenario: &Scenario,
        common: &Arc<Common>,
    ) -> Result<Vec<Self>, ScenarioError> {
        let mut mistakes = Vec::new();
        let mut callers = Vec::new();
        for index in 0..scenario.actions.len() {
            match Self::new(scenario, index, common) {
                Ok(caller) => callers.push(caller),
                Err(found) => mistakes.extend(found),
            }
        }
        if mistakes.is_empty() {
            Ok(callers)
        } else {
            Err(ScenarioError::of(mistakes))
        }
    }

    /// Compiles the action with this `index`; the error is why its requests can never be sent.
    pub(crate) fn new(
        scenario: &Scenario,
        index: usize,
        common: &Arc<Common>,
    ) -> Result<Self, Vec<Mistake>> {
        let action: &Action = &scenario.actions[index];
        let caller = Self::compiled(scenario, index, common)
            .map_err(|unfit| vec![unfit.in_action(action)])?;
        let unfit = caller.unfit().into_iter();
        let mistakes: Vec<Mistake> = unfit.map(|unfit| unfit.in_action(action)).collect();
        if mistakes.is_empty() {
            Ok(caller)
        } else {
            Err(mistakes)
        }
    }

    fn compiled(scenario: &Scenario, index: usize, common: &Arc<Common>) -> Result<Self, Unfit> {
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
                let protos = common.protos.as_ref().ok_or_else(|| Unfit {
                    setting: "grpc",
                    what: "grpc: the scenario has no definitions of services".to_owned(),
                    hint: "name the .proto file, relative to the scenario: proto = \"FILE\""
                        .to_owned(),
                })?;
                let parts = GrpcParts {
                    service,
                    method,
                    metadata,
                    message,
                };
                RequestKind::Grpc(GrpcTemplate::new(protos, &parts, bearer)?)
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

    /// What of its requests can never be sent, of whichever arrival.
    fn unfit(&self) -> Vec<Unfit> {
        let nothing = Carried::default();
        let values = self.places.sample(&nothing);
        let later = |place: &str| self.places.is_given_later(place);
        let fill = |place: &str| {
            if later(place) {
                Fill::Text(STAND_IN)
            } else {
                values.fill(place)
            }
        };
        match &self.request {
            RequestKind::Http(template) => template.unfit(&fill),
            RequestKind::Grpc(template) => template.unfit(&fill, &later),
            RequestKind::Code(template) => template.unfit(&fill),
        }
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
