//! Values of data sets in requests.

use super::bench::Bench;
use super::echo::{echo, listen};
use crate::client::Carried;

const SETS: &str = r#"
[users]
count = 2
[data.players]
file = "tests/data/players.csv"
[data.tokens]
file = "tests/data/tokens.jsonl"
pick = "unique"
[data.any]
file = "tests/data/players.csv"
pick = "random"
[actions.a]
http = "POST /${players.id}"
query = { name = "${players.name}" }
json = '{"name": "${players.name}"}'
bearer = "${tokens.token}"
extract = { uri = "$.uri", body = "$.body", bearer = "$.headers.authorization" }
[actions.any]
http = "GET /${any.id}"
extract = { uri = "$.uri" }
"#;

async fn told(action: &str, ordinal: u64, names: &[&str]) -> Vec<String> {
    let bench = Bench::http(listen(echo(), None).await.address, SETS);
    let mut carried = Carried::default();
    bench.step(action, ordinal, &mut carried).await.unwrap();
    let value = |name: &&str| carried.get(name).unwrap().to_owned();
    names.iter().map(value).collect()
}

#[tokio::test]
async fn an_arrival_takes_its_row_and_values_break_nothing() {
    let names = ["uri", "body", "bearer"];
    for (ordinal, want) in [
        (
            0,
            [
                "/p1?name=Ann+%26+Bob",
                r#"{"name": "Ann & Bob"}"#,
                "Bearer t-one",
            ],
        ),
        (
            1,
            [
                "/p2?name=Quote+%22+d",
                r#"{"name": "Quote \" d"}"#,
                "Bearer t-two",
            ],
        ),
        (
            2,
            [
                "/p1?name=Ann+%26+Bob",
                r#"{"name": "Ann & Bob"}"#,
                "Bearer t-three",
            ],
        ),
    ] {
        assert_eq!(told("a", ordinal, &names).await, want, "{ordinal}");
    }
}

#[tokio::test]
async fn draws_of_rows_are_the_same_in_every_run() {
    let mut seen = Vec::new();
    for ordinal in 0..8 {
        let uri = told("any", ordinal, &["uri"]).await;
        assert_eq!(uri, told("any", ordinal, &["uri"]).await);
        seen.extend(uri);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen, ["/p1", "/p2"]);
}

#[tokio::test]
async fn an_arrival_without_a_row_fails_and_sends_nothing() {
    let bench = Bench::http(listen(echo(), None).await.address, SETS);
    let failure = bench
        .step("a", 3, &mut Carried::default())
        .await
        .unwrap_err();
    assert_eq!(
        (&*failure.kind, &*failure.message),
        ("data", "every row of \"tokens\" was taken")
    );
}
