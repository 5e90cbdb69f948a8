//! The statements that the service sends, taken from the server: by operation and phase, each with
//! the plan that it had.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Context as _;
use challenge_service::phase::{ReturningCheck, SetActive, Switches};
use challenge_service::throwaway::Postgres;

use crate::operation::{OPERATIONS, Operation, TOGETHER};
use crate::plan_log::Planned;
use crate::rows;
use crate::watched::{BACKGROUND, Watched};

const PHASES: [&str; 5] = ["phase8", "phase9", "phase10", "phase11", "phase12"];

/// A switch as no preset has it, and the operation that it changes.
type Elsewise = (&'static str, fn(&mut Switches), &'static str);

/// In one process each, for they do not meet.
const ELSEWISE: [[Elsewise; 2]; 2] = [
    [
        (
            "returning_check = \"count\"",
            |switches| switches.returning_check = ReturningCheck::Count,
            "initialize, returning player",
        ),
        (
            "set_active = \"row-lock\"",
            |switches| switches.set_active = SetActive::RowLock,
            "set-active, goal with a row",
        ),
    ],
    [
        (
            "returning_check = \"exists\"",
            |switches| switches.returning_check = ReturningCheck::Exists,
            "initialize, returning player",
        ),
        (
            "set_active = \"queued\"",
            |switches| switches.set_active = SetActive::Queued,
            "set-active, goal with a row",
        ),
    ],
];

/// What an operation, or the background, sent in one phase.
struct Sent {
    phase: &'static str,
    statements: Vec<Planned>,
}

pub(crate) async fn document() -> anyhow::Result<String> {
    let mut by_operation: Vec<Vec<Sent>> = OPERATIONS.iter().map(|_| Vec::new()).collect();
    let mut together: Vec<Vec<Sent>> = TOGETHER.iter().map(|_| Vec::new()).collect();
    let mut background = Vec::new();
    let mut indexes = String::new();
    for phase in PHASES {
        eprintln!("{phase}");
        let server = Postgres::start().await?;
        let mut watched = Watched::start(&server, phase, |_| ()).await?;
        tokio::time::sleep(BACKGROUND).await;
        let statements = distinct(watched.log.read_on().await?);
        let seen: BTreeSet<_> = statements.iter().map(|s| s.statement.clone()).collect();
        background.push(Sent { phase, statements });
        for (operation, sent) in OPERATIONS.iter().zip(&mut by_operation) {
            let mut statements = watched.carry_out(operation).await?;
            statements.retain(|planned| !seen.contains(&planned.statement));
            sent.push(Sent { phase, statements });
        }
        for ((since, operation), sent) in TOGETHER.iter().zip(&mut together) {
            if position(phase) < position(since) {
                continue;
            }
            let mut statements = watched.carry_out(operation).await?;
            statements.retain(|planned| !seen.contains(&planned.statement));
            // The last of each is the one for many.
            statements.reverse();
            let mut statements = distinct(statements);
            statements.reverse();
            sent.push(Sent { phase, statements });
        }
        if phase == PHASES[PHASES.len() - 1] {
            indexes = without_indexes(&mut watched, &background).await?;
        }
    }
    let mut text = HEAD.to_owned();
    text.push_str(&counts(&by_operation));
    for (operation, sent) in OPERATIONS.iter().zip(&by_operation) {
        section(&mut text, operation.name, sent);
    }
    for ((_, operation), sent) in TOGETHER.iter().zip(&together) {
        section(&mut text, operation.name, sent);
    }
    section(&mut text, "in the background", &background);
    elsewise(&mut text).await?;
    text.push_str(&indexes);
    Ok(text)
}

const HEAD: &str = "\
# Statements and their plans

What the service sends to PostgreSQL, as the server saw it (`auto_explain`, `analyze` and `buffers`), for
36,000 players with 10 rows (lazy phases) and for 2,000 with 500 (phase8), with 20,000 rewards owed and
100,000 events seen. In the catalogue, which is the built-in one, challenge-10 rotates and goal-09-02 waits for
goal-09-01. Each statement was sent eight times before, so that the server could settle for a plan. What the
background sends stands there alone. Made by
`cargo run --release -p service-bench -- plans > docs/database-plans.md`; times are of that machine.
[database.md](database.md) says what follows.
";

fn position(phase: &str) -> Option<usize> {
    PHASES.iter().position(|known| *known == phase)
}

/// Operations under switches that no preset has.
async fn elsewise(text: &mut String) -> anyhow::Result<()> {
    text.push_str("\n## Switches that no preset has\n");
    for round in ELSEWISE {
        let server = Postgres::start().await?;
        let change = |switches: &mut Switches| {
            for (_, change, _) in round {
                change(switches);
            }
        };
        let mut watched = Watched::start(&server, "phase9", change).await?;
        tokio::time::sleep(BACKGROUND).await;
        let seen = distinct(watched.log.read_on().await?);
        for (switch, _, name) in round {
            eprintln!("{switch}");
            let operation = OPERATIONS.iter().find(|operation| operation.name == name);
            let operation: &Operation = operation.context(name)?;
            let _ = writeln!(text, "\n### {name}, with `{switch}`\n");
            for planned in watched.carry_out(operation).await? {
                if seen.iter().all(|s| s.statement != planned.statement) {
                    show(text, &planned);
                }
            }
        }
    }
    Ok(())
}

/// Plans of the background once more, each without the index that it used.
async fn without_indexes(watched: &mut Watched, background: &[Sent]) -> anyhow::Result<String> {
    let indexes: Vec<(String, String, String)> = sqlx::query_as(
        "select indexname::text, indexdef, pg_size_pretty(pg_relation_size(indexname::regclass))
         from pg_indexes where schemaname = 'public' and not starts_with(indexname, '_sqlx')
         order by indexname",
    )
    .fetch_all(watched.log.quiet())
    .await?;
    let mut text = "\n## Indexes\n\n| index | size | definition |\n|---|---|---|\n".to_owned();
    for (name, definition, size) in &indexes {
        let _ = writeln!(text, "| `{name}` | {size} | `{definition}` |");
    }
    let last = background.last().context("no phase")?;
    for (name, definition, _) in indexes.iter().filter(|(name, ..)| !name.ends_with("_pkey")) {
        let users: Vec<_> = last
            .statements
            .iter()
            .filter(|s| s.plan.contains(name.as_str()))
            .collect();
        let drop = sqlx::AssertSqlSafe(format!("drop index {name}"));
        sqlx::query(drop).execute(watched.log.quiet()).await?;
        rows::fall_due(watched.log.quiet()).await?;
        watched.log.read_on().await?;
        tokio::time::sleep(BACKGROUND).await;
        let without = distinct(watched.log.read_on().await?);
        let create = sqlx::AssertSqlSafe(definition.clone());
        sqlx::query(create).execute(watched.log.quiet()).await?;
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
    for (operation, sent) in OPERATIONS.iter().zip(by_operation) {
        let counts: Vec<_> = sent
            .iter()
            .map(|sent| sent.statements.len().to_string())
            .collect();
        let _ = writeln!(text, "| {} | {} |", operation.name, counts.join(" | "));
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
