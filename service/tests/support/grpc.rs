//! Calls whose messages are given and read as JSON, by the descriptors that the service has.

use bytes::Buf;
use challenge_service::grpc::DESCRIPTORS;
use http::uri::PathAndQuery;
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions,
};
use serde_json::Value;
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt;

use super::Running;

/// Connects to the gRPC port.
pub async fn connect(service: &Running) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{}", service.addresses.grpc)).unwrap();
    endpoint.connect().await.unwrap()
}

/// Calls a method of the service for players; `user` goes into the metadata.
pub async fn call(
    channel: &Channel,
    user: Option<&str>,
    method: &str,
    request: &Value,
) -> Result<Value, Status> {
    let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
    let service = pool
        .get_service_by_name("brunt.challenge.v1.ChallengeService")
        .unwrap();
    let method = service
        .methods()
        .find(|m| m.name() == method)
        .unwrap_or_else(|| panic!("no {method}"));
    let message = DynamicMessage::deserialize(method.input(), request).unwrap();
    let mut request = Request::new(message);
    if let Some(user) = user {
        request
            .metadata_mut()
            .insert("x-mock-user", user.parse().unwrap());
    }
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = path(&method);
    let response = client
        .unary(request, path, Dynamic(method.output()))
        .await?;
    let options = SerializeOptions::new()
        .stringify_64_bit_integers(false)
        .skip_default_fields(false);
    let json = response
        .into_inner()
        .serialize_with_options(serde_json::value::Serializer, &options);
    Ok(json.unwrap())
}

fn path(method: &MethodDescriptor) -> PathAndQuery {
    let service = method.parent_service().full_name();
    format!("/{service}/{}", method.name()).parse().unwrap()
}

/// The reason in the `google.rpc.ErrorInfo` of a status.
pub fn reason(status: &Status) -> String {
    let details = status.check_error_details().unwrap();
    let info = details
        .error_info()
        .unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, "challenge.brunt");
    info.reason.clone()
}

/// Reads messages of one type.
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self(self.0.clone())
    }

    fn decoder(&mut self) -> Self {
        Self(self.0.clone())
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, buf: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(buf).unwrap();
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = buf.copy_to_bytes(buf.remaining());
        Ok(Some(DynamicMessage::decode(self.0.clone(), bytes).unwrap()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}
