//! The embedded default from its first start on.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
};

use seatline_local_postgres::{Embedded, StartError};

use crate::support::{client, number, scratch, started_at, text};

#[tokio::test]
async fn the_first_start_creates_and_later_starts_keep() {
    let scratch = scratch();
    let data_dir = scratch.path().join("some/where/data");

    // In a task, as a server would: the future can move between threads.
    let folder = data_dir.clone();
    let starting = tokio::spawn(async move { Embedded::start(&folder).await });
    let database = starting.await.unwrap().unwrap();
    let url = database.url().to_owned();
    client(&url).await.batch_execute("CREATE TABLE kept AS SELECT 42 AS answer").await.unwrap();
    assert_eq!(text(&url, "SELECT current_database()::text").await, "seatline");
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
    ] {
        assert_eq!(text(&url, &format!("SHOW {setting}")).await, value, "{setting}");
    }
    assert!(database.is_running().await);
    assert!(database.location().join("PG_VERSION").exists());
    assert_eq!(database.to_string(), format!("PostgreSQL in {}", database.location().display()));
    database.stop().await.unwrap();
    assert!(tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_err());

    let database = Embedded::start(&data_dir).await.unwrap();
    assert_eq!(number(database.url(), "SELECT answer FROM kept").await, 42);
    database.stop().await.unwrap();
}

#[tokio::test]
async fn only_its_account_and_root_can_reach_it() {
    let scratch = scratch();
    let data_dir = scratch.path().join("data");
    // As made by someone who keeps the operator's keys here.
    fs::create_dir(&data_dir).unwrap();
    fs::set_permissions(&data_dir, fs::Permissions::from_mode(0o700)).unwrap();

    let database = Embedded::start(&data_dir).await.unwrap();
    let mode = |name: &str| data_dir.join(name).metadata().unwrap().mode() & 0o777;
    let owner = |name: &str| data_dir.join(name).metadata().unwrap().uid();
    assert_eq!(mode("") & 0o067, 0, "nobody else lists, writes or enters the data folder");
    assert_eq!(owner(""), nix::unistd::getuid().as_raw(), "the data folder stays ours");
    for private in ["postgres", "run"] {
        assert_eq!(mode(private), 0o700, "{private}");
    }
    if nix::unistd::geteuid().is_root() {
        assert_ne!(owner("postgres"), 0);
        assert_eq!(owner("run"), owner("postgres"));
    }
    database.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_owner_is_refused_while_the_first_lives() {
    let scratch = scratch();
    let first = Embedded::start(scratch.path()).await.unwrap();
    let error = Embedded::start(scratch.path()).await.unwrap_err();
    assert!(matches!(error, StartError::InUse { pid, .. } if pid == Some(std::process::id())));
    let message = error.to_string();
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    assert!(message.contains("DATABASE_URL"), "{message}");
    assert_eq!(number(first.url(), "SELECT 1").await, 1, "the first is not disturbed");
    let beside = Embedded::url_beside(scratch.path()).await.unwrap();
    assert_eq!(started_at(&beside).await, started_at(first.url()).await, "others can look at it");
    first.stop().await.unwrap();
    assert!(Embedded::exists(scratch.path()));
    assert!(!Embedded::exists(&scratch.path().join("elsewhere")));
}

#[tokio::test]
async fn a_forgotten_server_is_taken_over() {
    let scratch = scratch();
    let first = Embedded::start(scratch.path()).await.unwrap();
    let begin = started_at(first.url()).await;
    drop(first);

    let second = Embedded::start(scratch.path()).await.unwrap();
    assert_eq!(started_at(second.url()).await, begin);
    let url = second.url().to_owned();
    second.stop().await.unwrap();
    assert!(tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_err());
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_works() {
    let scratch = scratch();
    let data_dir = scratch.path().join("long-".repeat(20)).join("'quotes', \"and\" blanks");
    let first = Embedded::start(&data_dir).await.unwrap();
    let begin = started_at(first.url()).await;
    let sockets = text(first.url(), "SHOW unix_socket_directories").await;
    let sockets = std::path::PathBuf::from(sockets.trim_matches('"'));
    assert!(!sockets.starts_with(scratch.path()));
    assert_eq!(sockets.metadata().unwrap().mode() & 0o777, 0o700);
    drop(first);

    let second = Embedded::start(&data_dir).await.unwrap();
    assert_eq!(started_at(second.url()).await, begin, "taken over, not started");
    second.stop().await.unwrap();
    assert!(!sockets.exists(), "the folder of the socket goes with the server");
}

#[tokio::test]
async fn a_server_that_cannot_start_quotes_its_log() {
    let scratch = scratch();
    Embedded::start(scratch.path()).await.unwrap().stop().await.unwrap();
    fs::write(scratch.path().join("postgres/postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let error = Embedded::start(scratch.path()).await.unwrap_err();
    assert!(matches!(&error, StartError::Server { .. }), "{error:?}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[tokio::test]
async fn a_cluster_of_a_version_that_is_not_installed_is_left_alone() {
    let scratch = scratch();
    let cluster = scratch.path().join("postgres");
    fs::create_dir(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let error = Embedded::start(scratch.path()).await.unwrap_err();
    assert!(matches!(error, StartError::MissingVersion { needed: 9, .. }), "{error:?}");
}

#[tokio::test]
async fn root_is_told_when_the_account_cannot_reach_the_folder() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let scratch = scratch();
    let closed = scratch.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let error = Embedded::start(&closed.join("data")).await.unwrap_err();
    assert!(matches!(error, StartError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("SEATLINE_DATA_DIR"), "{error}");
}
