//! What goes over the network for a setting of an action or of `[http]`.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::{any, get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::bench::Bench;
use super::echo::{echo, listen};
use crate::client::{Carried, Failure};

const USERS: &str = "[users]\ncount = 3\nid = 'user ${index}'\n";

async fn send(app: Router, text: &str) -> Result<(), Failure> {
    let bench = Bench::http(listen(app, None).await.address, text);
    bench.step("a", 0, &mut Carried::default()).await
}

/// Sends the action; `wanted` has a path in what the server saw, and its value.
async fn check(settings: &str, action: &str, wanted: &[(&str, &str)]) {
    let wanted: Vec<String> = wanted
        .iter()
        .map(|(path, value)| format!("\"{path}\" = {value}"))
        .collect();
    let checks = format!("checks.json = {{ {} }}", wanted.join(", "));
    let text = format!("{settings}{USERS}[actions.a]\nuser = 'each'\n{action}\n{checks}\n");
    let sent = send(echo(), &text).await;
    assert!(sent.is_ok(), "{action}: {sent:?}");
}

const UNSET: &str = "{ exists = false }";

#[tokio::test]
async fn queries_and_bodies_arrive_as_the_scenario_has_them() {
    let agent = format!("'brunt/{}'", env!("CARGO_PKG_VERSION"));
    for (action, wanted) in [
        (
            "http = 'GET /a/${user}'",
            &[
                ("$.uri", "'/a/user%200'"),
                ("$.headers['user-agent']", agent.as_str()),
                ("$.headers['accept-encoding']", UNSET),
                ("$.headers.authorization", UNSET),
                ("$.version", "'HTTP/1.1'"),
            ][..],
        ),
        (
            "http = 'GET /%41/${env:BRUNT_NOT_SET:-a b/\"50%\"}?c'",
            &[("$.uri", "'/%41/a%20b/%2250%25%22?c'")][..],
        ),
        (
            "http = 'POST /'\njson = '{\"e\": \"${env:BRUNT_NOT_SET:-a \"b\" \\}\"}'",
            &[("$.body", "'{\"e\": \"a \\\"b\\\" \\\\\"}'")][..],
        ),
        (
            "http = 'GET /a?b=1'\nquery = { q = '${user} & c', n = '${ordinal}' }",
            &[("$.uri", "'/a?b=1&q=user+0+%26+c&n=0'")][..],
        ),
        (
            "http = 'GET /a'\nquery = { q = 'x' }\nheaders = { user-agent = 'me' }",
            &[("$.uri", "'/a?q=x'"), ("$.headers['user-agent']", "'me'")],
        ),
        (
            "http = 'POST /'\njson = '{\"u\": \"${user}\"}'",
            &[
                ("$.body", "'{\"u\": \"user 0\"}'"),
                ("$.headers['content-type']", "'application/json'"),
            ],
        ),
        (
            "http = 'POST /'\nform = { u = '${user}', x = 'a=b' }",
            &[
                ("$.body", "'u=user+0&x=a%3Db'"),
                (
                    "$.headers['content-type']",
                    "'application/x-www-form-urlencoded'",
                ),
            ],
        ),
        (
            "http = 'PUT /'\ntext = 'hello ${user}'",
            &[
                ("$.method", "'PUT'"),
                ("$.body", "'hello user 0'"),
                ("$.headers['content-type']", "'text/plain; charset=utf-8'"),
            ],
        ),
        (
            "http = 'POST /'\nfile = 'tests/data/body.xml'\nheaders = { content-type = 'text/xml' }",
            &[
                ("$.body", "\"<a>${user}</a>\\n\""),
                ("$.headers['content-type']", "'text/xml'"),
            ],
        ),
        (
            "http = 'GET /'\nbearer = '${env:CARGO_PKG_NAME}'",
            &[("$.headers.authorization", "'Bearer brunt-loadgen'")],
        ),
    ] {
        check("", action, wanted).await;
    }
    let settings = "[http]\ncompression = true\nversion = '2'\n";
    let wanted = [
        ("$.headers['accept-encoding']", "'gzip, br, deflate, zstd'"),
        ("$.version", "'HTTP/2.0'"),
    ];
    check(settings, "http = 'GET /'", &wanted).await;
}

