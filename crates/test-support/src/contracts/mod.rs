//! What the ports promise, for any implementation.
//!
//! Each module is about one part of the business, each function in it keeps one promise of a port's doc comment to the
//! test. [`port_contracts!`](crate::port_contracts) makes a test of every one of them:
//!
//! ```text
//! seatline_test_support::port_contracts!(MyFixture::new().await);
//! ```

mod accounts;
mod admission;
mod audit;
mod boards;
mod contention;
mod hold_refusals;
mod holding;
mod idempotency;
mod joining;
mod key_contention;
mod leaving;
mod pay_refusals;
mod paying;
mod picture;
mod programme;
mod reservations;
mod wallets;
#[macro_use]
mod promises;

use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_application::Ports;
use seatline_domain::seat::SeatKey;

use crate::Stage;

/// One fresh, empty implementation of all ports, with what a test needs to do to it from outside.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// The ports, and new ids.
    fn ports(&self) -> &Ports;

    /// Lets so much time pass, or makes it look so: every stored instant that a rule compares with the present lies
    /// that much further back afterwards. Instants of performances may stay as they are: no promise needs them moved.
    async fn pass_time(&self, by: TimeDelta);

    /// Takes a seat out of the sale.
    async fn block_seat(&self, seat: SeatKey);
}

/// A test under way.
type Running<'f> = Pin<Box<dyn Future<Output = ()> + Send + 'f>>;

/// One promise, and how it is tested.
pub struct Promise {
    /// The module and the function that tests it.
    pub name: &'static str,
    test: for<'f> fn(&'f dyn Fixture) -> Running<'f>,
}

impl Promise {
    /// Tests it on a fresh implementation. Afterwards no invariant may be broken.
    pub async fn keep(&self, fixture: &dyn Fixture) {
        (self.test)(fixture).await;
        let violations = fixture.ports().inspection.violations().await.unwrap();
        assert!(violations.is_empty(), "{}: {violations:?}", self.name);
    }
}

/// All promises.
pub fn all() -> Vec<Promise> {
    crate::port_contracts! { @registry }
}

/// Tests one promise on a fresh implementation.
pub async fn keep(name: &str, fixture: &dyn Fixture) {
    all().iter().find(|promise| promise.name == name).unwrap().keep(fixture).await;
}

fn stage(fixture: &dyn Fixture) -> Stage<'_> {
    Stage::new(fixture.ports())
}
