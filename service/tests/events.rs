//! Events over gRPC, with the generated client.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::Duration;

use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::grpc::events_v1::user_logged_in_events_client::UserLoggedInEventsClient;
use challenge_service::grpc::events_v1::{StatItemUpdated, UserLoggedIn};
use challenge_service::instant::Instant;
use challenge_service::operations;
use challenge_service::phase::Phase;
use challenge_service::progress::{Progress, Status};
use challenge_service::rule::Change;
use serde_json::json;
use support::advance::advance;
use support::player::days;
use support::{Running, phase, start};
use tonic::Code;
use tonic::transport::Channel;

async fn connect(service: &Running) -> Channel {
    let address = service.addresses.grpc;
    let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect().await.unwrap()
}

/// An id that no other event has.
fn id() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn login(user: &str) -> UserLoggedIn {
    UserLoggedIn {
        id: id(),
        namespace: "test".into(),
        user_id: user.into(),
    }
}

fn stat(user: &str, stat: &str, value: f64, inc: f64) -> StatItemUpdated {
    StatItemUpdated {
        id: id(),
        namespace: "test".into(),
        user_id: user.into(),
        stat_code: stat.into(),
        value,
        inc,
    }
}

async fn initialise(service: &Running, user: &str) {
    let path = "/challenge/v1/challenges/initialize";
    assert_eq!(service.call("POST", path, user, None).await.status, 200);
}

async fn rows(service: &Running, user: &str) -> Vec<Progress> {
    service.app.store.rows_of_user(user).await.unwrap()
}

async fn progress_of(service: &Running, user: &str, goal: &str) -> (i64, Status) {
    let rows = rows(service, user).await;
    let row = rows.iter().find(|row| row.goal_id == goal).unwrap();
    (row.progress, row.status)
}

#[tokio::test]
async fn a_login_counts_on_active_login_goals() {
    let service = start(|_| ()).await;
    initialise(&service, "ann").await;
    let mut client = UserLoggedInEventsClient::new(connect(&service).await);
    for _ in 0..25 {
        client.on_message(login("ann")).await.unwrap();
    }
    for row in rows(&service, "ann").await {
        // Goals of odd challenges listen to logins, those of even ones to a statistic.
        let number: u32 = row.goal_id[5..7].parse().unwrap();
        let expected = if number % 2 == 1 {
            (25, Status::InProgress)
        } else {
            (0, Status::NotStarted)
        };
        assert_eq!((row.progress, row.status), expected, "{}", row.goal_id);
    }
}

#[tokio::test]
async fn a_statistic_counts_on_active_goals_that_listen_to_it() {
    let service = start(|_| ()).await;
    initialise(&service, "ann").await;
    let mut client = StatItemUpdatedEventsClient::new(connect(&service).await);
    client
        .on_message(stat("ann", "stat-01", 40.0, 3.0))
        .await
        .unwrap();
    client
        .on_message(stat("ann", "stat-01", 44.0, 4.0))
        .await
        .unwrap();
    client
        .on_message(stat("ann", "stat-77", 9.0, 9.0))
        .await
        .unwrap();
    assert_eq!(
        progress_of(&service, "ann", "goal-02-01").await,
        (7, Status::InProgress)
    );
    assert_eq!(
        progress_of(&service, "ann", "goal-01-01").await,
        (0, Status::NotStarted)
    );
}

#[tokio::test]
async fn reaching_the_target_completes_a_goal_for_good() {
    let service = start(|_| ()).await;
    let mut client = StatItemUpdatedEventsClient::new(connect(&service).await);
    client
        .on_message(stat("ann", "stat-50", 100.0, 1.0))
        .await
        .unwrap();
    assert_eq!(rows(&service, "ann").await, [], "an event makes no row");
    let path = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/active";
    let on = json!({ "isActive": true });
    assert_eq!(
        service.call("PUT", path, "ann", Some(&on)).await.status,
        200
    );
    client
        .on_message(stat("ann", "stat-50", 99.0, 1.0))
        .await
        .unwrap();
    assert_eq!(
        progress_of(&service, "ann", "goal-01-50").await,
        (99, Status::InProgress)
    );
    client
        .on_message(stat("ann", "stat-50", 100.0, 1.0))
        .await
        .unwrap();
    assert_eq!(
        progress_of(&service, "ann", "goal-01-50").await,
        (100, Status::Completed)
    );
    client
        .on_message(stat("ann", "stat-50", 5.0, 1.0))
        .await
        .unwrap();
    assert_eq!(
        progress_of(&service, "ann", "goal-01-50").await,
        (100, Status::Completed)
    );
    assert!(rows(&service, "ann").await[0].completed_at.is_some());
}

