//! What the black-box tests of the whole service share. They speak HTTP, and look into the database only to corrupt it,
//! to take it away, or to see that nothing was left behind.
//!
//! * [`Cluster`] is any number of instances of the service on one database of their own.
//! * [`Client`] sends requests and checks what every answer must have; [`Answer`] is what came back.
//! * [`Events`] is a stream of events that is still open.
//! * [`TestUser`] and [`Operator`] do what people do; [`Sale`] is a concert with a performance to book.
//! * [`Fixture`] is a cluster, a sale, and a user in their turn.
//! * [`contract`] is what the HTTP contract says of every body, field by field, and [`Kind`] checks it.
//! * [`RawConnection`] sends what no HTTP client would.
//! * [`faults`] breaks things while a [`crowd`] goes about its business; [`history`] finds what was lost or made up.
//! * [`FakeProvider`] is a payment provider that takes no money, and breaks as it is told.
//! * [`TlsServer`] is a PostgreSQL with certificates.
//! * [`data_folder`] is where a service keeps a database of its own.
//! * [`Browser`] looks at pages and sends forms; [`Chromium`] opens windows of a real one.
//! * [`Binary`] runs the `seatline` binary as a process, [`rehearse`] the `seatline-rush` one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "an unexpected answer is to fail the test at once"
)]
#![expect(clippy::missing_panics_doc, reason = "everything here panics when a test is to fail")]

mod answer;
mod binary;
mod browser;
mod chromium;
mod client;
mod cluster;
mod concurrency;
pub mod contract;
pub mod crowd;
mod data_folder;
mod database;
mod events;
mod fake_provider;
pub mod faults;
mod fixture;
pub mod history;
mod instance;
mod kind;
mod operator;
mod options;
mod raw_connection;
mod receiver;
mod rehearsal;
mod sale;
mod sockets;
mod tls_server;
mod user;

pub use answer::Answer;
pub use binary::{Binary, Running, built};
pub use browser::{Browser, Page};
pub use chromium::{Chromium, Scheme, Window, WindowOptions};
pub use client::{Client, Request};
pub use cluster::Cluster;
pub use concurrency::{eventually, together};
pub use data_folder::data_folder;
pub use database::{Database, Lock};
pub use events::{Event, Events};
pub use fake_provider::{Behaviour, Delayed, FakeProvider, Moment, sign_notice};
pub use fixture::Fixture;
pub use kind::{Fields, Kind};
pub use operator::Operator;
pub use options::{ADMIN_KEY, ClusterOptions, NOTICE_SECRETS, PROVIDER_KEY, QUEUE_KEY, TICKET_KEY};
pub use raw_connection::RawConnection;
pub use receiver::{Received, Receiver};
pub use rehearsal::{Rehearsal, RehearsalResult, rehearse};
pub use sale::{Sale, SaleBuilder};
pub use sockets::connections_at;
pub use tls_server::{Authority, TlsServer};
pub use user::TestUser;
