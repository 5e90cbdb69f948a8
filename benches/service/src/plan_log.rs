//! What the server says of the statements that it carries out, by its module `auto_explain`.

use std::fmt::Write as _;

use sqlx::{Connection as _, PgConnection};

/// One statement with the plan that it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) statement: String,
    pub(crate) plan: String,
}

/// The log of a server, read on from where it was read last.
pub(crate) struct PlanLog {
    connection: PgConnection,
    /// Those of the service; the driver asks others, of the system and for its migrations.
    tables: Vec<String>,
    read: i64,
}

impl PlanLog {
    /// Sessions that begin from now on tell their plans.
    pub(crate) async fn begin(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        for statement in [
            "load 'auto_explain'",
            "alter system set session_preload_libraries = 'auto_explain'",
            "alter system set auto_explain.log_min_duration = 0",
            "alter system set auto_explain.log_analyze = on",
            "alter system set auto_explain.log_buffers = on",
            "alter system set log_line_prefix = ''",
            "select pg_reload_conf()",
            // Not these here.
            "set auto_explain.log_min_duration = -1",
        ] {
            sqlx::raw_sql(statement).execute(&mut connection).await?;
        }
        let tables = sqlx::query_scalar(
            "select tablename::text from pg_tables
             where schemaname = 'public' and not starts_with(tablename, '_sqlx')",
        )
        .fetch_all(&mut connection)
        .await?;
        Ok(Self {
            connection,
            tables,
            read: 0,
        })
    }

    /// For statements that are to have no plan in the log.
    pub(crate) fn quiet(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// What the service had carried out since the last call.
    pub(crate) async fn read_on(&mut self) -> anyhow::Result<Vec<Planned>> {
        let text: String = sqlx::query_scalar("select pg_read_file('server.log', $1, 100000000)")
            .bind(self.read)
            .fetch_one(&mut self.connection)
            .await?;
        self.read += i64::try_from(text.len())?;
        let mut found = parse(&text);
        found.retain(|planned| {
            let names = |table: &String| planned.statement.contains(table.as_str());
            self.tables.iter().any(names)
        });
        Ok(found)
    }
}

/// An entry is a line of its own and lines that begin with a tab.
fn parse(log: &str) -> Vec<Planned> {
    let mut found = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.starts_with("LOG:  duration: ") && line.ends_with(" ms  plan:")) {
            continue;
        }
        let mut entry = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('\t')) {
            entry.push(&line[1..]);
        }
        found.extend(planned(&entry));
    }
    found
}

/// The text of the statement may go over several lines; the plan begins at the first that has a cost.
fn planned(entry: &[&str]) -> Option<Planned> {
    let first = entry.iter().position(|line| line.contains("(cost="))?;
    let (statement, plan) = entry.split_at(first);
    let statement = statement.join("\n");
    let statement = statement.strip_prefix("Query Text: ")?;
    let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown = String::new();
    for line in plan {
        let _ = writeln!(shown, "{line}");
    }
    Some(Planned {
        statement,
        plan: shown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_between_other_lines() {
        let log = "LOG:  checkpoint starting: time\n\
                   LOG:  duration: 0.021 ms  plan:\n\
                   \tQuery Text: select a\n\
                   \t    from b\n\
                   \tSeq Scan on b  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=1)\n\
                   \t  Buffers: shared hit=1\n\
                   ERROR:  no such thing\n";
        let expected = Planned {
            statement: "select a from b".into(),
            plan: "Seq Scan on b  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=1)\n  \
                   Buffers: shared hit=1\n"
                .into(),
        };
        assert_eq!(parse(log), [expected]);
    }
}
