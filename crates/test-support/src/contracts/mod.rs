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
mod announcing;
mod audit;
mod best_seats;
mod blocking;
mod boards;
mod charges;
mod contention;
mod corrections;
mod device_codes;
mod ending_lines;
mod events;
mod halls;
mod hold_refusals;
mod holding;
mod idempotency;
mod idle_accounts;
mod joining;
mod key_contention;
mod keys_of_others;
mod leaving;
mod operator_keys;
mod ordering;
mod pay_refusals;
mod paying;
mod prices;
mod programme;
mod refunding;
mod removing_passes;
mod reservations;
mod snapshot;
mod tickets;
mod wallets;
#[macro_use]
mod promises;

use std::future::Future;
use std::pin::Pin;

use crate::{Fixture, Setup};

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

fn setup(fixture: &dyn Fixture) -> Setup<'_> {
    Setup::new(fixture.ports())
}
