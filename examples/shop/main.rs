//! A shop under load: requests of the scenario file beside one that is a function, in one mix.
//!
//! ```sh
//! cargo run --release --example shop
//! ```
//!
//! starts the shop of server.rs, offers it 200 requests a second for 5 s, and prints the path of the
//! record. What follows `--` are options of `brunt run`, such as `--scale 2` or `--ui tui`.
//!
//! An order is signed with the time at which it is sent, and takes the shop a while: `order` asks
//! for it until it is done, and all of that counts as one response.

mod order;
mod server;
mod signature;

use std::ffi::OsString;
use std::process::ExitCode;

use brunt::Actions;

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/shop/shop.toml");

fn main() -> ExitCode {
    let address = server::start(&key());
    let mut given = std::env::args_os();
    let mut args: Vec<OsString> = given.by_ref().take(1).collect();
    args.push(SCENARIO.into());
    args.push(format!("--address=http=http://{address}").into());
    args.extend(given);
    brunt::run_with(&Actions::new().add("order", order::order), args)
}

/// As the scenario has it.
fn key() -> String {
    std::env::var("SHOP_KEY").unwrap_or_else(|_| "for practice only".to_owned())
}
