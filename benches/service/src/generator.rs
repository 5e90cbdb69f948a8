//! brunt as its users run it: a scenario file and the binary.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use brunt_record::Record;

use crate::action::Action;
use crate::service::Service;

/// What is to be sent.
pub(crate) struct Plan<'a> {
    pub(crate) action: Action,
    pub(crate) players: &'a [String],
    pub(crate) rate_per_s: u32,
    pub(crate) duration: Duration,
}

/// A run of it.
pub(crate) struct Run {
    child: Child,
    plan: String,
}

impl Run {
    pub(crate) fn start(
        program: &Path,
        service: &Service,
        plan: &Plan<'_>,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let file = folder.join("scenario.toml");
        let players = plan
            .players
            .iter()
            .fold("id\n".to_owned(), |text, id| text + id + "\n");
        std::fs::write(folder.join("players.csv"), players)?;
        std::fs::write(&file, scenario(service, plan))?;
        let child = Command::new(program)
            .arg("run")
            .arg(&file)
            .arg("--quiet")
            .arg("--out")
            .arg(folder.join("runs"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start brunt")?;
        Ok(Self {
            child,
            plan: plan.action.name().to_owned(),
        })
    }

    /// Waits for its end; every request must have succeeded.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let output = self.child.wait_with_output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "brunt ended with {}: {stderr}",
            output.status
        );
        let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        let record = Record::open(&path)?;
        let problems = record.problems();
        ensure!(problems.is_empty(), "brunt's record: {problems:?}");
        let (mut offered, mut ok) = (0, 0);
        for row in &record.counts {
            offered += row.offered;
            ok += row.ok;
        }
        let failures = std::fs::read_to_string(path.join("errors.ndjson")).unwrap_or_default();
        ensure!(
            ok == offered && ok > 0,
            "{}: {ok} of {offered} requests succeeded\n{failures}",
            self.plan
        );
        Ok(())
    }
}

fn scenario(service: &Service, plan: &Plan<'_>) -> String {
    let (http, grpc) = (&service.http, &service.grpc);
    let seconds = plan.duration.as_secs();
    let (rate, count) = (plan.rate_per_s, u64::from(plan.rate_per_s) * seconds);
    let (name, action) = (plan.action.name(), plan.action.scenario());
    let proto = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../service/proto/brunt/events/v1/events.proto");
    let proto = match plan.action {
        Action::StatEvent => format!("proto = \"{}\"\n", proto.display()),
        _ => String::new(),
    };
    // What no action uses is a mistake.
    let players = match plan.action {
        Action::InitializeNew => "",
        _ => "[data.players]\nfile = \"players.csv\"\npick = \"random\"\n",
    };
    format!(
        "format = 1\nname = \"bench\"\n{proto}\
         [addresses]\nhttp = \"http://{http}\"\ngrpc = \"http://{grpc}\"\n\
         [users]\ncount = {count}\nid = \"${{uuid}}\"\n\
         {players}[actions.{name}]\n{action}\
         [[stages]]\nname = \"load\"\nduration = \"{seconds}s\"\n\
         [[stages.streams]]\nname = \"main\"\nrate = \"{rate}/s\"\nmix = {{ {name} = 1 }}\n"
    )
}
