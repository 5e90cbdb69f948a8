//! A response, of either protocol.

use std::cell::OnceCell;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;
use tonic::Code;

use super::carried::Carried;

/// What the service answered.
pub(crate) struct Response {
    pub(super) status: Status,
    /// Headers; of a gRPC response its metadata.
    pub(super) headers: HeaderMap,
    /// Size of the body as it came over the network; of a gRPC message its encoded size.
    pub(super) bytes_sent: u64,
    /// Absent where nothing asked for it.
    body: Option<Body>,
    json: OnceCell<Option<Value>>,
}

/// How the service says whether it did what was asked.
pub(super) enum Status {
    Http(StatusCode),
    Grpc {
        code: Code,
        /// What the service says about it.
        message: String,
    },
    /// A function returned, and says that it did.
    Done,
}

/// What the response is about.
pub(super) enum Body {
    /// Of an HTTP response, decoded.
    Bytes(Bytes),
    /// Of a gRPC response, with its type.
    Message(Bytes, MessageDescriptor),
    /// What a function gives to its session.
    Given(Carried),
}

impl Response {
    pub(super) fn new(
        status: Status,
        headers: HeaderMap,
        bytes_sent: u64,
        body: Option<Body>,
    ) -> Self {
        Self {
            status,
            headers,
            bytes_sent,
            body,
            json: OnceCell::new(),
        }
    }

    /// What a function comes to that gave `given`.
    pub(super) fn of_function(given: Carried) -> Self {
        let body = Some(Body::Given(given));
        Self::new(Status::Done, HeaderMap::new(), 0, body)
    }

    /// The response as functions of the program see it.
    pub(super) fn into_http(self) -> http::Response<Bytes> {
        let body = match self.body {
            Some(Body::Bytes(bytes)) => bytes,
            _ => Bytes::new(),
        };
        let mut response = http::Response::new(body);
        if let Status::Http(status) = self.status {
            *response.status_mut() = status;
        }
        *response.headers_mut() = self.headers;
        response
    }

    /// The body as bytes; empty where nothing asked for it.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.body {
            Some(Body::Bytes(bytes) | Body::Message(bytes, _)) => bytes,
            Some(Body::Given(_)) | None => &[],
        }
    }

    /// What a function gives by this name.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        match &self.body {
            Some(Body::Given(given)) => given.get(name),
            _ => None,
        }
    }

    /// The body as JSON, of a gRPC message its JSON form; nothing where it is none.
    ///
    /// The JSON form has every field, also those at their defaults, and 64-bit numbers as numbers.
    pub(super) fn json(&self) -> Option<&Value> {
        self.json
            .get_or_init(|| match self.body.as_ref()? {
                Body::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
                Body::Message(bytes, descriptor) => message_as_json(bytes, descriptor),
                Body::Given(_) => None,
            })
            .as_ref()
    }
}

fn message_as_json(bytes: &Bytes, descriptor: &MessageDescriptor) -> Option<Value> {
    let message = DynamicMessage::decode(descriptor.clone(), bytes.clone()).ok()?;
    let options = SerializeOptions::new()
        .skip_default_fields(false)
        .stringify_64_bit_integers(false);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .ok()
}
