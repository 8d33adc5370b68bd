//! Several hosts, of which some do not answer.

use std::net::SocketAddr;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use seatline_test_support::TestDatabase;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_postgres::config::Host;

use super::Connector;

/// A host that accepts connections and never answers, as one that is frozen does.
async fn frozen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// The connection string of a database, with other hosts before its own.
fn after(others: &[SocketAddr], url: &str) -> String {
    let config: tokio_postgres::Config = url.parse().unwrap();
    let own = match config.get_hosts() {
        [Host::Unix(folder)] => folder.display().to_string(),
        [Host::Tcp(name)] => name.clone(),
        hosts => panic!("{hosts:?}"),
    };
    let hosts = others.iter().map(|other| other.ip().to_string()).chain([own]);
    let ports =
        others.iter().map(SocketAddr::port).chain([config.get_ports().first().copied().unwrap_or(5432)]);
    let ports: Vec<_> = ports.map(|port| port.to_string()).collect();
    let mut text = format!(
        "host={} port={} dbname={}",
        hosts.collect::<Vec<_>>().join(","),
        ports.join(","),
        config.get_dbname().unwrap()
    );
    if let Some(user) = config.get_user() {
        text = format!("{text} user={user}");
    }
    if let Some(password) = config.get_password() {
        text = format!("{text} password={}", str::from_utf8(password).unwrap());
    }
    text
}

#[tokio::test]
async fn a_frozen_host_keeps_nobody_from_the_next_and_loses_its_head_start() {
    let database = TestDatabase::empty().await;
    let (listener, frozen) = frozen().await;
    let connector = Connector::parse(&after(&[frozen], database.url())).unwrap();
    let mut connection = connector.connect().await.unwrap();
    connection.pg.batch_execute("SELECT 1").await.unwrap();
    listener.accept().await.unwrap();
    connector.connect().await.unwrap();
    let asked_again = timeout(Duration::ZERO, listener.accept()).await;
    assert!(asked_again.is_err(), "the host that answered last comes first");
}

#[tokio::test]
async fn of_several_hosts_the_one_that_takes_writes_is_meant() {
    let database = TestDatabase::empty().await;
    let (_listener, frozen) = frozen().await;
    let alter = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
    database.execute(alter).await;
    let url = after(&[frozen], database.url());
    let refused = Connector::parse(&url).unwrap().connect().await.err().unwrap().to_string();
    assert!(refused.contains("it takes no writes"), "{refused}");
    assert!(refused.contains(&format!("{frozen}: no answer in time")), "{refused}");
    let any = format!("{url} target_session_attrs=any");
    Connector::parse(&any).unwrap().connect().await.unwrap();
}

#[tokio::test]
async fn a_refusal_names_the_host_and_never_the_password() {
    let (listener, closed) = frozen().await;
    drop(listener);
    let connector = Connector::parse(&format!("postgres://ada:hunter2@{closed}/d")).unwrap();
    let text = connector.connect().await.err().unwrap().to_string();
    assert!(text.contains(&closed.to_string()) && !text.contains("hunter2"), "{text}");
}

#[test]
fn hosts_addresses_and_ports_must_go_together() {
    for text in
        ["dbname=d", "host=a,b port=1,2,3", "host=a,b hostaddr=127.0.0.1", "host=a load_balance_hosts=random"]
    {
        assert!(Connector::parse(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_wanted_is_said_and_nothing_of_the_address() {
    for text in ["mysql://a:secret@h/d", "jdbc:postgresql://h/d", "http://secret", "://secret"] {
        let error = Connector::parse(text).err().unwrap().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!(
            text.starts_with("jdbc") || error.contains("postgresql://user:password@host:5432/"),
            "{error}"
        );
    }
    assert!(Connector::parse("host=h password=a://b sslmode=disable").is_ok());
}
