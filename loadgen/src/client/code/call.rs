//! A function as an action: what it is given, and its call.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::Uri;
use http::header::HeaderMap;

use super::actions::Function;
use super::arrival::{Arrival, Values};
use super::contained::Contained;
use crate::client::cookies::Jar;
use crate::client::http::HttpRequest;
use crate::client::http_template::{authorization, own_headers, unfit_bearer};
use crate::client::response::Response;
use crate::client::unfit::Unfit;
use crate::client::{Carried, Clients, Failure};
use crate::scenario::{Action, Fill, Scenario, Template, port_of};

/// What all arrivals of the action have in common.
pub(super) struct Settings {
    pub(super) action: String,
    pub(super) run: String,
    pub(super) has_users: bool,
    /// Names of its values.
    pub(super) values: Vec<String>,
    /// Names of its draws.
    pub(super) draws: Vec<String>,
    /// What it gives to its session.
    pub(super) gives: Vec<String>,
    /// `HOST:PORT` by name.
    pub(super) addresses: BTreeMap<String, String>,
    /// Base URL of HTTP requests.
    base: Option<String>,
    /// Headers of every HTTP request, where it does not say otherwise.
    own_headers: HeaderMap,
    redirects: u64,
}

/// The action, ready to be called any number of times.
pub(in super::super) struct CodeTemplate {
    function: Arc<Function>,
    settings: Arc<Settings>,
    values: Vec<Template>,
    bearer: Option<Template>,
}

/// One call that has not begun.
pub(in super::super) struct CodeCall {
    function: Arc<Function>,
    settings: Arc<Settings>,
    values: Values,
}

impl CodeTemplate {
    pub(in super::super) fn new(
        function: &Arc<Function>,
        scenario: &Scenario,
        action: &Action,
        values: &[(String, Template)],
        run: &str,
    ) -> Self {
        let addresses = scenario.addresses.named();
        let addresses = addresses.filter_map(|(name, url)| Some((name.to_owned(), socket(url)?)));
        let base = scenario.addresses.http.as_deref();
        let settings = Settings {
            action: action.name.clone(),
            run: run.to_owned(),
            has_users: scenario.users.is_some(),
            values: values.iter().map(|(name, _)| name.clone()).collect(),
            draws: action.draws.iter().map(|(name, ..)| name.clone()).collect(),
            gives: action.extracts.iter().map(|e| e.name.clone()).collect(),
            addresses: addresses.collect(),
            base: base.map(|base| base.trim_end_matches('/').to_owned()),
            own_headers: own_headers(&scenario.http),
            redirects: scenario.http.redirects,
        };
        Self {
            function: Arc::clone(function),
            settings: Arc::new(settings),
            values: values.iter().map(|(_, value)| value.clone()).collect(),
            bearer: action.bearer.clone(),
        }
    }

    /// The token, if it cannot be sent; what else is sent only the function knows.
    pub(in super::super) fn unfit<'a>(&self, fill: &impl Fn(&str) -> Fill<'a>) -> Vec<Unfit> {
        unfit_bearer(self.bearer.as_ref(), fill)
            .into_iter()
            .collect()
    }

    pub(in super::super) fn prepare<'a>(
        &self,
        ordinal: u64,
        fill: &impl Fn(&str) -> Fill<'a>,
        jar: Option<Jar>,
    ) -> Result<CodeCall, Failure> {
        let number = |name: &String| match fill(name) {
            Fill::Number(number) => number,
            Fill::Text(_) => 0,
        };
        let user = match fill("user") {
            Fill::Text(user) => user.to_owned(),
            Fill::Number(_) => String::new(),
        };
        let bearer = self.bearer.as_ref();
        Ok(CodeCall {
            function: Arc::clone(&self.function),
            settings: Arc::clone(&self.settings),
            values: Values {
                user,
                ordinal,
                named: self.values.iter().map(|v| v.render(fill)).collect(),
                numbers: self.settings.draws.iter().map(number).collect(),
                authorization: bearer.map(|token| authorization(token, fill)).transpose()?,
                jar,
            },
        })
    }
}

impl CodeCall {
    /// Calls the function and waits until it returns; the response has what it gave.
    pub(in super::super) async fn perform(
        self,
        clients: Arc<Clients>,
    ) -> Result<Response, Failure> {
        let given = Arc::new(Mutex::new(Carried::default()));
        let arrival = Arrival {
            settings: self.settings,
            values: self.values,
            clients,
            given: Arc::clone(&given),
        };
        Contained::new(|| (self.function)(arrival))?.await?;
        let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Response::of_function(std::mem::take(&mut *given)))
    }
}

impl Settings {
    /// The request as it is sent to the scenario's address.
    pub(super) fn http_request(
        &self,
        head: http::request::Parts,
        body: Bytes,
        jar: Option<Jar>,
    ) -> Result<HttpRequest, Failure> {
        let wrong = |what: &str| Failure::new("protocol", what.to_owned());
        let base = self.base.as_deref();
        let base = base.ok_or_else(|| wrong("the scenario has no http address"))?;
        if head.uri.authority().is_some() {
            // Load goes where the scenario says.
            return Err(wrong(
                "a request names a path; its address is that of the scenario",
            ));
        }
        let uri: Uri = format!("{base}{}", head.uri)
            .parse()
            .map_err(|_| wrong("the path cannot be sent"))?;
        let mut headers = head.headers;
        for (name, value) in &self.own_headers {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        let redirects = self.redirects;
        Ok(HttpRequest::new(
            head.method,
            uri,
            headers,
            body,
            redirects,
            jar,
        ))
    }
}

/// `HOST:PORT` of an address.
fn socket(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    Some(format!("{}:{}", uri.host()?, port_of(&uri)))
}
