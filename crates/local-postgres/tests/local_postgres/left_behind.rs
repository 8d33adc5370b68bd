//! What a killed process, a reboot or a crash leaves, and how the next start copes.

use std::time::Duration;
use std::{fs, path::Path, process::Command};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use seatline_local_postgres::{Embedded, StartError};
use tokio::time::{sleep, timeout};

use crate::support::{Understudy, client, hand_over, number, scratch, started_at, understudy_folder};

#[tokio::test]
async fn the_server_of_a_killed_process_is_taken_over() {
    if let Some(folder) = understudy_folder() {
        let database = Embedded::start(&folder).await.unwrap();
        return hand_over(database.url()).await;
    }
    let scratch = scratch();
    let test = "left_behind::the_server_of_a_killed_process_is_taken_over";
    let (owner, url) = Understudy::start(test, scratch.path());
    let begin = started_at(&url).await;

    let error = Embedded::start(scratch.path()).await.unwrap_err();
    assert!(matches!(error, StartError::InUse { pid, .. } if pid == Some(owner.id())), "{error}");

    owner.kill();
    let heir = Embedded::start(scratch.path()).await.unwrap();
    assert_eq!(started_at(heir.url()).await, begin);
    heir.stop().await.unwrap();
    assert!(tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_err());
}

#[tokio::test]
async fn a_half_made_cluster_is_made_anew() {
    let scratch = scratch();
    let half_made = scratch.path().join("postgres.new-Ab12Cd");
    fs::create_dir_all(half_made.join("base/1")).unwrap();
    fs::write(half_made.join("PG_VERSION"), "15\n").unwrap();

    let database = Embedded::start(scratch.path()).await.unwrap();
    assert_eq!(number(database.url(), "SELECT 1").await, 1);
    assert!(!half_made.exists());
    database.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_a_dead_process_or_a_stranger_is_no_obstacle() {
    let scratch = scratch();
    let database = Embedded::start(scratch.path()).await.unwrap();
    client(database.url()).await.batch_execute("CREATE TABLE kept (id int)").await.unwrap();
    let file = scratch.path().join("postgres/postmaster.pid");
    let of_a_living_server = fs::read_to_string(&file).unwrap();
    database.stop().await.unwrap();

    let mut ended = Command::new("true").spawn().unwrap();
    ended.wait().unwrap();
    let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
    let mut uncollected = Command::new("true").spawn().unwrap();
    for pid in [ended.id(), stranger.id(), uncollected.id()] {
        leave_pid_file(&file, &of_a_living_server, pid);
        let database = Embedded::start(scratch.path()).await.unwrap();
        assert_eq!(number(database.url(), "SELECT count(*)::int FROM kept").await, 0);
        database.stop().await.unwrap();
    }
    assert!(stranger.try_wait().unwrap().is_none(), "nobody harms the stranger");
    uncollected.wait().unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_killed_server_recovers_at_the_next_start() {
    let scratch = scratch();
    let database = Embedded::start(scratch.path()).await.unwrap();
    client(database.url()).await.batch_execute("CREATE TABLE kept (id int)").await.unwrap();
    let text = fs::read_to_string(scratch.path().join("postgres/postmaster.pid")).unwrap();
    let pid = Pid::from_raw(text.lines().next().unwrap().parse().unwrap());
    kill(pid, Signal::SIGQUIT).unwrap();
    let ended = async {
        while database.is_running().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), ended).await.unwrap();
    drop(database);

    let database = Embedded::start(scratch.path()).await.unwrap();
    assert_eq!(number(database.url(), "SELECT count(*)::int FROM kept").await, 0);
    database.stop().await.unwrap();
}

fn leave_pid_file(file: &Path, text: &str, pid: u32) {
    let (_, rest) = text.split_once('\n').unwrap();
    fs::write(file, format!("{pid}\n{rest}")).unwrap();
    let owner = std::os::unix::fs::MetadataExt::uid(&file.parent().unwrap().metadata().unwrap());
    nix::unistd::chown(file, Some(owner.into()), None).unwrap();
}
