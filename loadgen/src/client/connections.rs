//! The connections of one thread to the HTTP service.
//!
//! hyper's own connections in a list, and not hyper-util's pooled client: that one spawns a task a
//! request to see when its connection is free again, and works out anew for each where it goes.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use hyper::service::Service as _;
use hyper_util::rt::TokioExecutor;
use hyper_util::service::TowerToHyperService;

use super::failure::{Failure, chain};
use super::tls::Connector;
use crate::scenario::{HttpSettings, HttpVersion};

/// Large enough for a big response to come in few reads; hyper's own bound is 400 KB, which
/// thousands of connections would keep.
const BUFFER_BYTES: usize = 64 * 1024;

/// A request as it is sent.
pub(super) type Message = Request<Full<Bytes>>;
type Sender1 = http1::SendRequest<Full<Bytes>>;
type Sender2 = http2::SendRequest<Full<Bytes>>;

/// Connections to one service, opened when they are needed.
pub(super) struct Connections {
    connector: TowerToHyperService<Connector>,
    /// Scheme and authority.
    address: Uri,
    host: Option<HeaderValue>,
    kind: Kind,
}

enum Kind {
    /// HTTP/1.1: a connection carries one request at a time.
    Single {
        /// Kept for other requests; the last one used comes first, its buffers are warm.
        idle: Mutex<Vec<Sender1>>,
        /// Is a connection used again?
        kept: bool,
    },
    /// HTTP/2: one connection carries all requests.
    Shared(tokio::sync::Mutex<Option<Sender2>>),
    /// HTTP/2 with a connection for every request.
    Once,
}

/// The connection of a response whose body is not read yet.
pub(super) struct Lease(Option<Sender1>);

impl Connections {
    /// Connections to `address`, of which scheme and authority count.
    pub(super) fn new(connector: Connector, address: &str, settings: &HttpSettings) -> Self {
        let kept = !settings.connection_per_arrival;
        let address: Uri = address.parse().unwrap_or_default();
        let host = address.authority().map(http::uri::Authority::as_str);
        Self {
            connector: TowerToHyperService::new(connector),
            host: host.and_then(|host| HeaderValue::try_from(host).ok()),
            address,
            kind: match settings.version {
                HttpVersion::Http1 => Kind::Single {
                    idle: Mutex::default(),
                    kept,
                },
                HttpVersion::Http2 if kept => Kind::Shared(tokio::sync::Mutex::default()),
                HttpVersion::Http2 => Kind::Once,
            },
        }
    }

    /// Sends `message`, whose URI has scheme and authority, and waits for the head of the response.
    ///
    /// A kept connection that the service has closed meanwhile fails no request that was not
    /// written to it: that goes to another one.
    pub(super) async fn exchange(
        &self,
        mut message: Message,
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        match &self.kind {
            Kind::Single { idle, .. } => {
                self.to_origin_form(&mut message);
                while let Some(mut sender) = take(idle) {
                    if sender.ready().await.is_err() {
                        continue;
                    }
                    match sender.try_send_request(message).await {
                        Ok(response) => return Ok((response, Lease(Some(sender)))),
                        Err(error) => message = unwritten(error)?,
                    }
                }
                // Boxed: rarely needed, and far larger than the rest of a request that is in flight.
                let mut sender = Box::pin(self.open1()).await?;
                let response = sender.send_request(message).await.map_err(lost)?;
                Ok((response, Lease(Some(sender))))
            }
            Kind::Shared(shared) => loop {
                let (mut sender, fresh) = self.shared(shared).await?;
                match sender.try_send_request(message).await {
                    Ok(response) => return Ok((response, Lease(None))),
                    Err(error) if fresh => return Err(lost(error.into_error())),
                    Err(error) => message = unwritten(error)?,
                }
            },
            Kind::Once => {
                let response = Box::pin(self.open2()).await?.send_request(message).await;
                Ok((response.map_err(lost)?, Lease(None)))
            }
        }
    }

    /// Takes back the connection of a response whose body was read to its end.
    pub(super) fn give_back(&self, lease: Lease) {
        if let (Kind::Single { idle, kept: true }, Some(sender)) = (&self.kind, lease.0)
            && !sender.is_closed()
        {
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(sender);
        }
    }

    /// A path and a `Host`, as HTTP/1.1 wants it (RFC 9112, section 3.2.1).
    fn to_origin_form(&self, message: &mut Message) {
        if let Some(path) = message.uri_mut().path_and_query().cloned() {
            *message.uri_mut() = Uri::from(path);
        }
        if let Some(host) = &self.host {
            let headers = message.headers_mut();
            headers.entry(HOST).or_insert_with(|| host.clone());
        }
    }

    /// The connection of all, and whether it was opened for this request.
    async fn shared(
        &self,
        shared: &tokio::sync::Mutex<Option<Sender2>>,
    ) -> Result<(Sender2, bool), Failure> {
        let mut shared = shared.lock().await;
        if let Some(sender) = shared.as_mut()
            && sender.ready().await.is_ok()
        {
            return Ok((sender.clone(), false));
        }
        let sender = Box::pin(self.open2()).await?;
        *shared = Some(sender.clone());
        Ok((sender, true))
    }

    async fn open1(&self) -> Result<Sender1, Failure> {
        let stream = self.connector.call(self.address.clone()).await;
        let stream = stream.map_err(|e| Failure::unconnected(&*e))?;
        let mut builder = http1::Builder::new();
        builder.max_buf_size(BUFFER_BYTES);
        let (sender, connection) = builder.handshake(stream).await.map_err(lost)?;
        // How it ends is told to whoever sends on it.
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn open2(&self) -> Result<Sender2, Failure> {
        let stream = self.connector.call(self.address.clone()).await;
        let stream = stream.map_err(|e| Failure::unconnected(&*e))?;
        let handshake = http2::handshake(TokioExecutor::new(), stream).await;
        let (sender, connection) = handshake.map_err(lost)?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

fn take(idle: &Mutex<Vec<Sender1>>) -> Option<Sender1> {
    idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// The message, if nothing of it was written.
fn unwritten(mut error: TrySendError<Message>) -> Result<Message, Failure> {
    let message = error.take_message();
    message.ok_or_else(|| lost(error.into_error()))
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over")]
fn lost(error: hyper::Error) -> Failure {
    Failure::new("connection-lost", chain(&error))
}
