//! Unary gRPC by tonic, with messages built from their JSON form: no generated code.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use http::uri::PathAndQuery;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};

use super::address::AddressError;
use super::escape;
use super::failure::{Failure, chain};
use super::proto::{ProtoError, Protos};
use super::response::{Body, Response, Status};
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

    /// A status that the service sent is a response, whatever it says.
    pub(super) async fn send(
        &self,
        request: GrpcRequest,
        reads_body: bool,
    ) -> Result<Response, Failure> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready()
            .await
            .map_err(|e| Failure::new("connect", chain(&e)))?;
        let sent = grpc.unary(Request::new(request.message), request.path, BytesCodec);
        match sent.await {
            Ok(response) => {
                let (metadata, message, _) = response.into_parts();
                let status = Status::Grpc {
                    code: Code::Ok,
                    message: String::new(),
                };
                let size = message.len() as u64;
                let body = reads_body.then(|| Body::Message(message, request.output));
                Ok(Response::new(status, metadata.into_headers(), size, body))
            }
            Err(status) => {
                if let Some(failure) = failure(&status) {
                    return Err(failure);
                }
                let headers = status.metadata().clone().into_headers();
                let status = Status::Grpc {
                    code: status.code(),
                    message: status.message().to_owned(),
                };
                Ok(Response::new(status, headers, 0, None))
            }
        }
    }
}

/// What became of a call that no service answered.
fn failure(status: &tonic::Status) -> Option<Failure> {
    use std::error::Error as _;
    // A status that the server sent has no source; one that tonic made up has the broken transport.
    let source = status.source()?;
    let message = chain(source);
    let refused = source.to_string() == "transport error" && message.contains("connect");
    let kind = if refused {
        "connect"
    } else {
        "connection-lost"
    };
    Some(Failure::new(kind, message))
}

/// One encoded message and where it goes.
pub(super) struct GrpcRequest {
    path: PathAndQuery,
    message: Bytes,
    /// Type of the answer.
    output: MessageDescriptor,
}

pub(super) struct GrpcTemplate {
    path: PathAndQuery,
    input: MessageDescriptor,
    output: MessageDescriptor,
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
            output: descriptor.output(),
            message,
        })
    }

    pub(super) fn prepare<'a>(
        &self,
        fill: &impl Fn(&str) -> Fill<'a>,
    ) -> Result<GrpcRequest, Failure> {
        // The reason may quote the message.
        let message = self
            .message(fill)
            .map_err(|_| Failure::new("protocol", "the message does not fit its type"))?;
        Ok(GrpcRequest {
            path: self.path.clone(),
            message,
            output: self.output.clone(),
        })
    }

    /// The encoded message; the error says what does not fit its type.
    pub(super) fn message<'a>(&self, fill: &impl Fn(&str) -> Fill<'a>) -> Result<Bytes, String> {
        let json = self.message.render_as(escape::json, fill);
        let mut deserializer = serde_json::Deserializer::from_str(&json);
        DynamicMessage::deserialize(self.input.clone(), &mut deserializer)
            .map(|message| message.encode_to_vec().into())
            .map_err(|e| e.to_string())
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
    type Error = tonic::Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), tonic::Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = tonic::Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, tonic::Status> {
        Ok(Some(source.copy_to_bytes(source.remaining())))
    }
}
