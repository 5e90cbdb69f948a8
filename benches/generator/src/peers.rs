//! Finds the peers, or installs them: wrk, hey and h2load from Debian, oha from crates.io.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

/// Where a program is, installed first where it is missing.
pub(crate) fn find(name: &str) -> anyhow::Result<PathBuf> {
    if let Some(found) = on_path(name).or_else(|| own(name)) {
        return Ok(found);
    }
    match name {
        "wrk" | "hey" => debian(name)?,
        "h2load" => debian("nghttp2-client")?,
        "oha" => crates_io(name)?,
        _ => bail!("{name} is not installed"),
    }
    on_path(name)
        .or_else(|| own(name))
        .with_context(|| format!("{name} is not there after its installation"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// `peers/` beside this program: what an earlier run installed.
fn root() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent);
    Ok(target
        .context("where is the target directory?")?
        .join("peers"))
}

fn own(name: &str) -> Option<PathBuf> {
    Some(root().ok()?.join("bin").join(name)).filter(|file| file.is_file())
}

fn debian(package: &str) -> anyhow::Result<()> {
    eprintln!("installing {package}");
    let status = Command::new("apt-get")
        .args(["install", "-yq", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("{package} is missing, and there is no apt-get"))?;
    ensure!(
        status.success(),
        "apt-get could not install {package}\nhint: as root, run: apt-get update && apt-get install {package}"
    );
    Ok(())
}

fn crates_io(name: &str) -> anyhow::Result<()> {
    eprintln!("building {name}");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["install", "--locked", "--root"])
        .arg(root()?)
        .arg(name)
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "cargo could not install {name}");
    Ok(())
}
