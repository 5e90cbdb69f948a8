//! What functions are given: the values of their arrivals, and the clients of their threads.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use brunt_loadgen::http::Request;
use brunt_loadgen::{Actions, Arrival, Failure};
use support::functions::{record_of, scenario, total};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a function is given is what places of the file would be filled with; a login may be one too.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_is_given_the_values_of_its_arrival() {
    let seen: Arc<Mutex<BTreeMap<u64, Vec<String>>>> = Arc::default();
    let all = Arc::clone(&seen);
    let actions = Actions::new()
        .add("sign-in", |arrival: Arrival| async move {
            if arrival.give("tokn", "x").unwrap_err().kind() == "protocol" {
                arrival.give("token", format!("of {}", arrival.user()?))?;
            }
            Ok(())
        })
        .add("work", move |arrival: Arrival| {
            let all = Arc::clone(&all);
            async move {
                for failure in [
                    arrival.value("nam").unwrap_err(),
                    arrival.number("shelff").unwrap_err(),
                    arrival.address("nowhere").unwrap_err(),
                    arrival.channel().unwrap_err(),
                ] {
                    assert_eq!(failure.kind(), "protocol");
                }
                let number = arrival.number("shelf")?;
                assert!((1..=10).contains(&number));
                assert_eq!(arrival.action(), "work");
                assert_eq!(format!("{arrival:?}").matches("token").count(), 0);
                let values = [
                    arrival.user()?,
                    arrival.value("token")?,
                    arrival.value("player")?,
                    arrival.value("key")?,
                    arrival.address("queue")?,
                ];
                let mut values = values.map(str::to_owned).to_vec();
                values.push((arrival.value("shelf")? == number.to_string()).to_string());
                all.lock().unwrap().insert(arrival.ordinal(), values);
                Ok(())
            }
        });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let queue = listener.local_addr().unwrap();
    let text = scenario(
        &format!(
            r#"[addresses]
queue = "amqp://{queue}"
[users]
count = 3
[login]
action = "sign-in"
[data.players]
file = "data/players.csv"
[actions.sign-in]
code = true
user = "each"
extract = ["token"]
[actions.work]
code = true
user = "each"
draw = {{ shelf = [1, 10] }}
values = {{ token = "${{login.token}}", player = "${{players.name}}", key = "${{run}}-${{ordinal}}", shelf = "${{shelf}}" }}
"#
        ),
        "work = 1",
        "3/s",
        "1s",
        "",
    );
    let record = record_of(&actions, &text, 1).await;
    assert_eq!(total(&record, "work").ok, 3, "{:?}", record.errors);
    assert_eq!(
        record.manifest.addresses["queue"],
        format!("amqp://{queue}")
    );
    let run = &record.manifest.id;
    for (n, values) in seen.lock().unwrap().iter() {
        let user = format!("user-{n}");
        let player = ["Ann & Bob", "Quote \" d"][*n as usize % 2];
        assert_eq!(
            *values,
            [
                user.clone(),
                format!("of {user}"),
                player.to_owned(),
                format!("{run}-{n}"),
                queue.to_string(),
                "true".to_owned()
            ]
        );
    }
}

/// Requests of a function go through the connections of its thread, as those of the file do.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_sends_by_the_clients_of_its_thread() {
    let app = Router::new()
        .route(
            "/echo",
            post(|headers: HeaderMap, body: String| async move {
                let header = |name: &str| headers.get(name).map_or("-", |v| v.to_str().unwrap());
                let seen = ["authorization", "user-agent", "x-own"].map(header);
                format!("{body} {}", seen.join(" "))
            }),
        )
        .route("/gone", get(|| async { axum::http::StatusCode::GONE }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicU64::new(0));
    let opened = Arc::clone(&connections);
    let listener = axum::serve::ListenerExt::tap_io(listener, move |_| {
        opened.fetch_add(1, Ordering::SeqCst);
    });
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let actions = Actions::new().add("work", |arrival: Arrival| async move {
        let request = Request::post("/echo")
            .header("x-own", "own")
            .body("hello")?;
        let reply = arrival.send(request).await?;
        let agent = concat!("brunt/", env!("CARGO_PKG_VERSION"));
        let wanted = format!("hello Bearer secret-0 {agent} own");
        assert_eq!(reply.body(), wanted.as_bytes());
        let request = Request::post("/echo")
            .header("authorization", "mine")
            .body(vec![b'x'])?;
        let reply = arrival.send(request).await?;
        assert!(reply.body().starts_with(b"x mine "));

        let elsewhere = Request::get("http://127.0.0.1:1/").body("")?;
        let failure = arrival.send(elsewhere).await.unwrap_err();
        assert_eq!(failure.kind(), "protocol");
        let gone = arrival.send(Request::get("/gone").body("")?).await?;
        Err(Failure::http(gone.status()))
    });
    let text = scenario(
        &format!(
            "bearer = \"secret-${{login.n}}\"\n[addresses]\nhttp = \"http://{address}\"\n[login]\naction = \"sign-in\"\n[actions.sign-in]\ncode = true\nextract = [\"n\"]\n[actions.work]\ncode = true\n"
        ),
        "work = 1",
        "20/s",
        "1s",
        "max_in_flight = 1\n",
    );
    let actions = actions.add("sign-in", |arrival: Arrival| async move {
        arrival.give("n", "0")
    });
    let record = record_of(&actions, &text, 1).await;
    let work = total(&record, "work");
    assert_eq!(
        work.failures,
        BTreeMap::from([("http-410".to_owned(), 20)]),
        "{:?}",
        record.errors
    );
    // One to see that somebody is there, one of the login's own client, and one for all requests.
    let opened = connections.load(Ordering::SeqCst);
    assert!(opened <= 3, "{opened} connections");
}

/// A file with functions, mixed with its other actions; the reply of a line protocol is awaited.
#[tokio::test(flavor = "multi_thread")]
async fn functions_and_requests_of_the_file_share_a_mix() {
    let server = support::Server::start(support::Behaviour::default()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lines = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                while stream.read_line(&mut line).await.is_ok_and(|n| n > 0) {
                    stream.write_all(b"pong\n").await.unwrap();
                    line.clear();
                }
            });
        }
    });
    let actions = Actions::new().add("ping", |arrival: Arrival| async move {
        let stream = TcpStream::connect(arrival.address("lines")?).await?;
        let mut stream = BufReader::new(stream);
        stream.write_all(b"ping\n").await?;
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        match line.as_str() {
            "pong\n" => Ok(()),
            _ => Err(Failure::new("no-pong", "the answer is no pong")),
        }
    });
    let text = scenario(
        &format!(
            "[addresses]\nhttp = \"http://{}\"\nlines = \"tcp://{lines}\"\n[actions.work]\nhttp = \"GET /job/1\"\n[actions.ping]\ncode = true\n",
            server.address
        ),
        "work = 3, ping = 1",
        "40/s",
        "1s",
        "",
    );
    let record = record_of(&actions, &text, 1).await;
    assert_eq!(total(&record, "work").ok, 30);
    assert_eq!(total(&record, "ping").ok, 10, "{:?}", record.errors);
    assert_eq!(server.seen(), 30);
}
