//! HTTP by hyper: one pool of connections a thread for all streams.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use url::Url;

use super::connections::{Connections, Lease};
use super::cookies::Jar;
use super::decode::decode;
use super::failure::{Failure, chain};
use super::judge::is_problem;
use super::response::{Body, Response, Status};
use super::tls::connector;
use crate::scenario::Scenario;

pub(super) struct HttpClient {
    connections: Connections,
}

/// A request and how it is followed up.
pub(super) struct HttpRequest {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    /// How many redirects it may still follow.
    redirects: u64,
    jar: Option<Jar>,
}

impl HttpClient {
    /// The error is why TLS cannot be spoken.
    pub(super) fn new(scenario: &Scenario) -> Result<Self, String> {
        let settings = &scenario.http;
        let address = scenario.addresses.http.as_deref().unwrap_or_default();
        let https = address.starts_with("https:");
        let connector = connector(&scenario.tls, settings.version, https)?;
        Ok(Self {
            connections: Connections::new(connector, address, settings),
        })
    }

    /// Sends the request, follows its redirects, and reads the whole body, keeping it if
    /// `reads_body`.
    pub(super) async fn send(
        &self,
        mut request: HttpRequest,
        reads_body: bool,
    ) -> Result<Response, Failure> {
        loop {
            let (response, lease) = self.exchange(&mut request).await?;
            let (head, body) = response.into_parts();
            let follow = request.redirects > 0 && is_redirect(head.status);
            let keep =
                !follow && (reads_body || (!head.status.is_success() && is_problem(&head.headers)));
            let (size, body) = read(body, keep)
                .await
                .map_err(|e| Failure::new("connection-lost", chain(&e)))?;
            self.connections.give_back(lease);
            if follow && request.redirect(head.status, &head.headers)? {
                continue;
            }
            let body = match body.map(|body| decode(&head.headers, body)) {
                Some(Err(failure)) if reads_body => return Err(failure),
                body => body.and_then(Result::ok).map(Body::Bytes),
            };
            let status = Status::Http(head.status);
            return Ok(Response::new(status, head.headers, size, body));
        }
    }

    async fn exchange(
        &self,
        request: &mut HttpRequest,
    ) -> Result<(http::Response<Incoming>, Lease), Failure> {
        let url = match &request.jar {
            Some(jar) => {
                let url = request.url()?;
                jar.fill(&url, &mut request.headers);
                Some(url)
            }
            None => None,
        };
        let (response, lease) = self.connections.exchange(request.message()).await?;
        if let (Some(jar), Some(url)) = (&request.jar, url) {
            jar.keep(&url, response.headers());
        }
        Ok((response, lease))
    }
}

/// Reads to the end: how many bytes there were, and the bytes if they are to be kept.
async fn read(mut body: Incoming, keep: bool) -> Result<(u64, Option<Bytes>), hyper::Error> {
    if keep {
        let bytes = body.collect().await?.to_bytes();
        return Ok((bytes.len() as u64, Some(bytes)));
    }
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        size += frame?.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok((size, None))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

impl HttpRequest {
    pub(super) fn new(
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
        redirects: u64,
        jar: Option<Jar>,
    ) -> Self {
        Self {
            method,
            uri,
            headers,
            body,
            redirects,
            jar,
        }
    }

    fn url(&self) -> Result<Url, Failure> {
        Url::parse(&self.uri.to_string())
            .map_err(|_| Failure::new("protocol", "the path cannot be sent"))
    }

    /// What goes over the network; copied only where a redirect may need it again.
    fn message(&mut self) -> Request<Full<Bytes>> {
        let mut message = Request::new(Full::new(self.body.clone()));
        if self.redirects > 0 || self.jar.is_some() {
            message.method_mut().clone_from(&self.method);
            message.uri_mut().clone_from(&self.uri);
            message.headers_mut().clone_from(&self.headers);
        } else {
            *message.method_mut() = std::mem::take(&mut self.method);
            *message.uri_mut() = std::mem::take(&mut self.uri);
            *message.headers_mut() = std::mem::take(&mut self.headers);
        }
        message
    }

    /// Turns this into the request that a redirect asks for (RFC 9110, section 15.4); false where
    /// it names no place to go.
    fn redirect(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<bool, Failure> {
        let Some(location) = headers.get(LOCATION) else {
            return Ok(false);
        };
        let wrong = |message: &str| Failure::new("redirect", message);
        let here = self.url()?;
        let there = location
            .to_str()
            .ok()
            .and_then(|location| here.join(location).ok())
            .ok_or_else(|| wrong("the place that a redirect names cannot be read"))?;
        if there.origin() != here.origin() {
            // Load goes where the scenario says, and so do its credentials.
            return Err(wrong("a redirect to another address is not followed"));
        }
        let uri = there.as_str().split('#').next().unwrap_or_default();
        self.uri = uri
            .parse()
            .map_err(|_| wrong("the place that a redirect names cannot be sent"))?;
        self.redirects -= 1;
        let changes = match status.as_u16() {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        if changes {
            self.method = Method::GET;
            self.body = Bytes::new();
            self.headers.remove(CONTENT_TYPE);
            self.headers.remove(CONTENT_LENGTH);
        }
        Ok(true)
    }
}
