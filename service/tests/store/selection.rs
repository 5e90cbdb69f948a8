//! Goals that are selected, and rows that expire.

use std::time::Duration;

use challenge_service::instant::Instant;
use challenge_service::progress::{Progress, Status};
use challenge_service::rule::Change;
use challenge_service::store::{Assignment, Assignments, Selection, Store};

use super::support::advance::advance as advance_at;
use super::{NAMESPACE, advance, goal, row, rows};

const HOUR: Duration = Duration::from_hours(1);

fn until(n: usize, expires_at: Option<Instant>) -> Assignment {
    Assignment {
        expires_at,
        ..goal(n)
    }
}

async fn select(
    store: &Store,
    user: &str,
    goals: impl IntoIterator<Item = Assignment>,
    replaced: Option<&str>,
    now: Instant,
) -> Selection {
    let goals: Assignments = goals.into_iter().collect();
    let selection = store.select(user, NAMESPACE, &goals, replaced, now).await;
    let mut selection = selection.unwrap();
    selection.selected.sort_by(|a, b| a.goal_id.cmp(&b.goal_id));
    selection.deactivated.sort();
    selection
}

fn ids(selection: &Selection) -> Vec<&str> {
    let selected = selection.selected.iter();
    selected.map(|row| row.goal_id.as_str()).collect()
}

async fn active(store: &Store, user: &str) -> Vec<String> {
    let rows = rows(store, user).await.into_values();
    rows.filter(|row| row.is_active)
        .map(|row| row.goal_id)
        .collect()
}

pub(super) async fn switches_on_and_off(store: &Store, user: &str) {
    let now = Instant::now();
    let end = Instant::from_micros(now.as_micros() + 1_000_000);
    let elsewhere = Assignment {
        challenge_id: "challenge-02".into(),
        ..goal(9)
    };
    select(store, user, [elsewhere], None, now).await;
    let first = select(store, user, [until(2, end), goal(0), goal(1)], None, now).await;
    assert_eq!(ids(&first), ["goal-000", "goal-001", "goal-002"]);
    assert!(first.deactivated.is_empty());
    let fresh = Progress {
        goal_id: "goal-002".into(),
        progress: 0,
        status: Status::NotStarted,
        version: 1,
        is_active: true,
        assigned_at: Some(now),
        expires_at: end,
        completed_at: None,
        claimed_at: None,
        counted_on: None,
    };
    assert_eq!(first.selected[2], fresh);
    assert_eq!(rows(store, user).await["goal-002"], fresh);

    let challenge = Some("challenge-01");
    let second = select(store, user, [goal(2), goal(3)], challenge, now).await;
    assert_eq!(ids(&second), ["goal-002", "goal-003"]);
    assert_eq!(second.deactivated, ["goal-000", "goal-001"]);
    assert_eq!(
        active(store, user).await,
        ["goal-002", "goal-003", "goal-009"],
        "another challenge is left alone"
    );
    let third = select(store, user, [goal(3), goal(0)], challenge, now).await;
    assert_eq!(third.deactivated, ["goal-002"], "what was off is not told");
}

pub(super) async fn keeps_progress_within_a_window(store: &Store, user: &str) {
    let begun = Instant::now().before(HOUR);
    let end = Instant::from_micros(Instant::now().as_micros() + 3_600_000_000);
    select(store, user, [until(0, end)], None, begun).await;
    assert_eq!(advance(store, user, Change::Set(3), 5).await, 1);
    let now = Instant::now();
    let again = select(store, user, [until(0, end)], None, now).await;
    let again = &again.selected[0];
    assert_eq!((again.progress, again.status), (3, Status::InProgress));
    assert_eq!(again.assigned_at, Some(begun), "it was on all the time");
    select(store, user, [goal(1)], Some("challenge-01"), now).await;
    let back = select(store, user, [until(0, end)], None, now).await;
    assert_eq!(back.selected[0].progress, 3);
    assert_eq!(back.selected[0].assigned_at, Some(now));
}

