//! The `brunt` command; what it does stands in the library.

fn main() -> std::process::ExitCode {
    brunt::main()
}
