//! Data sets and the login.

use std::fmt::Write as _;

use brunt_loadgen::Scenario;

use super::{mistakes, scenario};

#[test]
fn mistakes_in_data_and_login() {
    insta::assert_snapshot!(mistakes(&scenario(
        "buy",
        r#"[data.players]
file = "tests/data/players.csv"
pick = "unique"
[data.Tokens]
file = "tests/data/tokens.jsonl"
pick = "once"
[data.none]
file = "tests/data/none.csv"
[data.login]
file = "tests/data/players.csv"
[data.odd]
file = "tests/data/body.xml"
[login]
action = "signin"
once_per = "user"
[actions.sign-in]
http = "GET /sign-in"
[actions.buy]
http = "POST /${players.idd}/${players.id}/${login.token}"
"#
    )));
    let login = scenario(
        "buy",
        r#"[users]
count = 3
[login]
action = "sign-in"
once = "user"
[actions.sign-in]
http = "GET /${goal}"
bearer = "${login.token}"
extract = { token = "$.token" }
[actions.buy]
http = "POST /${user}"
extract = { goal = "$" }
[actions.none]
http = "GET /${login.tokn}"
"#,
    );
    insta::assert_snapshot!(mistakes(&format!("bearer = \"a-token\"\n{login}")));
}

#[test]
fn mistakes_in_rows_are_told_with_their_line_and_not_with_what_stands_there() {
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 9] = [
        ("no-row.csv", b"id,name\n"),
        ("uneven.csv", b"id,name\n1,secret\nsecret\n"),
        ("no-text.csv", b"id,name\n1,\xff\n"),
        ("no-text.jsonl", b"{\"id\": \"\xff\"}\n"),
        ("no-object.jsonl", b"{\"id\": 1}\n[\"secret\"]\n"),
        ("more.jsonl", b"{\"id\": 1}\n{\"id\": 1, \"x\": 2}\n"),
        ("fewer.jsonl", b"{\"id\": 1}\n{}\n"),
        ("no-value.jsonl", b"{\"id\": [\"secret\"]}\n"),
        ("good.csv", b"id\n1\n2\n"),
    ];
    let mut sets = String::new();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let (set, kind) = name.split_once('.').unwrap();
        let set = format!("{set}-{kind}");
        writeln!(sets, "[data.{set}]\nfile = \"{name}\"\npick = \"unique\"").unwrap();
    }
    let text = scenario(
        "buy",
        &format!("{sets}[actions.buy]\nhttp = \"GET /${{good-csv.id}}\"\n"),
    );
    let path = folder.path().join("load.toml");
    let told = |text: &str| {
        let found = Scenario::parse(&path, text).unwrap_err().to_string();
        found.replace(&format!("{}/", folder.path().display()), "")
    };
    let found = told(&text);
    assert!(!found.contains("secret"), "{found}");
    insta::assert_snapshot!(found);
    // How often users send is not known.
    let users = text.replace("rate = \"10/s\"", "users = 1");
    let good = users.find("[data.good-csv]").unwrap();
    let others = users.find("[data.no-row-csv]").unwrap();
    insta::assert_snapshot!(told(&(users[..others].to_owned() + &users[good..])));
}

#[test]
fn a_login_must_give_something() {
    insta::assert_snapshot!(mistakes(&scenario(
        "buy",
        r#"[login]
action = "sign-in"
once_per = "run"
[actions.sign-in]
http = "GET /sign-in"
[actions.buy]
http = "GET /"
"#
    )));
}
