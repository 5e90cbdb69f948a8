//! A running service whose statements are read from the log of its server.

use std::io::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::grpc::events_v1::user_logged_in_events_client::UserLoggedInEventsClient;
use challenge_service::grpc::events_v1::{StatItemUpdated, UserLoggedIn};
use challenge_service::latency_law::LatencyLaw;
use challenge_service::phase::{Materialisation, Switches};
use challenge_service::rewards::{Mock, MockArgs};
use challenge_service::service::{Addresses, Service};
use challenge_service::settings::Settings;
use challenge_service::throwaway::Postgres;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::operation::{Ask, Operation, Player, rotating};
use crate::plan_log::{PlanLog, Planned};
use crate::rows;

const CATALOGUE: &str = include_str!("../../../service/catalogue.toml");
const BASE: &str = "/challenge/v1/challenges";

/// After the fifth time a prepared statement may have a plan for any parameters.
const TIMES: u32 = 8;

/// Tasks of the service go to work every ten seconds.
pub(crate) const BACKGROUND: Duration = Duration::from_secs(12);

/// The server writes its log, and tasks of the service end, a little after a response.
const SETTLE: Duration = Duration::from_millis(300);

/// So many ask at once where they are to be put together.
const AT_ONCE: u32 = 10;

/// While one statement is held up for so long, what is asked meanwhile gathers.
const HOLD: &str = r#"{"faults": ["latency=200ms,on=store"]}"#;
const HEAD_START: Duration = Duration::from_millis(100);

/// One connection, so that all statements are prepared there.
pub(crate) struct Watched {
    service: Addresses,
    platform: SocketAddr,
    pub(crate) log: PlanLog,
    requests: u32,
    _catalogue: NamedTempFile,
    _stop: DropGuard,
}

