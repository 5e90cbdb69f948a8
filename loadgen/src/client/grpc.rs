//! Unary gRPC by tonic, with messages built from their JSON form: no generated code.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Extensions, Request, TimeoutExpired};

use super::USER_AGENT_OF_BRUNT;
use super::address::AddressError;
use super::escape;
use super::failure::{Failure, chain, exhausted};
use super::http_template::{authorization, unfit_bearer, unfit_headers};
use super::proto::Protos;
use super::response::{Body, Response, Status};
use super::tls::connector;
use super::unfit::Unfit;
use crate::scenario::{Fill, HttpVersion, Template, Tls};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) struct GrpcClient {
    channel: Channel,
    address: String,
}

impl GrpcClient {
    pub(super) fn new(address: &str, tls: &Tls) -> Result<Self, AddressError> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .and_then(|endpoint| endpoint.user_agent(USER_AGENT_OF_BRUNT))
            .map_err(|e| AddressError::Unusable {
                name: "grpc".to_owned(),
                address: address.to_owned(),
                reason: chain(&e),
            })?
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT);
        let https = address.starts_with("https:");
        let connector = connector(tls, HttpVersion::Http2, https).map_err(AddressError::Tls)?;
        Ok(Self {
            channel: endpoint.connect_with_connector_lazy(connector),
            address: address.to_owned(),
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// A status that the service sent is a response, whatever it says.
    pub(super) async fn send(
        &self,
        request: GrpcRequest,
        timeout: Duration,
        reads_body: bool,
    ) -> Result<Response, Failure> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready().await.map_err(|e| Failure::unconnected(&e))?;
        let mut message =
            Request::from_parts(request.metadata, Extensions::default(), request.message);
        // So that the service can give up as well.
        message.set_timeout(timeout);
        match grpc.unary(message, request.path, BytesCodec).await {
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
                if let Some(failure) = unanswered(&status, Some(timeout)) {
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

/// What became of a call that no service answered, after `timeout` if that is known.
pub(super) fn unanswered(status: &tonic::Status, timeout: Option<Duration>) -> Option<Failure> {
    use std::error::Error as _;
    // A status that the server sent has no source; one that tonic made up has the broken transport.
    let source = status.source()?;
    if is_timeout(source) {
        // tonic keeps the deadline that it sends, and may be the first to notice.
        let timeout = timeout.map(Failure::timeout);
        return timeout.or_else(|| Some(Failure::new("timeout", chain(source))));
    }
    let message = chain(source);
    if let Some(kind) = exhausted(source) {
        return Some(Failure::new(kind, message));
    }
    let refused = source.to_string() == "transport error" && message.contains("connect");
    let kind = if refused {
        "connect"
    } else {
        "connection-lost"
    };
    Some(Failure::new(kind, message))
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<TimeoutExpired>() || error.source().is_some_and(is_timeout)
}

/// One encoded message and where it goes.
pub(super) struct GrpcRequest {
    path: PathAndQuery,
    metadata: MetadataMap,
    message: Bytes,
    /// Type of the answer.
    output: MessageDescriptor,
}

pub(super) struct GrpcTemplate {
    path: PathAndQuery,
    input: MessageDescriptor,
    output: MessageDescriptor,
    metadata: Vec<(HeaderName, Template)>,
    bearer: Option<Template>,
    message: Template,
}

/// What an action calls, as its scenario has it.
pub(super) struct GrpcParts<'a> {
    pub(super) service: &'a str,
    pub(super) method: &'a str,
    pub(super) metadata: &'a [(HeaderName, Template)],
    pub(super) message: &'a Template,
}

impl GrpcTemplate {
    pub(super) fn new(
        protos: &Protos,
        parts: &GrpcParts<'_>,
        bearer: Option<&Template>,
    ) -> Result<Self, Unfit> {
        let descriptor = protos.method(parts.service, parts.method)?;
        let path = PathAndQuery::try_from(format!("/{}/{}", parts.service, parts.method))
            .expect("names from a descriptor make a path");
        Ok(Self {
            path,
            input: descriptor.input(),
            output: descriptor.output(),
            metadata: parts.metadata.to_vec(),
            bearer: bearer.cloned(),
            message: parts.message.clone(),
        })
    }

    pub(super) fn prepare<'a>(
        &self,
        fill: &impl Fn(&str) -> Fill<'a>,
    ) -> Result<GrpcRequest, Failure> {
        let wrong = |what: &str| Failure::new("protocol", what.to_owned());
        let mut metadata = HeaderMap::new();
        for (name, value) in &self.metadata {
            let value = HeaderValue::try_from(value.render(fill))
                .map_err(|_| wrong("the metadata cannot be sent"))?;
            metadata.append(name, value);
        }
        if let Some(token) = &self.bearer {
            metadata.insert(AUTHORIZATION, authorization(token, fill)?);
        }
        // The reason may quote the message.
        let message = self
            .message(fill)
            .map_err(|_| wrong("the message does not fit its type"))?;
        Ok(GrpcRequest {
            path: self.path.clone(),
            metadata: MetadataMap::from_headers(metadata),
            message,
            output: self.output.clone(),
        })
    }

    /// The encoded message; the error says what does not fit its type.
    fn message<'a>(&self, fill: &impl Fn(&str) -> Fill<'a>) -> Result<Bytes, String> {
        let json = self.message.render_as(escape::json, fill);
        let mut deserializer = serde_json::Deserializer::from_str(&json);
        DynamicMessage::deserialize(self.input.clone(), &mut deserializer)
            .map(|message| message.encode_to_vec().into())
            .map_err(|e| {
                if self.message.is_open() {
                    return e.to_string();
                }
                // The reason may quote what the environment or a data set holds.
                let (kind, column) = (self.input.full_name(), e.column());
                format!("it is no {kind}: see its column {column}")
            })
    }

    /// All that cannot be sent of the call that `fill` fills. Nothing stands in every message for what
    /// is given `later`: that is not tried.
    pub(super) fn unfit<'a>(
        &self,
        fill: &impl Fn(&str) -> Fill<'a>,
        later: &impl Fn(&str) -> bool,
    ) -> Vec<Unfit> {
        let mut unfit = unfit_headers("metadata", &self.metadata, fill);
        unfit.extend(unfit_bearer(self.bearer.as_ref(), fill));
        let message = if self.message.places().any(later) {
            None
        } else {
            self.message(fill).err()
        };
        unfit.extend(message.map(|reason| Unfit {
            setting: "message",
            what: format!("message: {reason}"),
            hint: self.fields(),
        }));
        unfit
    }

    fn fields(&self) -> String {
        let fields: Vec<String> = self
            .input
            .fields()
            .map(|f| f.json_name().to_owned())
            .collect();
        let kind = self.input.full_name();
        if fields.is_empty() {
            format!("{kind} has no field: message = '{{}}'")
        } else {
            format!("{kind} has {}", fields.join(", "))
        }
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
