//! Three `PostgreSQL` under Patroni behind `HAProxy`, as `script/ha` brings them up and breaks them.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use seatline_tests::built;

/// Debian's places beside `PATH`.
const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

fn is_there(program: &str) -> bool {
    FOLDERS.iter().any(|folder| Path::new(folder).join(program).exists())
}

#[test]
fn nothing_is_lost_when_the_leader_of_a_cluster_dies() {
    if !["etcd", "haproxy"].into_iter().all(is_there) {
        // Past the test runner, which keeps for itself what passing tests print.
        let _ = writeln!(std::io::stderr(), "\nSKIPPED: there is no etcd and HAProxy, no cluster was tried");
        return;
    }
    let binaries = tempfile::tempdir().unwrap();
    for name in ["seatline", "seatline-rush"] {
        symlink(built(&format!("{name}-under-test")), binaries.path().join(name)).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../script/ha");
    let mut command = Command::new(script);
    // One round: it ends after the first when the time is over.
    command.args(["--faults", "1s", "postgres_killed"]).env("SEATLINE_BINARIES", binaries.path());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(3) {
        let _ = writeln!(std::io::stderr(), "\nSKIPPED: {said}no cluster was tried");
        return;
    }
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(" 0 lost; ") && said.contains("broken promises: none"), "{said}");
}
