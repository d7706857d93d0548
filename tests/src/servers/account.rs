//! Who a server runs as: PostgreSQL refuses to be root.

use std::io;
use std::path::Path;
use std::process::Command;

use super::succeed;

/// Who a server runs as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Account {
    /// Whoever runs the tests.
    Same,
    /// Another account of this machine.
    Other(&'static str),
    /// Root outside, and somebody else to itself: it reads what is in the home of root.
    Mapped,
}

impl Account {
    /// Returns whether root runs the tests.
    pub(super) fn is_root() -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;
        Ok(std::fs::metadata("/proc/self")?.uid() == 0)
    }

    /// Returns an account that is not root; `at_home` is true if its programs are in a home.
    pub(super) fn lowly(at_home: bool) -> io::Result<Self> {
        if !Self::is_root()? {
            return Ok(Self::Same);
        }
        if at_home {
            return Ok(Self::Mapped);
        }
        let accounts = std::fs::read_to_string("/etc/passwd")?;
        let is_there = |name: &&str| accounts.lines().any(|line| line.starts_with(&format!("{name}:")));
        let name = ["postgres", "nobody"].into_iter().find(is_there);
        name.map(Self::Other)
            .ok_or_else(|| io::Error::other("there is no account `postgres` or `nobody` to run a server as"))
    }

    /// Makes the account the owner of a folder.
    pub(super) fn own(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Same | Self::Mapped => Ok(()),
            Self::Other(name) => succeed(Command::new("chown").arg(name).arg(folder)),
        }
    }

    /// Returns a program of the account.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = match self {
            Self::Same => return Command::new(program),
            Self::Other(name) => {
                let mut command = Command::new("runuser");
                command.args(["-u", name, "--"]);
                command
            }
            Self::Mapped => {
                let mut command = Command::new("unshare");
                command.args(["--user", "--map-user=1000", "--map-group=1000", "--"]);
                command
            }
        };
        command.arg(program).current_dir("/");
        command
    }
}
