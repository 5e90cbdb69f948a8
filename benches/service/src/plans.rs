//! The statements that the service sends, taken from the server: by operation and phase, each with
//! the plan that it had.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::latency_law::LatencyLaw;
use challenge_service::phase::Materialisation;
use challenge_service::rewards::{Mock, MockArgs};
use challenge_service::service::{Addresses, Service};
use challenge_service::settings::Settings;
use challenge_service::throwaway::Postgres;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::plan_log::{PlanLog, Planned};

const PHASES: [&str; 5] = ["phase8", "phase9", "phase10", "phase11", "phase12"];
const LAZY_USERS: u32 = 36_000;
const EAGER_USERS: u32 = 2_000;

/// After the fifth time a prepared statement may have a plan for any parameters.
const TIMES: u32 = 8;

/// Tasks of the service go to work every ten seconds.
const BACKGROUND: Duration = Duration::from_secs(12);

/// The server writes its log, and tasks of the service end, a little after a response.
const SETTLE: Duration = Duration::from_millis(300);

/// What players and the game ask for, in an order in which each finds what it needs.
const OPERATIONS: [&str; 8] = [
    "initialize, new player",
    "initialize, returning player",
    "challenges",
    "set-active, goal with a row",
    "set-active, goal without a row",
    "stat event for an active goal",
    "stat event for no active goal",
    "claim",
];

/// What an operation, or the background, sent in one phase.
struct Sent {
    phase: &'static str,
    statements: Vec<Planned>,
}

pub(crate) async fn document() -> anyhow::Result<String> {
    let mut by_operation: Vec<Vec<Sent>> = OPERATIONS.iter().map(|_| Vec::new()).collect();
    let mut background = Vec::new();
    let mut indexes = String::new();
    for phase in PHASES {
        eprintln!("{phase}");
        let server = Postgres::start().await?;
        let mut watched = Watched::start(&server, phase).await?;
        tokio::time::sleep(BACKGROUND).await;
        let statements = distinct(watched.log.read_on().await?);
        let seen: BTreeSet<_> = statements.iter().map(|s| s.statement.clone()).collect();
        background.push(Sent { phase, statements });
        for (number, sent) in by_operation.iter_mut().enumerate() {
            let mut statements = watched.carry_out(number).await?;
            statements.retain(|planned| !seen.contains(&planned.statement));
            sent.push(Sent { phase, statements });
        }
        if phase == PHASES[PHASES.len() - 1] {
            indexes = watched.without_indexes(&background).await?;
        }
        watched.stop.cancel();
    }
    let mut text = HEAD.to_owned();
    text.push_str(&counts(&by_operation));
    for (name, sent) in OPERATIONS.iter().zip(&by_operation) {
        section(&mut text, name, sent);
    }
    section(&mut text, "in the background", &background);
    text.push_str(&indexes);
    Ok(text)
}

const HEAD: &str = "\
# Statements and their plans

What the service sends to PostgreSQL, as the server saw it (`auto_explain`, `analyze` and `buffers`), for
36,000 players with 10 rows (lazy phases) and for 2,000 with 500 (phase8). Each statement was sent eight
times before, so that the server could settle for a plan. Made by
`cargo run --release -p service-bench -- plans > docs/database-plans.md`; times are of that machine.
[database.md](database.md) says what follows.
";

/// One connection, so that all statements are prepared there.
struct Watched {
    addresses: Addresses,
    log: PlanLog,
    stop: CancellationToken,
    requests: u32,
}