fn redirecting() -> Router {
    echo()
        .route("/to-echo", any(async || Redirect::to("/seen?x=1")))
        .route("/keeping", any(async || Redirect::temporary("seen")))
        .route("/twice", get(async || Redirect::to("/to-echo")))
        .route("/round", get(async || Redirect::to("/round")))
        .route(
            "/away",
            get(async || Redirect::to("http://127.0.0.1:1/secret")),
        )
        .route("/nowhere", get(async || StatusCode::FOUND))
}

#[tokio::test]
async fn redirects_are_followed_as_far_as_the_scenario_says() {
    let seen = |json: &str| format!("checks.json = {{ '$.uri' = '/seen', {json} }}");
    let got = "'$.method' = 'GET', '$.body' = '', '$.headers.content-type' = { exists = false }";
    let got = got.replace("$.headers.content-type", "$.headers[\"content-type\"]");
    let kept = "'$.method' = 'POST', '$.body' = '{}'";
    for (call, more, want) in [
        ("GET /to-echo", String::new(), Err("http-303")),
        ("GET /to-echo", "checks.status = 303".to_owned(), Ok(())),
        ("GET /to-echo", "redirects = 1".to_owned(), Ok(())),
        (
            "POST /to-echo",
            format!(
                "redirects = 1\njson = '{{}}'\n{}",
                seen(&got).replace("/seen", "/seen?x=1")
            ),
            Ok(()),
        ),
        (
            "POST /keeping",
            format!("redirects = 1\njson = '{{}}'\n{}", seen(kept)),
            Ok(()),
        ),
        ("GET /twice", "redirects = 1".to_owned(), Err("http-303")),
        ("GET /twice", "redirects = 2".to_owned(), Ok(())),
        ("GET /round", "redirects = 5".to_owned(), Err("http-303")),
        ("GET /away", "redirects = 5".to_owned(), Err("redirect")),
        ("GET /nowhere", "redirects = 5".to_owned(), Err("http-302")),
    ] {
        let text = format!("[actions.a]\nhttp = '{call}'\n{more}\n");
        let sent = send(redirecting(), &text).await;
        assert_eq!(
            sent.as_ref().map_err(|f| &*f.kind),
            want.as_ref().map_err(|k| *k),
            "{text}: {sent:?}"
        );
        if let Err(failure) = sent {
            assert!(!failure.message.contains("secret"), "{failure:?}");
        }
    }
    let settings = "[http]\nredirects = 1\n[actions.a]\nhttp = 'GET /to-echo'\n";
    send(redirecting(), settings).await.unwrap();
}

/// Counts the visits of a user in a cookie.
async fn visit(headers: HeaderMap) -> impl IntoResponse {
    let cookie = headers.get("cookie").map_or("", |c| c.to_str().unwrap());
    let visits = cookie
        .strip_prefix("visits=")
        .map_or(0, |n| n.parse().unwrap());
    let set = format!("visits={}; Path=/", visits + 1);
    let gone = "gone=1; Max-Age=0".to_owned();
    let cookies = AppendHeaders([("set-cookie", set), ("set-cookie", gone)]);
    (cookies, visits.to_string())
}

