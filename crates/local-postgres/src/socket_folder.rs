//! The private folder of the Unix socket.

use std::{
    env, fs,
    io::{self, ErrorKind},
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{StartError, account::Account};

/// The shortest limit among the systems (macOS) for a socket's path, without its end marker,
/// less the name that PostgreSQL gives the socket (`/.s.PGSQL.5432`).
const FOLDER_LENGTH_MAX: usize = 103 - 14;

/// A folder here still leaves room for the names we add below it.
const BASE_LENGTH_MAX: usize = 60;

const PREFIX: &str = "seatline-run-";

/// Makes a folder that only `account` (and root) can enter: `run` in `home`, or a new one among
/// the system's temporary files where that path is too long for a socket.
pub(crate) fn create(home: &Path, account: &Account) -> Result<PathBuf, StartError> {
    let near = home.join("run");
    let folder = if near.as_os_str().as_bytes().len() <= FOLDER_LENGTH_MAX {
        fs::create_dir_all(&near).map_err(StartError::io("create", &near))?;
        if near.is_symlink() {
            // Root is about to give it away.
            let source = io::Error::new(ErrorKind::NotADirectory, "it is a symbolic link");
            return Err(StartError::io("use", &near)(source));
        }
        fs::set_permissions(&near, fs::Permissions::from_mode(0o700))
            .map_err(StartError::io("change the permissions of", &near))?;
        near
    } else {
        let base = short_temporary_folder();
        tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(&base)
            .map_err(StartError::io("create a folder in", &base))?
            .keep()
    };
    account.own(&folder)?;
    Ok(folder)
}

/// Makes a folder again under the name that it had, so that the server's address stays.
pub(crate) fn create_again(folder: &Path, account: &Account) -> Result<(), StartError> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && !folder.is_symlink() => {}
        created => created.map_err(StartError::io("create", folder))?,
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .map_err(StartError::io("change the permissions of", folder))?;
    account.own(folder)
}

/// Removes a folder made among the temporary files; leaves any other alone.
pub(crate) fn discard(folder: &Path) {
    let ours = folder.file_name().is_some_and(|name| name.as_bytes().starts_with(PREFIX.as_bytes()))
        && folder.parent() == Some(&short_temporary_folder());
    if ours && let Err(error) = fs::remove_dir_all(folder) {
        tracing::debug!(folder = %folder.display(), %error, "cannot remove a socket's folder");
    }
}

/// The system's folder for temporary files, or `/tmp` when its path is long.
pub(crate) fn short_temporary_folder() -> PathBuf {
    let folder = env::temp_dir();
    if folder.as_os_str().as_bytes().len() <= BASE_LENGTH_MAX { folder } else { "/tmp".into() }
}
