//! How long two records of a 31-minute plan take to load and compare: about 33,000 histograms each.
//!
//! ```text
//! cargo run --release -p brunt-report --example long_load
//! ```

#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use brunt_report::{CompareOptions, compare, load, load_pair};
use support::{Action, Stage, Synthetic};

fn main() {
    let temp = tempfile::tempdir().unwrap();
    let actions = ["list", "claim", "select", "activate", "login", "stat-event"];
    let record = |phase: &str, median_us: f64| {
        let mut synthetic = Synthetic::two_stages(phase);
        let play = actions.map(|name| Action::new(name, 130, median_us));
        synthetic.stages = vec![
            Stage::new(
                "init",
                60,
                vec![Action::new("initialize-new", 600, median_us)],
            ),
            Stage::new("play", 1_800, play.to_vec()),
        ];
        synthetic.write(temp.path())
    };
    let (a, b) = (record("a", 9_000.0), record("b", 3_000.0));
    let bytes = std::fs::metadata(a.join("latency.hlog")).unwrap().len();
    println!("latency.hlog: {:.1} MB", bytes as f64 / 1e6);
    for _ in 0..5 {
        let begin = Instant::now();
        load(&a).unwrap();
        let one = begin.elapsed();
        let begin = Instant::now();
        let (run_a, run_b) = load_pair(&a, &b).unwrap();
        let pair = begin.elapsed();
        let begin = Instant::now();
        let comparison = compare(&run_a, &run_b, &CompareOptions::default());
        let compared = begin.elapsed();
        println!(
            "one record {one:.2?}, two at once {pair:.2?}, compare {compared:.2?}: {:?}",
            comparison.verdict.conclusion
        );
    }
}
