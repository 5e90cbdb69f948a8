//! The pre-serialised catalogue against the one that is serialised from scratch.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::sync::LazyLock;

use challenge_service::catalogue::Catalogue;
use challenge_service::content::Content;
use challenge_service::day::Day;
use challenge_service::instant::Instant;
use challenge_service::operations::Listing;
use challenge_service::phase::{CatalogueBody, Phase, Switches};
use challenge_service::progress::{Progress, Status};
use challenge_service::rule::MAX_PROGRESS;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use support::player::{days, rotating};
use support::start;

/// One catalogue, made ready both ways.
struct Pair {
    serde: Content,
    template: Content,
    goal_ids: Vec<String>,
}

impl Pair {
    fn new(catalogue: impl Fn() -> Catalogue) -> Self {
        let content = |catalogue_body| {
            let switches = Switches {
                catalogue_body,
                ..Phase::load("phase9").unwrap().switches
            };
            Content::new(catalogue(), &switches)
        };
        let mut goal_ids: Vec<_> = catalogue().goals().map(|(_, g)| g.id.clone()).collect();
        goal_ids.push("a-goal-that-left-the-catalogue".into());
        Self {
            serde: content(CatalogueBody::Serde),
            template: content(CatalogueBody::Template),
            goal_ids,
        }
    }

    fn check(&self, rows: &[Progress], now: Instant) {
        for active_only in [false, true] {
            let listing = Listing::new(rows.to_vec(), active_only, now);
            let [serde, template] = [&self.serde, &self.template]
                .map(|content| String::from_utf8(listing.json(content).unwrap().concat()).unwrap());
            // Not by assert_eq: two bodies of 223 KB are nothing to read.
            let differs = serde
                .bytes()
                .zip(template.bytes())
                .position(|(a, b)| a != b);
            let near = |body: &str| {
                let from = differs.unwrap_or(0).saturating_sub(80);
                body[from..].chars().take(160).collect::<String>()
            };
            assert!(
                serde == template,
                "active_only {active_only}:\n{}\n{}",
                near(&serde),
                near(&template)
            );
        }
    }
}

static BUILT_IN: LazyLock<Pair> = LazyLock::new(|| Pair::new(|| Catalogue::built_in().unwrap()));
static ROTATING: LazyLock<Pair> =
    LazyLock::new(|| Pair::new(|| Catalogue::load(&rotating()).unwrap()));
static DAYS: LazyLock<Pair> = LazyLock::new(|| Pair::new(|| Catalogue::load(&days()).unwrap()));

/// In the morning of day 20,833 after 1970.
fn now() -> Instant {
    Instant::from_micros(1_800_000_000_123_456).unwrap()
}

fn instant() -> impl Strategy<Value = Instant> {
    // Around now, whole seconds and fractions of them, and the ends of what there is.
    prop_oneof![
        (1_700_000_000_000_000..1_900_000_000_000_000_i64),
        (1_799_999_999..1_800_000_002_i64).prop_map(|seconds| seconds * 1_000_000),
        Just(-62_135_596_800_000_000),
        Just(253_402_207_200_000_000),
    ]
    .prop_map(|micros| Instant::from_micros(micros).unwrap())
}

/// The days around now.
fn day() -> impl Strategy<Value = Day> {
    (20_832..=20_834).prop_map(Day::from_days)
}

fn row(goal_id: String) -> impl Strategy<Value = Progress> {
    let status = prop_oneof![
        Just(Status::NotStarted),
        Just(Status::InProgress),
        Just(Status::Completed),
        Just(Status::Claiming),
        Just(Status::Claimed),
    ];
    let times = [(); 5].map(|()| option::of(instant()));
    let counted_on = option::of(day());
    (0..=MAX_PROGRESS, status, any::<bool>(), times, counted_on).prop_map(
        move |(
            progress,
            status,
            is_active,
            [
                assigned_at,
                expires_at,
                completed_at,
                claimed_at,
                granted_at,
            ],
            counted_on,
        )| {
            Progress {
                goal_id: goal_id.clone(),
                progress,
                status,
                version: 1,
                is_active,
                assigned_at,
                expires_at,
                completed_at,
                claimed_at,
                granted_at,
                counted_on,
            }
        },
    )
}

/// Rows of some goals, in any order.
fn rows(pair: &'static Pair) -> impl Strategy<Value = Vec<Progress>> {
    let all = 0..=pair.goal_ids.len();
    proptest::sample::subsequence(pair.goal_ids.clone(), all)
        .prop_shuffle()
        .prop_flat_map(|ids| ids.into_iter().map(row).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_rows_of_the_built_in_catalogue(rows in rows(&BUILT_IN)) {
        BUILT_IN.check(&rows, now());
    }

    #[test]
    fn a_few_rows_of_the_built_in_catalogue(indices in vec(0_usize..500, 0..12), row in row(String::new())) {
        let rows: Vec<_> = indices
            .iter()
            .map(|index| Progress { goal_id: BUILT_IN.goal_ids[*index].clone(), ..row.clone() })
            .collect();
        BUILT_IN.check(&rows, now());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn goals_that_wait_and_expire(rows in rows(&ROTATING)) {
        ROTATING.check(&rows, now());
    }

    #[test]
    fn goals_that_go_by_days(rows in rows(&DAYS)) {
        DAYS.check(&rows, now());
    }
}

#[test]
fn progress_of_an_earlier_day_is_in_neither_body() {
    for (pair, name) in [(&DAYS.serde, "serde"), (&DAYS.template, "template")] {
        let shown = |day| {
            let row = Progress {
                goal_id: "wins-of-a-day".into(),
                progress: 2,
                status: Status::InProgress,
                version: 2,
                is_active: true,
                assigned_at: None,
                expires_at: None,
                completed_at: None,
                claimed_at: None,
                granted_at: None,
                counted_on: Some(Day::from_days(day)),
            };
            let body = Listing::new(vec![row], true, now())
                .json(pair)
                .unwrap()
                .concat();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let goal = &body["challenges"][0]["goals"][0];
            (goal["progress"].clone(), goal["status"].clone())
        };
        let (of_today, started) = (shown(20_833), shown(20_832));
        assert_eq!(of_today, (2.into(), "in_progress".into()), "{name}");
        assert_eq!(started, (0.into(), "not_started".into()), "{name}");
    }
}

#[test]
fn a_template_is_made_only_where_it_is_switched_on() {
    assert!(BUILT_IN.serde.template.is_none());
    assert!(BUILT_IN.template.template.is_some());
}

#[tokio::test]
async fn players_of_phase12_get_the_same_bytes() {
    let service = start(|settings| settings.phase = Phase::load("phase12").unwrap()).await;
    assert!(service.app.content.template.is_some());
    let initialize = "/challenge/v1/challenges/initialize";
    assert_eq!(
        service.call("POST", initialize, "ann", None).await.status,
        200
    );
    for (query, active_only) in [("", false), ("?active_only=true", true)] {
        let path = format!("/challenge/v1/challenges{query}");
        let answer = service.call("GET", &path, "ann", None).await;
        assert_eq!(
            (answer.status, answer.content_type.as_str()),
            (200, "application/json")
        );
        let rows = service.app.store.rows_of_user("ann").await.unwrap();
        let listing = Listing::new(rows, active_only, Instant::now());
        assert!(
            answer.body == listing.json(&BUILT_IN.serde).unwrap().concat(),
            "{path}"
        );
    }
}
