//! The three steps of a batch that touch PostgreSQL: lock, load, store. One table a file.
//!
//! Locks are taken in one order everywhere: waiting room → pass → reservation → seat → wallet, each kind by primary key.
//! A statement takes its snapshot before it waits for a lock; so what else must be known is read by later statements.

pub(crate) mod audit_entries;
pub(crate) mod idempotency_keys;
mod ledger_entries;
pub(crate) mod passes;
pub(crate) mod payments;
pub(crate) mod reservation_seats;
pub(crate) mod reservations;
mod seats;
mod stored;
mod users;
mod waiting_rooms;
mod wallets;

pub(crate) use ledger_entries::{LedgerEntriesBefore, ledger_entry};
pub(crate) use stored::{Stored, amount, count, position, seat_number_of};
pub(crate) use waiting_rooms::{RoomSettingsColumns, status_of};

use diesel::sql_types::Timestamptz;
use seatline_domain::Timestamp;
use seatline_domain::working_set::{Footprint, WorkingSet};

use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// The database's time.
    Clock {} -> Timestamp = Timestamptz;
    "SELECT clock_timestamp()"
}

/// Locks every row that the batch may change, in the one order.
pub(crate) async fn lock(
    lease: &mut Lease,
    footprint: &Footprint,
    set: &mut WorkingSet,
) -> Result<(), Failure> {
    waiting_rooms::lock(lease, footprint, set).await?;
    passes::lock(lease, footprint, set).await?;
    reservations::lock(lease, footprint, set).await?;
    seats::lock(lease, footprint, set).await?;
    wallets::lock(lease, footprint, set).await
}

/// Asks for the time, once, after everything was locked and loaded.
pub(crate) async fn clock(lease: &mut Lease) -> Result<Timestamp, Failure> {
    let rows = lease.load(Clock {}).await?;
    rows.into_iter().next().ok_or_else(|| Failure::Broken("the database tells no time".into()))
}

/// Reads what else must be known.
pub(crate) async fn load(
    lease: &mut Lease,
    footprint: &Footprint,
    set: &mut WorkingSet,
) -> Result<(), Failure> {
    passes::load_lines(lease, footprint, set).await?;
    reservation_seats::load_owners(lease, set).await?;
    reservations::load_bought(lease, footprint, set).await?;
    payments::load(lease, footprint, set).await?;
    idempotency_keys::load(lease, footprint, set).await
}

/// Writes what the batch changed and added.
pub(crate) async fn store(lease: &mut Lease, set: &WorkingSet, now: Timestamp) -> Result<(), Failure> {
    waiting_rooms::store(lease, set).await?;
    passes::store(lease, set).await?;
    reservations::store(lease, set).await?;
    reservation_seats::store(lease, set).await?;
    wallets::store(lease, set).await?;
    ledger_entries::store(lease, set).await?;
    payments::store(lease, set).await?;
    users::store(lease, set).await?;
    idempotency_keys::store(lease, set, now).await?;
    audit_entries::store(lease, set).await
}
