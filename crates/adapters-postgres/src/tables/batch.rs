use std::sync::Arc;

use futures::try_join;
use seatline_domain::Timestamp;
use seatline_domain::seat::Seat;
use seatline_domain::working_set::{Footprint, WorkingSet};

use super::transaction::{self, LockWait};
use super::{
    audit_entries, charges, check_ins, concerts, credits, deliveries, device_codes, events, idempotency_keys,
    ledger_entries, operator_keys, passes, payments, performances, refunds, reservation_seats, reservations,
    sale_locks, seats, users, waiting_rooms, wallets, webhooks,
};
use crate::failure::Failure;
use crate::pool::{Clock, Lease};

/// Begins a transaction, and locks the sales, concerts, rooms, passes and reservations of a batch.
pub(crate) async fn begin(
    lease: &Lease,
    wait: LockWait,
    footprint: &Footprint,
    set: &mut WorkingSet,
) -> Result<(), Failure> {
    try_join!(
        transaction::begin(lease),
        transaction::bound_lock_waits(lease, wait),
        sale_locks::lock(lease, footprint),
        concerts::lock(lease, footprint, &mut set.concerts),
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
    clock: &Arc<Clock>,
) -> Result<Timestamp, Failure> {
    let seats = seats::wanted(footprint, &set.reservations);
    let ((), (), (), (), (), (), (), owners, (), (), (), (), (), (), (), (), (), now) = try_join!(
        seats::lock(lease, &seats, &mut set.seats),
        wallets::lock(lease, footprint, &mut set.wallets),
        operator_keys::lock(lease, footprint),
        webhooks::lock(lease, footprint),
        deliveries::lock(lease, footprint, &mut set.deliveries),
        device_codes::lock(lease, footprint, &mut set.device_codes),
        passes::load_queues(lease, footprint, &set.rooms, &mut set.passes),
        reservation_seats::owners(lease, &seats),
        reservations::load_bought(lease, footprint, &mut set.bought),
        payments::load(lease, footprint, &set.reservations, &mut set.payments),
        operator_keys::load(lease, footprint, &mut set.operator_keys),
        charges::load(lease, footprint, &mut set.charges),
        webhooks::load(lease, footprint, &mut set.webhooks),
        check_ins::load(lease, footprint, &mut set.check_ins),
        idempotency_keys::load(lease, footprint, &mut set.keys),
        concerts::load(lease, footprint, &mut set.concerts),
        performances::load(lease, footprint, &mut set.performances),
        clock.time(lease),
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
        concerts::store(lease, set),
        performances::store(lease, set),
        waiting_rooms::store(lease, set),
        passes::store(lease, set),
        reservations::store(lease, set),
        reservation_seats::store(lease, set),
        seats::store(lease, set),
        wallets::store(lease, set),
        ledger_entries::store(lease, set),
        payments::store(lease, set),
        refunds::store(lease, set),
        credits::store(lease, set),
        charges::store(lease, set),
        check_ins::store(lease, set),
        users::store(lease, set),
        operator_keys::store(lease, set),
        webhooks::store(lease, set),
        deliveries::store(lease, set),
        device_codes::store(lease, set),
        idempotency_keys::store(lease, set, now),
        audit_entries::store(lease, set),
        events::store(lease, set),
    )?;
    Ok(())
}
