//! Digests of the files that requests are made of.

use brunt_record::{DataFile, DataKind, sha256_hex};

use crate::scenario::{Body, Call, Scenario};

/// Data sets, bodies and `.proto` files, in the order of the scenario.
pub(super) fn data_files(scenario: &Scenario) -> Vec<DataFile> {
    let sets = scenario.data.iter().map(|set| DataFile {
        kind: DataKind::DataSet,
        name: set.name.clone(),
        sha256: set.sha256.clone(),
    });
    let bodies = scenario
        .actions
        .iter()
        .filter_map(|action| match &action.call {
            Call::Http {
                body: Body::File(bytes),
                ..
            } => Some(DataFile {
                kind: DataKind::Body,
                name: action.name.clone(),
                sha256: sha256_hex(bytes),
            }),
            _ => None,
        });
    let protos = scenario.grpc.protos.iter().filter_map(|path| {
        // One that cannot be read ends the run where it is compiled.
        let bytes = std::fs::read(path).ok()?;
        Some(DataFile {
            kind: DataKind::Proto,
            name: path.file_name()?.to_string_lossy().into_owned(),
            sha256: sha256_hex(&bytes),
        })
    });
    sets.chain(bodies).chain(protos).collect()
}
