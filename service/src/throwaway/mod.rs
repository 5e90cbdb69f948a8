//! A PostgreSQL server that lives as long as a value: for tests and demonstrations.
//!
//! Starts the binaries that are installed on the machine, in a directory of its own, and syncs to
//! disk as a real server does. Crates that do this were looked at: pgtemp panics when a step fails
//! instead of saying what to install, `postgresql_embedded` downloads binaries.
//!
//! When this process is killed, the server stops by itself on Linux; its directory stays behind.

mod binaries;
mod database;
mod owner;

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use binaries::Binaries;
pub use database::{create_database, drop_database};
use owner::{Ending, Owner};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

const START_WITHIN: Duration = Duration::from_mins(1);
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ThrowawayError {
    /// The binaries were not found.
    #[error(
        "PostgreSQL is not installed: no initdb and postgres in PATH or /usr/lib/postgresql/*/bin\nhint: apt-get install postgresql"
    )]
    NotInstalled,
    /// PostgreSQL refuses to run as root, and there is nobody to run it as.
    #[error(
        "PostgreSQL does not run as root, and there is neither a user \"postgres\" nor \"nobody\""
    )]
    NoUser,
    /// A file or a process could not be made.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A program of PostgreSQL failed.
    #[error("{program} failed:\n{output}")]
    Failed {
        /// Which.
        program: &'static str,
        /// What it said.
        output: String,
    },
}

/// A running server. Dropping it stops the server and removes its files.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    password: String,
    server: Option<Keeper>,
    // Removed after the server has stopped: fields are dropped after `drop`.
    directory: TempDir,
}

