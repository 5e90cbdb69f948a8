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
        // A machine with much to do may have warnings about slow statements before it.
        while !first_line.contains("challenge service ready") {
            first_line.clear();
            assert_ne!(log.read_line(&mut first_line).unwrap(), 0, "it ended");
        }
        Self {
            child,
            log,
            first_line,
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
