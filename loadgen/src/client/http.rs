//! HTTP/1.1 by hyper: one pool of kept-alive connections for all streams.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderName, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::failure::{Failure, chain};
use crate::scenario::{Fill, Template};

pub(super) type HttpRequest = Request<Full<Bytes>>;

pub(super) struct HttpClient {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl HttpClient {
    pub(super) fn new() -> Self {
        let mut connector = HttpConnector::new();
        // A request is written in one piece; waiting to fill a segment only adds latency.
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// Sends the request and reads the whole body.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<(), Failure> {
        let response = self.client.request(request).await.map_err(|e| {
            let kind = if e.is_connect() {
                "connect"
            } else {
                "connection-lost"
            };
            Failure::new(kind, chain(&e))
        })?;
        let (head, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|e| Failure::new("connection-lost", chain(&e)))?;
        if head.status.is_success() {
            return Ok(());
        }
        let problem = head
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|t| t.as_bytes().starts_with(b"application/problem+json"))
            .then(|| problem_code(&body.to_bytes()))
            .flatten();
        Err(Failure::new(
            format!("http-{}", head.status.as_u16()),
            match problem {
                Some(code) => format!("HTTP {}: {code}", head.status),
                None => format!("HTTP {}", head.status),
            },
        ))
    }
}

/// The code or title of a problem document (RFC 9457); its detail may quote the request.
fn problem_code(body: &[u8]) -> Option<String> {
    let problem: serde_json::Value = serde_json::from_slice(body).ok()?;
    let text = problem.get("code").or_else(|| problem.get("title"))?;
    text.as_str().map(|code| code.chars().take(80).collect())
}

pub(super) struct HttpTemplate {
    base: String,
    method: Method,
    path: Template,
    headers: Vec<(HeaderName, Template)>,
    json: Option<Template>,
}

impl HttpTemplate {
    pub(super) fn new(
        base: &str,
        method: Method,
        path: Template,
        headers: Vec<(HeaderName, Template)>,
        json: Option<Template>,
    ) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            method,
            path,
            headers,
            json,
        }
    }

    pub(super) fn prepare<'a>(
        &self,
        fill: impl Fn(&str) -> Fill<'a>,
    ) -> Result<HttpRequest, Failure> {
        let wrong = |what: &str| Failure::new("protocol", format!("the {what} cannot be sent"));
        let uri = format!("{}{}", self.base, self.path.render(&fill));
        let mut builder = Request::builder().method(self.method.clone()).uri(uri);
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(value.render(&fill)).map_err(|_| wrong("header"))?;
            builder = builder.header(name, value);
        }
        let body = match &self.json {
            None => Bytes::new(),
            Some(json) => {
                builder = builder.header(CONTENT_TYPE, "application/json");
                Bytes::from(json.render(&fill))
            }
        };
        builder.body(Full::new(body)).map_err(|_| wrong("path"))
    }
}
