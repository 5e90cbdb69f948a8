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
    pub fn start(database: &str, arguments: &[&str]) -> Self {
        Self::start_with(database, arguments, &[])
    }

    /// The same with these variables.
    pub fn start_with(database: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
            .args(["--allow-mock-user", "--database", database])
            .args(arguments)
            .args([
                "--http",
                "127.0.0.1:0",
                "--grpc",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
            ])
            .env_remove("RUST_LOG")
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut ready_line = String::new();
        // A machine with much to do may have warnings about slow statements before it.
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

    /// Asks for the catalogue to be loaded again, and returns what the log says to it.
    #[cfg(unix)]
    pub fn hang_up(&mut self, last_line_holds: &str) -> String {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-HUP", &pid]).status().unwrap();
        assert!(told.success());
        let mut said = String::new();
        while !said
            .lines()
            .last()
            .is_some_and(|line| line.contains(last_line_holds))
        {
            assert_ne!(self.log.read_line(&mut said).unwrap(), 0, "{said}");
        }
        said
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
