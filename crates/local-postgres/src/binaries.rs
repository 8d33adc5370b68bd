//! PostgreSQL's server binaries, and how they are found.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::StartError;

/// Install folders of the usual packages: every `<first>/*/<second>` is tried.
const INSTALL_FOLDERS: [(&str, &str); 8] = [
    ("/usr/lib/postgresql", "bin"),                          // Debian, Ubuntu: 17
    ("/usr", "bin"),                                         // Red Hat with PGDG: pgsql-17
    ("/usr/lib", "bin"),                                     // SUSE: postgresql17
    ("/usr/libexec", ""),                                    // Alpine: postgresql17
    ("/opt/homebrew/opt", "bin"),                            // Homebrew on Apple silicon
    ("/usr/local/opt", "bin"),                               // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "bin"),               // Homebrew on Linux
    ("/Applications/Postgres.app/Contents/Versions", "bin"), // Postgres.app
];

/// One installation with `initdb` and `postgres`.
#[derive(Clone, Debug)]
pub(crate) struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The first usable installation: `PATH`, then `pg_config`, then the newest of the rest.
    pub(crate) fn find() -> Option<Self> {
        Self::installed().next()
    }

    /// The installation that fits an existing cluster.
    pub(crate) fn of_version(needed: u32, cluster: &Path) -> Result<Self, StartError> {
        let mut found = Vec::new();
        for binaries in Self::installed() {
            if binaries.major == needed {
                return Ok(binaries);
            }
            found.push(binaries.major.to_string());
        }
        let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        Err(StartError::MissingVersion { cluster: cluster.to_owned(), needed, found })
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// A client, which need not be where links to the server's programs are.
    pub(crate) fn basebackup(&self) -> PathBuf {
        let server = self.postgres();
        server.canonicalize().unwrap_or(server).with_file_name("pg_basebackup")
    }

    fn installed() -> impl Iterator<Item = Self> {
        let in_path =
            env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
        let mut usual: Vec<_> = usual_folders().into_iter().filter_map(Self::at).collect();
        usual.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
        in_path.into_iter().chain(folder_of_pg_config()).filter_map(Self::at).chain(usual)
    }

    fn at(folder: PathBuf) -> Option<Self> {
        if !folder.is_absolute() || !is_program(&folder.join("initdb")) {
            return None;
        }
        let major = major_version(&output_of(&folder.join("postgres"), "--version")?)?;
        Some(Self { folder, major })
    }
}

fn usual_folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/local/pgsql/bin")];
    for (parent, below) in INSTALL_FOLDERS {
        let Ok(entries) = fs::read_dir(parent) else {
            continue;
        };
        folders.extend(
            entries
                .filter_map(Result::ok)
                .map(|entry| entry.path().join(below))
                .filter(|folder| is_program(&folder.join("initdb"))),
        );
    }
    folders
}

fn folder_of_pg_config() -> Option<PathBuf> {
    output_of(Path::new("pg_config"), "--bindir").map(|line| PathBuf::from(line.trim()))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn output_of(program: &Path, argument: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Reads the major version from `postgres (PostgreSQL) 17.2 (Debian 17.2-1)`.
fn major_version(line: &str) -> Option<u32> {
    let (_, version) = line.split_once("(PostgreSQL) ")?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_any_build() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("postgres (PostgreSQL) 17"), Some(17));
        assert_eq!(major_version("something else 17"), None);
    }
}
