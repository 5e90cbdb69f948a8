//! Redis under load: a protocol that no scenario file speaks, under the engine that files have.
//!
//! ```sh
//! cargo run --release --example redis
//! ```
//!
//! starts a `redis-server`, offers it 2,000 commands a second for 5 s, and prints the path of the
//! record. What follows `--` are options of `brunt run`, such as `--rate commands=9000/s` or `--ui tui`;
//! `--address redis=redis://HOST:PORT` takes a server that is there already.

mod commands;
mod connection;
mod server;

use std::ffi::OsString;
use std::process::ExitCode;

use server::Server;

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/redis/redis.toml");

fn main() -> ExitCode {
    let mut given = std::env::args_os();
    let mut args: Vec<OsString> = given.by_ref().take(1).collect();
    args.push(SCENARIO.into());
    let given: Vec<OsString> = given.collect();
    let mut server = None;
    if !given
        .iter()
        .any(|arg| arg.as_encoded_bytes().starts_with(b"--address"))
    {
        let started = server.insert(Server::start());
        args.push(format!("--address=redis=redis://{}", started.address).into());
    }
    args.extend(given);
    let exit = brunt::run_with(&commands::actions(), args);
    drop(server);
    exit
}
