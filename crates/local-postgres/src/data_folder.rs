//! The data folder of the embedded default: its permissions, and its lock.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use nix::unistd::{Uid, geteuid};
use tokio::time::{Instant, sleep};

use crate::{StartError, account::Account};

/// A lock may outlive its owner for an instant: a process being started holds a copy of the
/// descriptor until it executes its own program.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A data folder that belongs to this process for as long as this value lives.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// The kernel releases the lock when the process dies, however it dies.
    _lock: File,
}

impl DataFolder {
    /// Creates the folder when it is missing, and takes it for this process.
    pub(crate) async fn claim(path: &Path) -> Result<Self, StartError> {
        create(path)?;
        let path = path.canonicalize().map_err(StartError::io("resolve", path))?;
        check_safety(&path)?;
        let lock = lock(&path).await?;
        Ok(Self { path, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        Self::cluster_in(&self.path)
    }

    /// The folder of the cluster in a data folder, whoever's it is.
    pub(crate) fn cluster_in(path: &Path) -> PathBuf {
        path.join("postgres")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    /// Lets the account that runs PostgreSQL pass through.
    ///
    /// The folder stays ours, because the operator's keys lie here too. A folder that is private
    /// to root is opened to the account's group, for passing through only; one with other
    /// permissions is left as its owner wanted it.
    pub(crate) fn admit(&self, account: &Account) -> Result<(), StartError> {
        let found = self.path.metadata().map_err(StartError::io("examine", &self.path))?;
        let private_to_root = Uid::from_raw(found.uid()).is_root() && found.mode() & 0o777 == 0o700;
        if geteuid().is_root() && private_to_root {
            account.group(&self.path)?;
            fs::set_permissions(&self.path, fs::Permissions::from_mode(0o710))
                .map_err(StartError::io("change the permissions of", &self.path))?;
        }
        account.check_reach(&self.path)
    }
}

/// Creates the folder for its owner alone. What is missing above it lets others pass, the account of PostgreSQL among
/// them, and nobody else write.
fn create(path: &Path) -> Result<(), StartError> {
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        let made = DirBuilder::new().mode(0o755).recursive(true).create(above);
        made.map_err(StartError::io("create", above))?;
    }
    DirBuilder::new().mode(0o700).recursive(true).create(path).map_err(StartError::io("create", path))
}

/// Makes sure that no other account can replace what lies in the folder, by writing to it or to one above it.
fn check_safety(folder: &Path) -> Result<(), StartError> {
    const GROUP_OR_OTHERS_WRITE: u32 = 0o022;
    const OTHERS_WRITE: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    for path in folder.ancestors() {
        let found = path.metadata().map_err(StartError::io("examine", path))?;
        let (owner, mode) = (Uid::from_raw(found.uid()), found.mode());
        // Where a folder above is sticky, as /tmp is, nobody but its owner can replace what lies in it.
        let is_writable = if path == folder {
            mode & GROUP_OR_OTHERS_WRITE != 0
        } else {
            mode & OTHERS_WRITE != 0 && mode & STICKY == 0
        };
        let reason = if owner != geteuid() && !owner.is_root() {
            "belongs to another account"
        } else if is_writable {
            "can be written by others"
        } else {
            continue;
        };
        return Err(StartError::Unsafe { folder: folder.to_owned(), path: path.to_owned(), reason });
    }
    Ok(())
}

async fn lock(folder: &Path) -> Result<File, StartError> {
    let path = folder.join("seatline.lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(StartError::io("open", &path))?;
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(StartError::io("lock", &path)(error)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(LOCK_POLL_INTERVAL).await,
            Err(TryLockError::WouldBlock) => {
                return Err(StartError::InUse { data_dir: folder.to_owned(), pid: owner(&mut file) });
            }
        }
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()))
        .map_err(StartError::io("write", &path))?;
    Ok(file)
}

fn owner(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode_of(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    #[tokio::test]
    async fn nobody_else_may_write_to_folders_that_are_made() {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("some/where");
        let folder = DataFolder::claim(&path).await.unwrap();
        assert_eq!((mode_of(folder.path()), mode_of(&above.path().join("some")) & 0o022), (0o700, 0));
    }

    #[tokio::test]
    async fn folders_that_others_may_write_are_refused() {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("data");
        for (folder_mode, above_mode, is_safe) in [
            (0o700, 0o700, true),
            (0o755, 0o755, true),
            (0o700, 0o1777, true),
            (0o770, 0o700, false),
            (0o777, 0o700, false),
            (0o1777, 0o700, false),
            (0o700, 0o777, false),
        ] {
            fs::create_dir_all(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(folder_mode)).unwrap();
            fs::set_permissions(above.path(), fs::Permissions::from_mode(above_mode)).unwrap();
            let claimed = DataFolder::claim(&path).await;
            assert_eq!(claimed.is_ok(), is_safe, "{folder_mode:o} in {above_mode:o}: {claimed:?}");
            if let Err(refused) = claimed {
                assert!(refused.to_string().contains("can be written by others"), "{refused}");
            }
        }
    }
}