impl Watched {
    /// Players are there, and rewards owed, before it is started; `change` is what it differs in.
    pub(crate) async fn start(
        server: &Postgres,
        phase: &str,
        change: impl FnOnce(&mut Switches),
    ) -> anyhow::Result<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let stop = CancellationToken::new();
        let mut args = MockArgs::on_free_ports();
        args.behaviour.latency = LatencyLaw::Fixed(Duration::ZERO);
        let mock = Mock::bind(args).await?;
        let platform = mock.admin_address;
        let mut catalogue = NamedTempFile::new()?;
        catalogue.write_all(rotating(CATALOGUE).as_bytes())?;
        let mut settings = Settings::of_phase(phase)?;
        change(&mut settings.phase.switches);
        settings.catalogue = Some(catalogue.path().to_owned());
        settings.database = server.url().into();
        settings.reward_url = format!("http://{}", mock.address).into();
        settings.allow_mock_user = true;
        (settings.http, settings.grpc, settings.admin) = (any, any, any);
        let all_goals = settings.phase.switches.materialisation == Materialisation::Eager;
        // Migrates; the statements that count come from one that is started after the data is there.
        Service::bind(settings.clone())
            .await?
            .app
            .store
            .close()
            .await;
        let mut log = PlanLog::begin(&server.url()).await?;
        rows::fill(log.quiet(), all_goals).await?;
        settings.phase.switches.pool = NonZeroU32::MIN;
        tokio::spawn(mock.run(stop.clone().cancelled_owned()));
        let service = Service::bind(settings).await?;
        let addresses = service.addresses;
        tokio::spawn(service.run(stop.clone().cancelled_owned()));
        Ok(Self {
            service: addresses,
            platform,
            log,
            requests: 0,
            _catalogue: catalogue,
            _stop: stop.drop_guard(),
        })
    }

    /// Carries an operation out so often that its plan has settled; returns the statements of the last.
    pub(crate) async fn carry_out(
        &mut self,
        operation: &Operation,
    ) -> anyhow::Result<Vec<Planned>> {
        let mut last = Vec::new();
        for _ in 0..=TIMES {
            self.requests += 1;
            for ask in operation.before {
                self.ask(ask).await.context(operation.name)?;
            }
            if !operation.before.is_empty() {
                tokio::time::sleep(SETTLE).await;
            }
            self.log.read_on().await?;
            self.ask(&operation.ask).await.context(operation.name)?;
            tokio::time::sleep(SETTLE).await;
            last = self.log.read_on().await?;
        }
        Ok(last)
    }

    async fn ask(&mut self, ask: &Ask) -> anyhow::Result<()> {
        let http = self.service.http;
        let known = format!("player-{}", self.requests);
        match *ask {
            Ask::Rest(player, method, path, body) => {
                let player = match player {
                    Player::Known => known,
                    Player::New => format!("new-{}", self.requests),
                };
                let path = format!("{BASE}{path}");
                expect_200(&call(http, method, &path, &player, body).await?)
            }
            Ask::Refused(method, path) => {
                let path = format!("{BASE}{path}");
                call(http, method, &path, &known, "").await.map(drop)
            }
            Ask::Stat(stat, value) => {
                let id = format!("{known}-{stat}");
                self.event(&known, &id, stat, value).await
            }
            Ask::Login => {
                let url = format!("http://{}", self.service.grpc);
                let mut events = UserLoggedInEventsClient::connect(url).await?;
                let event = UserLoggedIn {
                    id: format!("{known}-login"),
                    namespace: rows::NAMESPACE.into(),
                    user_id: known,
                };
                events.on_message(event).await.context("a login")?;
                Ok(())
            }
            Ask::Admin(method, path) => {
                expect_200(&call(self.service.admin, method, path, "", "").await?)
            }
            Ask::Platform(behaviour) => {
                expect_200(&call(self.platform, "PATCH", "/behaviour", "", behaviour).await?)
            }
            Ask::Sql(statement) => {
                let query = sqlx::query(statement).bind(known);
                query.execute(self.log.quiet()).await?;
                Ok(())
            }
            Ask::NewPlayersAtOnce => {
                let requests = self.requests;
                let path = format!("{BASE}/initialize");
                self.at_once(move |number| {
                    let path = path.clone();
                    async move {
                        let player = format!("new-{requests}-{number}");
                        expect_200(&call(http, "POST", &path, &player, "").await?)
                    }
                })
                .await
            }
            Ask::EventsOfPlayers => {
                let requests = self.requests;
                self.events_at_once(move |number| format!("player-{}", requests + number))
                    .await
            }
            Ask::EventsOfOnePlayer => self.events_at_once(move |_| known.clone()).await,
        }
    }

    /// Adds one to a statistic of each of these players.
    async fn events_at_once(&self, player: impl Fn(u32) -> String) -> anyhow::Result<()> {
        let url = format!("http://{}", self.service.grpc);
        let events = StatItemUpdatedEventsClient::connect(url).await?;
        let requests = self.requests;
        self.at_once(move |number| {
            let (mut events, player) = (events.clone(), player(number));
            async move {
                let id = format!("at-once-{requests}-{number}");
                events
                    .on_message(stat_event(&player, &id, "stat-01", 1.0))
                    .await?;
                Ok(())
            }
        })
        .await
    }

    /// One, and while its statement is held up the others.
    async fn at_once<Asking>(&self, ask: impl Fn(u32) -> Asking) -> anyhow::Result<()>
    where
        Asking: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let faults = "/debug/faults";
        expect_200(&call(self.service.admin, "PUT", faults, "", HOLD).await?)?;
        let mut asking = JoinSet::new();
        asking.spawn(ask(0));
        tokio::time::sleep(HEAD_START).await;
        for number in 1..AT_ONCE {
            asking.spawn(ask(number));
        }
        while let Some(asked) = asking.join_next().await {
            asked??;
        }
        expect_200(&call(self.service.admin, "DELETE", faults, "", "").await?)
    }

    async fn event(&self, player: &str, id: &str, stat: &str, value: f64) -> anyhow::Result<()> {
        let url = format!("http://{}", self.service.grpc);
        let mut events = StatItemUpdatedEventsClient::connect(url).await?;
        let event = stat_event(player, id, stat, value);
        events.on_message(event).await.context("an event")?;
        Ok(())
    }
}

fn stat_event(player: &str, id: &str, stat: &str, value: f64) -> StatItemUpdated {
    StatItemUpdated {
        id: id.into(),
        namespace: rows::NAMESPACE.into(),
        user_id: player.into(),
        stat_code: stat.into(),
        value,
        inc: value,
    }
}

/// The answer, with its head.
async fn call(
    address: SocketAddr,
    method: &str,
    path: &str,
    player: &str,
    body: &str,
) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: service\r\nX-Mock-User: {player}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn expect_200(answer: &str) -> anyhow::Result<()> {
    let status = answer.lines().next().unwrap_or_default();
    ensure!(status.contains(" 200 "), "{answer}");
    Ok(())
}