/// A thread that holds the server process.
#[derive(Debug)]
struct Keeper {
    // Dropped to stop the server.
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Postgres {
    /// Starts a server on a free port of 127.0.0.1 and waits until it answers.
    pub async fn start() -> Result<Self, ThrowawayError> {
        let started = tokio::task::spawn_blocking(Self::spawn).await;
        let server = started.map_err(|error| ThrowawayError::Failed {
            program: "postgres",
            output: error.to_string(),
        })??;
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// `postgres://…`, with the password of this server.
    pub fn url(&self) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres")
    }

    /// Creates an empty database of that name and returns its URL.
    pub async fn create_database(&self, name: &str) -> Result<String, sqlx::Error> {
        create_database(&self.url(), name).await
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username("postgres")
            .password(&self.password)
            .database("postgres")
    }

    fn spawn() -> Result<Self, ThrowawayError> {
        let binaries = Binaries::find().ok_or(ThrowawayError::NotInstalled)?;
        let directory = tempfile::Builder::new()
            .prefix("throwaway-postgres-")
            .tempdir()
            .map_err(io("make a temporary directory"))?;
        let owner = Owner::of(directory.path())?;
        owner.give(directory.path())?;
        let password = uuid::Uuid::new_v4().simple().to_string();
        let data = directory.path().join("data");
        initdb(&binaries, &owner, directory.path(), &data, &password)?;

        // Free now; should another process take it before the server does, the server says so.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .map_err(io("find a free port"))?
            .port();
        let server = Keeper::start(binaries, owner, data, port)?;
        Ok(Self {
            port,
            password,
            server: Some(server),
            directory,
        })
    }

    async fn wait_until_ready(&self) -> Result<(), ThrowawayError> {
        let deadline = Instant::now() + START_WITHIN;
        loop {
            let refused = match self.options().connect().await {
                Ok(connection) => {
                    connection.close().await.ok();
                    database::watch_statements(&self.url()).await;
                    return Ok(());
                }
                Err(error) => error,
            };
            let ended = self.server.as_ref().is_none_or(|s| s.thread.is_finished());
            if ended || Instant::now() > deadline {
                let log = self.directory.path().join("data").join("server.log");
                let log = std::fs::read_to_string(log).unwrap_or_default();
                return Err(ThrowawayError::Failed {
                    program: "postgres",
                    output: format!("{refused}\n{log}"),
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            drop(server.stop);
            // A panic of the keeper was printed; there is nobody to hand it to.
            let _ = server.thread.join();
        }
    }
}

impl Keeper {
    /// Starts the server from a thread that stays as long as it does.
    ///
    /// A parent's death signal comes when the *thread* ends that started the child: started from
    /// a worker of a runtime, the server would end with the worker.
    fn start(
        binaries: Binaries,
        owner: Owner,
        data: PathBuf,
        port: u16,
    ) -> Result<Self, ThrowawayError> {
        let (stop, stopped) = mpsc::channel();
        let (started, outcome) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("throwaway-postgres".into())
            .spawn(move || match serve(&binaries, &owner, &data, port) {
                Ok(child) => {
                    // Fails if the caller is gone, and then `stopped` tells as well.
                    let _ = started.send(Ok(()));
                    keep(child, &stopped, &binaries, &owner, &data);
                }
                Err(error) => {
                    let _ = started.send(Err(error));
                }
            })
            .map_err(io("start a thread"))?;
        match outcome.recv() {
            Ok(Ok(())) => Ok(Self { stop, thread }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ThrowawayError::Failed {
                program: "postgres",
                output: "its thread ended".into(),
            }),
        }
    }
}

/// Starts the server process.
fn serve(
    binaries: &Binaries,
    owner: &Owner,
    data: &Path,
    port: u16,
) -> Result<Child, ThrowawayError> {
    let log =
        std::fs::File::create(data.join("server.log")).map_err(io("make the server's log"))?;
    let again = log.try_clone().map_err(io("make the server's log"))?;
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        // Its directory may not exist, or belong to somebody else.
        "unix_socket_directories=".to_owned(),
        "fsync=on".to_owned(),
        "max_connections=1000".to_owned(),
    ];
    if binaries.has_library("pg_stat_statements") {
        settings.push("shared_preload_libraries=pg_stat_statements".to_owned());
    }
    let mut command = owner.command(&binaries.path("postgres"), Ending::WithParent);
    command.arg("-D").arg(data);
    for setting in &settings {
        command.arg("-c").arg(setting);
    }
    command
        // Else ctrl-c in a terminal ends the server before those who use it.
        .process_group(0)
        .current_dir(data)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(again)
        .spawn()
        .map_err(io("start postgres"))
}

/// Waits until the server ends by itself or is to be stopped, and stops it.
fn keep(
    mut child: Child,
    stopped: &mpsc::Receiver<()>,
    binaries: &Binaries,
    owner: &Owner,
    data: &Path,
) {
    while stopped.recv_timeout(Duration::from_millis(50)) == Err(mpsc::RecvTimeoutError::Timeout) {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
    }
    let stop = owner
        .command(&binaries.path("pg_ctl"), Ending::ByItself)
        .args([
            "stop",
            "-m",
            "fast",
            "-t",
            &STOP_WITHIN.as_secs().to_string(),
            "-D",
        ])
        .arg(data)
        .current_dir(data)
        .output();
    if !stop.is_ok_and(|output| output.status.success()) {
        // Its own processes notice that it is gone.
        let _ = child.kill();
    }
    let _ = child.wait();
}

fn initdb(
    binaries: &Binaries,
    owner: &Owner,
    directory: &Path,
    data: &Path,
    password: &str,
) -> Result<(), ThrowawayError> {
    let password_file = directory.join("password");
    std::fs::File::create(&password_file)
        .and_then(|mut file| file.write_all(password.as_bytes()))
        .map_err(io("write the password"))?;
    owner.give(&password_file)?;
    let output = owner
        .command(&binaries.path("initdb"), Ending::ByItself)
        .arg("--pgdata")
        .arg(data)
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username=postgres", "--auth=scram-sha-256"])
        .args([
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
            "--no-sync",
        ])
        .current_dir(directory)
        .output()
        .map_err(io("start initdb"))?;
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(ThrowawayError::Failed {
        program: "initdb",
        output: said,
    })
}

fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> ThrowawayError {
    move |source| ThrowawayError::Io { doing, source }
}
