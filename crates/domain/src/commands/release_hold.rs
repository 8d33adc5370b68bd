use crate::Timestamp;
use crate::event::{EventBody, EventKind};
use crate::id::ReservationId;
use crate::reservation::ReservationState;
use crate::seat::{SeatKey, SeatState};
use crate::working_set::WorkingSet;

/// How a hold ends without being paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HoldEnd {
    /// Its time was up.
    Expired,
    /// Its user cancelled it. When its time was up before, it expired all the same.
    Cancelled,
}

/// Ends an unpaid hold and frees those of its seats that nobody else has taken since. Does nothing to a reservation
/// that is not held.
pub(super) fn release_hold(set: &mut WorkingSet, id: ReservationId, end: HoldEnd, now: Timestamp) {
    let Some(reservation) = set.reservations.get(id).filter(|held| held.state == ReservationState::Held)
    else {
        return;
    };
    let next = match (end, reservation.state_at(now)) {
        (HoldEnd::Cancelled, ReservationState::Held) => ReservationState::Cancelled { at: now },
        (_, with_performance @ ReservationState::Cancelled { .. }) => with_performance,
        _ => ReservationState::Expired { at: reservation.expires_at.min(now) },
    };
    let performance_id = reservation.performance_id;
    let keys: Vec<SeatKey> =
        reservation.seat_numbers().map(|number| SeatKey { performance_id, number }).collect();
    for key in keys {
        if set.seats.get(&key).is_some_and(|seat| seat.is_held_by(id))
            && let Some(seat) = set.seats.get_mut(&key)
        {
            seat.state = SeatState::Available;
        }
    }
    set.reservations.change(id, next);
    let Some(released) = set.reservations.get(id) else { return };
    match next {
        ReservationState::Expired { .. } => set
            .events
            .tell(EventKind::ReservationExpired, now, || EventBody::ReservationExpired(released.clone())),
        _ => set
            .events
            .tell(EventKind::ReservationCancelled, now, || EventBody::ReservationCancelled(released.clone())),
    }
}
