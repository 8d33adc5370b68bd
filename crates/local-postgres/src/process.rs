//! Processes that may not be our children.

use std::{fs, path::Path};

use nix::{errno::Errno, sys::signal::kill, unistd::Pid};

/// Whether the process exists, be it only as a zombie.
pub(crate) fn exists(pid: Pid) -> bool {
    kill(pid, None) != Err(Errno::ESRCH)
}

/// Whether the process is a zombie: it has ended, and its parent has not collected it. In containers
/// without an init process, nobody may ever do that.
pub(crate) fn is_zombie(pid: Pid) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.is_empty())
}

/// The file name of the program that a process runs, as far as the system tells.
pub(crate) async fn program(pid: Pid) -> Option<String> {
    let line = command_line(pid).await?;
    let program = line.split(['\0', ' ']).next()?;
    Path::new(program).file_name().map(|name| name.to_string_lossy().into_owned())
}

async fn command_line(pid: Pid) -> Option<String> {
    if let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&line).into_owned());
    }
    let output = tokio::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .await
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
