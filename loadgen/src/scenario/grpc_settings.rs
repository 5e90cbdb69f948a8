//! Where the definitions of gRPC services come from.

use std::path::PathBuf;

use super::lines::SourceLine;

/// Settings of `proto` and `[grpc]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrpcSettings {
    /// `.proto` files.
    pub protos: Vec<PathBuf>,
    /// Where they are named; absent where there are none.
    pub line: Option<SourceLine>,
    /// Folders in which imports are looked up, before those of the files.
    pub includes: Vec<PathBuf>,
    /// Is the service itself asked?
    pub reflection: bool,
}
