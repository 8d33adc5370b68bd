//! The unprivileged account that runs PostgreSQL when seatline is run by root.

use std::{
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use crate::StartError;

/// In order of preference. `nobody` needs no setup anywhere, but other services may share it.
const CANDIDATES: [&str; 3] = ["seatline", "postgres", "nobody"];

/// The account that runs PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) enum Account {
    /// The user who started us: nothing to switch.
    Ourselves,
    /// We are root, and switch to this account.
    Other { name: String, uid: Uid, gid: Gid },
}

impl Account {
    /// Chooses the account: whoever owns the `cluster` already, else the first that exists.
    pub(crate) fn choose(cluster: Option<&Path>) -> Result<Self, StartError> {
        if !geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let owner = cluster
            .and_then(|folder| folder.metadata().ok())
            .map(|metadata| Uid::from_raw(metadata.uid()))
            .filter(|uid| !uid.is_root())
            .and_then(|uid| User::from_uid(uid).ok().flatten());
        let user = owner
            .or_else(|| CANDIDATES.iter().find_map(|name| User::from_name(name).ok().flatten()))
            .ok_or_else(|| StartError::NoAccount { tried: CANDIDATES.join(", ") })?;
        if user.name == "nobody" {
            tracing::warn!(
                "PostgreSQL runs as `nobody`, which other services may share; create an account `seatline` to keep them apart"
            );
        }
        Ok(Self::Other { name: user.name, uid: user.uid, gid: user.gid })
    }

    /// Makes `command` run as this account, without root's supplementary groups.
    pub(crate) fn run(&self, command: &mut Command) {
        // Folders that root was in may be closed to the account.
        command.current_dir("/");
        if let Self::Other { uid, gid, .. } = self {
            // When root sets a uid, the standard library also clears the supplementary groups.
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
    }

    /// Gives the file or folder to this account.
    pub(crate) fn own(&self, path: &Path) -> Result<(), StartError> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid, .. } => chown(path, Some(*uid), Some(*gid))
                .map_err(|errno| StartError::io("change the owner of", path)(errno.into())),
        }
    }

    /// Lets this account pass through a folder of root's without owning it.
    pub(crate) fn group(&self, path: &Path) -> Result<(), StartError> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { gid, .. } => chown(path, None, Some(*gid))
                .map_err(|errno| StartError::io("change the group of", path)(errno.into())),
        }
    }

    /// Refuses a folder that the account cannot enter, whatever the reason.
    pub(crate) fn check_reach(&self, folder: &Path) -> Result<(), StartError> {
        let Self::Other { name, .. } = self else {
            return Ok(());
        };
        let mut command = Command::new("sh");
        command.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.run(&mut command);
        let status = command.status().map_err(StartError::io("try to enter", folder))?;
        if status.success() {
            return Ok(());
        }
        Err(StartError::Unreachable { account: name.clone(), folder: folder.to_owned() })
    }
}
