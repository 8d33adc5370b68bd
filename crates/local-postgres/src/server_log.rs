//! The file that a server writes its log to.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::StartError;

/// A log longer than this is set aside at the next start; one older log is kept.
const LENGTH_MAX: u64 = 10 * 1024 * 1024;

/// The number of lines that an error quotes.
const TAIL_LINES: usize = 20;

/// The log, from one start on.
#[derive(Debug)]
pub(crate) struct ServerLog {
    path: PathBuf,
    begin: u64,
}

impl ServerLog {
    /// Opens the log for one more start, and returns the file to write to.
    pub(crate) fn open(path: &Path) -> Result<(Self, File), StartError> {
        if fs::metadata(path).is_ok_and(|found| found.len() > LENGTH_MAX) {
            let old = path.with_extension("log.old");
            fs::rename(path, &old).map_err(StartError::io("set aside the log as", &old))?;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(StartError::io("open", path))?;
        let begin = file.metadata().map_err(StartError::io("examine", path))?.len();
        Ok((Self { path: path.to_owned(), begin }, file))
    }

    /// The error for a server that did not come up.
    pub(crate) fn failure(&self, what: impl Into<String>) -> StartError {
        let tail = self.tail().unwrap_or_default();
        StartError::Server { what: what.into(), log: self.path.clone(), tail }
    }

    fn tail(&self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.begin))?;
        let mut bytes = Vec::new();
        file.take(LENGTH_MAX).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<_> = text.lines().collect();
        let last = lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default();
        Ok(last.join("\n"))
    }
}
