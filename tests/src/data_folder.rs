use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

/// A folder for the data of a service with a database of its own. The database's account may pass through it.
///
/// Such a database takes PostgreSQL's server binaries: without them the service would start a container, which nobody
/// would take away.
pub fn data_folder() -> TempDir {
    assert!(
        seatline_local_postgres::is_installed(),
        "no PostgreSQL binaries; script/setup --tests installs what the tests need"
    );
    let folder = TempDir::with_prefix("seatline-data-").unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o711)).unwrap();
    folder
}
