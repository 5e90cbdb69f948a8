//! A scenario's actions, sent one by one.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;

use crate::client::{
    Actions, Caller, Carried, Clients, Common, Failure, Owners, ProtoError, Protos,
};
use crate::scenario::{Scenario, ScenarioError};

/// Serves `app` on a free port, until the test ends.
pub(super) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

/// A scenario has a stage, which nobody runs here.
const STAGE: &str = r#"
[actions.idle]
http = "GET /"
[[stages]]
name = "idle"
duration = "1s"
[[stages.streams]]
name = "idle"
rate = "1/s"
mix = { idle = 1 }
"#;

fn scenario(text: &str) -> Scenario {
    let text = format!("format = 1\nname = \"test\"\n{text}\n{STAGE}");
    Scenario::parse(Path::new("test.toml"), &text).unwrap()
}

pub(super) struct Bench {
    scenario: Scenario,
    callers: Vec<Caller>,
    clients: Arc<Clients>,
}

impl Bench {
    /// The actions of `text`, whose HTTP calls go to `address`.
    pub(super) fn http(address: SocketAddr, text: &str) -> Self {
        Self::new(&format!("[addresses]\nhttp = \"http://{address}\"\n{text}"))
    }

    pub(super) fn new(text: &str) -> Self {
        let scenario = scenario(text);
        let clients = Clients::new(&scenario).unwrap();
        Self::of(scenario, clients, None, &Actions::new()).unwrap()
    }

    /// The actions of `text`, those of which that are code are `actions`.
    pub(super) fn with_actions(text: &str, actions: &Actions) -> Self {
        let scenario = scenario(text);
        let clients = Clients::new(&scenario).unwrap();
        Self::of(scenario, clients, None, actions).unwrap()
    }

    /// The actions of `text` with the definitions that its gRPC calls need.
    pub(super) async fn with_protos(text: &str) -> Result<Self, ProtoError> {
        let scenario = scenario(text);
        let clients = Clients::new(&scenario).unwrap();
        let protos = clients.protos(&scenario).await?;
        Ok(Self::of(scenario, clients, protos, &Actions::new())?)
    }

    fn of(
        scenario: Scenario,
        clients: Clients,
        protos: Option<Protos>,
        actions: &Actions,
    ) -> Result<Self, ScenarioError> {
        let common = Arc::new(Common::new("run-1", protos).with(actions));
        Ok(Self {
            callers: Caller::all(&scenario, &common)?,
            scenario,
            clients: Arc::new(clients),
        })
    }

    /// What the first kind of session carries when its session `ordinal` begins.
    pub(super) fn session(&self, ordinal: u64) -> Carried {
        Owners::new(&self.scenario, self.scenario.actions.len()).begin(ordinal)
    }

    /// Sends arrival `ordinal` of the action, as a step of the session that carries `carried`.
    pub(super) async fn step(
        &self,
        action: &str,
        ordinal: u64,
        carried: &mut Carried,
    ) -> Result<(), Failure> {
        let named = |a: &crate::scenario::Action| a.name == action;
        let caller = &self.callers[self.scenario.actions.iter().position(named).unwrap()];
        let prepared = caller.prepare(ordinal, carried)?;
        let response = self.clients.send(prepared, caller.timeout()).await?;
        caller.judge(&response, carried)
    }
}