/// The SQL of each store and `standing` must agree on what starts anew.
pub(super) async fn starts_anew_like_the_rule(store: &Store, user: &str) {
    let now = Instant::now();
    let (long_ago, past) = (now.before(3 * HOUR), now.before(HOUR));
    let next_end = Instant::from_micros(now.as_micros() + 3_600_000_000);
    let statuses = [
        Status::NotStarted,
        Status::InProgress,
        Status::Completed,
        Status::Claiming,
        Status::Claimed,
    ];
    for status in statuses {
        for expires_at in [None, next_end, Some(now), Some(past)] {
            let user = format!("{user}-{status:?}-{expires_at:?}");
            select(store, &user, [until(0, expires_at)], None, long_ago).await;
            reach(store, &user, status, long_ago).await;
            let before = row(store, &user).await;
            assert_eq!((before.status, before.expires_at), (status, expires_at));

            let selection = select(store, &user, [until(0, next_end)], None, now).await;
            let after = row(store, &user).await;
            let case = format!("{status:?} until {expires_at:?}");
            if before.is_over(now) {
                let fresh = Progress {
                    progress: 0,
                    status: Status::NotStarted,
                    version: before.version + 1,
                    assigned_at: Some(now),
                    expires_at: next_end,
                    completed_at: None,
                    claimed_at: None,
                    counted_on: None,
                    ..before
                };
                assert_eq!(after, fresh, "{case}");
                assert_eq!(selection.selected, [fresh], "{case}");
            } else if before.is_expired(now) {
                assert_eq!(after, before, "{case}: the reward is owed");
                assert_eq!(selection, Selection::default(), "{case}");
            } else {
                let kept = Progress {
                    version: before.version + 1,
                    expires_at: next_end,
                    ..before
                };
                assert_eq!(after, kept, "{case}");
            }
        }
    }

    // A reward of the next window is another one.
    let user = format!("{user}-key");
    let claim = async |key| {
        reach(store, &user, Status::Completed, past).await;
        let begun = store.begin_claim(&user, "goal-000", key, now).await;
        let claim = begun.unwrap().unwrap();
        assert_eq!(claim.key, key);
        store.finish_claim(&claim, now).await.unwrap().unwrap();
    };
    select(store, &user, [until(0, Some(now))], None, long_ago).await;
    claim("first").await;
    select(store, &user, [until(0, next_end)], None, now).await;
    claim("second").await;
}

/// Brings the row of goal 0 to this status.
async fn reach(store: &Store, user: &str, status: Status, now: Instant) {
    let progress = match status {
        Status::NotStarted => return,
        Status::InProgress => 3,
        Status::Completed | Status::Claiming | Status::Claimed => 5,
    };
    let change = [("goal-000", Change::AddOnceADay(progress))];
    assert_eq!(advance_at(store, user, &change, 5, now).await, 1);
    if matches!(status, Status::Claiming | Status::Claimed) {
        let claim = store.begin_claim(user, "goal-000", "key", now).await;
        let claim = claim.unwrap().unwrap();
        if status == Status::Claimed {
            store.finish_claim(&claim, now).await.unwrap().unwrap();
        }
    }
}

pub(super) async fn leaves_expired_rows_out_of_events(store: &Store, user: &str) {
    let now = Instant::now();
    let end = Instant::from_micros(now.as_micros() + 3_600_000_000).unwrap();
    let goals: Assignments = [until(0, Some(end))].into_iter().collect();
    assert_eq!(store.assign(user, NAMESPACE, &goals, now).await.unwrap(), 1);
    let add = async |now| {
        let change = [("goal-000", Change::Add(1))];
        advance_at(store, user, &change, 5, now).await
    };
    let before_end = Instant::from_micros(end.as_micros() - 1).unwrap();
    assert_eq!(add(before_end).await, 1);
    assert_eq!(add(end).await, 0, "the end is the first instant after");
    assert_eq!(row(store, user).await.progress, 1);
    let challenge = Some("challenge-01");
    let selection = select(store, user, [goal(1)], challenge, end).await;
    assert!(selection.deactivated.is_empty(), "it was inactive already");
}

pub(super) async fn selects_under_concurrency(store: &Store, user: &str) {
    let attempts: Vec<_> = (0..32)
        .map(|n| {
            let (store, user) = (store.clone(), user.to_owned());
            tokio::spawn(async move {
                let mut wanted = [goal(n % 8), goal((n + 3) % 8), goal((n + 5) % 8)];
                if n % 2 == 0 {
                    wanted.reverse();
                }
                let replaced = (n % 3 > 0).then_some("challenge-01");
                let now = Instant::now();
                select(&store, &user, wanted, replaced, now).await;
                let changes: Vec<_> = wanted_ids().map(|id| (id, Change::Add(1))).collect();
                advance_at(&store, &user, &changes, 1000, now).await;
            })
        })
        .collect();
    for attempt in attempts {
        attempt.await.unwrap();
    }
    assert_eq!(rows(store, user).await.len(), 8);
}

fn wanted_ids() -> impl Iterator<Item = &'static str> {
    let ids = ["goal-007", "goal-002", "goal-005", "goal-000", "goal-003"];
    ids.into_iter()
}
