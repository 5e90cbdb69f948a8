//! The product goes to stdout, everything else to stderr; files are written whole or not at all.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

/// Prints `text` to stdout.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Stdout while a load is running: goose announces its users there, which is nobody's product.
pub(crate) struct Product {
    stdout: File,
}

impl Product {
    /// Keeps stdout for the product; what anybody else prints there is dropped.
    pub(crate) fn claim() -> anyhow::Result<Self> {
        let claim = || -> std::io::Result<File> {
            let stdout = File::from(rustix::io::dup(std::io::stdout())?);
            rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
            Ok(stdout)
        };
        let stdout = claim().context("cannot set stdout aside")?;
        Ok(Self { stdout })
    }

    /// Prints `text` to what was stdout.
    pub(crate) fn print(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.stdout.write_all(text.as_bytes())?)
    }
}

/// Tells somebody at the terminal `text`, on stderr.
#[expect(clippy::print_stderr, reason = "news for people, not the product")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// `value` as JSON for people and programs: indented, and ended by a newline.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Adds `bytes` to the end of `path`.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let append = || {
        File::options()
            .create(true)
            .append(true)
            .open(path)?
            .write_all(bytes)
    };
    append().with_context(|| path.display().to_string())
}

/// Writes `bytes` to `path` by rename, so that a reader never sees half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(folder)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let draft = folder.join(name);
        std::fs::write(&draft, bytes)?;
        std::fs::rename(&draft, path)
    };
    write().with_context(|| path.display().to_string())
}
