//! The embedded database's disk is full: refusals, no loss, and recovery once there is room.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use seatline_tests::crowd::{Crowd, Endpoints};
use seatline_tests::history::{History, contradictions};
use seatline_tests::{Binary, Client, Database, Operator, Sale, eventually};
use tempfile::TempDir;

/// A small disk of its own. Taken away when dropped.
struct Disk(TempDir);

impl Disk {
    /// Room for a cluster and a little more. Takes root, as mounting does.
    fn mount() -> Self {
        let folder = TempDir::with_prefix("seatline-disk-").unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=200m,mode=711", "seatline-test"];
        let mounted = Command::new("mount").args(mount).arg(folder.path()).output().unwrap();
        assert!(mounted.status.success(), "{}", String::from_utf8_lossy(&mounted.stderr));
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o711)).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Leaves not a byte free.
    fn fill(&self) {
        let filled = fs::write(self.ballast(), vec![1; 200 << 20]);
        assert!(filled.is_err(), "it is full before all of that is written");
    }

    fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.path()).output());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("NOT RUN: a disk of its own can only be mounted by root");
        return;
    }
    let disk = Disk::mount();
    let data = disk.path().join("data");
    let serving = tokio::task::spawn_blocking({
        let data = data.to_str().unwrap().to_owned();
        move || {
            Binary::serve([
                ("SEATLINE_DATA_DIR", data.as_str()),
                ("SEATLINE_LISTEN", "127.0.0.1:0"),
                ("SEATLINE_SAMPLE_DATA", "off"),
                ("SEATLINE_HOLD_TTL", "2s"),
                ("SEATLINE_RATE_LIMITS", "off"),
            ])
        }
    });
    let running = serving.await.unwrap();
    let key = fs::read_to_string(data.join("admin-key")).unwrap();
    let plan = Sale::builder().seats(Sale::CROWD_SEATS).seats_per_user(100);
    let sale = plan.open(&Operator::new(running.client(), key.trim())).await;
    let (history, endpoints) = (History::default(), Endpoints::default());
    endpoints.put(0, Client::with_timeout(running.address(), Duration::from_secs(20)));
    let crowd = Crowd::start(20, &endpoints, &[sale], &history, 11);
    let database =
        Database::at(format!("postgresql://seatline@/seatline?host={}", data.join("run").display()));
    let done = || history.tally().0;
    eventually("people are busy", async || (done() > 100).then_some(())).await;
    for _ in 0..2 {
        disk.fill();
        let before = history.tally();
        eventually("requests are refused", async || {
            // The log of what was written needs a new file.
            database.try_execute("SELECT pg_switch_wal()").await;
            (history.tally().2 > before.2 + 20).then_some(())
        })
        .await;
        running.client().get("/health/live").send().await.json(200);
        disk.make_room();
        eventually("it is ready again", async || {
            (running.client().get("/health/ready").send().await.status == 200).then_some(())
        })
        .await;
        let before = done();
        eventually("people are busy again", async || (done() > before + 50).then_some(())).await;
    }
    crowd.finish().await;
    assert_eq!(contradictions(&history, &database).await, Vec::<String>::new());
    assert!(history.timed_out().is_empty(), "everybody had an answer");
    let ended = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
}
