//! The bare statement, by the client that PostgreSQL brings.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use url::Url;

/// Enough that a slow disk does not hold up the rate, and no more: each is a process.
const CLIENTS: &str = "16";

/// A run of pgbench.
pub(crate) struct Pgbench(Child);

impl Pgbench {
    /// Sends the script at a rate, each statement prepared.
    pub(crate) fn start(
        url: &str,
        script: &Path,
        rate_per_s: u32,
        duration: Duration,
    ) -> anyhow::Result<Self> {
        let url = Url::parse(url)?;
        let program = find()?;
        let child = Command::new(program)
            .env("PGPASSWORD", url.password().unwrap_or_default())
            .args(["-h", url.host_str().unwrap_or_default()])
            .args(["-p", &url.port().unwrap_or(5432).to_string()])
            .args(["-U", url.username()])
            .args(["-n", "-M", "prepared", "-j", "1", "-c", CLIENTS])
            .args([
                "-R",
                &rate_per_s.to_string(),
                "-T",
                &duration.as_secs().to_string(),
            ])
            .arg("-f")
            .arg(script)
            .arg(url.path().trim_start_matches('/'))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start pgbench")?;
        Ok(Self(child))
    }

    /// Waits for its end; returns the rate that it reached.
    pub(crate) fn finish(self) -> anyhow::Result<f64> {
        let output = self.0.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "pgbench ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        let failed = said
            .lines()
            .find_map(|line| line.strip_prefix("number of failed transactions: "));
        ensure!(
            failed.is_none_or(|count| count.starts_with("0 ")),
            "pgbench: {} transactions failed",
            failed.unwrap_or_default()
        );
        let rate = said.lines().find_map(|line| {
            let rest = line.strip_prefix("tps = ")?;
            rest.split(' ').next()?.parse().ok()
        });
        rate.with_context(|| format!("pgbench says no rate:\n{said}"))
    }
}

fn find() -> anyhow::Result<std::path::PathBuf> {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<_> = std::env::split_paths(&in_path).collect();
    // Where Debian puts it.
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.filter_map(|version| Some(version.ok()?.path().join("bin"))));
    }
    let found = places
        .iter()
        .map(|place| place.join("pgbench"))
        .find(|path| path.is_file());
    match found {
        Some(path) => Ok(path),
        None => bail!("there is no pgbench\nhint: apt-get install postgresql"),
    }
}
