//! The three steps of a batch that touch PostgreSQL: lock, load, store. One table a file.
//!
//! Locks are taken in one order everywhere: waiting room → pass → reservation → seat → wallet, each kind by primary key.
//! A statement takes its snapshot before it waits for a lock; so what else must be known is read by later statements.
//! Statements that do not need each other's rows are sent together, and the server runs them in their order.

pub(crate) mod audit_entries;
mod corrupt_row;
pub(crate) mod idempotency_keys;
mod ledger_entries;
pub(crate) mod passes;
pub(crate) mod payments;
pub(crate) mod reservation_seats;
pub(crate) mod reservations;
mod seats;
mod users;
mod waiting_rooms;
mod wallets;

pub(crate) use corrupt_row::{CorruptRow, amount, count, position, seat_number_of};
pub(crate) use ledger_entries::{LedgerEntriesBefore, ledger_entry};
pub(crate) use waiting_rooms::{RoomSettingsColumns, status_of};

use diesel::sql_types::Timestamptz;
use futures::try_join;
use seatline_domain::Timestamp;
use seatline_domain::seat::Seat;
use seatline_domain::working_set::{Footprint, WorkingSet};

use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// Begins a transaction.
    Begin {};
    "BEGIN"
}

statement! {
    /// Waits for locks only briefly in this transaction.
    WaitBriefly {};
    "SET LOCAL lock_timeout = '100ms'"
}

/// How long a batch waits for a row that somebody else has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockWait {
    /// As long as connections wait for locks.
    Long,
    /// A moment, by those who have waited for it before.
    Brief,
}

statement! {
    /// The database's time.
    Clock {} -> Timestamp = Timestamptz;
    "SELECT clock_timestamp()"
}

/// Asks for the time.
pub(crate) async fn clock(lease: &Lease) -> Result<Timestamp, Failure> {
    let rows = lease.load(Clock {}).await?;
    rows.into_iter().next().ok_or_else(|| Failure::Broken("the database tells no time".into()))
}

/// Begins a transaction, and locks the rooms, passes and reservations of a batch.
pub(crate) async fn begin(
    lease: &Lease,
    wait: LockWait,
    footprint: &Footprint,
    set: &mut WorkingSet,
) -> Result<(), Failure> {
    let brief = async {
        match wait {
            LockWait::Long => Ok(0),
            LockWait::Brief => lease.execute(WaitBriefly {}).await,
        }
    };
    try_join!(
        lease.execute(Begin {}),
        brief,
        waiting_rooms::lock(lease, footprint, &mut set.rooms),
        passes::lock(lease, footprint, &mut set.passes),
        reservations::lock(lease, footprint, &mut set.reservations),
    )?;
    Ok(())
}

/// Locks seats and wallets, reads what else must be known, and gives the time, which is asked for last.
pub(crate) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    set: &mut WorkingSet,
) -> Result<Timestamp, Failure> {
    let seats = seats::wanted(footprint, &set.reservations);
    let ((), (), (), owners, (), (), (), now) = try_join!(
        seats::lock(lease, &seats, &mut set.seats),
        wallets::lock(lease, footprint, &mut set.wallets),
        passes::load_lines(lease, footprint, &set.rooms, &mut set.passes),
        reservation_seats::owners(lease, &seats),
        reservations::load_bought(lease, footprint, &mut set.bought),
        payments::load(lease, footprint, &set.reservations, &mut set.payments),
        idempotency_keys::load(lease, footprint, &mut set.keys),
        clock(lease),
    )?;
    for (key, state) in owners {
        if let Some(seat) = set.seats.get(&key).cloned() {
            set.seats.load(key, Seat { state, ..seat });
        }
    }
    Ok(now)
}

/// Writes what the batch changed and added.
pub(crate) async fn store(lease: &Lease, set: &WorkingSet, now: Timestamp) -> Result<(), Failure> {
    try_join!(
        waiting_rooms::store(lease, set),
        passes::store(lease, set),
        reservations::store(lease, set),
        reservation_seats::store(lease, set),
        wallets::store(lease, set),
        ledger_entries::store(lease, set),
        payments::store(lease, set),
        users::store(lease, set),
        idempotency_keys::store(lease, set, now),
        audit_entries::store(lease, set),
    )?;
    Ok(())
}
