//! `brunt init`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use brunt_report::render;
use clap::Args;

use super::output;
use crate::exit::Exit;

const SCENARIO: &str = include_str!("../init/scenario.toml");
const GRPC: &str = include_str!("../init/grpc.toml");
const PROTO: &str = include_str!("../init/health.proto");
const PROTO_FILE: &str = "health.proto";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt init
  brunt init loads/checkout.toml --grpc
  brunt init --templates our-templates

The path of every file that was written is printed. Edit the address in a scenario, then
  brunt run scenario.toml")]
pub(crate) struct InitArgs {
    /// Where to write the scenario
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
    /// Add a gRPC call, and a .proto file beside the scenario
    #[arg(long)]
    grpc: bool,
    /// Write the templates of reports into a folder instead, to be changed: docs/templates.md
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "grpc"])]
    templates: Option<PathBuf>,
    /// Overwrite what is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &InitArgs) -> anyhow::Result<Exit> {
    let files = match &args.templates {
        Some(folder) => render::BUILT_IN
            .iter()
            .map(|(name, text)| (folder.join(name), (*text).to_owned()))
            .collect(),
        None => scenario_files(args),
    };
    if let Some((file, _)) = files.iter().find(|(file, _)| file.exists())
        && !args.force
    {
        bail!(
            "{} is there already\nhint: give another name, or --force to overwrite it",
            file.display()
        );
    }
    for (file, text) in &files {
        output::write(file, text.as_bytes())?;
        output::print(&format!("{}\n", file.display()))?;
    }
    Ok(Exit::Done)
}

fn scenario_files(args: &InitArgs) -> Vec<(PathBuf, String)> {
    let mut files = vec![(args.file.clone(), scenario(&name(&args.file), args.grpc))];
    if args.grpc {
        files.push((args.file.with_file_name(PROTO_FILE), PROTO.to_owned()));
    }
    files
}

/// The file's name as a slug.
fn name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let slug: String = stem
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' => c,
            _ => '-',
        })
        .collect();
    match slug.trim_matches('-') {
        "" => "scenario".to_owned(),
        slug => slug.to_owned(),
    }
}

fn scenario(name: &str, grpc: bool) -> String {
    let text = SCENARIO
        .replace("NAME.", &format!("{name}."))
        .replace("name = \"NAME\"", &format!("name = \"{name}\""));
    if !grpc {
        return text;
    }
    // Every part where its kind stands: TOML has the settings of the scenario before all tables.
    text.replace(
        "\n[addresses]\n",
        &format!("proto = \"{PROTO_FILE}\"                # beside this file\n\n[addresses]\n"),
    )
    .replace(
        "http = \"http://127.0.0.1:8000\"\n",
        "http = \"http://127.0.0.1:8000\"\ngrpc = \"http://127.0.0.1:8001\"\n",
    )
    .replace(
        "\n# Stages follow",
        &format!("{}\n# Stages follow", GRPC.trim_start_matches('\n')),
    )
    .replace("page = 4 }          #", "page = 4, health = 1 }  #")
}

#[cfg(test)]
mod tests {
    use brunt_loadgen::Scenario;

    use super::*;

    #[test]
    fn what_it_writes_is_a_scenario() {
        for grpc in [false, true] {
            let text = scenario("checkout", grpc);
            let scenario = Scenario::parse(Path::new("checkout.toml"), &text);
            let scenario = scenario.unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert_eq!(scenario.name, "checkout");
            assert_eq!(scenario.addresses.grpc.is_some(), grpc);
            let mix = &scenario.stages[0].streams[0].mix;
            assert_eq!(mix.len(), scenario.actions.len(), "every action is used");
            assert!(!text.contains("\"NAME\""), "{text}");
        }
    }

    #[test]
    fn names_become_slugs() {
        for (file, slug) in [
            ("scenario.toml", "scenario"),
            ("a/My Load_2.toml", "my-load-2"),
            ("--.toml", "scenario"),
        ] {
            assert_eq!(name(Path::new(file)), slug);
        }
    }
}
