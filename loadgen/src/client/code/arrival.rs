//! What a function is given.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use tonic::transport::Channel;

use super::call::Settings;
use crate::client::cookies::Jar;
use crate::client::grpc::GrpcClient;
use crate::client::http::HttpRequest;
use crate::client::{Carried, Clients, Failure};

/// The arrival for which a function of [`Actions`](crate::Actions) is called: its values, and the
/// clients of the thread on which it runs.
///
/// What a look-up does not find is a [`Failure`] of the kind `protocol`, so that `?` ends the function.
pub struct Arrival {
    pub(super) settings: Arc<Settings>,
    pub(super) values: Values,
    pub(super) clients: Arc<Clients>,
    /// What the function gives to the session.
    pub(super) given: Arc<Mutex<Carried>>,
}

/// What differs from arrival to arrival.
pub(super) struct Values {
    /// Empty where the scenario has no users.
    pub(super) user: String,
    pub(super) ordinal: u64,
    /// In the order of the scenario.
    pub(super) named: Vec<String>,
    /// In the order of the scenario.
    pub(super) numbers: Vec<u64>,
    pub(super) authorization: Option<HeaderValue>,
    pub(super) jar: Option<Jar>,
}

impl Arrival {
    /// The slug of the action.
    pub fn action(&self) -> &str {
        &self.settings.action
    }

    /// The number of the arrival among those of its action: from 0 where it came at a rate. A stream of
    /// users, and the requests of sessions, count from a large number of their own, so that no other
    /// request of the action in the run has the same.
    pub fn ordinal(&self) -> u64 {
        self.values.ordinal
    }

    /// The id of the run, for keys that must differ between runs.
    pub fn run(&self) -> &str {
        &self.settings.run
    }

    /// The id of the arrival's user, of a scenario with `[users]`.
    pub fn user(&self) -> Result<&str, Failure> {
        if self.settings.has_users {
            return Ok(&self.values.user);
        }
        Err(Failure::new("protocol", "the scenario has no [users]"))
    }

    /// What the action's `values` have under this name: places of data sets, of the login, of the
    /// session and of the environment are filled.
    pub fn value(&self, name: &str) -> Result<&str, Failure> {
        let found = position(&self.settings.values, name);
        let value = found.map(|index| self.values.named[index].as_str());
        value.ok_or_else(|| self.lacks("values", name))
    }

    /// The whole number that the action's `draw` has drawn under this name.
    pub fn number(&self, name: &str) -> Result<u64, Failure> {
        let found = position(&self.settings.draws, name);
        let number = found.map(|index| self.values.numbers[index]);
        number.ok_or_else(|| self.lacks("draw", name))
    }

    /// `HOST:PORT` of the address of this name, as connections are opened to it.
    ///
    /// `[addresses]` of a scenario with functions may have names of its own, such as
    /// `redis = "redis://127.0.0.1:6379"`.
    pub fn address(&self, name: &str) -> Result<&str, Failure> {
        let address = self.settings.addresses.get(name);
        address.map(String::as_str).ok_or_else(|| {
            Failure::new("protocol", format!("the scenario has no address {name:?}"))
        })
    }

    /// Gives `value` to later requests of the session, or of a login to all: `${NAME}` and
    /// `${login.NAME}` are filled with it. The action's `extract` names what it gives:
    /// `extract = ["token"]`.
    ///
    /// A function that succeeds without having given all of it has failed, with the kind `extract`.
    pub fn give(&self, name: &str, value: impl Into<String>) -> Result<(), Failure> {
        if position(&self.settings.gives, name).is_none() {
            return Err(self.lacks("extract", name));
        }
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.set(name, value.into());
        Ok(())
    }

    /// Sends an HTTP request to the `http` address of the scenario, through the connections of this
    /// thread, and waits for the whole response, whatever its status says.
    ///
    /// The request names a path: `Request::get("/jobs/7").body("")?`. It follows the settings of
    /// `[http]`, has the cookies of the user where these are kept, and the `bearer` of the action
    /// unless it has an `authorization` of its own.
    pub async fn send(
        &self,
        request: http::Request<impl Into<Bytes>>,
    ) -> Result<http::Response<Bytes>, Failure> {
        let (mut head, body) = request.into_parts();
        let authorization = self.values.authorization.clone();
        if let Some(value) = authorization.filter(|_| !head.headers.contains_key(AUTHORIZATION)) {
            head.headers.insert(AUTHORIZATION, value);
        }
        let jar = self.values.jar.clone();
        let request: HttpRequest = self.settings.http_request(head, body.into(), jar)?;
        let response = self.clients.http.send(request, true).await?;
        Ok(response.into_http())
    }

    /// The connection of this thread to the `grpc` address of the scenario, for clients that tonic
    /// has generated.
    pub fn channel(&self) -> Result<Channel, Failure> {
        let client = self.clients.grpc.as_ref();
        let channel = client.map(GrpcClient::channel);
        channel.ok_or_else(|| Failure::new("protocol", "the scenario has no grpc address"))
    }

    fn lacks(&self, setting: &str, name: &str) -> Failure {
        let action = &self.settings.action;
        let what = format!("the {setting} of action {action:?} in the scenario lacks {name:?}");
        Failure::new("protocol", what)
    }
}

fn position(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|known| known == name)
}

/// Values may be secrets.
impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("action", &self.settings.action)
            .field("ordinal", &self.values.ordinal)
            .finish_non_exhaustive()
    }
}
