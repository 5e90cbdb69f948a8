//! Definitions of gRPC services: `.proto` files compiled in process, or server reflection.

use std::path::{Path, PathBuf};

use prost_reflect::{DescriptorPool, MethodDescriptor};

use super::grpc::GrpcClient;
use super::reflect::{Reflected, reflect};
use super::unfit::Unfit;
use crate::scenario::{Call, GrpcSettings, Mistake, Scenario, ScenarioError};

/// The definitions of the gRPC services that a scenario calls cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ProtoError {
    /// Its files do not compile, or lack what it calls.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
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
        let of_files = Self::of_files(scenario);
        if let Some(protos) = of_files.map_err(|mistake| ScenarioError::of(vec![mistake]))? {
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
                origin: format!("the reflection of {address}"),
                pool,
                others,
            })),
            Err(reason) => Err(ProtoError::Reflection { address, reason }),
        }
    }

    /// What the files that the scenario names define; nothing if it names none.
    pub(crate) fn of_files(scenario: &Scenario) -> Result<Option<Self>, Mistake> {
        let settings = &scenario.grpc;
        let Some(line) = &settings.line else {
            return Ok(None);
        };
        let protos = Self::compile(settings).map_err(|reason| {
            Mistake::at(
                line,
                format!("proto: {reason}"),
                "imports are looked up in the folders of grpc.include, and beside the files",
            )
        });
        protos.map(Some)
    }

    /// Compiles the files; imports are looked up in the include folders and beside each file. The error is
    /// what the compiler said.
    fn compile(settings: &GrpcSettings) -> Result<Self, String> {
        let names: Vec<String> = settings
            .protos
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let origin = names.join(", ");
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
        let wrong = |reason: String| format!("{origin}: {reason}");
        let files = protox::compile(&settings.protos, folders).map_err(|e| wrong(e.to_string()))?;
        let pool =
            DescriptorPool::from_file_descriptor_set(files).map_err(|e| wrong(e.to_string()))?;
        Ok(Self {
            origin,
            pool,
            others: Vec::new(),
        })
    }

    pub(super) fn method(&self, service: &str, method: &str) -> Result<MethodDescriptor, Unfit> {
        let found = self
            .pool
            .get_service_by_name(service)
            .and_then(|s| s.methods().find(|m| m.name() == method));
        match found {
            Some(found) if is_unary(&found) => Ok(found),
            Some(_) => Err(Unfit {
                setting: "grpc",
                what: format!("grpc: {service}/{method} is a streaming method"),
                hint: format!("unary methods can be called; there is {}", self.known()),
            }),
            None => Err(Unfit {
                setting: "grpc",
                what: format!("grpc: no method {service}/{method} in {}", self.origin),
                hint: format!("there is {}", self.known()),
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
