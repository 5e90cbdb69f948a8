//! The real binary.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

/// The running binary; killed when dropped.
pub struct Binary {
    pub child: Child,
    pub log: BufReader<ChildStderr>,
    pub first_line: String,
}

impl Binary {
    pub fn start(database: &str) -> Self {
        Self::start_with(database, &[])
    }

    /// With these arguments as well.
    pub fn start_with(database: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
            .args(["--allow-mock-user", "--database", database])
            .args([
                "--http",
                "127.0.0.1:0",
                "--grpc",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
            ])
            .args(arguments)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut first_line = String::new();
        log.read_line(&mut first_line).unwrap();
        Self {
            child,
            log,
            first_line,
        }
    }

    /// A field of the first line of the log.
    pub fn field(&self, name: &str) -> String {
        let start = format!(" {name}=");
        let (_, rest) = self
            .first_line
            .split_once(&start)
            .unwrap_or_else(|| panic!("no {name} in {}", self.first_line));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