impl Watched {
    async fn start(server: &Postgres, phase: &str) -> anyhow::Result<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let stop = CancellationToken::new();
        let mut args = MockArgs::on_free_ports();
        args.behaviour.latency = LatencyLaw::Fixed(Duration::ZERO);
        let mock = Mock::bind(args).await?;
        let mut settings = Settings::of_phase(phase)?;
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
        fill(&mut log, all_goals).await?;
        settings.phase.switches.pool = NonZeroU32::MIN;
        tokio::spawn(mock.run(stop.clone().cancelled_owned()));
        let service = Service::bind(settings).await?;
        let addresses = service.addresses;
        tokio::spawn(service.run(stop.clone().cancelled_owned()));
        Ok(Self {
            addresses,
            log,
            stop,
            requests: 0,
        })
    }

    /// Carries an operation out so often that its plan has settled; returns the statements of the last.
    async fn carry_out(&mut self, operation: usize) -> anyhow::Result<Vec<Planned>> {
        let mut last = Vec::new();
        for _ in 0..=TIMES {
            self.requests += 1;
            self.prepare(operation).await?;
            tokio::time::sleep(SETTLE).await;
            self.log.read_on().await?;
            self.ask(operation).await?;
            tokio::time::sleep(SETTLE).await;
            last = self.log.read_on().await?;
        }
        Ok(last)
    }

    /// Every operation is for a player of its own, who was there before unless new.
    fn player(&self, operation: usize) -> String {
        match operation {
            0 => format!("new-{}", self.requests),
            _ => format!("player-{}", self.requests),
        }
    }

    /// A claim needs a completed goal.
    async fn prepare(&self, operation: usize) -> anyhow::Result<()> {
        if OPERATIONS[operation] == "claim" {
            let player = self.player(operation);
            self.put(&player, "goal-01-50").await?;
            self.event(&player, "stat-50", 1_000_000.0).await?;
        }
        Ok(())
    }

    async fn ask(&self, operation: usize) -> anyhow::Result<()> {
        let player = self.player(operation);
        let base = "/challenge/v1/challenges";
        match operation {
            0 | 1 => {
                self.call("POST", &format!("{base}/initialize"), &player, "")
                    .await
            }
            2 => self.call("GET", base, &player, "").await,
            3 => self.put(&player, "goal-01-01").await,
            4 => self.put(&player, "goal-01-02").await,
            5 => self.event(&player, "stat-01", 1.0).await,
            6 => self.event(&player, "stat-49", 1.0).await,
            _ => {
                let path = format!("{base}/challenge-01/goals/goal-01-50/claim");
                self.call("POST", &path, &player, "").await
            }
        }
    }

    async fn put(&self, player: &str, goal: &str) -> anyhow::Result<()> {
        let path = format!("/challenge/v1/challenges/challenge-01/goals/{goal}/active");
        self.call("PUT", &path, player, r#"{"isActive":true}"#)
            .await
    }

    async fn call(&self, method: &str, path: &str, player: &str, body: &str) -> anyhow::Result<()> {
        let mut stream = TcpStream::connect(self.addresses.http).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: service\r\nX-Mock-User: {player}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.lines().next().unwrap_or_default();
        ensure!(status.contains(" 200 "), "{method} {path}: {answer}");
        Ok(())
    }

    async fn event(&self, player: &str, stat: &str, value: f64) -> anyhow::Result<()> {
        let url = format!("http://{}", self.addresses.grpc);
        let mut events = StatItemUpdatedEventsClient::connect(url).await?;
        let event = StatItemUpdated {
            id: format!("{player}-{stat}"),
            namespace: "plans".into(),
            user_id: player.into(),
            stat_code: stat.into(),
            value,
            inc: value,
        };
        events.on_message(event).await.context("an event")?;
        Ok(())
    }

    /// Plans of the background once more, each without the index that it used.
    async fn without_indexes(&mut self, background: &[Sent]) -> anyhow::Result<String> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "select indexname::text, indexdef, pg_size_pretty(pg_relation_size(indexname::regclass))
             from pg_indexes where schemaname = 'public' and not starts_with(indexname, '_sqlx')
             order by indexname",
        )
        .fetch_all(self.log.quiet())
        .await?;
        let mut text = "\n## Indexes\n\n| index | size | definition |\n|---|---|---|\n".to_owned();
        for (name, definition, size) in &rows {
            let _ = writeln!(text, "| `{name}` | {size} | `{definition}` |");
        }
        let last = background.last().context("no phase")?;
        for (name, definition, _) in rows.iter().filter(|(name, ..)| !name.ends_with("_pkey")) {
            let users: Vec<_> = last
                .statements
                .iter()
                .filter(|s| s.plan.contains(name.as_str()))
                .collect();
            let drop = sqlx::AssertSqlSafe(format!("drop index {name}"));
            sqlx::query(drop).execute(self.log.quiet()).await?;
            self.log.read_on().await?;
            tokio::time::sleep(BACKGROUND).await;
            let without = distinct(self.log.read_on().await?);
            let create = sqlx::AssertSqlSafe(definition.clone());
            sqlx::query(create).execute(self.log.quiet()).await?;
            let _ = writeln!(text, "\n### Without `{name}`\n");
            if users.is_empty() {
                text.push_str("No statement of the background used it.\n");
            }
            for user in users {
                if let Some(planned) = without.iter().find(|w| w.statement == user.statement) {
                    show(&mut text, planned);
                }
            }
        }
        Ok(text)
    }
}