#[tokio::test]
async fn every_user_has_cookies_of_its_own() {
    let app = Router::new()
        .route("/visit", post(visit))
        .route(
            "/login",
            get(async || ([("set-cookie", "visits=40; Path=/")], Redirect::to("/page"))),
        )
        .route(
            "/page",
            get(async |headers: HeaderMap| headers["cookie"].to_str().unwrap().to_owned()),
        );
    let address = listen(app, None).await.address;
    let actions = format!(
        "{USERS}[actions.a]\nhttp = 'POST /visit'\nuser = 'each'\nextract = {{ visits = '$' }}
         [actions.login]\nhttp = 'GET /login'\nuser = 'each'\nredirects = 1\nchecks.contains = 'visits=40'\n"
    );
    let visits = async |bench: &Bench, ordinals: &[u64]| {
        let mut seen = Vec::new();
        for ordinal in ordinals {
            let mut carried = Carried::default();
            bench.step("a", *ordinal, &mut carried).await.unwrap();
            seen.push(carried.get("visits").unwrap().to_owned());
        }
        seen
    };
    let bench = Bench::http(address, &format!("[http]\ncookies = true\n{actions}"));
    assert_eq!(
        visits(&bench, &[0, 0, 1, 0, 2, 1]).await,
        ["0", "1", "0", "2", "0", "1"]
    );
    bench
        .step("login", 0, &mut Carried::default())
        .await
        .unwrap();
    assert_eq!(
        visits(&bench, &[0, 1]).await,
        ["40", "2"],
        "a redirect sets cookies too"
    );
    let bench = Bench::http(address, &actions);
    assert_eq!(
        visits(&bench, &[0, 0]).await,
        ["0", "0"],
        "nobody asked for cookies"
    );
}

#[tokio::test]
async fn bodies_that_a_check_reads_may_come_compressed() {
    use std::io::Write as _;
    let plain = "hello world";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(plain.as_bytes()).unwrap();
    let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    raw.write_all(plain.as_bytes()).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(
        plain.as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    // A stream of one part that is not compressed (RFC 7932).
    let brotli = b"\x0b\x05\x80hello world\x03".to_vec();
    let bomb = {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for _ in 0..65 {
            gzip.write_all(&vec![0; 1 << 20]).unwrap();
        }
        gzip.finish().unwrap()
    };
    let reads = "checks.contains = 'hello world'";
    for (encoding, body, more, want) in [
        ("gzip", gzip.finish().unwrap(), reads, Ok(())),
        ("deflate", zlib.finish().unwrap(), reads, Ok(())),
        ("deflate", raw.finish().unwrap(), reads, Ok(())),
        ("zstd", zstd, reads, Ok(())),
        ("br", brotli, reads, Ok(())),
        ("identity", plain.into(), reads, Ok(())),
        ("gzip", b"broken".to_vec(), reads, Err("encoding")),
        ("zstd", b"broken".to_vec(), reads, Err("encoding")),
        ("other", plain.into(), reads, Err("encoding")),
        ("gzip", bomb, reads, Err("encoding")),
        ("gzip", b"nobody reads it".to_vec(), "", Ok(())),
    ] {
        let app = Router::new().route(
            "/",
            get(async move || ([("content-encoding", encoding)], body)),
        );
        let text = format!("[http]\ncompression = true\n[actions.a]\nhttp = 'GET /'\n{more}\n");
        let sent = send(app, &text).await;
        assert_eq!(
            sent.as_ref().map_err(|f| &*f.kind),
            want.as_ref().map_err(|k| *k),
            "{encoding}: {sent:?}"
        );
    }
}

#[tokio::test]
async fn connections_are_kept_unless_every_arrival_opens_its_own() {
    for (settings, want) in [
        ("", 1),
        ("version = '2'", 1),
        ("connections = 'kept'", 1),
        ("connections = 'per-arrival'", 3),
        ("connections = 'per-arrival'\nversion = '2'", 3),
    ] {
        let server = listen(echo(), None).await;
        let text = format!("[http]\n{settings}\n[actions.a]\nhttp = 'GET /'\n");
        let bench = Bench::http(server.address, &text);
        for ordinal in 0..3 {
            bench
                .step("a", ordinal, &mut Carried::default())
                .await
                .unwrap();
        }
        assert_eq!(
            server.connections.load(Ordering::SeqCst),
            want,
            "{settings}"
        );
    }
}

#[tokio::test]
async fn a_kept_connection_that_the_service_closed_fails_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (closed, mut closings) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            drop(stream);
            closed.send(()).unwrap();
        }
    });
    let bench = Bench::http(address, "[actions.a]\nhttp = 'GET /'\n");
    for ordinal in 0..3 {
        let sent = bench.step("a", ordinal, &mut Carried::default()).await;
        assert_eq!(sent, Ok(()), "request {ordinal}");
        closings.recv().await.unwrap();
    }
}
