//! Cleaning up after this process, however it ends.

use std::{
    ffi::OsStr,
    io,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

/// A shell that waits for the end of this process, and then runs a script.
///
/// It reads from a pipe that only this process can write to, and never does. The kernel closes
/// the pipe when the process ends, also by SIGKILL, and that wakes the shell.
#[derive(Debug)]
pub struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Starts watching. `script` finds the `arguments` in `$1` and so on.
    ///
    /// # Errors
    /// * The shell cannot be started.
    pub fn start(script: &str, arguments: &[&OsStr]) -> io::Result<Self> {
        let shell = Command::new("sh")
            .arg("-c")
            .arg(format!("read -r _\n{script}"))
            .arg("sh")
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C that ends this process must not end the shell.
            .process_group(0)
            .spawn()?;
        Ok(Self { shell })
    }
}

impl Drop for Watchdog {
    /// Runs the script now, and waits until it is done.
    fn drop(&mut self) {
        // `wait` closes the pipe first.
        if let Err(error) = self.shell.wait() {
            tracing::warn!(%error, "cannot wait for the end of a temporary PostgreSQL");
        }
    }
}
