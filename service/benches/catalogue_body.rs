//! How often a second one core makes the response with all goals:
//! `cargo bench -p challenge-service --bench catalogue_body`
//!
//! Serialised from scratch, and filled into the template; for a player with as many rows as a lazy and
//! an eager phase give them. Copying the finished bytes is the bound that no template can pass.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use challenge_service::catalogue::Catalogue;
use challenge_service::content::Content;
use challenge_service::operations::Listing;
use challenge_service::phase::{CatalogueBody, Phase, Switches};
use challenge_service::progress::{Progress, Status};

const ROUND: Duration = Duration::from_millis(500);
const ROUNDS: usize = 5;

/// The median of a few rounds: times a second.
fn rate<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut round = || {
        let start = Instant::now();
        let mut times = 0_u32;
        while start.elapsed() < ROUND {
            black_box(work());
            times += 1;
        }
        f64::from(times) / start.elapsed().as_secs_f64()
    };
    let mut rates: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
    rates.sort_by(f64::total_cmp);
    rates[ROUNDS / 2]
}

fn content(catalogue_body: CatalogueBody) -> Content {
    let switches = Switches {
        catalogue_body,
        ..Phase::load("phase12").unwrap().switches
    };
    Content::new(Catalogue::built_in().unwrap(), &switches)
}

/// Rows of the first goals of the challenges, as if half done.
fn rows(content: &Content, count: usize) -> Vec<Progress> {
    let now = challenge_service::instant::Instant::now();
    let mut goals: Vec<_> = content.catalogue.goals().map(|(_, goal)| goal).collect();
    goals.sort_by_key(|goal| !goal.default_assigned);
    let rows = goals[..count].iter().map(|goal| Progress {
        goal_id: goal.id.clone(),
        progress: 5,
        status: Status::InProgress,
        version: 2,
        is_active: goal.default_assigned,
        assigned_at: goal.default_assigned.then_some(now),
        expires_at: None,
        completed_at: None,
        claimed_at: None,
        granted_at: None,
        counted_on: None,
    });
    rows.collect()
}

fn main() {
    let serde = content(CatalogueBody::Serde);
    let template = content(CatalogueBody::Template);
    println!("rows  bytes    serde/s  template/s  bytes/s  template/serde");
    for count in [0, 10, 500] {
        let now = challenge_service::instant::Instant::now();
        let listing = Listing::new(rows(&serde, count), false, now);
        let body = listing.json(&serde).unwrap().concat();
        assert!(body == listing.json(&template).unwrap().concat());
        let rates = [
            rate(|| listing.json(&serde).unwrap()),
            rate(|| listing.json(&template).unwrap()),
            rate(|| black_box(&body).clone()),
        ];
        println!(
            "{count:4}  {:6}  {:8.0}  {:10.0}  {:7.0}  {:14.1}",
            body.len(),
            rates[0],
            rates[1],
            rates[2],
            rates[1] / rates[0]
        );
    }
}
