//! Checks what `brunt demo` left in a directory: `cargo run --example check_demo -- DIR`.

#![allow(clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let demo = std::env::args_os().nth(1).expect("usage: check_demo DIR");
    support::check_demo(demo.as_ref());
    println!("records complete, sums agree");
}
