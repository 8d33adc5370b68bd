//! Counters and measurements of the adapter, through the `metrics` facade.
//!
//! Counters and histograms are kept by the recorder that is installed when the adapter is made; each is looked up once.
//! The levels of this moment (rooms, depths, the pool) are not recorded but published when somebody looks.

mod lane;
mod outcome;
mod rooms;

pub(crate) use lane::{LaneMetrics, publish_depths};
pub(crate) use outcome::{begun_charge_outcome, charge_outcome, hold_outcome, payment_outcome};

use chrono::TimeDelta;
use deadpool::Status;
use metrics::{Counter, Unit, counter, describe_counter, describe_gauge, gauge};

use self::outcome::{CHARGE_OUTCOMES, HOLD_OUTCOMES, Outcomes, PAYMENT_OUTCOMES};
use self::rooms::RoomMetrics;

const HOLDS: &str = "seatline_holds_total";
const HOLDS_EXPIRED: &str = "seatline_holds_expired_total";
const PAYMENTS: &str = "seatline_payments_total";
const CHARGES: &str = "seatline_charges_total";
const KEYS_DELETED: &str = "seatline_idempotency_keys_forgotten_total";
const USERS_REGISTERED: &str = "seatline_users_registered_total";
const ACCOUNTS_REMOVED: &str = "seatline_accounts_removed_total";
const PASSES_REMOVED: &str = "seatline_passes_removed_total";
const CONNECTIONS: &str = "seatline_db_connections";
const CONNECTIONS_AVAILABLE: &str = "seatline_db_connections_available";
const CONNECTIONS_MAX: &str = "seatline_db_connections_max";
const WAITING: &str = "seatline_db_waiting";
const WAIT_TIMEOUTS: &str = "seatline_db_wait_timeouts_total";
const CLOCK_BEHIND: &str = "seatline_db_clock_behind_seconds";
const CLOCK_OFFSET: &str = "seatline_db_clock_offset_seconds";

/// The counters of the ports.
pub(crate) struct PortMetrics {
    /// The waiting rooms.
    pub(crate) rooms: RoomMetrics,
    /// Holds asked for.
    pub(crate) holds: Outcomes,
    /// Payments asked for.
    pub(crate) payments: Outcomes,
    /// Charges asked for.
    pub(crate) charges: Outcomes,
    /// Holds that were stored as expired.
    pub(crate) holds_expired: Counter,
    /// Expired idempotency keys whose records were removed.
    pub(crate) keys_deleted: Counter,
    /// Accounts opened.
    pub(crate) users_registered: Counter,
    /// Accounts removed that never did anything.
    pub(crate) accounts_removed: Counter,
    /// Passes of closed rooms removed.
    pub(crate) passes_removed: Counter,
}

impl PortMetrics {
    pub(crate) fn new() -> Self {
        describe_counter!(HOLDS, Unit::Count, "Holds asked for, by what came of them.");
        describe_counter!(HOLDS_EXPIRED, Unit::Count, "Holds that this instance stored as expired.");
        describe_counter!(PAYMENTS, Unit::Count, "Payments asked for, by what came of them.");
        describe_counter!(CHARGES, Unit::Count, "Charges asked for, by what came of them.");
        describe_counter!(
            KEYS_DELETED,
            Unit::Count,
            "Records of expired idempotency keys removed by this instance."
        );
        describe_counter!(USERS_REGISTERED, Unit::Count, "Accounts opened.");
        describe_counter!(ACCOUNTS_REMOVED, Unit::Count, "Accounts that never did anything removed.");
        describe_counter!(PASSES_REMOVED, Unit::Count, "Passes of closed rooms removed.");
        Self {
            rooms: RoomMetrics::default(),
            holds: Outcomes::of(HOLDS, HOLD_OUTCOMES),
            payments: Outcomes::of(PAYMENTS, PAYMENT_OUTCOMES),
            charges: Outcomes::of(CHARGES, CHARGE_OUTCOMES),
            holds_expired: counter!(HOLDS_EXPIRED),
            keys_deleted: counter!(KEYS_DELETED),
            users_registered: counter!(USERS_REGISTERED),
            accounts_removed: counter!(ACCOUNTS_REMOVED),
            passes_removed: counter!(PASSES_REMOVED),
        }
    }
}

/// Makes the counter of waits for a connection of a share that timed out.
pub(crate) fn wait_timeouts(share: &'static str) -> Counter {
    describe_counter!(WAIT_TIMEOUTS, Unit::Count, "Waits for a free connection that were given up.");
    counter!(WAIT_TIMEOUTS, "share" => share)
}

/// Publishes the use of the connections, by share.
pub(crate) fn publish_connections(shares: impl Iterator<Item = (&'static str, Status)>) {
    describe_gauge!(CONNECTIONS, Unit::Count, "Open connections to the database.");
    describe_gauge!(CONNECTIONS_AVAILABLE, Unit::Count, "Open connections that nobody uses.");
    describe_gauge!(CONNECTIONS_MAX, Unit::Count, "The most connections that are opened.");
    describe_gauge!(WAITING, Unit::Count, "Tasks that wait for a free connection.");
    for (share, connections) in shares {
        gauge!(CONNECTIONS, "share" => share).set(level(connections.size));
        gauge!(CONNECTIONS_AVAILABLE, "share" => share).set(level(connections.available));
        gauge!(CONNECTIONS_MAX, "share" => share).set(level(connections.max_size));
        gauge!(WAITING, "share" => share).set(level(connections.waiting));
    }
}

/// How far the clocks are off.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ClockError {
    /// By how much the database's clock is behind what has happened.
    pub(crate) behind: TimeDelta,
    /// By how much the database's clock is ahead of this instance's.
    pub(crate) offset: TimeDelta,
}

/// Publishes how far the clocks were off when that of the database was last read.
pub(crate) fn publish_clock_error(error: ClockError) {
    describe_gauge!(
        CLOCK_BEHIND,
        Unit::Seconds,
        "By how much the database's clock is behind what has happened: for so long time stands still."
    );
    describe_gauge!(
        CLOCK_OFFSET,
        Unit::Seconds,
        "By how much the database's clock is ahead of this instance's; below zero, behind it."
    );
    gauge!(CLOCK_BEHIND).set(error.behind.as_seconds_f64());
    gauge!(CLOCK_OFFSET).set(error.offset.as_seconds_f64());
}

/// A number of things as a gauge shows it.
fn level(things: impl TryInto<u32>) -> f64 {
    things.try_into().unwrap_or(u32::MAX).into()
}
