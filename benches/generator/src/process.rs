//! Child processes: the server under load, and tools whose CPU time is wanted.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::seen::Summary;

/// The server under load, in a process of its own; it ends when this is dropped.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    child: Child,
    input: Option<ChildStdin>,
}

impl Target {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("target")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let mut address = String::new();
        let output = child.stdout.take().context("the server has no output")?;
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self {
            address: address.trim().parse().context("the server's address")?,
            input: child.stdin.take(),
            child,
        })
    }

    /// Forgets what it saw.
    pub(crate) fn reset(&self) -> anyhow::Result<()> {
        self.get("/reset").map(|_| ())
    }

    /// What it saw since then.
    pub(crate) fn seen(&self) -> anyhow::Result<Summary> {
        let text = self.get("/seen")?;
        let mut fields = text.split(' ');
        let mut next = || fields.next().context("the server saw too few requests");
        Ok(Summary {
            requests: next()?.parse().context("the server saw no request")?,
            rate_per_s: next()?.parse()?,
            dispersion: next()?.parse()?,
        })
    }

    fn get(&self, path: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: target\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        Ok(body.to_owned())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Runs a tool to its end; returns its CPU time, user and system, and its output.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<(Duration, String)> {
    let before = children_cpu()?;
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    ensure!(
        output.status.success(),
        "{} ended with {}: {}",
        command.get_program().display(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok((children_cpu()?.saturating_sub(before), text))
}

/// CPU time of the children that have ended, in ticks of 10 ms.
#[cfg(target_os = "linux")]
fn children_cpu() -> anyhow::Result<Duration> {
    let stat = procfs::process::Process::myself()?.stat()?;
    let ticks = (stat.cutime + stat.cstime) as f64;
    Ok(Duration::from_secs_f64(
        ticks / procfs::ticks_per_second() as f64,
    ))
}

#[cfg(not(target_os = "linux"))]
fn children_cpu() -> anyhow::Result<Duration> {
    anyhow::bail!("this benchmark measures CPU time on Linux only")
}
