//! HTTP/1.1 by hyper: one pool of kept-alive connections for all streams.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderName, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::escape;
use super::failure::{Failure, chain};
use super::judge::is_problem;
use super::response::{Body, Response, Status};
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

    /// Sends the request and reads the whole body, keeping it if `reads_body`.
    pub(super) async fn send(
        &self,
        request: HttpRequest,
        reads_body: bool,
    ) -> Result<Response, Failure> {
        let response = self.client.request(request).await.map_err(|e| {
            let kind = if e.is_connect() {
                "connect"
            } else {
                "connection-lost"
            };
            Failure::new(kind, chain(&e))
        })?;
        let (head, body) = response.into_parts();
        let keep = reads_body || (!head.status.is_success() && is_problem(&head.headers));
        let (size, body) = read(body, keep)
            .await
            .map_err(|e| Failure::new("connection-lost", chain(&e)))?;
        let status = Status::Http(head.status);
        Ok(Response::new(status, head.headers, size, body))
    }
}

/// Reads to the end: how many bytes there were, and the bytes if they are to be kept.
async fn read(mut body: Incoming, keep: bool) -> Result<(u64, Option<Body>), hyper::Error> {
    if keep {
        let bytes = body.collect().await?.to_bytes();
        return Ok((bytes.len() as u64, Some(Body::Bytes(bytes))));
    }
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        size += frame?.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok((size, None))
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
        fill: &impl Fn(&str) -> Fill<'a>,
    ) -> Result<HttpRequest, Failure> {
        let wrong = |what: &str| Failure::new("protocol", format!("the {what} cannot be sent"));
        let uri = format!("{}{}", self.base, self.path.render_as(escape::path, fill));
        let mut builder = Request::builder().method(self.method.clone()).uri(uri);
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(value.render(fill)).map_err(|_| wrong("header"))?;
            builder = builder.header(name, value);
        }
        let body = match &self.json {
            None => Bytes::new(),
            Some(json) => {
                builder = builder.header(CONTENT_TYPE, "application/json");
                Bytes::from(json.render_as(escape::json, fill))
            }
        };
        builder.body(Full::new(body)).map_err(|_| wrong("path"))
    }
}
