//! `.proto` files, compiled in process by protox.

use std::path::{Path, PathBuf};

use prost_reflect::{DescriptorPool, MethodDescriptor};

/// gRPC calls of a scenario cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum ProtoError {
    /// The scenario names no file.
    #[error("the scenario calls gRPC and names no proto")]
    None,
    /// The file does not compile.
    #[error("{}: {reason}", path.display())]
    Compile {
        /// The `.proto` file.
        path: PathBuf,
        /// What the compiler said.
        reason: String,
    },
    /// The file does not define the method.
    #[error("{}: no unary method {service}/{method}\nhint: there is {known}", path.display())]
    NoMethod {
        /// The `.proto` file.
        path: PathBuf,
        /// As the scenario has it.
        service: String,
        /// As the scenario has it.
        method: String,
        /// What the file defines.
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

/// The compiled definitions of one file and its imports.
pub(crate) struct Protos {
    path: PathBuf,
    pool: DescriptorPool,
}

impl Protos {
    /// Compiles the file at `path`; its imports are looked up beside it.
    pub(crate) fn compile(path: &Path) -> Result<Self, ProtoError> {
        let wrong = |reason: String| ProtoError::Compile {
            path: path.to_owned(),
            reason,
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let files = protox::compile([path], [folder]).map_err(|e| wrong(e.to_string()))?;
        let pool =
            DescriptorPool::from_file_descriptor_set(files).map_err(|e| wrong(e.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            pool,
        })
    }

    pub(super) fn method(
        &self,
        service: &str,
        method: &str,
    ) -> Result<MethodDescriptor, ProtoError> {
        let unary = |m: &MethodDescriptor| !m.is_client_streaming() && !m.is_server_streaming();
        self.pool
            .get_service_by_name(service)
            .and_then(|s| s.methods().find(|m| m.name() == method && unary(m)))
            .ok_or_else(|| ProtoError::NoMethod {
                path: self.path.clone(),
                service: service.to_owned(),
                method: method.to_owned(),
                known: self.known(),
            })
    }

    fn known(&self) -> String {
        let names: Vec<String> = self
            .pool
            .services()
            .flat_map(|s| {
                let service = s.full_name().to_owned();
                s.methods()
                    .map(move |m| format!("{service}/{}", m.name()))
                    .collect::<Vec<_>>()
            })
            .collect();
        names.join(", ")
    }
}
