//! Temporary clusters.

use std::path::{Path, PathBuf};

use seatline_local_postgres::{Durability, TemporaryCluster};

use crate::support::{Understudy, client, eventually, hand_over, number, scratch, text, understudy_folder};

#[tokio::test]
async fn committed_rows_survive_a_crash_of_a_durable_cluster() {
    let mut cluster = TemporaryCluster::start(Durability::Durable).await.unwrap();
    let url = cluster.url("postgres");
    assert_eq!(text(&url, "SHOW fsync").await, "on");
    client(&url).await.batch_execute("CREATE TABLE kept AS SELECT 7 AS answer").await.unwrap();

    cluster.crash().await.unwrap();
    assert!(!cluster.is_running());
    cluster.restart().await.unwrap();
    assert!(cluster.is_running());
    assert_eq!(cluster.url("postgres"), url);
    assert_eq!(number(&url, "SELECT answer FROM kept").await, 7);

    cluster.stop().await.unwrap();
    assert!(!cluster.is_running());
    cluster.restart().await.unwrap();
    assert_eq!(number(&url, "SELECT answer FROM kept").await, 7);
}

#[tokio::test]
async fn a_dropped_cluster_leaves_nothing() {
    let cluster = TemporaryCluster::start(Durability::Forgetful).await.unwrap();
    let url = cluster.url("postgres");
    assert_eq!(text(&url, "SHOW fsync").await, "off");
    assert_eq!(text(&url, "SHOW max_connections").await, "300");
    let home = home_of(&url).await;
    assert!(home.exists());
    drop(cluster);
    assert!(!home.exists());
    assert!(tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_err());
}

#[tokio::test]
async fn a_killed_process_leaves_no_server_and_no_folder() {
    if understudy_folder().is_some() {
        let cluster = TemporaryCluster::start(Durability::Forgetful).await.unwrap();
        return hand_over(&cluster.url("postgres")).await;
    }
    let scratch = scratch();
    let test = "temporary::a_killed_process_leaves_no_server_and_no_folder";
    let (owner, url) = Understudy::start(test, scratch.path());
    let home = home_of(&url).await;
    assert!(home.exists());
    owner.kill();
    eventually("the folder is gone", || !home.exists()).await;
    assert!(tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_err());
}

async fn home_of(url: &str) -> PathBuf {
    let cluster = text(url, "SHOW data_directory").await;
    Path::new(&cluster).parent().unwrap().to_owned()
}
