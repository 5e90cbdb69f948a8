//! The real binary as a process.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

/// The running binary; killed when dropped.
pub struct Binary {
    pub child: Child,
    pub log: BufReader<ChildStderr>,
    pub ready_line: String,
}

impl Binary {
    pub fn start(database: &str, phase: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
            .args(["--allow-mock-user", "--phase", phase])
            .args(["--database", database])
            .args([
                "--http",
                "127.0.0.1:0",
                "--grpc",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
            ])
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut ready_line = String::new();
        while !ready_line.contains("challenge service ready") {
            ready_line.clear();
            let read = log.read_line(&mut ready_line).unwrap();
            assert!(read > 0, "the service ended before it was ready");
        }
        Self {
            child,
            log,
            ready_line,
        }
    }

    pub fn field(&self, name: &str) -> String {
        let start = format!(" {name}=");
        let (_, rest) = self
            .ready_line
            .split_once(&start)
            .unwrap_or_else(|| panic!("no {name} in {}", self.ready_line));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
