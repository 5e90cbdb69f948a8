//! Definitions asked of the service itself, by gRPC server reflection.

use std::collections::BTreeSet;

use http::uri::PathAndQuery;
use prost::Message as _;
use prost_reflect::DescriptorPool;
use prost_reflect::prost_types::FileDescriptorProto;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

/// Both versions have the same messages; old services know only the second.
const PATHS: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// What a service tells of itself.
pub(super) struct Reflected {
    /// The definitions of those services that were asked for and are listed.
    pub(super) pool: DescriptorPool,
    /// Names of the services that are listed besides.
    pub(super) others: Vec<String>,
}

/// Asks for the definitions of the services `called` at `channel`, and for no others: a service may list
/// some that it cannot define. The error is what went wrong.
pub(super) async fn reflect(channel: Channel, called: &[&str]) -> Result<Reflected, String> {
    let mut path = PATHS[0];
    let mut listed = list(&channel, path).await;
    if matches!(&listed, Err(status) if status.code() == Code::Unimplemented) {
        path = PATHS[1];
        listed = list(&channel, path).await;
    }
    let listed = listed.map_err(|status| said(&status))?;
    let is_called = |name: &String| called.contains(&name.as_str());
    let (services, others) = listed.into_iter().partition::<Vec<_>, _>(is_called);
    let mut files = Files::default();
    for service in services {
        let asked = MessageRequest::FileContainingSymbol(service);
        let answer = ask(&channel, path, asked).await;
        files.add(answer.map_err(|status| said(&status))?)?;
    }
    while let Some(name) = files.missing.pop_first() {
        let asked = MessageRequest::FileByFilename(name);
        let answer = ask(&channel, path, asked).await;
        files.add(answer.map_err(|status| said(&status))?)?;
    }
    let mut pool = DescriptorPool::new();
    pool.add_file_descriptor_protos(files.known)
        .map_err(|e| format!("its definitions do not fit together: {e}"))?;
    Ok(Reflected { pool, others })
}

async fn list(channel: &Channel, path: &'static str) -> Result<Vec<String>, Status> {
    let asked = MessageRequest::ListServices(String::new());
    match ask(channel, path, asked).await? {
        MessageResponse::ListServicesResponse(list) => {
            Ok(list.service.into_iter().map(|s| s.name).collect())
        }
        _ => Err(Status::internal("the answer is no list of services")),
    }
}

/// One question on a stream of its own: an error ends a stream.
async fn ask(
    channel: &Channel,
    path: &'static str,
    question: MessageRequest,
) -> Result<MessageResponse, Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready()
        .await
        .map_err(|e| Status::unavailable(super::failure::chain(&e)))?;
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    };
    let codec: ProstCodec<ServerReflectionRequest, ServerReflectionResponse> =
        ProstCodec::default();
    let stream = Request::new(tokio_stream::once(request));
    let answers = grpc
        .streaming(stream, PathAndQuery::from_static(path), codec)
        .await?;
    let answer = answers.into_inner().message().await?;
    match answer.and_then(|answer| answer.message_response) {
        Some(MessageResponse::ErrorResponse(error)) => Err(Status::new(
            Code::from_i32(error.error_code),
            error.error_message,
        )),
        Some(answer) => Ok(answer),
        None => Err(Status::internal("the answer is empty")),
    }
}

fn said(status: &Status) -> String {
    match status.code() {
        Code::Unimplemented => "it does not offer reflection".to_owned(),
        code => format!("{}: {}", crate::scenario::code_slug(code), status.message()),
    }
}

#[derive(Default)]
struct Files {
    known: Vec<FileDescriptorProto>,
    names: BTreeSet<String>,
    /// Imported, and not asked for yet.
    missing: BTreeSet<String>,
}

impl Files {
    fn add(&mut self, answer: MessageResponse) -> Result<(), String> {
        let MessageResponse::FileDescriptorResponse(files) = answer else {
            return Err("the answer is no definition".to_owned());
        };
        for bytes in files.file_descriptor_proto {
            let file = FileDescriptorProto::decode(&*bytes)
                .map_err(|e| format!("a definition cannot be read: {e}"))?;
            if !self.names.insert(file.name().to_owned()) {
                continue;
            }
            self.missing.extend(file.dependency.iter().cloned());
            self.known.push(file);
        }
        self.missing.retain(|name| !self.names.contains(name));
        Ok(())
    }
}
