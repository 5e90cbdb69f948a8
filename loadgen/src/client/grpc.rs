//! Unary gRPC by tonic, with messages built from their JSON form: no generated code.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use http::uri::PathAndQuery;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use super::address::AddressError;
use super::failure::{Failure, chain};
use super::proto::{ProtoError, Protos};
use crate::scenario::{Fill, Template};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) struct GrpcClient {
    channel: Channel,
}

impl GrpcClient {
    pub(super) fn new(address: &str) -> Result<Self, AddressError> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|e| AddressError::Unusable {
                name: "grpc",
                address: address.to_owned(),
                reason: chain(&e),
            })?
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT);
        Ok(Self {
            channel: endpoint.connect_lazy(),
        })
    }

    pub(super) async fn send(&self, request: GrpcRequest) -> Result<(), Failure> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready()
            .await
            .map_err(|e| Failure::new("connect", chain(&e)))?;
        grpc.unary(Request::new(request.message), request.path, BytesCodec)
            .await
            .map(|_| ())
            .map_err(|status| failure(&status))
    }
}

fn failure(status: &Status) -> Failure {
    use std::error::Error as _;
    // A status that the server sent has no source; one that tonic made up has the broken transport.
    if let Some(source) = status.source() {
        let message = chain(source);
        let refused = source.to_string() == "transport error" && message.contains("connect");
        return Failure::new(
            if refused {
                "connect"
            } else {
                "connection-lost"
            },
            message,
        );
    }
    let name = code_slug(status.code());
    let text: String = status.message().chars().take(200).collect();
    Failure::new(format!("grpc-{name}"), format!("gRPC {name}: {text}"))
}

/// `ResourceExhausted` as `resource-exhausted`.
fn code_slug(code: Code) -> String {
    let mut slug = String::new();
    for c in format!("{code:?}").chars() {
        if c.is_uppercase() && !slug.is_empty() {
            slug.push('-');
        }
        slug.push(c.to_ascii_lowercase());
    }
    slug
}

/// One encoded message and where it goes.
pub(super) struct GrpcRequest {
    path: PathAndQuery,
    message: Bytes,
}

pub(super) struct GrpcTemplate {
    path: PathAndQuery,
    input: MessageDescriptor,
    message: Template,
}

impl GrpcTemplate {
    pub(super) fn new(
        protos: &Protos,
        service: &str,
        method: &str,
        message: Template,
    ) -> Result<Self, ProtoError> {
        let descriptor = protos.method(service, method)?;
        let path = PathAndQuery::try_from(format!("/{service}/{method}"))
            .expect("names from a descriptor make a path");
        Ok(Self {
            path,
            input: descriptor.input(),
            message,
        })
    }

    pub(super) fn prepare<'a>(
        &self,
        fill: impl Fn(&str) -> Fill<'a>,
    ) -> Result<GrpcRequest, Failure> {
        let json = self.message.render(fill);
        let mut deserializer = serde_json::Deserializer::from_str(&json);
        let message =
            DynamicMessage::deserialize(self.input.clone(), &mut deserializer).map_err(|e| {
                // The error may quote the message, and that may hold a secret.
                let (kind, column) = (self.input.full_name(), e.column());
                Failure::new(
                    "protocol",
                    format!("the message is no {kind}: see its column {column}"),
                )
            })?;
        Ok(GrpcRequest {
            path: self.path.clone(),
            message: message.encode_to_vec().into(),
        })
    }
}

/// Messages as the bytes that they are.
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(source.copy_to_bytes(source.remaining())))
    }
}
