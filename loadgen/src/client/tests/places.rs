//! What stands in the places of a request when it arrives.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::echo::{echo, listen};
use crate::client::Carried;

const ACTIONS: &str = r#"
[users]
count = 5
id = "${index}-${uuid}"
[actions.each]
http = "GET /${user}"
user = "each"
extract = { uri = "$.uri" }
[actions.any]
http = "GET /${user}"
extract = { uri = "$.uri" }
[actions.drawn]
http = "GET /${run}/${ordinal:04}/${shelf:03}"
draw = { shelf = [8, 11] }
extract = { uri = "$.uri" }
[actions.defaulted]
http = "GET /"
headers = { x-mine = "me" }
extract = { mine = "$.headers['x-mine']", theirs = "$.headers['x-theirs']" }
[defaults]
headers = { X-Mine = "anybody", x-theirs = "${env:CARGO_PKG_NAME}" }
"#;

async fn bench() -> Bench {
    Bench::http(listen(echo(), None).await.address, ACTIONS)
}

async fn told(bench: &Bench, action: &str, ordinal: u64, name: &str) -> String {
    let mut carried = Carried::default();
    bench.step(action, ordinal, &mut carried).await.unwrap();
    carried.get(name).unwrap().to_owned()
}

#[tokio::test]
async fn each_user_comes_once_and_any_user_is_one_of_them() {
    let bench = bench().await;
    let mut users = BTreeSet::new();
    for ordinal in 0..5 {
        let user = told(&bench, "each", ordinal, "uri").await;
        assert!(user.starts_with(&format!("/{ordinal}-")), "{user}");
        // 8-4-4-4-12 after the number.
        assert_eq!(user.len(), "/0-".len() + 36, "{user}");
        users.insert(user);
    }
    assert_eq!(users.len(), 5);
    let mut drawn = BTreeSet::new();
    for ordinal in 0..40 {
        let user = told(&bench, "any", ordinal, "uri").await;
        assert!(users.contains(&user), "{user}");
        drawn.insert(user);
    }
    assert!(drawn.len() > 1, "{drawn:?}");
}

#[tokio::test]
async fn draws_stay_in_their_range_and_are_the_same_again() {
    let (once, again) = (bench().await, bench().await);
    let mut shelves = BTreeSet::new();
    for ordinal in 0..40 {
        let uri = told(&once, "drawn", ordinal, "uri").await;
        assert_eq!(uri, told(&again, "drawn", ordinal, "uri").await);
        let shelf = uri.strip_prefix(&format!("/run-1/{ordinal:04}/")).unwrap();
        shelves.insert(shelf.to_owned());
    }
    let all = ["008", "009", "010", "011"].map(str::to_owned);
    assert_eq!(shelves, BTreeSet::from(all));
}

#[tokio::test]
async fn headers_by_default_are_sent_where_an_action_has_no_own() {
    let bench = bench().await;
    assert_eq!(told(&bench, "defaulted", 0, "mine").await, "me");
    assert_eq!(
        told(&bench, "defaulted", 0, "theirs").await,
        "brunt-loadgen"
    );
}
