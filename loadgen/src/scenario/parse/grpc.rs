//! `proto` and `[grpc]`: where the definitions of gRPC services come from.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::{Call, GrpcSettings};
use super::action::Placed;

pub(super) fn settings(
    root: &mut Table<'_, '_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> GrpcSettings {
    let protos = paths(root, "proto", folder, mistakes);
    let line = (!protos.is_empty()).then(|| mistakes.line(&root.span_of("proto")));
    let Some(mut table) = root.table("grpc", mistakes) else {
        return GrpcSettings {
            protos,
            line,
            ..GrpcSettings::default()
        };
    };
    "grpc".clone_into(&mut table.name);
    let settings = GrpcSettings {
        protos,
        line,
        includes: paths(&mut table, "include", folder, mistakes),
        reflection: table.boolean("reflection", mistakes).unwrap_or_default(),
    };
    if settings.reflection && !settings.protos.is_empty() {
        mistakes.add(
            &table.span_of("reflection"),
            "grpc: reflection is true, and the scenario names its proto",
            "leave one of them out",
        );
    }
    if settings.protos.is_empty() && !settings.includes.is_empty() {
        mistakes.add(
            &table.span_of("include"),
            "grpc: include is for the imports of files, the scenario has no proto",
            "name the .proto files: proto = [\"FILE\"]",
        );
    }
    table.deny_unknown(mistakes);
    settings
}

/// A path or a list of them, relative to the scenario.
fn paths(
    table: &mut Table<'_, '_>,
    key: &'static str,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Vec<PathBuf> {
    let texts = table.texts(key, mistakes);
    texts
        .into_iter()
        .filter_map(|(text, span)| table.filled(key, text, span, mistakes))
        .map(|file| folder.join(file.value))
        .collect()
}

/// Do the actions that call gRPC have definitions, and the definitions, which stand at `proto`, an
/// action?
pub(super) fn check(
    actions: &[Placed],
    settings: &GrpcSettings,
    proto: &Range<usize>,
    mistakes: &mut Mistakes<'_>,
) {
    let calls = actions
        .iter()
        .find(|a| matches!(a.action.call, Call::Grpc { .. }));
    match (calls, settings.protos.is_empty()) {
        (Some(action), true) if !settings.reflection => mistakes.add(
            &action.span,
            format!(
                "action {:?} calls gRPC, the scenario has no proto",
                action.action.name
            ),
            "name the .proto file, relative to the scenario: proto = \"FILE\"; or ask the service: grpc = { reflection = true }",
        ),
        (None, false) => mistakes.add(
            proto,
            "proto is set, no action calls gRPC",
            "leave it out, or call a method: grpc = \"package.Service/Method\"",
        ),
        _ => {}
    }
}
