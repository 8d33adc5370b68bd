//! What Seatline promises while somebody wants to shut others out, or asks for much and takes little: newcomers are
//! served, nobody is closed without an answer, what it costs is bounded, and nothing of it is left afterwards.
//!
//! An attack goes on for a moment, or for as long as `SEATLINE_ATTACKS` says (`5m`). `SEATLINE_ATTACKERS` says how many
//! connections read nothing, `SEATLINE_BINARY` names another binary to attack, such as that of a release.

mod brothers;
mod connections;
mod memory;
mod readers;
mod streams;
mod target;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use seatline_bootstrap::Switch;
use seatline_tests::{Client, ClusterOptions};
use tokio::time::Instant;

/// Where attackers ask from, unless they are many.
const ATTACKER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Where newcomers ask from.
const NEWCOMER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A small instance that limits its clients, and sends nobody away for being slow.
fn small() -> ClusterOptions {
    ClusterOptions {
        rate_limits: Switch::On,
        connections_max: 64,
        connections_per_address: Some(16),
        streams_per_address: Some(8),
        client_timeout: Duration::from_mins(10),
        ..ClusterOptions::default()
    }
}

/// Has newcomers come, one after the other, while the attack goes on and for as long as it is to. Each must be served.
async fn newcomers_are_served_during(attack: impl Future, address: SocketAddr) {
    const NEWCOMERS_MIN: usize = 20;
    let newcomers = async {
        let until = Instant::now() + length();
        let mut served = 0;
        while Instant::now() < until || served < NEWCOMERS_MIN {
            let newcomer = Client::from_address(NEWCOMER, address);
            newcomer.get("/health/live").send().await.json(200);
            served += 1;
        }
    };
    let (attack, newcomers) = (pin!(attack), pin!(newcomers));
    let first = select(attack, newcomers).await;
    assert!(matches!(first, Either::Right(_)), "the attack has ended");
}

fn length() -> Duration {
    time().unwrap_or(Duration::from_secs(1))
}

/// The time that each attack is given, if it was said.
fn time() -> Option<Duration> {
    variable("SEATLINE_ATTACKS").map(|text| humantime::parse_duration(&text).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "how long to try is said to the tests by their caller")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
