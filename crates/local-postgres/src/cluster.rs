//! A cluster: the folder that `initdb` makes and one server at a time works on.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{StartError, account::Account, binaries::Binaries, connection::ROLE, error::ProgramError};

/// Starts the name of a cluster that is still being made.
const UNFINISHED: &str = "postgres.new-";

/// Whether a new cluster must be on disk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flush {
    /// Everything is on disk before the cluster gets its name.
    ToDisk,
    /// For clusters that nobody keeps.
    Never,
}

/// The version of the cluster in `folder`, or `None` when there is no cluster yet.
pub(crate) fn major_version(folder: &Path) -> Result<Option<u32>, StartError> {
    let file = folder.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| {
            let source = std::io::Error::new(ErrorKind::InvalidData, text);
            StartError::Io { action: "understand", path: file, source }
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StartError::io("read", &file)(error)),
    }
}

/// Creates the cluster in `folder`.
///
/// It is created under another name and renamed when complete, so that a process killed half way
/// leaves no cluster rather than a broken one. What such a process left is removed here; the
/// caller must own the parent folder.
pub(crate) async fn create(
    folder: &Path,
    binaries: &Binaries,
    account: &Account,
    flush: Flush,
) -> Result<(), StartError> {
    let parent = folder.parent().unwrap_or(Path::new("/"));
    remove_unfinished(parent)?;
    let unfinished = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .map_err(StartError::io("create a folder in", parent))?;
    account.own(unfinished.path())?;
    initdb(unfinished.path(), binaries, account, flush).await?;
    fs::rename(unfinished.path(), folder).map_err(StartError::io("rename a cluster to", folder))?;
    // It has its final name now: nothing is left to remove.
    let _ = unfinished.keep();
    if flush == Flush::ToDisk {
        File::open(parent).and_then(|parent| parent.sync_all()).map_err(StartError::io("sync", parent))?;
    }
    Ok(())
}

fn remove_unfinished(parent: &Path) -> Result<(), StartError> {
    for entry in fs::read_dir(parent).map_err(StartError::io("list", parent))? {
        let path: PathBuf = entry.map_err(StartError::io("list", parent))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(UNFINISHED) {
            // An initdb that outlived its seatline may still write there; the next start gets it.
            if let Err(error) = fs::remove_dir_all(&path) {
                tracing::warn!(folder = %path.display(), %error, "cannot remove a half-made cluster");
            }
        }
    }
    Ok(())
}

async fn initdb(
    folder: &Path,
    binaries: &Binaries,
    account: &Account,
    flush: Flush,
) -> Result<(), StartError> {
    let program = binaries.initdb();
    let mut command = std::process::Command::new(&program);
    // Trust is enough: only the account that owns the data, and root, can reach the socket.
    // The C locale exists everywhere and sorts the same everywhere.
    command.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--username", ROLE, "--pgdata"]);
    command.arg(folder);
    if flush == Flush::Never {
        command.arg("--no-sync");
    }
    account.run(&mut command);
    run(&program, command).await
}

/// Copies the cluster of a running server into `folder`, to be started as its standby.
pub(crate) async fn copy(
    url: &str,
    folder: &Path,
    binaries: &Binaries,
    account: &Account,
) -> Result<(), StartError> {
    let program = binaries.basebackup();
    let mut command = std::process::Command::new(&program);
    command.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname", url, "--pgdata"]);
    command.arg(folder);
    account.run(&mut command);
    run(&program, command).await
}

async fn run(program: &Path, command: std::process::Command) -> Result<(), StartError> {
    let output = tokio::process::Command::from(command)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(StartError::io("run", program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ProgramError::new(program.display().to_string(), said).into())
}
