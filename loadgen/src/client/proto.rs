//! Definitions of gRPC services: `.proto` files compiled in process, or server reflection.

use std::path::{Path, PathBuf};

use prost_reflect::{DescriptorPool, MethodDescriptor};

use super::grpc::GrpcClient;
use super::reflect::{Reflected, reflect};
use crate::scenario::{Call, GrpcSettings, Scenario};

/// gRPC calls of a scenario cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum ProtoError {
    /// The scenario names no file.
    #[error("the scenario calls gRPC and names no proto")]
    None,
    /// The files do not compile.
    #[error("{}: {reason}", path.display())]
    Compile {
        /// The first `.proto` file.
        path: PathBuf,
        /// What the compiler said.
        reason: String,
    },
    /// The service does not tell what it offers.
    #[error(
        "reflection of {address}: {reason}\nhint: switch it on in the service, or name its .proto files: proto = \"FILE\""
    )]
    Reflection {
        /// The gRPC address.
        address: String,
        /// What it said.
        reason: String,
    },
    /// The definitions lack the method.
    #[error("{origin}: no method {service}/{method}\nhint: there is {known}")]
    NoMethod {
        /// Where the definitions come from.
        origin: String,
        /// As the scenario has it.
        service: String,
        /// As the scenario has it.
        method: String,
        /// The unary methods that are defined.
        known: String,
    },
    /// The method is defined, with a stream on one side or both.
    #[error(
        "{origin}: {service}/{method} is a streaming method\nhint: unary methods can be called; there is {known}"
    )]
    Streaming {
        /// Where the definitions come from.
        origin: String,
        /// As the scenario has it.
        service: String,
        /// As the scenario has it.
        method: String,
        /// The unary methods that are defined.
        known: String,
    },
    /// The message does not fit its type.
    #[error("action {action:?}: message: {reason}")]
    Message {
        /// Slug of the action.
        action: String,
        /// What does not fit.
        reason: String,
    },
}

/// Definitions with all of their imports.
pub(crate) struct Protos {
    /// Where they come from, for messages.
    origin: String,
    pool: DescriptorPool,
    /// Names of services that nobody calls, and whose methods are not known.
    others: Vec<String>,
}

impl Protos {
    /// What the scenario's gRPC calls need; nothing if it has none.
    pub(super) async fn of(
        scenario: &Scenario,
        client: Option<&GrpcClient>,
    ) -> Result<Option<Self>, ProtoError> {
        if let Some(protos) = Self::of_files(scenario)? {
            return Ok(Some(protos));
        }
        let (true, Some(client)) = (scenario.grpc.reflection, client) else {
            return Ok(None);
        };
        let address = client.address().to_owned();
        let services = scenario
            .actions
            .iter()
            .filter_map(|action| match &action.call {
                Call::Grpc { service, .. } => Some(service.as_str()),
                _ => None,
            });
        let called: Vec<&str> = services.collect();
        match reflect(client.channel(), &called).await {
            Ok(Reflected { pool, others }) => Ok(Some(Self {
                origin: format!("reflection of {address}"),
                pool,
                others,
            })),
            Err(reason) => Err(ProtoError::Reflection { address, reason }),
        }
    }

    /// What the files that the scenario names define; nothing if it names none.
    pub(crate) fn of_files(scenario: &Scenario) -> Result<Option<Self>, ProtoError> {
        let settings = &scenario.grpc;
        let named = !settings.protos.is_empty();
        named.then(|| Self::compile(settings)).transpose()
    }

    /// Compiles the files; imports are looked up in the include folders and beside each file.
    fn compile(settings: &GrpcSettings) -> Result<Self, ProtoError> {
        let first = settings.protos.first().ok_or(ProtoError::None)?;
        let wrong = |reason: String| ProtoError::Compile {
            path: first.clone(),
            reason,
        };
        let beside = settings
            .protos
            .iter()
            .map(|file| file.parent().unwrap_or(Path::new(".")));
        let mut folders: Vec<&Path> = Vec::new();
        for folder in settings.includes.iter().map(PathBuf::as_path).chain(beside) {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let files = protox::compile(&settings.protos, folders).map_err(|e| wrong(e.to_string()))?;
        let pool =
            DescriptorPool::from_file_descriptor_set(files).map_err(|e| wrong(e.to_string()))?;
        let names: Vec<String> = settings
            .protos
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        Ok(Self {
            origin: names.join(", "),
            pool,
            others: Vec::new(),
        })
    }

    pub(super) fn method(
        &self,
        service: &str,
        method: &str,
    ) -> Result<MethodDescriptor, ProtoError> {
        let found = self
            .pool
            .get_service_by_name(service)
            .and_then(|s| s.methods().find(|m| m.name() == method));
        let (origin, service, method) =
            (self.origin.clone(), service.to_owned(), method.to_owned());
        match found {
            Some(found) if is_unary(&found) => Ok(found),
            Some(_) => Err(ProtoError::Streaming {
                origin,
                service,
                method,
                known: self.known(),
            }),
            None => Err(ProtoError::NoMethod {
                origin,
                service,
                method,
                known: self.known(),
            }),
        }
    }

    fn known(&self) -> String {
        let mut names = Vec::new();
        for service in self.pool.services() {
            for method in service.methods().filter(is_unary) {
                names.push(format!("{}/{}", service.full_name(), method.name()));
            }
        }
        let unknown = |name: &&String| self.pool.get_service_by_name(name).is_none();
        let others = self.others.iter().filter(unknown);
        names.extend(others.map(|service| format!("service {service}")));
        if names.is_empty() {
            "no unary method".to_owned()
        } else {
            names.join(", ")
        }
    }
}

fn is_unary(method: &MethodDescriptor) -> bool {
    !method.is_client_streaming() && !method.is_server_streaming()
}
