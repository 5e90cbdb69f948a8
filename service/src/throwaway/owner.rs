//! Whom the server runs as, and that it ends when this process does.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{ThrowawayError, io};

/// Whom the server runs as: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    /// The user of this process.
    Ourselves,
    /// Another one.
    Other { uid: u32, gid: u32 },
}

/// When a program is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// When it is done.
    ByItself,
    /// At the latest when this process is gone, however that happened.
    WithParent,
}

impl Owner {
    /// Whom to use, given something that this process made.
    pub(super) fn of(made: &Path) -> Result<Self, ThrowawayError> {
        let ourselves = std::fs::metadata(made).map_err(io("look at the temporary directory"))?;
        if ourselves.uid() != 0 {
            return Ok(Self::Ourselves);
        }
        let users = std::fs::read_to_string("/etc/passwd").map_err(io("read /etc/passwd"))?;
        let find = |name: &str| {
            users.lines().find_map(|line| {
                let mut fields = line.split(':');
                let (user, _, uid, gid) = (
                    fields.next()?,
                    fields.next()?,
                    fields.next()?,
                    fields.next()?,
                );
                (user == name).then_some(Self::Other {
                    uid: uid.parse().ok()?,
                    gid: gid.parse().ok()?,
                })
            })
        };
        find("postgres")
            .or_else(|| find("nobody"))
            .ok_or(ThrowawayError::NoUser)
    }

    pub(super) fn give(self, path: &Path) -> Result<(), ThrowawayError> {
        let Self::Other { uid, gid } = self else {
            return Ok(());
        };
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(io("change an owner"))?;
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
            .map_err(io("change permissions"))
    }

    pub(super) fn command(self, program: &Path, ending: Ending) -> Command {
        // Only Linux knows the signal, and util-linux is how to ask for it without unsafe code.
        let guarded = ending == Ending::WithParent && Path::new("/usr/bin/setpriv").is_file();
        let mut command = if guarded {
            let mut command = Command::new("/usr/bin/setpriv");
            // SIGINT: end the sessions and stop cleanly.
            command.args(["--pdeathsig", "INT"]);
            if let Self::Other { uid, gid } = self {
                command
                    .arg(format!("--reuid={uid}"))
                    .arg(format!("--regid={gid}"))
                    .arg("--clear-groups");
            }
            command.arg("--").arg(program);
            command
        } else {
            let mut command = Command::new(program);
            if let Self::Other { uid, gid } = self {
                command.uid(uid).gid(gid);
            }
            command
        };
        command.env_remove("PGDATA").env("LC_ALL", "C");
        command
    }
}
