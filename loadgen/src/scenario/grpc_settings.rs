//! Where the definitions of gRPC services come from.

use std::path::PathBuf;

/// Settings of `proto` and `[grpc]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrpcSettings {
    /// `.proto` files.
    pub protos: Vec<PathBuf>,
    /// Folders in which imports are looked up, before those of the files.
    pub includes: Vec<PathBuf>,
    /// Is the service itself asked?
    pub reflection: bool,
}
