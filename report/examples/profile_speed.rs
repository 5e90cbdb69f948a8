//! How long it takes to read two profiles and to hold one against the other.
//!
//! `cargo run --release -p brunt-report --example profile_speed -- OLD NEW`

#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::time::Instant;

use brunt_report::document::profile;
use brunt_report::profile::{ProfileReport, Taken, read_file};
use brunt_report::render::html;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [old, new] = &paths[..] else {
        return Err("two profiles, the older one first".into());
    };
    for _ in 0..5 {
        let start = Instant::now();
        let [base, new] = [old, new].map(|path| {
            let profile = read_file(path);
            profile.map(|profile| vec![Taken::bare(path.display().to_string(), profile)])
        });
        let (base, new) = (base?, new?);
        let read = start.elapsed();
        let report = ProfileReport::of(None, ("new", &new), Some(("old", &base)), None)?;
        let compared = start.elapsed();
        let page = html(&profile(&report, 25))?;
        println!(
            "read {:.1} ms, read and compared {:.1} ms, with HTML of {} KB {:.1} ms",
            read.as_secs_f64() * 1e3,
            compared.as_secs_f64() * 1e3,
            page.len() / 1000,
            start.elapsed().as_secs_f64() * 1e3
        );
    }
    Ok(())
}