#[tokio::test]
async fn an_event_that_says_nothing_is_refused() {
    let service = start(|_| ()).await;
    let channel = connect(&service).await;
    let mut stats = StatItemUpdatedEventsClient::new(channel.clone());
    for wrong in [
        stat("", "stat-01", 1.0, 1.0),
        stat("ann", "", 1.0, 1.0),
        stat("ann", "stat-01", f64::NAN, 1.0),
        stat("ann", "stat-01", 1.0, f64::INFINITY),
        stat(&"u".repeat(129), "stat-01", 1.0, 1.0),
    ] {
        let refused = stats.on_message(wrong.clone()).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{wrong:?}");
    }
    let mut logins = UserLoggedInEventsClient::new(channel);
    let refused = logins.on_message(login("")).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let metrics = service.call("GET", "/metrics", "", None).await;
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    let line = r#"{protocol="grpc",route="/brunt.events.v1.StatItemUpdatedEvents/OnMessage",method="POST",status="InvalidArgument"} 5"#;
    assert!(text.contains(line), "{text}");
}

#[tokio::test]
async fn a_thousand_events_fit_on_one_connection_at_once() {
    let service = start(|_| ()).await;
    initialise(&service, "ann").await;
    let client = StatItemUpdatedEventsClient::new(connect(&service).await);
    let mut events = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let mut client = client.clone();
        events.spawn(async move { client.on_message(stat("ann", "stat-01", 0.0, 1.0)).await });
    }
    while let Some(outcome) = events.join_next().await {
        outcome.unwrap().unwrap();
    }
    assert_eq!(
        progress_of(&service, "ann", "goal-02-01").await,
        (1000, Status::Completed)
    );
}

#[tokio::test]
async fn an_id_counts_once_among_all_events_of_a_player() {
    let service = start(|_| ()).await;
    initialise(&service, "ann").await;
    initialise(&service, "bob").await;
    let channel = connect(&service).await;
    let mut stats = StatItemUpdatedEventsClient::new(channel.clone());
    let mut logins = UserLoggedInEventsClient::new(channel);
    let first = stat("ann", "stat-01", 0.0, 1.0);
    for _ in 0..3 {
        stats.on_message(first.clone()).await.unwrap();
    }
    let mut others = first.clone();
    others.user_id = "bob".into();
    stats.on_message(others).await.unwrap();
    let mut same_id = login("ann");
    same_id.id.clone_from(&first.id);
    logins.on_message(same_id).await.unwrap();
    let of = async |user, goal| progress_of(&service, user, goal).await.0;
    assert_eq!(of("ann", "goal-02-01").await, 1);
    assert_eq!(of("ann", "goal-01-01").await, 0);
    assert_eq!(of("bob", "goal-02-01").await, 1);
}

#[tokio::test]
async fn ids_are_forgotten_after_the_window() {
    let directory = tempfile::tempdir().unwrap();
    let phase = phase(directory.path(), &[("event_window", "0s".into())]);
    let service = start(|settings| settings.phase = Phase::load(&phase).unwrap()).await;
    initialise(&service, "ann").await;
    let mut client = StatItemUpdatedEventsClient::new(connect(&service).await);
    let event = stat("ann", "stat-01", 0.0, 1.0);
    for _ in 0..3 {
        client.on_message(event.clone()).await.unwrap();
    }
    assert_eq!(progress_of(&service, "ann", "goal-02-01").await.0, 3);
    let others = (0..700).map(|_| stat("ann", "stat-01", 0.0, 1.0));
    for event in others {
        client.on_message(event).await.unwrap();
    }
    let forgotten = operations::forget(&service.app).await.unwrap();
    assert_eq!(forgotten, 701, "in more than one batch");
    assert_eq!(operations::forget(&service.app).await.unwrap(), 0);
}

#[tokio::test]
async fn goals_that_go_by_days_show_the_progress_of_today() {
    let service = start(|settings| settings.catalogue = Some(days())).await;
    initialise(&service, "ann").await;
    let shown = async || {
        let path = "/challenge/v1/challenges";
        let list = service.call("GET", path, "ann", None).await.json();
        let goals = list["challenges"][0]["goals"].as_array().unwrap().clone();
        goals
            .iter()
            .map(|goal| (goal["progress"].clone(), goal["status"].clone()))
            .collect::<Vec<_>>()
    };
    let yesterday = [
        ("wins-of-a-day", Change::AddToday(2)),
        ("seven-days", Change::AddOnceADay(1)),
    ];
    let day_ago = Instant::now().before(Duration::from_hours(24));
    let touched = advance(&service.app.store, "ann", &yesterday, 7, day_ago).await;
    assert_eq!(touched, 2);
    let (none, some) = (json!("not_started"), json!("in_progress"));
    let expected = [(json!(0), none), (json!(1), some.clone())];
    assert_eq!(shown().await, expected);
    let channel = connect(&service).await;
    let mut stats = StatItemUpdatedEventsClient::new(channel.clone());
    stats
        .on_message(stat("ann", "wins", 0.0, 1.0))
        .await
        .unwrap();
    let mut logins = UserLoggedInEventsClient::new(channel);
    for _ in 0..3 {
        logins.on_message(login("ann")).await.unwrap();
    }
    let expected = [(json!(1), some.clone()), (json!(2), some)];
    assert_eq!(shown().await, expected);
}
