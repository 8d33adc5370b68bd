use std::collections::BTreeSet;

use crate::id::{
    ChargeId, ConcertId, EventId, OperatorKeyId, PerformanceId, ReservationId, UserId, WebhookId,
};
use crate::idempotency::{IdempotencyKey, KeyOwner};
use crate::queue::Number;
use crate::seat::SeatKey;
use crate::ticket::TicketId;
use crate::user::DeviceCodeHash;

/// The rows that a batch of commands needs. Whoever locks them does so in the order of these fields, each by key.
#[derive(Debug, Default)]
pub struct Footprint {
    /// Concerts whose sale must not be stopped before the batch has committed. Any number of batches may have one of them.
    pub sales: BTreeSet<ConcertId>,
    /// Concerts whose sale is stopped: no other batch may have it, shared or not.
    pub stopped_sales: BTreeSet<ConcertId>,
    /// Concerts to lock: whoever changes one, or a performance of it, takes turns with others who do.
    pub concerts: BTreeSet<ConcertId>,
    /// Performances that must be known, with their concerts, as they are now. They are not locked.
    pub performances: BTreeSet<PerformanceId>,
    /// Waiting rooms to lock.
    pub rooms: BTreeSet<ConcertId>,
    /// Rooms, locked too, of which the number of active passes must be known when nobody waits.
    pub active_counts: BTreeSet<ConcertId>,
    /// Rooms, locked too, whose expired passes and whose next people in line must be known.
    pub queue_heads: BTreeSet<ConcertId>,
    /// Passes to lock.
    pub passes: BTreeSet<(ConcertId, Number)>,
    /// Users whose waiting or active pass, if any, must be locked.
    pub live_passes: BTreeSet<(ConcertId, UserId)>,
    /// Reservations to lock, by their user, with their seats and payment.
    pub reservations: BTreeSet<(UserId, ReservationId)>,
    /// Users whose held reservation, if any, must be locked with its seats, and whose bought seats must be known.
    pub holders: BTreeSet<(ConcertId, UserId)>,
    /// Seats to lock.
    pub seats: BTreeSet<SeatKey>,
    /// Wallets to lock.
    pub wallets: BTreeSet<UserId>,
    /// Charges that must be known, and may be changed. Whoever changes one has locked the wallet of its user.
    pub charges: BTreeSet<ChargeId>,
    /// Operators' keys that are made or changed: whoever does so takes turns with all others who do.
    pub operator_keys: BTreeSet<OperatorKeyId>,
    /// Webhooks that are made or changed: whoever does so takes turns with all others who do, and knows all of them.
    pub webhooks: BTreeSet<WebhookId>,
    /// Deliveries to lock.
    pub deliveries: BTreeSet<(WebhookId, EventId)>,
    /// Users whose device code, if any, must be locked.
    pub device_code_owners: BTreeSet<UserId>,
    /// Device codes to lock, with those of these users.
    pub device_codes: BTreeSet<DeviceCodeHash>,
    /// Tickets whose check-ins, if any, must be known. Whoever checks one in, or gives its seat back, has locked its reservation.
    pub tickets: BTreeSet<(PerformanceId, TicketId)>,
    /// Idempotency keys whose records must be known.
    pub keys: BTreeSet<(KeyOwner, IdempotencyKey)>,
}