async fn fill(log: &mut PlanLog, all_goals: bool) -> anyhow::Result<()> {
    let (users, goals) = if all_goals {
        (EAGER_USERS, 50)
    } else {
        (LAZY_USERS, 1)
    };
    // The first goal of every challenge is a default one.
    sqlx::query(
        "insert into user_goal_progress
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
         select 'player-' || n, 'plans',
             'goal-' || lpad(c::text, 2, '0') || '-' || lpad(g::text, 2, '0'),
             'challenge-' || lpad(c::text, 2, '0'), g = 1, now(), now(), now()
         from generate_series(1, $1) as n, generate_series(1, 10) as c, generate_series(1, $2) as g",
    )
    .bind(i64::from(users))
    .bind(goals)
    .execute(log.quiet())
    .await?;
    sqlx::query("vacuum (analyze) user_goal_progress")
        .execute(log.quiet())
        .await?;
    Ok(())
}

fn distinct(statements: Vec<Planned>) -> Vec<Planned> {
    let mut found: Vec<Planned> = Vec::new();
    for planned in statements {
        if found
            .iter()
            .all(|other| other.statement != planned.statement)
        {
            found.push(planned);
        }
    }
    found
}

/// How many statements each operation takes.
fn counts(by_operation: &[Vec<Sent>]) -> String {
    let mut text = format!(
        "\n## Statements of one request\n\n| | {} |\n|---{}|\n",
        PHASES.join(" | "),
        "|---".repeat(PHASES.len())
    );
    for (name, sent) in OPERATIONS.iter().zip(by_operation) {
        let counts: Vec<_> = sent
            .iter()
            .map(|sent| sent.statements.len().to_string())
            .collect();
        let _ = writeln!(text, "| {name} | {} |", counts.join(" | "));
    }
    text
}

/// Phases in a row that send the same stand together, with the plans of the first of them.
fn section(text: &mut String, name: &str, sent: &[Sent]) {
    let _ = writeln!(text, "\n## {name}");
    let same = |a: &Sent, b: &Sent| {
        // Eager plans are for other rows.
        let statements = |sent: &Sent| {
            let statements = sent.statements.iter();
            statements.map(|s| s.statement.clone()).collect::<Vec<_>>()
        };
        statements(a) == statements(b) && a.phase != PHASES[0]
    };
    for group in sent.chunk_by(same) {
        let phases: Vec<_> = group.iter().map(|sent| sent.phase).collect();
        let _ = writeln!(text, "\n### {}\n", phases.join(", "));
        if group[0].statements.is_empty() {
            text.push_str("Nothing.\n");
        }
        for planned in &group[0].statements {
            show(text, planned);
        }
    }
}

fn show(text: &mut String, planned: &Planned) {
    let Planned { statement, plan } = planned;
    let _ = writeln!(text, "```sql\n{statement}\n```\n```text\n{plan}```\n");
}
